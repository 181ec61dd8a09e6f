//! What holds in every shape.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::exchange::*;

const HEAD: Head<'_> = Head { id: "0123456789abcdef0123456789abcdef", model: "fast", created: 1_700_000_000, receipt: None };
const TARGET: &str = "anthropic/claude-opus-5-5";
const SHAPES: [Shape; 3] = [Shape::Chat, Shape::Responses, Shape::Messages];

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The events of a stream, each with its name.
fn events(stream: &[u8]) -> Vec<(Option<String>, String)> {
    let stream = std::str::from_utf8(stream).unwrap();
    assert!(stream.ends_with("\n\n"));
    stream
        .trim_end()
        .split("\n\n")
        .map(|event| {
            let (name, data) = match event.strip_prefix("event: ") {
                Some(named) => named.split_once('\n').map(|(name, data)| (Some(name.to_owned()), data)).unwrap(),
                None => (None, event),
            };
            (name, data.strip_prefix("data: ").unwrap().to_owned())
        })
        .collect()
}

/// A stream of an answer, its texts in pieces.
fn streamed(shape: Shape, answer: &Answer, usage_first: bool) -> Vec<u8> {
    let request = Request { stream_usage: true, ..Request::default() };
    let mut stream = Stream::new(shape, &HEAD, &request);
    stream.served_by(TARGET, true);
    let mut out = Vec::new();
    stream.start(&mut out);
    for part in &answer.parts {
        for event in pieces(part) {
            stream.event(&event, &mut out);
        }
    }
    let mut last = [Event::Finish(answer.finish), Event::Usage(answer.usage)];
    if usage_first {
        last.reverse();
    }
    stream.event(&Event::Usage(Usage { output: 1, ..answer.usage }), &mut out);
    for event in &last {
        stream.event(event, &mut out);
    }
    stream.end(None, &mut out);
    out
}

fn pieces(part: &Part) -> Vec<Event> {
    let halves = |text: &str, event: fn(String) -> Event| -> Vec<Event> {
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(index, _)| index);
        vec![event(text[..middle].to_owned()), event(text[middle..].to_owned())]
    };
    match part {
        Part::Text(text) => halves(text, Event::Text),
        Part::Refusal(text) => halves(text, Event::Refusal),
        Part::ToolCall(call) => {
            let mut events = vec![Event::ToolCall(ToolCall { arguments: String::new(), ..call.clone() })];
            events.extend(halves(&call.arguments, Event::Arguments));
            events
        }
        Part::Thinking(Thinking { sealed: Some(sealed), .. }) => vec![Event::SealedThinking(sealed.clone())],
        Part::Thinking(Thinking { text, signature, .. }) => {
            let mut events = halves(text, Event::Thinking);
            events.extend(signature.clone().map(Event::ThinkingSignature));
            events
        }
        Part::Image(_) | Part::File(_) | Part::ToolResult(_) => unreachable!("not in an answer"),
    }
}

fn push(text: &mut Value, more: &Value) {
    *text = json!(format!("{}{}", text.as_str().unwrap_or_default(), more.as_str().unwrap()));
}

/// A chat completion, put together as OpenAI's libraries do.
fn joined_chat(stream: &[u8]) -> Value {
    let mut events = events(stream);
    assert_eq!(events.pop().unwrap().1, "[DONE]");
    let last = parsed(events.pop().unwrap().1.as_bytes());
    assert_eq!(last["choices"], json!([]));
    let mut message = json!({"role": null, "content": null, "refusal": null, "annotations": []});
    let mut finish = Value::Null;
    for (name, data) in &events {
        let chunk = parsed(data.as_bytes());
        assert_eq!(
            (name, &chunk["object"], &chunk["id"]),
            (&None, &json!("chat.completion.chunk"), &json!(format!("chatcmpl-{}", HEAD.id)))
        );
        assert!(finish.is_null() && chunk["usage"].is_null() && chunk.as_object().unwrap().contains_key("usage"));
        let delta = &chunk["choices"][0]["delta"];
        for name in ["role", "content", "refusal"] {
            if delta[name].is_string() {
                push(&mut message[name], &delta[name]);
            }
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            if message["tool_calls"].is_null() {
                message["tool_calls"] = json!([]);
            }
            let calls = message["tool_calls"].as_array_mut().unwrap();
            let index = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
            if index == calls.len() {
                calls.push(json!({"id": call["id"], "type": call["type"], "function": call["function"]}));
            } else {
                assert_eq!((index + 1, &call["id"]), (calls.len(), &Value::Null));
                push(&mut calls[index]["function"]["arguments"], &call["function"]["arguments"]);
            }
        }
        finish = chunk["choices"][0]["finish_reason"].clone();
    }
    let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": finish});
    json!({"id": last["id"], "object": "chat.completion", "created": last["created"], "model": last["model"], "choices": [choice], "usage": last["usage"]})
}

