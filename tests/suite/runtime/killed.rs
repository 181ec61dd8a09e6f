//! The audit log of a server that is killed, or whose disk is full: whatever a client was answered is in it, and its chain is whole.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use byokc::audit::{Entry, Line};
use reqwest::blocking::Client;
use serde_json::json;

use super::serving::POLICY;
use super::upstream::{Play, Upstream, streamed};
use super::{KEY, Server, ask, at, impatient, plan};
use crate::byokc::Folder;

const KEYS: [(&str, &str); 2] = [("LAB_KEY", KEY), ("OTHER_KEY", KEY)];

/// A stand-in that answers a stream in two pieces, and fails at its first account now and then.
fn upstream() -> Upstream {
    Upstream::start(|seen| {
        if seen.account == "openai" && seen.text.contains("down") {
            return Play::Fail(503, Vec::new(), "{}".to_owned());
        }
        if !seen.streams() {
            return Play::Say("Good day.");
        }
        let text = streamed(seen.protocol(), "Good day.");
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        let (one, two) = text.split_at(text.find("\n\n").unwrap() + 2);
        Play::Raw(vec![(Duration::ZERO, format!("{head}{one}").into_bytes()), (Duration::from_millis(3), two.as_bytes().to_vec())])
    })
}

fn folder(upstream: &Upstream) -> Folder {
    let folder = Folder::with(&[("policy.byok", POLICY)]);
    plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| {
        at(plan, upstream.port);
        // Long records, so that files are put aside.
        plan["routes"]["chat"]["audit"] = "full".into();
    });
    folder
}

/// Asks again and again until the server is gone. The requests that were answered to the last byte, by name, are added to `answered`.
fn ask_on(client: &Client, url: &str, thread: usize, gone: &AtomicBool, answered: &Mutex<BTreeSet<String>>) {
    for count in 0.. {
        let text = "Good morning, and how are you? ".repeat(150);
        let mut body = ask("chat", if count % 5 == thread { "down" } else { &text });
        let stream = (count + thread).is_multiple_of(2);
        if stream {
            (body["stream"], body["stream_options"]) = (true.into(), json!({"include_usage": true}));
        }
        let sent =
            client.post(format!("{url}/v1/chat/completions")).header("content-type", "application/json").body(body.to_string()).send();
        let Ok(mut response) = sent else { break };
        let id = response.headers()["x-byok-request"].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let mut text = String::new();
        if response.read_to_string(&mut text).is_err() || (stream && !text.ends_with("data: [DONE]\n\n")) {
            break;
        }
        assert_eq!(status, 200, "{text}");
        answered.lock().unwrap().insert(id);
    }
    assert!(gone.load(Ordering::SeqCst), "it ends when the server is killed, not before");
}

/// The files of a log, oldest first.
fn files(log: &Path) -> Vec<PathBuf> {
    let name = format!("{}.0", log.file_name().unwrap().to_str().unwrap());
    let files = std::fs::read_dir(log.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&name)).collect();
    files.sort();
    files.push(log.to_owned());
    files
}

/// What the log of a folder says. It is whole, and only what the plan allows has happened.
fn records(folder: &Folder) -> Vec<Entry<'static>> {
    let verified = folder.run(&["audit", "verify", "log.jsonl", "--plan", "plan.json"]);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    let text: String = files(&folder.path("log.jsonl")).iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry).collect()
}

/// The requests that a log says were served, by name.
fn served(records: &[Entry<'_>]) -> BTreeSet<String> {
    let ends = records.iter().filter_map(|entry| if let Entry::End(end) = entry { Some(end) } else { None });
    ends.filter(|end| end.outcome == "served").map(|end| end.asked.request.to_string()).collect()
}

#[test]
fn killed_a_hundred_times_it_has_recorded_every_answer() {
    const TIMES: usize = 100;
    let upstream = upstream();
    let folder = folder(&upstream);
    let log = folder.path("log.jsonl");
    let start = || Server::start(&folder, "plan.json", &["--open", "--audit", "log.jsonl", "--audit-rotate", "1", "--log", "warn"], &KEYS);
    let (client, answered) = (impatient(Duration::from_secs(10)), Mutex::new(BTreeSet::new()));
    let mut torn = 0;
    for time in 0..TIMES {
        let server = start();
        if time % 10 == 1 {
            server.wait_for("is cut off");
        }
        let (url, gone) = (server.url.clone(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (client, url, gone, answered) = (&client, &url, &gone, &answered);
                scope.spawn(move || ask_on(client, url, thread, gone, answered));
            }
            std::thread::sleep(Duration::from_millis(fastrand::u64(40..160)));
            gone.store(true, Ordering::SeqCst);
            // This is `SIGKILL`.
            drop(server);
        });
        if time % 10 == 0 {
            tear(&log);
            torn += 1;
        }
    }
    let mut last = start();
    last.signal("-TERM");
    assert_eq!(last.wait(), 0);
    let (records, answered) = (records(&folder), answered.into_inner().unwrap());
    let served = served(&records);
    let lost: Vec<&String> = answered.difference(&served).collect();
    assert!(lost.is_empty(), "answered, and not in the log: {lost:?}");
    let opened = |entry: &Entry<'static>| if let Entry::Opened(opened) = entry { Some(opened.clone()) } else { None };
    let opened: Vec<_> = records.iter().filter_map(opened).collect();
    assert!(opened.iter().filter(|opened| opened.torn_bytes.is_some()).count() >= torn, "each torn line is noted");
    let instances: BTreeSet<&str> = opened.iter().map(|opened| &*opened.instance).collect();
    assert_eq!((instances.len(), files(&log).len() > 1), (TIMES + 1, true));
    assert!(matches!(records.last(), Some(Entry::Closed {})));
    assert!(answered.len() > TIMES, "there was load: {} answers", answered.len());
    // Nobody was called of whom the log does not know.
    let attempts = records.iter().filter(|entry| matches!(entry, Entry::Attempt(attempt) if attempt.call.called)).count();
    assert!(upstream.seen().len() <= attempts, "{} calls, {attempts} attempts", upstream.seen().len());
}

