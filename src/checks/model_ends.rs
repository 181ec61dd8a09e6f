//! BYOK504: a model that is going to be shut down, or has been.

use super::{Call, Check, Run};
use crate::analysis::asks::Asks;
use crate::analysis::candidates::Candidates;
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(504),
        name: "model-ends",
        severities: Severities::Either,
        judged_on: "attempt",
        summary: "model has an end date",
        fix: Some(Grade::Review),
        page: include_str!("model_ends.md"),
    },
    run: Run::Attempt(check),
};

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let until = call.facts.until?;
    let (policy, today) = (call.context.policy, call.context.today);
    let left = until.days_since(today);
    let (route, target) = (call.route.name.text, call.target.text);
    let (said, label) = match left {
        ..=0 => (format!("which has been gone since {until}"), format!("gone since {until}")),
        1 => (format!("which is gone from tomorrow on, {until}"), format!("gone from {until} on")),
        _ => (format!("which is gone from {until} on, in {left} days"), format!("gone from {until} on")),
    };
    let mut finding = call.finding(&CHECK.rule, format!("route `{route}` may call `{target}`, {said}")).label(label);
    if left > 0 {
        finding = finding.warning();
    }
    let declared = call.target.model.and_then(|index| policy.models.get(index as usize)?.until);
    finding = match declared {
        Some(until) => finding.at(until.span, "declared here"),
        None => finding.note(format!("so says the catalogue of {}", call.context.catalogue.date())),
    };
    let asks = Asks::of(policy, call.route_id, call.path);
    let candidates = Candidates::find(policy, call.context.catalogue, call.path, call.attempt.target, |entry| asks.met_by(entry));
    let moved = candidates.advise(", which has no end date", ", which have no end date");
    finding = finding.help(moved.unwrap_or_else(|| "call a model that stays, or take this one out of the chain".to_owned()));
    let place = call.automaton.place(call.attempt).span;
    match candidates.allowed.first() {
        Some(successor) if call.context.sources.text(place) == target => {
            finding = finding.fix(format!("call `{successor}`"), Grade::Review, vec![Edit { span: place, text: successor.clone() }]);
        }
        _ => {}
    }
    Some(finding)
}
