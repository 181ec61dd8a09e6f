//! For an error that stands against a target: the changes that might mend it, the most cautious first. What only a person can know is not among them.

use crate::analysis::lists::Lists;
use crate::analysis::reach::received;
use crate::automaton::{Attempt, Automaton, Place};
use crate::compile::Compilation;
use crate::diagnostic::{Diagnostic, Edit, SubjectKind};
use crate::edit::{add_before, item, remove};
use crate::policy::model::{Allowing, Route, RouteId};
use crate::recheck::Overlay;
use crate::source::{Sources, Span};
use crate::text::{and, count, tick};

use super::Question;
use super::change::{Change, allow, clear, declare, entry_behind, imported, within};
use super::ways::route_of;

/// The changes that an error of the edited policy calls for.
pub(super) fn offers(question: Question<'_>, overlay: &Overlay<'_>, after: &Compilation<'_>, error: &Diagnostic) -> Vec<Change> {
    let about = error.subject.as_ref().filter(|subject| subject.kind == SubjectKind::Route);
    let Some(called) = about.and_then(|subject| route_of(after, &subject.name)) else { return Vec::new() };
    if error.rule.code.0 == 208 {
        return original(question, after, called).and_then(|route| allow(question, route)).into_iter().collect();
    }
    let Some(automaton) = after.automaton(called) else { return Vec::new() };
    let target = question.wanted.target(&after.policy);
    // Several ways may end at one place, a member of a pool: the finding need not be about the first.
    let here = automaton.attempts.iter().filter(|attempt| Some(attempt.target) == target && automaton.place(attempt).span == error.span);
    let mut changes = here.map(|attempt| on_way(question, overlay, after, error, (called, automaton, attempt)));
    changes.find(|changes| !changes.is_empty()).unwrap_or_default()
}

