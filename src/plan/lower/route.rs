//! Routes and their attempts.

use std::borrow::Cow;
use std::sync::Arc;

use super::shared::{Shared, borrow, decimal};
use crate::analysis::data::lowering;
use crate::automaton::Automaton;
use crate::plan::{Attempt, Gate, Lowers, Minimize, Route};
use crate::policy::model::{self, Policy, RouteId};

pub(super) fn lower_route<'a>(
    policy: &'a Policy<'a>,
    id: RouteId,
    route: &'a model::Route<'a>,
    automaton: &Automaton,
    shared: &mut Shared<'a>,
) -> Route<'a> {
    let spread = automaton.entries.len() > 1 || automaton.attempts.iter().any(|attempt| branches(automaton, attempt));
    Route {
        accepts: shared.classes(policy, route.accepts.value),
        answers: shared.texts(route.answers.iter().map(|name| &*name.value)),
        approve: route.approve.as_ref().map(lower_gate),
        attempts: automaton.attempts.iter().map(|attempt| lower_attempt(policy, id, automaton, attempt, spread, shared)).collect(),
        audit: route.audit.value.as_str().into(),
        byok: if route.prefers_byok.value { "prefer" } else { "require" }.into(),
        cost: route.cost.map(|cost| decimal(cost.value)),
        deadline_ms: route.deadline.map(|deadline| deadline.value),
        entries: spread.then(|| automaton.entries.clone()),
        kind: route.kind.as_str().into(),
        lowers: lowering(route).iter().map(|lowers| lower_lowers(policy, lowers)).collect(),
        max_input: route.max_input.map(|tokens| tokens.value),
        max_output: route.max_output.map(|tokens| tokens.value),
        minimize: minimize([route], shared),
        redact: shared.texts(route.redact.iter().map(|detector| detector.value.as_str())),
        title: borrow(&route.title),
        tools: shared.texts(route.tools.iter().map(|tool| policy[tool.value].name.text)),
    }
}

/// Whether some class leads to several attempts.
fn branches(automaton: &Automaton, attempt: &crate::automaton::Attempt) -> bool {
    let edges = automaton.next(attempt);
    edges.iter().enumerate().any(|(index, edge)| edges.iter().skip(index + 1).any(|other| !edge.on.and(other.on).is_empty()))
}

fn lower_attempt<'a>(
    policy: &'a Policy<'a>,
    called: RouteId,
    automaton: &Automaton,
    attempt: &crate::automaton::Attempt,
    spread: bool,
    shared: &mut Shared<'a>,
) -> Attempt<'a> {
    let place = automaton.place(attempt);
    let own = &policy[place.route];
    let step = own.chain.get(usize::from(place.alternative));
    let target = &policy[attempt.target];
    let path: Vec<RouteId> = if place.route == called { Vec::new() } else { automaton.routes(place).collect() };
    let further: Vec<&model::Route<'_>> = path.iter().skip(1).map(|id| &policy[*id]).collect();
    let all = || path.iter().map(|id| &policy[*id]);
    let redact = further.iter().flat_map(|route| &route.redact).map(|detector| detector.value);
    let known = &policy[called].redact;
    let sent = minimize(all(), shared);
    let lowers = || all().flat_map(lowering).map(|lowers| lower_lowers(policy, lowers)).collect();
    Attempt {
        lowers: if further.iter().any(|route| !lowering(route).is_empty()) { lowers() } else { Vec::new() },
        max_input: step.and_then(|step| step.up_to).map(|tokens| tokens.value),
        minimize: if sent == minimize([&policy[called]], shared) { minimize([], shared) } else { sent },
        model: borrow(&target.id),
        next: shared.next(automaton.next(attempt), spread),
        provider: policy[target.provider].name.text.into(),
        redact: shared.texts(redact.filter(|detector| known.iter().all(|other| other.value != *detector)).map(|detector| {
            let name: &'static str = detector.as_str();
            name
        })),
        retries: own.retry,
        target: target.text.into(),
        timeout_ms: step.and_then(|step| step.within).map_or(own.timeout, |within| within.value),
    }
}

/// What of a request is sent when every one of these routes has its say.
fn minimize<'a, 'r>(routes: impl IntoIterator<Item = &'r model::Route<'r>>, shared: &Shared<'a>) -> Minimize<'a> {
    let nothing = Minimize { history: None, strip: Arc::clone(&shared.none) };
    routes.into_iter().fold(nothing, |mut sent, route| {
        let history = route.history.map(|messages| messages.value);
        sent.history = [sent.history, history].into_iter().flatten().min();
        if !route.strip.is_empty() {
            Arc::make_mut(&mut sent.strip).extend(route.strip.iter().map(|field| Cow::Borrowed(field.value.as_str())));
        }
        sent
    })
}

pub(super) fn lower_lowers<'a>(policy: &'a Policy<'_>, lowers: &'a model::Lowers<'_>) -> Lowers<'a> {
    Lowers { because: borrow(&lowers.because), from: policy.classes.name(lowers.from).into(), to: policy.classes.name(lowers.to).into() }
}

pub(super) fn lower_gate<'a>(gate: &model::Gate<'a>) -> Gate<'a> {
    Gate { role: gate.role.text.into(), within_ms: gate.within }
}
