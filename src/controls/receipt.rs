//! Receipts: that a step of a workflow was done in a run, so that the steps after it may be called (language reference, section 3: `caller`).
//!
//! A receipt is `byok1.` and, in base64url, the texts of a [`Receipt`] with their tag under the shared key: fewer than 600 characters that fit a
//! header. Its holder can read it, and cannot change it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SharedKey;
use super::frame::{put, put_option, take, take_option};
use super::shared_key::TAG;
use crate::plan::{Gate, Plan};

/// What a receipt begins with.
const PREFIX: &str = "byok1.";
/// The longest receipt that is looked at, in bytes.
const LONGEST: usize = 1024;
/// The longest name of a run.
const RUN: usize = 64;
/// How long a receipt counts where nobody has to agree, in seconds.
const HOUR: u64 = 3600;

/// That a step was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The workflow.
    pub workflow: String,
    /// The step.
    pub step: String,
    /// The run.
    pub run: String,
    /// Who called it; `None` where nobody is declared.
    pub caller: Option<String>,
    /// The digest of the plan under which it was done.
    pub plan: String,
    /// The request that did it.
    pub request: String,
    /// Until when it counts, in seconds since 1970.
    pub expires: u64,
}

impl Receipt {
    /// As it is handed to the client.
    pub fn write(&self, key: &SharedKey) -> String {
        let mut bytes = Vec::with_capacity(LONGEST);
        bytes.extend(self.expires.to_be_bytes());
        for text in [&self.workflow, &self.step, &self.run, &self.plan, &self.request] {
            put(&mut bytes, text);
        }
        put_option(&mut bytes, self.caller.as_deref());
        bytes.extend(key.tag(&signed(&bytes)));
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What was handed out under this key. Nothing of it is looked at before its tag is right.
    fn read(text: &str, key: &SharedKey) -> Option<Self> {
        let text = text.strip_prefix(PREFIX).filter(|text| text.len() <= LONGEST)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (bytes, tag) = bytes.split_last_chunk::<TAG>()?;
        if !key.signed(&signed(bytes), tag) {
            return None;
        }
        let (expires, mut rest) = bytes.split_first_chunk()?;
        let rest = &mut rest;
        let receipt = Self {
            expires: u64::from_be_bytes(*expires),
            workflow: take(rest).ok()?,
            step: take(rest).ok()?,
            run: take(rest).ok()?,
            plan: take(rest).ok()?,
            request: take(rest).ok()?,
            caller: take_option(rest).ok()?,
        };
        rest.is_empty().then_some(receipt)
    }
}

/// What is signed: nothing else that this key signs begins like this.
fn signed(bytes: &[u8]) -> Vec<u8> {
    [b"byok-receipt/1\0", bytes].concat()
}

/// A step that may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The run, where the request says one; otherwise it begins.
    pub run: Option<String>,
    /// The steps that are proved to be done, each with the request that did it; in order of their names, each pair once.
    pub done: Vec<(String, String)>,
}

/// Why a step may not be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutOfOrder {
    /// The plan has no such step.
    NoStep,
    /// The name of the run is no name: 1 to 64 ASCII letters, digits, `_` and `-`.
    RunName,
    /// No receipt for this step, which comes before.
    Missing(String),
    /// A receipt that was not written with this key, or is none.
    Unknown,
    /// The receipt for this step no longer counts.
    Expired(String),
    /// The receipt for this step is another caller's.
    OtherCaller(String),
    /// The receipt for this step was written under another plan.
    OtherPlan(String),
    /// The receipt for this step is of another workflow.
    OtherWorkflow(String),
    /// The receipts, or the run that is named, are not of one run.
    OtherRun,
}

/// Who calls which step.
#[derive(Clone, Copy, Debug)]
pub struct Calling<'a> {
    /// The workflow.
    pub workflow: &'a str,
    /// The step.
    pub step: &'a str,
    /// Who calls; `None` where nobody is declared.
    pub caller: Option<&'a str>,
    /// The run that the request names.
    pub run: Option<&'a str>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// Whether a step may be called with these receipts: all must be this caller's, of this workflow, plan and run, and one that still counts must be
