//! A stand-in for providers: real HTTP on this machine, in the shape of each protocol, scripted by the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The account: the first part of the path.
    pub(crate) account: String,
    /// The rest of the path.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Seen {
    /// `account/model`.
    pub(crate) fn target(&self) -> String {
        let in_path = || self.path.split("/models/").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or_default().to_owned();
        format!("{}/{}", self.account, self.body["model"].as_str().map_or_else(in_path, str::to_owned))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// In whose shape it is.
    pub(crate) fn protocol(&self) -> &'static str {
        match &*self.path {
            path if path.contains("/messages") => "anthropic",
            path if path.contains("generateContent") || path.contains("GenerateContent") => "gemini",
            path if path.contains("/responses") => "responses",
            _ => "openai",
        }
    }

    pub(crate) fn streams(&self) -> bool {
        self.body["stream"] == true || self.path.contains(":streamGenerateContent")
    }
}

/// What the stand-in does with a request.
pub(crate) enum Play {
    /// Answers with this text, in the request's own shape, whole or as a stream.
    Say(&'static str),
    /// Answers with a status, headers and a body.
    Fail(u16, Vec<(&'static str, String)>, String),
    /// Sends these bytes, pausing before each piece, and closes.
    Raw(Vec<(Duration, Vec<u8>)>),
    /// Answers nothing, for so long.
    Stall(Duration),
}

type Script = dyn Fn(&Seen) -> Play + Send + Sync;

/// A stand-in that listens as long as it is there.
pub(crate) struct Upstream {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    gone: Arc<Mutex<Vec<Instant>>>,
}

impl Upstream {
    pub(crate) fn start(script: impl Fn(&Seen) -> Play + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, gone) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (log, lost, script): (_, _, Arc<Script>) = (Arc::clone(&seen), Arc::clone(&gone), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, lost, script) = (Arc::clone(&log), Arc::clone(&lost), Arc::clone(&script));
                std::thread::spawn(move || serve(&stream, &log, &lost, &*script));
            }
        });
        Self { port, seen, gone }
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How often the other side went away before it had all of an answer.
    pub(crate) fn left_alone(&self) -> usize {
        self.gone.lock().unwrap().len()
    }
}

fn serve(stream: &TcpStream, log: &Mutex<Vec<Seen>>, lost: &Mutex<Vec<Instant>>, script: &Script) {
    let mut reader = BufReader::new(stream);
    while let Some(seen) = request(&mut reader) {
        log.lock().unwrap().push(seen.clone());
        let play = script(&seen);
        match play_out(stream, &seen, play) {
            Ok(true) => {}
            Ok(false) => return,
            Err(_) => return lost.lock().unwrap().push(Instant::now()),
        }
    }
}

fn request(reader: &mut BufReader<&TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let text = String::from_utf8(body).unwrap();
    let (account, path) = path[1..].split_once('/').unwrap();
    let body = serde_json::from_str(&text).expect("what goes out is JSON");
    Some(Seen { account: account.to_owned(), path: format!("/{path}"), headers, body, text })
}

/// Whether the connection can take another request; an error where the other side went away.
fn play_out(mut stream: &TcpStream, seen: &Seen, play: Play) -> std::io::Result<bool> {
    match play {
        Play::Say(text) if seen.streams() => {
            let body = streamed(seen.protocol(), text);
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        }
        Play::Say(text) => answer(stream, 200, &[], &whole(seen.protocol(), text))?,
        Play::Fail(status, headers, body) => answer(stream, status, &headers, &body)?,
        Play::Stall(time) => {
            wait(stream, time)?;
            answer(stream, 500, &[], "{}")?;
        }
        Play::Raw(pieces) => {
            for (pause, piece) in pieces {
                wait(stream, pause)?;
                stream.write_all(&piece)?;
                stream.flush()?;
            }
            stream.shutdown(std::net::Shutdown::Both)?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Pauses, and tells when the other side goes away meanwhile.
fn wait(mut stream: &TcpStream, time: Duration) -> std::io::Result<()> {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        stream.set_read_timeout(Some(left.min(Duration::from_millis(50)).max(Duration::from_millis(1))))?;
        match stream.read(&mut [0; 64]) {
            Ok(0) => return Err(std::io::ErrorKind::ConnectionReset.into()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    stream.set_read_timeout(None)
}

fn answer(mut stream: &TcpStream, status: u16, headers: &[(&str, String)], body: &str) -> std::io::Result<()> {
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{more}\r\n{body}", body.len())
}

/// A whole answer that says a text, as this protocol does.
pub(crate) fn whole(protocol: &str, text: &str) -> String {
    match protocol {
        "anthropic" => json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": null,
            "content": [{"type": "text", "text": text}], "usage": {"input_tokens": 7, "output_tokens": 3}}),
        "gemini" => json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}, "modelVersion": "m", "responseId": "r"}),
        "responses" => json!({"id": "resp_1", "object": "response", "status": "completed", "model": "m",
            "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": text, "annotations": []}]}],
            "usage": {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}}),
        _ => json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}}),
    }
    .to_string()
}

/// The same as a stream, in two pieces.
pub(crate) fn streamed(protocol: &str, text: &str) -> String {
    let (one, two) = text.split_at(text.len() / 2);
    let named = |name: &str, data: Value| format!("event: {name}\ndata: {data}\n\n");
    let plain = |data: Value| format!("data: {data}\n\n");
    match protocol {
        "anthropic" => [
            named("message_start", json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": null, "usage": {"input_tokens": 7, "output_tokens": 1}}})),
            named("content_block_start", json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
            named("content_block_delta", json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": one}})),
            named("content_block_delta", json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": two}})),
            named("content_block_stop", json!({"type": "content_block_stop", "index": 0})),
            named("message_delta", json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 3}})),
            named("message_stop", json!({"type": "message_stop"})),
        ]
        .concat(),
        "gemini" => {
            let piece = |text: &str, end: bool| {
                let mut candidate = json!({"content": {"role": "model", "parts": [{"text": text}]}, "index": 0});
                if end {
                    candidate["finishReason"] = "STOP".into();
                }
                plain(json!({"candidates": [candidate], "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}}))
            };
            [piece(one, false), piece(two, true)].concat()
        }
        "responses" => {
            let delta = |text: &str| named("response.output_text.delta", json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": text}));
            let done: Value = serde_json::from_str(&whole("responses", text)).unwrap();
            [
                named("response.created", json!({"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "output": []}})),
                named("response.output_item.added", json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []}})),
                delta(one),
                delta(two),
                named("response.completed", json!({"type": "response.completed", "response": done})),
            ]
            .concat()
        }
        _ => {
            let chunk = |delta: Value, finish: Option<&str>| plain(json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": null}));
            [
                chunk(json!({"role": "assistant", "content": ""}), None),
                chunk(json!({"content": one}), None),
                chunk(json!({"content": two}), None),
                chunk(json!({}), Some("stop")),
                plain(json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}})),
                "data: [DONE]\n\n".to_owned(),
            ]
            .concat()
        }
    }
}
