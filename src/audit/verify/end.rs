//! Whether a request may end as its record says: served by whom it stood at, or failed with a class after which the plan goes no further.

use super::asked::{id, let_in};
use super::attempt::{class, ended, tried};
use super::fault::Remark;
use super::plans::Lane;
use super::requests::{Answered, Call, Open, gated};
use super::rule::{Rule, agree, must};
use super::steps::{At, Steps};
use crate::audit::{End, ToolDecision, Used, cost};
use crate::failure::Failure;
use crate::plan::{self, Next};

impl Steps<'_> {
    pub(super) fn end(&mut self, end: &End<'static>, at: At<'_>) -> Rule {
        let id = id(&end.asked.request)?;
        let open = self.requests.open.remove(&id);
        let judged = self.judge_end(id, end, open.as_ref(), at);
        self.requests.over.insert(id);
        let sealed: Vec<Call> = end.tools.iter().filter_map(call_of).collect();
        for call in &sealed {
            self.approvals.sealed(&call.digest);
        }
        if end.receipt || !sealed.is_empty() {
            self.requests.answered.insert(id, Answered { asked: end.asked.clone(), receipt: end.receipt, sealed, time: at.seconds });
        }
        judged
    }

    fn judge_end(&mut self, id: u128, end: &End<'static>, open: Option<&Open>, at: At<'_>) -> Rule {
        must(!self.requests.over.contains(&id), || "its request was over before".to_owned())?;
        let Some(open) = open else {
            let_in(self.plans, &end.asked)?;
            must(self.earlier, || "it ends a request that the log does not know".to_owned())?;
            self.remarks.add(Remark::Earlier, || at.place());
            return Ok(());
        };
        let lane = let_in(self.plans, &end.asked)?;
        must(open.asked == end.asked, || "it says of who asks for what another thing than the record before of its request".to_owned())?;
        must(open.index == end.index, || format!("it ends at attempt {}, and the request stood at attempt {}", end.index, open.index))?;
        let last = lane.route.attempts.get(usize::from(end.index)).ok_or("the route has no such attempt")?;
        agree("target", &end.target, &last.target)?;
        outcome(lane, last, open, end)?;
        used(lane, last, end)?;
        tools(lane, open, end)?;
        for call in &open.opened {
            must(end.tools.iter().filter_map(call_of).any(|sealed| sealed == *call), || {
                format!("it does not name the sealed call of `{}`, which was opened while the answer went out", call.tool)
            })?;
        }
        let left_open = end.tools.iter().any(|tool| tool.decision != ToolDecision::Blocked);
        must(!end.receipt || (end.outcome == "served" && end.asked.step.is_some() && !left_open), || {
            "it handed out a receipt, and is no final answer of a step".to_owned()
        })?;
        must(end.messages.is_none() || lane.route.audit == "full", || {
            format!("it holds the answer, and the audit of route `{}` is `{}`", lane.name, lane.route.audit)
        })
    }
}

fn outcome(lane: Lane<'_>, last: &plan::Attempt<'static>, open: &Open, end: &End<'_>) -> Rule {
    let name = end.class.as_deref();
    match &*end.outcome {
        "served" => {
            must(name.is_none(), || "it was served, and failed too".to_owned())?;
            tried(last, open, end.tries)?;
            must(open.called && end.tries > 0, || format!("it was served by `{}`, which was not called", last.target))
        }
        "failed" => {
            let class = class(name.ok_or("it failed, and does not say with what")?)?;
            ended(lane, last, open, class, end.tries)?;
            terminal(lane, last, end, class)
        }
        "broke_off" => {
            let class = class(name.ok_or("its answer broke off, and it does not say with what")?)?;
            must(open.stream && end.tries > 0, || "its answer broke off, and none was on its way".to_owned())?;
            ended(lane, last, open, class, end.tries)?;
            on_time(lane, end, class)
        }
        "client_gone" => {
            tried(last, open, end.tries)?;
            name.map_or(Ok(()), |name| class(name).map(|_| ()))
        }
        other => Err(format!("it names the outcome `{other}`, which there is not")),
    }
}

