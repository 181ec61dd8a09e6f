//! What clients of chat completions rely on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::NotUnderstood;
use super::*;
use crate::exchange::*;

fn user(parts: Vec<Part>) -> Message {
    Message { role: Role::User, parts }
}

fn text(text: &str) -> Part {
    Part::Text(text.to_owned())
}

fn read_json(body: &Value) -> Result<Request, NotUnderstood> {
    read(body.to_string().as_bytes())
}

/// A request with these members beside a model and a message.
fn with(members: &Value) -> Result<Request, NotUnderstood> {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    read_json(&body)
}

/// The messages of a request with these.
fn messages(messages: &Value) -> Result<Vec<Message>, NotUnderstood> {
    read_json(&json!({"model": "m", "messages": messages})).map(|request| request.messages)
}

fn said<T: std::fmt::Debug>(result: Result<T, NotUnderstood>) -> String {
    let NotUnderstood { field, why } = result.unwrap_err();
    format!("{field} {why}")
}

#[test]
fn the_fields_of_a_request() {
    let request = with(&json!({
        "max_tokens": 10, "max_completion_tokens": 5, "temperature": 0, "top_p": 0.5, "presence_penalty": -2, "frequency_penalty": 1.5, "seed": -7,
        "stop": "END", "reasoning_effort": "low", "stream": true, "stream_options": {"include_usage": true, "include_obfuscation": false},
        "parallel_tool_calls": false, "user": "u", "metadata": {"schema": "s", "b": "c"}, "verbosity": "low", "top_k": 3,
    }))
    .unwrap();
    assert_eq!((request.model.as_str(), request.max_output, request.effort), ("m", Some(5), Some(Effort::Low)));
    let sampling = Sampling {
        temperature: Some(0.0),
        top_p: Some(0.5),
        top_k: Some(3),
        presence_penalty: Some(-2.0),
        frequency_penalty: Some(1.5),
        seed: Some(-7),
    };
    assert_eq!(request.sampling, sampling);
    assert_eq!((request.stop, request.parallel_tools, request.user), (vec!["END".to_owned()], Some(false), Some("u".to_owned())));
    assert!(request.stream && request.stream_usage);
    assert_eq!(request.metadata, BTreeMap::from([("schema".to_owned(), "s".to_owned()), ("b".to_owned(), "c".to_owned())]));
    assert_eq!(with(&json!({"stop": ["a", "b"]})).unwrap().stop, ["a", "b"]);
}

#[test]
fn fields_that_ask_for_nothing_are_accepted() {
    let request = with(&json!({
        "n": 1, "store": false, "service_tier": "auto", "logprobs": false, "top_logprobs": 0, "logit_bias": {}, "modalities": ["text"], "audio": null,
        "prediction": null, "prompt_cache_key": "k", "safety_identifier": "s", "tools": [], "stop": null, "response_format": {"type": "text"}, "functions": [],
        "temperature": null, "web_search_options": null, "stream_options": null, "metadata": null, "tool_choice": "auto",
    }));
    let request = request.unwrap();
    assert_eq!((request.messages, request.tool_choice), (vec![user(vec![text("hi")])], Some(ToolChoice::Auto)));
    assert!(!request.stream && request.tools.is_empty() && request.stop.is_empty());
}

#[test]
fn hints_that_no_target_is_told_are_named() {
    let named = json!([
        {"role": "system", "name": "a", "content": "s"}, {"role": "user", "name": "b", "content": "hi"}, {"role": "assistant", "name": "c", "content": "ho"},
    ]);
    assert_eq!(with(&json!({"verbosity": "low", "messages": named})).unwrap().hints, ["verbosity", "name"]);
    let nothing = json!({"verbosity": null, "prompt_cache_key": "k", "messages": [{"role": "user", "name": "", "content": "hi"}]});
    assert_eq!(with(&nothing).unwrap().hints, [""; 0]);
    let of_a_tool = json!({"messages": [{"role": "tool", "name": "f", "tool_call_id": "c", "content": "r"}]});
    assert_eq!(with(&of_a_tool).unwrap().hints, [""; 0], "every target is told which tool returned it");
    assert_eq!(said(with(&json!({"messages": [{"role": "user", "name": 1, "content": "hi"}]}))), "messages[0].name must be text");
}

