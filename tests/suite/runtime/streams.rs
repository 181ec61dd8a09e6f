//! Answers piece by piece: passed on as they come, never repeated once something went out, and ended with a reason when they break.

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::serving::serve;
use super::upstream::{Play, Upstream, streamed};
use super::{Server, ask, impatient};
use crate::byokc::Folder;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

/// A stream that breaks off after so many of its events.
fn cut(protocol: &str, events: usize, pause: Duration, after: &str) -> Play {
    let text = streamed(protocol, "Good day.");
    let start: String = text.split_inclusive("\n\n").take(events).collect();
    Play::Raw(vec![(Duration::ZERO, format!("{OK}{start}").into_bytes()), (pause, after.as_bytes().to_vec())])
}

fn chat(server: &Server, text: &str) -> (u16, String) {
    let mut body = ask("chat", text);
    (body["stream"], body["stream_options"]) = (true.into(), json!({"include_usage": true}));
    let answered = server.chat(&body);
    (answered.status, answered.text)
}

/// The events of a stream in OpenAI's shape, and whether it says that it is whole.
pub(crate) fn events(text: &str) -> (Vec<Value>, bool) {
    let data: Vec<&str> = text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    let whole = data.last() == Some(&"[DONE]");
    (data.iter().filter(|data| **data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect(), whole)
}

pub(crate) fn says(events: &[Value]) -> String {
    events.iter().filter_map(|event| event["choices"][0]["delta"]["content"].as_str()).collect()
}

#[test]
fn a_stream_is_passed_on_and_ends_with_its_usage() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let (status, text) = chat(&server, "hello");
    let (events, whole) = events(&text);
    assert_eq!((status, &*says(&events), whole), (200, "Good day.", true), "{text}");
    assert_eq!(events.last().unwrap()["usage"]["total_tokens"], 10);
    server.wait_for_metric("byokc_requests_total{route=\"chat\",outcome=\"served\"} 1");
}

#[test]
fn pieces_go_out_when_they_come() {
    let upstream = Upstream::start(|_| {
        let text = streamed("openai", "Good day.");
        let pieces: Vec<&str> = text.split_inclusive("\n\n").collect();
        let first = [OK, pieces[0], pieces[1]].concat();
        Play::Raw(vec![(Duration::ZERO, first.into_bytes()), (Duration::from_secs(2), pieces[2..].concat().into_bytes())])
    });
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let mut body = ask("chat", "hello");
    body["stream"] = true.into();
    let started = Instant::now();
    let mut response =
        impatient(Duration::from_mins(1)).post(format!("{}/v1/chat/completions", server.url)).body(body.to_string()).send().unwrap();
    let mut seen = String::new();
    while !seen.contains("Good") {
        let mut some = [0; 1024];
        let read = response.read(&mut some).unwrap();
        assert!(read > 0);
        seen.push_str(std::str::from_utf8(&some[..read]).unwrap());
    }
    assert!(started.elapsed() < Duration::from_millis(1500), "the first piece was kept back");
    response.read_to_string(&mut seen).unwrap();
    assert!(seen.ends_with("data: [DONE]\n\n"), "{seen}");
}

#[test]
fn before_anything_went_out_another_takes_over() {
    // The role alone is nothing that a client sees of an answer.
    for (events, after) in
        [(0, ""), (1, ""), (1, "data: garbage\n\n"), (1, "data: {\"error\": {\"message\": \"no\", \"code\": \"server_error\"}}\n\n")]
    {
        let upstream = Upstream::start(move |seen| {
            if seen.account == "openai" { cut("openai", events, Duration::ZERO, after) } else { Play::Say("From the other.") }
        });
        let folder = Folder::with(&[]);
        let server = serve(&folder, &upstream);
        let (status, text) = chat(&server, "hello");
        assert_eq!((status, &*says(&self::events(&text).0)), (200, "From the other."), "after {events} events and {after:?}: {text}");
    }
}

