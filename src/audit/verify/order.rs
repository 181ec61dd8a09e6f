//! The order of a workflow: a step is called with the receipts of all steps before it, of the same run.

use super::asked::{id, named};
use super::fault::Remark;
use super::plans::Lane;
use super::rule::{Rule, must};
use super::steps::{At, Steps};
use crate::audit::{Asked, Attempt, Done};
use crate::controls::receipt::lifetime;

/// Checks the receipts of a first attempt.
pub(super) fn check(steps: &mut Steps<'_>, lane: Lane<'_>, attempt: &Attempt<'_>, at: At<'_>) -> Rule {
    let asked = &attempt.asked;
    let (Some(workflow), Some(step)) = (&asked.workflow, &asked.step) else {
        return must(attempt.done.is_empty(), || "it names receipts, and is of no workflow".to_owned());
    };
    let known = lane.plan.workflows.get(workflow).ok_or("the plan has no such workflow")?;
    let after = known.steps.get(step).map(|step| &step.after);
    let missing = after.into_iter().flat_map(|after| after.iter()).filter(|before| !attempt.done.iter().any(|done| done.step == **before));
    let missing: Vec<&str> = missing.map(|step| &**step).collect();
    must(missing.is_empty(), || format!("it has no receipt of {}, which `{workflow}/{step}` comes after", named(missing.iter().copied())))?;
    for done in &attempt.done {
        must(known.steps.contains_key(&done.step), || format!("it has a receipt of `{}`, which is no step of `{workflow}`", done.step))?;
        receipt(steps, lane, asked, done, at)?;
    }
    Ok(())
}

/// Where the log holds the request that a receipt is of, it is that of this step, run and caller.
fn receipt(steps: &mut Steps<'_>, lane: Lane<'_>, asked: &Asked<'_>, done: &Done<'_>, at: At<'_>) -> Rule {
    let number = id(&done.request)?;
    let what = || format!("its receipt of `{}` is of request {}", done.step, done.request);
    must(!steps.requests.open.contains_key(&number), || format!("{}, which was not over", what()))?;
    let Some(answered) = steps.requests.answered.get(&number).filter(|answered| answered.receipt) else {
        must(!steps.requests.over.contains(&number), || format!("{}, which handed out none", what()))?;
        steps.remarks.add(Remark::OtherReceipt, || at.place());
        return Ok(());
    };
    let of = &answered.asked;
    must(of.step.as_ref() == Some(&done.step) && of.workflow == asked.workflow, || format!("{}, which was another step", what()))?;
    must(of.run == asked.run, || format!("{}, which was of another run", what()))?;
    must(of.caller == asked.caller, || format!("{}, which another caller had made", what()))?;
    must(of.plan == asked.plan, || format!("{}, which was made under another plan", what()))?;
    let until = answered.time.saturating_add(lifetime(lane.plan, asked.workflow.as_deref().unwrap_or_default()));
    must(at.seconds <= until.saturating_add(MOMENT), || format!("{}, which had run out", what()))
}

/// A record is written a moment after what it records was decided, and a program may be asked for a key in between; so many seconds at most.
const MOMENT: u64 = 15;
