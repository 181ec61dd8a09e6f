//! What data an attempt may send: the classes that the called route accepts, after the lowering of every route on the way (language reference, section 6).

use crate::policy::class::{ClassSet, Classes};
use crate::policy::model::{Lowers, Policy, Route, Step, Workflow};

/// The lowering of a route that counts: it says what redaction makes of the data, so a route that redacts nothing lowers nothing.
pub fn lowering<'a, 's>(route: &'a Route<'s>) -> &'a [Lowers<'s>] {
    if route.redact.is_empty() { &[] } else { &route.lowers }
}

/// What becomes of data on its way through these routes, the called one first.
pub fn carried<'a, 's: 'a>(classes: &Classes, accepted: ClassSet, path: impl IntoIterator<Item = &'a Route<'s>>) -> ClassSet {
    path.into_iter().flat_map(lowering).fold(accepted, |set, lowers| classes.lower(set, lowers.from, lowers.to))
}

/// What enters each step of a workflow, and what it puts out before its own lowering. `None` where the steps form a cycle or one has no route.
pub fn steps(policy: &Policy<'_>, workflow: &Workflow<'_>) -> Option<Vec<StepData>> {
    let before = |step: &Step<'_>| step.after.iter().chain(&step.judges).map(|at| at.value).collect::<Vec<usize>>();
    let mut waiting: Vec<usize> = workflow.steps.iter().map(|step| before(step).len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); waiting.len()];
    for (index, step) in workflow.steps.iter().enumerate() {
        for earlier in before(step) {
            followers.get_mut(earlier)?.push(index);
        }
    }
    let mut data = vec![StepData::default(); waiting.len()];
    let mut ready: Vec<usize> = (0..waiting.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
    let mut done = 0;
    while let Some(index) = ready.pop() {
        done += 1;
        let step = workflow.steps.get(index)?;
        let read = step.reads.iter().fold(ClassSet::NONE, |all, source| all.union(policy[source.value].holds.value));
        let entry = data.get_mut(index)?;
        entry.input = entry.input.union(read);
        let tools = &policy[step.route?.value].tools;
        entry.output = tools.iter().fold(entry.input, |all, tool| all.union(policy[tool.value].returns.value));
        let out = step.lowers.iter().fold(entry.output, |set, lowers| policy.classes.lower(set, lowers.from, lowers.to));
        for next in followers.get(index)? {
            let entry = data.get_mut(*next)?;
            entry.input = entry.input.union(out);
            let count = waiting.get_mut(*next)?;
            *count -= 1;
            if *count == 0 {
                ready.push(*next);
            }
        }
    }
    (done == waiting.len()).then_some(data)
}

/// The data of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepData {
    /// What enters it.
    pub input: ClassSet,
    /// What it puts out, before its own lowering: its input and what its tools return.
    pub output: ClassSet,
}
