//! What of a request goes to one attempt: minimised first, then masked.

use std::borrow::Cow;

use super::minimize;
use crate::exchange::{Embed, Request};
use crate::plan::{Attempt, Minimize, Route};
use crate::redact::{Detector, Detectors, Redactor, Unreadable};

/// A request as an attempt may see it.
#[derive(Clone, Debug)]
pub struct Prepared<'r, T: Clone> {
    /// What is sent.
    pub request: Cow<'r, T>,
    /// What was looked for in it.
    pub detectors: Detectors,
    /// What was masked; what puts it back.
    pub redactor: Redactor,
}

/// What is looked for at an attempt: what the route that was called names, and what those on the way add.
pub fn detectors(route: &Route<'_>, attempt: &Attempt<'_>) -> Detectors {
    // A name that this byokc does not know is in no plan that it compiled; that it is refused is `runtime`'s to see to.
    route.redact.iter().chain(attempt.redact.iter()).filter_map(|name| Detector::parse(name)).collect()
}

/// What is left out at an attempt.
pub fn sent<'p>(route: &'p Route<'static>, attempt: &'p Attempt<'static>) -> &'p Minimize<'static> {
    if attempt.minimize.is_empty() { &route.minimize } else { &attempt.minimize }
}

/// A request for a completion, as this attempt may see it.
pub fn prepare<'r>(request: &'r Request, route: &Route<'static>, attempt: &Attempt<'static>) -> Result<Prepared<'r, Request>, Unreadable> {
    let (detectors, sent) = (detectors(route, attempt), sent(route, attempt));
    let (mut request, mut redactor) = (Cow::Borrowed(request), Redactor::new(detectors));
    if !sent.is_empty() {
        minimize(request.to_mut(), sent);
    }
    if !detectors.is_empty() {
        redactor.request(request.to_mut())?;
    }
    Ok(Prepared { request, detectors, redactor })
}

/// Texts that are to become vectors, likewise.
pub fn prepare_embed<'r>(
    request: &'r Embed,
    route: &Route<'static>,
    attempt: &Attempt<'static>,
) -> Result<Prepared<'r, Embed>, Unreadable> {
    let (detectors, sent) = (detectors(route, attempt), sent(route, attempt));
    let (mut request, mut redactor) = (Cow::Borrowed(request), Redactor::new(detectors));
    if sent.strip.contains("user") {
        request.to_mut().user = None;
    }
    if !detectors.is_empty() {
        redactor.texts(request.to_mut())?;
    }
    Ok(Prepared { request, detectors, redactor })
}
