//! Who a route's runs can reach, and with which data.

use super::data;
use crate::automaton::{Attempt, Automaton};
use crate::policy::class::ClassSet;
use crate::policy::model::{Policy, ProviderId, RouteId};

/// The classes that an attempt may receive: what the called route accepts, after every lowering on the way there.
pub fn received(policy: &Policy<'_>, called: RouteId, automaton: &Automaton, attempt: &Attempt) -> ClassSet {
    let way = automaton.routes(automaton.place(attempt)).map(|route| &policy[route]);
    data::carried(&policy.classes, policy[called].accepts.value, way)
}

/// For every provider the routes a run of which may call it.
pub fn users<'a>(policy: &Policy<'_>, automata: impl IntoIterator<Item = (RouteId, &'a Automaton)>) -> Vec<Vec<RouteId>> {
    let mut users: Vec<Vec<RouteId>> = vec![Vec::new(); policy.providers.len()];
    for (route, automaton) in automata {
        for attempt in &automaton.attempts {
            let ProviderId(provider) = policy[attempt.target].provider;
            if let Some(users) = users.get_mut(provider as usize).filter(|users| users.last() != Some(&route)) {
                users.push(route);
            }
        }
    }
    users
}
