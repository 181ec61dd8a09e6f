//! A plan in service: checked, with the accounts that it calls and the callers that it knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};

use crate::catalogue::hosts::is_loopback;
use crate::plan::{BaseUrl, Plan, Provider};
use crate::providers::{Credential, credential};
use crate::runtime::Router;
use crate::verify::{NotRead, read, verify};

use super::callers::Callers;
use super::key::Key;
use super::{Refusal, Why};

/// A plan in service.
pub(super) struct Service {
    pub(super) router: Router,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) callers: Callers,
    /// The plan's digest, as the header `x-byok-plan` says it.
    pub(super) digest: HeaderValue,
    /// Callers whose token is nowhere to be found.
    pub(super) without_token: Vec<String>,
}

/// An account, ready to be called.
pub(super) struct Account {
    /// Its address, without a slash at the end.
    pub(super) base: String,
    /// What the policy adds to every request.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// The header that carries the key.
    pub(super) header: HeaderName,
    pub(super) key: Key,
}

impl Service {
    /// Reads a plan, checks its digest and derives again all that it claims. One that is not what it says is refused.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, Refusal> {
        let name = path.display();
        let text = if path.as_os_str() == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
        let text = text.map_err(|error| Refusal::new(Why::Unreadable, format!("{name} cannot be read: {}", error.kind())))?;
        let compile = "`byokc compile policy.byok -o plan.json` writes a plan";
        let plan = read(&text).map_err(|not| match not {
            NotRead::NoPlan(reason) => Refusal::new(Why::NoPlan, format!("{name} {reason}")).help(compile),
            NotRead::Refused(fault) => Refusal::new(Why::Faulty, format!("{name} is refused: {}", fault.message)).help(compile),
        })?;
        if plan.routes.is_empty() {
            return Err(Refusal::new(Why::NoPlan, format!("{name} has no route")).help(compile));
        }
        if let Err(faults) = verify(&plan) {
            let first = faults.first().map_or("", |fault| &fault.message);
            return Err(
                Refusal::new(Why::Faulty, format!("{name} is refused: {first}")).help(format!("`byokc verify {name}` shows every fault"))
            );
        }
        Self::new(plan).map(Arc::new)
    }

    fn new(plan: Plan<'static>) -> Result<Self, Refusal> {
        let mut accounts = BTreeMap::new();
        for (name, provider) in &plan.providers {
            accounts.insert(name.to_string(), account(name, provider)?);
        }
        let (callers, without_token) = Callers::read(&plan);
        let digest = HeaderValue::try_from(&*plan.digest).map_err(|_| Refusal::new(Why::Faulty, "the digest is none".to_owned()))?;
        Ok(Self { router: Router::new(plan), accounts, callers, digest, without_token })
    }

    /// Whether any account is called over TLS.
    pub(super) fn uses_tls(&self) -> bool {
        self.accounts.values().any(|account| account.base.starts_with("https:"))
    }
}

fn account(name: &str, provider: &Provider<'static>) -> Result<Account, Refusal> {
    let header = |(name, value): (&std::borrow::Cow<'_, str>, &std::borrow::Cow<'_, str>)| {
        Some((HeaderName::try_from(&**name).ok()?, HeaderValue::try_from(&**value).ok()?))
    };
    let headers: Option<Vec<_>> = provider.headers.iter().map(header).collect();
    let credential = credential(provider);
    Ok(Account {
        base: base(name, provider)?,
        headers: headers.ok_or_else(|| Refusal::new(Why::Faulty, format!("a header of provider {name} cannot be sent")))?,
        header: match credential {
            Credential::Bearer => hyper::header::AUTHORIZATION,
            Credential::Header(name) => HeaderName::from_static(name),
        },
        key: Key::new(provider.key.clone(), name, credential),
    })
}

/// The address of an account. From a variable it must be one to which a key may be sent.
fn base(name: &str, provider: &Provider<'_>) -> Result<String, Refusal> {
    let (address, variable) = match &provider.base_url {
        BaseUrl::Url(url) => (url.to_string(), None),
        BaseUrl::Env(variable) => {
            let unset = || {
                Refusal::new(Why::Faulty, format!("{variable}, which holds the address of provider {name}, is not set"))
                    .help(format!("set {variable} to the address, such as https://api.example.com/v1"))
            };
            (std::env::var(&**variable).ok().filter(|url| !url.is_empty()).ok_or_else(unset)?, Some(variable))
        }
    };
    let refused = |why: &str| {
        let whose = variable
            .map_or_else(|| format!("the address of provider {name}"), |variable| format!("{variable}, the address of provider {name},"));
        Refusal::new(Why::Faulty, format!("{whose} {why}"))
            .help("give an address that starts with https://, or with http:// and is on this machine")
    };
    let uri: Uri = address.parse().map_err(|_| refused("is no address"))?;
    let host = uri.host().ok_or_else(|| refused("has no host"))?;
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@')) && uri.query().is_none();
    let secure = match uri.scheme_str() {
        Some("https") => true,
        // What stands in the plan itself was judged when it was compiled.
        Some("http") => variable.is_none() || is_loopback(host),
        _ => false,
    };
    if secure && plain { Ok(address.trim_end_matches('/').to_owned()) } else { Err(refused("may not be sent a key")) }
}
