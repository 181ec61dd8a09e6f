//! Sums over a log: who saw what, which routes fell back and why, what it cost, and what was turned away.

use std::collections::BTreeMap;

use crate::audit::cost;
use crate::audit::{Attempt, Denied, End};
use crate::text::{Table, grouped};
use crate::units::Money;

/// Requests, tokens and dollars.
#[derive(Clone, Copy, Default)]
struct Sum {
    requests: u64,
    input: u64,
    output: u64,
    cost: Money,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.input = self.input.saturating_add(other.input);
        self.output = self.output.saturating_add(other.output);
        self.cost = self.cost.checked_add(other.cost).unwrap_or(Money(u128::MAX));
    }

    fn cells(self) -> [String; 4] {
        [grouped(self.requests), grouped(self.input), grouped(self.output), self.cost.to_string()]
    }
}

/// Whom data was sent to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Seer {
    account: String,
    target: String,
    data: String,
}

/// A way from one attempt to another.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    route: String,
    from: String,
    class: String,
    to: String,
}

/// All sums.
#[derive(Default)]
pub(super) struct Totals {
    saw: BTreeMap<Seer, Sum>,
    ways: BTreeMap<Way, u64>,
    /// The target at which each request under way stands.
    at: BTreeMap<String, String>,
    routes: BTreeMap<String, Sum>,
    callers: BTreeMap<String, Sum>,
    owners: BTreeMap<String, Sum>,
    failed: BTreeMap<(String, String), u64>,
    denied: BTreeMap<(String, String), u64>,
}

fn text(said: Option<&str>) -> String {
    said.unwrap_or("-").to_owned()
}

fn seer(attempt: &Attempt<'_>) -> Seer {
    let data = if attempt.asked.data.is_empty() { "-".to_owned() } else { attempt.asked.data.join(", ") };
    Seer { account: attempt.call.account.to_string(), target: attempt.call.target.to_string(), data }
}

impl Totals {
    pub(super) fn attempt(&mut self, attempt: &Attempt<'_>) {
        if attempt.call.called {
            self.saw.entry(seer(attempt)).or_default().requests += 1;
        }
        let before = self.at.insert(attempt.asked.request.to_string(), attempt.call.target.to_string());
        if let Some(after) = &attempt.after {
            let (route, from) = (text(attempt.asked.route.as_deref()), before.unwrap_or_else(|| "-".to_owned()));
            let way = Way { route, from, class: after.class.to_string(), to: attempt.call.target.to_string() };
            *self.ways.entry(way).or_default() += 1;
        }
    }

    pub(super) fn end(&mut self, attempts: &[(String, Attempt<'_>)], end: &End<'_>) {
        self.at.remove(&*end.asked.request);
        let cost = end.used.cost.as_deref().and_then(cost::parse).unwrap_or_default();
        let sum = Sum { requests: 1, input: end.used.input, output: end.used.output, cost };
        let last = attempts.last().map(|(_, attempt)| attempt);
        if let Some(saw) = last.and_then(|attempt| self.saw.get_mut(&seer(attempt))) {
            saw.add(Sum { requests: 0, ..sum });
        }
        self.routes.entry(text(end.asked.route.as_deref())).or_default().add(sum);
        self.callers.entry(text(end.asked.caller.as_deref())).or_default().add(sum);
        self.owners.entry(text(last.map(|attempt| &*attempt.key.owner))).or_default().add(sum);
        if end.outcome != "served" {
            let class = end.class.as_deref().unwrap_or(&end.outcome);
            *self.failed.entry((text(end.asked.route.as_deref()), class.to_owned())).or_default() += 1;
        }
    }

    pub(super) fn denied(&mut self, denied: &Denied<'_>) {
        let reason = text(denied.reason.as_deref());
        *self.denied.entry((denied.code.to_string(), reason)).or_default() += 1;
    }

    /// In words: tables, each of which is left out where nothing is in it.
    pub(super) fn tell(&self) -> String {
        let mut out = String::new();
        let mut part = |title: &str, table: &Table| {
            if !table.is_empty() {
                let between = if out.is_empty() { "" } else { "\n" };
                out += &format!("{between}{title}\n{}", table.render(2));
            }
        };
        let mut table = Table::new(&["account", "target", "data", "requests", "input", "output", "cost"]).right(&[3, 4, 5, 6]);
        for (seer, sum) in &self.saw {
            table.row([seer.account.clone(), seer.target.clone(), seer.data.clone()].into_iter().chain(sum.cells()));
        }
        part("Who saw what", &table);
        let mut table = Table::new(&["route", "from", "failed with", "to", "times"]).right(&[4]);
        for (way, times) in &self.ways {
            table.row([way.route.clone(), way.from.clone(), way.class.clone(), way.to.clone(), grouped(*times)]);
        }
        part("Who stood in for whom", &table);
        for (title, what, sums) in [
            ("What it cost, by route", "route", &self.routes),
            ("What it cost, by caller", "caller", &self.callers),
            ("What it cost, by owner of the key", "owner", &self.owners),
        ] {
            let mut table = Table::new(&[what, "requests", "input", "output", "cost"]).right(&[1, 2, 3, 4]);
            for (name, sum) in sums {
                table.row(std::iter::once(name.clone()).chain(sum.cells()));
            }
            part(title, &table);
        }
        for (title, head, times) in [
            ("What was not served", ["route", "why", "times"], &self.failed),
            ("What was turned away", ["code", "why", "times"], &self.denied),
        ] {
            let mut table = Table::new(&head).right(&[2]);
            for ((one, other), number) in times {
                table.row([one.clone(), other.clone(), grouped(*number)]);
            }
            part(title, &table);
        }
        out
    }
}
