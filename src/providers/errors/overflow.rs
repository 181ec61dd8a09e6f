//! From the words of a message to whether they say that the prompt is too long, in the phrases that servers are known to use.

/// In lower case. A star stands for anything between two halves.
const PHRASES: [&str; 13] = [
    "maximum context length",
    "context_length_exceeded",
    "context length exceeded",
    "exceeds the context window",
    "exceed context limit",
    "prompt is too long",
    "input is too long for requested model",
    "exceeds the maximum number of tokens allowed",
    "input token count * exceeds the maximum",
    "reduce the length of the messages",
    "maximum prompt length is",
    "exceeds the available context size",
    "is longer than the model's context length",
];

/// Whether a message in lower case has one of the phrases.
pub(super) fn says(message: &str) -> bool {
    PHRASES.iter().any(|phrase| match phrase.split_once(" * ") {
        Some((head, tail)) => message.split_once(head).is_some_and(|(_, rest)| rest.contains(tail)),
        None => message.contains(phrase),
    })
}

/// A message in lower case without what it quotes: an echoed prompt may say anything. The quote of an apostrophe (`model's`) is none.
pub(super) fn unquoted(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut quote = None;
    let mut before = ' ';
    let mut letters = message.chars().peekable();
    while let Some(letter) = letters.next() {
        let inside_a_word = before.is_alphanumeric() && letters.peek().is_some_and(|next| next.is_alphanumeric());
        match (quote, letter) {
            (Some(_), '\\') => {
                letters.next();
            }
            (Some(open), _) if open == letter && !(letter == '\'' && inside_a_word) => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(letter),
            (None, '\'') if !before.is_alphanumeric() => quote = Some(letter),
            (None, '“') => quote = Some('”'),
            (None, _) => kept.extend(letter.to_lowercase()),
        }
        before = letter;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say_of_long_prompts_is_known() {
        for message in [
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
            "prompt is too long: 214063 tokens > 200000 maximum",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            "the request exceeds the available context size. try increasing it",
            "Input length 40000 is longer than the model's context length (32768 tokens).",
            "Please reduce the length of the messages or completion.",
            "Your input exceeds the context window of this model.",
            "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
        ] {
            assert!(says(&unquoted(message)), "{message}");
        }
    }

    #[test]
    fn what_a_message_quotes_says_nothing() {
        for message in [
            "Invalid value: 'the maximum context length is 4'. Supported values are: 'auto'.",
            r#"Could not parse "say \"prompt is too long\" please, it exceeds the context window" as JSON"#,
            "unknown tool `input token count 3 exceeds the maximum`",
            "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 300 instead.",
            "Bad value 'it's when the prompt is too long, it's bad' for `name`",
        ] {
            assert!(!says(&unquoted(message)), "{message}");
        }
    }
}
