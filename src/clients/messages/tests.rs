//! What clients of Anthropic's messages rely on.

use serde_json::{Value, json};

use super::super::{Head, NotUnderstood};
use super::*;
use crate::exchange::*;

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

/// A request with these members beside what must be there.
fn with(members: &Value) -> Result<Request, NotUnderstood> {
    let mut body = json!({"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    read(body.to_string().as_bytes())
}

/// The parts of a message.
fn parts(role: &str, content: &Value) -> Result<Vec<Part>, NotUnderstood> {
    let request = with(&json!({"messages": [{"role": role, "content": content}]}))?;
    Ok(request.messages.into_iter().flat_map(|message| message.parts).collect())
}

fn said<T: std::fmt::Debug>(result: Result<T, NotUnderstood>) -> String {
    let NotUnderstood { field, why } = result.unwrap_err();
    format!("{field} {why}")
}

#[test]
fn the_fields_of_a_request() {
    let request = with(&json!({
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}], "temperature": 0.5, "top_p": 1, "top_k": 40,
        "stop_sequences": ["END"], "stream": true, "metadata": {"user_id": "u"}, "service_tier": "auto", "thinking": {"type": "enabled", "budget_tokens": 2000},
        "output_config": {"effort": "max"}, "tool_choice": {"type": "any", "disable_parallel_tool_use": true}, "mcp_servers": [], "container": null,
    }))
    .unwrap();
    assert_eq!((request.model.as_str(), request.max_output, request.effort), ("m", Some(10), Some(Effort::Max)));
    assert_eq!(request.sampling, Sampling { temperature: Some(0.5), top_p: Some(1.0), top_k: Some(40), ..Sampling::default() });
    assert_eq!((request.tool_choice, request.parallel_tools), (Some(ToolChoice::Required), Some(false)));
    assert_eq!((request.stop, request.user, request.stream), (vec!["END".to_owned()], Some("u".to_owned()), true));
    assert_eq!(request.messages[0], Message { role: Role::System, parts: vec![text("be brief")] });
    assert_eq!(with(&json!({"system": "s"})).unwrap().messages[0], Message { role: Role::System, parts: vec![text("s")] });
}

#[test]
fn how_much_is_thought() {
    let hint: &[&str] = &["thinking"];
    for (members, effort, hints) in [
        (json!({}), None, &[][..]),
        (json!({"thinking": {"type": "adaptive", "display": "omitted"}}), None, hint),
        (json!({"thinking": {"type": "enabled", "budget_tokens": 2000}, "output_config": {"effort": "high"}}), Some(Effort::High), hint),
        (json!({"thinking": {"type": "disabled"}, "output_config": {"effort": "high"}}), Some(Effort::None), &[]),
        (json!({"output_config": {"effort": "low"}}), Some(Effort::Low), &[]),
    ] {
        let request = with(&members).unwrap();
        assert_eq!((request.effort, request.hints.as_slice()), (effort, hints), "{members}");
    }
}

