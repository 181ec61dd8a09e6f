//! What goes out to Gemini, and what is read of its answers.

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

const NAME: &str = "there/gemini-3.8-flash";

fn flash() -> With {
    With::gemini("gemini-3.8-flash")
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

fn call(id: &str, name: &str, arguments: &str, signature: Option<&str>) -> Part {
    let signature = signature.map(str::to_owned);
    Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned(), signature })
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

fn tool(strict: Option<bool>) -> Tool {
    let parameters = serde_json::from_str(r#"{"type":"object","properties":{"z":{},"a":{}}}"#).unwrap();
    Tool { name: "find".to_owned(), description: Some("Finds".to_owned()), parameters: Some(parameters), strict }
}

#[test]
fn the_least_request() {
    let outgoing = out(&flash(), &asking());
    assert_eq!((outgoing.wire, outgoing.path.as_str()), (Wire::GenerateContent, "/v1beta/models/gemini-3.8-flash:generateContent"));
    assert!(outgoing.headers.is_empty() && outgoing.dropped.is_empty());
    let expected = json!({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]});
    assert_eq!(serde_json::from_slice::<Value>(&outgoing.body).unwrap(), expected);
}

#[test]
fn the_path_has_the_version_and_the_method() {
    let path = |with: &With, stream| out(with, &Request { stream, ..asking() }).path;
    assert_eq!(path(&flash(), true), "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    let mut with = With::gemini("a/b c?");
    with.provider.api_version = Some("v1".into());
    assert_eq!(path(&with, false), "/v1/models/a%2Fb%20c%3F:generateContent");
    assert_eq!(
        crate::providers::join("https://example.com/v1beta/", &path(&with, false)),
        "https://example.com/v1beta/models/a%2Fb%20c%3F:generateContent"
    );
}

#[test]
fn the_system_speaks_in_front_and_turns_of_one_role_are_one() {
    let request = saying(vec![
        says(Role::System, vec![text("Be kind")]),
        says(Role::User, vec![text("One")]),
        says(Role::System, vec![text("Be short")]),
        says(Role::User, vec![text("Two"), text("")]),
        says(Role::Assistant, vec![text("")]),
        says(Role::Assistant, vec![Part::Refusal("No".to_owned())]),
    ]);
    let body = body(&flash(), &request);
    assert_eq!(body["systemInstruction"], json!({"parts": [{"text": "Be kind"}, {"text": "Be short"}]}));
    let expected = json!([
        {"role": "user", "parts": [{"text": "One"}, {"text": "Two"}]},
        {"role": "model", "parts": [{"text": "No"}]},
    ]);
    assert_eq!(body["contents"], expected);
}

#[test]
fn results_are_told_to_be_of_their_calls() {
    let picture = Part::Image(Image::Data { media_type: "image/png".to_owned(), data: "AAAA".to_owned(), detail: None });
    let request = saying(vec![
        says(Role::Assistant, vec![call("call_0", "find", "", Some("s1"))]),
        says(Role::User, vec![result("call_0", vec![text("one"), text("two")], false)]),
        // A client may name its calls from the start again.
        says(Role::Assistant, vec![text("So"), call("call_0", "look", "{\"z\": 1, \"a\": 2}", None), call("call_1", "find", "{}", None)]),
        says(
            Role::User,
            vec![text("And"), result("call_1", vec![text("broken")], true), result("call_0", vec![text("seen"), picture], false)],
        ),
    ]);
    let outgoing = out(&flash(), &request);
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    let expected = json!([
        {"role": "model", "parts": [{"functionCall": {"id": "call_0", "name": "find", "args": {}}, "thoughtSignature": "s1"}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "call_0", "name": "find", "response": {"result": "one\ntwo"}}}]},
        {"role": "model", "parts": [
            {"text": "So"},
            {"functionCall": {"id": "call_0", "name": "look", "args": {"z": 1, "a": 2}}, "thoughtSignature": "skip_thought_signature_validator"},
            {"functionCall": {"id": "call_1", "name": "find", "args": {}}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"id": "call_0", "name": "look", "response": {"result": "seen"}}},
            {"functionResponse": {"id": "call_1", "name": "find", "response": {"error": "broken"}}},
            {"text": "And"},
            {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        ]},
    ]);
    assert_eq!(body["contents"], expected);
    assert!(String::from_utf8(outgoing.body).unwrap().contains(r#""args":{"z": 1, "a": 2}"#), "the order of arguments is kept");
}

#[test]
fn models_that_ask_for_no_signature_get_none_made_up() {
    let request = saying(vec![says(Role::Assistant, vec![call("a", "find", "{}", None)])]);
    let signature = |id| body(&With::gemini(id), &request)["contents"][0]["parts"][0]["thoughtSignature"].clone();
    assert_eq!(signature("gemini-2.5-flash"), Value::Null);
    assert_eq!(signature("gemma-4-31b-it"), Value::Null);
    assert_eq!(signature("gemini-flash-latest"), "skip_thought_signature_validator");
}

#[test]
fn pictures_and_documents() {
    let image = |url: &str| Part::Image(Image::Url { url: url.to_owned(), detail: None });
    let file = File { media_type: "application/pdf".to_owned(), data: "AAAA".to_owned(), name: Some("a.pdf".to_owned()) };
    let request = saying(vec![says(Role::User, vec![image("https://a.b/c.PNG?d=e.f"), image("https://a.b/c"), Part::File(file)])]);
    let expected = json!([
        {"fileData": {"fileUri": "https://a.b/c.PNG?d=e.f", "mimeType": "image/png"}},
        {"fileData": {"fileUri": "https://a.b/c", "mimeType": "image/jpeg"}},
        {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}},
    ]);
    assert_eq!(body(&flash(), &request)["contents"][0]["parts"], expected);
}

