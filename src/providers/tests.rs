//! What holds of every protocol, whatever is asked and whatever comes back.

use proptest::prelude::*;

use super::testing::{With, json};
use super::*;
use crate::exchange::{
    Effort, Embed, Event, File, Finish, Image, Message, Output, Part, Request, Role, Sampling, Schema, Thinking, Tool, ToolCall,
    ToolChoice, ToolResult,
};

const WIRES: [Wire; 6] = [
    Wire::Chat(Rules::OpenAi),
    Wire::Responses,
    Wire::Messages,
    Wire::GenerateContent,
    Wire::Embeddings(Rules::OpenAi),
    Wire::EmbedContent,
];

fn says(role: Role, text: &str) -> Message {
    Message { role, parts: vec![Part::Text(text.into())] }
}

fn with_tool() -> Request {
    let tool = Tool { name: "look".into(), description: None, parameters: None, strict: None };
    Request { messages: vec![says(Role::User, "hi")], tools: vec![tool], ..Request::default() }
}

fn refused(with: &With, request: &Request) -> Option<&'static str> {
    with.target(|target| {
        let refused = unsendable(target, request);
        assert_eq!(encode(target, request, None).err(), refused, "both say the same");
        refused.map(|refused| refused.field)
    })
}

#[test]
fn the_plan_says_which_endpoint_is_called() {
    let wire = |with: &With, request: &Request| with.target(|target| encode(target, request, None).unwrap().wire);
    let plain = Request { tools: vec![], ..with_tool() };
    let with = With::openai("gpt-6").endpoints("chat_completions", "responses");
    assert_eq!((wire(&with, &plain), wire(&with, &with_tool())), (Wire::Chat(Rules::OpenAi), Wire::Responses));
    assert_eq!(wire(&With::anthropic("m"), &with_tool()), Wire::Messages);
    assert_eq!(wire(&With::gemini("m"), &plain), Wire::GenerateContent);
    assert_eq!(refused(&With::openai("m").endpoints("embeddings", "embeddings"), &plain), Some("model"));
}

#[test]
fn a_model_that_does_not_think_takes_tools_with_everything_else() {
    let with = With::openai("gpt-5.4").endpoints("chat_completions", "responses").traps(&["tools_need_responses_unless_effort_none"]);
    let request = |effort| Request { effort, stop: vec!["END".into()], ..with_tool() };
    assert_eq!(refused(&with, &request(None)), Some("stop"), "the responses endpoint takes none");
    assert_eq!(refused(&with, &request(Some(Effort::None))), None);
}

#[test]
fn what_a_model_cannot_be_told_is_refused() {
    let forced = |choice| Request { tool_choice: Some(choice), ..with_tool() };
    let unforced = With::anthropic("claude-opus-5-5").traps(&["no_forced_tool_choice"]);
    assert_eq!(refused(&unforced, &forced(ToolChoice::Required)), Some("tool_choice"));
    assert_eq!(refused(&unforced, &forced(ToolChoice::Named("look".into()))), Some("tool_choice"));
    assert_eq!(refused(&unforced, &forced(ToolChoice::Auto)), None);
    assert_eq!(refused(&With::openai("m"), &forced(ToolChoice::Required)), None);
    let nothing_to_call = Request { tools: vec![], ..forced(ToolChoice::Required) };
    assert_eq!(refused(&With::openai("m"), &nothing_to_call), Some("tool_choice"));

    let begun = Request { messages: vec![says(Role::User, "hi"), says(Role::Assistant, "{")], ..Request::default() };
    assert_eq!(refused(&With::anthropic("m").traps(&["no_assistant_prefill"]), &begun), Some("messages"));
    assert_eq!(refused(&With::anthropic("m"), &begun), None);

    let streamed = Request { stream: true, ..with_tool() };
    assert_eq!(refused(&With::openai("m").traps(&["no_streaming"]), &streamed), Some("stream"));
}

