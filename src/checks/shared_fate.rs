//! BYOK604: a route whose fallbacks share one host, provider or key, so that one failure takes all.

use super::{Check, Context, Run};
use crate::automaton::{Automaton, What};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::policy::model::{KeySource, Policy, Provider, ProviderId, RouteId};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(604),
        name: "shared-fate",
        severities: Severities::Warning,
        judged_on: "route",
        summary: "a route has fallbacks, and all attempts share one host, provider or key",
        fix: None,
        page: include_str!("shared_fate.md"),
    },
    run: Run::Attempts(check),
};

/// What all attempts have in common.
struct Shared {
    what: String,
    when: String,
    label: &'static str,
    places: Vec<(Span, String)>,
}

fn check(context: &Context<'_, '_>, id: RouteId, automaton: &Automaton, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let mut providers: Vec<ProviderId> = Vec::new();
    let mut places = 0;
    for place in &automaton.places {
        let What::Target(target) = place.what else { continue };
        let provider = policy[target].provider;
        places += 1;
        if !providers.contains(&provider) {
            providers.push(provider);
        }
    }
    let Some(first) = providers.first().copied().filter(|_| places > 1) else { return };
    let accounts: Vec<&Provider<'_>> = providers.iter().map(|id| &policy[*id]).collect();
    let account = &policy[first];
    let shared = if let [_] = accounts.as_slice() {
        Shared {
            what: format!("use the provider `{}`", account.name.text),
            when: format!("{} is down, or its key fails", account.title),
            label: "one provider",
            places: Vec::new(),
        }
    } else if let Some(host) = shared_host(&accounts) {
        let place =
            |account: &&Provider<'_>| (account.base_url_span.unwrap_or(account.name.span), format!("`{}` is there", account.name.text));
        Shared {
            what: format!("go to the host `{host}`"),
            when: format!("`{host}` is down"),
            label: "one host",
            places: accounts.iter().map(place).collect(),
        }
    } else if let Some(key) = shared_key(&accounts) {
        let place = |account: &&Provider<'_>| Some((account.key.as_ref()?.span, format!("the key of `{}`", account.name.text)));
        Shared {
            what: format!("use the key `{key}`"),
            when: "it is missing, revoked or out of credit".to_owned(),
            label: "one key",
            places: accounts.iter().filter_map(place).collect(),
        }
    } else {
        return;
    };
    let route = &policy[id];
    let message = format!("route `{}` has fallbacks, but all of its attempts {}", route.name.text, shared.what);
    let mut finding = Diagnostic::new(&CHECK.rule, route.name.span, message).label(shared.label).about(SubjectKind::Route, route.name.text);
    for (index, step) in route.chain.iter().enumerate() {
        finding = finding.at(step.callee_span, if index == 0 { "first this" } else { "then this" });
    }
    for (span, text) in shared.places {
        finding = finding.at(span, text);
    }
    found.push(finding.help(format!("when {}, no attempt is left: {}", shared.when, other(policy, id, &providers))));
}

/// The host that all of these accounts share.
fn shared_host<'a>(accounts: &[&'a Provider<'_>]) -> Option<&'a str> {
    let place = |account: &&'a Provider<'_>| account.place().or(account.address_variable());
    let first = place(accounts.first()?)?;
    accounts.iter().all(|account| place(account) == Some(first)).then_some(first)
}

/// The key that all of these accounts share. No key is nothing to share, and one that each request brings is asked for by account.
fn shared_key(accounts: &[&Provider<'_>]) -> Option<String> {
    let first = accounts.first()?.key.as_ref()?;
    if matches!(first.value, KeySource::None | KeySource::PerRequest) {
        return None;
    }
    accounts.iter().all(|account| account.key.as_ref().is_some_and(|key| key.value == first.value)).then(|| first.value.describe())
}

/// An account of the policy that could take over, or that there is none.
fn other(policy: &Policy<'_>, id: RouteId, used: &[ProviderId]) -> String {
    let route = &policy[id];
    let demanding = !route.region.is_empty() || route.retention.is_some() || route.training_never.is_some();
    let apart = |account: &&Provider<'_>| {
        let same = |other: &ProviderId| {
            let both = [&policy[*other], *account];
            shared_host(&both).is_some() || shared_key(&both).is_some()
        };
        account.key.is_some() && route.accepts.value.within(account.clearance) && !used.iter().any(same)
    };
    match policy.providers.iter().find(apart).filter(|_| !demanding) {
        Some(account) => format!(
            "add a fallback to a model of provider `{}`, which may see {} data too",
            account.name.text,
            policy.classes.describe(route.accepts.value)
        ),
        None => "one more provider, with a key and a host of its own, would keep the route up".to_owned(),
    }
}
