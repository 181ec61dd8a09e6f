//! OpenAI's errors, those of Azure, and those of servers that speak as OpenAI does.

use crate::failure::Failure;

use super::{Failed, Reply, Said};

/// By the rules for OpenAI, Azure, and the vendors that have rules of their own.
pub(super) fn classify(reply: &Reply<'_>, vendor: &str) -> Failed {
    let said = Said::read(reply.body);
    let class = of_vendor(vendor, reply.status, &said).unwrap_or_else(|| of(reply.status, &said));
    with_field(class, &said)
}

/// An error in a stream, or in place of an answer: the status is that of a success, so only the body tells.
pub(super) fn inside(said: &Said) -> Failed {
    let class = if let Some(status) = said.status() {
        of(status, said)
    } else {
        named(&said.code).or_else(|| named(&said.kind)).unwrap_or_else(|| match &*said.kind {
            "invalid_request_error" if said.overflows() => Failure::ContextLength,
            "invalid_request_error" => Failure::BadRequest,
            _ => Failure::ServerError,
        })
    };
    with_field(class, said)
}

fn with_field(class: Failure, said: &Said) -> Failed {
    let field = if class == Failure::BadRequest { said.field() } else { None };
    Failed { field, ..Failed::of(class) }
}

fn of_vendor(vendor: &str, status: u16, said: &Said) -> Option<Failure> {
    match (vendor, status) {
        ("mistral", 429) if said.message.contains("service tier capacity exceeded") => Some(Failure::Overloaded),
        ("groq", 498) => Some(Failure::Overloaded),
        _ => None,
    }
}

fn of(status: u16, said: &Said) -> Failure {
    let (code, message) = (&*said.code, &*said.message);
    match status {
        400 | 422 => match code {
            "context_length_exceeded" => Failure::ContextLength,
            "content_policy_violation" | "invalid_prompt" | "content_filter" => Failure::ContentPolicy,
            _ => Failure::BadRequest,
        },
        401 if code == "ip_not_authorized" || message.contains("ip address") || message.contains("allowlist") => Failure::Permission,
        401 => Failure::InvalidKey,
        402 => Failure::Quota,
        403 => Failure::Permission,
        404 => Failure::ModelNotFound,
        408 | 524 => Failure::Timeout,
        413 => Failure::ContextLength,
        429 if is_quota(code) || said.kind == "insufficient_quota" => Failure::Quota,
        429 if message.contains("request too large") => Failure::ContextLength,
        429 => Failure::RateLimit,
        503 | 529 => Failure::Overloaded,
        // A conflict passes, as a fault of the server does. 499 and what else is the caller's fault never falls back.
        410..=499 | 405..=407 => Failure::BadRequest,
        _ => Failure::ServerError,
    }
}

fn is_quota(code: &str) -> bool {
    matches!(
        code,
        "insufficient_quota"
            | "credit_balance_exhausted"
            | "organization_spend_limit_exceeded"
            | "project_spend_limit_exceeded"
            | "organization_usage_limit_exceeded"
    )
}

/// The class of a code or a type without a status beside it.
pub(super) fn named(code: &str) -> Option<Failure> {
    Some(match code {
        _ if is_quota(code) => Failure::Quota,
        "context_length_exceeded" => Failure::ContextLength,
        "image_content_policy_violation"
        | "content_policy_violation"
        | "invalid_prompt"
        | "content_filter"
        | "bio_policy"
        | "misalignment_policy_violation" => Failure::ContentPolicy,
        "data_residency_mismatch" => Failure::Permission,
        "invalid_api_key" | "authentication_error" => Failure::InvalidKey,
        "model_not_found" => Failure::ModelNotFound,
        "rate_limit_exceeded" | "rate_limit_error" | "slow_down" => Failure::RateLimit,
        "server_is_overloaded" | "overloaded_error" => Failure::Overloaded,
        "server_error" => Failure::ServerError,
        // A picture that is none, too large, or not to be had.
        _ if code.contains("image") => Failure::BadRequest,
        _ => return None,
    })
}
