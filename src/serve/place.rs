//! A request that is being answered: it has a place among those that may be, and is counted and recorded when it is over, however it ends.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use crate::controls::ToolUse;
use crate::exchange::Usage;

use super::metrics::{InFlight, Metrics};
use super::trail::{Ended, Trail};

/// What becomes of a request whose client went away.
pub(super) const GONE: &str = "client_gone";

/// Held until the last byte of the answer.
pub(super) struct Place {
    metrics: Arc<Metrics>,
    started: Instant,
    route: String,
    target: String,
    /// What became of it: `served`, or the code of the error.
    pub(super) outcome: &'static str,
    pub(super) usage: Usage,
    pub(super) trail: Trail,
    _under_way: InFlight,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// A request begins.
    pub(super) fn new(metrics: &Arc<Metrics>, permit: Option<OwnedSemaphorePermit>, trail: Trail) -> Self {
        Self {
            metrics: Arc::clone(metrics),
            started: Instant::now(),
            route: String::new(),
            target: String::new(),
            outcome: GONE,
            usage: Usage::default(),
            trail,
            _under_way: metrics.begin(),
            _permit: permit,
        }
    }

    /// It is for this route, of which such a record is kept.
    pub(super) fn of_route(&mut self, route: &str, audit: &str) {
        route.clone_into(&mut self.route);
        self.trail.of_route(route, audit);
    }

    /// The model called a tool.
    pub(super) fn tool(&self, used: &ToolUse) {
        let outcome = match used {
            ToolUse::Called(_) => "called",
            ToolUse::Sealed(..) => "sealed",
            ToolUse::Blocked(_) => "blocked",
        };
        self.metrics.tool(&self.route, outcome);
    }

    /// This target answers.
    pub(super) fn served_by(&mut self, target: &str) {
        target.clone_into(&mut self.target);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.metrics.request(&self.route, self.outcome, self.started.elapsed());
        self.metrics.usage(&self.route, &self.target, self.usage);
        // Nobody is there to be refused an answer any more.
        let _ = self.trail.end(Ended { outcome: GONE, usage: self.usage, ..Ended::default() });
    }
}
