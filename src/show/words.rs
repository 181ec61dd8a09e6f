//! Values of the model in words.

use crate::policy::model::{Auth, Gate, KeySource, Lowers, Policy, Provider, Retention, Route, RouteId, Upstreams};
use crate::text::{duration, some_of};

/// What stands where there is nothing.
pub(super) const NONE: &str = "-";
/// What stands where nothing is known.
pub(super) const UNKNOWN: &str = "unknown";

/// Texts in a row, or a dash.
pub(super) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    let joined = items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if joined.is_empty() { NONE.to_owned() } else { joined }
}

/// The first names of these routes.
pub(super) fn routes(policy: &Policy<'_>, routes: &[RouteId]) -> String {
    if routes.is_empty() { "nobody".to_owned() } else { some_of(routes.iter().map(|route| policy[*route].name.text), 4) }
}

/// `us, eu`, or that it is unknown.
pub(super) fn region(provider: &Provider<'_>) -> String {
    provider.region.as_ref().map_or(UNKNOWN.to_owned(), |region| list(region.value.iter().map(|slug| slug.text)))
}

pub(super) fn retention(retention: Retention) -> String {
    match retention {
        Retention::None => "none".to_owned(),
        Retention::AtMost(milliseconds) => duration(milliseconds),
    }
}

/// The key's source, with whose it is where that is not plain.
pub(super) fn key(provider: &Provider<'_>) -> String {
    provider.key.as_ref().map_or("no key".to_owned(), |key| key.value.describe())
}

/// `own` or `managed`; a keyless account has neither.
pub(super) fn owner(provider: &Provider<'_>) -> &'static str {
    match &provider.key {
        None => NONE,
        Some(_) if provider.managed.is_some() => "managed",
        Some(key) if key.value == KeySource::None => NONE,
        Some(_) => "own",
    }
}

/// Who may serve behind a provider that routes by itself: ` (behind it: mistral)`.
pub(super) fn behind(provider: &Provider<'_>) -> String {
    if !provider.is_router() {
        return String::new();
    }
    match &provider.upstreams {
        Upstreams::Only(only) => format!(" (behind it: {})", list(only.iter().map(|slug| slug.text))),
        Upstreams::AnyExcept(except) if except.is_empty() => " (behind it: anybody)".to_owned(),
        Upstreams::AnyExcept(except) => format!(" (behind it: anybody but {})", list(except.iter().map(|slug| slug.text))),
    }
}

/// `support_lead within 1h`.
pub(super) fn gate(gate: &Gate<'_>) -> String {
    format!("{} within {}", gate.role.text, duration(gate.within))
}

pub(super) fn auth(auth: &Auth<'_>) -> String {
    match auth {
        Auth::None => "none".to_owned(),
        Auth::Token(source) => format!("token {}", source.describe()),
        Auth::Oauth(scope) => format!("oauth {scope}"),
    }
}

/// `confidential to internal: a label`.
pub(super) fn lowers(policy: &Policy<'_>, lowers: &[Lowers<'_>]) -> String {
    let one =
        |lowers: &Lowers<'_>| format!("{} to {}: {}", policy.classes.name(lowers.from), policy.classes.name(lowers.to), lowers.because);
    list(lowers.iter().map(one))
}

/// What is masked and what is not sent.
pub(super) fn redaction(route: &Route<'_>) -> (String, String) {
    let history = route.history.map(|messages| format!("all but the last {} messages", messages.value));
    let strip = route.strip.iter().map(|field| field.value.as_str().to_owned());
    (list(route.redact.iter().map(|detector| detector.value.as_str())), list(history.into_iter().chain(strip)))
}