/// A message, put together as Anthropic's libraries do.
fn joined_messages(stream: &[u8]) -> Value {
    let mut message = Value::Null;
    let mut input = String::new();
    let mut over = false;
    for (name, data) in events(stream) {
        let event = parsed(data.as_bytes());
        assert_eq!(event["type"], json!(name.unwrap()));
        assert!(!over);
        let index = usize::try_from(event["index"].as_u64().unwrap_or_default()).unwrap();
        match event["type"].as_str().unwrap() {
            "message_start" => message = event["message"].clone(),
            "content_block_start" => {
                let blocks = message["content"].as_array_mut().unwrap();
                assert_eq!(index, blocks.len());
                blocks.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                let (delta, block) = (&event["delta"], &mut message["content"][index]);
                match delta["type"].as_str().unwrap() {
                    "text_delta" => push(&mut block["text"], &delta["text"]),
                    "thinking_delta" => push(&mut block["thinking"], &delta["thinking"]),
                    "signature_delta" => block["signature"] = delta["signature"].clone(),
                    "input_json_delta" => input.push_str(delta["partial_json"].as_str().unwrap()),
                    other => panic!("{other}"),
                }
            }
            "content_block_stop" => {
                assert_eq!(index + 1, message["content"].as_array().unwrap().len());
                if message["content"][index]["type"] == "tool_use" {
                    message["content"][index]["input"] = parsed(std::mem::take(&mut input).as_bytes());
                }
            }
            "message_delta" => {
                message["stop_reason"] = event["delta"]["stop_reason"].clone();
                message["usage"] = event["usage"].clone();
            }
            "message_stop" => over = true,
            other => panic!("{other}"),
        }
    }
    assert!(over);
    message
}

/// A response, put together as OpenAI's libraries do; what the events said must be what the last one says.
fn joined_responses(stream: &[u8]) -> Value {
    let mut output: Vec<Value> = Vec::new();
    let events = events(stream);
    for (number, (name, data)) in events.iter().enumerate() {
        let event = parsed(data.as_bytes());
        assert_eq!((&event["type"], &event["sequence_number"]), (&json!(name), &json!(number)));
        let (at, part) = (&event["output_index"], &event["content_index"]);
        let (at, part) =
            (at.as_u64().map_or(0, |at| usize::try_from(at).unwrap()), part.as_u64().map_or(0, |at| usize::try_from(at).unwrap()));
        if event["item_id"].is_string() {
            assert_eq!(event["item_id"], output[at]["id"]);
        }
        match event["type"].as_str().unwrap().strip_prefix("response.").unwrap() {
            "created" | "in_progress" => assert_eq!((number < 2, &event["response"]["status"]), (true, &json!("in_progress"))),
            "output_item.added" => {
                assert_eq!((at, &event["item"]["status"]), (output.len(), &json!("in_progress")));
                output.push(event["item"].clone());
            }
            "content_part.added" => {
                let content = output[at]["content"].as_array_mut().unwrap();
                assert_eq!(part, content.len());
                content.push(event["part"].clone());
            }
            "output_text.delta" => push(&mut output[at]["content"][part]["text"], &event["delta"]),
            "refusal.delta" => push(&mut output[at]["content"][part]["refusal"], &event["delta"]),
            "function_call_arguments.delta" => push(&mut output[at]["arguments"], &event["delta"]),
            "output_text.done" => assert_eq!(event["text"], output[at]["content"][part]["text"]),
            "refusal.done" => assert_eq!(event["refusal"], output[at]["content"][part]["refusal"]),
            "function_call_arguments.done" => {
                assert_eq!((&event["arguments"], &event["name"]), (&output[at]["arguments"], &output[at]["name"]));
            }
            "content_part.done" => assert_eq!(event["part"], output[at]["content"][part]),
            "output_item.done" => {
                output[at]["status"] = event["item"]["status"].clone();
                assert_eq!(event["item"], output[at]);
            }
            "completed" | "incomplete" => {
                assert_eq!(number + 1, events.len());
                assert_eq!(event["response"]["output"], json!(output));
                return event["response"].clone();
            }
            other => panic!("{other}"),
        }
    }
    panic!("no end")
}

