//! What clients of OpenAI's responses rely on.

use serde_json::{Value, json};

use super::super::{Head, NotUnderstood};
use super::*;
use crate::exchange::*;

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn message(role: Role, parts: Vec<Part>) -> Message {
    Message { role, parts }
}

/// A request with these members beside a model and an input.
fn with(members: &Value) -> Result<Request, NotUnderstood> {
    let mut body = json!({"model": "m", "input": "hi"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    read(body.to_string().as_bytes())
}

#[test]
fn the_fields_of_a_request() {
    let request = with(&json!({
        "instructions": "be brief", "max_output_tokens": 5, "temperature": 2, "top_p": 0.5, "stream": true, "parallel_tool_calls": true, "user": "u",
        "metadata": {"a": "b"}, "reasoning": {"effort": "high", "summary": "auto"}, "tool_choice": "required",
        "text": {"format": {"type": "json_object"}, "verbosity": "low"},
    }))
    .unwrap();
    let messages = [message(Role::System, vec![text("be brief")]), message(Role::User, vec![text("hi")])];
    assert_eq!(request.messages, messages);
    assert_eq!((request.max_output, request.effort, request.stream), (Some(5), Some(Effort::High), true));
    assert_eq!(request.sampling, Sampling { temperature: Some(2.0), top_p: Some(0.5), ..Sampling::default() });
    assert_eq!((request.tool_choice, request.parallel_tools), (Some(ToolChoice::Required), Some(true)));
    assert!(matches!(request.output, Output::JsonObject));
    assert_eq!(request.hints, ["verbosity"], "no target is told it");
    assert_eq!(with(&json!({"text": {}, "reasoning": {"summary": "auto"}})).unwrap().hints, [""; 0]);
}

#[test]
fn fields_that_ask_for_nothing_are_accepted() {
    let request = with(&json!({
        "store": false, "previous_response_id": null, "conversation": null, "background": false, "service_tier": "default", "truncation": "disabled",
        "include": ["reasoning.encrypted_content"], "top_logprobs": 0, "prompt_cache_key": "k", "safety_identifier": "s", "max_tool_calls": 3,
        "stream_options": {"include_obfuscation": false}, "prompt": null, "context_management": null, "tools": [],
    }));
    assert_eq!(request.unwrap().messages, [message(Role::User, vec![text("hi")])]);
}

#[test]
fn a_conversation_with_tools() {
    let request = with(&json!({"input": [
        {"role": "developer", "content": "d"},
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "look"},
            {"type": "input_image", "image_url": "https://a.example/b.png", "detail": "high", "file_id": null},
            {"type": "input_file", "file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
            {"type": "output_text", "text": "calling", "annotations": [], "logprobs": [], "parsed": {"a": 1}}, {"type": "refusal", "refusal": "no"}]},
        {"type": "function_call", "id": "fc_1", "status": "completed", "call_id": "c1--sig-aB_e", "name": "f", "arguments": "{}", "parsed_arguments": {}},
        {"type": "function_call", "call_id": "c2", "name": "g", "arguments": ""},
        {"type": "function_call_output", "call_id": "c1--sig-aB_e", "output": "1"},
        {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "2"}]},
    ]}))
    .unwrap();
    let call = |id: &str, name: &str, arguments: &str, signature: Option<&str>| {
        let signature = signature.map(str::to_owned);
        Part::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature })
    };
    let result = |id: &str, name: &str, said: &str| {
        Part::ToolResult(ToolResult { id: id.into(), name: Some(name.into()), parts: vec![text(said)], is_error: false })
    };
    let url = Image::Url { url: "https://a.example/b.png".into(), detail: Some("high".into()) };
    let file = File { media_type: "application/pdf".into(), data: "aGk=".into(), name: Some("a.pdf".into()) };
    let expected = [
        message(Role::System, vec![text("d")]),
        message(Role::User, vec![text("look"), Part::Image(url), Part::File(file)]),
        message(
            Role::Assistant,
            vec![text("calling"), Part::Refusal("no".into()), call("c1", "f", "{}", Some("aB=")), call("c2", "g", "", None)],
        ),
        message(Role::User, vec![result("c1", "f", "1"), result("c2", "g", "2")]),
    ];
    assert_eq!(request.messages, expected);
}

