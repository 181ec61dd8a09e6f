//! BYOK212: a denied model that can still be reached under another name: at another account, through a router, as a variant.
//!
//! A deny names models where its model part is more than `*`, and where it speaks of a company that serves models itself: one that names a router
//! closes that way to a model, not the model. A target whose model is not known is never taken for a denied one.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Call, Check, Context, Run};
use crate::analysis::lists::{Denial, covers_account};
use crate::catalogue::providers::well_known;
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::matching::covers;
use crate::policy::model::Pattern;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(212),
        name: "denied-under-another-name",
        severities: Severities::Warning,
        judged_on: "attempt",
        summary: "a denied model can still be reached under another name (other account, router, variant)",
        fix: None,
        page: include_str!("denied_under_another_name.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let mut denied: FxHashMap<Cow<'_, str>, Vec<Denial<'_, '_>>> = FxHashMap::default();
    for deny in &policy.denies {
        for pattern in deny.patterns.iter().filter(|pattern| names_models(context, pattern)) {
            for base in bases(context, pattern) {
                let denials = denied.entry(base).or_default();
                if !denials.iter().any(|known| std::ptr::eq(known.deny, deny)) {
                    denials.push(Denial { deny, pattern });
                }
            }
        }
    }
    if denied.is_empty() {
        return;
    }
    let suspects: Vec<Option<&Vec<Denial<'_, '_>>>> =
        context.facts.iter().map(|facts| facts.base.as_deref().and_then(|base| denied.get(base))).collect();
    if suspects.iter().all(Option::is_none) {
        return;
    }
    context.calls(|call| {
        let Some(Some(denials)) = suspects.get(call.attempt.target.0 as usize) else { return };
        let applies =
            |denial: &&Denial<'_, '_>| denial.deny.routes.as_ref().is_none_or(|routes| call.routes().any(|(id, _)| routes.contains(&id)));
        let forbidden = call.routes().any(|(id, _)| context.lists.denials(id, call.attempt.target).next().is_some());
        if !forbidden && let Some(denial) = denials.iter().find(applies) {
            let finding = finding(call, denial);
            if !found.iter().rev().take_while(|other| other.subject == finding.subject).any(|other| other.span == finding.span) {
                found.push(finding);
            }
        }
    });
}

fn names_models(context: &Context<'_, '_>, pattern: &Pattern<'_>) -> bool {
    !pattern.provider.map_or(pattern.owner == "openrouter", |id| context.policy[id].is_router())
}

/// The models that a deny names: in the catalogue of its vendor, and among the targets of the accounts that it covers.
fn bases<'c>(context: &Context<'c, '_>, pattern: &Pattern<'_>) -> Vec<Cow<'c, str>> {
    let vendor = match pattern.provider {
        Some(id) => &*context.policy[id].vendor,
        None => well_known(pattern.owner).map_or(pattern.owner, |known| known.vendor),
    };
    let mut bases: Vec<Cow<'c, str>> = Vec::new();
    for vendor in [vendor, pattern.owner] {
        let named = context.catalogue.of_vendor(vendor).iter().filter(|entry| covers(&pattern.id, &entry.id));
        bases.extend(named.filter_map(|entry| entry.base.as_deref()).map(Cow::Borrowed));
        if !pattern.id.contains('*') {
            bases.extend(context.catalogue.base_of(vendor, &pattern.id).map(|base| Cow::Owned(base.into_owned())));
        }
    }
    for (target, facts) in context.policy.targets.iter().zip(context.facts) {
        let provider = &context.policy[target.provider];
        if covers_account(pattern.owner, provider) && covers(&pattern.id, &target.id) {
            bases.extend(facts.base.as_deref().map(Cow::Borrowed));
        }
    }
    if pattern.id.chars().all(|character| character == '*') {
        // All of a company: its own models are unwanted, not those of others that it sells.
        bases.retain(|base| base.split_once('/').is_some_and(|(maker, _)| maker == vendor));
    }
    bases.sort_unstable();
    bases.dedup();
    bases
}

fn finding(call: &Call<'_, '_>, denial: &Denial<'_, '_>) -> Diagnostic {
    let (target, pattern) = (call.target.text, denial.pattern);
    let base = call.facts.base.as_deref().unwrap_or_default();
    let message = format!("route `{}` may call `{target}`, which is a denied model under another name: `{base}`", call.route.name.text);
    let mut finding = call
        .finding(&CHECK.rule, message)
        .label(format!("`{base}`, at `{}`", call.provider.name.text))
        .at(pattern.span, format!("denied here, for accounts of `{}` only", pattern.owner));
    if let Some(because) = &denial.deny.because {
        finding = finding.note(format!("the reason given: {because}"));
    }
    finding.help(format!(
        "if the model is not to be used at all, call another here and add `, {target}` to the deny; if this account may serve it, say so: `waive BYOK212 on route {} because \"…\" until DATE`",
        call.route.name.text
    ))
}
