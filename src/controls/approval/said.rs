//! What is said of an approval that does not count: what happened, and what to do.

use super::NotApproved;
use crate::plan::Gate;

impl NotApproved {
    /// In a word or two, for the log.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "approval malformed",
            Self::UnknownKey => "approval by nobody known",
            Self::OtherRole(_) => "approval in another role",
            Self::OtherRequest => "approval of something else",
            Self::OtherSummary => "approval of another description",
            Self::OtherPlan => "approval under another plan",
            Self::Expired => "approval expired",
            Self::NotYet => "approval from the future",
            Self::Reused => "approval reused",
        }
    }

    /// What happened, and what to do about it.
    pub fn said(&self, gate: &Gate<'_>) -> (String, &'static str) {
        let role = &gate.role;
        let again = "Ask for the approval again.";
        match self {
            Self::Malformed => {
                ("What was sent as an approval is none, or was damaged on the way.".to_owned(), "Send what `byokc approve` printed, whole.")
            }
            Self::UnknownKey => (
                "The approval is not signed with the key of anybody who may approve under this plan.".to_owned(),
                "Have it signed by somebody whom the policy declares as an `approver`, with their own key.",
            ),
            Self::OtherRole(approver) => (
                format!("The approval is {approver}'s, but not in the role {role}, which must agree here."),
                "Ask somebody who holds that role in the policy.",
            ),
            Self::OtherRequest => (
                "The approval is for something else: what was sent now is not what was approved.".to_owned(),
                "Send exactly what was approved, byte for byte, or ask for an approval of this.",
            ),
            Self::OtherSummary => (
                "The approval was given on another description: its approver was shown something else than this.".to_owned(),
                "Hand the approval request over unchanged, and ask again.",
            ),
            Self::OtherPlan => ("The approval was given under another plan: the policy has changed since.".to_owned(), again),
            Self::Expired => (format!("The approval of {role} came too late, or has run out."), again),
            Self::NotYet => (
                "The approval was asked for or signed later than now: a clock is wrong.".to_owned(),
                "Set the clocks of the approver and of the runtime, and ask again.",
            ),
            Self::Reused => ("The approval was used before, and each counts once.".to_owned(), "Ask for another approval."),
        }
    }
}
