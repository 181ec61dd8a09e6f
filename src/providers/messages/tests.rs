//! What goes out to Anthropic, and what is read of its answers.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::exchange::{
    Answer, Effort, Event, File, Finish, Image, Message, Output, Part, Role, Schema, Thinking, Tool, ToolCall, ToolChoice, ToolResult,
    Usage,
};
use crate::failure::Failure;
use crate::providers::join::join;
use crate::providers::sse::Frames;
use crate::providers::testing::With;
use crate::providers::{Failed, Unsendable};

const NAME: &str = "there/claude-sonnet-4-5";

/// An older model, which takes sampling.
fn older() -> With {
    With::anthropic("claude-sonnet-4-5").traps(&["sampling_needs_api_2023_06_01"])
}

/// A newer one, which refuses it.
fn newer() -> With {
    With::anthropic("claude-opus-5").traps(&["no_assistant_prefill", "sampling_rejected"])
}

fn out(with: &With, request: &Request) -> Outgoing {
    with.target(|target| encode(target, request, None))
}

fn body(with: &With, request: &Request) -> Value {
    serde_json::from_slice(&out(with, request).body).unwrap()
}

fn why_not(request: &Request) -> Option<Unsendable> {
    unsendable(request)
}

fn says(role: Role, parts: Vec<Part>) -> Message {
    Message { role, parts }
}

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn call(id: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.to_owned(), name: "find".to_owned(), arguments: arguments.to_owned(), signature: None })
}

fn result(id: &str, parts: Vec<Part>, is_error: bool) -> Part {
    Part::ToolResult(ToolResult { id: id.to_owned(), name: None, parts, is_error })
}

fn saying(messages: Vec<Message>) -> Request {
    Request { messages, ..Request::default() }
}

fn asking() -> Request {
    saying(vec![says(Role::User, vec![text("Hello")])])
}

