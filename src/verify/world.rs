//! A plan whose parts fit together: the only thing that claims are decided on.

use std::collections::BTreeMap;

use super::accounts::permits;
use super::attempts::Called;
use super::classes::{Classes, Set};
use super::fault::{Faults, at};
use super::flow::{Stage, in_order};
use super::names;
use crate::plan::{Plan, Provider, Texts};

/// A plan that is sound, and what follows from its tables.
pub(super) struct World<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) classes: Classes<'p>,
    pub(super) routes: BTreeMap<&'p str, Called<'p>>,
    /// The steps of each workflow, each behind those that it waits for.
    pub(super) workflows: BTreeMap<&'p str, Vec<Stage<'p>>>,
}

impl<'p> World<'p> {
    /// `None` where something is wrong, which is then among the faults.
    pub(super) fn read(plan: &'p Plan<'p>, faults: &mut Faults) -> Option<Self> {
        let known = faults.0.len();
        let classes = Classes::read(&plan.data, faults)?;
        names::check(plan, &classes, faults);
        let routes = plan.routes.iter().filter_map(|(name, route)| Some((&**name, Called::read(plan, &classes, name, route, faults)?)));
        let routes: BTreeMap<_, _> = routes.collect();
        let workflows = plan.workflows.iter().filter_map(|(name, workflow)| Some((&**name, in_order(name, workflow, faults)?)));
        let workflows: BTreeMap<_, _> = workflows.collect();
        let whole = routes.len() == plan.routes.len() && workflows.len() == plan.workflows.len();
        if faults.0.len() == known {
            faults.unless(whole, || at([]), || "some part of it cannot be read".to_owned());
        }
        (faults.0.len() == known).then_some(Self { plan, classes, routes, workflows })
    }

    /// The set of these classes.
    pub(super) fn set(&self, names: &Texts<'_>) -> Set {
        self.classes.set(names).unwrap_or_default()
    }

    /// Whether a provider that routes on its own may pass data on to whoever has this name in a claim.
    pub(super) fn permits(&self, provider: &Provider<'_>, name: &str) -> bool {
        !self.plan.claims.accounts.contains(name) && permits(provider, name)
    }

    /// The routes that a claim speaks of.
    pub(super) fn spoken_of<'w>(&'w self, routes: Option<&'w Texts<'_>>) -> impl Iterator<Item = &'w Called<'p>> {
        self.routes.values().filter(move |called| routes.is_none_or(|routes| routes.contains(called.name)))
    }
}
