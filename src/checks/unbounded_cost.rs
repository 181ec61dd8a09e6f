//! BYOK603: a route whose cost has no bound, since a price or a limit is unknown.

use super::{Check, Context, Run};
use crate::analysis::bounds::{self, Unbounded};
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{RouteId, RouteKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(603),
        name: "unbounded-cost",
        severities: Severities::Either,
        judged_on: "route",
        summary: "bound cannot be computed (no price, no limit)",
        fix: None,
        page: include_str!("unbounded_cost.md"),
    },
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let route = &policy[id];
    let unbounded = automaton.attempts.iter().find_map(|attempt| {
        let why = bounds::attempt_cost(policy, context.facts, route, automaton, attempt).err()?;
        // A model of which nothing is known has a finding of its own, BYOK503. Where a bound was asked for, that does not settle it.
        let known = context.facts.get(attempt.target.0 as usize).is_some_and(crate::policy::facts::Facts::known);
        // Only what is counted in tokens has a price here.
        let counted = matches!(route.kind, RouteKind::Chat | RouteKind::Embedding);
        (known && counted || route.cost.is_some()).then_some((attempt, why))
    });
    let Some((attempt, why)) = unbounded else { return };
    let (name, target) = (route.name.text, policy[attempt.target].text);
    let message = format!("what one run of route `{name}` may cost has no bound: {}", why.describe(policy));
    let finding = Diagnostic::new(&CHECK.rule, automaton.place(attempt).span, message)
        .label("may cost anything")
        .about(SubjectKind::Route, name)
        .help(match why {
            Unbounded::MaxInput(_) => format!("give `{name}` a `max_input`, or declare the window: `model {target} {{ context … }}`"),
            Unbounded::MaxOutput(_) => format!("give `{name}` a `max_output`, or declare the limit: `model {target} {{ output … }}`"),
            Unbounded::Price(_) => format!("declare what it costs: `model {target} {{ input_price $… output_price $… }}`"),
            Unbounded::TooLarge => format!("lower `max_input` and `max_output` of `{name}`"),
        });
    found.push(match route.cost {
        Some(cost) => finding.at(cost.span, "a bound is asked for here"),
        None => finding.warning(),
    });
}