fn part() -> impl Strategy<Value = Part> {
    let arguments = prop_oneof![Just(String::new()), Just("{}".to_owned()), Just(r#"{"a": "b\n\"", "c": [1]}"#.to_owned())];
    let call = ("[a-z_]{1,8}", "[a-z]{1,8}", arguments, proptest::option::of("[A-Za-z0-9+/]{4,12}={0,2}"));
    prop_oneof![
        "\\PC{1,12}".prop_map(Part::Text),
        "[a-z ]{1,12}".prop_map(Part::Refusal),
        call.prop_map(|(id, name, arguments, signature)| Part::ToolCall(ToolCall { id, name, arguments, signature })),
        thought("[a-z ]{0,12}", "[A-Za-z0-9+/]{4,12}".prop_map(|sealed| (Some(sealed), None))),
        thought("", "[A-Za-z0-9+/]{4,12}".prop_map(|sealed| (None, Some(sealed)))),
    ]
}

fn thought(text: &'static str, seals: impl Strategy<Value = (Option<String>, Option<String>)>) -> impl Strategy<Value = Part> {
    (text, seals)
        .prop_map(|(text, (signature, sealed))| Part::Thinking(Thinking { text, signature, sealed, target: Some(TARGET.to_owned()) }))
}

fn answer() -> impl Strategy<Value = Answer> {
    let finish = prop_oneof![Just(Finish::Stop), Just(Finish::Length), Just(Finish::ToolCalls), Just(Finish::ContentFilter)];
    let usage = (0..1000u64, 0..1000u64, 0..100u64).prop_map(|(input, output, cached)| Usage {
        input: input + 2 * cached,
        output,
        cached,
        cache_written: cached,
        reasoning: output / 2,
    });
    (proptest::collection::vec(part(), 0..6), finish, usage).prop_map(|(parts, finish, usage)| Answer { parts, finish, usage })
}

proptest! {
    #[test]
    fn a_stream_says_what_a_whole_answer_says(answer in answer(), usage_first: bool) {
        let mut whole = parsed(&write(Shape::Chat, &HEAD, &answer));
        if whole["choices"][0]["message"]["content"].is_null() {
            whole["choices"][0]["message"]["content"] = json!("");
        }
        prop_assert_eq!(joined_chat(&streamed(Shape::Chat, &answer, usage_first)), whole);
        let whole = parsed(&write(Shape::Messages, &HEAD, &answer));
        prop_assert_eq!(joined_messages(&streamed(Shape::Messages, &answer, usage_first)), whole);
        let whole = parsed(&write(Shape::Responses, &HEAD, &answer));
        prop_assert_eq!(joined_responses(&streamed(Shape::Responses, &answer, usage_first)), whole);
    }

    #[test]
    fn an_answer_that_is_sent_back_is_read_as_it_was(answer in answer()) {
        let mut parts = answer.parts.clone();
        for part in &mut parts {
            match part {
                Part::ToolCall(call) if call.arguments.is_empty() => call.arguments = "{}".to_owned(),
                // Anthropic has no part of its own for it.
                Part::Refusal(text) => *part = Part::Text(std::mem::take(text)),
                _ => {}
            }
        }
        parts.dedup_by(|next, part| match (part, next) {
            (Part::Text(text), Part::Text(more)) => {
                text.push_str(more);
                true
            }
            _ => false,
        });
        let written = parsed(&write(Shape::Messages, &HEAD, &answer));
        let body = json!({"model": "fast", "max_tokens": 1, "messages": [{"role": "assistant", "content": written["content"]}]});
        // What is an object may be written in another order by the client; here it is not.
        let read = read(Shape::Messages, body.to_string().as_bytes()).unwrap();
        let spaceless = |parts: &[Part]| format!("{parts:?}").replace(' ', "");
        prop_assert_eq!(spaceless(&read.messages[0].parts), spaceless(&parts));
    }

    #[test]
    fn no_body_makes_it_panic(body: Vec<u8>, text in "[{}\\[\\]\",:a-z0-9\\\\ ]{0,60}") {
        for shape in SHAPES {
            prop_assert!(read(shape, &body).is_err());
            prop_assert!(read(shape, text.as_bytes()).is_err());
        }
        prop_assert!(read_embed(&body).is_err());
    }

    /// Values of all kinds at every place of a request that is right.
    #[test]
    fn what_is_said_of_a_wrong_value_does_not_repeat_it(place in 0..1000usize, wrong in 0..6usize) {
        let wrong = [json!("SECRET"), json!(["SECRET"]), json!({"SECRET1": "SECRET"}), json!(98_765), json!(true), json!([{"type": "SECRET"}])][wrong].clone();
        for (shape, body) in right() {
            let mut body = body;
            let mut places = places(&body, String::new());
            let place = places.swap_remove(place % places.len());
            *body.pointer_mut(&place).unwrap() = wrong.clone();
            if let Err(NotUnderstood { field, why }) = read(shape, body.to_string().as_bytes()) {
                let said = format!("{field} {why}");
                prop_assert!(!said.contains("SECRET") && !said.contains("98765"), "{}", said);
                prop_assert!(!why.is_empty() && why.is_ascii());
            }
        }
    }
}

/// The places of all values in a body, as JSON pointers.
fn places(value: &Value, at: String) -> Vec<String> {
    let mut all = match value {
        Value::Array(items) => items.iter().enumerate().flat_map(|(index, item)| places(item, format!("{at}/{index}"))).collect(),
        Value::Object(members) => members.iter().flat_map(|(name, member)| places(member, format!("{at}/{name}"))).collect(),
        _ => Vec::new(),
    };
    all.push(at);
    all
}

/// Requests with most of what there is.
fn right() -> [(Shape, Value); 3] {
    let function = json!({"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true});
    let mut flat = function.clone();
    flat["type"] = json!("function");
    [
        (
            Shape::Chat,
            json!({"model": "m", "stop": ["a"], "stream": true, "stream_options": {"include_usage": true}, "metadata": {"a": "b"}, "n": 1,
                "tools": [{"type": "function", "function": function}], "tool_choice": {"type": "function", "function": {"name": "f"}},
                "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}, "temperature": 1, "reasoning_effort": "low",
                "messages": [{"role": "system", "content": "s"},
                    {"role": "user", "content": [{"type": "text", "text": "t"}, {"type": "image_url", "image_url": {"url": "https://a.example", "detail": "low"}}]},
                    {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                    {"role": "tool", "tool_call_id": "c", "content": "r"}]}),
        ),
        (
            Shape::Responses,
            json!({"model": "m", "instructions": "i", "tools": [flat], "tool_choice": {"type": "function", "name": "f"}, "reasoning": {"effort": "low"},
                "text": {"format": {"type": "json_schema", "name": "n", "schema": {}}}, "include": ["reasoning.encrypted_content"], "store": false,
                "input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, {"type": "input_image", "image_url": "https://a.example"}]},
                    {"type": "reasoning", "id": "r", "summary": []}, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                    {"type": "function_call_output", "call_id": "c", "output": "r"}]}),
        ),
        (
            Shape::Messages,
            json!({"model": "m", "max_tokens": 5, "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}], "thinking": {"type": "adaptive"},
                "tools": [{"name": "f", "input_schema": {"type": "object"}}], "tool_choice": {"type": "tool", "name": "f"}, "metadata": {"user_id": "u"},
                "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}}, "stop_sequences": ["a"],
                "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
                        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}, "citations": {"enabled": false}}]},
                    {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "s"}, {"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
                    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "r"}], "is_error": true}]}]}),
        ),
    ]
}