fn tool() -> Tool {
    let parameters = serde_json::from_str(r#"{"type":"object","properties":{"z":{},"a":{}}}"#).unwrap();
    Tool { name: "find".to_owned(), description: Some("Finds".to_owned()), parameters: Some(parameters), strict: Some(true) }
}

#[test]
fn the_least_request() {
    let outgoing = out(&older(), &asking());
    assert_eq!((outgoing.wire, outgoing.path.as_str()), (Wire::Messages, "/v1/messages"));
    assert_eq!(outgoing.headers, [("anthropic-version", "2023-06-01".to_owned())]);
    let expected = json!({
        "model": "claude-sonnet-4-5",
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
    });
    assert_eq!(serde_json::from_slice::<Value>(&outgoing.body).unwrap(), expected);
    assert!(outgoing.dropped.is_empty());
}

#[test]
fn the_plan_chooses_version_region_and_the_longest_answer() {
    let mut with = newer();
    with.provider.api_version = Some("2026-10-21".into());
    with.provider.request_region = Some("us".into());
    with.model.max_output = Some(64_000);
    let outgoing = out(&with, &asking());
    assert_eq!(outgoing.headers, [("anthropic-version", "2026-10-21".to_owned())]);
    let body = body(&with, &Request { stream: true, ..asking() });
    assert_eq!((&body["max_tokens"], &body["inference_geo"], &body["stream"]), (&json!(64_000), &json!("us"), &json!(true)));
    let limited = with.target(|target| encode(target, &asking(), Some(10)));
    assert_eq!(serde_json::from_slice::<Value>(&limited.body).unwrap()["max_tokens"], 10);
}

#[test]
fn the_system_speaks_in_front_and_turns_of_one_role_are_one() {
    let request = saying(vec![
        says(Role::System, vec![text("Be kind")]),
        says(Role::User, vec![text("One")]),
        says(Role::System, vec![text("Be short")]),
        says(Role::User, vec![text("Two"), text("  ")]),
        says(Role::Assistant, vec![text("")]),
        says(Role::Assistant, vec![Part::Refusal("No".to_owned())]),
    ]);
    let body = body(&older(), &request);
    assert_eq!(body["system"], json!([{"type": "text", "text": "Be kind"}, {"type": "text", "text": "Be short"}]));
    let expected = json!([
        {"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "No"}]},
    ]);
    assert_eq!(body["messages"], expected);
}

#[test]
fn results_of_one_turn_are_one_message_and_stand_before_text() {
    let picture = Part::Image(Image::Data { media_type: "image/png".to_owned(), data: "AAAA".to_owned(), detail: None });
    let request = saying(vec![
        says(Role::User, vec![text("Look")]),
        says(Role::Assistant, vec![call("a", ""), call("b.1", "{\"z\": 1, \"a\": 2}")]),
        says(Role::User, vec![result("a", vec![], true)]),
        says(Role::User, vec![text("And"), result("b.1", vec![text("seen"), picture], false)]),
    ]);
    let outgoing = out(&older(), &request);
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    let expected = json!([
        {"role": "user", "content": [{"type": "text", "text": "Look"}]},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "a", "name": "find", "input": {}},
            {"type": "tool_use", "id": "hex_622e31", "name": "find", "input": {"z": 1, "a": 2}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a", "is_error": true},
            {"type": "tool_result", "tool_use_id": "hex_622e31", "content": [
                {"type": "text", "text": "seen"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
            ]},
            {"type": "text", "text": "And"},
        ]},
    ]);
    assert_eq!(body["messages"], expected);
    assert!(String::from_utf8(outgoing.body).unwrap().contains(r#""input":{"z": 1, "a": 2}"#), "the order of arguments is kept");
}

#[test]
fn pictures_and_documents() {
    let detail = Some("high".to_owned());
    let request = saying(vec![says(
        Role::User,
        vec![
            Part::Image(Image::Url { url: "https://example.com/a.png".to_owned(), detail }),
            Part::File(File { media_type: "application/pdf".to_owned(), data: "AAAA".to_owned(), name: Some("a.pdf".to_owned()) }),
        ],
    )]);
    let outgoing = out(&older(), &request);
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    let expected = json!([
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}, "title": "a.pdf"},
    ]);
    assert_eq!(body["messages"][0]["content"], expected);
    assert_eq!(outgoing.dropped, ["detail"]);
}

#[test]
fn a_document_of_plain_text_goes_as_its_words() {
    let file = |media_type: &str, data: &str| {
        let (media_type, data) = (media_type.to_owned(), data.to_owned());
        saying(vec![says(Role::User, vec![Part::File(File { media_type, data, name: Some("a.txt".to_owned()) })])])
    };
    let expected = json!([{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"}, "title": "a.txt"}]);
    assert_eq!(body(&older(), &file("text/plain", "R3LDvMOfZQ=="))["messages"][0]["content"], expected);
    for no_text in [file("text/plain", "not base64"), file("text/plain", "/w=="), file("text/csv", "YSxi")] {
        assert_eq!(unsendable(&no_text).unwrap().field, "messages");
    }
}

#[test]
fn thoughts_go_back_to_whom_they_came_from() {
    let thought = |target: &str, signature: Option<&str>, sealed: Option<&str>| {
        Part::Thinking(Thinking {
            text: "hm".to_owned(),
            signature: signature.map(str::to_owned),
            sealed: sealed.map(str::to_owned),
            target: Some(target.to_owned()),
        })
    };
    let request = saying(vec![says(
        Role::Assistant,
        vec![
            thought(NAME, Some("s"), None),
            thought(NAME, None, Some("x")),
            thought(NAME, None, None),
            thought("there/another", Some("s"), None),
            text("so"),
        ],
    )]);
    let expected = json!([
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "so"},
    ]);
    assert_eq!(body(&older(), &request)["messages"][0]["content"], expected);
}

#[test]
fn tools_keep_the_order_of_their_schemas() {
    let bare = Tool { name: "now".to_owned(), description: None, parameters: None, strict: None };
    let outgoing = out(&older(), &Request { tools: vec![tool(), bare], ..asking() });
    let text = String::from_utf8(outgoing.body).unwrap();
    let expected = concat!(
        r#""tools":[{"name":"find","description":"Finds","input_schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true},"#,
        r#"{"name":"now","input_schema":{"type":"object"}}]"#,
    );
    assert!(text.contains(expected), "{text}");
}

#[test]
fn the_choice_of_tools() {
    let choice = |tool_choice: Option<ToolChoice>, parallel_tools: Option<bool>| {
        body(&older(), &Request { tools: vec![tool()], tool_choice, parallel_tools, ..asking() })["tool_choice"].clone()
    };
    assert_eq!(choice(None, None), Value::Null);
    assert_eq!(choice(None, Some(true)), Value::Null);
    assert_eq!(choice(None, Some(false)), json!({"type": "auto", "disable_parallel_tool_use": true}));
    assert_eq!(choice(Some(ToolChoice::Auto), None), json!({"type": "auto"}));
    assert_eq!(choice(Some(ToolChoice::None), Some(false)), json!({"type": "none"}));
    assert_eq!(choice(Some(ToolChoice::Required), Some(false)), json!({"type": "any", "disable_parallel_tool_use": true}));
    assert_eq!(choice(Some(ToolChoice::Named("find".to_owned())), None), json!({"type": "tool", "name": "find"}));
    let no_tools = Request { tool_choice: Some(ToolChoice::Auto), ..asking() };
    assert_eq!(body(&older(), &no_tools)["tool_choice"], Value::Null);
}

#[test]
fn sampling_goes_where_it_is_taken_and_is_named_where_it_is_not() {
    let mut request = Request { user: Some("u".to_owned()), stop: vec!["END".to_owned()], ..asking() };
    request.sampling.temperature = Some(1.5);
    request.sampling.top_k = Some(5);
    request.sampling.seed = Some(1);
    request.sampling.presence_penalty = Some(0.5);
    request.sampling.frequency_penalty = Some(0.5);
    request.metadata.insert("a".to_owned(), "b".to_owned());
    let outgoing = out(&older(), &request);
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    assert_eq!((&body["temperature"], &body["top_k"], &body["top_p"]), (&json!(1.0), &json!(5), &Value::Null));
    assert_eq!((&body["stop_sequences"], &body["metadata"]), (&json!(["END"]), &json!({"user_id": "u"})));
    assert_eq!(outgoing.dropped, ["presence_penalty", "frequency_penalty", "seed", "temperature", "metadata"]);
    request.sampling.temperature = Some(1.0);
    assert!(!out(&older(), &request).dropped.contains(&"temperature"), "what is taken as it is is not named");

    request.sampling.top_p = Some(0.5);
    let both = out(&older(), &request);
    let body: Value = serde_json::from_slice(&both.body).unwrap();
    assert_eq!((&body["temperature"], &body["top_p"]), (&json!(1.0), &Value::Null));
    assert!(both.dropped.contains(&"top_p"));

    let mut declared = older();
    declared.provider.api_version = Some("2026-10-21".into());
    for with in [declared, newer()] {
        let outgoing = out(&with, &request);
        let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
        assert_eq!((&body["temperature"], &body["top_p"], &body["top_k"]), (&Value::Null, &Value::Null, &Value::Null));
        for name in ["temperature", "top_p", "top_k"] {
            assert!(outgoing.dropped.contains(&name), "{name}");
        }
    }
}

#[test]
fn effort_in_the_words_of_the_api() {
    let sent = |with: &With, effort| {
        let outgoing = out(with, &Request { effort: Some(effort), ..asking() });
        let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
        (body["output_config"]["effort"].clone(), body["thinking"].clone(), outgoing.dropped)
    };
    assert_eq!(sent(&newer(), Effort::Minimal), (json!("low"), Value::Null, vec!["reasoning_effort"]));
    for effort in [Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max] {
        assert_eq!(sent(&newer(), effort), (json!(effort.as_str()), Value::Null, vec![]));
    }
    assert_eq!(sent(&newer(), Effort::None), (Value::Null, json!({"type": "disabled"}), vec![]));
    let always = With::anthropic("claude-opus-5-5").traps(&["thinking_always_on", "sampling_rejected"]);
    assert_eq!(sent(&always, Effort::None), (json!("low"), Value::Null, vec!["reasoning_effort"]));
    assert_eq!(sent(&older(), Effort::High), (Value::Null, Value::Null, vec!["reasoning_effort"]));
    assert_eq!(sent(&older(), Effort::None), (Value::Null, Value::Null, vec![]));
    let opus = With::anthropic("claude-opus-4-5").traps(&["sampling_needs_api_2023_06_01"]);
    assert_eq!(sent(&opus, Effort::High).0, "high");
    let mut renamed = With::anthropic("of-our-own").traps(&["sampling_needs_api_2023_06_01"]);
    renamed.model.base = Some("anthropic/claude-opus-4-5".into());
    assert_eq!(sent(&renamed, Effort::High).0, "high");
}

#[test]
fn answers_keep_to_a_schema_or_are_text() {
    let schema = Schema {
        name: "answer".to_owned(),
        description: None,
        schema: serde_json::from_str(r#"{"type":"object","b":1,"a":2}"#).unwrap(),
        strict: Some(true),
    };
    let outgoing = out(&newer(), &Request { output: Output::JsonSchema(schema), effort: Some(Effort::Low), ..asking() });
    let text = String::from_utf8(outgoing.body).unwrap();
    let expected = r#""output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object","b":1,"a":2}}}"#;
    assert!(text.contains(expected), "{text}");
    let field = why_not(&Request { output: Output::JsonObject, ..asking() }).map(|why| why.field);
    assert_eq!(field, Some("response_format"));
}

#[test]
fn what_cannot_be_said_is_named() {
    let image = |media_type: &str| Part::Image(Image::Data { media_type: media_type.to_owned(), data: String::new(), detail: None });
    let file = |media_type: &str| Part::File(File { media_type: media_type.to_owned(), data: String::new(), name: None });
    let field = |role, part| why_not(&saying(vec![says(role, vec![part])])).map(|why| why.field);
    assert_eq!(field(Role::User, image("image/png")), None);
    assert_eq!(field(Role::User, image("image/tiff")), Some("messages"));
    assert_eq!(field(Role::Assistant, image("image/png")), Some("messages"));
    assert_eq!(field(Role::User, file("application/pdf")), None);
    assert_eq!(field(Role::User, file("text/csv")), Some("messages"));
    assert_eq!(field(Role::System, file("application/pdf")), Some("messages"));
    assert_eq!(field(Role::User, result("a", vec![image("image/tiff")], false)), Some("messages"));
    for arguments in ["{\"a\":", "[1]", "1", "{} {}"] {
        assert_eq!(field(Role::Assistant, call("a", arguments)), Some("messages"), "{arguments}");
    }
    for arguments in ["", " ", "{}", " {\"a\": 1} "] {
        assert_eq!(field(Role::Assistant, call("a", arguments)), None, "{arguments}");
    }
}

/// An answer with all that is read, whole and in events.
fn whole() -> Value {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": null,
        "content": [
            {"type": "thinking", "thinking": "Let me see", "signature": "c2ln"},
            {"type": "thinking", "thinking": "", "signature": "aGlkZGVu"},
            {"type": "redacted_thinking", "data": "c2VhbGVk"},
            {"type": "text", "text": "I look"},
            {"type": "text", "text": " it up ä."},
            {"type": "server_tool_use", "id": "srv", "name": "web", "input": {}},
            {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"z": [1], "a": "b"}},
            {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30, "output_tokens": 40},
    })
}

fn frame(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
}

fn streamed() -> String {
    let block = |index: u64, start: Value, deltas: Vec<Value>| {
        let start = json!({"type": "content_block_start", "index": index, "content_block": start});
        let deltas = deltas.into_iter().map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta}));
        let stop = json!({"type": "content_block_stop", "index": index});
        std::iter::once(start).chain(deltas).chain([stop]).map(|data| frame(&data)).collect::<String>()
    };
    let text = |text: &str| json!({"type": "text_delta", "text": text});
    let thought = |text: &str| json!({"type": "thinking_delta", "thinking": text});
    let signature = |text: &str| json!({"type": "signature_delta", "signature": text});
    let arguments = |text: &str| json!({"type": "input_json_delta", "partial_json": text});
    let start = json!({"type": "message_start", "message": {"id": "msg_1", "content": [], "stop_reason": null, "usage": {
        "input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30, "output_tokens": 1}}});
    [
        frame(&start),
        frame(&json!({"type": "ping"})),
        block(0, json!({"type": "thinking", "thinking": "", "signature": ""}), vec![thought("Let me"), thought(" see"), signature("c2ln")]),
        block(1, json!({"type": "thinking", "thinking": "", "signature": ""}), vec![signature("aGlk"), signature("ZGVu")]),
        block(2, json!({"type": "redacted_thinking", "data": "c2VhbGVk"}), vec![]),
        block(3, json!({"type": "text", "text": ""}), vec![text("I "), json!({"type": "citations_delta", "citation": {}}), text("look")]),
        block(4, json!({"type": "text", "text": " it"}), vec![text(""), text(" up ä.")]),
        frame(&json!({"type": "new_event", "index": "x", "delta": "of any shape"})),
        block(5, json!({"type": "server_tool_use", "id": "srv", "name": "web", "input": {}}), vec![arguments("{\"q\":1}")]),
        block(
            6,
            json!({"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}),
            vec![arguments(""), arguments("{\"a\":\"b\","), arguments("\"z\":[1]}")],
        ),
        block(7, json!({"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}}), vec![arguments("")]),
        frame(&json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 40}})),
        frame(&json!({"type": "message_stop"})),
    ]
    .concat()
}

fn read(stream: &[u8]) -> Result<Vec<Event>, Failed> {
    let (mut frames, mut decoder, mut events) = (Frames::default(), Stream::default(), Vec::new());
    frames.push(stream, &mut |name, data| decoder.event(name, data, &mut events))?;
    frames.end(&mut |name, data| decoder.event(name, data, &mut events))?;
    decoder.end(&mut events)?;
    Ok(events)
}

fn class<T>(result: Result<T, Failed>) -> Option<Failure> {
    result.err().map(|failed| failed.class)
}

#[test]
fn whole_and_streamed_are_the_same_answer() {
    let thought = |text: &str, signature: Option<&str>, sealed: Option<&str>| {
        Part::Thinking(Thinking {
            text: text.to_owned(),
            signature: signature.map(str::to_owned),
            sealed: sealed.map(str::to_owned),
            target: Some(NAME.to_owned()),
        })
    };
    let called = |id: &str, name: &str, arguments: &str| {
        Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned(), signature: None })
    };
    let expected = Answer {
        parts: vec![
            thought("Let me see", Some("c2ln"), None),
            thought("", Some("aGlkZGVu"), None),
            thought("", None, Some("c2VhbGVk")),
            text("I look it up ä."),
            called("toolu_1", "find", r#"{"a":"b","z":[1]}"#),
            called("toolu_2", "now", "{}"),
        ],
        finish: Finish::ToolCalls,
        usage: Usage { input: 240, output: 40, cached: 200, cache_written: 30, reasoning: 0 },
    };
    assert_eq!(decode(NAME, whole().to_string().as_bytes()), Ok(expected.clone()));
    assert_eq!(read(streamed().as_bytes()).map(|events| join(NAME, events)), Ok(expected));
}

#[test]
fn reasons_to_end() {
    let ended = |reason: &str| {
        let mut message = whole();
        message["stop_reason"] = json!(reason);
        let stream = streamed().replace(r#""stop_reason":"tool_use""#, &format!("\"stop_reason\":\"{reason}\""));
        let answer = decode(NAME, message.to_string().as_bytes()).map(|answer| answer.finish);
        assert_eq!(answer, read(stream.as_bytes()).map(|events| join(NAME, events).finish), "{reason}");
        answer
    };
    for reason in ["end_turn", "stop_sequence", "pause_turn", "something_new"] {
        assert_eq!(ended(reason), Ok(Finish::Stop), "{reason}");
    }
    for reason in ["max_tokens", "model_context_window_exceeded"] {
        assert_eq!(ended(reason), Ok(Finish::Length), "{reason}");
    }
    assert_eq!(ended("tool_use"), Ok(Finish::ToolCalls));
    assert_eq!(class(ended("refusal")), Some(Failure::ContentPolicy));
}

#[test]
fn what_is_no_message_breaks_the_protocol() {
    for body in ["", "{}", "[]", "<html>", r#"{"content":[],"stop_reason":null}"#, r#"{"content":"text","stop_reason":"end_turn"}"#] {
        assert_eq!(class(decode(NAME, body.as_bytes())), Some(Failure::ServerError), "{body}");
    }
    for block in [
        json!({"type": "text"}),
        json!({"type": "tool_use", "name": "a"}),
        json!({"type": "tool_use", "id": "a", "name": "a", "input": []}),
    ] {
        let body = json!({"content": [block], "stop_reason": "end_turn"}).to_string();
        assert_eq!(class(decode(NAME, body.as_bytes())), Some(Failure::ServerError), "{body}");
    }
    let lone = frame(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}}));
    let unreasoned = frame(&json!({"type": "message_stop"}));
    for stream in [lone, unreasoned, "data: nothing\n\n".to_owned()] {
        assert_eq!(class(read(stream.as_bytes())), Some(Failure::ServerError), "{stream}");
    }
}

#[test]
fn an_error_in_the_stream_has_its_class() {
    let error = frame(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}));
    let stream = streamed();
    let (head, _) = stream.split_once("event: ping").unwrap();
    assert_eq!(class(read(format!("{head}{error}").as_bytes())), Some(Failure::Overloaded));
}

