//! Receipts: that a step of a workflow was done in a run, so that the steps after it may be called (language reference, section 3: `caller`).

use super::SharedKey;
use crate::plan::Plan;

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
    pub fn write(&self, _key: &SharedKey) -> String {
        String::new()
    }
}

/// A step that may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The run, where the request says one; otherwise it begins.
    pub run: Option<String>,
    /// The steps that are proved to be done, each with the request that did it.
    pub done: Vec<(String, String)>,
}

/// Why a step may not be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutOfOrder {
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

impl OutOfOrder {
    /// What stands in the way, what to do, and a word or two for the audit log.
    pub fn said(&self) -> (String, &'static str, &'static str) {
        (String::new(), "", "")
    }
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

/// Whether a step may be called with these receipts.
pub fn enter(_plan: &Plan<'_>, calling: Calling<'_>, _receipts: &[&str], _key: &SharedKey) -> Result<Entered, OutOfOrder> {
    Ok(Entered { run: calling.run.map(str::to_owned), done: Vec::new() })
}

/// Whether a run may have this name: up to 64 letters, digits, `_` and `-`.
pub fn valid_run(run: &str) -> bool {
    (1..=64).contains(&run.len()) && run.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// How long a receipt of a step counts, in seconds: an hour, and as long as the approvals of its workflow may take.
pub fn lifetime(_plan: &Plan<'_>, _workflow: &str) -> u64 {
    3600
}
