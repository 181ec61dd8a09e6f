//! BYOK210: a route of more than 256 attempts.

use super::{Check, Context, Run};
use crate::automaton::{MAX_ATTEMPTS, MAX_PLACES, TooLong, unfolded_size, unfolded_sizes};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Callee, RouteId};
use crate::text::grouped;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(210),
        name: "too-many-attempts",
        severities: Severities::Error,
        judged_on: "route",
        summary: "more than 256 attempts, or more than 4,096 places when written out",
        fix: None,
        page: include_str!("too_many_attempts.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let too_long = |route: RouteId| match context.automata.get(route.0 as usize) {
        Some(Some(Err(why))) => Some(*why),
        _ => None,
    };
    let mut sizes = None;
    for (id, route) in context.routes() {
        let Some(why) = too_long(id) else { continue };
        // Where a route that it calls is too long already, that one is to be mended.
        if route.chain.iter().any(|step| matches!(step.callee, Callee::Route(called) if too_long(called).is_some())) {
            continue;
        }
        let sizes = sizes.get_or_insert_with(|| unfolded_sizes(context.policy, &context.graph.callees_first()));
        found.push(finding(context, id, why, sizes));
    }
}

fn finding(context: &Context<'_, '_>, id: RouteId, why: TooLong, sizes: &[u64]) -> Diagnostic {
    let policy = context.policy;
    let route = &policy[id];
    let name = route.name.text;
    let places = sizes.get(id.0 as usize).copied().unwrap_or_default();
    let why = match why {
        TooLong::Places(_) if places == u64::MAX => "has more places than can be counted, written out in full".to_owned(),
        TooLong::Places(_) => {
            format!("has {} places, written out in full, and {} are the most", grouped(places), grouped(MAX_PLACES as u64))
        }
        TooLong::Attempts if places > 2 * MAX_ATTEMPTS as u64 => {
            format!("has more than {MAX_ATTEMPTS} attempts: written out in full, it has {} places", grouped(places))
        }
        TooLong::Attempts => format!(
            "has more than {MAX_ATTEMPTS} attempts: each of its {} places counts again for every set of targets that a run may have tried before it",
            grouped(places)
        ),
    };
    let mut finding = Diagnostic::new(&CHECK.rule, route.name.span, format!("route `{name}` {why}"))
        .about(SubjectKind::Route, name)
        .label("too many to follow");
    for step in &route.chain {
        let size = unfolded_size(policy, step.callee, sizes);
        let what = match step.callee {
            Callee::Target(_) => continue,
            Callee::Pool(pool) if policy[pool].spread => {
                format!("spread pool `{}`, which may be entered at any member", policy[pool].name.text)
            }
            Callee::Pool(pool) => format!("pool `{}`", policy[pool].name.text),
            Callee::Route(called) => format!("route `{}`", policy[called].name.text),
        };
        finding = finding.at(step.callee_span, format!("{what}: {} {}", grouped(size), if size == 1 { "place" } else { "places" }));
    }
    finding.help(format!(
        "call fewer targets, or name each once: let the routes that `{name}` falls back to end in `fallback none`, and put the peers that they share in one pool"
    ))
}
