//! The records of one request in the audit log: who asked for what, each attempt before it is made, and how it ended.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use crate::audit::cost::{cost, dollars};
use crate::audit::{After, Asked, Attempt, Denied, End, Entry, Redeemed, Tool, ToolDecision, Used};
use crate::controls::ToolUse;
use crate::exchange::{Finish, Usage};
use crate::failure::Failure;
use crate::plan::Model;
use crate::runtime::Report;

use super::audit::{Log, Lost, Written};

/// The records of one request.
pub(super) struct Trail {
    /// `None` where the policy wants no record.
    log: Option<Arc<Log>>,
    pub(super) asked: Asked<'static>,
    started: Instant,
    /// Where the run stands.
    at: Option<At>,
    /// Whether all has been said.
    over: bool,
}

struct At {
    index: u16,
    target: String,
    tries: u64,
    since: Instant,
}

/// How a request ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended<'p> {
    /// `served`, `failed`, `broke_off`, `client_gone`.
    pub(super) outcome: &'static str,
    pub(super) class: Option<&'static str>,
    pub(super) usage: Usage,
    pub(super) finish: Option<Finish>,
    /// The model's prices.
    pub(super) model: Option<&'p Model<'static>>,
    pub(super) uses: Vec<ToolUse>,
    pub(super) receipt: bool,
    /// The answer, where the record is full.
    pub(super) messages: Option<serde_json::Value>,
}

impl Trail {
    /// Nothing is known yet but the request's name and the plan's digest.
    pub(super) fn new(log: Option<Arc<Log>>, request: &str, plan: &str) -> Self {
        let asked = Asked { request: Cow::Owned(request.to_owned()), plan: Cow::Owned(plan.to_owned()), ..Asked::default() };
        Self { log, asked, started: Instant::now(), at: None, over: false }
    }

    /// The route is this one, whose policy wants such a record.
    pub(super) fn of_route(&mut self, route: &str, audit: &str) {
        self.asked.route = Some(Cow::Owned(route.to_owned()));
        if audit == "none" {
            self.log = None;
        }
    }

    /// Whether anything is recorded: where not, it need not be made.
    pub(super) fn is_kept(&self) -> bool {
        self.log.is_some()
    }

    /// An attempt is about to be made, after one that failed with this class.
    pub(super) fn attempt(&mut self, attempt: Attempt<'_>, after: Option<Failure>) -> Result<Written, Lost> {
        let now = Instant::now();
        let at = At { index: attempt.index, target: attempt.call.target.to_string(), tries: 0, since: now };
        let written = match &self.log {
            None => Written::nothing(),
            Some(log) => {
                let after = after.zip(self.at.as_ref()).map(|(class, before)| After {
                    attempt: before.index,
                    class: class.as_str().into(),
                    tries: before.tries,
                    duration_ms: milliseconds(before.since, now),
                });
                log.begin(&Entry::Attempt(Box::new(Attempt { asked: borrowed(&self.asked), after, ..attempt })))?
            }
        };
        self.at = Some(at);
        Ok(written)
    }

    /// A sealed call of a tool is about to be opened.
    pub(super) fn redeemed(&mut self, redeemed: Redeemed<'_>) -> Result<Written, Lost> {
        let Some(log) = &self.log else { return Ok(Written::nothing()) };
        let written = log.begin(&Entry::Redeemed(Redeemed { asked: borrowed(&self.asked), ..redeemed }))?;
        self.over = true;
        Ok(written)
    }

    /// A call is made.
    pub(super) fn call(&mut self) {
        if let Some(at) = &mut self.at {
            at.tries += 1;
        }
    }

    /// It is over without an answer: turned away, or the run failed.
    pub(super) fn failed(&mut self, report: &Report) -> Result<Written, Lost> {
        if self.at.is_some() {
            return self.end(Ended { outcome: "failed", class: Some(report.code), ..Ended::default() });
        }
        let over = std::mem::replace(&mut self.over, true);
        let Some(log) = self.log.as_ref().filter(|_| !over) else { return Ok(Written::nothing()) };
        log.record(&Entry::Denied(Denied {
            asked: borrowed(&self.asked),
            code: report.code.into(),
            reason: report.reason.map(Cow::Borrowed),
            digest: report.ask.as_ref().map(|ask| Cow::Borrowed(&*ask.digest)),
        }))
    }

    /// It is over; where it was before, nothing is recorded.
    pub(super) fn end(&mut self, ended: Ended<'_>) -> Result<Written, Lost> {
        let over = std::mem::replace(&mut self.over, true);
        let (Some(log), Some(at), false) = (&self.log, &self.at, over) else { return Ok(Written::nothing()) };
        let Ended { outcome, class, usage, finish, model, uses, receipt, messages } = ended;
        let mut used = Used {
            finish: finish.map(|finish| Cow::Borrowed(said(finish))).into_iter().collect(),
            input: usage.input,
            output: usage.output,
            cached: usage.cached,
            cache_written: usage.cache_written,
            reasoning: usage.reasoning,
            cost: None,
        };
        used.cost = model.and_then(|model| cost(model, &used)).map(|cost| dollars(cost).into());
        log.record(&Entry::End(Box::new(End {
            asked: borrowed(&self.asked),
            index: at.index,
            target: Cow::Borrowed(&at.target),
            outcome: outcome.into(),
            class: class.map(Cow::Borrowed),
            tries: at.tries,
            duration_ms: milliseconds(self.started, Instant::now()),
            used,
            tools: uses.into_iter().map(tool).collect(),
            receipt,
            messages,
        })))
    }
}

fn milliseconds(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(u64::MAX)
}

fn said(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::ContentFilter => "content_filter",
    }
}

fn tool(used: ToolUse) -> Tool<'static> {
    match used {
        ToolUse::Called(name) => Tool { name: name.into(), decision: ToolDecision::Called, digest: None },
        ToolUse::Sealed(name, digest) => Tool { name: name.into(), decision: ToolDecision::Sealed, digest: Some(digest.into()) },
        ToolUse::Blocked(name) => Tool { name: name.into(), decision: ToolDecision::Blocked, digest: None },
    }
}

/// The same, for the length of a call.
fn borrowed<'a>(asked: &'a Asked<'static>) -> Asked<'a> {
    fn text(text: Option<&str>) -> Option<Cow<'_, str>> {
        text.map(Cow::Borrowed)
    }
    Asked {
        request: Cow::Borrowed(&asked.request),
        plan: Cow::Borrowed(&asked.plan),
        caller: text(asked.caller.as_deref()),
        route: text(asked.route.as_deref()),
        workflow: text(asked.workflow.as_deref()),
        step: text(asked.step.as_deref()),
        run: text(asked.run.as_deref()),
        data: asked.data.iter().map(|class| Cow::Borrowed(&**class)).collect(),
    }
}