#[test]
fn a_conversation_with_tools_and_thoughts() {
    let user = parts(
        "user",
        &json!([
            {"type": "tool_result", "tool_use_id": "c--sig-aB_e", "is_error": true, "content": [
                {"type": "text", "text": "r"}, {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}]},
            {"type": "text", "text": "look", "citations": null},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
            {"type": "document", "title": "t", "source": {"type": "base64", "media_type": "application/pdf", "data": "aGk="}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"}, "citations": {"enabled": false}},
        ]),
    );
    let url = Part::Image(Image::Url { url: "https://a.example/b.png".into(), detail: None });
    let file = |media_type: &str, name: Option<&str>| {
        Part::File(File { media_type: media_type.into(), data: "aGk=".into(), name: name.map(str::to_owned) })
    };
    let expected = vec![
        Part::ToolResult(ToolResult { id: "c".into(), name: None, parts: vec![text("r"), url], is_error: true }),
        text("look"),
        Part::Image(Image::Data { media_type: "image/png".into(), data: "aGk=".into(), detail: None }),
        file("application/pdf", Some("t")),
        file("text/plain", None),
    ];
    assert_eq!(user, Ok(expected));
    let assistant = parts(
        "assistant",
        &json!([
            {"type": "thinking", "thinking": "hm", "signature": "anthropic/claude-opus-5-5|EqQ="},
            {"type": "thinking", "thinking": "hm", "signature": "EqQ="},
            {"type": "redacted_thinking", "data": "anthropic/claude-opus-5-5|xyz"},
            {"type": "text", "text": "calling"},
            {"type": "tool_use", "id": "c--sig-aB_e", "name": "f", "input": {"b": 1, "a": 2}, "caller": {"type": "direct"}},
        ]),
    );
    let thought = |text: &str, signature: Option<&str>, sealed: Option<&str>, target: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Part::Thinking(Thinking { text: text.into(), signature: owned(signature), sealed: owned(sealed), target: owned(target) })
    };
    let expected = vec![
        thought("hm", Some("EqQ="), None, Some("anthropic/claude-opus-5-5")),
        thought("hm", Some("EqQ="), None, None),
        thought("", None, Some("xyz"), Some("anthropic/claude-opus-5-5")),
        text("calling"),
        Part::ToolCall(ToolCall { id: "c".into(), name: "f".into(), arguments: r#"{"a":2,"b":1}"#.into(), signature: Some("aB=".into()) }),
    ];
    assert_eq!(assistant, Ok(expected));
}

#[test]
fn tools_and_schemas_are_kept_as_written() {
    let body = br#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}],
        "tools":[{"name":"f","description":"d","input_schema":{"z":1, "a":2},"strict":true,"cache_control":{"type":"ephemeral"}},{"type":"custom","name":"g","input_schema":{}}],
        "output_config":{"format":{"type":"json_schema","schema":{"type": "object"}}}}"#;
    let request = read(body).unwrap();
    let tool = &request.tools[0];
    assert_eq!((tool.name.as_str(), tool.description.as_deref(), tool.strict), ("f", Some("d"), Some(true)));
    assert_eq!(tool.parameters.as_ref().unwrap().get(), r#"{"z":1, "a":2}"#);
    let Output::JsonSchema(schema) = &request.output else { panic!("{:?}", request.output) };
    assert_eq!((schema.name.as_str(), schema.schema.get(), schema.strict), ("answer", r#"{"type": "object"}"#, None));
}

#[test]
fn what_is_not_passed_on_is_refused_by_name() {
    const TOOLS: &str = "is not passed on: the plan allows no provider-side tools; leave it out";
    for (members, place, why) in [
        (json!({"max_tokens": null}), "max_tokens", "is missing"),
        (json!({"messages": []}), "messages", "is empty: there must be a message"),
        (json!({"temperature": 1.5}), "temperature", "must be a number from 0 to 1"),
        (json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}), "tools[0]", TOOLS),
        (json!({"tools": [{"name": "f"}]}), "tools[0].input_schema", "is missing"),
        (json!({"container": "c"}), "container", TOOLS),
        (json!({"mcp_servers": [{}]}), "mcp_servers", TOOLS),
        (json!({"service_tier": "priority"}), "service_tier", "is not passed on: the plan decides how providers are called; leave it out"),
        (json!({"inference_geo": "us"}), "inference_geo", "is not passed on: the plan decides where a request is served; leave it out"),
        (json!({"speed": "fast"}), "speed", "is not passed on: the plan decides how providers are called; leave it out"),
        (json!({"context_management": {}}), "context_management", "is not passed on: the conversation is sent as it is; leave it out"),
        (json!({"tool_choice": {"type": "tool"}}), "tool_choice.name", "is missing"),
        (json!({"tool_choice": {"type": "auto", "name": "f"}}), "tool_choice.name", "is not known here; leave it out"),
        (json!({"output_config": {"effort": "minimal"}}), "output_config.effort", "must be `low`, `medium`, `high`, `xhigh` or `max`"),
        (json!({"output_config": {"format": {"type": "xml"}}}), "output_config.format.type", "must be `json_schema`"),
        (json!({"system": [{"type": "image"}]}), "system[0].type", "must be `text` here"),
        (json!({"n": 1}), "n", "is not known here; leave it out"),
    ] {
        assert_eq!(with(&members).map(|_| ()), Err(NotUnderstood { field: place.into(), why: why.into() }));
    }
}

#[test]
fn wrong_blocks_are_named_with_their_place() {
    const TOOLS: &str = "is not passed on: the plan allows no provider-side tools; leave it out";
    const FILES: &str = "is not passed on: files stored at a provider cannot be named here; send the data instead";
    for (role, block, place, why) in [
        ("user", json!({"type": "secret"}), ".type", "must be `text`, `image`, `document` or `tool_result` in this message"),
        ("user", json!({"type": "tool_use"}), ".type", "must be `text`, `image`, `document` or `tool_result` in this message"),
        ("assistant", json!({"type": "server_tool_use"}), "", TOOLS),
        ("assistant", json!({"type": "web_search_tool_result"}), "", TOOLS),
        ("user", json!({"type": "image", "source": {"type": "file", "file_id": "f"}}), ".source.type", FILES),
        (
            "user",
            json!({"type": "image", "source": {"type": "base64", "media_type": "text/html", "data": "aGk="}}),
            ".source.media_type",
            "must be that of a picture",
        ),
        (
            "user",
            json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "a b"}}),
            ".source.data",
            "must be base64",
        ),
        (
            "user",
            json!({"type": "document", "source": {"type": "url", "url": "https://a.example"}}),
            ".source.type",
            "must be `base64` or `text`: send the data itself",
        ),
        (
            "user",
            json!({"type": "document", "source": {"type": "text", "data": "d"}, "citations": {"enabled": true}}),
            ".citations",
            "is not passed on: citations are not supported; leave it out",
        ),
        (
            "user",
            json!({"type": "tool_result", "tool_use_id": "c", "content": [{"type": "document"}]}),
            ".content[0].type",
            "must be `text` or `image` in a tool's result",
        ),
        ("assistant", json!({"type": "tool_use", "id": "c", "name": "f", "input": "x"}), ".input", "must be an object"),
        (
            "assistant",
            json!({"type": "tool_use", "id": "c", "name": "f", "input": {}, "caller": {"type": "code_execution_20250825"}}),
            ".caller",
            TOOLS,
        ),
    ] {
        assert_eq!(said(parts(role, &json!([block]))), format!("messages[0].content[0]{place} {why}"));
    }
    assert_eq!(
        said(with(&json!({"messages": [{"role": "tool", "content": "x"}]}))),
        "messages[0].role must be `user`, `assistant` or `system`"
    );
}

