//! The JSON of a chat completion and of its chunks, as far as it is read. What servers leave out, or write as `null`, is optional.

use std::borrow::Cow;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::exchange::{Finish, Usage};

/// A completion or a chunk of one.
#[derive(Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(default, borrow)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    pub(super) usage: Option<Used>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
    #[serde(default, borrow)]
    object: Option<Cow<'a, str>>,
}

impl Reply<'_> {
    /// Whether it is an error in the place of an answer. Mistral and older vLLM write one without a wrapper.
    pub(super) fn is_error(&self) -> bool {
        self.error.is_some() || self.object.as_deref() == Some("error")
    }
}

/// One answer.
#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    pub(super) index: Option<u64>,
    #[serde(default, borrow)]
    pub(super) message: Option<Said<'a>>,
    #[serde(default, borrow)]
    pub(super) delta: Option<Said<'a>>,
    #[serde(default, borrow)]
    pub(super) finish_reason: Option<Cow<'a, str>>,
}

/// What the model says, or more of it.
#[derive(Default, Deserialize)]
pub(super) struct Said<'a> {
    #[serde(default)]
    pub(super) content: Option<Content>,
    #[serde(default)]
    pub(super) refusal: Option<String>,
    /// OpenRouter's thoughts, and newer vLLM's.
    #[serde(default)]
    pub(super) reasoning: Option<String>,
    /// The same at other servers.
    #[serde(default)]
    pub(super) reasoning_content: Option<String>,
    #[serde(default, borrow)]
    pub(super) tool_calls: Option<Vec<Call<'a>>>,
}

impl Said<'_> {
    /// Thoughts, text.
    pub(super) fn words(&mut self) -> (String, String) {
        let content = self.content.take().unwrap_or_default();
        let mut thoughts = self.reasoning.take().or(self.reasoning_content.take()).unwrap_or_default();
        thoughts.push_str(&content.thoughts);
        (thoughts, content.text)
    }
}

/// A tool call, or more of it.
#[derive(Deserialize)]
pub(super) struct Call<'a> {
    #[serde(default)]
    pub(super) index: Option<u64>,
    #[serde(default, borrow)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub(super) function: Option<Function<'a>>,
}

/// What is called.
#[derive(Default, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(default, borrow)]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    arguments: Option<&'a RawValue>,
}

impl Function<'_> {
    /// JSON text: some servers write it as text, as they should, and some as an object.
    pub(super) fn arguments(&self) -> Result<Cow<'_, str>, serde_json::Error> {
        match self.arguments.map(RawValue::get) {
            None => Ok(Cow::Borrowed("")),
            Some(text) if text.starts_with('"') => serde_json::from_str::<String>(text).map(Cow::Owned),
            Some(object) => Ok(Cow::Borrowed(object)),
        }
    }
}

/// Text, or at Mistral a list of text and thoughts.
#[derive(Default)]
pub(super) struct Content {
    text: String,
    thoughts: String,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(default, borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    thinking: Option<Content>,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Content;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("text or a list of parts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content { text: text.to_owned(), thoughts: String::new() })
            }

            fn visit_string<E>(self, text: String) -> Result<Content, E> {
                Ok(Content { text, thoughts: String::new() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pieces: A) -> Result<Content, A::Error> {
                let mut content = Content::default();
                while let Some(piece) = pieces.next_element::<Piece<'de>>()? {
                    content.text.push_str(&piece.text.unwrap_or_default());
                    content.thoughts.push_str(&piece.thinking.unwrap_or_default().text);
                }
                Ok(content)
            }
        }
        deserializer.deserialize_any(Words)
    }
}

/// `usage`.
#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct Used {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<OfPrompt>,
    #[serde(default)]
    completion_tokens_details: Option<OfAnswer>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct OfPrompt {
    #[serde(default)]
    cached_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct OfAnswer {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

impl From<Used> for Usage {
    fn from(used: Used) -> Self {
        let (prompt, answer) = (used.prompt_tokens_details.unwrap_or_default(), used.completion_tokens_details.unwrap_or_default());
        Self {
            input: used.prompt_tokens.unwrap_or_default(),
            output: used.completion_tokens.unwrap_or_default(),
            cached: prompt.cached_tokens.unwrap_or_default(),
            cache_written: prompt.cache_write_tokens.unwrap_or_default(),
            reasoning: answer.reasoning_tokens.unwrap_or_default(),
        }
    }
}

/// Why an answer ended; `None`: it failed, or does not say that it ended. Where a tool has to be called OpenAI says `stop`, as some servers always do.
pub(super) fn finish(reason: Option<&str>, calls_tools: bool) -> Option<Finish> {
    match reason {
        None | Some("" | "error") => None,
        Some("length" | "model_length") => Some(Finish::Length),
        Some("content_filter") => Some(Finish::ContentFilter),
        _ if calls_tools => Some(Finish::ToolCalls),
        Some("tool_calls" | "function_call") => Some(Finish::ToolCalls),
        _ => Some(Finish::Stop),
    }
}
