//! The changes of a policy that are tried, each in one place: what a slip of the hand, or a hurried fix, could make of it.

use std::collections::BTreeSet;

use super::{Change, lists};
use crate::compile::Compilation;
use crate::diagnostic::Edit;
use crate::edit;
use crate::policy::model::{Alternative, Callee, Gate, Policy, Pool, Route};
use crate::source::{Sources, Span};
use crate::text::tick;

/// Every change, in the order of the source.
pub fn changes(sources: &Sources, compilation: &Compilation<'_>) -> Vec<Change> {
    let policy = &compilation.policy;
    let mut all = Vec::new();
    for route in &policy.routes {
        chain(sources, policy, route, &mut all);
        all.extend(gate(sources, &format!("route `{}`", route.name.text), route.approve.as_ref()));
        redaction(sources, route, &mut all);
        demands(sources, route, &mut all);
    }
    policy.pools.iter().for_each(|pool| members(sources, pool, &mut all));
    all.extend(policy.tools.iter().filter_map(|tool| gate(sources, &format!("tool `{}`", tool.name.text), tool.approve.as_ref())));
    lists::changes(sources, policy, &mut all);
    all.sort_by(|a, b| (a.span, &a.what).cmp(&(b.span, &b.what)));
    // A line of the defaults holds for many routes, and is changed once.
    let mut seen: BTreeSet<Vec<(Span, String)>> = BTreeSet::new();
    all.retain(|change| seen.insert(change.edits.iter().map(|edit| (edit.span, edit.text.clone())).collect()));
    all
}

/// A change of what runs do.
fn of_runs(span: Span, what: String, edits: Vec<Edit>) -> Change {
    Change { what, span, edits, rule: false }
}

fn replaced(span: Span, text: &str) -> Edit {
    Edit { span, text: text.to_owned() }
}

fn callee(policy: &Policy<'_>, alternative: &Alternative) -> String {
    match alternative.callee {
        Callee::Target(target) => tick(policy[target].text),
        Callee::Pool(pool) => format!("pool `{}`", policy[pool].name.text),
        Callee::Route(route) => format!("route `{}`", policy[route].name.text),
    }
}

/// Drops each fallback, and swaps each two neighbours.
fn chain(sources: &Sources, policy: &Policy<'_>, route: &Route<'_>, all: &mut Vec<Change>) {
    let name = route.name.text;
    let only = route.chain.len() == 2;
    for fallback in route.chain.iter().skip(1) {
        // A route says that it has no fallback: that this is missing would be noticed by another finding.
        let edit = if only { replaced(fallback.span, "fallback none") } else { edit::remove(sources, fallback.span) };
        all.push(of_runs(fallback.span, format!("drop the fallback of `{name}` to {}", callee(policy, fallback)), vec![edit]));
    }
    for (index, pair) in route.chain.windows(2).enumerate() {
        let [one, other] = pair else { continue };
        // A primary gives its place to a fallback of its kind; each keeps its own `on`.
        let spans = match (index, one.callee, other.callee) {
            (0, Callee::Target(_), Callee::Target(_)) | (0, Callee::Pool(_), Callee::Pool(_)) => (one.callee_span, other.callee_span),
            (0, ..) => continue,
            _ => (one.span, other.span),
        };
        let what = format!("swap {} and {} in `{name}`", callee(policy, one), callee(policy, other));
        all.extend(swapped(sources, spans).map(|edits| of_runs(one.span, what, edits)));
    }
}

/// Two texts in each other's place; `None` where they are the same.
fn swapped(sources: &Sources, (one, other): (Span, Span)) -> Option<Vec<Edit>> {
    let (first, second) = (sources.text(one), sources.text(other));
    (first != second).then(|| vec![replaced(one, second), replaced(other, first)])
}

/// Drops each member of a pool that has more than one, and swaps each two neighbours.
fn members(sources: &Sources, pool: &Pool<'_>, all: &mut Vec<Change>) {
    let name = pool.name.text;
    for member in pool.members.iter().filter(|_| pool.members.len() > 1) {
        let what = format!("drop `{}` from pool `{name}`", sources.text(member.span));
        all.push(of_runs(member.span, what, vec![replaced(edit::item(sources, member.span), "")]));
    }
    for pair in pool.members.windows(2) {
        let [one, other] = pair else { continue };
        let what = format!("swap `{}` and `{}` in pool `{name}`", sources.text(one.span), sources.text(other.span));
        all.extend(swapped(sources, (one.span, other.span)).map(|edits| of_runs(one.span, what, edits)));
    }
}

/// Takes an approval gate out.
fn gate(sources: &Sources, whose: &str, gate: Option<&Gate<'_>>) -> Option<Change> {
    let gate = gate?;
    let what = format!("take the approval by `{}` out of {whose}", gate.role.text);
    Some(of_runs(gate.span, what, vec![edit::remove(sources, gate.span)]))
}

/// Takes each redaction out, wherever it is said.
fn redaction(sources: &Sources, route: &Route<'_>, all: &mut Vec<Change>) {
    for detector in &route.redact {
        let item = edit::item(sources, detector.span);
        // The only one of its line goes with the line.
        let alone = (item == detector.span).then(|| edit::with_keyword(sources, "redact", detector.span, detector.span)).flatten();
        let edit = alone.map_or_else(|| replaced(item, ""), |field| edit::remove(sources, field));
        let what = format!("do not mask {} in `{}`", detector.value.as_str(), route.name.text);
        all.push(of_runs(detector.span, what, vec![edit]));
    }
}

/// Takes each demand on providers out. Whoever is called now meets it, so no run differs.
fn demands(sources: &Sources, route: &Route<'_>, all: &mut Vec<Change>) {
    let region = route.region.iter().map(|demand| demand.span);
    let others = route.retention.iter().map(|demand| demand.span).chain(route.training_never);
    for span in region.chain(others) {
        let what = format!("take `{}` out of `{}`", sources.text(span).split_whitespace().collect::<Vec<_>>().join(" "), route.name.text);
        all.push(Change { what, span, edits: vec![edit::remove(sources, span)], rule: true });
    }
}
