//! Changes of rules that no run depends on today: wider allowlists, denies taken out, higher clearances.

use super::Change;
use crate::diagnostic::Edit;
use crate::edit;
use crate::policy::model::{Allow, Allowing, Pattern, Policy, Provider, Route};
use crate::source::{Sources, Span};
use crate::text::and;

/// Every change of a list, a deny or a clearance.
pub(super) fn changes(sources: &Sources, policy: &Policy<'_>, all: &mut Vec<Change>) {
    for allow in &policy.allows {
        wider_list(policy, allow, all);
        all.extend(without_except(sources, allow));
    }
    policy.routes.iter().for_each(|route| wider_route(policy, route, all));
    for deny in &policy.denies {
        let patterns = and(deny.patterns.iter().map(|pattern| format!("`{}`", pattern.text)));
        all.push(of_rules(deny.span, format!("take the deny of {patterns} out"), edit::remove(sources, deny.span)));
    }
    policy.providers.iter().for_each(|provider| higher_clearance(sources, policy, provider, all));
}

fn of_rules(span: Span, what: String, edit: Edit) -> Change {
    Change { what, span, edits: vec![edit], rule: true }
}

fn put_in(behind: Span, text: String) -> Edit {
    Edit { span: Span { start: behind.end, ..behind }, text }
}

/// The declared providers of whom none of these patterns admits anything.
fn strangers<'p>(policy: &'p Policy<'_>, patterns: &[&Pattern<'_>]) -> Vec<&'p str> {
    let names = policy.providers.iter().map(|provider| provider.name.text);
    names.filter(|name| !patterns.iter().any(|pattern| pattern.owner == *name)).collect()
}

/// Admits every model of a provider of whom none is admitted yet.
fn wider_list(policy: &Policy<'_>, allow: &Allow<'_>, all: &mut Vec<Change>) {
    let Some(last) = allow.patterns.last() else { return };
    for name in strangers(policy, &allow.patterns.iter().collect::<Vec<_>>()) {
        let what = format!("admit `{name}/*` to allowlist `{}`", allow.name.text);
        all.push(of_rules(last.span, what, put_in(last.span, format!(" {name}/*"))));
    }
}

/// The same for a route that lists patterns of its own.
fn wider_route(policy: &Policy<'_>, route: &Route<'_>, all: &mut Vec<Change>) {
    let own = route.allow.iter().filter_map(|entry| match entry {
        Allowing::Pattern(pattern) => Some(pattern),
        Allowing::List(_) => None,
    });
    let Some(last) = own.clone().next_back() else { return };
    let listed = route.allow.iter().filter_map(|entry| match entry {
        Allowing::List(list) => Some(&policy[list.value].patterns),
        Allowing::Pattern(_) => None,
    });
    let patterns: Vec<&Pattern<'_>> = own.chain(listed.flatten()).collect();
    for name in strangers(policy, &patterns) {
        let what = format!("admit `{name}/*` to route `{}`", route.name.text);
        all.push(of_rules(last.span, what, put_in(last.span, format!(", {name}/*"))));
    }
}

/// Turns the `except` of an allowlist off.
fn without_except(sources: &Sources, allow: &Allow<'_>) -> Option<Change> {
    let (first, last) = (allow.except.first()?, allow.except.last()?);
    let whole = edit::with_keyword(sources, "except", first.span, last.span)?;
    Some(of_rules(whole, format!("turn the `except` of allowlist `{}` off", allow.name.text), Edit { span: whole, text: String::new() }))
}

/// Clears a provider for a class just above those that it is cleared for.
fn higher_clearance(sources: &Sources, policy: &Policy<'_>, provider: &Provider<'_>, all: &mut Vec<Change>) {
    let classes = &policy.classes;
    let name = provider.name.text;
    let above = classes.all().without(provider.clearance);
    // Everything below the next class up is cleared already.
    let next = above.iter().filter(|class| classes.below(*class).without(provider.clearance).iter().eq([*class]));
    for class in next {
        let class = classes.name(class);
        let what = format!("clear `{name}` for {class} data");
        let change = match provider.clearance_span {
            Some(span) => Some(of_rules(span, what, put_in(span, format!(", {class}")))),
            None => edit::add_first(sources, provider.name.span, &format!("clearance {class}"))
                .map(|edit| of_rules(provider.name.span, what, edit)),
        };
        all.extend(change);
    }
}