#[test]
fn thoughts_go_back_to_whom_they_came_from() {
    let thought = |target: &str| {
        let (signature, target) = (Some("s".to_owned()), Some(target.to_owned()));
        Part::Thinking(Thinking { text: "hm".to_owned(), signature, sealed: None, target })
    };
    let request = saying(vec![says(Role::Assistant, vec![thought(NAME), thought("there/another"), text("so")])]);
    let expected = json!([{"text": "hm", "thought": true, "thoughtSignature": "s"}, {"text": "so"}]);
    assert_eq!(body(&flash(), &request)["contents"][0]["parts"], expected);
}

#[test]
fn tools_keep_the_order_of_their_schemas() {
    let bare = Tool { name: "now".to_owned(), description: None, parameters: None, strict: None };
    let outgoing = out(&flash(), &Request { tools: vec![tool(None), bare], ..asking() });
    let text = String::from_utf8(outgoing.body).unwrap();
    let expected = concat!(
        r#""tools":[{"functionDeclarations":[{"name":"find","description":"Finds","#,
        r#""parametersJsonSchema":{"type":"object","properties":{"z":{},"a":{}}}},{"name":"now"}]}]"#,
    );
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("toolConfig"), "{text}");
}

#[test]
fn the_choice_of_tools() {
    let choice = |tool_choice: Option<ToolChoice>, strict: Option<bool>| {
        body(&flash(), &Request { tools: vec![tool(strict)], tool_choice, ..asking() })["toolConfig"]["functionCallingConfig"].clone()
    };
    assert_eq!(choice(None, Some(false)), Value::Null);
    assert_eq!(choice(None, Some(true)), json!({"mode": "VALIDATED"}));
    assert_eq!(choice(Some(ToolChoice::Auto), None), json!({"mode": "AUTO"}));
    assert_eq!(choice(Some(ToolChoice::Auto), Some(true)), json!({"mode": "VALIDATED"}));
    assert_eq!(choice(Some(ToolChoice::None), Some(true)), json!({"mode": "NONE"}));
    assert_eq!(choice(Some(ToolChoice::Required), None), json!({"mode": "ANY"}));
    assert_eq!(choice(Some(ToolChoice::Named("find".to_owned())), None), json!({"mode": "ANY", "allowedFunctionNames": ["find"]}));
    let no_tools = Request { tool_choice: Some(ToolChoice::Auto), ..asking() };
    assert_eq!(body(&flash(), &no_tools)["toolConfig"], Value::Null);
}

