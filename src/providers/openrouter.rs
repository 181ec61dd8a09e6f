//! From what a plan says of an OpenRouter account to the `provider` object that goes with each request: who may serve behind it, and on which terms.

use serde::Serialize;

use crate::plan::{Provider, Texts, Upstreams};

/// What OpenRouter is held to. Where nobody fulfils it the answer is an error, not a silent relaxation.
#[derive(Debug, Serialize)]
pub(super) struct Terms<'p> {
    allow_fallbacks: bool,
    require_parameters: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'p Texts<'p>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignore: Option<&'p Texts<'p>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_collection: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zdr: Option<bool>,
}

/// The terms for this account; `None`: it is not OpenRouter's.
pub(super) fn terms<'p>(provider: &'p Provider<'p>) -> Option<Terms<'p>> {
    if provider.protocol != "openrouter" {
        return None;
    }
    let (only, ignore) = match &provider.upstreams {
        Some(Upstreams::Only(these)) => (Some(these), None),
        Some(Upstreams::AnyExcept(these)) => (None, Some(these).filter(|these| !these.is_empty())),
        None => (None, None),
    };
    let keeps_nothing = provider.retention_ms == Some(0);
    let never_trains = provider.training.as_deref() == Some("never");
    Some(Terms {
        allow_fallbacks: false,
        require_parameters: true,
        only,
        ignore,
        data_collection: (never_trains || keeps_nothing).then_some("deny"),
        zdr: keeps_nothing.then_some(true),
    })
}
