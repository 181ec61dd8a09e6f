//! What goes out to the responses endpoint, and what comes back.

use serde_json::{Value, from_str, json as value};

use super::{decode, encode, unsendable};
use crate::exchange::{
    Answer, Effort, Event, File, Finish, Image, Message, Output, Part, Request, Role, Sampling, Schema, Thinking, Tool, ToolCall,
    ToolChoice, ToolResult, Usage,
};
use crate::failure::Failure;
use crate::providers::testing::{With, json};
use crate::providers::{Decoder, Failed, Outgoing, Wire};

fn says(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.into())] }
}

fn hello() -> Request {
    Request { messages: vec![says(Role::System, "be brief"), says(Role::User, "hello")], ..Request::default() }
}

fn sent(request: &Request) -> (Value, Outgoing) {
    With::openai("gpt-6").target(|target| {
        assert_eq!(unsendable(request), None);
        let out = encode(target, request, Some(100));
        (json(&out.body), out)
    })
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature: None }
}

#[test]
fn nothing_is_ever_stored() {
    let (body, out) = sent(&hello());
    assert_eq!((out.wire, &*out.path), (Wire::Responses, "/responses"));
    let input = value!([
        {"type": "message", "role": "developer", "content": "be brief"},
        {"type": "message", "role": "user", "content": "hello"},
    ]);
    assert_eq!(body, value!({"model": "gpt-6", "input": input, "max_output_tokens": 100, "store": false}));
    assert_eq!(sent(&Request { stream: true, ..hello() }).0["stream"], true);
}

#[test]
fn hints_go_where_there_is_a_field_for_them() {
    let sampling = Sampling {
        temperature: Some(0.5),
        top_p: Some(0.9),
        top_k: Some(4),
        seed: Some(7),
        presence_penalty: Some(1.0),
        ..Sampling::default()
    };
    let (body, out) = sent(&Request { sampling, effort: Some(Effort::Xhigh), user: Some("u1".into()), ..hello() });
    assert_eq!(out.dropped, ["top_k", "presence_penalty", "seed"]);
    assert_eq!((&body["temperature"], &body["top_p"]), (&value!(0.5), &value!(0.9)));
    assert_eq!((&body["reasoning"], &body["user"]), (&value!({"effort": "xhigh"}), &value!("u1")));
}

