//! What data an attempt may send: the classes that the called route accepts, after the lowering of every route on the way (language reference, section 6).

use crate::policy::class::{ClassSet, Classes};
use crate::policy::model::{Lowers, Policy, Route, Step, Workflow};
use crate::source::Span;

/// The lowering of a route that counts: it says what redaction makes of the data, so a route that redacts nothing lowers nothing.
pub fn lowering<'a, 's>(route: &'a Route<'s>) -> &'a [Lowers<'s>] {
    if route.redact.is_empty() { &[] } else { &route.lowers }
}

/// What becomes of data on its way through these routes, the called one first.
pub fn carried<'a, 's: 'a>(classes: &Classes, accepted: ClassSet, path: impl IntoIterator<Item = &'a Route<'s>>) -> ClassSet {
    path.into_iter().flat_map(lowering).fold(accepted, |set, lowers| classes.lower(set, lowers.from, lowers.to))
}

/// The steps of a workflow in an order in which they can be done. `None` where they form a cycle.
pub fn order(workflow: &Workflow<'_>) -> Option<Vec<usize>> {
    let mut waiting: Vec<usize> = workflow.steps.iter().map(|step| before(step).count()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); waiting.len()];
    for (index, step) in workflow.steps.iter().enumerate() {
        for earlier in before(step) {
            followers.get_mut(earlier)?.push(index);
        }
    }
    let mut order: Vec<usize> = (0..waiting.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
    let mut at = 0;
    while let Some(index) = order.get(at) {
        at += 1;
        for next in followers.get(*index)? {
            let count = waiting.get_mut(*next)?;
            *count -= 1;
            if *count == 0 {
                order.push(*next);
            }
        }
    }
    (order.len() == waiting.len()).then_some(order)
}

/// The steps that come right before a step; one that it judges is among them.
pub fn before<'w>(step: &'w Step<'_>) -> impl Iterator<Item = usize> + use<'w> {
    step.after.iter().chain(&step.judges).map(|at| at.value)
}

/// What enters each step of a workflow, and what it puts out before its own lowering. `None` where the steps form a cycle or one has no route.
pub fn steps(policy: &Policy<'_>, workflow: &Workflow<'_>) -> Option<Vec<StepData>> {
    let mut data = vec![StepData::default(); workflow.steps.len()];
    for index in order(workflow)? {
        let step = workflow.steps.get(index)?;
        let read = step.reads.iter().fold(ClassSet::NONE, |all, source| all.union(policy[source.value].holds.value));
        let mut input = read;
        for earlier in before(step) {
            let lowers = &workflow.steps.get(earlier)?.lowers;
            let out = data.get(earlier)?.output;
            input = input.union(lowers.iter().fold(out, |set, lowers| policy.classes.lower(set, lowers.from, lowers.to)));
        }
        let tools = &policy[step.route?.value].tools;
        let output = tools.iter().fold(input, |all, tool| all.union(policy[tool.value].returns.value));
        *data.get_mut(index)? = StepData { input, output };
    }
    Some(data)
}

/// The data of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepData {
    /// What enters it.
    pub input: ClassSet,
    /// What it puts out, before its own lowering: its input and what its tools return.
    pub output: ClassSet,
}

/// One place on the way of a class through a workflow, and what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where.
    pub span: Span,
    /// What.
    pub what: String,
}

/// A shortest way on which a class enters a step: the source or tool that it comes from, then each step on the way.
pub fn way(policy: &Policy<'_>, workflow: &Workflow<'_>, data: &[StepData], step: usize, class: usize) -> Vec<Hop> {
    // Backwards, one round for each step further away: (step, class that enters it, hops from there on).
    let mut open: Vec<(usize, usize, Vec<Hop>)> = vec![(step, class, Vec::new())];
    let mut seen = vec![(step, class)];
    while !open.is_empty() {
        let mut further = Vec::new();
        for (index, class, hops) in open {
            let Some(at) = workflow.steps.get(index) else { continue };
            let holds = at.reads.iter().find(|source| policy[source.value].holds.value.contains(class));
            if let Some(source) = holds {
                let (from, name) = (policy[source.value].name.text, policy.classes.name(class));
                let entry = Hop { span: source.span, what: format!("step `{}` reads `{from}`, which holds {name}", at.name.text) };
                return [entry].into_iter().chain(hops).collect();
            }
            for earlier in at.after.iter().chain(&at.judges) {
                let Some(before) = workflow.steps.get(earlier.value) else { continue };
                let output = data.get(earlier.value).map_or(ClassSet::NONE, |data| data.output);
                for from in output.iter() {
                    let lowered =
                        before.lowers.iter().fold(ClassSet::one(from), |set, lowers| policy.classes.lower(set, lowers.from, lowers.to));
                    if !lowered.contains(class) {
                        continue;
                    }
                    let what = format!("step `{}` hands {} on to `{}`", before.name.text, policy.classes.name(class), at.name.text);
                    let hops: Vec<Hop> = [Hop { span: earlier.span, what }].into_iter().chain(hops.iter().cloned()).collect();
                    let tools = before.route.map(|route| &policy[route.value].tools).into_iter().flatten();
                    if let Some(tool) = tools.into_iter().find(|tool| policy[tool.value].returns.value.contains(from)) {
                        let (name, returned) = (policy[tool.value].name.text, policy.classes.name(from));
                        let entry =
                            Hop { span: tool.span, what: format!("tool `{name}` returns {returned} in step `{}`", before.name.text) };
                        return [entry].into_iter().chain(hops).collect();
                    }
                    if !seen.contains(&(earlier.value, from)) {
                        seen.push((earlier.value, from));
                        further.push((earlier.value, from, hops));
                    }
                }
            }
        }
        open = further;
    }
    Vec::new()
}