#[test]
fn an_answer_in_this_shape() {
    let head = Head { id: "1", model: "fast", created: 0, receipt: None };
    let call = |id: &str, arguments: &str, signature: Option<&str>| {
        let signature = signature.map(str::to_owned);
        Part::ToolCall(ToolCall { id: id.into(), name: "f".into(), arguments: arguments.into(), signature })
    };
    let thought = |signature: Option<&str>, target: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Part::Thinking(Thinking { text: "hm".into(), signature: owned(signature), sealed: None, target: owned(target) })
    };
    let answer = Answer {
        parts: vec![
            thought(Some("EqQ="), Some("a/b")),
            thought(None, Some("a/b")),
            text("one"),
            call("c1", "{\"a\":1}", Some("aB=")),
            call("c2", "", None),
            call("c3", "{\"cut", None),
        ],
        finish: Finish::ToolCalls,
        usage: Usage { input: 100, output: 20, cached: 30, cache_written: 10, reasoning: 5 },
    };
    let expected = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "fast", "stop_reason": "tool_use", "stop_sequence": null,
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "a/b|EqQ="}, {"type": "text", "text": "one"},
            {"type": "tool_use", "id": "c1--sig-aB_e", "name": "f", "input": {"a": 1}}, {"type": "tool_use", "id": "c2", "name": "f", "input": {}},
            {"type": "tool_use", "id": "c3", "name": "f", "input": {"INVALID_JSON": "{\"cut"}},
        ],
        "usage": {"input_tokens": 60, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 30, "output_tokens": 20},
    });
    assert_eq!(serde_json::from_slice::<Value>(&write(&head, &answer)).unwrap(), expected);
    for (finish, part, reason) in [
        (Finish::Stop, text("a"), "end_turn"),
        (Finish::Length, text("a"), "max_tokens"),
        (Finish::ContentFilter, text("a"), "refusal"),
        (Finish::Stop, Part::Refusal("no".into()), "refusal"),
    ] {
        let written: Value = serde_json::from_slice(&write(&head, &Answer { parts: vec![part], finish, ..Answer::default() })).unwrap();
        assert_eq!(written["stop_reason"], reason);
    }
}

