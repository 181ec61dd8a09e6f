//! Why a route can reach a target, or why not: the smallest set of statements that lets it, or what stops it and the smallest edit that would allow it.
//! Pure: it reads nothing and prints nothing.

mod account;
mod admitted;
mod chain;
mod change;
mod data;
mod diff;
mod human;
mod json_v1;
mod offers;
mod proposal;
mod quote;
mod reasons;
mod search;
mod smallest;
mod statement;
mod wanted;
mod ways;

pub use change::Change;
pub use human::{why as why_human, why_not as why_not_human};
pub use json_v1::{schema, why as why_json, why_not as why_not_json};
pub use proposal::{Answer, Proposal};
pub use reasons::{Reason, Reasons};
pub use smallest::{Reached, why};
pub use statement::Statement;
pub use wanted::Wanted;

use crate::compile::Compilation;
use crate::policy::model::RouteId;
use crate::recheck::Original;

/// What is asked of a policy.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The policy's files, and how to compile them again.
    pub original: Original<'a>,
    /// What came of them.
    pub compilation: &'a Compilation<'a>,
    /// The route.
    pub route: RouteId,
    /// The target, which need not be in the policy.
    pub wanted: &'a Wanted,
}

impl Question<'_> {
    /// The route's name.
    pub fn route_name(&self) -> &str {
        self.compilation.policy[self.route].name.text
    }

    /// Whether a run of the route may call the target, with no error against it. `None` where the route's errors leave it without attempts.
    pub fn reaches(&self) -> Option<bool> {
        let ways = ways::ways(self.compilation, self.route, self.wanted)?;
        Some(ways.iter().any(|way| way.against.is_empty()))
    }
}

/// What stops a route from reaching a target, and the smallest edit that would allow it.
pub fn why_not(question: Question<'_>) -> Answer {
    let reasons = reasons::reasons(question);
    search::search(question, reasons)
}
