//! Approvals: each is checked again, signature included, and used once in the whole log, for what the log itself says that it was asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Rule, agree, must};
use crate::audit::{Approval, Asked};
use crate::controls::approval::{NotApproved, check};
use crate::plan::{Gate, Plan};

/// A record is written a moment after what it records was decided, and a program may be asked for a key in between; so many seconds at most.
const MOMENT: u64 = 15;

/// The approvals of a log.
#[derive(Default)]
pub(super) struct Approvals {
    /// Those that were used, each with the record that used it.
    used: BTreeMap<String, u64>,
    /// Of what was to be approved, by digest: who asked for what.
    asked: BTreeMap<String, String>,
    /// The digests of sealed calls of tools.
    sealed: BTreeSet<String>,
}

impl Approvals {
    /// A request was turned away until what has this digest is approved.
    pub(super) fn asked(&mut self, digest: &str, asked: &Asked<'_>) {
        self.asked.insert(digest.to_owned(), who(asked));
    }

    /// What has this digest is a call of a tool.
    pub(super) fn sealed(&mut self, digest: &str) {
        self.sealed.insert(digest.to_owned());
    }

    /// That the log does not say that what was approved is something else than this request: a digest names its caller, route and step for good.
    pub(super) fn of_request(&self, said: &Approval<'_>, asked: &Asked<'_>) -> Rule {
        must(!self.sealed.contains(&*said.digest), || "its approval is of a sealed call of a tool".to_owned())?;
        let same = self.asked.get(&*said.digest).is_none_or(|before| *before == who(asked));
        must(same, || "its approval was asked for by another caller, or for another route or step".to_owned())
    }

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
        match self.used.insert(approved.id, record) {
            None => Ok(()),
            Some(before) => Err(format!("its approval was used before, in record {before}")),
        }
    }
}

/// Who asks for what. No name holds a space.
fn who(asked: &Asked<'_>) -> String {
    [&asked.caller, &asked.route, &asked.workflow, &asked.step].map(|name| name.as_deref().unwrap_or("-")).join(" ")
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