#[test]
fn requests_that_are_right_are_read() {
    for (shape, body) in right() {
        let request = read(shape, body.to_string().as_bytes()).unwrap();
        assert_eq!((request.tools.len(), request.tool_choice), (1, Some(ToolChoice::Named("f".into()))));
        let Some(Part::ToolResult(result)) = request.messages.last().and_then(|message| message.parts.last()) else { panic!("{shape:?}") };
        assert_eq!((result.id.as_str(), result.name.as_deref()), ("c", Some("f")));
    }
}

/// A large conversation is read in a time that nobody notices, however its members repeat.
#[test]
fn long_bodies_are_read_to_their_end() {
    let many =
        format!(r#"{{"model":"m","messages":[{}{{"role":"user","content":"a"}}]}}"#, r#"{"role":"user","content":"a"},"#.repeat(50_000));
    let twice = format!(r#"{{{}"model":"m","messages":[{{"role":"user","content":"a"}}]}}"#, r#""store":null,"#.repeat(200_000));
    assert_eq!(read(Shape::Chat, many.as_bytes()).unwrap().messages.len(), 50_001);
    assert_eq!(read(Shape::Chat, twice.as_bytes()).unwrap_err().field, "store");
}

#[test]
fn errors_are_written_in_the_shape_of_the_library() {
    let (attempts, message) = ([("openai/gpt-6", "timeout")], "No model could answer.");
    let problem = Problem {
        status: 424,
        code: "missing_key",
        message,
        help: Some("set OPENAI_KEY"),
        route: Some("fast"),
        provider: Some("openai"),
        target: Some("openai/gpt-6"),
        key: Some("env OPENAI_KEY"),
        attempts: &attempts,
        approval: None,
        field: None,
        request: HEAD.id,
    };
    let said = json!({"message": message, "type": "byok_error", "param": null, "code": "missing_key", "route": "fast", "provider": "openai",
        "target": "openai/gpt-6", "key": "env OPENAI_KEY", "attempts": [{"target": "openai/gpt-6", "outcome": "timeout"}], "help": "set OPENAI_KEY"});
    for shape in [Shape::Chat, Shape::Responses, Shape::Embeddings] {
        assert_eq!(parsed(&error(shape, &problem)), json!({"error": said}));
    }
    let mut for_anthropic = said.clone();
    for (status, kind) in [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (424, "api_error"),
        (429, "rate_limit_error"),
        (502, "api_error"),
        (503, "overloaded_error"),
        (504, "timeout_error"),
    ] {
        for_anthropic["type"] = json!(kind);
        let written = parsed(&error(Shape::Messages, &Problem { status, ..problem }));
        assert_eq!(written, json!({"type": "error", "error": for_anthropic, "request_id": HEAD.id}));
    }
    for_anthropic["type"] = json!("api_error");
    for shape in SHAPES {
        let mut stream = Stream::new(shape, &HEAD, &Request::default());
        let mut out = Vec::new();
        stream.start(&mut out);
        stream.event(&Event::Text("a".into()), &mut out);
        stream.fail(&problem, &mut out);
        let (name, data) = events(&out).pop().unwrap();
        let data = parsed(data.as_bytes());
        let (expected, kind) = if shape == Shape::Messages { (&for_anthropic, json!("error")) } else { (&said, data["type"].clone()) };
        assert_eq!((&data["error"], &data["type"]), (expected, &kind));
        assert_eq!(name.as_deref(), if shape == Shape::Chat { None } else { Some("error") });
        if shape == Shape::Responses {
            assert_eq!((&data["type"], &data["code"], &data["message"]), (&json!("error"), &json!("missing_key"), &json!(message)));
            assert_eq!(data["sequence_number"], json!(events(&out).len() - 1));
        }
    }
}

#[test]
fn models_are_listed_in_both_forms() {
    let ids = [("fast", "Fast answers"), ("gpt-6", "gpt-6")];
    let openai = |id: &str| json!({"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "byokc"});
    let anthropic = |id: &str, title: &str| json!({"id": id, "type": "model", "display_name": title, "created_at": "2023-11-14T22:13:20Z"});
    let listed = json!({"object": "list", "data": [openai("fast"), openai("gpt-6")]});
    assert_eq!(parsed(&models(Shape::Chat, &ids, HEAD.created)), listed);
    let data = json!([anthropic("fast", "Fast answers"), anthropic("gpt-6", "gpt-6")]);
    let listed = json!({"data": data, "has_more": false, "first_id": "fast", "last_id": "gpt-6"});
    assert_eq!(parsed(&models(Shape::Messages, &ids, HEAD.created)), listed);
    assert_eq!(parsed(&models(Shape::Messages, &[], 0)), json!({"data": [], "has_more": false, "first_id": null, "last_id": null}));
    assert_eq!(parsed(&model(Shape::Messages, "fast", "Fast answers", HEAD.created)), anthropic("fast", "Fast answers"));
    assert_eq!(parsed(&model(Shape::Responses, "fast", "Fast answers", HEAD.created)), openai("fast"));
}
