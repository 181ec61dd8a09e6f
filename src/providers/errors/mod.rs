//! Turns what a provider answers in place of an answer into the class of the failure, and what it says of waiting. Its words are read and not kept.

pub(super) mod anthropic;
pub(super) mod gemini;
pub(super) mod wait;

/// What providers write, in lower case, where a request does not fit the model's window.
const OVERFLOWS: [&str; 12] = [
    "maximum context length",
    "context_length_exceeded",
    "context length exceeded",
    "exceeds the context window",
    "exceed context limit",
    "prompt is too long",
    "input is too long for requested model",
    "exceeds the maximum number of tokens allowed",
    "reduce the length of the messages",
    "maximum prompt length is",
    "exceeds the available context size",
    "is longer than the model's context length",
];

/// Whether the message of a 400 or 413 says that the request does not fit the model's window.
pub(super) fn overflows(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let counted = || message.split_once("input token count").is_some_and(|(_, rest)| rest.contains("exceeds the maximum"));
    OVERFLOWS.iter().any(|phrase| message.contains(phrase)) || counted()
}

/// The longest name of a field that is passed on, in bytes.
const LONGEST_FIELD: usize = 64;

/// A text of a provider, where it has the form of a field's name: nothing else of what it writes is passed on.
pub(super) fn field(text: &str) -> Option<String> {
    let rest = text.strip_prefix(|first: char| first.is_ascii_alphabetic() || first == '_')?;
    let fits = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]-".contains(&byte));
    (fits && text.len() <= LONGEST_FIELD).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_known_in_any_case() {
        for phrase in OVERFLOWS {
            assert!(overflows(&format!("Sorry: {}.", phrase.to_uppercase())), "{phrase}");
        }
        assert!(overflows("The input token count (1200000) exceeds the maximum number of tokens (1048576)."));
        assert!(!overflows("exceeds the maximum: input token count"));
        assert!(!overflows("Invalid 'user': string too long. Expected at most 64 characters."));
    }

    #[test]
    fn only_names_of_fields_are_kept() {
        assert_eq!(field("messages[1].content").as_deref(), Some("messages[1].content"));
        assert_eq!(field("_x-y.0").as_deref(), Some("_x-y.0"));
        for text in ["", "1a", "a b", "sk-ä", "a/b", &"a".repeat(65)] {
            assert_eq!(field(text), None, "{text}");
        }
        assert!(field(&"a".repeat(64)).is_some());
    }
}