#[test]
fn embeddings_are_asked_of_those_that_make_them() {
    let request = Embed { input: vec!["a".into()], ..Embed::default() };
    let wire = |with: &With| {
        with.target(|target| {
            let out = embed(target, &request);
            assert_eq!(unsendable_embed(target, &request).as_ref(), out.as_ref().err(), "both say the same");
            out.map(|out| out.wire).map_err(|refused| refused.field)
        })
    };
    assert_eq!(wire(&With::openai("m").endpoints("embeddings", "embeddings")), Ok(Wire::Embeddings(Rules::OpenAi)));
    assert_eq!(wire(&With::gemini("m").endpoints("embeddings", "embeddings")), Ok(Wire::EmbedContent));
    assert_eq!(wire(&With::compatible("of-our-own")), Ok(Wire::Embeddings(Rules::OpenAi)), "nothing is known of it");
    assert_eq!(wire(&With::anthropic("m")), Err("model"));
    let mut chat = With::openai("gpt-4.1");
    chat.model.base = Some("gpt-4.1".into());
    assert_eq!(wire(&chat), Err("model"));
    for wire in WIRES {
        assert!(decode_embeddings(wire, b"{}").is_err());
    }
}

#[test]
fn each_protocol_has_its_place_for_the_key() {
    assert_eq!(credential(&With::anthropic("m").provider), Credential::Header("x-api-key"));
    assert_eq!(credential(&With::gemini("m").provider), Credential::Header("x-goog-api-key"));
    for with in [With::openai("m"), With::openrouter("m"), With::compatible("m")] {
        assert_eq!(credential(&with.provider), Credential::Bearer);
    }
}

#[test]
fn azure_has_a_header_of_its_own_for_the_key() {
    let declared = With::openai("m").vendor("azure");
    let mut by_address = With::compatible("m");
    by_address.provider.host_vendor = Some("azure".into());
    for with in [declared, by_address] {
        assert_eq!(credential(&with.provider), Credential::Header("api-key"));
    }
}

/// A mark that no text of a request has but the thoughts of somebody else.
const ALIEN: &str = "thought-elsewhere";

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,8}", ".{0,8}"]
}

fn thinking() -> impl Strategy<Value = Part> {
    let target = prop_oneof![Just(None), Just(Some("else/where".to_owned()))];
    (any::<bool>(), target).prop_map(|(sealed, target)| {
        let sealed = sealed.then(|| ALIEN.to_owned());
        Part::Thinking(Thinking { text: ALIEN.into(), signature: Some(ALIEN.into()), sealed, target })
    })
}

fn image() -> impl Strategy<Value = Part> {
    let detail = || prop::option::of(Just("low".to_owned()));
    prop_oneof![
        (text(), detail()).prop_map(|(url, detail)| Part::Image(Image::Url { url, detail })),
        (text(), text(), detail()).prop_map(|(media_type, data, detail)| Part::Image(Image::Data { media_type, data, detail })),
    ]
}

fn simple_part() -> impl Strategy<Value = Part> {
    let file = (text(), text(), prop::option::of(text())).prop_map(|(media_type, data, name)| Part::File(File { media_type, data, name }));
    prop_oneof![4 => text().prop_map(Part::Text), 1 => image(), 1 => file]
}

fn part() -> impl Strategy<Value = Part> {
    let arguments = prop_oneof![Just(String::new()), Just("{\"a\":1}".to_owned()), text()];
    let call = ("c[0-2]", text(), arguments, prop::option::of(text()))
        .prop_map(|(id, name, arguments, signature)| Part::ToolCall(ToolCall { id, name, arguments, signature }));
    let result = ("c[0-2]", prop::option::of(text()), prop::collection::vec(simple_part(), 0..3), any::<bool>())
        .prop_map(|(id, name, parts, is_error)| Part::ToolResult(ToolResult { id, name, parts, is_error }));
    prop_oneof![4 => simple_part(), 2 => call, 2 => result, 1 => text().prop_map(Part::Refusal), 2 => thinking()]
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let role = prop_oneof![Just(Role::System), Just(Role::User), Just(Role::Assistant)];
    let message = (role, prop::collection::vec(part(), 0..4)).prop_map(|(role, parts)| Message { role, parts });
    prop::collection::vec(message, 0..6)
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let number = || prop::option::of(-2.0..2.0f64);
    (number(), number(), prop::option::of(any::<u64>()), number(), number(), prop::option::of(any::<i64>())).prop_map(
        |(temperature, top_p, top_k, presence_penalty, frequency_penalty, seed)| Sampling {
            temperature,
            top_p,
            top_k,
            presence_penalty,
            frequency_penalty,
            seed,
        },
    )
}