/// A process that is killed while it writes leaves a piece of a line. That seldom happens by itself.
fn tear(log: &Path) {
    let text = std::fs::read_to_string(log).unwrap();
    let line = text.lines().last().unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(log).unwrap();
    file.write_all(&line.as_bytes()[..fastrand::usize(1..line.len())]).unwrap();
}

/// Starts a server whose files may not be longer than so many bytes. A limit that is exceeded is an error, as a disk that is full, and not the end of it.
#[cfg(target_os = "linux")]
fn limited(folder: &Folder, bytes: usize) -> Server {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -S -f {}; exec \"$@\"", bytes / 512), "sh", env!("CARGO_BIN_EXE_byokc")]);
    Server::start_by(shell, folder, "plan.json", &["--open", "--audit", "log.jsonl"], &KEYS)
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_refuses_calls_and_loses_no_record() {
    let upstream = upstream();
    let folder = folder(&upstream);
    // Over four MiB are kept for the ends of what is under way: no call begins without them.
    let server = limited(&folder, (4 << 20) + (300 << 10));
    let client = impatient(Duration::from_secs(10));
    let call = |text: &str, stream: bool| {
        let mut body = ask("chat", text);
        body["stream"] = stream.into();
        let response = client.post(format!("{}/v1/chat/completions", server.url)).body(body.to_string()).send().unwrap();
        super::Answered::read(response)
    };
    let refused = |answered: &super::Answered| {
        let error = &answered.json()["error"];
        assert_eq!(
            (answered.status, error["code"].as_str(), answered.header("x-should-retry")),
            (403, Some("refused"), "false"),
            "{answered:?}"
        );
        assert!(error["message"].as_str().unwrap().contains("the audit log cannot be written"), "{error}");
    };
    let answered = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (call, refused, answered) = (&call, &refused, &answered);
            scope.spawn(move || {
                for count in 0.. {
                    let sent = call(&"Good morning, and how are you? ".repeat(100), (thread + count) % 2 == 0);
                    if sent.status != 200 {
                        return refused(&sent);
                    }
                    assert!((thread + count) % 2 == 1 || sent.text.ends_with("data: [DONE]\n\n"), "{sent:?}");
                    answered.lock().unwrap().insert(sent.header("x-byok-request").to_owned());
                }
            });
        }
    });
    let calls = upstream.seen().len();
    for count in 0..10 {
        refused(&call(&"Good morning, and how are you? ".repeat(100), count % 2 == 0));
    }
    assert_eq!(upstream.seen().len(), calls, "nobody is called without a record");
    assert_eq!(server.log().matches("the audit log cannot be written").count(), 1, "that is said once");
    let answers = answered.into_inner().unwrap();
    assert!(answers.len() > 20, "{}", answers.len());
    let said = records(&folder);
    assert!(answers.is_subset(&served(&said)));
    // Every attempt that was made has an end, and each refusal is recorded too.
    let begun = said.iter().filter(|entry| matches!(entry, Entry::Attempt(_))).count();
    let ended = said.iter().filter(|entry| matches!(entry, Entry::End(_))).count();
    let denied = said.iter().filter(|entry| matches!(entry, Entry::Denied(denied) if denied.code == "refused")).count();
    assert_eq!((begun, ended, denied), (answers.len(), answers.len(), 14));
    server.unlimited();
    assert_eq!(call("hello", false).status, 200, "there is room again");
    server.wait_for("can be written again");
}

#[cfg(target_os = "linux")]
impl Server {
    fn unlimited(&self) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let process = Pid::from_child(&self.child);
        prlimit(Some(process), Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    }
}
