//! Whether a sealed call of a tool may be opened: it was sealed for this caller, and an approval counts for it.

use super::asked::{id, let_in};
use super::fault::Remark;
use super::requests::Call;
use super::rule::{Rule, must};
use super::steps::{At, Steps};
use crate::audit::Redeemed;

impl Steps<'_> {
    pub(super) fn redeemed(&mut self, redeemed: &Redeemed<'static>, at: At<'_>) -> Rule {
        let id = id(&redeemed.asked.request)?;
        let known = self.requests.open.contains_key(&id) || !self.requests.over.insert(id);
        must(!known, || "its request was there before".to_owned())?;
        self.in_service(&redeemed.asked.plan)?;
        let lane = let_in(self.plans, &redeemed.asked)?;
        let tool = &redeemed.tool;
        must(lane.route.tools.contains(tool), || {
            format!("it opens a call of the tool `{tool}`, which route `{}` does not offer", lane.name)
        })?;
        let gate = lane.plan.tools.get(tool).and_then(|tool| tool.approve.as_ref());
        let gate = gate.ok_or_else(|| format!("it opens a call of the tool `{tool}`, before which the plan asks for no approval"))?;
        self.approvals.take(lane.plan, gate, &redeemed.approval, (at.record(), at.seconds))?;
        self.sealed(redeemed, at)
    }

    /// The answer that holds the call, where it is in this log.
    fn sealed(&mut self, redeemed: &Redeemed<'static>, at: At<'_>) -> Rule {
        let number = super::asked::id(&redeemed.sealed_in)?;
        let call = Call { tool: redeemed.tool.clone().into_owned(), digest: redeemed.approval.digest.clone().into_owned() };
        let what = || format!("it opens a call of the tool `{}` in the answer to request {}", call.tool, redeemed.sealed_in);
        let asked = if let Some(open) = self.requests.open.get_mut(&number) {
            open.opened.push(call.clone());
            &open.asked
        } else if let Some(answered) = self.requests.answered.get(&number) {
            must(answered.sealed.contains(&call), || format!("{}, which did not seal it", what()))?;
            &answered.asked
        } else if let Some(killed) = self.requests.killed.get(&number) {
            must(killed.tools.contains(&call.tool), || format!("{}, which did not offer it", what()))?;
            self.remarks.add(Remark::KilledCall, || at.place());
            &killed.asked
        } else {
            must(!self.requests.over.contains(&number), || format!("{}, which did not seal it", what()))?;
            self.remarks.add(Remark::OtherCall, || at.place());
            return Ok(());
        };
        must(asked.caller == redeemed.asked.caller, || format!("{}, which another caller had made", what()))?;
        must(asked.route == redeemed.asked.route, || format!("{}, which was of another route", what()))
    }
}
