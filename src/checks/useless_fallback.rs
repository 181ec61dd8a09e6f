//! BYOK206: a fallback that cannot help, because all of it shares what just failed.
//!
//! Judged for each failure class that the fallback names: one after which any target of it may do better clears it. What is not known (a host in a
//! variable, a window) counts as shared.

use super::{Check, Context, Run};
use crate::automaton::{Attempt, Automaton};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::failure::{Failure, Failures};
use crate::policy::model::{Alternative, Callee, KeySource, Provider, RouteId, TargetId};
use crate::text::{and, grouped, tick};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(206),
        name: "useless-fallback",
        severities: Severities::Warning,
        judged_on: "alternative",
        summary: "alternative that cannot help: all of it shares what just failed (same host on network, same key on auth, no larger window on context_length)",
        fix: None,
        page: include_str!("useless_fallback.md"),
    },
    run: Run::Attempts(check),
};

/// The classes after which something shared makes the next call fail too.
const SHARED: Failures = Failures::AUTH.union(Failures::of(&[Failure::Network, Failure::ContextLength]));

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let suspect = |step: &Alternative| !step.on.is_empty() && step.on.without(SHARED).is_empty();
    let mut suspects = context.policy[id].chain.iter().enumerate().skip(1).filter(|(_, step)| suspect(step)).peekable();
    if suspects.peek().is_some() {
        let judge = Judge { context, id, automaton, holders: automaton.holders() };
        found.extend(suspects.filter_map(|(index, step)| judge.finding(index, step)));
    }
}

struct Judge<'a, 's> {
    context: &'a Context<'a, 's>,
    id: RouteId,
    automaton: &'a Automaton,
    holders: Vec<u16>,
}

