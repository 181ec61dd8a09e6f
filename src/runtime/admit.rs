//! Whether a request may be made at all, before anybody is called: who asks, for which route, and what the request holds.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::controls::approval::{Ask, NotApproved};
use crate::controls::{detectors, minimize, sent};
use crate::exchange::{Embed, Message, Part, Request, ToolChoice};
use crate::plan::{Caller, Route};
use crate::providers::{Target, Unsendable, unsendable, unsendable_embed};
use crate::redact::Unreadable;

use super::Router;

/// Why a request is turned away. Nobody was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The route serves another kind of request.
    Kind(String),
    /// A guard that the policy asks for cannot run: which, and what to do.
    Guard(&'static str, &'static str),
    /// The request holds data of a class that the route does not accept, or that no policy knows.
    Data(String),
    /// A tool that the route does not offer.
    Tool(String),
    /// A field that some attempt of the route cannot carry: the field, and why, with the target's name.
    Field(&'static str, String),
    /// Something in it cannot be masked, and the route redacts.
    Unreadable(Unreadable),
    /// Somebody has to approve it first.
    ApprovalRequired(Box<Ask<'static>>),
    /// The approval that it brings does not count.
    NotApproved(NotApproved, Box<Ask<'static>>),
}

/// Whether a caller may call a route directly.
pub fn may_call(caller: &Caller<'_>, route: &str) -> bool {
    caller.routes.iter().any(|allowed| allowed == route)
}

/// Whether a caller may call the steps of a workflow.
pub fn may_take_part(caller: &Caller<'_>, workflow: &str) -> bool {
    caller.workflows.iter().any(|allowed| allowed == workflow)
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
    let (images, files) = (holds(request, |part| matches!(part, Part::Image(_))), holds(request, |part| matches!(part, Part::File(_))));
    for attempt in route.attempts.iter().filter(|attempt| !detectors(route, attempt).is_empty()) {
        let strip = &sent(route, attempt).strip;
        if images && !strip.contains("images") {
            return Err(Denied::Unreadable(Unreadable::Image));
        }
        if files && !strip.contains("files") {
            return Err(Denied::Unreadable(Unreadable::File));
        }
    }
    // What is not sent need not be carried.
    let mut asked = BTreeSet::new();
    for attempt in &route.attempts {
        let sent = sent(route, attempt);
        if !asked.insert((&attempt.target, sent)) {
            continue;
        }
        let mut request = Cow::Borrowed(request);
        if !sent.is_empty() {
            minimize(request.to_mut(), sent);
        }
        if let Some(target) = router.target(attempt)
            && let Some(problem) = unsendable(&target, &request)
        {
            return Err(cannot(&target, &problem));
        }
    }
    Ok(())
}

/// Whether a route takes this request for vectors.
pub fn admit_embed(router: &Router, route: &Route<'static>, request: &Embed) -> Result<(), Denied> {
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for target in route.attempts.iter().filter(|attempt| asked.insert(&attempt.target)).filter_map(|attempt| router.target(attempt)) {
        if let Some(problem) = unsendable_embed(&target, request) {
            return Err(cannot(&target, &problem));
        }
    }
    Ok(())
}

fn cannot(target: &Target<'_>, problem: &Unsendable) -> Denied {
    Denied::Field(problem.field, format!("{} {}", target.name, problem.why))
}

/// Whether a request holds such a part, in the result of a tool too.
fn holds(request: &Request, is: fn(&Part) -> bool) -> bool {
    fn any(parts: &[Part], is: fn(&Part) -> bool) -> bool {
        parts.iter().any(|part| is(part) || matches!(part, Part::ToolResult(result) if any(&result.parts, is)))
    }
    request.messages.iter().any(|Message { parts, .. }| any(parts, is))
}

/// Whether a route serves this kind of request.
pub fn serves(route: &Route<'static>, name: &str, kind: &str) -> Result<(), Denied> {
    if route.kind == kind { Ok(()) } else { Err(Denied::Kind(format!("route {name} is of kind {}", route.kind))) }
}
