//! What is asked and what is answered, so that the stub can say it and the load generator can tell whether it arrived whole.

use std::fmt::Write;

use serde_json::json;

/// An answer's text: 280 bytes, which makes a plain answer of some 700 bytes. Quotes and line breaks are there to be escaped.
pub const ANSWER: &str = "The invoice was sent to the wrong address, so the customer never saw the reminder.\n\n\
    1. Send it again, to the address of the order.\n2. Waive the fee: \"paid late\" was our fault.\n\
    3. Tell the customer, in two sentences, what went wrong and what happens next. No apology letter is needed.";

const SYSTEM: &str = "You help the people who answer letters. Be brief, and say what to do first.";
/// Something to mask.
const FROM: &str = "From: Ann Example <ann@mail.example.com>, +44 20 7946 0958\n";
const LETTER: &str = "A customer writes: \"I have paid this invoice twice, and still a reminder came. Your form on the web says \
    that nothing is open, but the letter has the number of the second order. Please tell me what I owe.\" What do we do? ";

/// What a run asks for.
#[derive(Clone, Copy)]
pub struct Case {
    /// The request's size in bytes, about.
    pub asked: usize,
    /// In how many pieces the answer comes; 0 is a plain answer.
    pub pieces: usize,
}

/// All that is measured, at each number of connections.
pub const CASES: [Case; 4] =
    [Case { asked: 500, pieces: 0 }, Case { asked: 4000, pieces: 0 }, Case { asked: 500, pieces: 20 }, Case { asked: 500, pieces: 200 }];

impl Case {
    /// As people read it: `plain, 500 B`.
    pub fn name(self) -> String {
        if self.pieces == 0 { format!("plain, {} B", self.asked) } else { format!("{} chunks", self.pieces) }
    }

    /// The body of a chat completion for this case. The stub learns from it how to answer.
    pub fn request(self, model: &str) -> String {
        let asked = format!("{FROM}{}Answer in {} pieces.", LETTER.repeat(self.asked.div_ceil(LETTER.len()) - 1), self.pieces);
        let mut request = json!({
            "model": model,
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": asked}],
            "max_tokens": 400,
            "temperature": 0.2,
        });
        if self.pieces > 0 {
            request["stream"] = json!(true);
            request["stream_options"] = json!({"include_usage": true});
        }
        request.to_string()
    }

    /// What an answer in the shape of a chat completion must hold, in this order.
    pub fn expected(self) -> Vec<String> {
        if self.pieces == 0 {
            vec![format!(r#""content":{}"#, json!(ANSWER)), r#""total_tokens":212"#.to_owned()]
        } else {
            let said = (0..self.pieces).map(|piece| format!(r#""content":"{}""#, word(piece)));
            let end = [r#""finish_reason":"stop""#, r#""total_tokens":212"#, "data: [DONE]"];
            said.chain(end.map(str::to_owned)).collect()
        }
    }
}

/// The `piece`th piece of a streamed answer.
pub fn word(piece: usize) -> String {
    format!(" word{piece}")
}

/// In how many pieces this request asks to be answered.
pub fn pieces(request: &[u8]) -> usize {
    let Some(end) = memchr::memmem::find(request, b" pieces.") else { return 0 };
    let digits = request[..end].rsplit(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

const HEAD: &str =
    r#""id":"chatcmpl-CgP4zQ8mN1aVbX2cYd3eZf4g","created":1795000000,"model":"plain-1-2026-10-01","system_fingerprint":"fp_1f2e3d4c5b""#;
const USAGE: &str = r#""usage":{"prompt_tokens":140,"completion_tokens":72,"total_tokens":212,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"#;

/// OpenAI's shape: the bodies of an answer, each of which is written by itself.
pub fn chat(pieces: usize) -> Vec<String> {
    if pieces == 0 {
        let message = json!({"role": "assistant", "content": ANSWER, "refusal": null, "annotations": []});
        let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"});
        return vec![format!(r#"{{{HEAD},"object":"chat.completion","choices":[{choice}],{USAGE},"service_tier":"default"}}"#)];
    }
    let chunk = |delta: serde_json::Value, finish: Option<&str>| {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
        format!("data: {{{HEAD},\"object\":\"chat.completion.chunk\",\"choices\":[{choice}],\"usage\":null}}\n\n")
    };
    let mut chunks = vec![chunk(json!({"role": "assistant", "content": "", "refusal": null}), None)];
    chunks.extend((0..pieces).map(|piece| chunk(json!({"content": word(piece)}), None)));
    chunks.push(chunk(json!({}), Some("stop")));
    chunks.push(format!("data: {{{HEAD},\"object\":\"chat.completion.chunk\",\"choices\":[],{USAGE}}}\n\n"));
    chunks.push("data: [DONE]\n\n".to_owned());
    chunks
}

/// Anthropic's shape: the same answer.
pub fn messages(pieces: usize) -> Vec<String> {
    let head = r#""id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"plain-1-20261001""#;
    let usage =
        |output: u32| json!({"input_tokens": 140, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": output});
    if pieces == 0 {
        let content = json!([{"type": "text", "text": ANSWER}]);
        let usage = usage(72);
        return vec![format!(r#"{{{head},"content":{content},"stop_reason":"end_turn","stop_sequence":null,"usage":{usage}}}"#)];
    }
    let event = |name: &str, rest: &str| {
        let mut text = String::new();
        let _ = write!(text, "event: {name}\ndata: {{\"type\":\"{name}\"{rest}}}\n\n");
        text
    };
    let usage_first = usage(1);
    let mut events = vec![
        event(
            "message_start",
            &format!(r#","message":{{{head},"content":[],"stop_reason":null,"stop_sequence":null,"usage":{usage_first}}}"#),
        ),
        event("content_block_start", r#","index":0,"content_block":{"type":"text","text":""}"#),
    ];
    events.extend((0..pieces).map(|piece| {
        let delta = json!({"type": "text_delta", "text": word(piece)});
        event("content_block_delta", &format!(r#","index":0,"delta":{delta}"#))
    }));
    events.push(event("content_block_stop", r#","index":0"#));
    events.push(event("message_delta", r#","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":72}"#));
    events.push(event("message_stop", ""));
    events
}
