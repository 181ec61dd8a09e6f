//! Whom each route may call, and with which data: the closed set by which one sees whether an edit lets something new happen.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::reach::received;
use crate::compile::Compilation;

/// What one route may send: the target, and a class of data.
pub type Sent = BTreeSet<(String, String)>;

/// For each route by name what it may send; `None` where its attempts are not known.
pub fn reachable(compilation: &Compilation<'_>) -> BTreeMap<String, Option<Sent>> {
    let policy = &compilation.policy;
    let mut all: BTreeMap<String, Option<Sent>> = policy.routes.iter().map(|route| (route.name.text.to_owned(), None)).collect();
    for (id, automaton) in compilation.attempted() {
        let mut sent = Sent::new();
        for attempt in &automaton.attempts {
            let classes = received(policy, id, automaton, attempt);
            sent.extend(classes.iter().map(|class| (policy[attempt.target].text.to_owned(), policy.classes.name(class).to_owned())));
        }
        all.insert(policy[id].name.text.to_owned(), Some(sent));
    }
    all
}

/// What routes may send after an edit that they could not before. A route of which it was not known is left out.
pub fn grown(before: &BTreeMap<String, Option<Sent>>, after: &BTreeMap<String, Option<Sent>>) -> BTreeMap<String, Sent> {
    let mut grown = BTreeMap::new();
    for (route, sent) in after {
        let (Some(sent), Some(Some(known))) = (sent, before.get(route)) else { continue };
        let new: Sent = sent.difference(known).cloned().collect();
        if !new.is_empty() {
            grown.insert(route.clone(), new);
        }
    }
    grown
}
