//! Whether an attempt may be made: the first where the route begins, each later one where the plan leads from what became of the one before.

use super::asked::{id, let_in};
use super::fault::Remark;
use super::plans::Lane;
use super::requests::Open;
use super::rule::{Rule, must};
use super::steps::{At, Steps};
use super::{call, order};
use crate::audit::{After, Attempt};
use crate::failure::Failure;
use crate::plan::{self, KeySource, Next};

impl Steps<'_> {
    pub(super) fn attempt(&mut self, attempt: &Attempt<'static>, at: At<'_>) -> Rule {
        let id = id(&attempt.asked.request)?;
        let before = self.requests.open.remove(&id);
        let judged = self.judge(id, attempt, before.as_ref(), at);
        let opened = before.map(|before| before.opened).unwrap_or_default();
        self.requests.open.insert(id, Open::new(attempt, at.place(), opened));
        judged
    }

    fn judge(&mut self, id: u128, attempt: &Attempt<'static>, before: Option<&Open>, at: At<'_>) -> Rule {
        self.in_service(&attempt.asked.plan)?;
        let lane = let_in(self.plans, &attempt.asked)?;
        let step = lane.route.attempts.get(usize::from(attempt.index));
        let step = step
            .ok_or_else(|| format!("it is attempt {} of route `{}`, which has {}", attempt.index, lane.name, lane.route.attempts.len()))?;
        must(!self.requests.over.contains(&id), || "its request was over before".to_owned())?;
        match (before, &attempt.after) {
            (None, None) => {
                enters(lane, attempt.index)?;
                self.approved(lane, attempt, at)?;
                order::check(self, lane, attempt, at)?;
            }
            (Some(before), Some(after)) => {
                must(before.asked == attempt.asked, || {
                    "it says of who asks for what another thing than the record before of its request".to_owned()
                })?;
                let last = lane.route.attempts.get(usize::from(before.index)).ok_or("the attempt before is none of the route")?;
                must(after.attempt == before.index, || {
                    format!("it follows attempt {}, and the request stood at attempt {}", after.attempt, before.index)
                })?;
                follows(lane, last, before, after, attempt.index)?;
            }
            (Some(before), None) => return Err(format!("it begins a request that was under way, {}", before.place)),
            (None, Some(after)) if self.earlier => {
                self.remarks.add(Remark::Earlier, || at.place());
                let last = lane.route.attempts.get(usize::from(after.attempt)).ok_or("the attempt before is none of the route")?;
                leads(last, class(&after.class)?, attempt.index)?;
            }
            (None, Some(after)) => return Err(format!("it follows attempt {} of a request that the log does not know", after.attempt)),
        }
        if attempt.after.is_some() {
            must(attempt.approval.is_none() && attempt.done.is_empty(), || {
                "it is not the first attempt, and names approvals or receipts".to_owned()
            })?;
        }
        call::check(lane, step, attempt)?;
        fits(lane, step, attempt)
    }

    /// The gate of a route stands before its first attempt.
    fn approved(&mut self, lane: Lane<'_>, attempt: &Attempt<'_>, at: At<'_>) -> Rule {
        match (&lane.route.approve, &attempt.approval) {
            (None, None) => Ok(()),
            (Some(gate), Some(approval)) => {
                self.approvals.of_request(approval, &attempt.asked)?;
                self.approvals.take(lane.plan, gate, approval, (at.record(), at.seconds))
            }
            (Some(gate), None) => Err(format!("it has no approval, and route `{}` asks for one by `{}`", lane.name, gate.role)),
            (None, Some(_)) => Err(format!("it names an approval, and route `{}` asks for none", lane.name)),
        }
    }
}

fn enters(lane: Lane<'_>, index: u16) -> Rule {
    let entries = lane.route.entries.as_deref().unwrap_or(&[0]);
    must(entries.contains(&index), || format!("it begins at attempt {index}, and route `{}` begins at {}", lane.name, numbers(entries)))
}

fn numbers(of: &[u16]) -> String {
    crate::text::or(of.iter().map(ToString::to_string))
}

/// That the plan leads from a failed attempt to this one.
fn follows(lane: Lane<'_>, last: &plan::Attempt<'static>, before: &Open, after: &After<'_>, index: u16) -> Rule {
    let class = class(&after.class)?;
    ended(lane, last, before, class, after.tries)?;
    leads(last, class, index)
}

