//! Who asked for what: whether this caller may ask this route, or this step of a workflow, with data of these classes.

use super::plans::{Lane, Plans};
use super::rule::{Rule, must};
use crate::audit::Asked;
use crate::plan::Plan;
use crate::text::tick;

/// A request's id as a number: byokc gives 32 hexadecimal digits.
pub(super) fn id(request: &str) -> Result<u128, String> {
    let good = request.len() == 32 && request.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = good.then(|| u128::from_str_radix(request, 16).ok()).flatten();
    number.ok_or_else(|| format!("its request `{request}` is not 32 hexadecimal digits"))
}

/// What a request that was let in asks for.
pub(super) fn let_in<'p>(plans: &'p Plans, asked: &Asked<'_>) -> Result<Lane<'p>, String> {
    let plan = plans.find(&asked.plan)?;
    let name = asked.route.as_deref().ok_or("it names no route")?;
    let lane = lane(plan, name)?;
    caller(plan, asked, name)?;
    step(plan, asked)?;
    must(asked.workflow.is_none() == asked.run.is_none(), || "it names a step without its run, or a run without its step".to_owned())?;
    for class in &asked.data {
        must(lane.route.accepts.contains(class), || format!("it holds `{class}` data, which route `{name}` does not accept"))?;
    }
    kept(lane)?;
    Ok(lane)
}

/// What a request that was turned away asks for: whatever it names, the plan has.
pub(super) fn turned_away<'p>(plans: &'p Plans, asked: &Asked<'_>) -> Result<&'p Plan<'static>, String> {
    let plan = plans.find(&asked.plan)?;
    if let Some(caller) = &asked.caller {
        must(plan.callers.contains_key(caller), || no_caller(caller))?;
    }
    if let Some(route) = &asked.route {
        kept(lane(plan, route)?)?;
    }
    if asked.workflow.is_some() || asked.step.is_some() {
        step(plan, asked)?;
    }
    for class in &asked.data {
        must(plan.data.contains_key(class), || format!("it names the data class `{class}`, which the plan does not have"))?;
    }
    Ok(plan)
}

fn lane<'p>(plan: &'p Plan<'static>, name: &str) -> Result<Lane<'p>, String> {
    let found = plan.routes.get_key_value(name);
    found
        .map(|(name, route)| Lane { plan, name, route })
        .ok_or_else(|| format!("it names the route `{name}`, which the plan does not have"))
}

/// Of a route without an audit there is no record.
fn kept(lane: Lane<'_>) -> Rule {
    must(lane.route.audit != "none", || format!("it is of route `{}`, of which the plan keeps no record", lane.name))
}

fn no_caller(caller: &str) -> String {
    format!("it names the caller `{caller}`, whom the plan does not have")
}

fn caller(plan: &Plan<'_>, asked: &Asked<'_>, route: &str) -> Rule {
    let Some(name) = &asked.caller else {
        return must(plan.callers.is_empty(), || "it names no caller, and the plan says who may call".to_owned());
    };
    let caller = plan.callers.get(name).ok_or_else(|| no_caller(name))?;
    match &asked.workflow {
        Some(workflow) => must(caller.workflows.contains(workflow), || format!("`{name}` called the workflow `{workflow}`, and may not")),
        None => must(caller.routes.iter().any(|allowed| allowed == route), || {
            format!("`{name}` called route `{route}`, and may call {} only", named(caller.routes.iter().map(|name| &**name)))
        }),
    }
}

/// The workflow and its step, and that the step calls this route.
fn step(plan: &Plan<'_>, asked: &Asked<'_>) -> Rule {
    let (workflow, step) = match (&asked.workflow, &asked.step) {
        (None, None) => return Ok(()),
        (Some(workflow), Some(step)) => (workflow, step),
        _ => return Err("it names a step without its workflow, or a workflow without its step".to_owned()),
    };
    let known = plan.workflows.get(workflow).and_then(|workflow| workflow.steps.get(step));
    let known = known.ok_or_else(|| format!("it names the step `{workflow}/{step}`, which the plan does not have"))?;
    must(asked.route.as_ref() == Some(&known.route), || {
        let route = asked.route.as_deref().unwrap_or("none");
        format!("it names the route `{route}` for the step `{workflow}/{step}`, which calls route `{}`", known.route)
    })
}

/// Names in a row, or that there are none.
pub(super) fn named<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(tick).collect();
    if names.is_empty() { "none".to_owned() } else { crate::text::and(names) }
}
