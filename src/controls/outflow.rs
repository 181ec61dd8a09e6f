//! What comes back to the client: placeholders become values again, calls of tools that were not offered are blocked, those with a gate sealed.

use std::collections::{BTreeMap, BTreeSet};

use super::{SharedKey, sealed};
use crate::exchange::{Answer, Event};
use crate::plan::Gate;
use crate::redact::Restorer;

/// A call of a tool in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolUse {
    /// It was passed on.
    Called(String),
    /// It was sealed; with the digest of the call.
    Sealed(String, String),
    /// The request does not offer it: it was taken out.
    Blocked(String),
}

/// What is needed to seal a call. Owned, for an answer outlives what asked for it.
#[derive(Clone)]
pub struct Outlet {
    /// The tools that the request offers.
    pub offered: BTreeSet<String>,
    /// The gates of tools that have one, by tool.
    pub gates: BTreeMap<String, Gate<'static>>,
    /// Who calls; `None` where nobody is declared.
    pub caller: Option<String>,
    /// The digest of the plan.
    pub plan: String,
    /// The route.
    pub route: String,
    /// The request.
    pub request: String,
    /// When the request came, in seconds since 1970.
    pub asked: u64,
    /// Seals.
    pub key: SharedKey,
}

/// The way of one answer to the client.
pub struct Outflow {
    outlet: Outlet,
    restorer: Restorer,
    uses: Vec<ToolUse>,
}

impl Outflow {
    /// For the answer to one request.
    pub fn new(outlet: Outlet, restorer: Restorer) -> Self {
        Self { outlet, restorer, uses: Vec::new() }
    }

    /// A whole answer.
    pub fn answer(&mut self, answer: &mut Answer) {
        self.restorer.answer(answer);
        let _ = (&self.outlet.offered, sealed::seal);
    }

    /// The next event of a stream.
    pub fn event(&mut self, event: Event, out: &mut Vec<Event>) {
        self.restorer.event(event, out);
    }

    /// The stream is over: what was kept back.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        self.restorer.end(out);
    }

    /// Whether a call of a tool has reached the client: the answer is not the last of its step.
    pub fn open_calls(&self) -> bool {
        self.uses.iter().any(|used| !matches!(used, ToolUse::Blocked(_)))
    }

    /// The calls of tools so far.
    pub fn uses(&self) -> &[ToolUse] {
        &self.uses
    }
}
