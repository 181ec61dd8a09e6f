use proptest::prelude::*;

use super::*;
use crate::exchange::Usage;

fn outlet() -> Outlet {
    let gate = Gate { role: "support_lead".into(), within_ms: 60_000 };
    Outlet {
        offered: ["plain", "gated"].map(String::from).into(),
        // A gate alone offers nothing.
        gates: BTreeMap::from([("gated".to_owned(), gate.clone()), ("hidden".to_owned(), gate)]),
        caller: Some("agent".into()),
        plan: "sha256:p".into(),
        route: "send".into(),
        step: Some("support/send".into()),
        request: "r1".into(),
        asked: 1_800_000_000,
        key: SharedKey::read(&"k".repeat(32)).unwrap(),
    }
}

fn flow() -> Outflow {
    Outflow::new(outlet(), Restorer::default())
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: arguments.into(), signature: Some(format!("s-{id}")) }
}

fn whole(parts: Vec<Part>, finish: Finish) -> (Answer, Outflow) {
    let (mut answer, mut flow) = (Answer { parts, finish, usage: Usage::default() }, flow());
    flow.answer(&mut answer);
    (answer, flow)
}

/// An answer in events: its texts cut into pieces of so many bytes, with a word on usage now and then.
fn events(parts: &[Part], finish: Finish, piece: usize) -> Vec<Event> {
    let pieces = |text: &str| {
        let chars: Vec<char> = text.chars().collect();
        chars.chunks(piece).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>()
    };
    let mut out = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => out.extend(pieces(text).into_iter().map(Event::Text)),
            Part::Refusal(text) => out.extend(pieces(text).into_iter().map(Event::Refusal)),
            Part::ToolCall(call) => {
                let mut pieces = pieces(&call.arguments).into_iter();
                // Some providers say the beginning with the call.
                let first = if piece.is_multiple_of(2) { pieces.next().unwrap_or_default() } else { String::new() };
                out.push(Event::ToolCall(ToolCall { arguments: first, ..call.clone() }));
                for more in pieces {
                    out.push(Event::Usage(Usage::default()));
                    out.push(Event::Arguments(more));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    out.push(Event::Finish(finish));
    out
}

/// What a client puts together of events.
fn put_together(events: Vec<Event>) -> Answer {
    let mut answer = Answer::default();
    for event in events {
        match (event, answer.parts.last_mut()) {
            (Event::Text(more), Some(Part::Text(text))) | (Event::Refusal(more), Some(Part::Refusal(text))) => *text += &more,
            (Event::Text(text), _) => answer.parts.push(Part::Text(text)),
            (Event::Refusal(text), _) => answer.parts.push(Part::Refusal(text)),
            (Event::ToolCall(call), _) => answer.parts.push(Part::ToolCall(call)),
            (Event::Arguments(more), Some(Part::ToolCall(call))) => call.arguments += &more,
            (Event::Finish(finish), _) => answer.finish = finish,
            (Event::Usage(_), _) => {}
            (other, _) => panic!("{other:?} after {:?}", answer.parts.last()),
        }
    }
    answer
}

fn streamed(parts: &[Part], finish: Finish, piece: usize) -> (Answer, Outflow) {
    let (mut out, mut flow) = (Vec::new(), flow());
    for event in events(parts, finish, piece) {
        flow.event(event, &mut out);
    }
    flow.end(&mut out);
    (put_together(out), flow)
}

const BLOCKED: &str = "A call of the tool `other` was blocked: this request does not offer it.";

#[test]
fn one_is_blocked_one_sealed_one_passed_on() {
    let arguments = r#"{"to": "jo@example.com"}"#;
    let parts = || {
        vec![
            Part::Text("I will.".into()),
            Part::ToolCall(call("1", "other", arguments)),
            Part::ToolCall(call("2", "gated", arguments)),
            Part::ToolCall(call("3", "plain", arguments)),
        ]
    };
    for (answer, flow) in [whole(parts(), Finish::ToolCalls), streamed(&parts(), Finish::ToolCalls, 5)] {
        let [Part::Text(_), Part::Refusal(refusal), Part::ToolCall(gated), Part::ToolCall(plain)] = answer.parts.as_slice() else {
            panic!("{answer:?}")
        };
        assert_eq!((refusal.as_str(), plain), (BLOCKED, &call("3", "plain", arguments)));
        assert_eq!((gated.id.as_str(), gated.signature.as_deref(), answer.finish), ("2", Some("s-2"), Finish::ToolCalls));
        assert!(gated.arguments.contains("byok_sealed"), "{}", gated.arguments);
        assert_eq!(sealed::unsealed(&gated.arguments, Some("agent"), &outlet().key).as_deref(), Some(arguments));
        let [ToolUse::Blocked(blocked), ToolUse::Sealed(sealed, digest), ToolUse::Called(called)] = flow.uses() else {
            panic!("{:?}", flow.uses())
        };
        assert_eq!((blocked.as_str(), sealed.as_str(), called.as_str()), ("other", "gated", "plain"));
        assert!(gated.arguments.contains(digest.as_str()) && flow.open_calls());
    }
}

#[test]
fn an_answer_of_blocked_calls_alone_is_over() {
    let parts = || vec![Part::ToolCall(call("1", "other", "{}")), Part::ToolCall(call("2", "hidden", "{\"a\": 1}"))];
    for (answer, flow) in [whole(parts(), Finish::ToolCalls), streamed(&parts(), Finish::ToolCalls, 1)] {
        let words = format!("{BLOCKED}\n{}", BLOCKED.replace("other", "hidden"));
        assert_eq!((answer.parts, answer.finish), (vec![Part::Refusal(words)], Finish::Stop));
        assert!(!flow.open_calls());
    }
    for finish in [Finish::Length, Finish::ContentFilter, Finish::Stop] {
        assert_eq!(whole(parts(), finish).0.finish, finish);
    }
}

#[test]
fn a_call_without_arguments_is_sealed_as_an_empty_object() {
    let parts = || vec![Part::ToolCall(call("1", "gated", ""))];
    for (answer, _) in [whole(parts(), Finish::ToolCalls), streamed(&parts(), Finish::ToolCalls, 1)] {
        let [Part::ToolCall(call)] = answer.parts.as_slice() else { panic!("{answer:?}") };
        assert_eq!(sealed::unsealed(&call.arguments, Some("agent"), &outlet().key).as_deref(), Some("{}"));
    }
}

#[test]
fn a_call_is_held_back_until_it_is_whole() {
    let (mut out, mut flow) = (Vec::new(), flow());
    flow.event(Event::ToolCall(call("1", "gated", "")), &mut out);
    flow.event(Event::Arguments("{\"a\":".into()), &mut out);
    flow.event(Event::Usage(Usage::default()), &mut out);
    flow.event(Event::Arguments("1}".into()), &mut out);
    assert_eq!(out, [Event::Usage(Usage::default())], "nothing of it");
    assert!(!flow.open_calls());
    flow.end(&mut out);
    let Some(Event::ToolCall(held)) = out.last() else { panic!("{out:?}") };
    assert_eq!(sealed::unsealed(&held.arguments, Some("agent"), &outlet().key).as_deref(), Some("{\"a\":1}"));
    out.clear();
    flow.event(Event::Arguments("more".into()), &mut out);
    assert_eq!(out, [], "of a call that has gone out there is no more");
}

#[test]
fn what_is_too_long_to_be_held_is_blocked() {
    let long = || call("1", "gated", &"x".repeat(LONGEST + 1));
    let (answer, _) = whole(vec![Part::ToolCall(long())], Finish::ToolCalls);
    let words = "A call of the tool `gated` was blocked: its arguments are too long to wait for an approval.";
    assert_eq!((answer.parts.as_slice(), answer.finish), ([Part::Refusal(words.into())].as_slice(), Finish::Stop));
    for piece in [LONGEST, LONGEST - 1, LONGEST + 2] {
        assert_eq!(streamed(&[Part::ToolCall(long())], Finish::ToolCalls, piece).0, answer);
    }
    let (answer, _) = whole(vec![Part::ToolCall(call("1", "gated", &"x".repeat(LONGEST)))], Finish::ToolCalls);
    assert!(matches!(answer.parts.as_slice(), [Part::ToolCall(_)]));
}

#[test]
fn the_name_of_a_blocked_tool_is_shown_short_and_harmless() {
    let name = format!("\u{1b}[2J\n\u{202e}{}", "n".repeat(500));
    let (answer, flow) = whole(vec![Part::ToolCall(call("1", &name, "{}"))], Finish::ToolCalls);
    let [Part::Refusal(words)] = answer.parts.as_slice() else { panic!("{answer:?}") };
    assert!(words.len() < 200 && !words.contains(['\u{1b}', '\u{202e}', '\n']), "{words:?}");
    let [ToolUse::Blocked(shown)] = flow.uses() else { panic!("{:?}", flow.uses()) };
    assert!(shown.chars().count() <= 64 && words.contains(shown.as_str()));
}

fn part() -> impl Strategy<Value = Part> {
    let name = prop_oneof![Just("plain"), Just("gated"), Just("hidden"), Just("other")];
    prop_oneof![
        2 => "[a-zä ]{1,12}".prop_map(Part::Text),
        1 => "[a-z ]{1,12}".prop_map(Part::Refusal),
        4 => ("[a-c]", name, "[{}a-zä\"]{0,20}").prop_map(|(id, name, arguments)| Part::ToolCall(call(&id, name, &arguments))),
    ]
}

proptest! {
    #[test]
    fn a_stream_gives_what_the_whole_answer_gives(
        parts in proptest::collection::vec(part(), 0..6),
        finish in prop_oneof![Just(Finish::Stop), Just(Finish::ToolCalls), Just(Finish::Length)],
        piece in 1usize..9,
    ) {
        // In a stream parts of one kind that follow each other are one.
        let parts = put_together(events(&parts, finish, 1)).parts;
        let (whole, by_whole) = whole(parts.clone(), finish);
        let (streamed, by_stream) = streamed(&parts, finish, piece);
        prop_assert_eq!(&put_together(events(&whole.parts, whole.finish, 1)), &streamed);
        prop_assert_eq!(by_whole.uses(), by_stream.uses());
        // And nothing that was not offered, and no plain arguments of what has a gate, ever goes out.
        for part in &streamed.parts {
            let Part::ToolCall(call) = part else { continue };
            prop_assert!(call.name == "plain" || call.name == "gated" && call.arguments.starts_with("{\"approval\""), "{:?}", call);
        }
    }
}