/// What a stream writes for these events: names of events, and of what is in them.
fn streamed(signs: bool, events: &[Event]) -> Vec<(String, Value)> {
    let mut stream = Stream::new(&Head { id: "1", model: "fast", created: 0, receipt: None });
    stream.served_by("a/b", signs);
    let mut out = Vec::new();
    for event in events {
        stream.event(event, &mut out);
    }
    let written = String::from_utf8(out).unwrap();
    let data = written.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str::<Value>(data).unwrap())
        .map(|event| (event["type"].as_str().unwrap().trim_start_matches("content_block_").to_owned(), event))
        .collect()
}

#[test]
fn thoughts_that_are_signed_are_shown_as_they_come() {
    let thought = |words: &str| Event::Thinking(words.to_owned());
    let shown = streamed(true, &[thought("let"), thought(" me")]);
    assert_eq!(shown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["start", "delta", "delta"]);
    assert_eq!(shown[0].1["content_block"], json!({"type": "thinking", "thinking": "", "signature": ""}));
    assert_eq!((&shown[1].1["delta"]["thinking"], &shown[2].1["delta"]["thinking"]), (&json!("let"), &json!(" me")));
    let signed = streamed(true, &[thought("let"), Event::ThinkingSignature("EqQ=".into()), Event::SealedThinking("x".into())]);
    let names: Vec<_> = signed.iter().map(|(name, event)| (name.as_str(), event["index"].as_u64().unwrap())).collect();
    assert_eq!(names, [("start", 0), ("delta", 0), ("delta", 0), ("stop", 0), ("start", 1), ("stop", 1)]);
    assert_eq!(signed[2].1["delta"], json!({"type": "signature_delta", "signature": "a/b|EqQ="}));
    assert_eq!(signed[4].1["content_block"], json!({"type": "redacted_thinking", "data": "a/b|x"}));
    let only_signed = streamed(true, &[Event::ThinkingSignature("EqQ=".into())]);
    assert_eq!(only_signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["start", "delta", "stop"]);
}

#[test]
fn thoughts_that_nobody_signs_are_not_shown() {
    let events = [
        Event::Thinking("hm".into()),
        Event::ThinkingSignature("EqQ=".into()),
        Event::SealedThinking("x".into()),
        Event::Text("hi".into()),
    ];
    let shown = streamed(false, &events);
    assert_eq!(shown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["start", "delta"]);
    assert_eq!((&shown[0].1["index"], &shown[1].1["delta"]), (&json!(0), &json!({"type": "text_delta", "text": "hi"})));
}

/// A thought that breaks off has no signature; its client sends it back as it is.
#[test]
fn a_thought_that_broke_off_ends_before_what_follows_and_is_read_again() {
    let shown = streamed(true, &[Event::Thinking("hm".into()), Event::Text("hi".into())]);
    let names: Vec<_> = shown.iter().map(|(name, event)| (name.as_str(), event["index"].as_u64().unwrap())).collect();
    assert_eq!(names, [("start", 0), ("delta", 0), ("stop", 0), ("start", 1), ("delta", 1)]);
    let back = parts("assistant", &json!([{"type": "thinking", "thinking": "hm", "signature": ""}]));
    let unsigned = Thinking { text: "hm".into(), signature: Some(String::new()), sealed: None, target: None };
    assert_eq!(back, Ok(vec![Part::Thinking(unsigned)]));
}
