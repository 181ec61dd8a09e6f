//! Accounts at companies that serve models.

use super::super::class::ClassSet;
use super::{At, Str};
use crate::catalogue::providers::{upstream_vendor, well_known};
use crate::catalogue::{Protocol, host};
use crate::source::Span;
use crate::syntax::ast;

/// An account at a company that serves models.
#[derive(Debug)]
pub struct Provider<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// How it is spoken to. `None` only where that was an error.
    pub protocol: Option<Protocol>,
    /// Where its API is. `None` only where that was an error.
    pub base_url: Option<BaseUrl<'s>>,
    /// The place of the field, where there is one.
    pub base_url_span: Option<Span>,
    /// The reason given for `http` to another host.
    pub plaintext: Option<At<Str<'s>>>,
    /// The company behind it.
    pub vendor: Str<'s>,
    /// The place of `vendor`, where it is said.
    pub vendor_span: Option<Span>,
    /// Whether the catalogue's facts hold for it: it is at its vendor's own host.
    pub known_host: bool,
    /// Where its key is. `None`: it has none, and serves no route.
    pub key: Option<At<KeySource<'s>>>,
    /// The word `managed`: the key is owned or paid for by somebody else.
    pub managed: Option<Span>,
    /// What it may receive, everything below included.
    pub clearance: ClassSet,
    /// The place of `clearance`, where it is said.
    pub clearance_span: Option<Span>,
    /// Every region it may process in; `None`: unknown, anywhere.
    pub region: Option<At<Vec<Slug<'s>>>>,
    /// How long it keeps requests; `None`: unknown.
    pub retention: Option<At<Retention>>,
    /// That it does not train on them; `None`: unknown.
    pub training_never: Option<Span>,
    /// Who may serve behind it.
    pub upstreams: Upstreams<'s>,
    /// The place of `upstreams`, where it is said.
    pub upstreams_span: Option<Span>,
    /// `api_version`.
    pub api_version: Option<At<Str<'s>>>,
    /// Further headers.
    pub headers: Vec<Header<'s>>,
    /// The name that people read.
    pub title: Str<'s>,
    /// The place of `title`, where it is said.
    pub title_span: Option<Span>,
}

impl<'s> Provider<'s> {
    /// Whether it routes requests to other companies by itself.
    pub fn is_router(&self) -> bool {
        self.protocol == Some(Protocol::Openrouter)
            || self.companies().any(|company| company == "openrouter")
            || self.upstreams_span.is_some()
    }

    /// The company behind it, as declared, and the one whose host its address is: a declaration does not hide who is really called.
    pub fn companies(&self) -> impl Iterator<Item = &str> {
        let at_host = self.host().and_then(host).map(|facts| facts.vendor);
        [&*self.vendor].into_iter().chain(at_host)
    }

    /// The companies of its `upstreams`, where it passes data on to these only.
    pub fn passes_on_to(&self) -> impl Iterator<Item = &'s str> {
        let only = match &self.upstreams {
            Upstreams::Only(only) if self.is_router() => only.as_slice(),
            _ => &[],
        };
        only.iter().map(|slug| upstream_vendor(slug.text))
    }

    /// Whether it passes data on to anybody, or to anybody but a few.
    pub fn passes_on_to_anybody(&self) -> bool {
        self.is_router() && matches!(self.upstreams, Upstreams::AnyExcept(_))
    }

    /// Where requests are processed: in its regions, and in the zone to which a model's id itself sends them. `None`: anywhere, as where its address is in a
    /// variable, where it passes data on to anybody, or where one of them is `global`.
    pub fn processes_in<'p>(&'p self, zone: Option<&'p str>) -> Option<Vec<&'p str>> {
        let regions = self.region.as_ref().filter(|_| self.address_variable().is_none() && !self.passes_on_to_anybody())?;
        let all: Vec<&str> = regions.value.iter().map(|slug| slug.text).chain(zone).collect();
        (!all.contains(&"global")).then_some(all)
    }

    /// Whether it bears the name of a well-known provider while some company of it is another: `anthropic` at another's host.
    pub fn is_misnamed(&self) -> bool {
        well_known(self.name.text).is_some_and(|known| self.companies().any(|company| company != known.vendor))
    }

    /// Whether it is at the host of a company that the catalogue knows, where one model may have several names.
    pub fn at_known_host(&self) -> bool {
        self.known_host || self.host().and_then(host).is_some()
    }

    /// The variable that holds its address, where the environment says where it is: then nothing is known of where it processes, whatever `region` says.
    pub fn address_variable(&self) -> Option<&'s str> {
        match self.base_url {
            Some(BaseUrl::Variable(name)) => Some(name),
            _ => None,
        }
    }

    /// Where it is called, as far as the policy says: a host; `localhost` for all that is on this machine. Accounts at one place fail together.
    pub fn place(&self) -> Option<&str> {
        match self.base_url.as_ref()? {
            BaseUrl::Address { loopback: true, .. } => Some("localhost"),
            BaseUrl::Address { host, .. } => Some(host),
            BaseUrl::Variable(_) => None,
        }
    }

    /// The host's name, where it is known.
    pub fn host(&self) -> Option<&str> {
        match &self.base_url {
            Some(BaseUrl::Address { host, .. }) => Some(host),
            _ => None,
        }
    }
}

/// Where a provider's API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseUrl<'s> {
    /// At this address.
    Address {
        /// The whole address.
        url: Str<'s>,
        /// Its host, lower case, without port.
        host: String,
        /// Whether that is a literal loopback address or `localhost`.
        loopback: bool,
    },
    /// In this environment variable, looked up at run time.
    Variable(&'s str),
}

/// Where a key or token is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeySource<'s> {
    /// An environment variable.
    Env(&'s str),
    /// A file.
    File(Str<'s>),
    /// The system's keyring: service, account.
    Keyring(Str<'s>, Str<'s>),
    /// The output of a program.
    Exec(Vec<Str<'s>>),
    /// A request's header.
    PerRequest,
    /// None is needed.
    None,
}

impl KeySource<'_> {
    /// The source's name for people, never a key: `OPENAI_API_KEY`, `file keys/openai`.
    pub fn describe(&self) -> String {
        match self {
            Self::Env(name) => (*name).to_owned(),
            Self::File(path) => format!("file {path}"),
            Self::Keyring(service, account) => format!("keyring {service} {account}"),
            Self::Exec(words) => format!("exec {}", words.first().map_or("", |word| word)),
            Self::PerRequest => "per_request".to_owned(),
            Self::None => "none".to_owned(),
        }
    }
}

/// A region or an upstream: parts joined by `/`.
pub type Slug<'s> = ast::Word<'s>;

/// How long requests are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retention {
    /// Not at all.
    None,
    /// At most so many milliseconds.
    AtMost(u64),
}

/// Who may serve behind a provider that routes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstreams<'s> {
    /// These only.
    Only(Vec<Slug<'s>>),
    /// Anybody but these.
    AnyExcept(Vec<Slug<'s>>),
}

/// A header that is sent along.
#[derive(Clone, Debug)]
pub struct Header<'s> {
    /// Its name.
    pub name: At<Str<'s>>,
    /// Its value.
    pub value: At<Str<'s>>,
}