#[test]
fn a_conversation_with_tools() {
    let messages = messages(&json!([
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": [
            {"type": "text", "text": "look"},
            {"type": "image_url", "image_url": {"url": "https://a.example/b.png", "detail": "low"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"}},
        ]},
        {"role": "assistant", "content": "", "refusal": null, "annotations": [], "audio": null, "function_call": null, "tool_calls": [
            {"id": "c1--sig-aB_e", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}},
            {"id": "c2", "type": "function", "index": 1, "function": {"name": "g", "arguments": "", "parsed_arguments": {}}},
        ], "parsed": {"a": 1}},
        {"role": "tool", "tool_call_id": "c1--sig-aB_e", "content": "1"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "2"}]},
        {"role": "user", "content": "go on"},
        {"role": "assistant", "content": "no", "refusal": "I will not"},
    ]))
    .unwrap();
    let call = |id: &str, name: &str, arguments: &str, signature: Option<&str>| {
        Part::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature: signature.map(str::to_owned) })
    };
    let result = |id: &str, name: &str, said: &str| {
        Part::ToolResult(ToolResult { id: id.into(), name: Some(name.into()), parts: vec![text(said)], is_error: false })
    };
    let expected = [
        Message { role: Role::System, parts: vec![text("be brief")] },
        user(vec![
            text("look"),
            Part::Image(Image::Url { url: "https://a.example/b.png".into(), detail: Some("low".into()) }),
            Part::Image(Image::Data { media_type: "image/png".into(), data: "aGk=".into(), detail: None }),
            Part::File(File { media_type: "application/pdf".into(), data: "aGk=".into(), name: Some("a.pdf".into()) }),
        ]),
        Message { role: Role::Assistant, parts: vec![call("c1", "f", "{\"a\":1}", Some("aB=")), call("c2", "g", "", None)] },
        user(vec![result("c1", "f", "1"), result("c2", "g", "2")]),
        user(vec![text("go on")]),
        Message { role: Role::Assistant, parts: vec![text("no"), Part::Refusal("I will not".into())] },
    ];
    assert_eq!(messages, expected);
}

