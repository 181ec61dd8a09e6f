//! BYOK205: a fallback that no run reaches with a target untried.
//!
//! Only targets that were tried before can take a fallback out of every run: whatever takes a failure earlier in the chain may itself fail in the
//! same way, and then the run goes on.

use super::{Check, Context, Run};
use crate::automaton::{Automaton, What};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::edit::remove;
use crate::policy::model::{Alternative, Callee, Route, RouteId, TargetId};
use crate::text::{and, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(205),
        name: "unreachable-fallback",
        severities: Severities::Warning,
        judged_on: "alternative",
        summary: "alternative that no run reaches with a target untried (a splice or pool is judged as a whole)",
        fix: Some(Grade::Review),
        page: include_str!("unreachable_fallback.md"),
    },
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let route = &context.policy[id];
    if route.chain.len() < 2 {
        return;
    }
    let holders = automaton.holders();
    let mut reached = vec![false; route.chain.len()];
    for attempt in &automaton.attempts {
        let holder = holders.get(usize::from(attempt.place)).copied().unwrap_or_default();
        if let Some(slot) = reached.get_mut(usize::from(holder)) {
            *slot = true;
        }
    }
    for (index, step) in route.chain.iter().enumerate().filter(|(index, _)| !reached.get(*index).copied().unwrap_or(true)) {
        let Some(begin) = holders.iter().position(|holder| usize::from(*holder) == index) else { continue };
        let end = holders.iter().rposition(|holder| usize::from(*holder) == index).map_or(begin, |last| last + 1);
        found.extend(explain(context, route, automaton, step, begin..end));
    }
}

fn explain(
    context: &Context<'_, '_>,
    route: &Route<'_>,
    automaton: &Automaton,
    step: &Alternative,
    places: std::ops::Range<usize>,
) -> Option<Diagnostic> {
    let mut targets: Vec<TargetId> = Vec::new();
    for place in automaton.places.get(places.clone())? {
        if let What::Target(target) = place.what
            && !targets.contains(&target)
        {
            targets.push(target);
        }
    }
    let before = automaton.places.get(..places.start)?;
    let mut tried = Vec::new();
    let mut behind = Vec::new();
    for target in targets {
        match before.iter().find(|place| place.what == What::Target(target)) {
            Some(place) => tried.push((target, place.span)),
            None => behind.push(tick(context.policy[target].text)),
        }
    }
    let names: Vec<String> = tried.iter().map(|(target, _)| tick(context.policy[*target].text)).collect();
    let what = match step.callee {
        Callee::Target(target) => tick(context.policy[target].text),
        Callee::Pool(pool) => format!("pool `{}`", context.policy[pool].name.text),
        Callee::Route(called) => format!("route `{}`", context.policy[called].name.text),
    };
    let why = match step.callee {
        Callee::Target(_) => "it".to_owned(),
        _ => and(&names),
    };
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        step.callee_span,
        format!("route `{}` never gets to call {what} here: every run that arrives has tried {why} before", route.name.text),
    )
    .about(SubjectKind::Route, route.name.text)
    .label("nothing is left to try");
    let mut shown = Vec::new();
    for (target, span) in tried {
        if !shown.contains(&span) {
            shown.push(span);
            finding = finding.at(span, format!("`{}` is tried here", context.policy[target].text));
        }
    }
    if !behind.is_empty() {
        finding = finding.note(format!("{} would follow only after a failure on which {what} is not entered", and(&behind)));
    }
    let (title, edit) = if route.chain.len() == 2 {
        ("say `fallback none`", Edit { span: step.span, text: "fallback none".to_owned() })
    } else {
        ("take this fallback out", remove(context.sources, step.span))
    };
    Some(finding.help("name a target that this chain does not call yet, or take this fallback out").fix(title, Grade::Review, vec![edit]))
}
