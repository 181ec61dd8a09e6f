//! The requests of a log, as far as later records rest on them.

use std::collections::{BTreeMap, BTreeSet};

use super::plans::Lane;
use crate::audit::{Asked, Attempt};

/// A request under way: it stands at one attempt.
pub(super) struct Open {
    /// Who asked for what.
    pub(super) asked: Asked<'static>,
    /// The attempt.
    pub(super) index: u16,
    pub(super) called: bool,
    pub(super) stream: bool,
    pub(super) estimate: u64,
    /// The tools that the model was offered.
    pub(super) tools: BTreeSet<String>,
    /// Its last record, in words.
    pub(super) place: String,
    /// Calls that were opened before the answer that holds them was over.
    pub(super) opened: Vec<Call>,
}

impl Open {
    pub(super) fn new(attempt: &Attempt<'static>, place: String, opened: Vec<Call>) -> Self {
        Self {
            asked: attempt.asked.clone(),
            index: attempt.index,
            called: attempt.call.called,
            stream: attempt.call.stream,
            estimate: attempt.call.estimate,
            tools: attempt.tools.iter().map(|tool| tool.clone().into_owned()).collect(),
            place,
            opened,
        }
    }
}

/// A sealed call of a tool.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) tool: String,
    pub(super) digest: String,
}

/// The answer of a step that handed out a receipt, or of a route that sealed calls.
pub(super) struct Answered {
    pub(super) asked: Asked<'static>,
    /// Whether it handed out a receipt.
    pub(super) receipt: bool,
    /// The calls that it sealed.
    pub(super) sealed: Vec<Call>,
    /// When it ended, in seconds since 1970.
    pub(super) time: u64,
}

/// All requests so far, by id.
#[derive(Default)]
pub(super) struct Requests {
    pub(super) open: BTreeMap<u128, Open>,
    /// Those that are over.
    pub(super) over: BTreeSet<u128>,
    /// Of these, those that have no end, for their process was killed: what they sealed is not known.
    pub(super) killed: BTreeMap<u128, Open>,
    /// Of these, those on which later records may rest.
    pub(super) answered: BTreeMap<u128, Answered>,
}

/// The gates of the tools that a route offers.
pub(super) fn gated(lane: Lane<'_>, tool: &str) -> bool {
    lane.plan.tools.get(tool).is_some_and(|tool| tool.approve.is_some())
}
