//! OpenRouter's errors: its own, and those of whoever serves behind it.

use crate::failure::Failure;

use super::{Failed, Reply, Said};

/// By `metadata.error_type` where it is there, else by the status.
pub(super) fn classify(reply: &Reply<'_>) -> Failed {
    let said = Said::read(reply.body);
    with_field(class(reply.status, &said, super::wait::stated(reply).is_some()), &said)
}

/// The same of an error that came with the status of a success: its body names the status, and the wait where there is one.
pub(super) fn of(status: u16, said: &Said) -> Failed {
    with_field(class(status, said, said.wait.is_some()), said)
}

fn with_field(class: Failure, said: &Said) -> Failed {
    let field = if class == Failure::BadRequest { said.field() } else { None };
    Failed { field, ..Failed::of(class) }
}

fn class(status: u16, said: &Said, has_wait: bool) -> Failure {
    match said.metadata("error_type") {
        Some(kind) => of_type(kind),
        None => of_status(status, said, has_wait),
    }
}

fn of_type(kind: &str) -> Failure {
    match kind {
        "context_length_exceeded" | "token_limit_exceeded" | "string_too_long" | "payload_too_large" => Failure::ContextLength,
        "authentication" => Failure::InvalidKey,
        "permission_denied" => Failure::Permission,
        "payment_required" => Failure::Quota,
        "rate_limit_exceeded" => Failure::RateLimit,
        "provider_overloaded" | "provider_unavailable" => Failure::Overloaded,
        "not_found" => Failure::ModelNotFound,
        "content_policy_violation" | "refusal" => Failure::ContentPolicy,
        "timeout" => Failure::Timeout,
        "server" | "unmapped" => Failure::ServerError,
        _ => Failure::BadRequest,
    }
}

fn of_status(status: u16, said: &Said, has_wait: bool) -> Failure {
    // What runs at the moment may cost all that is left: it passes.
    let in_flight = said.metadata("limit_source") == Some("openrouter_in_flight_budget");
    let moderated = said.metadata.as_ref().is_some_and(|it| it.contains_key("reasons") || it.contains_key("flagged_input"));
    match status {
        402 if in_flight && has_wait => Failure::RateLimit,
        403 if moderated => Failure::ContentPolicy,
        404 if said.message.contains("no endpoints found matching your data policy") => Failure::Permission,
        _ => super::of_status(status),
    }
}
