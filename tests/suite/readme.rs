//! Every command and output that the documents show, run from top to bottom as a reader would.
//!
//! A block under `<!-- file: NAME -->` is written to that file first; `<!-- without: WORD in NAME -->` takes the lines that begin with the word out. In `console` blocks each line after `$ ` is run, and what follows must be what it prints;
//! a line `...` stands for any number of lines, and `...` within a line for anything. `export` sets a variable for what follows, `byokc serve … &` goes on until the
//! document ends, and other lines are the shell's; a model at port 11434 is a stand-in.

use crate::byokc::{Folder, project};

/// The public key of an approver that documents show.
const SHOWN_KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// A fenced block and the remark in front of it.
struct Block {
    line: usize,
    remark: String,
    info: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut remark = String::new();
    let mut lines = document.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text =
                lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```").fold(String::new(), |text, line| text + line + "\n");
            blocks.push(Block { line: number, remark: std::mem::take(&mut remark), info: info.to_owned(), text });
        } else if let Some(words) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            words.clone_into(&mut remark);
        } else if !line.is_empty() {
            remark.clear();
        }
    }
    blocks
}

/// Whether a text is what a pattern with `...` lines describes.
fn fits(expected: &[&str], printed: &[&str]) -> bool {
    match expected {
        [] => printed.is_empty(),
        ["...", rest @ ..] => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        [first, rest @ ..] => printed.first().is_some_and(|line| line_fits(first.trim_end(), line.trim_end())) && fits(rest, &printed[1..]),
    }
}

/// Whether a line holds the parts around `...`, in order.
fn line_fits(expected: &str, mut printed: &str) -> bool {
    let mut parts = expected.split("...");
    let Some(rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else { return false };
    printed = rest;
    for part in parts {
        let Some(at) = (if part.is_empty() { Some(printed.len()) } else { printed.find(part) }) else { return false };
        printed = &printed[at + part.len()..];
    }
    printed.is_empty()
}

/// Where a document is followed.
struct Place {
    folder: Folder,
    environment: Vec<(String, String)>,
    /// The public key that was made: it stands for the one that the document shows.
    key: Option<String>,
    #[cfg(feature = "serve")]
    server: Option<crate::runtime::Server>,
    #[cfg(feature = "serve")]
    model: Option<crate::runtime::upstream::Upstream>,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: Folder::with(&[]),
            environment: Vec::new(),
            key: None,
            #[cfg(feature = "serve")]
            server: None,
            #[cfg(feature = "serve")]
            model: None,
        }
    }

    /// What a line of a document prints.
    fn run(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["export", set] => {
                let (name, value) = set.split_once('=').unwrap();
                let value = self.local(value);
                self.environment.push((name.to_owned(), value));
                String::new()
            }
            #[cfg(feature = "serve")]
            ["byokc", "serve", plan, arguments @ .., "&"] => {
                let environment: Vec<(&str, &str)> = self.environment.iter().map(|(name, value)| (&**name, &**value)).collect();
                // Where nothing else is said, the log is where byokc itself puts it.
                let arguments = [&["--audit", "audit.jsonl"], arguments].concat();
                let server = crate::runtime::Server::start(&self.folder, plan, &arguments, &environment);
                assert!(server.log().starts_with("listening on "), "{}", server.log());
                self.server = Some(server);
                // It is read as if it were there.
                "listening on http://127.0.0.1:8787".to_owned()
            }
            ["byokc", "approve", "keygen", arguments @ ..] => {
                let out = self.folder.run(&[&["approve", "keygen"], arguments].concat());
                self.key = out.stdout.split('"').nth(1).map(str::to_owned);
                out.stdout + &out.stderr
            }
            ["byokc", arguments @ ..] => {
                // Documents are true on the day for which they were written.
                let mut arguments = arguments.to_vec();
                arguments.extend(["--as-of", "2026-11-24"]);
                let environment: Vec<(&str, &str)> = self.environment.iter().map(|(name, value)| (&**name, &**value)).collect();
                let out = self.folder.run_env(&arguments, &environment);
                out.stdout + &out.stderr
            }
            ["curl" | "cat", ..] => {
                let line = self.local(line);
                let here = std::path::Path::new(env!("CARGO_BIN_EXE_byokc")).parent().unwrap();
                let path = format!("{}:{}", here.display(), std::env::var("PATH").unwrap());
                let mut shell = std::process::Command::new("sh");
                let out = shell.args(["-c", &line]).current_dir(self.folder.path("")).env("PATH", path).output().unwrap();
                String::from_utf8(out.stdout).unwrap()
            }
            _ => panic!("this is not run: {line}"),
        }
    }

    /// The same with the ports that the test uses.
    #[cfg(feature = "serve")]
    fn local(&mut self, text: &str) -> String {
        use crate::runtime::upstream::{Play, Upstream};
        let mut text = text.to_owned();
        if text.contains("127.0.0.1:11434") {
            let model = self.model.get_or_insert_with(|| Upstream::start(|_| Play::Say("Good day.")));
            text = text.replace("127.0.0.1:11434", &format!("127.0.0.1:{}/lab", model.port));
        }
        match &self.server {
            Some(server) => text.replace("http://127.0.0.1:8787", &server.url),
            None => text,
        }
    }

    #[cfg(not(feature = "serve"))]
    #[expect(clippy::unused_self, reason = "without the runtime nothing listens at a port")]
    fn local(&mut self, text: &str) -> String {
        text.to_owned()
    }
}

fn run_console(place: &mut Place, block: &Block, at: &str) -> usize {
    let mut ran = 0;
    for command in block.text.split("$ ").skip(1) {
        let (line, expected) = command.split_once('\n').unwrap();
        let printed = place.run(line);
        let (expected, printed): (Vec<&str>, Vec<&str>) = (expected.trim_end().lines().collect(), printed.trim_end().lines().collect());
        assert!(fits(&expected, &printed), "{at}: `{line}` prints\n{}", printed.join("\n"));
        ran += 1;
    }
    ran
}

/// Runs a document; gives the number of commands.
fn follow(name: &str) -> usize {
    let document = std::fs::read_to_string(project().join(name)).unwrap();
    let mut at = Place::new();
    let mut ran = 0;
    for block in blocks(&document) {
        let place = format!("{name}:{}", block.line);
        let folder = &at.folder;
        if let Some(file) = block.remark.strip_prefix("file: ") {
            let text = at.key.as_ref().map_or_else(|| block.text.clone(), |key| block.text.replace(SHOWN_KEY, key));
            std::fs::write(folder.path(file), text).unwrap();
        }
        if let Some((word, file)) = block.remark.strip_prefix("without: ").and_then(|rest| rest.split_once(" in ")) {
            let lines = folder
                .read(file)
                .lines()
                .filter(|line| !line.trim_start().starts_with(word))
                .map(|line| format!("{line}\n"))
                .collect::<String>();
            std::fs::write(folder.path(file), lines).unwrap();
        }
        match block.info.as_str() {
            "console" => ran += run_console(&mut at, &block, &place),
            "byok,whole" => {
                let out = folder.run_with(&["check", "-", "--as-of", "2026-11-24"], block.text.as_bytes());
                assert_eq!(out.code, 0, "{place}: {}", out.stdout);
            }
            "byok,fragment" => {
                let found = byokc::syntax::parse(byokc::source::FileId(0), &block.text).diagnostics;
                assert!(found.is_empty(), "{place}: {found:#?}");
            }
            _ => {}
        }
    }
    ran
}

#[test]
fn the_documents_are_true() {
    let mut ran = follow("README.md");
    assert!(ran >= 5, "the README shows what commands print");
    for entry in std::fs::read_dir(project().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // Without the runtime its pages cannot be followed.
        if matches!(&*name, "runtime.md" | "audit.md" | "controls.md") && cfg!(not(feature = "serve")) {
            continue;
        }
        if std::path::Path::new(&name).extension().is_some_and(|extension| extension == "md") {
            ran += follow(&format!("docs/{name}"));
        }
    }
    eprintln!("ran {ran} commands of the documents");
}

#[test]
fn the_plan_that_its_page_shows_is_the_plan() {
    let document = std::fs::read_to_string(project().join("docs/plan.md")).unwrap();
    let all = blocks(&document);
    let policy = all.iter().find(|block| block.info == "byok,whole").expect("the page has a policy");
    let shown = all.iter().find(|block| block.info == "json").expect("the page has its plan");
    let folder = Folder::with(&[("p.byok", &policy.text)]);
    let plan: serde_json::Value = serde_json::from_str(&folder.run(&["compile", "p.byok"]).stdout).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&format!("{{{}}}", shown.text)).unwrap();
    assert_eq!(plan["routes"], shown["routes"]);
}

#[test]
fn two_commands_do_everything() {
    let document = std::fs::read_to_string(project().join("README.md")).unwrap();
    let commands: Vec<String> = blocks(&document)
        .into_iter()
        .filter(|block| block.info == "sh")
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(
        commands.get(..2),
        Some(&["cargo run --locked -- check policies/support.byok".to_owned(), "cargo test --locked".to_owned()][..])
    );
    let ci = std::fs::read_to_string(project().join(".ci/run")).unwrap();
    assert!(ci.contains("cargo test --locked"), "CI runs the tests as the README says");
    let first = crate::byokc::run(project(), &["check", "policies/support.byok", "--as-of", "2026-11-24"], b"");
    assert_eq!(first.code, 0, "{}", first.stdout);
}
