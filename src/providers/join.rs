//! Puts the pieces of an answer together.

use crate::exchange::{Answer, Event, Part, Thinking};

/// The answer that these events tell, by this target (`provider/model`).
pub(super) fn join(target: &str, events: impl IntoIterator<Item = Event>) -> Answer {
    let mut answer = Answer::default();
    // What comes after a thought's signature is another thought.
    let mut thinking = false;
    for event in events {
        let thought = thinking;
        thinking = matches!(event, Event::Thinking(_) | Event::Usage(_)) && (thinking || matches!(event, Event::Thinking(_)));
        match (event, answer.parts.last_mut()) {
            (Event::Text(more), Some(Part::Text(text))) | (Event::Refusal(more), Some(Part::Refusal(text))) => text.push_str(&more),
            (Event::Text(text), _) => answer.parts.push(Part::Text(text)),
            (Event::Refusal(text), _) => answer.parts.push(Part::Refusal(text)),
            (Event::Thinking(more), Some(Part::Thinking(Thinking { text, .. }))) if thought => text.push_str(&more),
            (Event::Thinking(text), _) => answer.parts.push(of(target, text, None, None)),
            (Event::ThinkingSignature(sealed), Some(Part::Thinking(Thinking { signature, .. }))) if thought => *signature = Some(sealed),
            (Event::ThinkingSignature(signature), _) => answer.parts.push(of(target, String::new(), Some(signature), None)),
            (Event::SealedThinking(sealed), _) => answer.parts.push(of(target, String::new(), None, Some(sealed))),
            (Event::Arguments(more), Some(Part::ToolCall(call))) => call.arguments.push_str(&more),
            (Event::Arguments(_), _) => {}
            (Event::ToolCall(call), _) => answer.parts.push(Part::ToolCall(call)),
            (Event::Usage(usage), _) => answer.usage = usage,
            (Event::Finish(finish), _) => answer.finish = finish,
        }
    }
    answer
}

fn of(target: &str, text: String, signature: Option<String>, sealed: Option<String>) -> Part {
    Part::Thinking(Thinking { text, signature, sealed, target: Some(target.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Finish, ToolCall, Usage};

    #[test]
    fn pieces_of_one_part_are_one_part() {
        let call = |id: &str, arguments: &str| ToolCall {
            id: id.to_owned(),
            name: "find".to_owned(),
            arguments: arguments.to_owned(),
            signature: None,
        };
        let text = str::to_owned;
        let answer = join(
            "a/b",
            [
                Event::Usage(Usage { input: 1, ..Usage::default() }),
                Event::Thinking(text("on")),
                Event::Usage(Usage { input: 2, ..Usage::default() }),
                Event::Thinking(text("e")),
                Event::ThinkingSignature(text("s")),
                Event::Thinking(text("two")),
                Event::SealedThinking(text("x")),
                Event::Text(text("a")),
                Event::Text(text("b")),
                Event::ToolCall(call("1", "{")),
                Event::Arguments(text("}")),
                Event::ToolCall(call("2", "")),
                Event::Refusal(text("n")),
                Event::Refusal(text("o")),
                Event::Finish(Finish::ToolCalls),
            ],
        );
        let thought = |words: &str, signature: Option<&str>, sealed: Option<&str>| {
            of("a/b", text(words), signature.map(str::to_owned), sealed.map(str::to_owned))
        };
        let parts = [
            thought("one", Some("s"), None),
            thought("two", None, None),
            thought("", None, Some("x")),
            Part::Text(text("ab")),
            Part::ToolCall(call("1", "{}")),
            Part::ToolCall(call("2", "")),
            Part::Refusal(text("no")),
        ];
        assert_eq!(answer.parts, parts);
        assert_eq!((answer.finish, answer.usage.input), (Finish::ToolCalls, 2));
    }
}
