use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;
use crate::exchange::{
    Answer, Embed, Event, File, Finish, Image, Message, Output, Part, Request, Role, Schema, Thinking, Tool, ToolCall, ToolChoice,
    ToolResult, Usage,
};

const EMAIL: &str = "ann@example.com";
const CARD: &str = "4111 1111 1111 1111";

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature: Some("sig".into()) }
}

fn said(role: Role, parts: Vec<Part>) -> Message {
    Message { role, parts }
}

fn text(text: &str) -> Part {
    Part::Text(text.into())
}

fn thought(words: &str) -> Part {
    Part::Thinking(Thinking { text: words.into(), signature: Some("s".into()), sealed: None, target: None })
}

fn user(parts: Vec<Part>) -> Request {
    Request { messages: vec![said(Role::User, parts)], ..Request::default() }
}

/// With a planted address and card number wherever there can be text.
fn full() -> Request {
    let planted = format!("{EMAIL} pays with {CARD}");
    Request {
        model: "support".into(),
        messages: vec![
            said(Role::System, vec![text(&planted)]),
            said(Role::User, vec![text(&planted), text("and ann@exa"), text("mple.com again")]),
            said(
                Role::Assistant,
                vec![
                    thought(&planted),
                    thought("harmless"),
                    Part::Refusal(planted.clone()),
                    Part::ToolCall(call(
                        "c1",
                        "look_up",
                        &format!(r#"{{"{EMAIL}": [ "\u0061nn@example.com", 4111111111111111, 7 ], "a" : "\u00e9"}}"#),
                    )),
                ],
            ),
            said(
                Role::User,
                vec![Part::ToolResult(ToolResult {
                    id: "c1".into(),
                    name: Some("look_up".into()),
                    parts: vec![text(&planted)],
                    is_error: false,
                })],
            ),
            said(Role::Assistant, vec![Part::ToolCall(call("c2", "look_up", &planted))]),
        ],
        tools: vec![Tool {
            name: "look_up".into(),
            description: Some(planted.clone()),
            parameters: Some(raw(&format!(r#"{{"type":"object", "properties":{{"{EMAIL}":{{"enum":["{planted}", 1.50]}}}}}}"#))),
            strict: None,
        }],
        tool_choice: Some(ToolChoice::Named("look_up".into())),
        output: Output::JsonSchema(Schema {
            name: "answer".into(),
            description: Some(planted.clone()),
            schema: raw(&format!(r#"{{"default":"{planted}"}}"#)),
            strict: None,
        }),
        stop: vec![planted.clone()],
        user: Some(EMAIL.into()),
        metadata: BTreeMap::from([(EMAIL.to_owned(), planted.clone()), ("ssn".to_owned(), "123456789".to_owned())]),
        ..Request::default()
    }
}

#[test]
fn nothing_planted_leaves_from_anywhere() {
    let mut request = full();
    let mut redactor = Redactor::new(Detectors::ALL);
    redactor.request(&mut request).unwrap();
    let leaves = format!("{request:?}");
    for planted in ["ann", "4111", "6789", "mple.com"] {
        assert!(!leaves.contains(planted), "{planted}: {leaves}");
    }
    // One value, one placeholder, wherever it stands; the number without blanks is written otherwise, so it has its own.
    assert!(!leaves.contains("[EMAIL_2]") && leaves.contains("[CREDIT_CARD_2]") && !leaves.contains("[CREDIT_CARD_3]"), "{leaves}");
    let [_, user, assistant, ..] = &*request.messages else { panic!() };
    assert_eq!(user.parts[1..], [text("and [EMAIL_1]"), text(" again")]);
    assert_eq!(assistant.parts[0], thought("harmless"));
    let Part::ToolCall(called) = &assistant.parts[2] else { panic!() };
    assert_eq!(called.arguments, r#"{"[EMAIL_1]": [ "[EMAIL_1]", "[CREDIT_CARD_2]", 7 ], "a" : "\u00e9"}"#);
    assert_eq!(called.signature.as_deref(), Some("sig"));
    assert_eq!(
        request.tools[0].parameters.as_ref().unwrap().get(),
        r#"{"type":"object", "properties":{"[EMAIL_1]":{"enum":["[EMAIL_1] pays with [CREDIT_CARD_1]", 1.50]}}}"#
    );
    assert_eq!(request.metadata["ssn"], "[SSN_1]");
    assert_eq!(redactor.counts(), BTreeMap::from([(Detector::Email, 17), (Detector::CreditCard, 12), (Detector::Ssn, 1)]));
    // What is shown of it for a log holds no value either.
    assert!(!format!("{redactor:?} {:?}", redactor.clone().into_restorer()).contains("ann"));
}

#[test]
fn json_in_a_text_is_read_as_json() {
    let mut request = user(vec![Part::ToolResult(ToolResult {
        id: "c".into(),
        name: None,
        parts: vec![
            text(r#" {"mail": "ann\u0040example.com", "token": "a8\/Kq2LmZ0xWv7RtB1Nc", "n": 4111111111111111}"#),
            text("{not json, ann@example.com"),
        ],
        is_error: false,
    })]);
    Redactor::new(Detectors::ALL).request(&mut request).unwrap();
    let Part::ToolResult(result) = &request.messages[0].parts[0] else { panic!() };
    assert_eq!(
        result.parts,
        [text(r#" {"mail": "[EMAIL_1]", "token": "[SECRET_1]", "n": "[CREDIT_CARD_1]"}"#), text("{not json, [EMAIL_1]")]
    );
}

#[test]
fn only_what_is_asked_for_is_masked() {
    let mut request = user(vec![text(&format!("{EMAIL} {CARD}"))]);
    Redactor::new(Detectors::from_iter([Detector::CreditCard])).request(&mut request).unwrap();
    assert_eq!(request.messages[0].parts, [text(&format!("{EMAIL} [CREDIT_CARD_1]"))]);
    let mut request = full();
    let before = format!("{request:?}");
    Redactor::new(Detectors::default()).request(&mut request).unwrap();
    assert_eq!(format!("{request:?}"), before);
}

#[test]
fn a_placeholder_that_the_request_holds_is_not_given_again() {
    let mut request = user(vec![text(&format!("[EMAIL_1] is not {EMAIL}, [EMA")), text("IL_3]"), thought("[EMAIL_2]")]);
    request.messages.push(said(
        Role::Assistant,
        vec![Part::ToolCall(call("c", "t", r#"{"a":"\u005bEMAIL_4]"}"#)), text("bob@example.com, cid@example.com")],
    ));
    let mut redactor = Redactor::new(Detectors::ALL);
    redactor.request(&mut request).unwrap();
    assert_eq!(request.messages[0].parts[0], text("[EMAIL_1] is not [EMAIL_2], [EMA"));
    assert_eq!(request.messages[1].parts[1], text("[EMAIL_5], [EMAIL_6]"));
    let mut answer = Answer { parts: vec![text("[EMAIL_1] [EMAIL_2] [EMAIL_5] [EMAIL_7]")], ..Answer::default() };
    redactor.into_restorer().answer(&mut answer);
    assert_eq!(answer.parts, [text("[EMAIL_1] ann@example.com bob@example.com [EMAIL_7]")]);
}

#[test]
fn what_cannot_be_masked_does_not_leave() {
    let image = Part::Image(Image::Url { url: "https://example.com/a.png".into(), detail: None });
    let file = Part::File(File { media_type: "text/plain".into(), data: String::new(), name: None });
    let result = |id: &str, name: Option<&str>, parts| {
        Part::ToolResult(ToolResult { id: id.into(), name: name.map(Into::into), parts, is_error: false })
    };
    let tool = |name: &str| Tool { name: name.into(), description: None, parameters: None, strict: None };
    let schema = |name: &str| Output::JsonSchema(Schema { name: name.into(), description: None, schema: raw("{}"), strict: None });
    for (request, expected) in [
        (user(vec![image.clone()]), Unreadable::Image),
        (user(vec![file]), Unreadable::File),
        (user(vec![result("c", None, vec![image])]), Unreadable::Image),
        (user(vec![Part::ToolCall(call(EMAIL, "t", ""))]), Unreadable::Name("the id of a tool call")),
        (user(vec![Part::ToolCall(call("c", EMAIL, ""))]), Unreadable::Name("the name of a tool")),
        (user(vec![result(EMAIL, None, vec![])]), Unreadable::Name("the id of a tool call")),
        (user(vec![result("c", Some(EMAIL), vec![])]), Unreadable::Name("the name of a tool")),
        (Request { tools: vec![tool(EMAIL)], ..Request::default() }, Unreadable::Name("the name of a tool")),
        (Request { tool_choice: Some(ToolChoice::Named(EMAIL.into())), ..Request::default() }, Unreadable::Name("the name of a tool")),
        (Request { output: schema(EMAIL), ..Request::default() }, Unreadable::Name("the name of the schema")),
    ] {
        assert_eq!(Redactor::new(Detectors::ALL).request(&mut request.clone()), Err(expected));
        assert_eq!(Redactor::new(Detectors::default()).request(&mut request.clone()), Ok(()));
    }
}

#[test]
fn a_turn_of_nothing_but_a_thought_that_gives_something_away_is_left_out() {
    let mut request = user(vec![text("hello")]);
    request.messages.push(said(Role::Assistant, vec![thought(EMAIL)]));
    Redactor::new(Detectors::ALL).request(&mut request).unwrap();
    assert_eq!(request.messages.len(), 1);
}

#[test]
fn texts_for_vectors_are_masked() {
    let mut request = Embed { input: vec![format!("from {EMAIL}"), CARD.into()], user: Some(EMAIL.into()), ..Embed::default() };
    let mut redactor = Redactor::new(Detectors::ALL);
    redactor.texts(&mut request).unwrap();
    assert_eq!(request.input, ["from [EMAIL_1]", "[CREDIT_CARD_1]"]);
    assert_eq!(request.user.as_deref(), Some("[EMAIL_1]"));
    assert_eq!(redactor.counts(), BTreeMap::from([(Detector::Email, 2), (Detector::CreditCard, 1)]));
}

#[test]
fn a_masked_text_says_what_was_there() {
    let text = "Mail ann@mail.example.com, or call +49 30 1234567.";
    assert_eq!(mask(text, Detectors::ALL), "Mail [EMAIL], or call [PHONE].");
    assert_eq!(mask(text, Detectors::from_iter([Detector::Phone])), "Mail ann@mail.example.com, or call [PHONE].");
    assert!(matches!(mask("Nothing here.", Detectors::ALL), Cow::Borrowed(_)));
    assert!(matches!(mask(text, Detectors::default()), Cow::Borrowed(_)));
}

#[test]
fn what_only_looks_different_is_found_where_it_stands() {
    let text = "Karte ４１１１\u{a0}1111\u{a0}1111\u{a0}11\u{200b}11, ann\u{200b}@mail\u{ff0e}example.com!";
    let found: Vec<_> = find(text, Detectors::ALL).into_iter().map(|found| (found.detector, &text[found.range])).collect();
    assert_eq!(
        found,
        [
            (Detector::CreditCard, "４１１１\u{a0}1111\u{a0}1111\u{a0}11\u{200b}11"),
            (Detector::Email, "ann\u{200b}@mail\u{ff0e}example.com")
        ]
    );
}

/// What a request with these values in it is put back by.
fn restorer(values: &[&str], output: Output) -> Restorer {
    let mut request = Request { output, ..user(values.iter().map(|value| text(&format!("{value} "))).collect()) };
    let mut redactor = Redactor::new(Detectors::ALL);
    redactor.request(&mut request).unwrap();
    redactor.into_restorer()
}

#[test]
fn a_whole_answer_gets_its_values_back() {
    let restorer = restorer(&[EMAIL, "password: \"a\\nb\"1!\""], Output::Text);
    let parts = |text: &str, arguments: &str| {
        vec![Part::Text(text.into()), Part::Refusal(text.into()), thought("[EMAIL_1]"), Part::ToolCall(call("c", "[EMAIL_1]", arguments))]
    };
    let mut answer = Answer {
        parts: parts("[[EMAIL_1]], [EMAIL_12] [SECRET_1] [EMAIL_", r#"{"to":"[EMAIL_1]","p":"[SECRET_1]"}"#),
        ..Answer::default()
    };
    restorer.answer(&mut answer);
    assert_eq!(answer.parts, parts("[ann@example.com], [EMAIL_12] a\\nb\"1! [EMAIL_", r#"{"to":"ann@example.com","p":"a\\nb\"1!"}"#));
}

#[test]
fn an_answer_in_json_stays_json() {
    let restorer = restorer(&["password: \"a\\nb\"1!\""], Output::JsonObject);
    let mut answer = Answer { parts: vec![text(r#"{"p":"[SECRET_1]"}"#)], ..Answer::default() };
    restorer.answer(&mut answer);
    assert_eq!(answer.parts, [text(r#"{"p":"a\\nb\"1!"}"#)]);
}

/// What comes out of a stream, its neighbouring pieces joined.
fn streamed(restorer: &mut Restorer, events: Vec<Event>) -> Vec<Event> {
    let mut out = Vec::new();
    for event in events {
        restorer.event(event, &mut out);
    }
    restorer.end(&mut out);
    out
}

#[test]
fn a_placeholder_that_is_cut_is_put_together() {
    let mut restorer = restorer(&[EMAIL], Output::Text);
    let usage = || Event::Usage(Usage { output: 3, ..Usage::default() });
    let say = |text: &str| Event::Text(text.into());
    let out = streamed(
        &mut restorer,
        vec![say("to [EM"), usage(), say("AIL"), say("_1"), say("] and [EMAIL_2] [E"), Event::Finish(Finish::Stop)],
    );
    assert_eq!(out, [say("to "), usage(), say("ann@example.com and [EMAIL_2] "), say("[E"), Event::Finish(Finish::Stop)]);
}

#[test]
fn what_is_kept_back_goes_out_before_anything_else() {
    let mut restorer = restorer(&[EMAIL], Output::Text);
    let say = |text: &str| Event::Text(text.into());
    for other in [
        Event::Refusal("no".into()),
        Event::Thinking("IL_1]".into()),
        Event::ThinkingSignature("s".into()),
        Event::SealedThinking("s".into()),
        Event::ToolCall(call("c", "t", "")),
        Event::Arguments("IL_1]".into()),
    ] {
        assert_eq!(streamed(&mut restorer, vec![say("[EMA"), other.clone()]), [say("[EMA"), other]);
    }
    let events = vec![
        Event::ToolCall(call("c", "t", r#"{"a":"[EM"#)),
        Event::Arguments("AIL_1]\"}".into()),
        Event::ToolCall(call("d", "t", r#"["[EMAIL_1]","[EMAIL"#)),
    ];
    let expected = vec![
        Event::ToolCall(call("c", "t", r#"{"a":""#)),
        Event::Arguments("ann@example.com\"}".into()),
        Event::ToolCall(call("d", "t", r#"["ann@example.com",""#)),
        Event::Arguments("[EMAIL".into()),
    ];
    assert_eq!(streamed(&mut restorer, events), expected);
}

/// The words of an answer that plays with placeholders.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "[EMAIL_1]",
        "[EMAIL_2]",
        "[EMAIL_12]",
        "[EMAIL_9]",
        "[CREDIT_CARD_1]",
        "[",
        "]",
        "[E",
        "EMAIL_",
        "[EMAIL_1",
        "_1]",
        "1",
        " ",
        "é",
        "🎉",
        "text",
    ]);
    prop::collection::vec(word, 0..20).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_stream_is_put_back_like_the_whole(text in words(), cuts in prop::collection::vec(0_usize..200, 0..12), kind in 0..3) {
        let values: Vec<String> = (1..=12).map(|number| format!("u{number}@example.com")).chain([CARD.to_owned()]).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut restorer = restorer(&values, Output::Text);
        let of = |text: &str| match kind { 0 => Event::Text(text.into()), 1 => Event::Refusal(text.into()), _ => Event::Arguments(text.into()) };
        let part = match kind { 0 => Part::Text(text.clone()), 1 => Part::Refusal(text.clone()), _ => Part::ToolCall(call("c", "t", &text)) };
        let mut answer = Answer { parts: vec![part], ..Answer::default() };
        restorer.answer(&mut answer);
        let whole = match &answer.parts[0] { Part::ToolCall(call) => &call.arguments, Part::Text(text) | Part::Refusal(text) => text, _ => unreachable!() };
        let mut places: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).filter(|cut| text.is_char_boundary(*cut)).collect();
        places.extend([0, text.len()]);
        places.sort_unstable();
        let (mut joined, mut given) = (String::new(), 0);
        let mut add = |out: Vec<Event>| {
            for event in out {
                prop_assert_eq!(std::mem::discriminant(&event), std::mem::discriminant(&of("")));
                if let Event::Text(text) | Event::Refusal(text) | Event::Arguments(text) = event { joined.push_str(&text) }
            }
            Ok(())
        };
        for place in places.windows(2) {
            let mut out = Vec::new();
            given += place[1] - place[0];
            restorer.event(of(&text[place[0]..place[1]]), &mut out);
            add(out)?;
            prop_assert!(restorer.kept() < "[CREDIT_CARD_1]".len(), "too much of {given} bytes is kept back");
        }
        let mut out = Vec::new();
        restorer.end(&mut out);
        add(out)?;
        prop_assert_eq!(&joined, whole);
    }

    #[test]
    fn what_is_masked_comes_back_as_it_was(text in "[a-z ]{0,9}(ann@example\\.com|4111 1111 1111 1111|4111111111111111|203\\.0\\.113\\.7|\\[EMAIL_1\\]|[a-z ]{0,9}){0,8}") {
        let mut request = user(vec![Part::Text(text.clone())]);
        let mut redactor = Redactor::new(Detectors::ALL);
        redactor.request(&mut request).unwrap();
        let mut answer = Answer { parts: request.messages[0].parts.clone(), ..Answer::default() };
        redactor.into_restorer().answer(&mut answer);
        prop_assert_eq!(&answer.parts[0], &Part::Text(text));
    }

    #[test]
    fn masked_arguments_stay_json(strings in prop::collection::vec(("\\PC{0,12}", "\\PC{0,12}(ann@example\\.com)?\\PC{0,4}"), 0..6), number in 0_u64..) {
        let object: serde_json::Map<String, serde_json::Value> =
            strings.into_iter().map(|(key, value)| (key, value.into())).chain([("n".to_owned(), number.into()), ("c".to_owned(), 4_111_111_111_111_111_u64.into())]).collect();
        let before = serde_json::Value::Object(object);
        let mut request = user(vec![Part::ToolCall(call("c", "t", &before.to_string()))]);
        let mut redactor = Redactor::new(Detectors::ALL);
        redactor.request(&mut request).unwrap();
        let Part::ToolCall(masked) = &request.messages[0].parts[0] else { panic!() };
        let after: serde_json::Value = serde_json::from_str(&masked.arguments).unwrap();
        prop_assert!(!masked.arguments.contains("4111111111111111"));
        prop_assert_eq!(after.as_object().unwrap().len(), before.as_object().unwrap().len());
        let mut answer = Answer { parts: request.messages[0].parts.clone(), ..Answer::default() };
        redactor.into_restorer().answer(&mut answer);
        let Part::ToolCall(restored) = &answer.parts[0] else { panic!() };
        let restored: serde_json::Value = serde_json::from_str(&restored.arguments).unwrap();
        for (key, value) in before.as_object().unwrap().iter().filter(|(_, value)| value.is_string()) {
            prop_assert_eq!(&restored[key], value);
        }
    }
}

#[test]
fn what_stands_in_the_place_of_a_signature_is_looked_at() {
    let mut request = user(vec![Part::ToolCall(ToolCall { signature: Some(EMAIL.into()), ..call("c", "t", "{}") })]);
    assert_eq!(Redactor::new(Detectors::ALL).request(&mut request), Err(Unreadable::Name("the signature of a tool call")));
    let thinking = |signature: Option<&str>, sealed: Option<&str>| {
        Part::Thinking(Thinking { text: "t".into(), signature: signature.map(Into::into), sealed: sealed.map(Into::into), target: None })
    };
    let good = thinking(Some("EqQBCkgIBBABGAIiQL8x+7vW/2m=="), Some("Ab/8+4111111111111111x"));
    let mut request = user(vec![thinking(Some(EMAIL), None), thinking(None, Some(CARD)), good.clone()]);
    Redactor::new(Detectors::ALL).request(&mut request).unwrap();
    assert_eq!(request.messages[0].parts, [good]);
}
