//! One model as one vendor sells it: its limits, prices, abilities and end.

use std::borrow::Cow;

use super::vocabulary::{Capabilities, Capability, Constraints, Mode};
use crate::units::{Date, Money};

/// A text that is part of the program, or read from a file.
pub type Str = Cow<'static, str>;

/// What the catalogue says of one model at one vendor. `None` is unknown throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The company whose account serves it: `openai`, `bedrock`.
    pub vendor: Str,
    /// The model id as it goes on the wire there.
    pub id: Str,
    /// What it is asked for.
    pub mode: Mode,
    /// The company that made it, by its name as a vendor: `anthropic` for a Claude model at Bedrock.
    pub maker: Option<Str>,
    /// The model that it is, whoever sells it and under whatever date or spelling: `anthropic/claude-sonnet-4-5`.
    pub base: Option<Str>,
    /// The whole window, input and output together, in tokens.
    pub context: Option<u64>,
    /// The most input tokens, where less than the window.
    pub max_input: Option<u64>,
    /// The most output tokens.
    pub max_output: Option<u64>,
    /// The price of one million input tokens.
    pub input_price: Option<Money>,
    /// The price of one million output tokens.
    pub output_price: Option<Money>,
    /// Prices of long requests, smallest first.
    pub tiers: Cow<'static, [Tier]>,
    /// Announced prices, earliest first.
    pub changes: Cow<'static, [Change]>,
    /// What it can do. What is neither here nor in `unknown` it cannot do.
    pub capabilities: Capabilities,
    /// What nobody has said that it can or cannot do.
    pub unknown: Capabilities,
    /// Its known traps.
    pub constraints: Constraints,
    /// Where it is served.
    pub endpoints: Endpoints,
    /// The announced first day without it.
    pub until: Option<Date>,
    /// Where the id itself sends a request: an Azure data zone or a Bedrock inference profile (`us`, `eu`, `apac`, `au`, `jp`, `global`).
    pub zone: Option<Str>,
}

/// A request with more than `above` input tokens is billed wholly at these prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The largest input, in tokens, that is still billed at less.
    pub above: u64,
    /// The price of one million input tokens.
    pub input: Option<Money>,
    /// The price of one million output tokens.
    pub output: Option<Money>,
}

/// Prices that begin on an announced day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first day.
    pub from: Date,
    /// The price of one million input tokens.
    pub input: Option<Money>,
    /// The price of one million output tokens.
    pub output: Option<Money>,
}

/// The endpoints of an API in the manner of OpenAI's on which a model is served; neither means that it is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// `/chat/completions`.
    pub chat_completions: bool,
    /// `/responses`.
    pub responses: bool,
}

/// Yes, no, or nobody has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It can.
    Yes,
    /// It cannot.
    No,
    /// Nobody has said.
    Unknown,
}

impl Entry {
    /// Whether the model can do something.
    pub fn can(&self, what: Capability) -> Known {
        if self.capabilities.contains(what) {
            Known::Yes
        } else if self.unknown.contains(what) {
            Known::Unknown
        } else {
            Known::No
        }
    }

    /// The key by which the catalogue is sorted.
    pub(super) fn key(&self) -> (&str, &str) {
        (&self.vendor, &self.id)
    }
}
