//! What can become of a route over every run: who serves, how it fails, the worst case, and who may see what is sent.

use std::collections::BTreeSet;

use crate::analysis::bounds::{self, Bounds};
use crate::analysis::claims::outages::{TooMany, smallest};
use crate::analysis::every_run::ending;
use crate::automaton::Automaton;
use crate::compile::Compilation;
use crate::failure::{Failure, Failures};
use crate::policy::facts::Facts;
use crate::policy::model::{Loss, Provider, Route, RouteId, TargetId};

/// What can become of a route.
#[derive(Clone, Debug)]
pub struct Summary<'c> {
    /// Who can serve, in the order of its attempts.
    pub can_serve: Vec<TargetId>,
    /// The classes that a run can fail with, in the language's order; those that the runtime raises itself included.
    pub can_fail_with: Vec<Failure>,
    /// Those with which a run can end after a call of each target, in the order of the attempts.
    pub ends: Vec<(TargetId, Failures)>,
    /// The most calls of one run.
    pub most_calls: usize,
    /// The worst case of one run.
    pub bounds: Bounds,
    /// The smallest outages that can leave nobody to serve, of one thing, then of more; kind by kind.
    pub outages: Vec<Outage>,
    /// The kinds of which there are more outages than are looked at.
    pub undecided: Vec<Loss>,
    /// The companies that may see what is sent, by name.
    pub companies: Vec<&'c str>,
    /// Whether any company at all may.
    pub any_company: bool,
    /// The regions where it may be processed, by name.
    pub regions: Vec<&'c str>,
    /// Whether it may be processed anywhere.
    pub any_region: bool,
}

/// Things of one kind whose loss together can leave nobody to serve; the loss of fewer of them cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The kind.
    pub kind: Loss,
    /// What is lost, each as people call it.
    pub lost: Vec<String>,
}

impl<'c> Summary<'c> {
    pub(super) fn of(compilation: &'c Compilation<'_>, id: RouteId, automaton: &Automaton) -> Self {
        let policy = &compilation.policy;
        let mut can_serve: Vec<TargetId> = Vec::new();
        let mut ends: Vec<(TargetId, Failures)> = Vec::new();
        for attempt in &automaton.attempts {
            if !can_serve.contains(&attempt.target) {
                can_serve.push(attempt.target);
            }
            let here = Failures::of(&ending(policy, automaton, attempt));
            match ends.iter_mut().find(|(target, _)| *target == attempt.target) {
                Some((_, classes)) => *classes = classes.union(here),
                None => ends.push((attempt.target, here)),
            }
        }
        let fails = raised(&policy[id]).chain(ends.iter().flat_map(|(_, classes)| classes.iter())).collect::<BTreeSet<Failure>>();
        let providers = || can_serve.iter().map(|target| &policy[policy[*target].provider]);
        let companies: BTreeSet<&str> = providers().flat_map(|provider| provider.companies().chain(provider.passes_on_to())).collect();
        let zone = |target: &TargetId| compilation.facts.get(target.0 as usize).and_then(Facts::zone);
        let places: Vec<_> = can_serve.iter().map(|target| policy[policy[*target].provider].processes_in(zone(target))).collect();
        let any_region = places.iter().any(Option::is_none);
        let regions: BTreeSet<&str> = places.into_iter().flatten().flatten().collect();
        let (outages, undecided) = outages(compilation, id, automaton);
        Self {
            can_fail_with: fails.into_iter().collect(),
            ends,
            most_calls: usize::try_from(bounds::most_calls(automaton)).unwrap_or(usize::MAX),
            bounds: bounds::of_route(policy, &compilation.facts, id, automaton),
            outages,
            undecided,
            companies: companies.into_iter().collect(),
            any_company: providers().any(Provider::passes_on_to_anybody),
            regions: regions.into_iter().collect(),
            any_region,
            can_serve,
        }
    }
}

/// The smallest outages of every kind, single ones first, and the kinds that are too much to look at.
fn outages(compilation: &Compilation<'_>, id: RouteId, automaton: &Automaton) -> (Vec<Outage>, Vec<Loss>) {
    let (mut found, mut undecided) = (Vec::new(), Vec::new());
    for (kind, ..) in Loss::ALL {
        match smallest(compilation.world(), id, automaton, kind) {
            Ok(sets) => found.extend(sets.into_iter().map(|lost| Outage { kind, lost })),
            Err(TooMany) => undecided.push(kind),
        }
    }
    found.sort_by_key(|outage| outage.lost.len());
    (found, undecided)
}

/// The classes that the runtime raises itself, for what a route says.
fn raised(route: &Route<'_>) -> impl Iterator<Item = Failure> {
    let deadline = route.deadline.map(|_| Failure::Deadline);
    let refused = (route.approve.is_some() || !route.redact.is_empty()).then_some(Failure::Refused);
    let too_large = route.max_input.map(|_| Failure::TooLarge);
    [deadline, refused, too_large].into_iter().flatten()
}
