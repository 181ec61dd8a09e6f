//! How much of the routes tests exercise: the attempts that some run of a test calls, of a route that it expects something of.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::outcomes::Outcome;
use crate::compile::Compilation;
use crate::policy::model::{RouteId, TargetId, Test};
use crate::source::Span;

/// How many attempts there are, and which are not exercised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Attempts of all routes that have any.
    pub attempts: usize,
    /// Those that no test exercises, route by route.
    pub unvisited: Vec<Unvisited>,
}

/// An attempt that no test exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unvisited {
    /// The route that is called.
    pub route: RouteId,
    /// The attempt's number, as `byokc show PATH ROUTE` counts.
    pub attempt: usize,
    /// Who would be called.
    pub target: TargetId,
    /// Where it is named.
    pub span: Span,
}

impl Coverage {
    /// That of these tests.
    pub(super) fn of<'t, 's: 't>(compilation: &Compilation<'_>, tests: impl Iterator<Item = (&'t Test<'s>, &'t Outcome)>) -> Self {
        let mut visited: BTreeMap<RouteId, BTreeSet<u16>> = BTreeMap::new();
        for (test, outcome) in tests {
            for (expectation, judged) in test.expect.iter().zip(&outcome.expects) {
                visited.entry(expectation.route.value).or_default().extend(&judged.visited);
            }
        }
        let mut coverage = Self::default();
        for (route, automaton) in compilation.attempted() {
            coverage.attempts += automaton.attempts.len();
            let seen = visited.get(&route);
            let attempts = automaton.attempts.iter().zip(0u16..);
            coverage.unvisited.extend(attempts.filter(|(_, number)| !seen.is_some_and(|seen| seen.contains(number))).map(
                |(attempt, number)| Unvisited {
                    route,
                    attempt: usize::from(number),
                    target: attempt.target,
                    span: automaton.place(attempt).span,
                },
            ));
        }
        coverage
    }

    /// How many attempts are exercised.
    pub fn visited(&self) -> usize {
        self.attempts.saturating_sub(self.unvisited.len())
    }

    /// The share of attempts that are exercised, in percent, rounded down; 100 where there is none.
    pub fn percent(&self) -> usize {
        (self.visited() * 100).checked_div(self.attempts).unwrap_or(100)
    }
}
