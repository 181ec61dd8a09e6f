//! What runs of a policy's routes do: from a scenario, or from all that can fail, to a report for people and to the document `byok-simulation/1`. Pure: it reads nothing and prints nothing.

mod document;
mod human;
mod summary;

pub use document::{document, schema};
pub use human::{human, summaries};
pub use summary::{Outage, Summary};

use crate::analysis::every_run::every_run;
use crate::analysis::scenario::{Run, Scenario, TooManyRuns, runs};
use crate::automaton::Automaton;
use crate::compile::Compilation;
use crate::policy::model::RouteId;
use crate::source::Sources;

/// The runs of some routes of a policy.
pub struct Simulation<'c, 's> {
    sources: &'c Sources,
    compilation: &'c Compilation<'s>,
    /// Route by route, in source order. Routes with errors of their own have no runs and are not among them.
    pub routes: Vec<RouteRuns<'c>>,
}

/// The runs of one route.
pub struct RouteRuns<'c> {
    /// The route.
    pub route: RouteId,
    automaton: &'c Automaton,
    /// Its runs, where they are not too many to tell one by one.
    pub runs: Result<Vec<Run>, TooManyRuns>,
}

impl<'c, 's> Simulation<'c, 's> {
    /// What a scenario leads to.
    pub fn of(sources: &'c Sources, compilation: &'c Compilation<'s>, routes: &[RouteId], scenario: &Scenario) -> Self {
        Self::new(sources, compilation, routes, |route, automaton| runs(&compilation.policy, automaton, route, scenario))
    }

    /// Every run there is.
    pub fn every(sources: &'c Sources, compilation: &'c Compilation<'s>, routes: &[RouteId]) -> Self {
        Self::new(sources, compilation, routes, |route, automaton| every_run(&compilation.policy, automaton, route))
    }

    fn new(
        sources: &'c Sources,
        compilation: &'c Compilation<'s>,
        routes: &[RouteId],
        runs: impl Fn(RouteId, &Automaton) -> Result<Vec<Run>, TooManyRuns>,
    ) -> Self {
        let routes = routes.iter().filter_map(|route| {
            let automaton = compilation.automaton(*route)?;
            Some(RouteRuns { route: *route, automaton, runs: runs(*route, automaton) })
        });
        Self { sources, compilation, routes: routes.collect() }
    }

    /// The first route whose runs are too many to tell one by one.
    pub fn too_many(&self) -> Option<RouteId> {
        self.routes.iter().find(|route| route.runs.is_err()).map(|route| route.route)
    }

    /// What can become of a route, summed up.
    pub fn summary(&self, route: &RouteRuns<'_>) -> Summary<'c> {
        Summary::of(self.compilation, route.route, route.automaton)
    }
}