/// there for each step that comes right before. Receipts of other steps may be there too.
pub fn enter(plan: &Plan<'_>, calling: Calling<'_>, receipts: &[&str], key: &SharedKey) -> Result<Entered, OutOfOrder> {
    let step = plan.workflows.get(calling.workflow).and_then(|workflow| workflow.steps.get(calling.step)).ok_or(OutOfOrder::NoStep)?;
    if calling.run.is_some_and(|run| !is_run(run)) {
        return Err(OutOfOrder::RunName);
    }
    let read: Option<Vec<Receipt>> = receipts.iter().map(|text| Receipt::read(text, key)).collect();
    let receipts = read.ok_or(OutOfOrder::Unknown)?;
    for receipt in &receipts {
        belongs(receipt, &calling, plan)?;
    }
    let run = calling.run.or(receipts.first().map(|receipt| receipt.run.as_str()));
    if receipts.iter().any(|receipt| Some(receipt.run.as_str()) != run) {
        return Err(OutOfOrder::OtherRun);
    }
    for before in step.after.iter() {
        let mut of_it = receipts.iter().filter(|receipt| receipt.step == *before).peekable();
        if of_it.peek().is_none() {
            return Err(OutOfOrder::Missing(before.to_string()));
        }
        if of_it.all(|receipt| receipt.expires <= calling.now) {
            return Err(OutOfOrder::Expired(before.to_string()));
        }
    }
    let counts = receipts.iter().filter(|receipt| receipt.expires > calling.now);
    let done: BTreeSet<(String, String)> = counts.map(|receipt| (receipt.step.clone(), receipt.request.clone())).collect();
    Ok(Entered { run: run.map(str::to_owned), done: done.into_iter().collect() })
}

/// Whether a receipt is of this workflow, plan and caller.
fn belongs(receipt: &Receipt, calling: &Calling<'_>, plan: &Plan<'_>) -> Result<(), OutOfOrder> {
    let step = || receipt.step.clone();
    if receipt.workflow != calling.workflow {
        return Err(OutOfOrder::OtherWorkflow(step()));
    }
    if receipt.plan != plan.digest {
        return Err(OutOfOrder::OtherPlan(step()));
    }
    if receipt.caller.as_deref() != calling.caller {
        return Err(OutOfOrder::OtherCaller(step()));
    }
    Ok(())
}

/// Whether this may name a run.
pub fn is_run(name: &str) -> bool {
    (1..=RUN).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// How long a receipt of a step counts, in seconds: an hour, and as long as the longest approval of its workflow may take.
pub fn lifetime(plan: &Plan<'_>, workflow: &str) -> u64 {
    let steps = plan.workflows.get(workflow).into_iter().flat_map(|workflow| workflow.steps.values());
    let waits = steps.filter_map(|step| plan.routes.get(&step.route)).flat_map(|route| {
        let tools = route.tools.iter().filter_map(|tool| plan.tools.get(tool)?.approve.as_ref());
        tools.chain(&route.approve)
    });
    let longest = waits.map(|gate: &Gate<'_>| gate.within_ms.div_ceil(1000)).max().unwrap_or(0);
    HOUR.saturating_add(longest)
}

impl OutOfOrder {
    /// In a word or two, for the log.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoStep => "no such step",
            Self::RunName => "run name malformed",
            Self::Missing(_) => "receipt missing",
            Self::Unknown => "receipt unknown",
            Self::Expired(_) => "receipt expired",
            Self::OtherCaller(_) => "receipt of another caller",
            Self::OtherPlan(_) => "receipt of another plan",
            Self::OtherWorkflow(_) => "receipt of another workflow",
            Self::OtherRun => "receipts of several runs",
        }
    }

    /// What happened, and what to do about it.
    pub fn said(&self, calling: &Calling<'_>) -> (String, &'static str) {
        let here = format!("The step {} of the workflow {}", calling.step, calling.workflow);
        let again = "Call that step again in this run, and send the `x-byok-receipt` of its last answer.";
        match self {
            Self::NoStep => {
                let (workflow, step) = (short(calling.workflow), short(calling.step));
                (
                    format!("The plan has no step `{step}` in a workflow `{workflow}`."),
                    "Call a step that the policy declares, as `workflow/step`.",
                )
            }
            Self::RunName => (
                format!("{here} was called in a run whose name is none."),
                "Name the run with 1 to 64 letters, digits, `_` and `-`, or leave its name out: then one is made.",
            ),
            Self::Missing(before) => (
                format!("{here} comes after {before}, and the request brings no receipt for it."),
                "Send the `x-byok-receipt` of that step's last answer.",
            ),
            Self::Unknown => (
                format!("{here} was called with a receipt that this runtime did not write, or that was changed."),
                "Send each `x-byok-receipt` as it came, and let all instances have the same shared key.",
            ),
            Self::Expired(before) => (format!("{here} comes after {before}, and the receipt for it has run out."), again),
            Self::OtherCaller(step) => (
                format!("{here} was called with a receipt for {step} that another caller was given."),
                "Call every step of a run with the token of one caller.",
            ),
            Self::OtherPlan(step) => (
                format!("{here} was called with a receipt for {step} from another plan: the policy has changed since."),
                "Begin the workflow again.",
            ),
            Self::OtherWorkflow(step) => (
                format!("{here} was called with a receipt for {step}, a step of another workflow."),
                "Send only receipts of this workflow and run.",
            ),
            Self::OtherRun => (
                format!("{here} was called with receipts, or the name, of another run."),
                "Send only receipts of one run, and its name or none.",
            ),
        }
    }
}

/// What a client wrote, short and without anything that a terminal acts on.
fn short(text: &str) -> String {
    crate::text::visible(text).chars().take(64).collect()
}

#[cfg(test)]
mod tests;
