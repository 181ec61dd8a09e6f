//! Who an account is: its companies, whom it passes data on to, its host, its key and its regions.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::plan::{BaseUrl, KeySource, Model, Provider, Texts, Upstreams};

/// Every company whose account it is: as declared, and by its host.
pub(super) fn companies<'p>(provider: &'p Provider<'p>) -> impl Iterator<Item = &'p str> + Clone {
    [Some(&provider.vendor), provider.host_vendor.as_ref()].into_iter().flatten().map(|company| &**company)
}

/// Whether a name is that of the account or of one of its companies.
pub(super) fn is_called(name: &str, account: &str, provider: &Provider<'_>) -> bool {
    account == name || companies(provider).any(|company| company == name)
}

/// The companies that may serve behind a provider that routes on its own.
pub(super) fn behind<'p>(provider: &'p Provider<'p>) -> Option<&'p Upstreams<'p>> {
    provider.upstream_vendors.as_ref().or(provider.upstreams.as_ref())
}

/// Whether a provider that routes on its own may pass data on to a company.
pub(super) fn permits(provider: &Provider<'_>, company: &str) -> bool {
    match behind(provider) {
        None => false,
        Some(Upstreams::Only(only)) => only.iter().any(|name| name == company),
        Some(Upstreams::AnyExcept(except)) => except.iter().all(|name| name != company),
    }
}

/// Whether it may pass data on to anybody, or to anybody but a few.
pub(super) fn passes_to_anybody(provider: &Provider<'_>) -> bool {
    matches!(behind(provider), Some(Upstreams::AnyExcept(_)))
}

/// Whether a company may see what is sent to an account.
pub(super) fn involves(company: &str, provider: &Provider<'_>) -> bool {
    companies(provider).any(|name| name == company) || permits(provider, company)
}

/// The companies that are named: those of the account and those that its upstreams list.
pub(super) fn listed<'p>(provider: &'p Provider<'p>) -> impl Iterator<Item = &'p str> {
    let only = match behind(provider) {
        Some(Upstreams::Only(only)) => Some(only.iter().map(|name| &**name)),
        _ => None,
    };
    companies(provider).chain(only.into_iter().flatten())
}

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A host's name, lower case.
    Named(String),
    /// Whatever a variable says: it may be any.
    Any,
}

impl Host {
    /// Whether two may be one.
    pub(super) fn meets(&self, other: &Self) -> bool {
        *self == Self::Any || *other == Self::Any || self == other
    }
}

/// The host of an account. Two accounts at one host fail together.
pub(super) fn host(provider: &Provider<'_>) -> Host {
    let BaseUrl::Url(url) = &provider.base_url else { return Host::Any };
    let rest = url.split_once("://").map_or(&**url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    let name = bracketed.or_else(|| authority.split(':').next()).unwrap_or(authority).to_ascii_lowercase();
    Host::Named(match name.parse::<IpAddr>() {
        // What is on this machine is in one place.
        Ok(address) if address.is_loopback() => "localhost".to_owned(),
        Ok(address) => address.to_string(),
        Err(_) => name,
    })
}

/// What a key is told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key<'p> {
    /// Where it is.
    Source(&'p KeySource<'p>),
    /// Each request brings one in this header.
    Brought(&'p str),
}

/// The key of an account; `None` where it needs none.
pub(super) fn key<'p>(provider: &'p Provider<'p>) -> Option<Key<'p>> {
    match &provider.key {
        KeySource::None => None,
        KeySource::PerRequest(header) => Some(Key::Brought(header)),
        source => Some(Key::Source(source)),
    }
}

/// A key in words: where it is, never what it is.
pub(super) fn describe_key(key: Key<'_>) -> String {
    let (kind, place) = match key {
        Key::Brought(header) => return format!("the key that requests bring in `{header}`"),
        Key::Source(KeySource::Env(name)) => ("variable", &**name),
        Key::Source(KeySource::File(path)) => ("file", &**path),
        Key::Source(KeySource::Keyring { service, .. }) => ("keyring", &**service),
        Key::Source(KeySource::Exec(words)) => ("program", words.first().map_or("", |word| word)),
        Key::Source(KeySource::PerRequest(header)) => ("header", &**header),
        Key::Source(KeySource::None) => ("place", "none"),
    };
    format!("the key in {kind} `{place}`")
}

/// The regions where an attempt may be processed, by the account and by the id of the model. None: nobody knows of the account.
pub(super) fn regions<'p>(provider: &'p Provider<'p>, model: &'p Model<'p>) -> Option<BTreeSet<&'p str>> {
    let all: BTreeSet<&str> = declared(provider)?.iter().chain(&model.zone).map(|region| &**region).collect();
    (!all.contains("global")).then_some(all)
}

/// The regions that are known of an account itself. Of an address in a variable nothing is.
fn declared<'p>(provider: &'p Provider<'p>) -> Option<&'p Texts<'p>> {
    provider.region.as_ref().filter(|regions| !regions.is_empty() && matches!(provider.base_url, BaseUrl::Url(_)))
}

/// Whether a region lies within another: `eu/west-1` within `eu`.
pub(super) fn within(region: &str, other: &str) -> bool {
    region.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether two regions have a place in common.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let wide = |one: &str, other: &str| match one.split('/').next() {
        Some("global") => true,
        // All of Asia and the Pacific, but for what is known to lie elsewhere.
        Some("apac") => !["us", "us-gov", "ca", "sa", "eu", "uk", "af"].iter().any(|place| within(other, place)),
        _ => false,
    };
    within(one, other) || within(other, one) || wide(one, other) || wide(other, one)
}