/// After this class no other attempt follows.
fn terminal(lane: Lane<'_>, last: &plan::Attempt<'static>, end: &End<'_>, class: Failure) -> Rule {
    on_time(lane, end, class)?;
    let next = if class.falls_back() { last.next.get(class.as_str()) } else { None };
    next.map_or(Ok(()), |next| {
        let next = match next {
            Next::One(next) => next.to_string(),
            Next::Any(several) => crate::text::or(several.iter().map(ToString::to_string)),
        };
        Err(format!("it ended when `{}` failed with `{}`, and by the plan attempt {next} follows", last.target, class.as_str()))
    })
}

/// Time is up when the route says so, and not before.
fn on_time(lane: Lane<'_>, end: &End<'_>, class: Failure) -> Rule {
    let Some(deadline) = lane.route.deadline_ms.filter(|_| class == Failure::Deadline) else { return Ok(()) };
    must(end.duration_ms.saturating_add(ROUNDING) >= deadline, || {
        format!("it says that time was up after {} ms, and route `{}` has {deadline} ms", end.duration_ms, lane.name)
    })
}

/// Clocks round, by so many milliseconds.
const ROUNDING: u64 = 2;

/// What was used up costs what it costs at the plan's prices, and no more than a run may.
fn used(lane: Lane<'_>, last: &plan::Attempt<'static>, end: &End<'_>) -> Rule {
    let used = &end.used;
    let nothing = Used { cost: None, ..used.clone() } == Used::default();
    must(end.tries > 0 || nothing, || "it used something up, and nobody was called".to_owned())?;
    let price = lane.plan.models.get(&last.target).and_then(|model| cost::cost(model, used));
    match (&used.cost, price) {
        (None, None) => {}
        (None, Some(price)) => must(nothing, || format!("it says no cost, and by the plan it is {}", cost::dollars(price)))?,
        (Some(said), None) => return Err(format!("it says that it cost {said}, and the plan has no price of `{}`", last.target)),
        (Some(said), Some(price)) => {
            must(*said == cost::dollars(price), || format!("it says that it cost {said}, and by the plan it is {}", cost::dollars(price)))?;
        }
    }
    let most = lane.route.cost.as_deref().and_then(cost::parse);
    must(most.zip(price).is_none_or(|(most, price)| price <= most), || {
        format!(
            "it cost {}, and a run of route `{}` may cost {}",
            price.map(cost::dollars).unwrap_or_default(),
            lane.name,
            most.map(cost::dollars).unwrap_or_default()
        )
    })
}

/// Calls of tools that were offered are passed on, or sealed where a gate is before them; all others are taken out.
fn tools(lane: Lane<'_>, open: &Open, end: &End<'_>) -> Rule {
    for tool in &end.tools {
        let offered = open.tools.contains(&*tool.name);
        let gate = gated(lane, &tool.name);
        let name = &tool.name;
        match tool.decision {
            ToolDecision::Called => {
                must(offered, || format!("it passed on a call of the tool `{name}`, which was not offered"))?;
                must(!gate, || format!("it passed on a call of the tool `{name}`, before which the plan asks for an approval"))?;
            }
            ToolDecision::Sealed => {
                must(offered && gate, || format!("it sealed a call of the tool `{name}`, which has no gate or was not offered"))?;
                must(tool.digest.is_some(), || format!("it sealed a call of the tool `{name}`, and does not say which"))?;
            }
            // One with a gate may be too long to be sealed.
            ToolDecision::Blocked => must(!offered || gate, || format!("it blocked a call of the tool `{name}`, which was offered"))?,
        }
        must(tool.digest.is_none() || tool.decision == ToolDecision::Sealed, || {
            format!("it names a digest of a call of `{name}`, which it did not seal")
        })?;
    }
    Ok(())
}

fn call_of(tool: &crate::audit::Tool<'_>) -> Option<Call> {
    let digest = tool.digest.as_ref().filter(|_| tool.decision == ToolDecision::Sealed)?;
    Some(Call { tool: tool.name.clone().into_owned(), digest: digest.clone().into_owned() })
}