impl<'a> Judge<'a, '_> {
    fn finding(&self, index: usize, step: &Alternative) -> Option<Diagnostic> {
        let leaves: Vec<Call<'a>> =
            self.automaton.attempts.iter().filter(|attempt| self.holder(attempt) == index).map(|leaf| self.call(leaf)).collect();
        let mut reasons: Vec<(Shared, &str)> = Vec::new();
        let mut leads = Vec::new();
        for attempt in self.automaton.attempts.iter().filter(|attempt| self.holder(attempt) < index) {
            let call = self.call(attempt);
            for class in self.classes_to(index, attempt).iter() {
                for leaf in &leaves {
                    let shared = call.shared(class, leaf)?;
                    if !reasons.iter().any(|(known, name)| *known == shared && *name == leaf.name) {
                        reasons.push((shared, leaf.name));
                    }
                }
                leads.push((class, call, self.automaton.place(attempt).span));
            }
        }
        let (_, first, place) = leads.first()?;
        let whom = match step.callee {
            Callee::Target(target) => tick(self.context.policy[target].text),
            Callee::Pool(pool) => format!("pool `{}`", self.context.policy[pool].name.text),
            Callee::Route(called) => format!("route `{}`", self.context.policy[called].name.text),
        };
        let name = self.context.policy[self.id].name.text;
        let message = format!("route `{name}` falls back to {whom} on {}, which cannot help: {}", step.on.describe(), sentence(&reasons));
        let mut finding = Diagnostic::new(&CHECK.rule, step.callee_span, message)
            .about(SubjectKind::Route, name)
            .label("no better off than what just failed")
            .at(*place, format!("`{}` fails first", first.name));
        if let Some(key) = first.provider.key.as_ref().filter(|_| !step.on.and(Failures::AUTH).is_empty()) {
            finding = finding.at(key.span, "the key that it uses");
        }
        if let Some((_, name)) = reasons.iter().find(|(shared, _)| *shared == Shared::Window(None)) {
            finding = finding.help(format!("if the window of `{name}` is larger, declare it: `model {name} {{ context TOKENS }}`"));
        }
        let better = self.better(&leads).map_or(String::new(), |target| format!(", such as `{target}`"));
        Some(finding.help(format!("fall back to {}{better}, or take this fallback out", wanted(step.on))))
    }

    fn holder(&self, attempt: &Attempt) -> usize {
        self.holders.get(usize::from(attempt.place)).copied().unwrap_or_default().into()
    }

    /// The classes after which a run goes from an attempt into an alternative.
    fn classes_to(&self, index: usize, attempt: &Attempt) -> Failures {
        let into = |to: u16| self.automaton.attempts.get(usize::from(to)).is_some_and(|to| self.holder(to) == index);
        self.automaton.next(attempt).iter().filter(|edge| into(edge.to)).fold(Failures::NONE, |all, edge| all.union(edge.on))
    }

    fn call(&self, attempt: &Attempt) -> Call<'a> {
        let place = self.automaton.place(attempt);
        let step = self.context.policy[place.route].chain.get(usize::from(place.alternative));
        self.target(attempt.target, step.and_then(|step| step.up_to).map(|at| at.value))
    }

    fn target(&self, id: TargetId, up_to: Option<u64>) -> Call<'a> {
        let target = &self.context.policy[id];
        let window = self.context.facts.get(id.0 as usize).and_then(|facts| facts.max_input);
        let least = window.map(|window| up_to.map_or(window, |up_to| up_to.min(window)));
        Call { name: target.text, provider: &self.context.policy[target.provider], least, most: least.or(up_to) }
    }

    /// A target of the policy that this route may call, and that shares nothing.
    fn better(&self, leads: &[(Failure, Call<'a>, crate::source::Span)]) -> Option<&'a str> {
        // Enough to find one in any policy that a person wrote.
        let ids = (0..64).map(TargetId).take(self.context.policy.targets.len());
        let route = &self.context.policy[self.id];
        ids.filter(|id| self.context.lists.admits(route, *id) && self.context.lists.denials(self.id, *id).next().is_none())
            .map(|id| self.target(id, None))
            .find(|call| leads.iter().all(|(class, from, _)| from.shared(*class, call).is_none()))
            .map(|call| call.name)
    }
}

/// What a call depends on.
#[derive(Clone, Copy)]
struct Call<'a> {
    name: &'a str,
    provider: &'a Provider<'a>,
    /// The largest prompt that it takes for certain.
    least: Option<u64>,
    /// The largest prompt that it may take.
    most: Option<u64>,
}

impl Call<'_> {
    /// What another call has in common with this one, so that it fails as this one did.
    fn shared(&self, class: Failure, next: &Self) -> Option<Shared> {
        match class {
            Failure::Network => match (self.provider.host(), next.provider.host()) {
                (Some(one), Some(other)) => (one == other).then(|| Shared::Host(Some(other.to_owned()))),
                _ => Some(Shared::Host(None)),
            },
            Failure::ContextLength => match (self.most, next.least) {
                (Some(most), Some(least)) => (least <= most).then_some(Shared::Window(Some(least))),
                _ => Some(Shared::Window(None)),
            },
            Failure::MissingKey | Failure::InvalidKey | Failure::Permission => match (&self.provider.key, &next.provider.key) {
                (Some(one), Some(other)) if one.value == other.value && !matches!(one.value, KeySource::PerRequest | KeySource::None) => {
                    Some(Shared::Key(other.value.describe()))
                }
                _ => (self.provider.name == next.provider.name).then_some(Shared::Account),
            },
            _ => None,
        }
    }
}

/// What two calls share.
#[derive(PartialEq, Eq)]
enum Shared {
    /// The host, or perhaps.
    Host(Option<String>),
    /// A key.
    Key(String),
    /// The account.
    Account,
    /// No window larger than this, or none that is known.
    Window(Option<u64>),
}

/// `the key of a and b is the same, OPENAI_API_KEY`.
fn sentence(reasons: &[(Shared, &str)]) -> String {
    let mut said: Vec<String> = Vec::new();
    for (index, (shared, _)) in reasons.iter().enumerate() {
        if reasons.iter().position(|(other, _)| other == shared) != Some(index) {
            continue;
        }
        let names: Vec<String> = reasons.iter().filter(|(other, _)| other == shared).map(|(_, name)| tick(name)).collect();
        let names = and(&names);
        said.push(match shared {
            Shared::Host(Some(host)) => format!("the host of {names} is the same, {host}"),
            Shared::Host(None) => format!("the host of {names} may be the same"),
            Shared::Key(key) => format!("the key of {names} is the same, {key}"),
            Shared::Account => format!("the account of {names} is the same"),
            Shared::Window(Some(window)) => format!("the window of {names} is no larger ({} tokens)", grouped(*window)),
            Shared::Window(None) => format!("the window of {names} is not known to be larger"),
        });
    }
    and(&said)
}

/// What would help after failures of these classes.
fn wanted(on: Failures) -> &'static str {
    if on.contains(Failure::ContextLength) {
        "a model with a larger window"
    } else if on.contains(Failure::Network) {
        "a provider at another host"
    } else {
        "an account with another key"
    }
}
