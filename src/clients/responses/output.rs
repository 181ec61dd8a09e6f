//! Items of an answer, as OpenAI's responses write them.

use serde::Serialize;

/// How far an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    InProgress,
    Completed,
    Incomplete,
}

/// An item.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item {
    Message { id: String, status: Status, role: &'static str, content: Vec<Content> },
    FunctionCall { id: String, status: Status, call_id: String, name: String, arguments: String },
}

/// A part of a message.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Content {
    OutputText { text: String, annotations: [(); 0], logprobs: [(); 0] },
    Refusal { refusal: String },
}

/// Which part is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Refusal,
}

impl Item {
    /// Sets how far it is.
    pub(super) fn set(&mut self, now: Status) {
        match self {
            Self::Message { status, .. } | Self::FunctionCall { status, .. } => *status = now,
        }
    }
}

impl Content {
    /// A part in which nothing is said yet.
    pub(super) fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::OutputText { text: String::new(), annotations: [], logprobs: [] },
            Kind::Refusal => Self::Refusal { refusal: String::new() },
        }
    }

    /// Which it is.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::OutputText { .. } => Kind::Text,
            Self::Refusal { .. } => Kind::Refusal,
        }
    }

    /// What is said.
    pub(super) fn said(&self) -> &str {
        match self {
            Self::OutputText { text, .. } => text,
            Self::Refusal { refusal } => refusal,
        }
    }

    /// Says more.
    pub(super) fn say(&mut self, more: &str) {
        match self {
            Self::OutputText { text, .. } => text.push_str(more),
            Self::Refusal { refusal } => refusal.push_str(more),
        }
    }
}
