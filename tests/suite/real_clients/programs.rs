//! Starts the upstreams that others wrote, the server and the client programs, from the environments of `tests/real/install`.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::policy;
use crate::byokc::{Folder, project};

/// What the tests' caller says to the server.
const TOKEN: &str = "the-token-of-the-tests";

/// A client program of `tests/real/clients`.
pub(super) struct Client {
    /// Its file, with the ending.
    pub(super) file: &'static str,
    /// The environment that has its library.
    environment: &'static str,
    /// The shapes that it speaks: the prefix of their scenarios, and its words for the ends of an answer and of a call of tools.
    pub(super) shapes: &'static [(&'static str, &'static str, &'static str)],
    /// What it does besides, once.
    pub(super) more: &'static [&'static str],
}

/// All of them. A library that does not tell how an answer ended has no words for it.
pub(super) const CLIENTS: [Client; 6] = [
    Client {
        file: "openai.py",
        environment: "python",
        shapes: &[("", "stop", "tool_calls"), ("responses_", "completed", "completed")],
        more: &["embed=embeddings", "any=models"],
    },
    Client { file: "anthropic.py", environment: "python", shapes: &[("", "end_turn", "tool_use")], more: &["any=models"] },
    Client {
        file: "langchain.py",
        environment: "langchain",
        shapes: &[("", "", ""), ("responses_", "", ""), ("anthropic_", "", "")],
        more: &["embed=embeddings"],
    },
    Client {
        file: "openai.mjs",
        environment: "js",
        shapes: &[("", "stop", "tool_calls"), ("responses_", "completed", "completed")],
        more: &["embed=embeddings", "any=models"],
    },
    Client { file: "anthropic.mjs", environment: "js", shapes: &[("", "end_turn", "tool_use")], more: &["any=models"] },
    Client {
        file: "vercel.mjs",
        environment: "vercel",
        shapes: &[
            ("", "stop", "tool-calls"),
            ("responses_", "stop", "tool-calls"),
            ("compatible_", "stop", "tool-calls"),
            ("anthropic_", "stop", "tool-calls"),
        ],
        more: &["embed=embeddings"],
    },
];

/// The folder of an environment; none, and a word about it, if it is not installed.
pub(super) fn environment(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("real").join(name);
    if folder.join(".pinned").exists() {
        return Some(folder);
    }
    // Not by a macro: the harness keeps what those print to itself.
    let word = format!("SKIPPED: real clients: {name}: run tests/real/install (needs python and pip)\n");
    std::io::stderr().write_all(word.as_bytes()).unwrap();
    None
}

impl Client {
    /// Whether its library is there.
    pub(super) fn is_installed(&self) -> bool {
        environment(self.environment).is_some()
    }

    /// What it printed for each of these jobs, `MODEL=SCENARIO,…`, with the server at this address.
    pub(super) fn run(&self, url: &str, jobs: &[String]) -> Vec<Value> {
        let folder = environment(self.environment).unwrap();
        let (name, ending) = self.file.split_once('.').unwrap();
        let mut command = if ending == "py" {
            let mut command = Command::new(folder.join("bin/python"));
            command.args(["-B", "-P"]).arg(project().join("tests/real/clients/run.py"));
            command
        } else {
            let mut command = Command::new(folder.with_file_name("node").join("bin/node"));
            command.args(["--preserve-symlinks", "--preserve-symlinks-main"]).arg(folder.join("clients/run.mjs"));
            command
        };
        command.arg(name).args(jobs).env_clear().env("BYOKC_URL", url).env("BYOKC_TOKEN", TOKEN);
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}: {}", self.file, String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let asked: usize = jobs.iter().map(|job| job.split(',').count()).sum();
        assert_eq!(lines.len(), asked, "{} left something out:\n{text}", self.file);
        lines
    }
}

/// A server that ends with the test.
pub(super) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(super) url: String,
}

impl Server {
    /// The npm package aimock with the answers of `tests/real/upstreams/aimock.json`, if it is installed.
    pub(super) fn aimock() -> Option<Self> {
        let folder = environment("aimock")?;
        let mut command = Command::new(environment("node")?.join("bin/node"));
        command.arg(folder.join("node_modules/@copilotkit/aimock/dist/cli.js"));
        command.args(["--port", "0", "--strict", "--chunk-size", "6", "--fixtures"]);
        command.arg(project().join("tests/real/upstreams/aimock.json"));
        Some(Self::start(&mut command))
    }

    /// The Python package llmock, told to break its answers, if it is installed.
    pub(super) fn llmock() -> Option<Self> {
        let mut command = Command::new(environment("llmock")?.join("bin/llmock"));
        let server = Self::start(command.args(["serve", "--port", "0"]));
        server.ask("POST", "/_llmock/scenario", &policy::scenario().to_string());
        Some(server)
    }

    /// `byokc serve` with this policy and a key for each provider but `keyless`.
    pub(super) fn byokc(folder: &Folder) -> Self {
        let compiled = folder.run(&["compile", "policy.byok", "-o", "plan.json", "--as-of", "2026-11-24"]);
        assert_eq!(compiled.code, 0, "{}{}", compiled.stdout, compiled.stderr);
        let mut command = Command::new(env!("CARGO_BIN_EXE_byokc"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).arg(folder.path("plan.json")).arg("--audit").arg(folder.path("audit.jsonl"));
        command.env_clear().env("TESTS_TOKEN", TOKEN);
        command.envs(policy::PROVIDERS.map(|name| (name.to_uppercase(), format!("key-of-{name}"))));
        Self::start(&mut command)
    }

    /// Starts it and waits until it says where it listens.
    fn start(command: &mut Command) -> Self {
        let said = tempfile::NamedTempFile::new().unwrap();
        let out: File = said.reopen().unwrap();
        let err = out.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
        let mut server = Self { child, url: String::new() };
        let start = Instant::now();
        loop {
            let text = std::fs::read_to_string(said.path()).unwrap();
            if let Some(url) = address(&text) {
                server.url = url;
                return server;
            }
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && start.elapsed() < Duration::from_secs(30), "{command:?} does not listen:\n{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The body of its answer to a request.
    pub(super) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address after `listening on` or `running on`, once its port is there.
fn address(text: &str) -> Option<String> {
    let rest = text.split("ing on http://").nth(1)?;
    let end = rest.find(|c: char| c.is_whitespace())?;
    Some(format!("http://{}", &rest[..end]))
}
