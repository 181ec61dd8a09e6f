//! Who may be called, under which lists, and with whose key.

use crate::analysis::reach;
use crate::compile::Compilation;
use crate::policy::model::{BaseUrl, Pattern, Provider, RouteId};
use crate::text::{Table, some_of};

use super::Section;
use super::words::{self, NONE, UNKNOWN, list};

pub(super) fn providers(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["provider", "at", "cleared for", "region", "retention", "training", "serves"]);
    for (provider, users) in used(compilation) {
        table.row([
            provider.name.text.to_owned() + &words::behind(provider),
            address(provider),
            policy.classes.describe(provider.clearance),
            words::region(provider),
            provider.retention.map_or(UNKNOWN.to_owned(), |retention| words::retention(retention.value)),
            provider.training_never.map_or(UNKNOWN, |_| "never").to_owned(),
            words::routes(policy, &users),
        ]);
    }
    Section::new("Which providers may be called?", table).unless_empty()
}

pub(super) fn lists(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let texts = |patterns: &[Pattern<'_>]| list(patterns.iter().map(|pattern| pattern.text));
    let mut table = Table::new(&["rule", "models", "but not", "why"]);
    for allow in &policy.allows {
        table.row([format!("allow {}", allow.name.text), texts(&allow.patterns), texts(&allow.except), NONE.to_owned()]);
    }
    for deny in &policy.denies {
        let rule = match &deny.routes {
            None => "deny".to_owned(),
            Some(routes) => format!("deny for {}", some_of(routes.iter().map(|route| policy[*route].name.text), 4)),
        };
        let because = deny.because.as_ref().map_or(NONE.to_owned(), ToString::to_string);
        table.row([rule, texts(&deny.patterns), NONE.to_owned(), because]);
    }
    Section::new("Which models are allowed and denied?", table).unless_empty()
}

pub(super) fn keys(compilation: &Compilation<'_>) -> Option<Section> {
    let policy = &compilation.policy;
    let mut table = Table::new(&["key", "whose", "provider", "needed by"]);
    for (provider, users) in used(compilation) {
        table.row([words::key(provider), words::owner(provider).to_owned(), provider.name.text.to_owned(), words::routes(policy, &users)]);
    }
    Section::new("Whose key serves?", table).note("`byokc keys` looks whether they are there.").unless_empty()
}

/// Every provider with the routes that may call it.
fn used<'a, 's>(compilation: &'a Compilation<'s>) -> impl Iterator<Item = (&'a Provider<'s>, Vec<RouteId>)> {
    let users = reach::users(&compilation.policy, compilation.attempted());
    compilation.policy.providers.iter().zip(users)
}

fn address(provider: &Provider<'_>) -> String {
    match &provider.base_url {
        Some(BaseUrl::Address { host, .. }) => host.clone(),
        Some(BaseUrl::Variable(name)) => format!("the address in {name}"),
        None => UNKNOWN.to_owned(),
    }
}
