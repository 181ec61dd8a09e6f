//! BYOK507: facts about a model that the policy declares more favourably than the catalogue has them.

use super::{Check, Context, Run};
use crate::analysis::asks::tokens;
use crate::catalogue::{Entry, Known};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::model::{At, Model};
use crate::source::Span;
use crate::text::tick;
use crate::units::Money;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(507),
        name: "favourable-facts",
        severities: Severities::Warning,
        judged_on: "model",
        summary: "declared model facts that are more favourable than the catalogue's",
        fix: Some(Grade::Review),
        page: include_str!("favourable_facts.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for model in &context.policy.models {
        found.extend(another_model(context, model));
        if let Some(entry) = entry(context, model) {
            found.extend(judge(context, model, entry));
        }
    }
}

/// A model that is said to be another than the one which the catalogue has under its own name: all facts would be those of the other.
fn another_model(context: &Context<'_, '_>, model: &Model<'_>) -> Option<Diagnostic> {
    let is = model.is.as_ref()?;
    let listed = listed(context, model)?;
    let (vendor, id) = (&is.value.0, &is.value.1);
    let same = context.catalogue.base_of(vendor, id).is_some_and(|base| listed.base.as_deref() == Some(&*base));
    let name = model.name.text;
    let itself = *vendor == listed.vendor && *id == listed.id;
    (!same && !itself).then(|| {
        Diagnostic::new(
            &CHECK.rule,
            is.span,
            format!("model `{name}` is said to be `{vendor}/{id}`, but the catalogue knows `{name}` itself"),
        )
        .label("takes the facts of another model")
        .about(SubjectKind::Model, name)
        .note("checks would go by the window, prices, abilities and end date of the other model")
        .help("take `is` out, and state the facts that differ")
    })
}

/// What the catalogue has of a declared model.
fn entry<'a>(context: &Context<'a, '_>, model: &Model<'_>) -> Option<&'a Entry> {
    if let Some(is) = &model.is {
        return context.catalogue.get(&is.value.0, &is.value.1);
    }
    listed(context, model)
}

/// What the catalogue has under the model's own name.
fn listed<'a>(context: &Context<'a, '_>, model: &Model<'_>) -> Option<&'a Entry> {
    let provider = &context.policy[model.provider?];
    let listed = provider.known_host && provider.vendor != "azure";
    if listed { context.catalogue.get(&provider.vendor, &model.id) } else { None }
}

/// A fact that is better than the catalogue's: where, what, and the catalogue's in words and as a field.
struct Better {
    span: Span,
    declared: String,
    catalogue: String,
    field: Option<String>,
}

fn judge(context: &Context<'_, '_>, model: &Model<'_>, entry: &Entry) -> Option<Diagnostic> {
    let better: Vec<Better> = [
        larger(model.context, entry.context, "context", "a window"),
        larger(model.output, entry.max_output, "output", "answers"),
        capabilities(model, entry),
        cheaper(model.input_price, dearest(entry, entry.input_price, |tier| tier.input, |change| change.input), "input_price"),
        cheaper(model.output_price, dearest(entry, entry.output_price, |tier| tier.output, |change| change.output), "output_price"),
        later(model, entry),
    ]
    .into_iter()
    .flatten()
    .collect();
    let first = better.first()?;
    let name = model.name.text;
    let mut finding = Diagnostic::new(
        &CHECK.rule,
        first.span,
        format!("model `{name}` is declared with {}, but the catalogue says {}", first.declared, first.catalogue),
    )
    .label("better than the catalogue has it")
    .about(SubjectKind::Model, name);
    for other in better.iter().skip(1) {
        finding = finding.at(other.span, format!("{}, but the catalogue says {}", other.declared, other.catalogue));
    }
    if let Some(is) = &model.is {
        finding = finding.at(is.span, format!("its facts are those of `{}/{}`", is.value.0, is.value.1));
    }
    finding = finding
        .note(format!("checks go by what is declared; the catalogue is of {}", context.catalogue.date()))
        .help(format!("write what the catalogue says; where you know better, accept it with what you know: `waive {} on model {name} because \"…\" until DATE`", CHECK.rule.code));
    let edits: Option<Vec<Edit>> = better.iter().map(|one| Some(Edit { span: one.span, text: one.field.clone()? })).collect();
    Some(match edits {
        Some(edits) => finding.fix("write what the catalogue says", Grade::Review, edits),
        None => finding,
    })
}

fn larger(declared: Option<At<u64>>, known: Option<u64>, field: &'static str, what: &str) -> Option<Better> {
    let (declared, known) = (declared?, known?);
    (declared.value > known).then(|| Better {
        span: declared.span,
        declared: format!("{what} of {} tokens", tokens(declared.value)),
        catalogue: tokens(known),
        field: Some(format!("{field} {}", tokens(known))),
    })
}

fn capabilities(model: &Model<'_>, entry: &Entry) -> Option<Better> {
    let declared = model.supports?;
    let lacking: Vec<String> =
        declared.value.iter().filter(|what| entry.can(*what) == Known::No).map(|what| tick(what.in_policy())).collect();
    (!lacking.is_empty()).then(|| Better {
        span: declared.span,
        declared: format!("`supports` {}", lacking.join(", ")),
        catalogue: "that it cannot do this".to_owned(),
        field: None,
    })
}

/// The dearest price that is known: that of long prompts and announced ones too, as a declared price stands for all of them.
fn dearest(
    entry: &Entry,
    usual: Option<Money>,
    tier: fn(&crate::catalogue::Tier) -> Option<Money>,
    change: fn(&crate::catalogue::Change) -> Option<Money>,
) -> Option<Money> {
    let tiers = entry.tiers.iter().filter_map(tier);
    tiers.chain(entry.changes.iter().filter_map(change)).chain(usual).max()
}

fn cheaper(declared: Option<At<Money>>, known: Option<Money>, field: &'static str) -> Option<Better> {
    let (declared, known) = (declared?, known?);
    (declared.value < known).then(|| Better {
        span: declared.span,
        declared: format!("{} for a million {} tokens", declared.value, field.trim_end_matches("_price")),
        catalogue: format!("up to {known}, long prompts and announced prices included"),
        field: Some(format!("{field} {known}")),
    })
}

fn later(model: &Model<'_>, entry: &Entry) -> Option<Better> {
    let (declared, known) = (model.until?, entry.until?);
    (declared.value > known).then(|| Better {
        span: declared.span,
        declared: format!("the end date {}", declared.value),
        catalogue: known.to_string(),
        field: Some(format!("until {known}")),
    })
}
