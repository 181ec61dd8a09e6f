//! BYOK305: providers of different vendors that share one key source.

use rustc_hash::FxHashMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{KeySource, Provider};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(305),
        name: "shared-key",
        severities: Severities::Warning,
        judged_on: "provider",
        summary: "providers of different vendors share one key source",
        fix: None,
        page: include_str!("shared_key.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<&KeySource<'_>, (&Provider<'_>, Span)> = FxHashMap::default();
    for provider in &context.policy.providers {
        let Some(key) = &provider.key else { continue };
        // `per_request` is another header for each provider.
        if matches!(key.value, KeySource::PerRequest | KeySource::None) {
            continue;
        }
        let (other, place) = *first.entry(&key.value).or_insert((provider, key.span));
        if other.vendor != provider.vendor {
            found.push(finding(provider, key.span, other, place, &key.value));
        }
    }
}

fn finding(provider: &Provider<'_>, span: Span, other: &Provider<'_>, place: Span, key: &KeySource<'_>) -> Diagnostic {
    let (name, other_name) = (provider.name.text, other.name.text);
    let message = format!(
        "providers `{other_name}` and `{name}` are of different vendors but share the key `{}`, so each is sent the other's key",
        key.describe()
    );
    Diagnostic::new(&CHECK.rule, span, message)
        .label(format!("sent to `{}`", provider.vendor))
        .at(place, format!("the same key, sent to `{}`", other.vendor))
        .about(SubjectKind::Provider, name)
        .help(format!(
            "give `{name}` a key source of its own, or, if one company is behind both, say `vendor {}` in provider `{name}`",
            other.vendor
        ))
}
