use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::exchange::{File, Image, ToolCall, ToolResult};

/// A conversation in letters: `s` system, `u` user, `a` assistant, `c` a call, `r` the result of the last call, `R` that and text.
fn conversation(letters: &str) -> Vec<Message> {
    let mut calls = 0;
    let message = |role, parts| Message { role, parts };
    letters
        .chars()
        .enumerate()
        .map(|(place, letter)| {
            let text = Part::Text(format!("{letter}{place}"));
            let result = |calls: i32| Part::ToolResult(ToolResult { id: format!("c{calls}"), name: None, parts: vec![], is_error: false });
            match letter {
                's' => message(Role::System, vec![text]),
                'u' => message(Role::User, vec![text]),
                'c' => {
                    calls += 1;
                    let call = ToolCall { id: format!("c{calls}"), name: "f".into(), arguments: String::new(), signature: None };
                    message(Role::Assistant, vec![text, Part::ToolCall(call)])
                }
                'r' => message(Role::User, vec![result(calls)]),
                'R' => message(Role::User, vec![result(calls), text]),
                _ => message(Role::Assistant, vec![text]),
            }
        })
        .collect()
}

fn minimized(messages: Vec<Message>, history: Option<u64>, strip: &[&'static str]) -> Request {
    let mut request =
        Request { messages, user: Some("jo".into()), metadata: BTreeMap::from([("team".into(), "blue".into())]), ..Request::default() };
    let strip = Arc::new(strip.iter().map(|field| (*field).into()).collect());
    minimize(&mut request, &Minimize { history, strip });
    request
}

/// The messages that are left, in letters.
fn letters(messages: &[Message]) -> String {
    let letter = |message: &Message| match message.parts.as_slice() {
        [Part::ToolResult(_)] => 'r',
        [Part::ToolResult(_), Part::Text(_)] => 'R',
        [Part::Text(text), ..] => text.chars().next().unwrap(),
        parts => panic!("{parts:?}"),
    };
    messages.iter().map(letter).collect()
}

#[test]
fn the_last_messages_are_sent_from_a_question_on() {
    for (whole, history, left) in [
        ("suauau", 9, "suauau"),
        ("uauau", 5, "uauau"),
        ("suauau", 3, "suau"),
        ("suauau", 2, "su"),
        ("suauau", 1, "su"),
        ("suauau", 0, "su"),
        // System text stays where it is, and does not count.
        ("susasusa", 2, "sssusa"),
        ("ssss", 0, "ssss"),
        // Consecutive messages count one by one.
        ("uuuaau", 2, "u"),
        ("uuuu", 2, "uu"),
        ("uaaaa", 2, "uaaaa"),
        // A result goes with its call, and a call with its question.
        ("ucrau", 3, "u"),
        ("ucrau", 5, "ucrau"),
        ("uaucrau", 5, "ucrau"),
        ("uaucrau", 4, "u"),
        // An open loop of tools is the turn that is answered: it is sent whole.
        ("uaucr", 1, "ucr"),
        ("uaucrcrcr", 2, "ucrcrcr"),
        ("uaucrcrcr", 0, "ucrcrcr"),
        ("uaucRcR", 1, "ucRcR"),
        ("scrcr", 1, "scrcr"),
        ("uaua", 1, "ua"),
        // A result that comes later than the next question has lost its call.
        ("ucur", 2, "u"),
        ("ucuR", 2, "uR"),
        ("", 0, ""),
    ] {
        let request = minimized(conversation(whole), Some(history), &[]);
        assert_eq!(letters(&request.messages), left, "{whole} with history {history}");
        assert_eq!((request.user.as_deref(), request.metadata.len()), (Some("jo"), 1), "nothing else is left out");
    }
}

#[test]
fn a_result_that_lost_its_call_is_taken_out_of_its_message() {
    let request = minimized(conversation("ucuR"), Some(2), &[]);
    assert_eq!(request.messages[1].parts, [Part::Text("R3".into())]);
}

#[test]
fn every_field_is_stripped_alone() {
    let image = || Part::Image(Image::Url { url: "https://x/y.png".into(), detail: None });
    let file = || Part::File(File { media_type: "application/pdf".into(), data: "UERG".into(), name: None });
    let text = |text: &str| Part::Text(text.into());
    let result = |parts| Part::ToolResult(ToolResult { id: "c".into(), name: None, parts, is_error: true });
    let user = |parts| Message { role: Role::User, parts };
    let messages = || {
        vec![
            user(vec![text("look"), image(), file()]),
            user(vec![result(vec![image()]), result(vec![text("t"), image()]), result(vec![])]),
            user(vec![image(), text(" ")]),
            user(vec![file(), image()]),
            user(vec![]),
        ]
    };
    let parts = |request: &Request| request.messages.iter().map(|message| message.parts.clone()).collect::<Vec<_>>();

    let request = minimized(messages(), None, &["user"]);
    assert_eq!((request.user.as_deref(), request.metadata.len(), &request.messages), (None, 1, &messages()));
    let request = minimized(messages(), None, &["metadata"]);
    assert_eq!((request.user.as_deref(), request.metadata.len(), &request.messages), (Some("jo"), 0, &messages()));

    let request = minimized(messages(), None, &["images"]);
    assert_eq!(
        parts(&request),
        [
            vec![text("look"), file()],
            vec![result(vec![text(IMAGE)]), result(vec![text("t")]), result(vec![])],
            vec![text(IMAGE)],
            vec![file()],
            vec![],
        ]
    );
    assert_eq!((request.user.as_deref(), request.metadata.len()), (Some("jo"), 1));
    let request = minimized(messages(), None, &["files"]);
    assert_eq!(parts(&request)[0], [text("look"), image()]);
    assert_eq!(parts(&request)[3], [image()]);
    let request = minimized(messages(), None, &["files", "images"]);
    assert_eq!(parts(&request)[0], [text("look")]);
    assert_eq!(parts(&request)[3], [text(FILE)]);
}

proptest! {
    #[test]
    fn what_is_left_is_a_valid_end_of_the_conversation(letters in "[suacrR]{0,24}", history in 0u64..8) {
        let whole = conversation(&letters);
        let request = minimized(whole.clone(), Some(history), &[]);
        let mut rest = request.messages.iter().peekable();
        let mut called = BTreeSet::new();
        for message in &whole {
            // Only a result may have been taken out of a message.
            let texts = |message: &Message| message.parts.iter().filter(|part| !matches!(part, Part::ToolResult(_))).cloned().collect::<Vec<_>>();
            let same = |kept: &&Message| kept.role == message.role && texts(kept) == texts(message);
            let _ = rest.next_if(same);
        }
        prop_assert!(rest.next().is_none(), "a subsequence: {:?}", request.messages);
        prop_assert!(whole.iter().filter(|message| message.role == Role::System).eq(request.messages.iter().filter(|message| message.role == Role::System)));

        let spoken: Vec<&Message> = request.messages.iter().filter(|message| message.role != Role::System).collect();
        let count = whole.iter().filter(|message| message.role != Role::System).count();
        if count as u64 <= history {
            prop_assert_eq!(&request.messages, &whole);
            return Ok(());
        }
        prop_assert!(spoken.first().is_none_or(|first| begins_turn(first)) || !whole.iter().any(begins_turn));
        // More than N only where it is one turn.
        let turns = self::letters(&request.messages).matches('u').count();
        prop_assert!(spoken.len() as u64 <= history || turns <= 1, "{} of {history}: {turns} turns", spoken.len());
        if request.messages.len() < whole.len() {
            for part in spoken.iter().flat_map(|message| &message.parts) {
                match part {
                    Part::ToolCall(call) => { called.insert(&call.id); }
                    Part::ToolResult(result) => prop_assert!(called.contains(&result.id), "{letters}: a result without its call"),
                    _ => {}
                }
            }
        }
        prop_assert!(spoken.iter().all(|message| !message.parts.is_empty()));
    }
}