/// That the plan has this attempt after one that failed with a class.
fn leads(last: &plan::Attempt<'static>, class: Failure, index: u16) -> Rule {
    must(class.falls_back(), || {
        format!("it follows an attempt that failed with `{class}`, after which no other is made", class = class.as_str())
    })?;
    let next: &[u16] = match last.next.get(class.as_str()) {
        Some(Next::One(next)) => std::slice::from_ref(next),
        Some(Next::Any(several)) => several,
        None => &[],
    };
    must(next.contains(&index), || {
        let plan = if next.is_empty() { "the run ends".to_owned() } else { format!("attempt {} follows", numbers(next)) };
        format!("it goes on to attempt {index} after `{}` failed with `{}`, and by the plan {plan}", last.target, class.as_str())
    })
}

/// The class of a name.
pub(super) fn class(name: &str) -> Result<Failure, String> {
    Failure::parse(name).ok_or_else(|| format!("it names the failure class `{name}`, which there is not"))
}

/// That an attempt can have failed with a class after so many tries.
pub(super) fn ended(lane: Lane<'_>, last: &plan::Attempt<'static>, open: &Open, class: Failure, tries: u64) -> Rule {
    tried(last, open, tries)?;
    let (name, estimate) = (class.as_str(), open.estimate);
    let above = |limit: Option<u64>| limit.is_some_and(|most| estimate > most);
    let (too_large, too_long) = (above(lane.route.max_input), above(last.max_input));
    let keyless = || lane.plan.providers.get(&last.provider).is_some_and(|provider| provider.key == KeySource::None);
    match class {
        Failure::Refused => return Ok(()),
        Failure::Deadline => {
            return must(lane.route.deadline_ms.is_some(), || {
                format!("it says that time was up, and route `{}` has no deadline", lane.name)
            });
        }
        Failure::TooLarge => {
            return must(too_large && !open.called, || {
                format!(
                    "it says that a prompt of {estimate} tokens was too large, and route `{}` takes {}",
                    lane.name,
                    most(lane.route.max_input)
                )
            });
        }
        _ => must(!too_large, || format!("it says `{name}`, and its prompt of {estimate} tokens was too large for route `{}`", lane.name))?,
    }
    match class {
        Failure::ContextLength if !open.called => {
            must(too_long, || format!("it says that a prompt of {estimate} tokens was too long for `{}`, whom nobody asked", last.target))
        }
        _ if too_long => {
            Err(format!("it says `{name}`, and its prompt of {estimate} tokens was too long for `{}` to be called", last.target))
        }
        Failure::MissingKey => must(!keyless(), || format!("it says that `{}` has no key, and by the plan it needs none", last.target)),
        // What cannot be said to a provider is never sent to it.
        Failure::BadRequest if open.called => Ok(()),
        _ => must(tries > 0, || format!("it says that `{}` failed with `{name}`, and it was not called", last.target)),
    }
}

/// No more tries than the plan allows, and none where nobody was called.
pub(super) fn tried(last: &plan::Attempt<'static>, open: &Open, tries: u64) -> Rule {
    let most = 1 + u64::from(last.retries);
    must(tries <= most, || format!("it says that `{}` was tried {tries} times, and the plan allows {most}", last.target))?;
    must(open.called || tries == 0, || format!("it says that `{}` was tried, and it was not called", last.target))
}

/// A prompt too large for the route or the attempt is not sent.
fn fits(lane: Lane<'_>, step: &plan::Attempt<'static>, attempt: &Attempt<'_>) -> Rule {
    let estimate = attempt.call.estimate;
    for (of, limit) in
        [(format!("route `{}`", lane.name), lane.route.max_input), (format!("attempt {} of it", attempt.index), step.max_input)]
    {
        let fits = limit.is_none_or(|most| estimate <= most);
        must(fits || !attempt.call.called, || format!("it sends a prompt of {estimate} tokens, and {of} takes {}", most(limit)))?;
    }
    Ok(())
}

fn most(limit: Option<u64>) -> String {
    limit.map_or_else(|| "any".to_owned(), |most| most.to_string())
}
