//! BYOK405: a `lowers` that changes nothing, or that redaction cannot keep.

use super::{Check, Context, Run};
use crate::analysis::data::steps;
use crate::diagnostic::{Code, Diagnostic, Grade, Rule, Severities, SubjectKind};
use crate::edit;
use crate::policy::class::ClassSet;
use crate::policy::model::{Lowers, Policy, Route, RouteKind, Strip};
use crate::text::and;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(405),
        name: "useless-lowering",
        severities: Severities::Either,
        judged_on: "route, step",
        summary: "`lowers` that changes nothing (W); on a route that takes images or files, which detectors do not read (E)",
        fix: Some(Grade::Safe),
        page: include_str!("useless_lowering.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for route in context.policy.routes.iter().filter(|route| !route.lowers.is_empty() && !route.broken) {
        in_route(context, route, found);
    }
    for workflow in &context.policy.workflows {
        if workflow.steps.iter().all(|step| step.lowers.is_empty()) {
            continue;
        }
        let Some(data) = steps(context.policy, workflow) else { continue };
        for (step, data) in workflow.steps.iter().zip(data) {
            let name = format!("{}/{}", workflow.name.text, step.name.text);
            let mut set = data.output;
            for lowers in &step.lowers {
                let lowered = context.policy.classes.lower(set, lowers.from, lowers.to);
                if lowered == set {
                    let holds = format!("step `{}` puts out {}", step.name.text, context.policy.classes.describe(set));
                    let finding = nothing(context, lowers, &format!("step `{name}`"));
                    found.push(finding.at(step.name.span, holds).about(SubjectKind::Step, name.clone()));
                }
                set = lowered;
            }
        }
    }
}

fn in_route(context: &Context<'_, '_>, route: &Route<'_>, found: &mut Vec<Diagnostic>) {
    let (policy, name) = (context.policy, route.name.text);
    let images = unread(route);
    let mut set: ClassSet = route.accepts.value;
    for lowers in &route.lowers {
        let lowered = policy.classes.lower(set, lowers.from, lowers.to);
        let finding = if lowered == set {
            let holds = format!("route `{name}` carries {}", policy.classes.describe(set));
            nothing(context, lowers, &format!("route `{name}`")).at(route.accepts.span, holds)
        } else if !images.is_empty() {
            beside_images(policy, route, lowers, &images)
        } else if route.redact.is_empty() {
            without_redaction(policy, route, lowers)
        } else {
            set = lowered;
            continue;
        };
        set = lowered;
        found.push(finding.about(SubjectKind::Route, name));
    }
}

/// What a route may be sent that no detector reads: images and files that it does not strip.
fn unread(route: &Route<'_>) -> Vec<&'static str> {
    let taken: &[Strip] = match route.kind {
        RouteKind::Chat | RouteKind::Image => &[Strip::Images, Strip::Files],
        RouteKind::Transcription => &[Strip::Files],
        RouteKind::Embedding | RouteKind::Speech => &[],
    };
    taken.iter().filter(|kind| !route.strip.iter().any(|strip| strip.value == **kind)).map(|kind| kind.as_str()).collect()
}

fn nothing(context: &Context<'_, '_>, lowers: &Lowers<'_>, who: &str) -> Diagnostic {
    let (from, to) = (context.policy.classes.name(lowers.from), context.policy.classes.name(lowers.to));
    let edit = edit::remove(context.sources, lowers.span);
    Diagnostic::new(&CHECK.rule, lowers.span, format!("{who} lowers {from} to {to}, which changes nothing"))
        .warning()
        .label("no class would become a lower one")
        .help("take it out, or correct the classes: first the more sensitive one, then the one that it becomes")
        .fix("take the `lowers` out", Grade::Safe, vec![edit])
}

fn beside_images(policy: &Policy<'_>, route: &Route<'_>, lowers: &Lowers<'_>, unread: &[&str]) -> Diagnostic {
    let (name, from, to) = (route.name.text, policy.classes.name(lowers.from), policy.classes.name(lowers.to));
    let what = and(unread);
    let message = format!("route `{name}` lowers {from} to {to} by redaction, but redaction reads text only and the route takes {what}");
    let mut finding = Diagnostic::new(&CHECK.rule, lowers.span, message).label(format!("does not hold for what stands in {what}"));
    for strip in &route.strip {
        finding = finding.at(strip.span, format!("only `{}` is stripped", strip.value.as_str()));
    }
    finding = match route.redact.first() {
        Some(first) => finding.at(first.span, "detectors read text only"),
        None => finding.note(format!("`{name}` redacts nothing either: name detectors with `redact`")),
    };
    let strip = unread.join(", ");
    finding.help(format!("add `minimize strip {strip}` to `{name}`, or take the `lowers` out"))
}

fn without_redaction(policy: &Policy<'_>, route: &Route<'_>, lowers: &Lowers<'_>) -> Diagnostic {
    let (name, from, to) = (route.name.text, policy.classes.name(lowers.from), policy.classes.name(lowers.to));
    Diagnostic::new(&CHECK.rule, lowers.span, format!("route `{name}` lowers {from} to {to} but redacts nothing, so it changes nothing"))
        .warning()
        .label("nothing is redacted that could make the data less sensitive")
        .at(route.name.span, "has no `redact`")
        .help(format!("name what is masked in `{name}`, for example `redact email, phone`, or take the `lowers` out"))
}