fn tools() -> impl Strategy<Value = (Vec<Tool>, Option<ToolChoice>, Option<bool>)> {
    let tool = (text(), prop::option::of(text()), any::<bool>(), any::<Option<bool>>()).prop_map(|(name, description, has, strict)| {
        let parameters = has.then(|| serde_json::from_str(r#"{"type":"object","properties":{}}"#).unwrap());
        Tool { name, description, parameters, strict }
    });
    let choice =
        prop_oneof![Just(ToolChoice::Auto), Just(ToolChoice::None), Just(ToolChoice::Required), text().prop_map(ToolChoice::Named)];
    (prop::collection::vec(tool, 0..3), prop::option::of(choice), any::<Option<bool>>())
}

fn output() -> impl Strategy<Value = Output> {
    let schema = (text(), prop::option::of(text()), any::<Option<bool>>()).prop_map(|(name, description, strict)| {
        Output::JsonSchema(Schema { name, description, schema: serde_json::from_str("{}").unwrap(), strict })
    });
    prop_oneof![3 => Just(Output::Text), 1 => Just(Output::JsonObject), 1 => schema]
}

fn request() -> impl Strategy<Value = Request> {
    let effort = prop::option::of(prop::sample::select(&Effort::ALL[..]));
    let stop = prop::collection::vec(text(), 0..3);
    let named = (prop::option::of(text()), prop::collection::btree_map(text(), text(), 0..2));
    (messages(), tools(), sampling(), output(), (effort, stop, any::<bool>()), named).prop_map(
        |(messages, (tools, tool_choice, parallel_tools), sampling, output, (effort, stop, stream), (user, metadata))| Request {
            model: "route".into(),
            messages,
            tools,
            tool_choice,
            parallel_tools,
            sampling,
            stop,
            output,
            effort,
            stream,
            stream_usage: false,
            user,
            metadata,
            ..Request::default()
        },
    )
}

fn everybody() -> [With; 6] {
    [
        With::openai("m"),
        With::openai("m").endpoints("responses", "responses"),
        With::openrouter("m"),
        With::compatible("m"),
        With::anthropic("m"),
        With::gemini("m"),
    ]
}

#[test]
fn half_an_answer_is_none() {
    for (wire, body) in [
        (
            Wire::Chat(Rules::OpenAi),
            r#"{"id":"1","choices":[{"message":{"content":"a","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{}}"#,
        ),
        (
            Wire::Responses,
            r#"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{}}"#,
        ),
        (
            Wire::Messages,
            r#"{"content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#,
        ),
        (Wire::GenerateContent, r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{}}"#),
    ] {
        let answer = decode(wire, "t", body.as_bytes()).unwrap();
        assert_eq!(answer.parts.first(), Some(&Part::Text("a".into())), "{wire:?}");
        for end in 0..body.len() {
            assert!(decode(wire, "t", &body.as_bytes()[..end]).is_err(), "{wire:?} {end}");
        }
    }
}

/// The end of a stream in each shape, why the answer ended and the marker apart.
const ENDS: [(Wire, &str, &str); 3] = [
    (Wire::Chat(Rules::OpenAi), "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", "data: [DONE]\n\n"),
    (
        Wire::Messages,
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
        "data: {\"type\":\"message_stop\"}\n\n",
    ),
    (
        Wire::Responses,
        "data: {\"type\":\"response.in_progress\"}\n\n",
        "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[]}}\n\n",
    ),
];

#[test]
fn an_answer_is_done_with_its_end_marker_and_nothing_behind_it_counts() {
    for (wire, why, marker) in ENDS {
        for behind in [&b"data: {nonsense\n\n"[..], b"data: \xff\n\n", b"data: {\"error\":{\"code\":500}}\n\n"] {
            for at_once in [false, true] {
                let mut out = Vec::new();
                let mut decoder = Decoder::new(wire);
                decoder.push(why.as_bytes(), &mut out).unwrap();
                assert!(!decoder.is_done(), "{wire:?}");
                let rest = [marker.as_bytes(), behind].concat();
                let pieces = if at_once { vec![&*rest] } else { vec![marker.as_bytes(), behind] };
                for piece in pieces {
                    assert_eq!(decoder.push(piece, &mut out), Ok(()), "{wire:?}");
                    assert!(decoder.is_done(), "{wire:?}");
                }
                assert_eq!((decoder.end(&mut out), out.last()), (Ok(()), Some(&Event::Finish(Finish::Stop))), "{wire:?}");
            }
        }
    }
}

#[test]
fn a_failed_response_is_done_and_a_gemini_answer_only_when_its_body_is() {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(Wire::Responses);
    let failed =
        b"data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\"}}}\n\n";
    assert_eq!(decoder.push(failed, &mut out).map_err(|failed| failed.class), Err(Failure::RateLimit));
    assert!(decoder.is_done());

    let mut decoder = Decoder::new(Wire::GenerateContent);
    decoder.push(b"data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{}}\n\n", &mut out).unwrap();
    assert!(!decoder.is_done());
    decoder.end(&mut out).unwrap();
    assert_eq!(out.last(), Some(&Event::Finish(Finish::Stop)));
}

proptest! {
    #[test]
    fn whatever_is_asked_goes_out_as_json_without_the_thoughts_of_others(request in request(), max_output in any::<Option<u64>>()) {
        for with in everybody() {
            let out = with.target(|target| {
                let out = encode(target, &request, max_output);
                assert_eq!(out.as_ref().err(), unsendable(target, &request).as_ref());
                out
            });
            if let Ok(out) = out {
                prop_assert!(json(&out.body).is_object());
                prop_assert!(out.path.starts_with('/'));
                prop_assert!(!String::from_utf8(out.body).unwrap().contains(ALIEN));
            }
        }
    }

    #[test]
    fn whatever_comes_back_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for wire in WIRES {
            prop_assert!(decode(wire, "t", &bytes).is_err() && decode_embeddings(wire, &bytes).is_err());
            let mut out = Vec::new();
            let mut decoder = Decoder::new(wire);
            let read = decoder.push(&bytes, &mut out).and_then(|()| decoder.end(&mut out));
            prop_assert!(read.is_err(), "no end marker came by chance");
        }
    }

    #[test]
    fn a_stream_says_the_same_however_it_is_cut(cuts in prop::collection::vec(0usize..1000, 0..6)) {
        let body = concat!(
            "data: {\"id\":\"x\",\"choices\":[{\"delta\":{\"content\":\"Grüße\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]}}]}\r\n\r\n",
            ": keep-alive\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
        )
        .as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).chain([0, body.len()]).collect();
        cuts.sort_unstable();
        let mut out = Vec::new();
        let mut decoder = Decoder::new(Wire::Chat(Rules::OpenAi));
        for window in cuts.windows(2) {
            decoder.push(&body[window[0]..window[1]], &mut out).unwrap();
        }
        decoder.end(&mut out).unwrap();
        let call = ToolCall { id: "call_x_0".into(), name: "look".into(), arguments: String::new(), signature: None };
        let expected =
            [Event::Text("Grüße".into()), Event::ToolCall(call), Event::Arguments("{}".into()), Event::Finish(Finish::ToolCalls)];
        prop_assert_eq!(out, expected);
    }
}
