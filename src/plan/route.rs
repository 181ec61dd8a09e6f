//! A route as a plan holds it: a table of attempts, and what holds for every run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Text, Texts};

/// One kind of task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route<'a> {
    /// The data classes it takes.
    pub accepts: Texts<'a>,
    /// Further names under which clients ask for it.
    pub answers: Texts<'a>,
    /// The gate before the first attempt.
    pub approve: Option<Gate<'a>>,
    /// The attempts. A run starts at the first, or at any of `entries`.
    pub attempts: Vec<Attempt<'a>>,
    /// `metadata`, `full` or `none`.
    pub audit: Text<'a>,
    /// `require` or `prefer`.
    pub byok: Text<'a>,
    /// The most that one run may cost, in dollars, a decimal.
    pub cost: Option<Text<'a>>,
    /// For the whole run, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// Where a run may start, any of these; absent: at attempt 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<u16>>,
    /// `chat`, `embedding`, `transcription`, `speech` or `image`.
    pub kind: Text<'a>,
    /// What its own redaction makes of the data; empty where it redacts nothing.
    pub lowers: Vec<Lowers<'a>>,
    /// A larger prompt is refused with `too_large`, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// What of a request is sent at all.
    pub minimize: Minimize<'a>,
    /// What is masked before anything leaves.
    pub redact: Texts<'a>,
    /// The name that people read.
    pub title: Text<'a>,
    /// The tools a model may be offered.
    pub tools: Texts<'a>,
}

/// One attempt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt<'a> {
    /// What the redaction of every route on the way makes of the data, where that is more than the route's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<Lowers<'a>>,
    /// A larger prompt counts as `context_length`, uncalled; in tokens.
    pub max_input: Option<u64>,
    /// What of a request is sent, where that is less than the route says.
    #[serde(default, skip_serializing_if = "Minimize::is_empty")]
    pub minimize: Minimize<'a>,
    /// The model's id at the provider.
    pub model: Text<'a>,
    /// After a failure of this class: the attempt that follows, or several of which any may be chosen. A class that is missing ends the run.
    pub next: Arc<BTreeMap<Text<'a>, Next>>,
    /// The account.
    pub provider: Text<'a>,
    /// What is masked besides the route's own `redact`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub redact: Texts<'a>,
    /// How often it is repeated.
    pub retries: u8,
    /// `provider/model`.
    pub target: Text<'a>,
    /// To the first byte of a stream, or to the end of an answer; in milliseconds.
    pub timeout_ms: u64,
}

/// What follows an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Next {
    /// This attempt.
    One(u16),
    /// Any of these attempts: a `spread` pool.
    Any(Vec<u16>),
}

/// `lowers FROM to TO because …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lowers<'a> {
    /// Why that is so.
    pub because: Text<'a>,
    /// This class and all below.
    pub from: Text<'a>,
    /// Become this one.
    pub to: Text<'a>,
}

/// What of a request is sent at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minimize<'a> {
    /// The last so many messages; null: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u64>,
    /// Parts that are not sent: `user`, `metadata`, `images`, `files`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub strip: Texts<'a>,
}

impl Minimize<'_> {
    /// Whether all is sent.
    pub fn is_empty(&self) -> bool {
        self.history.is_none() && self.strip.is_empty()
    }
}

/// An approval gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate<'a> {
    /// Who must agree.
    pub role: Text<'a>,
    /// No answer in this time is a refusal; in milliseconds.
    pub within_ms: u64,
}
