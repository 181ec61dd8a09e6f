//! Where data goes: who may receive which class, what is masked, what is recorded.

use std::collections::BTreeMap;

use crate::analysis::reach;
use crate::compile::Compilation;
use crate::policy::model::{ProviderId, RouteId};
use crate::text::{Table, some_of};

use super::Section;
use super::words;

pub(super) fn receivers(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["data", "provider", "region", "models", "for"]);
    let mut nobody = Vec::new();
    // The most sensitive first.
    let mut classes: Vec<usize> = (0..policy.classes.names().len()).collect();
    classes.sort_by_key(|class| (policy.classes.above(*class).iter().count(), *class));
    for class in classes {
        let mut who: BTreeMap<ProviderId, (Vec<&str>, Vec<RouteId>)> = BTreeMap::new();
        for (id, automaton) in compilation.attempted() {
            for attempt in &automaton.attempts {
                if !reach::received(policy, id, automaton, attempt).contains(class) {
                    continue;
                }
                let target = &policy[attempt.target];
                let (models, routes) = who.entry(target.provider).or_default();
                if !models.contains(&&*target.id) {
                    models.push(&target.id);
                }
                if routes.last() != Some(&id) {
                    routes.push(id);
                }
            }
        }
        if who.is_empty() {
            nobody.push(policy.classes.name(class));
        }
        for (id, (models, routes)) in who {
            let provider = &policy[id];
            table.row([
                policy.classes.name(class).to_owned(),
                provider.name.text.to_owned() + &words::behind(provider),
                words::region(provider),
                some_of(models, 4),
                words::routes(policy, &routes),
            ]);
        }
    }
    let mut section = Section::new("Who may receive which data?", table);
    let unknown = (0..).map(RouteId).zip(&policy.routes).filter(|(id, _)| compilation.automaton(*id).is_none());
    let unknown: Vec<&str> = unknown.map(|(_, route)| route.name.text).collect();
    if !unknown.is_empty() {
        section = section.note(format!("Not known, for its errors: {}.", unknown.join(", ")));
    } else if !nobody.is_empty() {
        section = section.note(format!("Nobody receives: {}.", nobody.join(", ")));
    }
    section.unless_empty()
}

pub(super) fn records(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["task", "masked", "not sent", "so the data is lowered", "audit"]);
    for route in &policy.routes {
        let (masked, unsent) = words::redaction(route);
        let audit = route.audit.value.as_str().to_owned();
        table.row([route.name.text.to_owned(), masked, unsent, words::lowers(policy, &route.lowers), audit]);
    }
    Section::new("What is masked, and what is recorded?", table).unless_empty()
}
