//! Ten thousand requests that are wrong in some way: each is answered with a 4xx in words, or understood, and the server lives.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::serving::serve;
use super::upstream::{Play, Upstream};
use crate::byokc::Folder;
use crate::interpreter::cases;

/// Requests that are right.
fn right() -> Vec<(&'static str, Value)> {
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "hello"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "search", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "c", "content": "found"}]);
    let function = json!([{"type": "function", "function": {"name": "search", "parameters": {"type": "object", "properties": {}}}}]);
    vec![
        (
            "/v1/chat/completions",
            json!({"model": "chat", "messages": messages, "tools": function, "tool_choice": "auto", "max_tokens": 10, "stop": ["x"], "response_format": {"type": "text"}}),
        ),
        (
            "/v1/responses",
            json!({"model": "chat", "input": [{"role": "user", "content": [{"type": "input_text", "text": "hello"}]}], "instructions": "Be brief.", "text": {"format": {"type": "text"}}}),
        ),
        (
            "/v1/messages",
            json!({"model": "chat", "max_tokens": 10, "system": "Be brief.", "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}], "tools": [{"name": "search", "input_schema": {"type": "object"}}]}),
        ),
        ("/v1/embeddings", json!({"model": "vectors", "input": ["a", "b"], "encoding_format": "float"})),
    ]
}

/// Every place of a document, by its way there.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| places(member, &format!("{here}/{name}"), all)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{here}/{index}"), all)),
        _ => {}
    }
}

fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[[[]]]]])),
        Just(json!({"type": "text"})),
        "[a-z_]{1,12}".prop_map(|name| json!({name: 1})),
    ]
}

/// A request that is changed at one to three places, cut, or made of anything.
fn wrong() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let changed = (0..4_usize, vec((any::<prop::sample::Index>(), odd(), ".{0,8}"), 1..4)).prop_map(|(which, changes)| {
        let (path, mut body) = right().swap_remove(which);
        for (place, value, name) in changes {
            let mut all = Vec::new();
            places(&body, "", &mut all);
            let place = place.get(&all);
            match body.pointer_mut(place) {
                Some(Value::Object(members)) if name.len() % 2 == 1 => drop(members.insert(name, value)),
                Some(found) => *found = value,
                None => {}
            }
        }
        (path, body.to_string().into_bytes())
    });
    let cut = (0..4_usize, any::<prop::sample::Index>()).prop_map(|(which, at)| {
        let (path, body) = right().swap_remove(which);
        let mut text = body.to_string().into_bytes();
        text.truncate(at.index(text.len()));
        (path, text)
    });
    let anything = (0..4_usize, vec(any::<u8>(), 0..200)).prop_map(|(which, body)| (right().swap_remove(which).0, body));
    prop_oneof![6 => changed, 2 => cut, 2 => anything]
}

#[test]
fn ten_thousand_wrong_requests() {
    let upstream = Upstream::start(|seen| {
        if seen.path.ends_with("/embeddings") {
            let inputs = seen.body["input"].as_array().map_or(1, Vec::len);
            let data: Vec<Value> = (0..inputs).map(|index| json!({"object": "embedding", "index": index, "embedding": [0.5]})).collect();
            return Play::Fail(
                200,
                Vec::new(),
                json!({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 4, "total_tokens": 4}}).to_string(),
            );
        }
        Play::Say("Good day.")
    });
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let (understood, told) = (Cell::new(0), Cell::new(0));
    TestRunner::new(cases(10_000))
        .run(&wrong(), |(path, body)| {
            let answered = server.post(path, &[], body.clone());
            let shown = || format!("{path} {:?}: {answered:?}", String::from_utf8_lossy(&body));
            if answered.status == 200 {
                understood.set(understood.get() + 1);
                return Ok(());
            }
            prop_assert!((400..500).contains(&answered.status), "{}", shown());
            let error = &answered.json()["error"];
            let message = error["message"].as_str().unwrap_or_default();
            prop_assert!(message.len() > 20 && message.ends_with('.'), "{}", shown());
            prop_assert!(!message.contains("serde") && !message.contains("::"), "{}", shown());
            told.set(told.get() + 1);
            Ok(())
        })
        .unwrap();
    assert!(told.get() > 5_000 && understood.get() > 100, "{told:?} were wrong, {understood:?} right");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn what_is_no_request_at_all_is_cut_off() {
    let upstream = Upstream::start(|_| Play::Say("Good day."));
    let folder = Folder::with(&[]);
    let server = serve(&folder, &upstream);
    let address = server.url.strip_prefix("http://").unwrap();
    let send = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        // The server may close before it has read all.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    };
    let long = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n{}\r\n", "x-a: b\r\n".repeat(500));
    for (bytes, status) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01"[..], "400"),
        (b"GARBAGE\r\n\r\n", "400"),
        (long.as_bytes(), "431"),
        (many.as_bytes(), "431"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -4\r\n\r\n", "400"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", "400"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "400"),
    ] {
        let line = send(bytes);
        assert!(line.contains(status), "{status}: {line:?} for {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
    }
    let large = server.post("/v1/chat/completions", &[], vec![b' '; 40 << 20]);
    assert_eq!((large.status, &large.json()["error"]["code"]), (413, &json!("too_large")));
    assert_eq!(server.get("/healthz", &[]).status, 200);
    assert!(upstream.seen().is_empty());
}