#[test]
fn how_the_answer_is_made() {
    let mut request = Request { user: Some("u".to_owned()), parallel_tools: Some(true), stop: vec!["END".to_owned()], ..asking() };
    request.sampling.temperature = Some(1.5);
    request.sampling.top_p = Some(0.5);
    request.sampling.top_k = Some(5);
    request.sampling.seed = Some(1);
    request.sampling.presence_penalty = Some(0.25);
    request.sampling.frequency_penalty = Some(0.75);
    request.metadata.insert("a".to_owned(), "b".to_owned());
    let outgoing = flash().target(|target| encode(target, &request, Some(100)));
    let expected = json!({"temperature": 1.5, "topP": 0.5, "topK": 5, "seed": 1, "presencePenalty": 0.25, "frequencyPenalty": 0.75,
        "maxOutputTokens": 100, "stopSequences": ["END"]});
    assert_eq!(serde_json::from_slice::<Value>(&outgoing.body).unwrap()["generationConfig"], expected);
    assert_eq!(outgoing.dropped, ["user", "metadata", "parallel_tool_calls"]);

    request.sampling.seed = Some(1 << 40);
    let outgoing = out(&flash().traps(&["sampling_ignored"]), &request);
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    assert_eq!(body["generationConfig"], json!({"stopSequences": ["END"]}));
    let hints = ["temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty"];
    assert!(hints.iter().all(|name| outgoing.dropped.contains(name)), "{:?}", outgoing.dropped);
}

#[test]
fn effort_in_the_words_of_the_api() {
    let level = |id, effort| {
        let outgoing = out(&With::gemini(id), &Request { effort: Some(effort), ..asking() });
        let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
        (body["generationConfig"]["thinkingConfig"]["thinkingLevel"].clone(), outgoing.dropped)
    };
    for (effort, flash, pro) in [
        (Effort::None, "minimal", "low"),
        (Effort::Minimal, "minimal", "low"),
        (Effort::Low, "low", "low"),
        (Effort::Medium, "medium", "medium"),
        (Effort::High, "high", "high"),
        (Effort::Xhigh, "high", "high"),
        (Effort::Max, "high", "high"),
    ] {
        let more_than_asked = |level: &str| {
            let named = effort == Effort::None || effort == Effort::Minimal && level == "low";
            if named { vec!["reasoning_effort"] } else { vec![] }
        };
        assert_eq!(level("gemini-3.8-flash", effort), (json!(flash), more_than_asked(flash)));
        assert_eq!(level("gemini-3.1-pro-preview", effort), (json!(pro), more_than_asked(pro)));
        assert_eq!(level("gemini-2.5-pro", effort), (Value::Null, vec!["reasoning_effort"]));
    }
}

#[test]
fn a_model_under_another_name_is_judged_by_what_it_is() {
    let request = Request { effort: Some(Effort::Minimal), ..saying(vec![says(Role::Assistant, vec![call("a", "find", "{}", None)])]) };
    let judged = |base: &'static str| {
        let mut with = With::gemini("of-our-own");
        with.model.base = Some(base.into());
        let body = body(&with, &request);
        let signature = body["contents"][0]["parts"][0]["thoughtSignature"].is_string();
        (body["generationConfig"]["thinkingConfig"]["thinkingLevel"].as_str().map(str::to_owned), signature)
    };
    assert_eq!(judged("google/gemini-3.8-flash"), (Some("minimal".to_owned()), true));
    assert_eq!(judged("google/gemini-2.5-flash"), (None, false));
}

