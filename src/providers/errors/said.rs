//! From the body of an error, in any of the shapes in which providers write them, to what their rules ask about.

use std::time::Duration;

use serde_json::{Map, Value};

use super::overflow;

/// What a body says. Lives as long as a reply is looked at; what becomes of it holds no more than a class and a field's name.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// `error.message`, in lower case, without what it quotes: that may be the prompt.
    pub(super) message: String,
    /// `error.type`.
    pub(super) kind: String,
    /// `error.code` where it is text.
    pub(super) code: String,
    /// `error.code` where it is a number, or one in quotes.
    number: Option<u64>,
    /// `error.param`.
    pub(super) param: Option<String>,
    /// `error.metadata`: OpenRouter's.
    pub(super) metadata: Option<Map<String, Value>>,
    /// Google's `RetryInfo.retryDelay`.
    pub(super) wait: Option<Duration>,
}

impl Said {
    /// Reads a body; one that is not understood says nothing.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut body = serde_json::from_slice(body).unwrap_or_default();
        // Gemini in OpenAI's shape puts the object into a list.
        if let Value::Array(list) = &mut body {
            body = if list.is_empty() { Value::Null } else { list.swap_remove(0) };
        }
        let Value::Object(mut body) = body else { return Self::default() };
        match body.remove("error") {
            Some(Value::Object(error)) => Self::of(error),
            Some(Value::String(message)) => Self { message: overflow::unquoted(&message), ..Self::default() },
            _ => Self::of(body),
        }
    }

    fn of(mut error: Map<String, Value>) -> Self {
        let wait = error.get("details").and_then(wait);
        let number = error.get("code").and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
        let mut text = |member| match error.remove(member) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (message, kind, code, param) = (text("message"), text("type"), text("code"), text("param"));
        let metadata = match error.remove("metadata") {
            Some(Value::Object(metadata)) => Some(metadata),
            _ => None,
        };
        let param = Some(param).filter(|param| !param.is_empty());
        Self { message: overflow::unquoted(&message), kind, code, number, param, metadata, wait }
    }

    /// The HTTP status that the body itself names, as OpenRouter and vLLM do.
    pub(super) fn status(&self) -> Option<u16> {
        self.number.and_then(|number| u16::try_from(number).ok()).filter(|status| (400..600).contains(status))
    }

    /// Text in `metadata`.
    pub(super) fn metadata(&self, member: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(member)?.as_str()
    }

    /// Whether the message is one of those in which servers say that a prompt is too long, and of the prompt.
    pub(super) fn overflows(&self) -> bool {
        const OF_THE_PROMPT: [&str; 7] =
            ["messages", "input", "prompt", "max_tokens", "max_completion_tokens", "max_output_tokens", "contents"];
        let of_the_prompt = self.param.as_deref().is_none_or(|param| OF_THE_PROMPT.iter().any(|prompt| param.starts_with(prompt)));
        of_the_prompt && overflow::says(&self.message)
    }

    /// The field that is wrong.
    pub(super) fn field(&self) -> Option<String> {
        self.param.as_deref().and_then(field)
    }
}

/// A field's name, if it has the form of one: letters, digits and `_.[]-`, at most 64 of them. Anything else may be the provider's own words.
pub(super) fn field(name: &str) -> Option<String> {
    let first = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    let rest = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]-".contains(&byte));
    (first && rest && name.len() <= 64).then(|| name.to_owned())
}

/// `RetryInfo.retryDelay`, seconds with an `s`: `1.5s`.
fn wait(details: &Value) -> Option<Duration> {
    let delay = details.as_array()?.iter().find_map(|detail| detail.get("retryDelay"))?.as_str()?;
    super::wait::delay(delay)
}
