//! BYOK215: an embedding route that falls back to another model, whose vectors cannot be compared with those of the first.

use super::{Check, Context, Run};
use crate::automaton::Automaton;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{RouteId, RouteKind, TargetId};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(215),
        name: "embedding-fallback",
        severities: Severities::Warning,
        judged_on: "alternative",
        summary: "an embedding route falls back to another model: vectors that cannot be compared",
        fix: None,
        page: include_str!("embedding_fallback.md"),
    },
    run: Run::Attempts(check),
};

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let route = &context.policy[id];
    if route.kind != RouteKind::Embedding || automaton.attempts.len() < 2 {
        return;
    }
    let Some(first) = automaton.attempts.first() else { return };
    let holders = automaton.holders();
    let mut reported = Vec::new();
    for attempt in &automaton.attempts {
        let Some(holder) = holders.get(usize::from(attempt.place)).filter(|holder| !reported.contains(*holder)) else { continue };
        if same_model(context, first.target, attempt.target) {
            continue;
        }
        reported.push(*holder);
        let (one, other) = (context.policy[first.target].text, context.policy[attempt.target].text);
        let known = |target: TargetId| context.facts.get(target.0 as usize).is_some_and(|facts| facts.base.is_some());
        let certain = known(first.target) && known(attempt.target);
        let span = route.chain.get(usize::from(*holder)).map_or(automaton.place(attempt).span, |step| step.callee_span);
        let verb = if certain { "is another model" } else { "may be another model" };
        let mut finding = Diagnostic::new(
            &CHECK.rule,
            span,
            format!(
                "route `{}` embeds with `{one}` and falls back to `{other}`, which {verb}: their vectors cannot be compared",
                route.name.text
            ),
        )
        .about(SubjectKind::Route, route.name.text)
        .label(if certain { "another model" } else { "not known to be the same model" })
        .at(automaton.place(first).span, "the vectors of this model are what is searched");
        if automaton.place(attempt).span != span {
            finding = finding.at(automaton.place(attempt).span, format!("`{other}` is named here"));
        }
        finding = finding.help("fall back to the same model at another account, or write `fallback none` and let the request fail");
        if !certain {
            let unknown = if known(first.target) { other } else { one };
            finding = finding.help(format!("if it is the same model, say which one: `model {unknown} {{ is VENDOR/MODEL }}`"));
        }
        found.push(finding);
    }
}

/// Whether two targets are certainly the same model: the same base, or the same id of one vendor whose ids name models.
fn same_model(context: &Context<'_, '_>, one: TargetId, other: TargetId) -> bool {
    if one == other {
        return true;
    }
    let base = |target: TargetId| context.facts.get(target.0 as usize).and_then(|facts| facts.base.as_deref());
    if let (Some(one), Some(other)) = (base(one), base(other)) {
        return one == other;
    }
    let (one, other) = (&context.policy[one], &context.policy[other]);
    let vendor = &context.policy[one.provider].vendor;
    // An Azure id is the name of a deployment.
    vendor != "azure" && *vendor == context.policy[other.provider].vendor && one.id.eq_ignore_ascii_case(&other.id)
}
