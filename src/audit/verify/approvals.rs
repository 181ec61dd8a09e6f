//! Approvals: each is checked again, signature included, and used once in the whole log.

use std::collections::BTreeMap;

use super::rule::{Rule, agree, must};
use crate::audit::Approval;
use crate::controls::approval::{NotApproved, check};
use crate::plan::{Gate, Plan};

/// A record is written a moment after what it records was decided, and a program may be asked for a key in between; so many seconds at most.
const MOMENT: u64 = 15;

/// The approvals that were used, each with the record that used it.
#[derive(Default)]
pub(super) struct Approvals(BTreeMap<String, u64>);

impl Approvals {
    /// That one counts for a gate, at this time (seconds since 1970), and was not used before.
    pub(super) fn take(&mut self, plan: &Plan<'static>, gate: &Gate<'_>, said: &Approval<'_>, (record, now): (u64, u64)) -> Rule {
        let at = |now| check(plan, gate, &said.digest, &said.signed, now);
        let approved = match at(now) {
            Err(NotApproved::Expired) => at(now.saturating_sub(MOMENT)),
            other => other,
        };
        let approved = approved.map_err(|not| format!("its approval does not count: {}", why(&not, gate)))?;
        agree("approver", &said.approver, &approved.approver)?;
        must(said.role == approved.role && said.role == gate.role, || {
            format!(
                "it names an approval by the role `{}`, the approval says `{}`, and the plan asks for `{}`",
                said.role, approved.role, gate.role
            )
        })?;
        match self.0.insert(approved.id, record) {
            None => Ok(()),
            Some(before) => Err(format!("its approval was used before, in record {before}")),
        }
    }
}

fn why(not: &NotApproved, gate: &Gate<'_>) -> String {
    match not {
        NotApproved::Malformed => "it is none".to_owned(),
        NotApproved::UnknownKey => "it is not signed by an approver of the plan".to_owned(),
        NotApproved::OtherRole(who) => format!("`{who}` did not give it as `{}`, as the plan asks", gate.role),
        NotApproved::OtherRequest => "it is for something else".to_owned(),
        NotApproved::OtherSummary => "its approver was shown something else".to_owned(),
        NotApproved::OtherPlan => "it was given under another plan".to_owned(),
        NotApproved::Expired => "it had run out".to_owned(),
        NotApproved::NotYet => "it was signed later".to_owned(),
        NotApproved::Reused => "it was used before".to_owned(),
    }
}
