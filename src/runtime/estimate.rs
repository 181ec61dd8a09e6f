//! How large a prompt is at most, in tokens: an estimate that errs upward, for `max_input` and `up to` (language reference, section 3).

use crate::exchange::{Embed, File, Message, Output, Part, Request, Tool};

/// Bytes of text for a token. No tokenizer in use makes more than a token of three bytes of running text.
const BYTES: u64 = 3;
/// What a provider adds around a message, a call or a tool.
const AROUND: u64 = 8;
/// The most that a picture costs at any provider of the catalogue when it is looked at closely.
const IMAGE: u64 = 6_000;

/// The tokens of a prompt, at most.
pub fn estimate(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().map(message).sum();
    let tools: u64 = request.tools.iter().map(tool).sum();
    let schema = match &request.output {
        Output::JsonSchema(schema) => {
            AROUND + text(schema.schema.get()) + text(&schema.name) + schema.description.as_deref().map_or(0, text)
        }
        _ => 0,
    };
    AROUND + messages + tools + schema
}

/// The tokens of texts that are to become vectors, at most.
pub fn estimate_texts(request: &Embed) -> u64 {
    request.input.iter().map(|input| AROUND + text(input)).sum()
}

fn text(text: &str) -> u64 {
    (text.len() as u64).div_ceil(BYTES)
}

fn message(message: &Message) -> u64 {
    AROUND + message.parts.iter().map(part).sum::<u64>()
}

fn part(part: &Part) -> u64 {
    match part {
        Part::Text(said) | Part::Refusal(said) => text(said),
        Part::Image(_) => AROUND + IMAGE,
        Part::File(file) => document(file),
        Part::ToolCall(call) => AROUND + text(&call.id) + text(&call.name) + text(&call.arguments),
        Part::ToolResult(result) => AROUND + text(&result.id) + result.parts.iter().map(self::part).sum::<u64>(),
        Part::Thinking(thinking) => {
            AROUND + text(&thinking.text) + thinking.signature.as_deref().map_or(0, text) + thinking.sealed.as_deref().map_or(0, text)
        }
    }
}

/// A document is packed text and pictures of its pages: a token for each byte that arrives is more than any of them becomes.
fn document(file: &File) -> u64 {
    AROUND + file.data.len() as u64
}

fn tool(tool: &Tool) -> u64 {
    AROUND
        + text(&tool.name)
        + tool.description.as_deref().map_or(0, text)
        + tool.parameters.as_ref().map_or(0, |schema| text(schema.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Image, Role, ToolCall, ToolResult};

    fn of(parts: Vec<Part>) -> u64 {
        estimate(&Request { messages: vec![Message { role: Role::User, parts }], ..Request::default() })
    }

    #[test]
    fn text_is_at_least_a_token_for_three_bytes() {
        for text in ["", "a", "abc", "abcd", "ключ", "鍵鍵鍵", &"x".repeat(30_000)] {
            assert!(of(vec![Part::Text(text.to_owned())]) >= (text.len() as u64).div_ceil(3), "{text}");
        }
        assert!(of(vec![Part::Text("x".repeat(30_000))]) < 10_100, "and not much more");
    }

    #[test]
    fn every_kind_of_part_counts() {
        let empty = of(Vec::new());
        let long = || "x".repeat(3000);
        let call = ToolCall { id: String::new(), name: String::new(), arguments: long(), signature: None };
        let result = ToolResult { id: String::new(), name: None, parts: vec![Part::Text(long())], is_error: false };
        let file = File { media_type: "application/pdf".to_owned(), data: long(), name: None };
        for part in [Part::Text(long()), Part::Refusal(long()), Part::ToolCall(call), Part::ToolResult(result), Part::File(file)] {
            assert!(of(vec![part.clone()]) >= empty + 1000, "{part:?}");
        }
        let image = Image::Url { url: "https://example.com/a.png".to_owned(), detail: None };
        assert!(of(vec![Part::Image(image)]) >= empty + IMAGE);
        let tool = Tool {
            name: long(),
            description: Some(long()),
            parameters: serde_json::value::RawValue::from_string(format!("{:?}", long())).ok(),
            strict: None,
        };
        assert!(estimate(&Request { tools: vec![tool], ..Request::default() }) >= 3000);
        assert!(estimate_texts(&Embed { input: vec![long(), long()], ..Embed::default() }) >= 2000);
    }
}