#[test]
fn after_something_went_out_the_stream_ends_with_the_reason() {
    for (events, after, code) in [
        (2, "", "server_error"),
        (3, "data: garbage\n\n", "server_error"),
        (2, "data: {\"error\": {\"message\": \"no\", \"code\": \"server_error\"}}\n\n", "server_error"),
    ] {
        // What broke before it was passed on would not have gone out.
        let upstream = Upstream::start(move |_| cut("openai", events, Duration::from_millis(300), after));
        let folder = Folder::with(&[]);
        let server = serve(&folder, &upstream);
        let (status, text) = chat(&server, "hello");
        let (events, whole) = self::events(&text);
        let error = &events.last().unwrap()["error"];
        assert_eq!((status, whole, &error["code"]), (200, false, &json!(code)), "{text}");
        assert_eq!(error["route"], "chat");
        assert!(
            error["message"].as_str().unwrap().starts_with(
                "The chat route called OpenAI with the key in LAB_KEY, and after the beginning of its answer OpenAI failed with an error of its own. Ask again"
            ),
            "{text}"
        );
        assert_eq!(upstream.seen().len(), 1, "nobody else is asked");
        server.wait_for_metric(&format!("byokc_requests_total{{route=\"chat\",outcome=\"{code}\"}} 1"));
    }
}

#[test]
fn a_stream_that_stalls_or_never_ends_is_stopped() {
    let folder = Folder::with(&[]);
    let upstream = Upstream::start(|seen| {
        if seen.text.contains("stall") {
            return cut("openai", 2, Duration::from_secs(20), "");
        }
        // A piece every tenth of a second, for ever.
        let piece = streamed("openai", "Good day.").split_inclusive("\n\n").nth(1).unwrap().to_owned();
        let mut pieces = vec![(Duration::ZERO, OK.as_bytes().to_vec())];
        pieces.extend((0..300).map(|_| (Duration::from_millis(100), piece.clone().into_bytes())));
        Play::Raw(pieces)
    });
    std::fs::write(folder.path("policy.byok"), super::serving::POLICY.replace("  retry     0", "  retry 0\n  timeout 1s\n  deadline 3s"))
        .unwrap();
    super::plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| super::at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_KEY", "k"), ("OTHER_KEY", "k")]);
    for (what, code, most) in [("stall", "timeout", 2500), ("for ever", "deadline", 4500)] {
        let started = Instant::now();
        let (_, text) = chat(&server, what);
        assert_eq!(events(&text).0.last().unwrap()["error"]["code"], code, "{text}");
        assert!(started.elapsed() < Duration::from_millis(most), "{what}: {:?}", started.elapsed());
    }
    server.wait_for_metric("byokc_requests_in_flight 0");
}

#[test]
fn when_the_client_goes_the_call_is_dropped() {
    let upstream =
        Upstream::start(
            |seen| if seen.streams() { cut("openai", 2, Duration::from_secs(30), "") } else { Play::Stall(Duration::from_secs(30)) },
        );
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    for stream in [true, false] {
        let before = upstream.left_alone();
        let mut body = ask("chat", "hello");
        body["stream"] = stream.into();
        let client = impatient(Duration::from_millis(700));
        let response = client.post(format!("{}/v1/chat/completions", server.url)).body(body.to_string()).send();
        assert!(response.and_then(reqwest::blocking::Response::text).is_err(), "the client does not wait");
        let gone = (0..60).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            upstream.left_alone() > before
        });
        assert!(gone, "stream: {stream}: the provider still answers");
    }
    assert_eq!(upstream.seen().len(), 2, "and nobody else is called");
    server.wait_for_metric("byokc_requests_in_flight 0");
}

