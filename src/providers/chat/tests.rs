//! What goes out to a chat completion endpoint, and what comes back.

use serde_json::{Value, from_str, json as value};

use super::{Stream, decode, encode, unsendable};
use crate::exchange::{
    Answer, Effort, Event, File, Finish, Image, Message, Output, Part, Request, Role, Sampling, Schema, Thinking, Tool, ToolCall,
    ToolChoice, ToolResult, Usage,
};
use crate::failure::Failure;
use crate::plan::Upstreams;
use crate::providers::testing::{With, json, texts};
use crate::providers::{Decoder, Failed, Outgoing, Rules, Wire};

fn says(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.into())] }
}

fn hello() -> Request {
    Request { messages: vec![says(Role::System, "be brief"), says(Role::User, "hello")], ..Request::default() }
}

fn sent(with: &With, request: &Request) -> (Value, Outgoing) {
    with.target(|target| {
        assert_eq!(unsendable(target, request), None);
        let out = encode(target, request, Some(100));
        (json(&out.body), out)
    })
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature: None }
}

fn tool(name: &str) -> Tool {
    let parameters = Some(from_str(r#"{"type":"object","properties":{"z":{},"a":{}}}"#).unwrap());
    Tool { name: name.into(), description: Some("looks".into()), parameters, strict: Some(true) }
}

#[test]
fn a_plain_request_says_what_was_asked_and_no_more() {
    let (body, out) = sent(&With::openai("gpt-4.1"), &hello());
    assert_eq!((out.wire, &*out.path, out.dropped.len()), (Wire::Chat(Rules::OpenAi), "/chat/completions", 0));
    let messages = value!([{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]);
    assert_eq!(body, value!({"model": "gpt-4.1", "messages": messages, "max_tokens": 100}));
}

#[test]
fn the_limit_is_spelt_as_the_model_takes_it() {
    let mut with = With::openai("gpt-5.2");
    with.model.output_limit = "max_completion_tokens".into();
    let (body, _) = sent(&with, &hello());
    assert_eq!((&body["max_completion_tokens"], body.get("max_tokens")), (&value!(100), None));
}

#[test]
fn a_stream_always_ends_with_its_usage() {
    let (body, _) = sent(&With::compatible("m"), &Request { stream: true, ..hello() });
    assert_eq!((&body["stream"], &body["stream_options"]), (&value!(true), &value!({"include_usage": true})));
}

#[test]
fn hints_go_where_they_are_taken_and_are_named_where_not() {
    let sampling = Sampling {
        temperature: Some(0.5),
        top_p: Some(0.9),
        top_k: Some(40),
        presence_penalty: Some(0.1),
        frequency_penalty: Some(0.2),
        seed: Some(7),
    };
    let metadata = [("team".to_owned(), "blue".to_owned())].into();
    let request = Request { sampling, effort: Some(Effort::Low), user: Some("u1".into()), metadata, ..hello() };
    let (body, out) = sent(&With::openrouter("x/y"), &request);
    assert_eq!(out.dropped, ["metadata"]);
    assert_eq!((&body["top_k"], &body["temperature"], &body["seed"]), (&value!(40), &value!(0.5), &value!(7)));
    assert_eq!((&body["presence_penalty"], &body["frequency_penalty"], &body["top_p"]), (&value!(0.1), &value!(0.2), &value!(0.9)));
    assert_eq!((&body["reasoning_effort"], &body["user"]), (&value!("low"), &value!("u1")));

    let (body, out) = sent(&With::openai("o3").traps(&["sampling_rejected"]), &request);
    assert_eq!(out.dropped, ["temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "metadata"]);
    assert_eq!((body.get("temperature"), &body["seed"], &body["user"]), (None, &value!(7), &value!("u1")));
}

#[test]
fn mistral_is_sent_nothing_that_it_does_not_know() {
    let sampling = Sampling { seed: Some(7), temperature: Some(0.5), ..Sampling::default() };
    let result = ToolResult { id: "toolu_01".into(), name: None, parts: vec![Part::Text("ok".into())], is_error: false };
    let messages = vec![
        Message { role: Role::Assistant, parts: vec![Part::ToolCall(call("toolu_01", "look", "{}"))] },
        Message { role: Role::User, parts: vec![Part::ToolResult(result)] },
    ];
    let request = Request { messages, sampling, user: Some("u1".into()), ..Request::default() };
    let (body, out) = sent(&With::compatible("m").vendor("mistral"), &request);
    assert_eq!((out.dropped, &body["temperature"]), (vec!["seed", "user"], &value!(0.5)));
    assert_eq!(body["messages"][0]["tool_calls"][0]["id"].as_str().unwrap().len(), 9);
    assert_eq!(body["messages"][0]["tool_calls"][0]["id"], body["messages"][1]["tool_call_id"]);
    let (body, _) = sent(&With::compatible("m").vendor("mistral"), &Request { stream: true, ..hello() });
    assert_eq!((&body["stream"], body.get("stream_options")), (&value!(true), None));
}

#[test]
fn sampling_goes_with_effort_none_where_it_goes_only_with_that() {
    let with = With::openai("gpt-5.2").traps(&["sampling_only_with_effort_none"]);
    let sampling = Sampling { temperature: Some(1.0), ..Sampling::default() };
    let request = |effort| Request { sampling: sampling.clone(), effort, ..hello() };
    assert_eq!(sent(&with, &request(None)).1.dropped, ["temperature"]);
    let (body, out) = sent(&with, &request(Some(Effort::None)));
    assert_eq!((&body["temperature"], &body["reasoning_effort"], out.dropped.len()), (&value!(1.0), &value!("none"), 0));
    let always = With::openai("gpt-6.1-sol").traps(&["sampling_only_with_effort_none", "thinking_always_on"]);
    assert_eq!(sent(&always, &request(Some(Effort::None))).1.dropped, ["temperature", "reasoning_effort"]);
}

#[test]
fn a_model_that_does_not_think_is_not_told_how_much() {
    let mut with = With::openai("gpt-4.1");
    with.model.base = Some("gpt-4.1".into());
    let request = Request { effort: Some(Effort::High), ..hello() };
    assert_eq!(sent(&with, &request).1.dropped, ["reasoning_effort"]);
    with.model.capabilities = texts(&["reasoning"]);
    assert_eq!(sent(&with, &request).0["reasoning_effort"], "high");
}

#[test]
fn tools_keep_the_order_of_their_schemas() {
    let request =
        Request { tools: vec![tool("look")], tool_choice: Some(ToolChoice::Named("look".into())), parallel_tools: Some(false), ..hello() };
    let (body, out) = sent(&With::openai("gpt-4.1"), &request);
    assert_eq!(body["tools"][0]["type"], "function");
    assert_eq!(body["tools"][0]["function"]["name"], "look");
    assert_eq!(body["tools"][0]["function"]["description"], "looks");
    assert_eq!(body["tools"][0]["function"]["strict"], true);
    assert_eq!(body["tool_choice"], value!({"type": "function", "function": {"name": "look"}}));
    assert_eq!(body["parallel_tool_calls"], false);
    assert!(String::from_utf8(out.body).unwrap().contains(r#""parameters":{"type":"object","properties":{"z":{},"a":{}}}"#));
    for (choice, word) in [(ToolChoice::Auto, "auto"), (ToolChoice::None, "none"), (ToolChoice::Required, "required")] {
        let request = Request { tool_choice: Some(choice), parallel_tools: Some(true), ..request.clone() };
        let (body, out) = sent(&With::openai("gpt-4.1"), &request);
        assert_eq!((&body["tool_choice"], body.get("parallel_tool_calls"), out.dropped.len()), (&value!(word), None, 0));
    }
}

#[test]
fn a_tools_turn_is_told_in_messages_of_its_own() {
    let result = ToolResult { id: "c1".into(), name: None, parts: vec![Part::Text("sunny".into())], is_error: false };
    let messages = vec![
        Message {
            role: Role::Assistant,
            parts: vec![Part::ToolCall(call("c1", "look", r#"{"at":"Rome"}"#)), Part::ToolCall(call("c2", "wait", ""))],
        },
        Message {
            role: Role::User,
            parts: vec![
                Part::Text("go on".into()),
                Part::ToolResult(result),
                Part::ToolResult(ToolResult { id: "c2".into(), name: None, parts: vec![], is_error: false }),
            ],
        },
    ];
    let (body, _) = sent(&With::compatible("m"), &Request { messages, ..Request::default() });
    let calls = value!([
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": r#"{"at":"Rome"}"#}},
        {"id": "c2", "type": "function", "function": {"name": "wait", "arguments": "{}"}},
    ]);
    let expected = value!([
        {"role": "assistant", "content": null, "tool_calls": calls},
        {"role": "tool", "content": "sunny", "tool_call_id": "c1"},
        {"role": "tool", "content": "", "tool_call_id": "c2"},
        {"role": "user", "content": "go on"},
    ]);
    assert_eq!(body["messages"], expected);
}

#[test]
fn pictures_and_documents_stand_beside_the_text() {
    let file = File { media_type: "application/pdf".into(), data: "UERG".into(), name: None };
    let here = Image::Data { media_type: "image/png".into(), data: "iVBO".into(), detail: None };
    let there = Image::Url { url: "https://example.com/a.png".into(), detail: Some("low".into()) };
    let parts = vec![Part::Text("what is it?".into()), Part::Image(here), Part::Image(there), Part::File(file)];
    let (body, _) = sent(&With::openai("gpt-4.1"), &Request { messages: vec![Message { role: Role::User, parts }], ..Request::default() });
    let expected = value!([
        {"type": "text", "text": "what is it?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        {"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,UERG"}},
    ]);
    assert_eq!(body["messages"][0]["content"], expected);
}

#[test]
fn a_picture_where_it_has_no_form_is_refused() {
    let image = || Part::Image(Image::Url { url: "https://example.com/a.png".into(), detail: None });
    let result = Part::ToolResult(ToolResult { id: "c1".into(), name: None, parts: vec![image()], is_error: false });
    for (role, part) in [(Role::User, result), (Role::System, image()), (Role::Assistant, image())] {
        let request = Request { messages: vec![Message { role, parts: vec![part] }], ..Request::default() };
        assert_eq!(With::openai("gpt-4.1").target(|target| unsendable(target, &request)).unwrap().field, "messages");
    }
}

#[test]
fn several_texts_are_one_where_a_server_may_not_read_a_list() {
    let parts = vec![Part::Text("be brief".into()), Part::Text("be kind".into())];
    let request = Request { messages: vec![Message { role: Role::System, parts }], ..Request::default() };
    assert_eq!(sent(&With::compatible("m"), &request).0["messages"][0]["content"], "be brief\n\nbe kind");
    assert_eq!(sent(&With::openai("m"), &request).0["messages"][0]["content"][1]["text"], "be kind");
}

#[test]
fn thoughts_go_back_to_the_one_that_thought_them() {
    let thought = |target: &str| {
        Part::Thinking(Thinking {
            text: format!("{target} thought"),
            signature: Some("s".into()),
            sealed: None,
            target: Some(target.into()),
        })
    };
    let parts = vec![thought("there/x"), thought("else/where"), Part::Text("so".into())];
    let request = Request { messages: vec![Message { role: Role::Assistant, parts }], ..Request::default() };
    let (body, _) = sent(&With::openrouter("x"), &request);
    assert_eq!(body["messages"][0], value!({"role": "assistant", "content": "so", "reasoning": "there/x thought"}));
    assert_eq!(sent(&With::openai("x"), &request).0["messages"][0], value!({"role": "assistant", "content": "so"}));
}

#[test]
fn a_turn_of_thoughts_alone_is_left_out_and_a_refusal_is_not() {
    let thought = Part::Thinking(Thinking { text: "hm".into(), signature: None, sealed: None, target: None });
    let silent = Message { role: Role::Assistant, parts: vec![thought] };
    let refusing = Message { role: Role::Assistant, parts: vec![Part::Refusal("no".into())] };
    let request = Request { messages: vec![silent, refusing], ..Request::default() };
    assert_eq!(sent(&With::openai("x"), &request).0["messages"], value!([{"role": "assistant", "content": null, "refusal": "no"}]));
    assert_eq!(sent(&With::compatible("x"), &request).0["messages"], value!([{"role": "assistant", "content": "no"}]));
}

#[test]
fn the_shape_of_the_answer_is_asked_for() {
    let schema = Schema { name: "answer".into(), description: None, schema: from_str(r#"{"z":1,"a":2}"#).unwrap(), strict: Some(true) };
    let (body, out) = sent(&With::openai("x"), &Request { output: Output::JsonSchema(schema), ..hello() });
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert_eq!(body["response_format"]["json_schema"]["name"], "answer");
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert!(String::from_utf8(out.body).unwrap().contains(r#""schema":{"z":1,"a":2}"#));
    let (body, _) = sent(&With::openai("x"), &Request { output: Output::JsonObject, ..hello() });
    assert_eq!(body["response_format"], value!({"type": "json_object"}));
}

#[test]
fn stop_texts_are_counted() {
    let stop = |count: usize| Request { stop: vec!["END".to_owned(); count], ..hello() };
    assert_eq!(sent(&With::openai("gpt-4.1"), &stop(4)).0["stop"], value!(["END", "END", "END", "END"]));
    assert_eq!(sent(&With::compatible("m"), &stop(6)).0["stop"].as_array().unwrap().len(), 6);
    for (with, count) in [(With::openai("gpt-4.1"), 5), (With::openai("o3"), 1), (With::openai("o4-mini-2025-04-16"), 1)] {
        assert_eq!(with.target(|target| unsendable(target, &stop(count))).unwrap().field, "stop");
    }
    assert_eq!(With::openai("o3-mini").target(|target| unsendable(target, &stop(1))), None);
}

#[test]
fn openrouter_is_held_to_the_policy() {
    let (body, _) = sent(&With::openrouter("x"), &hello());
    assert_eq!(body["provider"], value!({"allow_fallbacks": false, "require_parameters": true}));

    let mut with = With::openrouter("x");
    with.provider.upstreams = Some(Upstreams::Only(texts(&["google-vertex", "anthropic"])));
    with.provider.training = Some("never".into());
    let expected = value!({
        "allow_fallbacks": false, "require_parameters": true, "only": ["anthropic", "google-vertex"], "data_collection": "deny"
    });
    assert_eq!(sent(&with, &hello()).0["provider"], expected);

    with.provider.upstreams = Some(Upstreams::AnyExcept(texts(&["deepseek"])));
    (with.provider.training, with.provider.retention_ms) = (None, Some(0));
    let expected = value!({
        "allow_fallbacks": false, "require_parameters": true, "ignore": ["deepseek"], "data_collection": "deny", "zdr": true
    });
    assert_eq!(sent(&with, &hello()).0["provider"], expected);

    with.provider.upstreams = Some(Upstreams::AnyExcept(texts(&[])));
    with.provider.retention_ms = Some(1000);
    assert_eq!(sent(&with, &hello()).0["provider"], value!({"allow_fallbacks": false, "require_parameters": true}));
    assert_eq!(sent(&With::openai("x"), &hello()).0.get("provider"), None);
}

#[test]
fn azure_is_told_the_version_in_the_address() {
    let mut with = With::openai("gpt").vendor("azure");
    with.provider.api_version = Some("2024-10-21".into());
    assert_eq!(sent(&with, &hello()).1.path, "/chat/completions?api-version=2024-10-21");
}

#[test]
fn a_whole_answer_is_read() {
    let body = br#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",
        "content":"Hi \u00e9","refusal":null,"reasoning":"greet","annotations":[]},"logprobs":null,"finish_reason":"stop"}],
        "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2,
        "audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}}}"#;
    let thought = Thinking { text: "greet".into(), signature: None, sealed: None, target: Some("there/m".into()) };
    let usage = Usage { input: 10, output: 5, cached: 4, cache_written: 2, reasoning: 3 };
    let expected = Answer { parts: vec![Part::Thinking(thought), Part::Text("Hi é".into())], finish: Finish::Stop, usage };
    assert_eq!(decode("there/m", Rules::OpenAi, body), Ok(expected));
}

#[test]
fn tool_calls_are_read_whatever_a_server_leaves_out() {
    let body = br#"{"id":"cmpl-a_9","choices":[{"message":{"content":null,"tool_calls":[
        {"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": 1}"}},
        {"function":{"name":"look","arguments":{"at": 2}}}, {"id":"","function":{"name":"wait"}}]},"finish_reason":"stop"}]}"#;
    let answer = decode("t", Rules::OpenAi, body).unwrap();
    let expected = [call("c1", "look", r#"{"at": 1}"#), call("call_cmpla9_1", "look", r#"{"at": 2}"#), call("call_cmpla9_2", "wait", "")];
    assert_eq!(answer.parts, expected.map(Part::ToolCall));
    assert_eq!((answer.finish, answer.usage), (Finish::ToolCalls, Usage::default()));
}

#[test]
fn why_an_answer_ended_is_read() {
    let ended = |reason: &str| {
        let body = format!(r#"{{"choices":[{{"message":{{"content":"x"}},"finish_reason":{reason}}}]}}"#);
        decode("t", Rules::OpenAi, body.as_bytes()).map(|answer| answer.finish)
    };
    assert_eq!(ended(r#""length""#), Ok(Finish::Length));
    assert_eq!(ended(r#""model_length""#), Ok(Finish::Length));
    assert_eq!(ended(r#""content_filter""#), Ok(Finish::ContentFilter));
    assert_eq!(ended(r#""tool_calls""#), Ok(Finish::ToolCalls));
    assert_eq!(ended(r#""eos""#), Ok(Finish::Stop));
    for none in ["null", r#""""#] {
        assert_eq!(ended(none), Err(Failed::of(Failure::ServerError)), "an answer says why it ended");
    }
    assert_eq!(ended(r#""error""#), Err(Failed::of(Failure::ServerError)));
}

#[test]
fn a_refusal_is_an_answer_and_a_list_of_parts_is_text() {
    let body =
        br#"{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"},
        {"type":"text","text":"b"}],"refusal":"no"},"finish_reason":"stop"}]}"#;
    let thought = Thinking { text: "hm".into(), signature: None, sealed: None, target: Some("t".into()) };
    let expected = [Part::Thinking(thought), Part::Text("ab".into()), Part::Refusal("no".into())];
    assert_eq!(decode("t", Rules::OpenAi, body).unwrap().parts, expected);
}

#[test]
fn an_error_in_the_place_of_an_answer_has_its_class() {
    let body = br#"{"error":{"code":402,"message":"no credits","metadata":{"error_type":"payment_required","provider_name":"X"}}}"#;
    assert_eq!(decode("t", Rules::OpenAi, body), Err(Failed::of(Failure::Quota)));
    let body = br#"{"error":{"code":503,"message":"no provider"}}"#;
    assert_eq!(decode("t", Rules::OpenAi, body), Err(Failed::of(Failure::Overloaded)));
    for body in
        ["", "{}", "[]", "null", r#"{"choices":[]}"#, r#"{"choices":[{}]}"#, r#"{"choices":[{"message":{"tool_calls":[{"id":"1"}]}}]}"#]
    {
        assert_eq!(decode("t", Rules::OpenAi, body.as_bytes()), Err(Failed::of(Failure::ServerError)), "{body}");
    }
}

/// The events of a stream whose chunks are these, and how it ended.
fn streamed(chunks: &[&str]) -> (Vec<Event>, Result<(), Failed>) {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(Wire::Chat(Rules::OpenAi));
    for chunk in chunks {
        if let Err(failed) = decoder.push(format!("data: {chunk}\n\n").as_bytes(), &mut out) {
            return (out, Err(failed));
        }
    }
    let end = decoder.end(&mut out);
    (out, end)
}

const USED: &str = r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#;

const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

fn used() -> Event {
    Event::Usage(Usage { input: 3, output: 2, ..Usage::default() })
}

#[test]
fn a_stream_of_text_is_read() {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(Wire::Chat(Rules::OpenAi));
    let body = format!(
        ": OPENROUTER PROCESSING\n\n{}data: {USED}\n\ndata: [DONE]\n\n",
        concat!(
            r#"data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null,"obfuscation":"x"}"#,
            "\n\n",
            r#"data: {"id":"1","choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}],"usage":null}"#,
            "\n\n",
            r#"data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}"#,
            "\n\n",
            r#"data: {"id":"1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null},{"index":1,"delta":{"content":"other"}}]}"#,
            "\n\n",
            r#"data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":null}"#,
            "\n\n",
        )
    );
    for byte in body.bytes() {
        decoder.push(&[byte], &mut out).unwrap();
    }
    decoder.end(&mut out).unwrap();
    let expected =
        [Event::Thinking("hm".into()), Event::Text("Hel".into()), Event::Text("lo".into()), used(), Event::Finish(Finish::Length)];
    assert_eq!(out, expected);
}

fn piece(rest: &str) -> String {
    format!(r#"{{"id":"cc-7","choices":[{{"index":0,"delta":{{"tool_calls":[{rest}]}},"finish_reason":null}}]}}"#)
}

#[test]
fn tool_calls_that_come_one_after_the_other_are_not_held_back() {
    let mut stream = Stream::new(Rules::OpenAi);
    let mut out = Vec::new();
    let mut next = |rest: &str| {
        out.clear();
        stream.event("", &piece(rest), &mut out).unwrap();
        out.clone()
    };
    assert_eq!(next(r#"{"index":0,"id":"c1","function":{"name":"look","arguments":""}}"#), [Event::ToolCall(call("c1", "look", ""))]);
    assert_eq!(next(r#"{"index":0,"function":{"arguments":"{\"at\":\"}"}}"#), [Event::Arguments(r#"{"at":"}"#.into())]);
    assert_eq!(next(r#"{"index":0,"id":null,"function":{"arguments":"\"}"}}"#), [Event::Arguments("\"}".into())]);
    let begun = [Event::ToolCall(call("c2", "wait", "")), Event::Arguments("{".into())];
    assert_eq!(next(r#"{"index":1,"id":"c2","function":{"name":"wait","arguments":"{"}}"#), begun);
}

#[test]
fn tool_calls_that_come_mixed_are_sorted() {
    let chunks = [
        piece(r#"{"index":0,"id":"c1","function":{"name":"look","arguments":"{\"a\""}}"#),
        piece(r#"{"index":1,"id":"c2","function":{"name":"wait","arguments":"{\"b\""}}"#),
        piece(r#"{"index":1,"function":{"arguments":":2}"}},{"index":0,"function":{"arguments":":1}"}}"#),
        r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#.to_owned(),
        "[DONE]".to_owned(),
    ];
    let (events, end) = streamed(&chunks.each_ref().map(|chunk| &**chunk));
    let expected = [
        Event::ToolCall(call("c1", "look", "")),
        Event::Arguments("{\"a\"".into()),
        Event::Arguments(":1}".into()),
        Event::ToolCall(call("c2", "wait", "")),
        Event::Arguments("{\"b\":2}".into()),
        Event::Finish(Finish::ToolCalls),
    ];
    assert_eq!((&*events, end), (&expected[..], Ok(())));
}

#[test]
fn calls_are_told_apart_where_a_server_numbers_them_alike_or_gives_no_ids() {
    let whole = |rest: &str| piece(&format!(r#"{{{rest}"function":{{"name":"look","arguments":"{{}}"}}}}"#));
    let ids = |chunks: [String; 2]| {
        let (events, end) = streamed(&[&chunks[0], &chunks[1], STOP, "[DONE]"]);
        assert_eq!(end, Ok(()));
        assert_eq!(events.last(), Some(&Event::Finish(Finish::ToolCalls)));
        let id = |event| if let Event::ToolCall(call) = event { Some(call.id) } else { None };
        events.into_iter().filter_map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids([whole(r#""index":0,"id":"c1","#), whole(r#""index":0,"id":"c2","#)]), ["c1", "c2"]);
    assert_eq!(ids([whole(r#""index":0,"#), whole(r#""index":1,"id":"","#)]), ["call_cc7_0", "call_cc7_1"]);
    assert_eq!(ids([whole(""), whole("")]), ["call_cc7_0", "call_cc7_1"]);
}

#[test]
fn text_amid_a_tool_call_waits_for_its_end() {
    let chunks = [
        &piece(r#"{"index":0,"id":"c1","function":{"name":"look","arguments":"{"}}"#),
        r#"{"choices":[{"delta":{"content":"well"}}]}"#,
        &piece(r#"{"index":0,"function":{"arguments":"}"}}"#),
        STOP,
        "[DONE]",
    ];
    let (events, _) = streamed(&chunks);
    let expected = [
        Event::ToolCall(call("c1", "look", "")),
        Event::Arguments("{".into()),
        Event::Arguments("}".into()),
        Event::Text("well".into()),
        Event::Finish(Finish::ToolCalls),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_stream_that_is_cut_off_is_a_server_error() {
    let text = r#"{"choices":[{"delta":{"content":"Hel"}}]}"#;
    assert_eq!(streamed(&[text]), (vec![Event::Text("Hel".into())], Err(Failed::of(Failure::ServerError))));
    assert_eq!(streamed(&[]), (vec![], Err(Failed::of(Failure::ServerError))));
    assert_eq!(streamed(&["{nonsense"]).1, Err(Failed::of(Failure::ServerError)));
    assert_eq!(
        streamed(&[text, STOP]),
        (vec![Event::Text("Hel".into())], Err(Failed::of(Failure::ServerError))),
        "only the marker ends it"
    );
    let empty = r#"{"choices":[{"delta":{},"finish_reason":""}]}"#;
    for unexplained in [&["[DONE]"][..], &[USED, "[DONE]"], &[text, empty, "[DONE]"]] {
        assert_eq!(streamed(unexplained).1, Err(Failed::of(Failure::ServerError)), "{unexplained:?}");
    }
    assert_eq!(streamed(&[text, STOP, empty, USED, "[DONE]", text]).0.len(), 3, "nothing counts after the end");
}

#[test]
fn an_error_of_openrouter_is_judged_by_its_rules_wherever_it_comes() {
    for (error, class) in [
        (r#"{"error":{"code":404,"message":"No endpoints found matching your data policy (Zero data retention)"}}"#, Failure::Permission),
        (r#"{"error":{"code":504,"message":"Timed out"}}"#, Failure::Timeout),
        (r#"{"error":{"code":429,"message":"Request too large for the free tier"}}"#, Failure::RateLimit),
        (r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#, Failure::RateLimit),
    ] {
        assert_eq!(decode("t", Rules::OpenRouter, error.as_bytes()).unwrap_err().class, class, "{error}");
        let mut decoder = Decoder::new(Wire::Chat(Rules::OpenRouter));
        let streamed = decoder.push(format!("data: {error}\n\n").as_bytes(), &mut Vec::new());
        assert_eq!(streamed.unwrap_err().class, class, "{error}");
    }
    let policy = r#"{"error":{"code":404,"message":"No endpoints found matching your data policy"}}"#;
    assert_eq!(decode("t", Rules::OpenAi, policy.as_bytes()).unwrap_err().class, Failure::ModelNotFound);
    assert_eq!(sent(&With::openrouter("x"), &hello()).1.wire, Wire::Chat(Rules::OpenRouter));
}

#[test]
fn an_error_in_a_stream_has_its_class() {
    let routed = concat!(
        r#"{"id":"g","choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"code":429,"message":"slow","#,
        r#""metadata":{"error_type":"rate_limit_exceeded","provider_code":"x"}}}"#
    );
    for (chunk, class) in [
        (routed, Failure::RateLimit),
        (r#"{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}"#, Failure::ServerError),
        (r#"{"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota"}}"#, Failure::Quota),
        (r#"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#, Failure::ContextLength),
        (r#"{"error":{"message":"engine died","type":"InternalServerError","code":500}}"#, Failure::ServerError),
        (r#"{"error":{"message":"busy","type":"overloaded","code":503}}"#, Failure::Overloaded),
        (r#"{"error":"something broke"}"#, Failure::ServerError),
        (r#"{"object":"error","message":"slow down","type":"rate_limited","param":null,"code":"429"}"#, Failure::RateLimit),
        (
            r#"{"object":"error","message":"the prompt is too long","type":"BadRequestError","param":null,"code":400}"#,
            Failure::ContextLength,
        ),
        (r#"{"error":{"message":"odd","type":"rate_limit_error","code":1300}}"#, Failure::RateLimit),
        (r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#, Failure::ServerError),
    ] {
        let (_, end) = streamed(&[r#"{"choices":[{"delta":{"content":"Hel"}}]}"#, chunk, "[DONE]"]);
        assert_eq!(end.unwrap_err().class, class, "{chunk}");
    }
}