#[test]
fn a_cut_stream_is_an_error_wherever_it_is_cut() {
    let stream = streamed();
    // The last event is whole without the empty line behind it.
    for end in 0..stream.trim_end().len() {
        assert_eq!(class(read(&stream.as_bytes()[..end])), Some(Failure::ServerError), "{end}");
    }
    assert!(read(stream.trim_end().as_bytes()).is_ok());
}

#[test]
fn a_cut_message_is_an_error_wherever_it_is_cut() {
    let body = whole().to_string();
    for end in 0..body.len() {
        assert_eq!(class(decode(NAME, &body.as_bytes()[..end])), Some(Failure::ServerError), "{end}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, at in 0_usize..2000, name in "[a-z_]{0,20}", data in "\\PC{0,60}") {
        prop_assert!(decode(NAME, &bytes).is_err());
        let mut stream = streamed().into_bytes();
        let end = (at + bytes.len()).min(stream.len());
        stream.splice(at.min(end)..end, bytes.iter().copied());
        // Whatever it says, it is read to the end or given up.
        let _ = read(&stream);
        let _ = Stream::default().event(&name, &data, &mut Vec::new());
    }

    #[test]
    fn pieces_of_any_size_are_the_same_answer(words in proptest::collection::vec("[a-zä\"\\\\ \n]{0,6}", 0..8), count in 0_u64..9) {
        let message = json!({"content": [{"type": "text", "text": words.concat()}], "stop_reason": "end_turn", "usage": {"output_tokens": count}});
        let delta = |word: &String| frame(&json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}));
        let stream = [
            frame(&json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
            words.iter().map(delta).collect(),
            frame(&json!({"type": "content_block_stop", "index": 0})),
            frame(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": count}})),
            frame(&json!({"type": "message_stop"})),
        ].concat();
        prop_assert_eq!(read(stream.as_bytes()).map(|events| join(NAME, events)), decode(NAME, message.to_string().as_bytes()));
    }
}
