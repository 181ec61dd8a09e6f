//! What is claimed of the policy, and whom its runs can reach.

use std::sync::Arc;

use super::account::owner;
use super::shared::{Shared, borrow, texts};
use super::statement::lower_statement;
use crate::analysis::claims;
use crate::analysis::data::carried;
use crate::automaton::Automaton;
use crate::compile::Compilation;
use crate::diagnostic::Code;
use crate::plan::{Claim, Claims, Reached, Verdict, Waiver};
use crate::policy::class::ClassSet;
use crate::policy::facts::Facts;
use crate::policy::model::{self, RouteId, TargetId};
use crate::source::Sources;

pub(super) fn claims<'a>(
    sources: &Sources,
    compilation: &'a Compilation<'a>,
    routes: &[(RouteId, &'a model::Route<'a>, &'a Automaton)],
    shared: &mut Shared<'a>,
) -> Claims<'a> {
    let policy = &compilation.policy;
    let assertions = policy.assertions.iter().zip(&compilation.judgements).map(|(assertion, judgement)| {
        Claim {
            claim: assertion.text(sources).into(),
            relies_on: judgement.relies_on.iter().map(|reliance| borrow(&reliance.text)).collect(),
            statement: lower_statement(policy, &assertion.claim),
            title: assertion.title.as_deref().map(borrow),
            verdict: match judgement.verdict {
                // What speaks of nothing holds.
                claims::Verdict::Proved | claims::Verdict::Empty(_) => Verdict::Proved,
                claims::Verdict::Refuted(_) => Verdict::Refuted,
                claims::Verdict::Undecided(_) | claims::Verdict::Unjudged => Verdict::Undecided,
            },
        }
    });
    let waivers = policy.waivers.iter().map(|waiver| Waiver {
        because: borrow(&waiver.because),
        code: Code(waiver.code.value).to_string().into(),
        kind: waiver.kind.value.as_str().into(),
        name: borrow(&waiver.name.value),
        until: waiver.until.value.to_string().into(),
    });
    let mut waivers: Vec<Waiver<'_>> = waivers.collect();
    waivers.sort();
    let reach = routes.iter().map(|(_, route, automaton)| (route.name.text.into(), reached(compilation, route, automaton, shared)));
    let accounts = policy.providers.iter().map(|provider| provider.name.text).filter(|name| !compilation.world().is_company(name));
    Claims { accounts: texts(accounts), assertions: assertions.collect(), reach: reach.collect(), waivers }
}

/// Everyone that a run of the route can reach, with the data that they may receive.
fn reached<'a>(
    compilation: &'a Compilation<'a>,
    route: &model::Route<'_>,
    automaton: &Automaton,
    shared: &mut Shared<'a>,
) -> Arc<Vec<Reached<'a>>> {
    let policy = &compilation.policy;
    let mut all: Vec<(TargetId, ClassSet)> = Vec::with_capacity(automaton.attempts.len());
    for attempt in &automaton.attempts {
        let place = automaton.place(attempt);
        let unchanged = route.lowers.is_empty() && std::ptr::eq(&raw const policy[place.route], route);
        let data = if unchanged {
            route.accepts.value
        } else {
            carried(&policy.classes, route.accepts.value, automaton.routes(place).map(|id| &policy[id]))
        };
        match all.iter_mut().find(|(target, _)| *target == attempt.target) {
            Some((_, known)) => *known = known.union(data),
            None => all.push((attempt.target, data)),
        }
    }
    if let Some(known) = shared.reached.get(&all) {
        return Arc::clone(known);
    }
    let mut reached: Vec<Reached<'a>> = all
        .iter()
        .map(|(id, data)| {
            let target = &policy[*id];
            let provider = &policy[target.provider];
            let zone = compilation.facts.get(id.0 as usize).and_then(Facts::zone);
            let anybody = provider.passes_on_to_anybody().then_some("*");
            Reached {
                data: shared.classes(policy, *data),
                key_owner: owner(provider),
                model: borrow(&target.id),
                provider: provider.name.text.into(),
                region: provider.processes_in(zone).map(|regions| texts(regions.into_iter())),
                vendors: texts(provider.companies().chain(provider.passes_on_to()).chain(anybody)),
            }
        })
        .collect();
    reached.sort();
    let reached = Arc::new(reached);
    shared.reached.insert(all, Arc::clone(&reached));
    reached
}
