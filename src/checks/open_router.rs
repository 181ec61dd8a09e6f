//! BYOK211: a provider that routes requests on by itself, to anybody, although a route carries more than public data or limits who may process it.

use super::{Call, Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{Provider, ProviderId, Retention, Route, Upstreams};
use crate::source::Span;
use crate::text::{and, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(211),
        name: "open-router",
        severities: Severities::Either,
        judged_on: "attempt",
        summary: "a provider that routes on its own with `upstreams any` serves a route above the lowest class (W, one finding a provider); \
                  where the route names region, retention or training (E)",
        fix: None,
        page: include_str!("open_router.md"),
    },
    run: Run::Policy(check),
};

fn is_open(provider: &Provider<'_>) -> bool {
    provider.is_router() && matches!(provider.upstreams, Upstreams::AnyExcept(_))
}

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let open: Vec<ProviderId> = (0..).map(ProviderId).zip(&policy.providers).filter(|(_, one)| is_open(one)).map(|(id, _)| id).collect();
    if open.is_empty() {
        return;
    }
    let lowest = policy.classes.lowest().map_or_else(Default::default, |class| policy.classes.below(class));
    let mut errors: Vec<(ProviderId, Diagnostic)> = Vec::new();
    let mut serves: Vec<(ProviderId, &Route<'_>, Span)> = Vec::new();
    context.calls(|call| {
        let id = call.target.provider;
        if !open.contains(&id) {
            return;
        }
        match demand(call) {
            Some((said, span)) => {
                let finding = broken_demand(context, call, &said, span);
                let mut of_route = errors.iter().rev().take_while(|(_, other)| other.subject == finding.subject);
                if !of_route.any(|(_, other)| other.span == finding.span) {
                    errors.push((id, finding));
                }
            }
            None if !call.route.accepts.value.within(lowest) && !serves.iter().any(|(other, _, _)| *other == id) => {
                serves.push((id, &policy[call.route_id], call.automaton.place(call.attempt).span));
            }
            None => {}
        }
    });
    // Closing the upstreams mends both, so one cause is reported once.
    serves.retain(|(id, _, _)| !errors.iter().any(|(other, _)| other == id));
    found.extend(serves.into_iter().map(|(id, route, span)| open_to_anybody(context, id, route, span)));
    found.extend(errors.into_iter().map(|(_, finding)| finding));
}

/// The first demand on an attempt's path that binds whoever processes it, as written.
fn demand(call: &Call<'_, '_>) -> Option<(String, Span)> {
    call.routes().find_map(|(_, route)| {
        let name = route.name.text;
        if let Some(region) = route.region.first() {
            let slugs: Vec<&str> = region.value.iter().map(|slug| slug.text).collect();
            return Some((format!("route `{name}` demands region {}", slugs.join(", ")), region.span));
        }
        if let Some(retention) = route.retention {
            let least = if retention.value == Retention::None { "not kept" } else { "not kept for long" };
            return Some((format!("route `{name}` demands that requests are {least}"), retention.span));
        }
        route.training_never.map(|span| (format!("route `{name}` demands that nobody trains on its data"), span))
    })
}

fn broken_demand(context: &Context<'_, '_>, call: &Call<'_, '_>, said: &str, span: Span) -> Diagnostic {
    let provider = call.provider;
    let message =
        format!("{said}, but provider `{}` may hand `{}` on to a company that nobody named", provider.name.text, call.target.text);
    call.finding(&CHECK.rule, message)
        .label(format!("served by whomever `{}` chooses", provider.name.text))
        .at(span, "a company that nobody named has not agreed to this")
        .at(provider.upstreams_span.unwrap_or(provider.name.span), upstreams_label(provider))
        .help(close(context, call.target.provider))
}

fn open_to_anybody(context: &Context<'_, '_>, id: ProviderId, route: &Route<'_>, span: Span) -> Diagnostic {
    let provider = &context.policy[id];
    let name = provider.name.text;
    let data = context.policy.classes.describe(route.accepts.value);
    let message =
        format!("provider `{name}` may hand {data} data on to a company that nobody named: it serves route `{}`", route.name.text);
    Diagnostic::new(&CHECK.rule, provider.upstreams_span.unwrap_or(provider.name.span), message)
        .warning()
        .about(SubjectKind::Provider, name)
        .label(upstreams_label(provider))
        .at(route.accepts.span, format!("`{}` takes {data} data", route.name.text))
        .at(span, "and may send it there")
        .help(close(context, id))
}

fn upstreams_label(provider: &Provider<'_>) -> &'static str {
    match (provider.upstreams_span, &provider.upstreams) {
        (None, _) => "names no `upstreams`, so anybody may serve",
        (_, Upstreams::AnyExcept(except)) if !except.is_empty() => "anybody but these may serve",
        _ => "anybody may serve",
    }
}

/// What to write: the makers of the models that it serves, where they are known.
fn close(context: &Context<'_, '_>, id: ProviderId) -> String {
    let policy = context.policy;
    let mut makers: Vec<String> = Vec::new();
    for target in policy.targets.iter().filter(|target| target.provider == id) {
        match context.catalogue.maker_of(&policy[id].vendor, &target.id) {
            Some(maker) if !makers.iter().any(|known| **known == *maker) => makers.push(maker.into_owned()),
            _ => {}
        }
    }
    let name = policy[id].name.text;
    if makers.is_empty() || makers.len() > 4 {
        return format!("say in provider `{name}` who may serve behind it: `upstreams only SLUG, …`");
    }
    let ticked: Vec<String> = makers.iter().map(tick).collect();
    let whom = if makers.len() == 1 { "the maker of its models is" } else { "the makers of its models are" };
    format!("say in provider `{name}` who may serve behind it, such as `upstreams only {}` ({whom} {})", makers.join(", "), and(&ticked))
}
