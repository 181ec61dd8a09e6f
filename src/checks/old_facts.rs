//! BYOK505: a policy judged by facts about models that are older than 180 days.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(505),
        name: "old-facts",
        severities: Severities::Warning,
        judged_on: "catalogue",
        summary: "model facts older than 180 days",
        fix: None,
        page: include_str!("old_facts.md"),
    },
    run: Run::Policy(check),
};

/// The age in days up to which facts are taken as they are.
const MOST: i64 = 180;

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let date = context.catalogue.date();
    let age = context.today.days_since(date);
    let relies = context.policy.targets.iter().zip(context.facts).find(|(_, facts)| facts.entry.is_some());
    let Some((target, _)) = relies.filter(|_| age > MOST) else { return };
    let message = format!("the facts about models are of {date}, {age} days old: prices, limits and end dates may have changed since");
    found.push(
        Diagnostic::new(&CHECK.rule, target.span, message)
            .label("the first model that is judged by them")
            .about(SubjectKind::File, context.sources.name(context.policy.root()))
            .help("update byokc, whose catalogue comes with it, or name a newer one with `--catalogue FILE`"),
    );
}