/// The changes that an error of an attempt calls for, where it is about this one.
fn on_way(
    question: Question<'_>,
    overlay: &Overlay<'_>,
    after: &Compilation<'_>,
    error: &Diagnostic,
    (called, automaton, attempt): (RouteId, &Automaton, &Attempt),
) -> Vec<Change> {
    let path = automaton.path(automaton.place(attempt));
    match error.rule.code.0 {
        202 => admit(question, after, &path),
        203 => permit(question, overlay, after, &path),
        301 => key(question, overlay, error),
        304 => prefer(question, after, &path),
        401 => {
            let policy = &after.policy;
            let provider = &policy[policy[attempt.target].provider];
            let received = received(policy, called, automaton, attempt);
            if received.within(provider.clearance) {
                return Vec::new();
            }
            let needed = provider.clearance.union(received);
            let names: Vec<&str> = policy.classes.top(needed).iter().map(|class| policy.classes.name(class)).collect();
            let classes = names.join(", ");
            clear(question, &classes).or_else(|| declare(question, Some(&classes))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A route of the edited policy as it is in the original.
fn original<'a>(question: Question<'a>, after: &Compilation<'_>, route: RouteId) -> Option<&'a Route<'a>> {
    let name = after.policy[route].name.text;
    question.compilation.policy.routes.iter().find(|route| route.name.text == name)
}

/// Adds the target to the allowlist of the first route on the way that does not admit it: its own, or a list that it names.
fn admit(question: Question<'_>, after: &Compilation<'_>, path: &[Place]) -> Vec<Change> {
    let lists = Lists::new(&after.policy, &after.facts, after.options.catalogue);
    let Some(target) = question.wanted.target(&after.policy) else { return Vec::new() };
    let Some(closed) = path.iter().find(|hop| !lists.admits(&after.policy[hop.route], target)) else { return Vec::new() };
    let Some(route) = original(question, after, closed.route) else { return Vec::new() };
    let policy = &question.compilation.policy;
    let mut changes: Vec<Change> = allow(question, route).into_iter().collect();
    for entry in &route.allow {
        let Allowing::List(list) = entry else { continue };
        let (list_id, list) = (list.value, &policy[list.value]);
        let Some(last) = list.patterns.last() else { continue };
        let names = |other: &&Route<'_>| other.allow.iter().any(|entry| matches!(entry, Allowing::List(at) if at.value == list_id));
        let users: Vec<String> = policy.routes.iter().filter(names).map(|route| tick(route.name.text)).collect();
        let (name, target) = (list.name.text, &question.wanted.text);
        let edit = entry_behind(question.original.sources, last.span, target);
        let change = Change::new(
            format!("list {name}"),
            2 + users.len() + imported(policy, last.span),
            format!("add `{target}` to list `{name}`"),
            edit,
        );
        changes.push(change.widens(format!("{} by list `{name}`, and may then name it: {}", go(users.len()), and(&users))));
    }
    changes
}

/// `1 route goes`, `7 routes go`.
fn go(routes: usize) -> String {
    format!("{} {}", count(routes, "route"), if routes == 1 { "goes" } else { "go" })
}

/// Takes the route out of a deny, or the deny's pattern away.
fn permit(question: Question<'_>, overlay: &Overlay<'_>, after: &Compilation<'_>, path: &[Place]) -> Vec<Change> {
    let lists = Lists::new(&after.policy, &after.facts, after.options.catalogue);
    let Some(target) = question.wanted.target(&after.policy) else { return Vec::new() };
    let denied = path.iter().find_map(|hop| Some((hop.route, lists.denials(hop.route, target).next()?)));
    let Some((route, denial)) = denied else { return Vec::new() };
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let pattern = overlay.before(denial.pattern.span);
    let Some(deny) = policy.denies.iter().find(|deny| within(pattern, deny.span)) else { return Vec::new() };
    let (name, text) = (after.policy[route].name.text, denial.pattern.text);
    let far = imported(policy, deny.span);
    let reason = deny.because.as_ref().map_or(String::new(), |because| format!("; the reason given for it: {because}"));
    let mut changes = Vec::new();
    if let ([_], None) = (deny.patterns.as_slice(), &deny.routes) {
        let others: Vec<&str> = policy.routes.iter().map(|route| route.name.text).filter(|other| *other != name).collect();
        if !others.is_empty() {
            let edit = Edit { span: Span { start: pattern.end, ..pattern }, text: format!(" for route {}", others.join(", ")) };
            let change =
                Change::new(format!("deny {}", pattern.start), 10 + far, format!("deny `{text}` for all routes but `{name}`"), edit);
            changes.push(
                change.widens(format!(
                    "what `deny {text}` forbids is no longer denied to `{name}`, nor to a route that is added later{reason}"
                )),
            );
        }
    }
    if let Some(named) =
        deny.routes.as_ref().filter(|named| named.len() > 1).and_then(|_| route_named(sources.text(deny.span), deny.span, name))
    {
        let edit = without(sources, named);
        let change = Change::new(format!("deny {}", pattern.start), 10 + far, format!("take route `{name}` out of `deny {text}`"), edit);
        changes.push(change.widens(format!("what that deny forbids is no longer denied to `{name}`{reason}")));
    }
    let whole = deny.patterns.len() == 1;
    let edit = if whole { remove(sources, deny.span) } else { without(sources, pattern) };
    let change = Change::new(format!("deny {}", pattern.start), 20 + far, format!("take `deny {text}` away"), edit);
    let whom = if deny.routes.is_none() { "to any route" } else { "to the routes that it names" };
    changes.push(change.widens(format!("what `deny {text}` forbids is no longer denied {whom}{reason}")));
    changes
}

/// Where a deny names a route, behind `for route`.
fn route_named(text: &str, deny: Span, name: &str) -> Option<Span> {
    let part_of_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '-');
    let (before, routes) = text.split_once(" route ")?;
    let mut at = before.len() + " route ".len();
    for word in routes.split_inclusive(|letter: char| !part_of_name(letter)) {
        if word.trim_end_matches(|letter: char| !part_of_name(letter)) == name {
            let start = deny.start + u32::try_from(at).ok()?;
            return Some(Span { start, end: start + u32::try_from(name.len()).ok()?, ..deny });
        }
        at += word.len();
    }
    None
}

/// Takes one entry out of a list that commas separate.
fn without(sources: &Sources, entry: Span) -> Edit {
    Edit { span: item(sources, entry), text: String::new() }
}

/// Says where the account's key is, as the finding proposes.
fn key(question: Question<'_>, overlay: &Overlay<'_>, error: &Diagnostic) -> Vec<Change> {
    let Some(fix) = &error.fix else { return Vec::new() };
    let [edit] = fix.edits.as_slice() else { return Vec::new() };
    let edit = Edit { span: overlay.before(edit.span), text: edit.text.clone() };
    vec![Change::new("key", 1 + imported(&question.compilation.policy, edit.span), fix.title.clone(), edit)]
}

/// Lets a managed account serve the first route on the way that wants own keys.
fn prefer(question: Question<'_>, after: &Compilation<'_>, path: &[Place]) -> Vec<Change> {
    let strict = path.iter().map(|hop| hop.route).find(|route| !after.policy[*route].prefers_byok.value);
    let Some(route) = strict.and_then(|route| original(question, after, route)) else { return Vec::new() };
    let sources = question.original.sources;
    let said = route.prefers_byok.span;
    let edit = if within(said, route.span) && sources.text(said).starts_with("byok") {
        Some(Edit { span: said, text: "byok prefer".to_owned() })
    } else {
        route.chain.first().map(|first| add_before(sources, first.span, "byok", "prefer"))
    };
    let name = route.name.text;
    let change = edit.map(|edit| {
        Change::new(format!("byok {name}"), 5, format!("let managed accounts serve route `{name}` after its first call"), edit)
    });
    change
        .map(|change| {
            change.widens(format!("any managed account may then serve `{name}` after its first call, with a key that is not your own"))
        })
        .into_iter()
        .collect()
}
