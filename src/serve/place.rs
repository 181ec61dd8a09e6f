//! A request that is being answered: it has a place among those that may be, and is counted when it is over, however it ends.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use crate::exchange::Usage;

use super::metrics::{InFlight, Metrics};

/// What becomes of a request whose client went away.
const GONE: &str = "client_gone";

/// Held until the last byte of the answer.
pub(super) struct Place {
    metrics: Arc<Metrics>,
    started: Instant,
    route: String,
    target: String,
    /// What became of it: `served`, or the code of the error.
    pub(super) outcome: &'static str,
    pub(super) usage: Usage,
    _under_way: InFlight,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// A request begins.
    pub(super) fn new(metrics: &Arc<Metrics>, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            metrics: Arc::clone(metrics),
            started: Instant::now(),
            route: String::new(),
            target: String::new(),
            outcome: GONE,
            usage: Usage::default(),
            _under_way: metrics.begin(),
            _permit: permit,
        }
    }

    /// It is for this route.
    pub(super) fn of_route(&mut self, route: &str) {
        route.clone_into(&mut self.route);
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
    }
}
