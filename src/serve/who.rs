//! Who may ask at all, and for which route.

use std::net::IpAddr;

use hyper::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

use crate::catalogue::hosts::is_loopback;
use crate::failure::Failure;
use crate::runtime::Report;

use super::BUSY;
use super::callers::Caller;
use super::service::Service;
use super::wanted::Wanted;

/// A page in a browser must not use the agent's server behind its user's back. Where no token is asked for, it must not do so under a name of its own either.
pub(super) fn not_from_a_page(headers: &HeaderMap, open: bool) -> Result<(), Box<Report>> {
    let foreign = |value: &HeaderValue| !matches!(value.as_bytes(), b"same-origin" | b"none");
    let from_a_page = headers.contains_key(ORIGIN) || headers.get("sec-fetch-site").is_some_and(foreign);
    if from_a_page || (open && headers.get(HOST).is_some_and(|host| !is_here(host))) {
        let what = "This request comes from a page in a browser, or for another host, which byokc does not serve.";
        return Err(Box::new(Report::new(403, "cross_origin", what, "Call from a program, by the address at which byokc listens.")));
    }
    Ok(())
}

/// Whether a host name is one that no page can have: an address, or this machine's own name.
fn is_here(host: &HeaderValue) -> bool {
    let Ok(host) = host.to_str() else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    is_loopback(name) || bare.parse::<IpAddr>().is_ok()
}

/// That too much is asked at once.
pub(super) fn busy() -> Box<Report> {
    let what = "byokc is answering as many requests as it may.";
    Box::new(Report::new(503, BUSY, what, "Try again in a moment, or start another instance."))
}

/// Who asks.
pub(super) fn caller<'s>(service: &'s Service, headers: &HeaderMap) -> Result<Caller<'s>, Box<Report>> {
    service.callers.who(headers).ok_or_else(|| {
        let what = "This request brings no token of a caller that the policy names.";
        let help = "Send the caller's token as `authorization: Bearer`, or in `x-api-key`.";
        Box::new(Report { reason: Some("unknown token"), ..Report::new(401, "unauthorized", what, help) })
    })
}

/// Whether a caller may call what it wants.
pub(super) fn permitted(service: &Service, caller: Caller<'_>, wanted: &Wanted<'_>) -> Result<(), Box<Report>> {
    if service.permits(caller, wanted) {
        return Ok(());
    }
    let name = caller.name().unwrap_or_default();
    let (what, help) = match wanted.step {
        None => (
            format!("The policy does not let the caller {name} call the route {}.", wanted.name),
            "Call a route that it may call, or name this one under its `routes`.",
        ),
        Some((workflow, _)) => (
            format!("The policy does not let the caller {name} call the steps of the workflow {workflow}."),
            "Call a route that it may call, or name this workflow under its `workflows`.",
        ),
    };
    Err(Box::new(Report { reason: Some("not permitted"), ..Report::new(403, "forbidden", &what, help) }.of_route(wanted.name)))
}

/// That there is no such route; those that the caller may call are named.
pub(super) fn unknown(service: &Service, caller: Caller<'_>) -> Box<Report> {
    let open = service.open_to(caller);
    // Each under its own name.
    let own = open.iter().filter(|(name, wanted)| wanted.step.is_some() || *name == wanted.name).map(|(name, _)| &**name);
    let allowed: Vec<&str> = own.collect();
    let help = if allowed.is_empty() {
        "This caller may call none.".to_owned()
    } else {
        format!("Ask for one of these as `model`: {}.", allowed.join(", "))
    };
    let what = "The policy has no route of the name that the request gives as `model`.";
    let report = Report::new(404, Failure::ModelNotFound.as_str(), what, &help).of_field("model");
    Box::new(Report { reason: Some("no such route"), ..report })
}
