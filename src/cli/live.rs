//! `byokc keys --live`: asks a provider whether a key works. The only part of byokc that sends anything, and only to hosts that are known or named.

use std::time::Duration;

use clap::Args;
use reqwest::blocking::Client;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url, redirect};

use crate::catalogue::hosts::is_loopback;
use crate::catalogue::keys::variable_vendor;
use crate::catalogue::{Protocol, Regions, host};
use crate::keys::{Looked, Secret};
use crate::policy::model::{BaseUrl, KeySource, Provider};

use super::Exit;

const TIME: Duration = Duration::from_secs(10);

/// How keys are tried out.
#[derive(Args)]
pub(super) struct Live {
    /// Ask each provider whether its key works
    #[arg(long)]
    live: bool,
    /// Send a key to this host too; without it keys go only to hosts of the catalogue. Repeatable
    #[arg(long, value_name = "HOST", requires = "live")]
    allow_host: Vec<String>,
}

/// An answer in words, and how it counts.
type Answer = (String, Exit);

impl Live {
    /// Whether keys are to be tried out.
    pub(super) fn asked(&self) -> bool {
        self.live
    }

    /// Asks about the key of a provider; `None` where there is nothing to ask.
    pub(super) fn ask(&self, provider: &Provider<'_>, source: &KeySource<'_>, looked: &Looked) -> Option<Answer> {
        let Looked::Found(key) = looked else { return None };
        self.live
            .then(|| self.permitted(provider, source).and_then(|base| request(provider, &base, key)).unwrap_or_else(|why| unasked(&why)))
    }

    /// The address of a provider, where a key may be sent there.
    fn permitted(&self, provider: &Provider<'_>, source: &KeySource<'_>) -> Result<Url, String> {
        let text = match provider.base_url.as_ref().ok_or("its address is not known")? {
            BaseUrl::Address { url, .. } => url.to_string(),
            BaseUrl::Variable(name) => std::env::var(name).map_err(|_| format!("{name}, which holds its address, is not set"))?,
        };
        let url = Url::parse(&text).map_err(|_| "its address is not a URL")?;
        let name = url.host_str().ok_or("its address has no host")?.to_owned();
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&name));
        if !secure || !url.username().is_empty() || url.password().is_some() {
            return Err(format!("{name} is not asked without encryption"));
        }
        if self.allow_host.iter().any(|allowed| allowed.eq_ignore_ascii_case(&name)) {
            return Ok(url);
        }
        let facts = host(&name).ok_or_else(|| format!("{name} is no host of the catalogue; name it with --allow-host"))?;
        // At a host where every customer has an address of their own, the catalogue does not tell whose it is.
        if facts.regions == Regions::Account {
            return Err(format!("{name} is some customer's own; name it with --allow-host"));
        }
        let owner = if let KeySource::Env(variable) = source { variable_vendor(variable) } else { None };
        match owner.filter(|owner| *owner != facts.vendor) {
            Some(owner) => {
                Err(format!("the variable is known to hold a key of {owner}, and {name} is not theirs; name the host with --allow-host"))
            }
            None => Ok(url),
        }
    }
}

fn unasked(why: &str) -> Answer {
    (format!("found, not asked: {why}"), Exit::Incomplete)
}

fn request(provider: &Provider<'_>, base: &Url, key: &Secret) -> Result<Answer, String> {
    let protocol = provider.protocol.ok_or("its protocol is not known")?;
    let version = provider.api_version.as_ref().map(|version| &*version.value);
    let url = format!("{}/{}", base.as_str().trim_end_matches('/'), path(protocol, version));
    let headers = headers(provider, protocol, key).ok_or("the key, or a header of the policy, cannot be sent in a header")?;
    let response = client(base).and_then(|client| client.get(url).headers(headers).send());
    Ok(match response {
        Ok(response) => judged(protocol, response.status()),
        Err(error) if error.is_timeout() => ("found, could not be reached: no answer within 10s".to_owned(), Exit::Incomplete),
        Err(error) if error.is_connect() => ("found, could not be reached: no connection".to_owned(), Exit::Incomplete),
        Err(_) => ("found, could not be reached".to_owned(), Exit::Incomplete),
    })
}

/// Follows nothing. A proxy of the environment sees only where an encrypted connection goes, and never a plain one to this machine.
fn client(base: &Url) -> reqwest::Result<Client> {
    // Set already where an earlier provider was asked.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().timeout(TIME).connect_timeout(TIME).redirect(redirect::Policy::none()).referer(false);
    let builder = builder.user_agent(concat!("byokc/", env!("CARGO_PKG_VERSION")));
    if base.scheme() == "https" { builder } else { builder.no_proxy() }.build()
}

/// What is read to try out a key: the list of models. OpenRouter gives that to anybody, so there it is the key's own page.
fn path(protocol: Protocol, version: Option<&str>) -> String {
    match protocol {
        Protocol::Anthropic => "v1/models".to_owned(),
        Protocol::Gemini => format!("{}/models", version.unwrap_or("v1beta")),
        Protocol::Openrouter => "key".to_owned(),
        Protocol::Openai | Protocol::OpenaiCompatible => "models".to_owned(),
    }
}

fn headers(provider: &Provider<'_>, protocol: Protocol, key: &Secret) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for header in &provider.headers {
        headers.insert(HeaderName::try_from(&*header.name.value).ok()?, HeaderValue::try_from(&*header.value.value).ok()?);
    }
    let sensitive = |text: &str| {
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    };
    let bearer = || zeroize::Zeroizing::new(format!("Bearer {}", key.expose()));
    match protocol {
        Protocol::Anthropic => {
            let version = provider.api_version.as_ref().map_or("2023-06-01", |version| &version.value);
            headers.insert("anthropic-version", HeaderValue::try_from(version).ok()?);
            headers.insert("x-api-key", sensitive(key.expose())?);
        }
        Protocol::Gemini => {
            headers.insert("x-goog-api-key", sensitive(key.expose())?);
        }
        Protocol::Openai | Protocol::Openrouter | Protocol::OpenaiCompatible => {
            headers.insert("authorization", sensitive(&bearer())?);
        }
    }
    Some(headers)
}

/// What a status says about the key. The answer's text is never read.
fn judged(protocol: Protocol, status: StatusCode) -> Answer {
    let (text, exit) = match status.as_u16() {
        200..=299 => ("works", Exit::Clean),
        401 => ("rejected (401)", Exit::Findings),
        // Gemini calls a wrong key a bad request, and this request has nothing else that could be wrong.
        400 if protocol == Protocol::Gemini => ("rejected (400)", Exit::Findings),
        403 => ("no permission: the key may not read what is asked for (403)", Exit::Findings),
        404 => ("found, not judged: the provider lists no models (404)", Exit::Incomplete),
        429 => ("found, not judged: too many requests (429)", Exit::Incomplete),
        code => return (format!("found, not judged: the provider answers {code}"), Exit::Incomplete),
    };
    (text.to_owned(), exit)
}
