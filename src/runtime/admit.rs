//! Whether a request may be made at all, before anybody is called: who asks, for which route, and what the request holds.

use std::collections::BTreeSet;

use crate::exchange::{self, Embed, Request, ToolChoice};
use crate::plan::{Caller, Route};
use crate::providers::{Target, Unsendable, unsendable, unsendable_embed};

use super::Router;

/// Why a request is turned away. Nobody was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The route serves another kind of request.
    Kind(String),
    /// The route's policy asks for something that this byokc does not do yet: what.
    Guard(&'static str),
    /// The request holds data of a class that the route does not accept, or that no policy knows.
    Data(String),
    /// A tool that the route does not offer.
    Tool(String),
    /// A field that some attempt of the route cannot carry: the field, and why, with the target's name.
    Field(&'static str, String),
}

/// Whether a caller may call a route directly.
pub fn may_call(caller: &Caller<'_>, route: &str) -> bool {
    caller.routes.iter().any(|allowed| allowed == route)
}

/// Whether a route accepts data of this class (language reference, section 6): the header `x-byok-data`.
pub fn accepts(route: &Route<'_>, class: &str) -> Result<(), Denied> {
    if route.accepts.iter().any(|accepted| accepted == class) { Ok(()) } else { Err(Denied::Data(class.to_owned())) }
}

/// Whether a route takes this chat request. What holds for the first attempt must hold for the last, so every attempt is asked.
pub fn admit(router: &Router, route: &Route<'static>, request: &Request) -> Result<(), Denied> {
    if let Some(tool) = request.tools.iter().find(|tool| !route.tools.iter().any(|offered| *offered == tool.name)) {
        return Err(Denied::Tool(tool.name.clone()));
    }
    if let Some(ToolChoice::Named(name)) = &request.tool_choice
        && !request.tools.iter().any(|tool| tool.name == *name)
    {
        return Err(Denied::Field("tool_choice", "it names a tool that is not among the `tools`".to_owned()));
    }
    let gated = |tool: &exchange::Tool| router.plan().tools.get(tool.name.as_str()).is_some_and(|tool| tool.approve.is_some());
    if request.tools.iter().any(gated) {
        return Err(Denied::Guard("approval before a tool is called"));
    }
    carried(router, route, |target| unsendable(target, request))
}

/// Whether a route takes this request for vectors.
pub fn admit_embed(router: &Router, route: &Route<'static>, request: &Embed) -> Result<(), Denied> {
    carried(router, route, |target| unsendable_embed(target, request))
}

/// Whether every target of a route can be told what is asked. An attempt is a place in a chain, so several may be of one target.
fn carried(router: &Router, route: &Route<'static>, problem: impl Fn(&Target<'_>) -> Option<Unsendable>) -> Result<(), Denied> {
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for target in route.attempts.iter().filter(|attempt| asked.insert(&attempt.target)).filter_map(|attempt| router.target(attempt)) {
        if let Some(problem) = problem(&target) {
            return Err(Denied::Field(problem.field, format!("{} {}", target.name, problem.why)));
        }
    }
    Ok(())
}

/// Whether a route serves this kind of request, and this byokc does all that its policy asks for. A guard that cannot run refuses.
pub fn serves(route: &Route<'static>, name: &str, kind: &str) -> Result<(), Denied> {
    if route.kind != kind {
        return Err(Denied::Kind(format!("route {name} is of kind {}", route.kind)));
    }
    let attempts = || route.attempts.iter();
    if !route.redact.is_empty() || attempts().any(|attempt| !attempt.redact.is_empty()) {
        return Err(Denied::Guard("redaction"));
    }
    if !route.minimize.is_empty() || attempts().any(|attempt| !attempt.minimize.is_empty()) {
        return Err(Denied::Guard("minimisation"));
    }
    if route.approve.is_some() {
        return Err(Denied::Guard("approval"));
    }
    if route.audit == "full" {
        return Err(Denied::Guard("a full audit record"));
    }
    Ok(())
}
