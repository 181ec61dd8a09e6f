//! A plan in service: checked, with the accounts that it calls and the callers that it knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hyper::Uri;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::http::uri::Scheme;

use crate::catalogue::address;
use crate::plan::{BaseUrl, KeySource, Plan, Provider};
use crate::providers::{Credential, credential};
use crate::runtime::Router;
use crate::verify::{NotRead, read, verify};

use super::callers::Callers;
use super::key::Key;
use super::mark::Mark;
use super::pool::Pool;
use super::upstream::Upstream;
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
    /// Calls its accounts.
    pub(super) upstream: Upstream,
}

/// An account, ready to be called.
pub(super) struct Account {
    /// Where it is: of this, a connection needs the scheme, the host and the port.
    pub(super) origin: Uri,
    /// Its port.
    pub(super) port: u16,
    /// What stands before an endpoint's path, without a slash at the end.
    pub(super) path: String,
    /// What every request carries: the same of all, and what the policy adds.
    pub(super) headers: HeaderMap,
    /// The header that carries the key.
    pub(super) header: HeaderName,
    pub(super) key: Arc<Key>,
    /// Its connections.
    pub(super) pool: Arc<Pool>,
}

impl Service {
    /// The same for a plan that changed. What is no file is not waited for.
    pub(super) fn load_again(path: &Path) -> Result<Arc<Self>, Refusal> {
        if Mark::of(path).is_none() {
            return Err(Refusal::new(Why::Unreadable, format!("{} is no file", path.display())));
        }
        Self::load(path)
    }

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
        let (callers, without_token) = Callers::read(&plan).map_err(|[one, other]| {
            Refusal::new(Why::Faulty, format!("the callers {one} and {other} have the same token")).help("give each a token of its own")
        })?;
        let tls = accounts.values().any(|account| account.origin.scheme() == Some(&Scheme::HTTPS));
        let upstream = Upstream::new(tls).map_err(|error| {
            Refusal::new(Why::Unreadable, format!("the certificates of this system cannot be used: {error}"))
                .help("install the system's certificates, or set SSL_CERT_FILE")
        })?;
        let digest = HeaderValue::try_from(&*plan.digest).map_err(|_| Refusal::new(Why::Faulty, "the digest is none".to_owned()))?;
        Ok(Self { router: Router::new(plan), accounts, callers, digest, without_token, upstream })
    }
}

fn account(name: &str, provider: &Provider<'static>) -> Result<Account, Refusal> {
    let header = |(name, value): (&std::borrow::Cow<'_, str>, &std::borrow::Cow<'_, str>)| {
        Some((HeaderName::try_from(&**name).ok()?, HeaderValue::try_from(&**value).ok()?))
    };
    let credential = credential(provider);
    let address = origin(name, provider)?;
    let host = host(&address).ok_or_else(|| Refusal::new(Why::Faulty, format!("the address of provider {name} has no host")))?;
    let mut headers = HeaderMap::from_iter([
        (HOST, host),
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (USER_AGENT, HeaderValue::from_static(concat!("byokc/", env!("CARGO_PKG_VERSION")))),
    ]);
    for added in &provider.headers {
        let (name, value) =
            header(added).ok_or_else(|| Refusal::new(Why::Faulty, format!("a header of provider {name} cannot be sent")))?;
        headers.insert(name, value);
    }
    Ok(Account {
        path: address.path().trim_end_matches('/').to_owned(),
        port: address.port_u16().unwrap_or(usual_port(&address)),
        origin: address,
        headers,
        header: match credential {
            Credential::Bearer => hyper::header::AUTHORIZATION,
            Credential::Header(name) => HeaderName::from_static(name),
        },
        key: Key::new(provider.key.clone(), name, credential),
        pool: Arc::default(),
    })
}

/// The address of an account. From a variable it must be one to which a key may be sent.
fn origin(name: &str, provider: &Provider<'_>) -> Result<Uri, Refusal> {
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
    let read = address::parse(&address).map_err(|fault| refused(fault.describe().0))?;
    // Without encryption only what holds no key leaves this machine. A plan says so, a variable cannot.
    if !read.secure && !read.loopback && (variable.is_some() || provider.key != KeySource::None) {
        return Err(refused("is not encrypted, and a key would be sent there"));
    }
    address.parse().map_err(|_| refused("is no address"))
}

/// The host as requests name it: without the port that its scheme means anyway.
fn host(address: &Uri) -> Option<HeaderValue> {
    let host = address.host()?;
    let port = address.port_u16().filter(|port| *port != usual_port(address));
    HeaderValue::try_from(port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))).ok()
}

fn usual_port(address: &Uri) -> u16 {
    if address.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 }
}
