//! BYOK503: models of which nothing is known, one finding for each provider.

use std::collections::BTreeMap;

use super::{Check, Context, Run};
use crate::analysis::asks::Asks;
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::policy::facts::Facts;
use crate::policy::model::{Allowing, Callee, Policy, Provider, ProviderId, RouteId, Target, TargetId};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(503),
        name: "unknown-model",
        severities: Severities::Either,
        judged_on: "provider",
        summary: "model unknown to the catalogue",
        fix: Some(Grade::Review),
        page: include_str!("unknown_model.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut unknown: BTreeMap<ProviderId, Vec<TargetId>> = BTreeMap::new();
    for ((id, target), facts) in (0..).map(TargetId).zip(&context.policy.targets).zip(context.facts) {
        if !facts.known() {
            unknown.entry(target.provider).or_default().push(id);
        }
    }
    if unknown.is_empty() {
        return;
    }
    let asked = asked(context);
    found.extend(unknown.iter().filter_map(|(provider, targets)| judge(context, *provider, targets, &asked)));
}

/// For each unknown target the first place that asks something of it, and how people say what.
fn asked(context: &Context<'_, '_>) -> BTreeMap<TargetId, (Span, String)> {
    let mut asked = BTreeMap::new();
    for (id, route) in context.routes() {
        let Some(automaton) = context.automaton(id) else { continue };
        for attempt in &automaton.attempts {
            let known = context.facts.get(attempt.target.0 as usize).is_none_or(Facts::known);
            if known || asked.contains_key(&attempt.target) {
                continue;
            }
            let path = automaton.path(automaton.place(attempt));
            if let Some(ask) = first_ask(context.policy, id, &path) {
                asked.insert(attempt.target, ask);
            } else if let Some(cost) = route.cost {
                asked.insert(attempt.target, (cost.span, format!("route `{}` bounds what it may cost", route.name.text)));
            }
        }
    }
    asked
}

fn first_ask(policy: &Policy<'_>, called: RouteId, path: &[crate::automaton::Place]) -> Option<(Span, String)> {
    let asks = Asks::of(policy, called, path);
    let size = |ask: Option<crate::analysis::asks::Ask<'_, u64>>, what: &str| {
        ask.map(|ask| (ask.span, format!("route `{}` {what} {} tokens", ask.by, crate::analysis::asks::tokens(ask.what))))
    };
    let capability = asks.capabilities.first().map(|ask| (ask.span, ask.describe()));
    capability
        .or_else(|| size(asks.context, "needs a window of"))
        .or_else(|| size(asks.output, "needs answers of"))
        .or_else(|| size(asks.max_input, "sends prompts of up to"))
        .or_else(|| size(asks.max_output, "asks for answers of up to"))
}

fn judge(
    context: &Context<'_, '_>,
    provider: ProviderId,
    targets: &[TargetId],
    asked: &BTreeMap<TargetId, (Span, String)>,
) -> Option<Diagnostic> {
    let policy = context.policy;
    let account = &policy[provider];
    // The first that something is asked of, else the first.
    let first = targets.iter().find(|target| asked.contains_key(target)).or(targets.first())?;
    let why = asked.get(first);
    let others: Vec<&TargetId> = targets.iter().filter(|target| *target != first).collect();
    let subject = match others.as_slice() {
        [] => format!("`{}`", policy[*first].text),
        [other] => format!("`{}` and `{}`", policy[*first].text, policy[**other].text),
        more => format!("`{}` and {} more models of provider `{}`", policy[*first].text, more.len(), account.name.text),
    };
    let listed = !context.catalogue.of_vendor(&account.vendor).is_empty() && account.known_host && account.vendor != "azure";
    let message = match (listed, why) {
        (true, None) => format!("the catalogue does not know {subject}"),
        (true, Some((_, ask))) => format!("the catalogue does not know {subject}, but {ask}"),
        (false, None) => format!("nothing is known about {subject}"),
        (false, Some((_, ask))) => format!("nothing is known about {subject}, but {ask}"),
    };
    let mut finding = Diagnostic::new(&CHECK.rule, policy[*first].span, message)
        .label("not in the catalogue")
        .about(SubjectKind::Provider, account.name.text);
    match why {
        Some((span, ask)) => finding = finding.at(*span, ask.clone()),
        None => finding = finding.warning(),
    }
    for target in others {
        finding = finding.at(policy[*target].span, "not known either");
    }
    Some(advise(context, finding, account, provider, targets, listed))
}

fn advise(
    context: &Context<'_, '_>,
    mut finding: Diagnostic,
    account: &Provider<'_>,
    provider: ProviderId,
    targets: &[TargetId],
    listed: bool,
) -> Diagnostic {
    let policy = context.policy;
    let mut edits = Vec::new();
    let mut rest: Option<&Target<'_>> = None;
    for target in targets.iter().map(|id| (id, &policy[*id])) {
        let (id, target) = target;
        let nearest = if listed { context.catalogue.nearest(&account.vendor, &target.id) } else { None };
        match nearest {
            Some(nearest) => {
                let meant = format!("{}/{nearest}", account.name.text);
                finding = finding.help(format!("did you mean `{meant}` instead of `{}`?", target.text));
                edits.extend(mentions(policy, *id, provider).into_iter().map(|span| Edit { span, text: meant.clone() }));
            }
            None => rest = rest.or(Some(target)),
        }
    }
    if let Some(target) = rest {
        let text = target.text;
        if account.vendor == "azure" {
            finding = finding.note("an Azure id is the name of a deployment, which says nothing about the model behind it");
        } else if !account.known_host {
            finding = finding.note(format!("`{}` is at a host of its own, so the catalogue's facts do not hold for it", account.name.text));
        }
        let help = if listed {
            format!(
                "write an id that `byokc models '{}/*'` lists, or say what this one can do, such as `model {text} {{ context 128k  output 8k  supports tools }}`",
                account.vendor
            )
        } else {
            format!(
                "say which model of the catalogue it is, such as `model {text} {{ is openai/gpt-5.2 }}`, or what it can do, such as `model {text} {{ context 128k  output 8k  supports tools }}`"
            )
        };
        finding = finding.help(help);
    }
    edits.sort_by_key(|edit| edit.span);
    edits.dedup_by_key(|edit| edit.span);
    if edits.is_empty() { finding } else { finding.fix("write the nearest known model", Grade::Review, edits) }
}

/// Every place that names a target: chains, pools, and the lists that name just it.
fn mentions(policy: &Policy<'_>, id: TargetId, provider: ProviderId) -> Vec<Span> {
    let target = &policy[id];
    let chains =
        policy.routes.iter().flat_map(|route| &route.chain).filter(|step| step.callee == Callee::Target(id)).map(|step| step.callee_span);
    let members = policy.pools.iter().flat_map(|pool| &pool.members).filter(|member| member.value == id).map(|member| member.span);
    let inline = policy.routes.iter().flat_map(|route| &route.allow).filter_map(|entry| match entry {
        Allowing::Pattern(pattern) => Some(pattern),
        Allowing::List(_) => None,
    });
    let named = policy.allows.iter().flat_map(|allow| allow.patterns.iter().chain(&allow.except));
    let patterns =
        inline.chain(named).filter(|pattern| pattern.provider == Some(provider) && pattern.id == target.id).map(|pattern| pattern.span);
    chains.chain(members).chain(patterns).collect()
}