#[test]
fn answers_keep_to_a_schema_or_are_json() {
    let object = Request { output: Output::JsonObject, ..asking() };
    assert_eq!(body(&flash(), &object)["generationConfig"], json!({"responseMimeType": "application/json"}));
    let raw = serde_json::from_str(r#"{"type":"object","b":1,"a":2}"#).unwrap();
    let schema = Schema { name: "answer".to_owned(), description: None, schema: raw, strict: None };
    let text = String::from_utf8(out(&flash(), &Request { output: Output::JsonSchema(schema), ..asking() }).body).unwrap();
    let expected = r#""generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","b":1,"a":2}}"#;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_cannot_be_said_is_named() {
    let field = |request: &Request| why_not(request).map(|why| why.field);
    let stops = |count| Request { stop: vec!["a".to_owned(); count], ..asking() };
    assert_eq!((field(&stops(5)), field(&stops(6))), (None, Some("stop")));
    let one_by_one = Request { parallel_tools: Some(false), ..asking() };
    assert_eq!(field(&one_by_one), None);
    assert_eq!(field(&Request { tools: vec![tool(None)], ..one_by_one }), Some("parallel_tool_calls"));

    let part = |role, part| field(&saying(vec![says(role, vec![part])]));
    let image = || Part::Image(Image::Url { url: String::new(), detail: None });
    assert_eq!((part(Role::User, image()), part(Role::Assistant, image())), (None, Some("messages")));
    for arguments in ["{\"a\":", "[1]", "1"] {
        assert_eq!(part(Role::Assistant, call("a", "find", arguments, None)), Some("messages"), "{arguments}");
    }
    assert_eq!(part(Role::Assistant, call("a", "find", " ", None)), None);
    assert_eq!(part(Role::User, result("a", vec![], false)), Some("messages"));
    let both = |call_id: &str| {
        let calls = says(Role::Assistant, vec![call(call_id, "find", "{}", None)]);
        field(&saying(vec![calls, says(Role::User, vec![result("a", vec![], false)])]))
    };
    assert_eq!((both("a"), both("b")), (None, Some("messages")));
}

/// The pieces of an answer with all that is read.
fn pieces() -> Vec<Value> {
    let piece =
        |parts: Value| json!({"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0}], "responseId": "aB-_12345"});
    let mut last = piece(json!([{"functionCall": {"name": "now"}}, {"text": ""}]));
    last["candidates"][0]["finishReason"] = json!("STOP");
    last["usageMetadata"] =
        json!({"promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 20, "thoughtsTokenCount": 30});
    let mut first = piece(json!([{"text": "Let me", "thought": true}]));
    first["usageMetadata"] = json!({"promptTokenCount": 100});
    vec![
        first,
        piece(json!([{"text": " see", "thought": true, "thoughtSignature": "dA=="}])),
        piece(json!([{"text": "I look"}])),
        piece(json!([{"text": " it up ä.", "thoughtSignature": "dQ=="}, {"executableCode": {"code": "1"}}])),
        piece(json!([{"functionCall": {"id": "fc-1", "name": "find", "args": {"a": "b", "z": [1]}}, "thoughtSignature": "cw=="}])),
        last,
    ]
}

fn frame(piece: &Value) -> String {
    format!("data: {piece}\r\n\r\n")
}

fn streamed() -> String {
    pieces().iter().map(frame).collect()
}

/// The same in one piece.
fn whole() -> Value {
    let pieces = pieces();
    let parts: Vec<Value> =
        pieces.iter().flat_map(|piece| piece["candidates"][0]["content"]["parts"].as_array().unwrap().clone()).collect();
    let mut whole = pieces.last().unwrap().clone();
    whole["candidates"][0]["content"]["parts"] = json!(parts);
    whole
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
    let thought =
        Thinking { text: "Let me see".to_owned(), signature: Some("dA==".to_owned()), sealed: None, target: Some(NAME.to_owned()) };
    let expected = Answer {
        parts: vec![
            Part::Thinking(thought),
            text("I look it up ä."),
            call("fc-1", "find", r#"{"a":"b","z":[1]}"#, Some("cw==")),
            call("call_aB12345_1", "now", "{}", None),
        ],
        finish: Finish::ToolCalls,
        usage: Usage { input: 100, output: 50, cached: 60, cache_written: 0, reasoning: 30 },
    };
    assert_eq!(decode(NAME, whole().to_string().as_bytes()), Ok(expected.clone()));
    assert_eq!(read(streamed().as_bytes()).map(|events| join(NAME, events)), Ok(expected));
}

#[test]
fn made_up_ids_are_the_same_for_the_same_answer_and_short() {
    let ids = |response_id: &str| {
        let call = json!({"functionCall": {"name": "now"}});
        let body = json!({"candidates": [{"content": {"parts": [call, call]}, "finishReason": "STOP"}], "responseId": response_id});
        let parts = decode(NAME, body.to_string().as_bytes()).unwrap().parts;
        parts.into_iter().map(|part| if let Part::ToolCall(call) = part { call.id } else { String::new() }).collect::<Vec<_>>()
    };
    assert_eq!(ids(""), ["call_0", "call_1"]);
    assert_eq!(ids("one"), ["call_one_0", "call_one_1"]);
    // OpenAI takes ids of at most 40 letters.
    assert!(ids(&"long".repeat(99)).iter().all(|id| id.len() <= 40));
}

fn ended(reason: &str, calls: bool) -> Result<Finish, Failed> {
    let parts = if calls { json!([{"functionCall": {"name": "now", "args": {}}}]) } else { json!([{"text": "a"}]) };
    let body = json!({"candidates": [{"content": {"parts": parts}, "finishReason": reason}]}).to_string();
    let answer = decode(NAME, body.as_bytes()).map(|answer| answer.finish);
    assert_eq!(answer, read(format!("data: {body}\n\n").as_bytes()).map(|events| join(NAME, events).finish), "{reason}");
    answer
}

#[test]
fn reasons_to_end() {
    assert_eq!((ended("STOP", false), ended("STOP", true)), (Ok(Finish::Stop), Ok(Finish::ToolCalls)));
    assert_eq!(ended("CONTINUATION", false), Ok(Finish::Stop));
    assert_eq!((ended("MAX_TOKENS", false), ended("MAX_TOKENS", true)), (Ok(Finish::Length), Ok(Finish::Length)));
    for reason in ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR"] {
        assert_eq!(class(ended(reason, false)), Some(Failure::ContentPolicy), "{reason}");
    }
    for reason in [
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
        "MALFORMED_RESPONSE",
        "LANGUAGE",
        "OTHER",
    ] {
        assert_eq!(class(ended(reason, false)), Some(Failure::ServerError), "{reason}");
    }
}

#[test]
fn a_blocked_prompt_is_refused_content() {
    let body = r#"{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}}"#;
    assert_eq!(class(decode(NAME, body.as_bytes())), Some(Failure::ContentPolicy));
    assert_eq!(class(read(format!("data: {body}\n\n").as_bytes())), Some(Failure::ContentPolicy));
    let safe = r#"{"promptFeedback": {"safetyRatings": []}, "candidates": [{"finishReason": "STOP"}]}"#;
    assert_eq!(decode(NAME, safe.as_bytes()).map(|answer| answer.finish), Ok(Finish::Stop));
}

#[test]
fn what_is_no_answer_breaks_the_protocol() {
    for body in [
        "",
        "{}",
        "[]",
        "<html>",
        r#"{"candidates": []}"#,
        r#"{"candidates": [{"content": {"parts": [{"text": "a"}]}}]}"#,
        r#"{"candidates": [{"content": {"parts": [{"functionCall": {"args": {}}}]}, "finishReason": "STOP"}]}"#,
        r#"{"candidates": [{"content": {"parts": [{"functionCall": {"name": "a", "args": []}}]}, "finishReason": "STOP"}]}"#,
    ] {
        assert_eq!(class(decode(NAME, body.as_bytes())), Some(Failure::ServerError), "{body}");
    }
}

#[test]
fn an_error_in_the_stream_has_its_class() {
    let error = json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}});
    let head = format!("data: {}\n\n", pieces()[0]);
    for error in
        [serde_json::to_string_pretty(&error).unwrap(), error.to_string(), json!([error]).to_string(), format!("data: {error}\n\n")]
    {
        assert_eq!(class(read(format!("{head}{error}").as_bytes())), Some(Failure::Overloaded), "{error}");
    }
}

#[test]
fn a_cut_stream_is_an_error_wherever_it_is_cut() {
    let stream = streamed();
    // The last piece is whole without the empty line behind it.
    for end in 0..stream.trim_end().len() {
        assert_eq!(class(read(&stream.as_bytes()[..end])), Some(Failure::ServerError), "{end}");
    }
    assert!(read(stream.trim_end().as_bytes()).is_ok());
}

#[test]
fn a_cut_answer_is_an_error_wherever_it_is_cut() {
    let body = whole().to_string();
    for end in 0..body.len() {
        assert_eq!(class(decode(NAME, &body.as_bytes()[..end])), Some(Failure::ServerError), "{end}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, at in 0_usize..1500, name in "[a-z_]{0,20}", data in "\\PC{0,60}") {
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
        let usage = json!({"candidatesTokenCount": count});
        let piece = |word: &str| json!({"candidates": [{"content": {"parts": [{"text": word}]}}]});
        let mut last = piece("");
        last["candidates"][0]["finishReason"] = json!("STOP");
        last["usageMetadata"] = usage;
        let mut whole = last.clone();
        whole["candidates"][0]["content"]["parts"][0]["text"] = json!(words.concat());
        let stream: String = words.iter().map(|word| piece(word)).chain([last]).map(|piece| frame(&piece)).collect();
        prop_assert_eq!(read(stream.as_bytes()).map(|events| join(NAME, events)), decode(NAME, whole.to_string().as_bytes()));
    }
}
