//! What of a request goes to one attempt, and its record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::audit::{self, Attempt, Call, Key, Minimized};
use crate::controls::{Prepared, prepare, prepare_embed, sent};
use crate::exchange::{Embed, Request};
use crate::plan::{self, KeyOwner, KeySource, Provider, Route};
use crate::providers::{Outgoing, Target, Unsendable, embed, encode};
use crate::redact::{Detector, Detectors, Redactor, Restorer, Unreadable};
use crate::runtime::{estimate, estimate_texts, key_name};

use super::follow::Asked;
use super::service::Account;

/// A request as an attempt may see it.
pub(super) enum Sent<'r> {
    Chat(Box<Prepared<'r, Request>>),
    Vectors(Prepared<'r, Embed>),
}

impl<'r> Sent<'r> {
    /// Leaves out and masks what the plan says.
    pub(super) fn new(asked: &'r Asked, route: &Route<'static>, attempt: &plan::Attempt<'static>) -> Result<Self, Unreadable> {
        match asked {
            Asked::Chat(request, _) => prepare(request, route, attempt).map(|prepared| Self::Chat(Box::new(prepared))),
            Asked::Vectors(request) => prepare_embed(request, route, attempt).map(Self::Vectors),
        }
    }

    /// The prompt, in tokens at most.
    pub(super) fn estimate(&self) -> u64 {
        match self {
            Self::Chat(prepared) => estimate(&prepared.request),
            Self::Vectors(prepared) => estimate_texts(&prepared.request),
        }
    }

    /// The longest answer that is asked of a target.
    fn max_output(&self, route: &Route<'_>, target: &Target<'_>) -> Option<u64> {
        let Self::Chat(prepared) = self else { return None };
        let limit = prepared.request.max_output.into_iter().chain(route.max_output).min();
        limit.map(|limit| limit.min(target.model.max_output.unwrap_or(u64::MAX)))
    }

    /// As it goes out to a target. What a target cannot carry was refused before anybody was called.
    pub(super) fn encode(&self, route: &Route<'_>, target: &Target<'_>) -> Result<Outgoing, Unsendable> {
        match self {
            Self::Chat(prepared) => {
                let mut outgoing = encode(target, &prepared.request, self.max_output(route, target))?;
                outgoing.dropped.extend(&prepared.request.hints);
                Ok(outgoing)
            }
            Self::Vectors(prepared) => embed(target, &prepared.request),
        }
    }

    /// Its record. Content is in a full one only.
    pub(super) fn record<'p>(
        &'p self,
        (route, attempt, index): (&'p Route<'static>, &'p plan::Attempt<'static>, usize),
        (target, account): (&Target<'p>, &'p Account),
        called: bool,
    ) -> Attempt<'p> {
        let (detectors, redactor) = self.masked();
        let content = called && route.audit == "full";
        let (system, messages) = match self {
            _ if !content => (None, None),
            Self::Chat(prepared) => {
                let (system, messages) = audit::conversation(&prepared.request);
                (system, Some(messages))
            }
            Self::Vectors(prepared) => (None, Some(audit::texts(&prepared.request))),
        };
        let (tools, stream, operation) = match self {
            Self::Chat(prepared) => {
                (prepared.request.tools.iter().map(|tool| Cow::Borrowed(&*tool.name)).collect(), prepared.request.stream, "chat")
            }
            Self::Vectors(_) => (Vec::new(), false, "embeddings"),
        };
        let sent = sent(route, attempt);
        Attempt {
            index: u16::try_from(index).unwrap_or(u16::MAX),
            call: Call {
                called,
                target: Cow::Borrowed(&attempt.target),
                account: Cow::Borrowed(&attempt.provider),
                operation: operation.into(),
                provider: audit::company(&target.provider.vendor).into(),
                model: Cow::Borrowed(&attempt.model),
                max_output: self.max_output(route, target),
                stream,
                estimate: self.estimate(),
                host: account.origin.host().unwrap_or_default().into(),
                port: account.port,
            },
            key: key(target.provider),
            redact: detectors.iter().map(|detector| detector.as_str().into()).collect(),
            redactions: counts(redactor),
            minimized: Minimized { history: sent.history, strip: sent.strip.iter().map(|field| Cow::Borrowed(&**field)).collect() },
            tools,
            messages,
            system,
            ..Attempt::default()
        }
    }

    /// What was looked for, and by whom.
    fn masked(&self) -> (Detectors, &Redactor) {
        match self {
            Self::Chat(prepared) => (prepared.detectors, &prepared.redactor),
            Self::Vectors(prepared) => (prepared.detectors, &prepared.redactor),
        }
    }

    /// What puts back what was masked.
    pub(super) fn into_restorer(self) -> Restorer {
        match self {
            Self::Chat(prepared) => prepared.redactor.into_restorer(),
            Self::Vectors(prepared) => prepared.redactor.into_restorer(),
        }
    }

    /// How many places were masked, by detector.
    pub(super) fn counts(&self) -> BTreeMap<Detector, u64> {
        self.masked().1.counts()
    }
}

fn counts(redactor: &Redactor) -> BTreeMap<Cow<'static, str>, u64> {
    redactor.counts().into_iter().map(|(detector, count)| (Cow::Borrowed(detector.as_str()), count)).collect()
}

/// Where a key is and whose it is.
fn key<'p>(provider: &'p Provider<'p>) -> Key<'p> {
    let source = match provider.key {
        KeySource::Env(_) => "env",
        KeySource::File(_) => "file",
        KeySource::Keyring { .. } => "keyring",
        KeySource::Exec(_) => "exec",
        KeySource::PerRequest(_) => "per_request",
        KeySource::None => "none",
    };
    let owner = match provider.key_owner {
        KeyOwner::Own => "own",
        KeyOwner::Managed => "managed",
    };
    Key { source: source.into(), name: key_name(provider).map(Cow::Borrowed), owner: owner.into() }
}
