//! Single changes of a policy that may let a route reach a target: each one edit, with what it widens.

use crate::diagnostic::Edit;
use crate::edit::{add_after, add_before, add_first};
use crate::failure::Failures;
use crate::policy::model::{Allowing, Fallback, Policy, Route, RouteId};
use crate::source::{Sources, Span};

use super::Question;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it does, in the imperative.
    pub title: String,
    /// The edit.
    pub edit: Edit,
    /// What it allows beyond this question; nothing where it allows no more than is asked.
    pub widens: Option<String>,
    /// How many statements it comes to.
    pub(super) weight: usize,
    /// How far from cautious it is: the lower the better.
    pub(super) rank: usize,
    /// What it is about: a set holds one change of each kind.
    pub(super) kind: String,
}

impl Change {
    pub(super) fn new(kind: impl Into<String>, rank: usize, title: impl Into<String>, edit: Edit) -> Self {
        Self { title: title.into(), edit, widens: None, weight: 1, rank, kind: kind.into() }
    }

    pub(super) fn widens(self, what: impl Into<String>) -> Self {
        Self { widens: Some(what.into()), ..self }
    }
}

/// Names the target as the last alternative of a route: the one that is asked about before one that it falls back to.
pub(super) fn fallback(question: Question<'_>, route: RouteId) -> Option<Change> {
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let far = if route == question.route { 0 } else { 2 + imported(policy, policy[route].span) };
    let route = &policy[route];
    let (name, target) = (route.name.text, &question.wanted.text);
    let value = format!("{target} on {}", Failures::DEFAULT.describe());
    let last = route.chain.last()?.span;
    let title = format!("let route `{name}` fall back to `{target}`");
    Some(match route.fallback {
        // Written out in the route itself; one of the defaults is for other routes too.
        Fallback::None(none) if within(none, route.span) => {
            let before = sources.text(none).strip_suffix("none").unwrap_or("fallback ");
            Change::new("fallback", 1 + far, title, Edit { span: none, text: format!("{before}{value}") })
                .widens(format!("route `{name}` no longer says `fallback none`, that nothing follows"))
        }
        _ => Change::new("fallback", far, title, add_after(sources, last, "fallback", &value)),
    })
}

/// Declares the target's account as the name is known, with the usual variable for its key.
pub(super) fn declare(question: Question<'_>, clearance: Option<&str>) -> Option<Change> {
    let known = question.wanted.known().filter(|known| known.base_url.is_some())?;
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let key = known.key_variables.first().map_or("key none".to_owned(), |variable| format!("key env {variable}"));
    let name = known.name;
    let block = match clearance {
        None => format!("provider {name} {{\n  {key}\n}}"),
        Some(classes) => format!("provider {name} {{\n  {}\n  clearance  {classes}\n}}", key.replacen("key ", "key        ", 1)),
    };
    let edit = beside_accounts(policy, sources, &block);
    let title = format!("declare provider `{name}`, {}", known.title);
    let Some(classes) = clearance else { return Some(Change::new("account", 1, title, edit)) };
    let change = Change::new("account", 6, format!("{title}, cleared for {classes} data"), edit).widens(cleared(name, classes));
    Some(Change { weight: 2, ..change })
}

/// Puts a declaration behind the last account of the root file, else before its first route, else at its end.
fn beside_accounts(policy: &Policy<'_>, sources: &Sources, block: &str) -> Edit {
    let accounts = policy.providers.iter().map(|provider| provider.span).filter(|span| policy.is_own(*span));
    if let Some(last) = accounts.max_by_key(|span| span.end) {
        return Edit { span: Span { start: last.end, ..last }, text: format!("\n\n{block}") };
    }
    let routes = policy.routes.iter().map(|route| route.span).filter(|span| policy.is_own(*span));
    if let Some(first) = routes.min_by_key(|span| span.start) {
        return Edit { span: Span { end: first.start, ..first }, text: format!("{block}\n\n") };
    }
    let end = sources.get(policy.root()).map_or(0, |source| u32::try_from(source.text().len()).unwrap_or(0));
    Edit { span: Span { file: policy.root(), start: end, end }, text: format!("\n{block}\n") }
}

/// Clears a declared account for these classes.
pub(super) fn clear(question: Question<'_>, classes: &str) -> Option<Change> {
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let provider = &policy[question.wanted.provider(policy)?];
    let name = provider.name.text;
    let edit = match (provider.clearance_span, &provider.key) {
        (Some(span), _) => {
            let said = sources.text(span);
            let value = said.strip_prefix("clearance").map_or(said, str::trim_start);
            let before = said.get(..said.len() - value.len()).unwrap_or_default();
            Edit { span, text: format!("{before}{classes}") }
        }
        (None, Some(key)) => add_after(sources, key.span, "clearance", classes),
        (None, None) => add_first(sources, provider.name.span, &format!("clearance {classes}"))?,
    };
    Some(Change::new("clearance", 5, format!("clear provider `{name}` for {classes} data"), edit).widens(cleared(name, classes)))
}

fn cleared(name: &str, classes: &str) -> String {
    format!("every route that calls `{name}` may then send it {classes} data")
}

/// Adds the target to a route's own allowlist.
pub(super) fn allow(question: Question<'_>, route: &Route<'_>) -> Option<Change> {
    let (policy, sources) = (&question.compilation.policy, question.original.sources);
    let (name, target) = (route.name.text, &question.wanted.text);
    let edit = if let Some(span) = route.allow_span.filter(|span| within(*span, route.span)) {
        Edit { span: Span { start: span.end, ..span }, text: format!(", {target}") }
    } else {
        // What it goes by so far is written elsewhere, for other routes too.
        let so_far = route.allow.iter().map(|entry| match entry {
            Allowing::List(list) => policy[list.value].name.text,
            Allowing::Pattern(pattern) => pattern.text,
        });
        let all: Vec<&str> = so_far.chain([target.as_str()]).collect();
        add_before(sources, route.chain.first()?.span, "allow", &all.join(", "))
    };
    Some(Change::new(format!("allow {name}"), 0, format!("let route `{name}` allow `{target}`"), edit))
}

/// A change of a file that other policies may import is further reaching.
pub(super) fn imported(policy: &Policy<'_>, span: Span) -> usize {
    if policy.is_own(span) { 0 } else { 3 }
}

/// Whether a place lies within another.
pub(super) fn within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Adds an entry behind another of a list that white space separates: on a line of its own where that one begins its line.
pub(super) fn entry_behind(sources: &Sources, entry: Span, text: &str) -> Edit {
    let before = sources.get(entry.file).and_then(|source| source.text().get(..entry.start as usize)).unwrap_or_default();
    let indent = before.rsplit('\n').next().unwrap_or_default();
    let own_line = indent.trim().is_empty() && before.contains('\n');
    let text = if own_line { format!("\n{indent}{text}") } else { format!(" {text}") };
    Edit { span: Span { start: entry.end, ..entry }, text }
}
