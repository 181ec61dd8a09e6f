//! The JSON of a response and of the events of its stream, as far as it is read.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::exchange::{Finish, Usage};
use crate::failure::Failure;
use crate::providers::{Failed, errors};

/// A response, whole or at the end of its stream.
#[derive(Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(default, borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub(super) output: Option<Vec<Item<'a>>>,
    #[serde(default)]
    usage: Option<Used>,
    #[serde(default, borrow)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(default, borrow)]
    incomplete_details: Option<Incomplete<'a>>,
}

#[derive(Deserialize)]
struct Incomplete<'a> {
    #[serde(default, borrow)]
    reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Error<'a> {
    #[serde(default, borrow)]
    code: Option<Cow<'a, str>>,
}

impl Reply<'_> {
    /// Why it ended. Fails where it failed, or is not over.
    pub(super) fn finish(&self, calls_tools: bool) -> Result<Finish, Failed> {
        match self.status.as_deref() {
            Some("completed") if calls_tools => Ok(Finish::ToolCalls),
            Some("completed") => Ok(Finish::Stop),
            Some("incomplete") => match self.incomplete_details.as_ref().and_then(|details| details.reason.as_deref()) {
                Some("content_filter") => Ok(Finish::ContentFilter),
                _ => Ok(Finish::Length),
            },
            _ => Err(self.failed()),
        }
    }

    fn failed(&self) -> Failed {
        let error: Option<Error<'_>> = self.error.and_then(|error| serde_json::from_str(error.get()).ok());
        match error.and_then(|error| error.code) {
            Some(code) => errors::named(&code),
            None => Failed::of(Failure::ServerError),
        }
    }

    /// What was used up.
    pub(super) fn usage(&self) -> Usage {
        let used = self.usage.unwrap_or_default();
        let (input, output) = (used.input_tokens_details.unwrap_or_default(), used.output_tokens_details.unwrap_or_default());
        Usage {
            input: used.input_tokens.unwrap_or_default(),
            output: used.output_tokens.unwrap_or_default(),
            cached: input.cached_tokens.unwrap_or_default(),
            cache_written: input.cache_write_tokens.unwrap_or_default(),
            reasoning: output.reasoning_tokens.unwrap_or_default(),
        }
    }
}

/// An item of the output, of any type: each has some of the members.
#[derive(Deserialize)]
pub(super) struct Item<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(default, borrow)]
    pub(super) content: Option<Vec<Part<'a>>>,
    #[serde(default, borrow)]
    pub(super) summary: Option<Vec<Part<'a>>>,
    #[serde(default)]
    pub(super) call_id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) arguments: Option<String>,
}

/// A part of a message or of a thought.
#[derive(Deserialize)]
pub(super) struct Part<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) refusal: Option<String>,
}

/// An event of the stream, of any type: each has some of the members.
#[derive(Deserialize)]
pub(super) struct Happened<'a> {
    #[serde(rename = "type", default, borrow)]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) output_index: Option<u64>,
    #[serde(default)]
    pub(super) delta: Option<String>,
    #[serde(default, borrow)]
    pub(super) arguments: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub(super) item: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) response: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Used {
    #[serde(default)]
    input_tokens: Option<u64>,
    #[serde(default)]
    output_tokens: Option<u64>,
    #[serde(default)]
    input_tokens_details: Option<OfInput>,
    #[serde(default)]
    output_tokens_details: Option<OfOutput>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct OfInput {
    #[serde(default)]
    cached_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct OfOutput {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}
