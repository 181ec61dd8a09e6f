//! The steps of a workflow in order, and those before one.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Faults, at};
use crate::plan::{Step, Workflow};

/// A step.
pub(super) struct Stage<'p> {
    pub(super) name: &'p str,
    pub(super) step: &'p Step<'p>,
}

/// The steps, each behind those that it waits for; `None` where steps wait for each other.
pub(super) fn in_order<'p>(name: &str, workflow: &'p Workflow<'p>, faults: &mut Faults) -> Option<Vec<Stage<'p>>> {
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut followers: BTreeMap<&str, Vec<&'p str>> = BTreeMap::new();
    for (step, held) in &workflow.steps {
        waits.insert(step, held.after.len());
        for before in held.after.iter() {
            followers.entry(before).or_default().push(step);
        }
    }
    let mut ready: Vec<&'p str> = workflow.steps.iter().filter(|(_, held)| held.after.is_empty()).map(|(step, _)| &**step).collect();
    let mut stages: Vec<Stage<'p>> = Vec::new();
    while let Some(step) = ready.pop() {
        let held = workflow.steps.get(step)?;
        stages.push(Stage { name: step, step: held });
        for next in followers.get(step).into_iter().flatten() {
            if let Some(count) = waits.get_mut(next) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(next);
                }
            }
        }
    }
    let whole = stages.len() == workflow.steps.len();
    faults.unless(whole, || at(["workflows", name, "steps"]), || "steps wait for each other, so that none of them can begin".to_owned());
    whole.then_some(stages)
}

/// Every step that was done before one, whatever it waits for through others included.
pub(super) fn before<'p>(workflow: &'p Workflow<'p>, step: &'p Step<'p>) -> BTreeSet<&'p str> {
    let mut found = BTreeSet::new();
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        for name in step.after.iter() {
            if found.insert(&**name) {
                open.extend(workflow.steps.get(name));
            }
        }
    }
    found
}
