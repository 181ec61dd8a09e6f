//! The shape of an answer, and of each piece of a streamed one, as far as it is read.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::exchange::{Finish, Usage};
use crate::failure::Failure;
use crate::providers::Failed;

/// An answer, or the next parts of one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    #[serde(borrow, default)]
    pub(super) candidates: Vec<Candidate<'a>>,
    pub(super) prompt_feedback: Option<Feedback>,
    pub(super) usage_metadata: Option<Counts>,
    #[serde(borrow, default, rename = "responseId")]
    pub(super) id: Cow<'a, str>,
    pub(super) error: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Feedback {
    pub(super) block_reason: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate<'a> {
    #[serde(borrow)]
    pub(super) content: Option<Content<'a>>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Content<'a> {
    #[serde(borrow, default)]
    pub(super) parts: Vec<Part<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part<'a> {
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) thought: bool,
    pub(super) thought_signature: Option<String>,
    #[serde(borrow)]
    pub(super) function_call: Option<FunctionCall<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct FunctionCall<'a> {
    pub(super) id: Option<String>,
    pub(super) name: String,
    #[serde(borrow)]
    pub(super) args: Option<&'a RawValue>,
}

/// What was used up, as it is told here: thoughts are not in `candidates`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Counts {
    #[serde(rename = "promptTokenCount")]
    prompt: Option<u64>,
    #[serde(rename = "cachedContentTokenCount")]
    cached: Option<u64>,
    #[serde(rename = "candidatesTokenCount")]
    candidates: Option<u64>,
    #[serde(rename = "thoughtsTokenCount")]
    thoughts: Option<u64>,
}

impl Counts {
    pub(super) fn usage(self) -> Usage {
        let reasoning = self.thoughts.unwrap_or(0);
        Usage {
            input: self.prompt.unwrap_or(0),
            output: self.candidates.unwrap_or(0).saturating_add(reasoning),
            cached: self.cached.unwrap_or(0),
            cache_written: 0,
            reasoning,
        }
    }
}

/// Why the answer ended, calls left aside. What the provider withholds is a failure, and so is every reason that says that it went wrong.
pub(super) fn finish(reason: &str) -> Result<Finish, Failed> {
    match reason {
        "STOP" | "CONTINUATION" => Ok(Finish::Stop),
        "MAX_TOKENS" => Ok(Finish::Length),
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" | "MODEL_ARMOR" => {
            Err(Failed::of(Failure::ContentPolicy))
        }
        _ => Err(Failed::of(Failure::ServerError)),
    }
}