#[test]
fn whole_answers_that_are_cut_huge_or_garbage_count_as_the_providers_fault() {
    for (what, answer) in [
        ("cut", "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":".to_owned()),
        ("garbage", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\n<ht>".to_owned()),
        ("no http", "hello there\r\n\r\n".to_owned()),
        ("nothing", String::new()),
        ("redirect", "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned()),
        ("huge", format!("HTTP/1.1 200 OK\r\ncontent-length: 80000000\r\n\r\n\"{}", "x".repeat(70_000_000))),
    ] {
        let upstream = Upstream::start(move |seen| {
            if seen.account == "openai" {
                Play::Raw(vec![(Duration::ZERO, answer.clone().into_bytes())])
            } else {
                Play::Say("From the other.")
            }
        });
        let folder = Folder::with(&[]);
        let server = serve(&folder, &upstream);
        let answered = server.chat(&ask("chat", "hello"));
        assert_eq!(answered.status, 200, "{what}: {answered:?}");
        assert_eq!(answered.says(), "From the other.");
        let counted = server.get("/metrics", &[]).text;
        assert!(counted.contains("target=\"openai/gpt-6-luna\",outcome=\"server_error\"} 1"), "{what}: {counted}");
    }
}

#[test]
fn a_stream_is_over_when_it_says_so() {
    // The provider keeps the connection open, and says more that nobody asked for.
    for protocol in ["openai", "anthropic"] {
        let upstream = Upstream::start(move |_| {
            let text = format!("{OK}{}", streamed(protocol, "Good day."));
            Play::Raw(vec![(Duration::ZERO, text.into_bytes()), (Duration::from_secs(20), b"data: more\n\n".to_vec())])
        });
        let folder = Folder::with(&[]);
        std::fs::write(
            folder.path("policy.byok"),
            super::serving::POLICY.replace(
                "primary   openai/gpt-6-luna\n  fallback  anthropic/claude-haiku-5-5",
                if protocol == "openai" {
                    "primary   openai/gpt-6-luna\n  fallback  anthropic/claude-haiku-5-5"
                } else {
                    "primary   anthropic/claude-haiku-5-5\n  fallback  openai/gpt-6-luna"
                },
            ),
        )
        .unwrap();
        super::plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| super::at(plan, upstream.port));
        let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_KEY", "k"), ("OTHER_KEY", "k")]);
        let started = Instant::now();
        let (_, text) = chat(&server, "hello");
        let (events, whole) = events(&text);
        assert_eq!((&*says(&events), whole), ("Good day.", true), "{text}");
        assert!(started.elapsed() < Duration::from_secs(5), "{protocol}: it was waited for");
        assert!(events.iter().any(|event| event["choices"][0]["finish_reason"] == "stop"), "{text}");
    }
}

#[test]
fn comments_keep_no_attempt_alive() {
    let upstream = Upstream::start(|seen| {
        if seen.account != "openai" {
            return Play::Say("From the other.");
        }
        let mut pieces = vec![(Duration::ZERO, OK.as_bytes().to_vec())];
        pieces.extend((0..100).map(|_| (Duration::from_millis(200), b": PROCESSING\n\n".to_vec())));
        Play::Raw(pieces)
    });
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("policy.byok"), super::serving::POLICY.replace("  retry     0", "  retry 0\n  timeout 1s")).unwrap();
    super::plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| super::at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_KEY", "k"), ("OTHER_KEY", "k")]);
    let (status, text) = chat(&server, "hello");
    assert_eq!((status, &*says(&events(&text).0)), (200, "From the other."));
}

#[test]
fn a_status_counts_however_slowly_its_body_comes() {
    let slow = |head: &str| {
        Play::Raw(vec![
            (Duration::ZERO, format!("HTTP/1.1 {head}\r\ncontent-length: 100\r\n\r\n{{").into_bytes()),
            (Duration::from_secs(20), Vec::new()),
        ])
    };
    let upstream = Upstream::start(move |seen| match () {
        () if seen.account != "openai" => Play::Say("From the other."),
        () if seen.text.contains("401") => slow("401 X"),
        () => slow("429 X\r\nretry-after: 60"),
    });
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("policy.byok"), super::serving::POLICY.replace("  retry     0", "  retry 2\n  timeout 3s")).unwrap();
    super::plan(&folder, &folder.path("policy.byok"), "plan.json", |plan| super::at(plan, upstream.port));
    let server = Server::start(&folder, "plan.json", &["--open"], &[("LAB_KEY", "k"), ("OTHER_KEY", "k")]);
    let answered = server.chat(&ask("chat", "401"));
    assert_eq!(
        (answered.status, &answered.json()["error"]["code"]),
        (424, &json!("invalid_key")),
        "a rejected key never changes who is called"
    );
    server.wait_for("\"level\":\"ERROR\"");
    let answered = server.chat(&ask("chat", "429"));
    assert_eq!((answered.status, answered.header("x-byok-target")), (200, "anthropic/claude-haiku-5-5"));
    assert_eq!(
        upstream.seen().iter().filter(|seen| seen.text.contains("429") && seen.account == "openai").count(),
        1,
        "it asks for a longer wait"
    );
}
