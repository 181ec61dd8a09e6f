//! `byokc serve` and `byokc run` over real HTTP: the binary listens, stand-ins for providers answer, and what went over the wire is looked at.

mod callers;
mod calls;
pub(crate) mod controls;
mod failures;
mod faults;
mod keys;
mod killed;
mod malformed;
mod once;
mod reload;
mod serving;
mod streams;
mod tls;
pub(crate) mod upstream;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::byokc::{Folder, project};

/// A key that must never be seen anywhere but at its provider.
pub(crate) const KEY: &str = "XyZZy-planted-key-0123456789";
/// A caller's token, likewise.
pub(crate) const TOKEN: &str = "TkN-planted-token-9876543210";

/// A server under test. It ends with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a plan in a folder with these arguments and variables, on a port of its own choice.
    pub(crate) fn start(folder: &Folder, plan: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_byokc")), folder, plan, arguments, environment)
    }

    /// The same, where the program is run by another, to which this is all the same.
    fn start_by(mut program: Command, folder: &Folder, plan: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        // Servers of one test may share a folder, but no log.
        static LOGS: AtomicUsize = AtomicUsize::new(0);
        let audit = format!("audit-{}.jsonl", LOGS.fetch_add(1, Ordering::Relaxed));
        let audit = if arguments.contains(&"--audit") { vec![] } else { vec!["--audit", &audit] };
        let mut child = program
            .args(["serve", plan, "--listen", "127.0.0.1:0"])
            .args(audit)
            .args(arguments)
            .current_dir(folder.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let url = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it does not listen: {}", log.lock().unwrap());
            log.lock().unwrap().push_str(&line);
            if let Some(url) = line.trim().strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        let copy = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                copy.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        Self { child, url, log, reader: Some(reader) }
    }

    /// Everything it has written so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Waits until its log holds a word.
    pub(crate) fn wait_for(&self, word: &str) {
        for _ in 0..200 {
            if self.log().contains(word) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("`{word}` never came: {}", self.log());
    }

    /// Sends a request for a completion.
    pub(crate) fn chat(&self, body: &Value) -> Answered {
        self.post("/v1/chat/completions", &[], body.to_string())
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::blocking::Body>) -> Answered {
        let mut request = client().post(format!("{}{path}", self.url)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answered::read(request.body(body).send().unwrap())
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answered {
        let mut request = client().get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answered::read(request.send().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

/// What a client got.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answered {
    fn read(mut response: reqwest::blocking::Response) -> Self {
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let status = response.status().as_u16();
        let mut text = String::new();
        response.read_to_string(&mut text).unwrap();
        Self { status, headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// What the model says, in OpenAI's shape.
    pub(crate) fn says(&self) -> String {
        self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

fn client() -> &'static reqwest::blocking::Client {
    static CLIENT: std::sync::OnceLock<reqwest::blocking::Client> = std::sync::OnceLock::new();
    CLIENT.get_or_init(|| impatient(Duration::from_mins(1)))
}

/// A client that waits only so long.
pub(crate) fn impatient(time: Duration) -> reqwest::blocking::Client {
    // Set already where another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::builder().no_proxy().timeout(time).build().unwrap()
}

/// Compiles a policy and writes its plan, changed by `change`, with a digest that is right again.
pub(crate) fn plan(folder: &Folder, policy: &Path, name: &str, change: impl FnOnce(&mut Value)) {
    let out = folder.path(name);
    let ran =
        crate::byokc::run(project(), &["compile", policy.to_str().unwrap(), "-o", out.to_str().unwrap(), "--as-of", "2026-11-24"], b"");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut plan: Value = serde_json::from_str(&folder.read(name)).unwrap();
    change(&mut plan);
    let text = plan.to_string();
    let digest = match byokc::verify::read(&text) {
        Ok(plan) => plan.compute_digest(),
        Err(reason) => panic!("{reason:?}"),
    };
    plan["digest"] = digest.into();
    std::fs::write(out, plan.to_string()).unwrap();
}

/// A plan of a policy's text, as it is compiled.
pub(crate) fn compiled(folder: &Folder, policy: &str, name: &str) {
    std::fs::write(folder.path("policy.byok"), policy).unwrap();
    plan(folder, &folder.path("policy.byok"), name, |_| {});
}

/// Puts every account of a plan at a stand-in, under its own name.
pub(crate) fn at(plan: &mut Value, port: u16) {
    for (name, provider) in plan["providers"].as_object_mut().unwrap() {
        let path = match provider["protocol"].as_str().unwrap() {
            "anthropic" | "gemini" => "",
            "openrouter" => "/api/v1",
            _ => "/v1",
        };
        provider["base_url"] = serde_json::json!({"url": format!("http://127.0.0.1:{port}/{name}{path}")});
    }
}

/// A request that says something.
pub(crate) fn ask(route: &str, text: &str) -> Value {
    serde_json::json!({"model": route, "messages": [{"role": "user", "content": text}]})
}

impl Server {
    /// Waits until the metrics hold a line: what a stream counts is counted when it is over.
    pub(crate) fn wait_for_metric(&self, line: &str) {
        let mut counted = String::new();
        for _ in 0..60 {
            counted = self.get("/metrics", &[]).text;
            if counted.contains(line) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{line} is not among\n{counted}");
    }
}