#[test]
fn tools_and_schemas_are_kept_as_written() {
    let body = br#"{"model":"m","messages":[{"role":"user","content":"hi"}],
        "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"z":1, "a":2},"strict":true}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type": "object"},"strict":false}}}"#;
    let request = read(body).unwrap();
    let tool = &request.tools[0];
    assert_eq!((tool.name.as_str(), tool.description.as_deref(), tool.strict), ("f", Some("d"), Some(true)));
    assert_eq!(tool.parameters.as_ref().unwrap().get(), r#"{"z":1, "a":2}"#);
    assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
    let Output::JsonSchema(schema) = &request.output else { panic!("{:?}", request.output) };
    assert_eq!((schema.name.as_str(), schema.schema.get(), schema.strict), ("n", r#"{"type": "object"}"#, Some(false)));
    assert!(matches!(with(&json!({"response_format": {"type": "json_object"}})).unwrap().output, Output::JsonObject));
    assert_eq!(with(&json!({"tool_choice": "required"})).unwrap().tool_choice, Some(ToolChoice::Required));
    assert_eq!(with(&json!({"tool_choice": "none"})).unwrap().tool_choice, Some(ToolChoice::None));
}

#[test]
fn what_is_not_passed_on_is_refused_by_name() {
    for (members, words) in [
        (json!({"n": 2}), "n is not passed on: there is one answer per request; send several requests instead"),
        (json!({"store": true}), "store is not passed on: nothing is stored between requests; send the whole conversation instead"),
        (json!({"web_search_options": {}}), "web_search_options is not passed on: the plan allows no provider-side tools; leave it out"),
        (json!({"service_tier": "flex"}), "service_tier is not passed on: the plan decides how providers are called; leave it out"),
        (json!({"logprobs": true}), "logprobs is not passed on: the odds of tokens are not supported; leave it out"),
        (json!({"logit_bias": {"1": 2}}), "logit_bias is not passed on: changing the odds of tokens is not supported; leave it out"),
        (json!({"modalities": ["text", "audio"]}), "modalities is not passed on: answers are text; ask for `text` alone or leave it out"),
        (json!({"audio": {}}), "audio is not passed on: sound is not supported; leave it out"),
        (json!({"prediction": {}}), "prediction is not passed on: foretold answers are not supported; leave it out"),
        (json!({"functions": [{}]}), "functions is not passed on: it is deprecated; use `tools` instead"),
        (json!({"wished_for": 1}), "wished_for is not known here; leave it out"),
        (json!({"sk-live-123": 1}), " has a field that is not known here; leave it out"),
        (json!({"tools": [{"type": "web_search"}]}), "tools[0] is not passed on: the plan allows no provider-side tools; leave it out"),
        (
            json!({"tools": [{"type": "function", "function": {"name": "f", "x": 1}}]}),
            "tools[0].function.x is not known here; leave it out",
        ),
        (
            json!({"tools": [{"type": "function", "function": {"name": "f", "parameters": 1}}]}),
            "tools[0].function.parameters must be an object",
        ),
        (
            json!({"tool_choice": {"type": "allowed_tools"}}),
            "tool_choice is not passed on: a choice among some of the tools is not supported; list only those in `tools`",
        ),
        (
            json!({"tool_choice": {"type": "web_search"}}),
            "tool_choice is not passed on: the plan allows no provider-side tools; leave it out",
        ),
        (
            json!({"tool_choice": {"type": "function", "function": {"name": "f", "a": 1}}}),
            "tool_choice.function.a is not known here; leave it out",
        ),
        (json!({"tool_choice": "sometimes"}), "tool_choice must be `auto`, `none`, `required` or the name of a function"),
        (json!({"response_format": {"type": "xml"}}), "response_format.type must be `text`, `json_object` or `json_schema`"),
        (
            json!({"response_format": {"type": "json_schema", "json_schema": {"name": "n"}}}),
            "response_format.json_schema.schema is missing",
        ),
        (json!({"reasoning_effort": "secret"}), "reasoning_effort must be `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`"),
        (json!({"verbosity": "secret"}), "verbosity must be `low`, `medium` or `high`"),
        (json!({"temperature": 3}), "temperature must be a number from 0 to 2"),
        (json!({"temperature": "secret"}), "temperature must be a number from 0 to 2"),
        (json!({"max_tokens": 0}), "max_tokens must be a whole number above 0"),
        (json!({"seed": 1.5}), "seed must be a whole number"),
        (json!({"stream": "yes"}), "stream must be true or false"),
        (json!({"stop": ["a", 1]}), "stop[1] must be text"),
        (json!({"stop": ""}), "stop is empty"),
        (json!({"metadata": {"secret": 1}}), "metadata must hold only text"),
        (json!({"stream_options": {"x": 1}}), "stream_options.x is not known here; leave it out"),
        (json!({"model": ""}), "model is empty"),
        (json!({"model": null}), "model is missing"),
        (json!({"messages": []}), "messages is empty: there must be a message"),
    ] {
        assert_eq!(said(with(&members)), words);
    }
}

#[test]
fn wrong_messages_are_named_with_their_place() {
    let part = |part: Value| json!([{"role": "user", "content": "hi"}, {"role": "user", "content": [part]}]);
    for (list, words) in [
        (json!([{"role": "function", "name": "f", "content": "x"}]), "messages[0].role is deprecated; use `tool` instead"),
        (json!([{"role": "secret"}]), "messages[0].role must be `system`, `developer`, `user`, `assistant` or `tool`"),
        (json!([{"content": "x"}]), "messages[0].role is missing"),
        (json!([{"role": "user"}]), "messages[0].content is missing"),
        (json!([{"role": "user", "content": []}]), "messages[0].content is empty"),
        (json!([{"role": "user", "content": 1}]), "messages[0].content must be text or a list of parts"),
        (
            json!([{"role": "assistant", "tool_calls": [{"id": "c", "type": "custom"}]}]),
            "messages[0].tool_calls[0].type must be `function`: the plan allows no other tools",
        ),
        (json!([{"role": "assistant", "tool_calls": [{"type": "function"}]}]), "messages[0].tool_calls[0].id is missing"),
        (json!([{"role": "tool", "content": "x"}]), "messages[0].tool_call_id is missing"),
        (json!([{"role": "system", "content": [{"type": "image_url"}]}]), "messages[0].content[0].type must be `text` in this message"),
        (part(json!({"type": "secret"})), "messages[1].content[0].type must be `text`, `image_url` or `file` in this message"),
        (part(json!({"type": "input_audio"})), "messages[1].content[0] is not passed on: sound is not supported; leave it out"),
        (part(json!({"type": "text"})), "messages[1].content[0].text is missing"),
        (part(json!({"type": "text", "text": "x", "image_url": {}})), "messages[1].content[0].image_url is not known here; leave it out"),
        (
            part(json!({"type": "file", "file": {"file_id": "secret"}})),
            "messages[1].content[0].file.file_id is not passed on: files stored at a provider cannot be named here; send the data instead",
        ),
        (
            part(json!({"type": "image_url", "image_url": {"url": "secret"}})),
            "messages[1].content[0].image_url.url must be an address with https, or a data URL with base64",
        ),
    ] {
        assert_eq!(said(messages(&list)), words);
    }
    assert_eq!(
        said(read(br#"{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}"#)),
        "messages[0].content is there twice; leave one of them out"
    );
    assert_eq!(
        said(read(br#"{"model":"m","messages":[{"role":"user","content":"a"}],"store":null,"store":null}"#)),
        "store is there twice; leave one of them out"
    );
    assert_eq!(said(read(b"[]")), " must be an object");
}

#[test]
fn an_answer_in_this_shape() {
    let head = super::super::Head { id: "1", model: "fast", created: 7, receipt: None };
    let call = ToolCall { id: "c".into(), name: "f".into(), arguments: String::new(), signature: Some("aB=".into()) };
    let thought = Thinking { text: "hm".into(), signature: None, sealed: None, target: None };
    let answer = Answer {
        parts: vec![Part::Thinking(thought), text("a"), text("b"), Part::ToolCall(call)],
        finish: Finish::ToolCalls,
        usage: Usage { input: 100, output: 20, cached: 30, cache_written: 10, reasoning: 5 },
    };
    let tool_calls = json!([{"id": "c--sig-aB_e", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let message = json!({"role": "assistant", "content": "ab", "refusal": null, "annotations": [], "tool_calls": tool_calls});
    let expected = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 7, "model": "fast",
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
            "prompt_tokens_details": {"cached_tokens": 30, "cache_write_tokens": 10}, "completion_tokens_details": {"reasoning_tokens": 5}},
    });
    assert_eq!(serde_json::from_slice::<Value>(&write(&head, &answer)).unwrap(), expected);
    for (finish, reason) in [(Finish::Stop, "stop"), (Finish::Length, "length"), (Finish::ContentFilter, "content_filter")] {
        let written: Value = serde_json::from_slice(&write(&head, &Answer { finish, ..Answer::default() })).unwrap();
        assert_eq!((&written["choices"][0]["finish_reason"], &written["choices"][0]["message"]["content"]), (&json!(reason), &json!("")));
    }
}

/// Clients that did not ask for the usage get no chunk without choices, at which some fail.
#[test]
fn usage_is_streamed_only_where_it_is_asked_for() {
    let head = super::super::Head { id: "1", model: "fast", created: 7, receipt: None };
    let mut stream = Stream::new(&head, &Request::default());
    let mut out = Vec::new();
    stream.start(&mut out);
    stream.event(&Event::Text("a\n\nb".into()), &mut out);
    stream.event(&Event::Finish(Finish::Stop), &mut out);
    stream.event(&Event::Usage(Usage::default()), &mut out);
    stream.end(None, &mut out);
    let head = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"fast","choices":[{"index":0,"delta":"#;
    let expected = [
        format!(r#"{head}{{"role":"assistant","content":"","refusal":null}},"logprobs":null,"finish_reason":null}}]}}"#),
        format!(r#"{head}{{"content":"a\n\nb"}},"logprobs":null,"finish_reason":null}}]}}"#),
        format!(r#"{head}{{}},"logprobs":null,"finish_reason":"stop"}}]}}"#),
        "data: [DONE]".to_owned(),
    ];
    assert_eq!(String::from_utf8(out).unwrap(), expected.map(|event| event + "\n\n").concat());
}

#[test]
fn an_answer_without_a_word_comes_back_as_one() {
    let written = write(&super::super::Head { id: "a", model: "m", created: 1, receipt: None }, &Answer::default());
    let written: Value = serde_json::from_slice(&written).unwrap();
    let message = &written["choices"][0]["message"];
    assert_eq!(message["content"], "");
    for content in [json!(""), Value::Null] {
        let list = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": content}]);
        let request = read(json!({"model": "m", "messages": list}).to_string().as_bytes()).unwrap();
        assert_eq!(request.messages[1].parts, [Part::Text(String::new())]);
    }
}