#[test]
fn tools_are_flat_and_as_strict_as_asked() {
    let parameters = Some(from_str(r#"{"type":"object","properties":{"z":{},"a":{}}}"#).unwrap());
    let look = Tool { name: "look".into(), description: Some("looks".into()), parameters, strict: None };
    let wait = Tool { name: "wait".into(), description: None, parameters: None, strict: Some(true) };
    let named = Some(ToolChoice::Named("look".into()));
    let (body, out) = sent(&Request { tools: vec![look, wait], tool_choice: named, parallel_tools: Some(false), ..hello() });
    assert_eq!(body["tools"][0]["type"], "function");
    assert_eq!((&body["tools"][0]["name"], &body["tools"][0]["description"]), (&value!("look"), &value!("looks")));
    assert_eq!(body["tools"][0]["strict"], false, "the default here is strict");
    assert_eq!(
        body["tools"][1],
        value!({"type": "function", "name": "wait", "parameters": {"type": "object", "properties": {}}, "strict": true})
    );
    assert_eq!((&body["tool_choice"], &body["parallel_tool_calls"]), (&value!({"type": "function", "name": "look"}), &value!(false)));
    assert!(String::from_utf8(out.body).unwrap().contains(r#"{"type":"object","properties":{"z":{},"a":{}}}"#));
}

#[test]
fn a_tools_turn_keeps_its_order() {
    let picture = Part::Image(Image::Data { media_type: "image/png".into(), data: "iVBO".into(), detail: Some("low".into()) });
    let result = |id: &str, parts| Part::ToolResult(ToolResult { id: id.into(), name: None, parts, is_error: false });
    let thought = Thinking { text: "hm".into(), signature: None, sealed: None, target: Some("there/gpt-6".into()) };
    let messages = vec![
        Message {
            role: Role::Assistant,
            parts: vec![
                Part::Thinking(thought),
                Part::Text("let me see".into()),
                Part::ToolCall(call("c1", "look", "{\"at\":1}")),
                Part::ToolCall(call("c2", "wait", "")),
            ],
        },
        Message {
            role: Role::User,
            parts: vec![
                result("c1", vec![Part::Text("a map".into()), picture]),
                result("c2", vec![Part::Text("ok".into())]),
                Part::Text("so?".into()),
            ],
        },
        Message { role: Role::Assistant, parts: vec![Part::Text("well".into()), Part::Refusal("no".into())] },
    ];
    let expected = value!([
        {"type": "message", "role": "assistant", "content": "let me see"},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{\"at\":1}"},
        {"type": "function_call", "call_id": "c2", "name": "wait", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": [
            {"type": "input_text", "text": "a map"},
            {"type": "input_image", "image_url": "data:image/png;base64,iVBO", "detail": "low"},
        ]},
        {"type": "function_call_output", "call_id": "c2", "output": "ok"},
        {"type": "message", "role": "user", "content": "so?"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "well"}, {"type": "refusal", "refusal": "no"}]},
    ]);
    assert_eq!(sent(&Request { messages, ..Request::default() }).0["input"], expected);
}

#[test]
fn documents_and_pictures_stand_beside_the_text() {
    let file = File { media_type: "application/pdf".into(), data: "UERG".into(), name: Some("a.pdf".into()) };
    let there = Image::Url { url: "https://example.com/a.png".into(), detail: None };
    let parts = vec![Part::Text("what is it?".into()), Part::Image(there), Part::File(file)];
    let expected = value!([
        {"type": "input_text", "text": "what is it?"},
        {"type": "input_image", "image_url": "https://example.com/a.png"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,UERG"},
    ]);
    let request = Request { messages: vec![Message { role: Role::User, parts }], ..Request::default() };
    assert_eq!(sent(&request).0["input"][0]["content"], expected);
}

#[test]
fn the_shape_of_the_answer_is_asked_for() {
    let schema =
        Schema { name: "answer".into(), description: Some("d".into()), schema: from_str(r#"{"z":1,"a":2}"#).unwrap(), strict: Some(true) };
    let (body, _) = sent(&Request { output: Output::JsonSchema(schema), ..hello() });
    let format = value!({"type": "json_schema", "name": "answer", "description": "d", "schema": {"z": 1, "a": 2}, "strict": true});
    assert_eq!(body["text"]["format"], format);
    assert_eq!(sent(&Request { output: Output::JsonObject, ..hello() }).0["text"]["format"], value!({"type": "json_object"}));
}

#[test]
fn what_has_no_form_is_refused() {
    assert_eq!(unsendable(&Request { stop: vec!["END".into()], ..hello() }).unwrap().field, "stop");
    let picture = Part::Image(Image::Url { url: "https://example.com/a.png".into(), detail: None });
    let request = Request { messages: vec![Message { role: Role::System, parts: vec![picture] }], ..Request::default() };
    assert_eq!(unsendable(&request).unwrap().field, "messages");
}

const WHOLE: &str = concat!(
    r#"{"id":"resp_1","object":"response","status":"completed","error":null,"incomplete_details":null,"output":["#,
    r#"{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"look first"}]},"#,
    r#"{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]},"#,
    r#"{"type":"function_call","id":"fc_1","call_id":"c1","name":"look","arguments":"{\"at\":1}","status":"completed"}],"#,
    r#""usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":1},"output_tokens":6,"#,
    r#""output_tokens_details":{"reasoning_tokens":2},"total_tokens":16}}"#,
);

#[test]
fn a_whole_answer_is_read() {
    let thought = Thinking { text: "look first".into(), signature: None, sealed: None, target: Some("t".into()) };
    let usage = Usage { input: 10, output: 6, cached: 4, cache_written: 1, reasoning: 2 };
    let parts = vec![Part::Thinking(thought), Part::Text("Hi".into()), Part::ToolCall(call("c1", "look", "{\"at\":1}"))];
    assert_eq!(decode("t", WHOLE.as_bytes()), Ok(Answer { parts, finish: Finish::ToolCalls, usage }));
}

#[test]
fn why_it_ended_is_read() {
    let ended = |rest: &str| {
        let body = format!(r#"{{"output":[{{"type":"message","content":[{{"type":"refusal","refusal":"no"}}]}}],{rest}}}"#);
        decode("t", body.as_bytes()).map(|answer| answer.finish).map_err(|failed| failed.class)
    };
    assert_eq!(ended(r#""status":"completed""#), Ok(Finish::Stop));
    assert_eq!(ended(r#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}"#), Ok(Finish::Length));
    assert_eq!(ended(r#""status":"incomplete","incomplete_details":{"reason":"content_filter"}"#), Ok(Finish::ContentFilter));
    assert_eq!(ended(r#""status":"in_progress""#), Err(Failure::ServerError));
    assert_eq!(ended(r#""error":null"#), Err(Failure::ServerError));
    for (code, class) in [
        ("rate_limit_exceeded", Failure::RateLimit),
        ("server_error", Failure::ServerError),
        ("invalid_prompt", Failure::ContentPolicy),
        ("bio_policy", Failure::ContentPolicy),
        ("misalignment_policy_violation", Failure::ContentPolicy),
        ("data_residency_mismatch", Failure::Permission),
        ("invalid_image_url", Failure::BadRequest),
        ("image_content_policy_violation", Failure::ContentPolicy),
        ("something_new", Failure::ServerError),
    ] {
        assert_eq!(ended(&format!(r#""status":"failed","error":{{"code":"{code}","message":"429"}}"#)), Err(class), "{code}");
    }
    for body in ["{}", "", r#"{"output":[{"type":"function_call","name":"x"}],"status":"completed"}"#] {
        assert_eq!(decode("t", body.as_bytes()), Err(Failed::of(Failure::ServerError)), "{body}");
    }
}

/// The events of a stream whose events are these, and how it ended.
fn streamed(events: &[&str]) -> (Vec<Event>, Result<(), Failed>) {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(Wire::Responses);
    for event in events {
        let name = json(event.as_bytes())["type"].as_str().unwrap().to_owned();
        if let Err(failed) = decoder.push(format!("event: {name}\ndata: {event}\n\n").as_bytes(), &mut out) {
            return (out, Err(failed));
        }
    }
    let end = decoder.end(&mut out);
    (out, end)
}

fn last(kind: &str) -> String {
    format!(r#"{{"type":"response.{kind}","sequence_number":9,"response":{}}}"#, WHOLE.replace("completed", kind))
}

#[test]
fn a_stream_is_read() {
    let (events, end) = streamed(&[
        r#"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress","output":[]}}"#,
        r#"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}"#,
        r#"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"look first"}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"H","obfuscation":"x"}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"i"}"#,
        r#"{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"Hi"}"#,
        r#"{"type":"response.output_item.added","output_index":2,"item":{"id":"fc_1","type":"function_call","call_id":"c1","name":"look","arguments":""}}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"at\":"}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"1}"}"#,
        r#"{"type":"response.function_call_arguments.done","output_index":2,"arguments":"{\"at\":1}"}"#,
        r#"{"type":"response.output_item.added","output_index":3,"item":{"id":"fc_2","type":"function_call","call_id":"c2","name":"wait","arguments":""}}"#,
        r#"{"type":"response.function_call_arguments.done","output_index":3,"arguments":"{}"}"#,
        &last("completed"),
    ]);
    let expected = [
        Event::Thinking("look first".into()),
        Event::Text("H".into()),
        Event::Text("i".into()),
        Event::ToolCall(call("c1", "look", "")),
        Event::Arguments("{\"at\":".into()),
        Event::Arguments("1}".into()),
        Event::ToolCall(call("c2", "wait", "")),
        Event::Arguments("{}".into()),
        Event::Usage(Usage { input: 10, output: 6, cached: 4, cache_written: 1, reasoning: 2 }),
        Event::Finish(Finish::ToolCalls),
    ];
    assert_eq!((&*events, end), (&expected[..], Ok(())));
}

#[test]
fn a_stream_that_does_not_complete_is_no_answer() {
    let text = r#"{"type":"response.output_text.delta","delta":"Hi"}"#;
    let refusal = r#"{"type":"response.refusal.delta","delta":"no"}"#;
    assert_eq!(streamed(&[text, refusal]).0, [Event::Text("Hi".into()), Event::Refusal("no".into())]);
    assert_eq!(streamed(&[text]).1, Err(Failed::of(Failure::ServerError)));
    assert_eq!(streamed(&[text, &last("incomplete")]).0.last(), Some(&Event::Finish(Finish::Length)));
    let failed =
        r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"x"},"output":[]}}"#;
    assert_eq!(streamed(&[text, failed]).1, Err(Failed::of(Failure::RateLimit)));
    let flat = r#"{"type":"error","code":"server_is_overloaded","message":"x","param":null,"sequence_number":3}"#;
    assert_eq!(streamed(&[flat]).1, Err(Failed::of(Failure::Overloaded)));
    let nested = r#"{"type":"error","error":{"type":"insufficient_quota","code":"insufficient_quota","message":"x"}}"#;
    assert_eq!(streamed(&[nested]).1, Err(Failed::of(Failure::Quota)));
}