#[test]
fn tools_and_schemas_are_kept_as_written() {
    let body = br#"{"model":"m","input":"hi","tools":[{"type":"function","name":"f","parameters":{"z":1, "a":2},"strict":false}],
        "tool_choice":{"type":"function","name":"f"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type": "object"},"strict":true}}}"#;
    let request = read(body).unwrap();
    assert_eq!(request.tools[0].parameters.as_ref().unwrap().get(), r#"{"z":1, "a":2}"#);
    assert_eq!((request.tools[0].strict, request.tool_choice), (Some(false), Some(ToolChoice::Named("f".into()))));
    let Output::JsonSchema(schema) = &request.output else { panic!("{:?}", request.output) };
    assert_eq!((schema.name.as_str(), schema.schema.get(), schema.strict), ("n", r#"{"type": "object"}"#, Some(true)));
}

#[test]
fn what_is_not_passed_on_is_refused_by_name() {
    const TOOLS: &str = "is not passed on: the plan allows no provider-side tools; leave it out";
    const STORED: &str = "is not passed on: nothing is stored between requests; send the whole conversation instead";
    for (members, place, why) in [
        (json!({"store": true}), "store", STORED),
        (json!({"previous_response_id": "resp_1"}), "previous_response_id", STORED),
        (json!({"conversation": "c"}), "conversation", STORED),
        (json!({"background": true}), "background", STORED),
        (json!({"input": [{"type": "item_reference", "id": "i"}]}), "input[0]", STORED),
        (json!({"tools": [{"type": "web_search"}]}), "tools[0]", TOOLS),
        (json!({"tools": [{"type": "mcp", "server_url": "u"}]}), "tools[0]", TOOLS),
        (json!({"tools": [{"type": "custom", "name": "c"}]}), "tools[0].type", "must be `function`: not every model has other tools"),
        (json!({"tool_choice": {"type": "file_search"}}), "tool_choice", TOOLS),
        (json!({"input": [{"type": "web_search_call", "id": "w"}]}), "input[0]", TOOLS),
        (
            json!({"input": [{"type": "secret"}]}),
            "input[0].type",
            "must be `message`, `function_call`, `function_call_output` or `reasoning`",
        ),
        (json!({"input": []}), "input", "is empty: there must be a message"),
        (json!({"input": null}), "input", "is missing"),
        (
            json!({"input": [{"role": "user", "content": [{"type": "output_text", "text": "x"}]}]}),
            "input[0].content[0].type",
            "must be `input_text`, `input_image` or `input_file` here",
        ),
        (
            json!({"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]}),
            "input[0].content[0].file_id",
            "is not passed on: files stored at a provider cannot be named here; send the data instead",
        ),
        (
            json!({"input": [{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "t"}, {"type": "input_file", "file_data": "data:a/b;base64,aGk="}]}]}),
            "input[0].output[1].type",
            "must be `input_text` or `input_image` in a tool's result",
        ),
        (json!({"truncation": "auto"}), "truncation", "must be `disabled`: nothing is left out of a conversation"),
        (
            json!({"include": ["message.output_text.logprobs"]}),
            "include",
            "is not passed on: nothing but `reasoning.encrypted_content` can be asked for; leave the rest out",
        ),
        (
            json!({"prompt": {"id": "p"}}),
            "prompt",
            "is not passed on: prompts stored at a provider cannot be named here; send the text instead",
        ),
        (json!({"text": {"format": {"type": "grammar"}}}), "text.format.type", "must be `text`, `json_object` or `json_schema`"),
        (json!({"messages": []}), "messages", "is not known here; leave it out"),
    ] {
        assert_eq!(with(&members).map(|_| ()), Err(NotUnderstood { field: place.into(), why: why.into() }));
    }
}

#[test]
fn an_answer_in_this_shape() {
    let head = Head { id: "1", model: "fast", created: 7, receipt: None };
    let call = ToolCall { id: "c".into(), name: "f".into(), arguments: String::new(), signature: Some("aB=".into()) };
    let answer = Answer {
        parts: vec![text("a"), text("b"), Part::Refusal("no".into()), Part::ToolCall(call)],
        finish: Finish::Length,
        usage: Usage { input: 100, output: 20, cached: 30, cache_written: 10, reasoning: 5 },
    };
    let written: Value = serde_json::from_slice(&write(&head, &answer)).unwrap();
    let output = json!([
        {"type": "message", "id": "msg_1_0", "status": "completed", "role": "assistant", "content": [
            {"type": "output_text", "text": "ab", "annotations": [], "logprobs": []}, {"type": "refusal", "refusal": "no"}]},
        {"type": "function_call", "id": "fc_1_1", "status": "incomplete", "call_id": "c--sig-aB_e", "name": "f", "arguments": "{}"},
    ]);
    assert_eq!(written["output"], output);
    assert_eq!((&written["id"], &written["object"], &written["created_at"]), (&json!("resp_1"), &json!("response"), &json!(7)));
    assert_eq!((&written["status"], &written["incomplete_details"]), (&json!("incomplete"), &json!({"reason": "max_output_tokens"})));
    let usage = json!({"input_tokens": 100, "input_tokens_details": {"cached_tokens": 30, "cache_write_tokens": 10}, "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 120});
    assert_eq!(written["usage"], usage);
    let done: Value = serde_json::from_slice(&write(&head, &Answer::default())).unwrap();
    assert_eq!((&done["status"], &done["incomplete_details"], &done["output"]), (&json!("completed"), &Value::Null, &json!([])));
}
