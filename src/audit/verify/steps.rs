//! Whether each record is a step that the plan allows, after those before it.

use std::collections::BTreeSet;

use super::approvals::Approvals;
use super::asked::{id, turned_away};
use super::fault::{Remark, Remarks};
use super::plans::Plans;
use super::requests::{Requests, gated};
use super::row::Row;
use super::rule::{Rule, must};
use crate::audit::{Denied, Entry, Line, Opened};

/// Where a record stands, and when it was written.
#[derive(Clone, Copy)]
pub(super) struct At<'r> {
    pub(super) row: &'r Row,
    /// Seconds since 1970.
    pub(super) seconds: u64,
}

impl At<'_> {
    pub(super) fn place(&self) -> String {
        self.row.place()
    }

    pub(super) fn record(&self) -> u64 {
        self.row.line().map_or(0, |line| line.seq)
    }
}

/// What has happened so far.
pub(super) struct Steps<'p> {
    pub(super) plans: &'p Plans,
    pub(super) requests: Requests,
    pub(super) approvals: Approvals,
    pub(super) remarks: Remarks,
    /// Whether requests may be under way that began before the log does.
    pub(super) earlier: bool,
    /// The process that writes, once one was opened.
    instance: Option<String>,
    closed: bool,
    /// The plans that this process has put into service.
    service: BTreeSet<String>,
}

impl<'p> Steps<'p> {
    pub(super) fn new(plans: &'p Plans) -> Self {
        Self {
            plans,
            requests: Requests::default(),
            approvals: Approvals::default(),
            remarks: Remarks::default(),
            earlier: false,
            instance: None,
            closed: false,
            service: BTreeSet::new(),
        }
    }

    /// The next record.
    pub(super) fn step(&mut self, line: &Line, at: At<'_>) -> Rule {
        if !matches!(line.entry, Entry::Opened(_)) {
            must(!self.closed, || "it comes after byokc was stopped, and before it was started again".to_owned())?;
            must(self.instance.is_some() || self.earlier, || "it comes before byokc was started".to_owned())?;
        }
        match &line.entry {
            Entry::Opened(opened) => self.opened(opened),
            Entry::Planned(planned) => {
                self.service.insert(planned.plan.clone().into_owned());
                self.plans.find(&planned.plan).map(|_| ())
            }
            Entry::Denied(denied) => self.denied(denied),
            Entry::Attempt(attempt) => self.attempt(attempt, at),
            Entry::End(end) => self.end(end, at),
            Entry::Redeemed(redeemed) => self.redeemed(redeemed, at),
            Entry::Closed {} => {
                self.closed = true;
                self.stopped();
                Ok(())
            }
        }
    }

    /// A process begins to write, or goes on in another file.
    fn opened(&mut self, opened: &Opened<'_>) -> Rule {
        let instance = opened.instance.clone().into_owned();
        let same = self.instance.as_ref().is_some_and(|before| *before == instance);
        if same {
            must(!self.closed && opened.continues.is_some(), || "it starts a process that was started before".to_owned())?;
            must(self.service.contains(&*opened.plan), || format!("it names the plan {}, which was not put into service", opened.plan))?;
        } else {
            // Where the log begins later, its first record says who was writing.
            self.earlier &= self.instance.is_none() && opened.continues.is_some();
            self.stopped();
            self.service.clear();
            self.service.insert(opened.plan.clone().into_owned());
        }
        (self.instance, self.closed) = (Some(instance), false);
        self.plans.find(&opened.plan).map(|_| ())
    }

    /// What was under way has no end.
    fn stopped(&mut self) {
        for (id, open) in std::mem::take(&mut self.requests.open) {
            self.remarks.add(Remark::Killed, || open.place.clone());
            self.requests.over.insert(id);
            if !open.tools.is_empty() {
                self.requests.killed.insert(id, open);
            }
        }
    }

    /// The log is over.
    pub(super) fn over(&mut self) {
        for open in std::mem::take(&mut self.requests.open).into_values() {
            self.remarks.add(Remark::Open, || open.place);
        }
    }

    /// A request is judged by a plan that this process has put into service.
    pub(super) fn in_service(&self, plan: &str) -> Rule {
        // What a process served before the log begins is not known.
        must(self.earlier || self.service.contains(plan), || format!("it is judged by the plan {plan}, which was not in service"))
    }

    fn denied(&mut self, denied: &Denied<'_>) -> Rule {
        let id = id(&denied.asked.request)?;
        let known = self.requests.open.contains_key(&id) || !self.requests.over.insert(id);
        must(!known, || "it turns a request away that was there before".to_owned())?;
        self.in_service(&denied.asked.plan)?;
        let plan = turned_away(self.plans, &denied.asked)?;
        let word = !denied.code.is_empty() && denied.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        must(word, || "its `error.type` is not a word".to_owned())?;
        let route = denied.asked.route.as_deref().and_then(|name| plan.routes.get_key_value(name));
        let gate = route.is_some_and(|(name, route)| {
            let lane = super::plans::Lane { plan, name, route };
            route.approve.is_some() || route.tools.iter().any(|tool| gated(lane, tool))
        });
        let asks = denied.code == "approval_required";
        must(gate || !(asks || denied.digest.is_some()), || "it asks for an approval, and the plan asks for none there".to_owned())?;
        must(!asks || denied.digest.is_some(), || "it asks for an approval, and does not say of what".to_owned())?;
        if let Some(digest) = &denied.digest {
            self.approvals.asked(digest, &denied.asked);
        }
        Ok(())
    }
}
