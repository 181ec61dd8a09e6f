//! Turns Anthropic's errors into failures, by status first and what the body says then.

use serde_json::Value;

use super::{field, of_status, overflows, wait};
use crate::failure::Failure;
use crate::providers::{Failed, Reply};

/// The fields of the messages API, of which a message may name one in front: `max_tokens: must be …`.
const FIELDS: [&str; 17] = [
    "inference_geo",
    "max_tokens",
    "messages",
    "metadata",
    "model",
    "output_config",
    "service_tier",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
    "container",
];

/// The failure that a reply other than 200 tells of.
pub(in crate::providers) fn classify(reply: &Reply<'_>) -> Failed {
    let body = serde_json::from_slice(reply.body).unwrap_or_default();
    Failed { wait: wait::stated(reply), ..failed(reply.status, &body) }
}

/// The failure that an `error` event tells of in the middle of a stream, where only the type is left to go by.
pub(in crate::providers) fn in_stream(data: &str) -> Failed {
    let body: Value = serde_json::from_str(data).unwrap_or_default();
    let status = match text(&body, "/error/type") {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "conflict_error" => 409,
        "request_too_large" | "request_body_too_large_after_decoding" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };
    failed(status, &body)
}

fn failed(status: u16, body: &Value) -> Failed {
    let message = text(body, "/error/message");
    let class = class(status, message, text(body, "/error/details/error_code"));
    let field = (class == Failure::BadRequest).then(|| named(message)).flatten();
    Failed { class, wait: None, field }
}

fn class(status: u16, message: &str, code: &str) -> Failure {
    match status {
        400 if message.starts_with("You have reached your specified") => Failure::Quota,
        400 if code == "organization_on_hold" => Failure::Permission,
        400 if overflows(message) => Failure::ContextLength,
        400 if of_retention(message) => Failure::Permission,
        429 if matches!(code, "enforced_spend_limit_reached" | "contract_spend_limit_reached") => Failure::Quota,
        _ => of_status(status),
    }
}

/// An organisation of which nothing may be kept calls a model that keeps requests.
fn of_retention(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["data retention", "zero-retention", "zero retention"].iter().any(|phrase| message.contains(phrase))
}

fn named(message: &str) -> Option<String> {
    let (path, _) = message.split_once(':')?;
    let first = path.split(['.', '[']).next()?;
    FIELDS.contains(&first).then(|| field(path)).flatten()
}

fn text<'b>(body: &'b Value, pointer: &str) -> &'b str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use Failure::{
        BadRequest, ContentPolicy, ContextLength, InvalidKey, ModelNotFound, Overloaded, Permission, Quota, RateLimit, ServerError, Timeout,
    };

    fn body(kind: &str, message: &str, code: &str) -> String {
        let details = if code.is_empty() { Value::Null } else { serde_json::json!({"error_code": code}) };
        let error = serde_json::json!({"type": kind, "message": message, "details": details});
        serde_json::json!({"type": "error", "error": error, "request_id": "req_1"}).to_string()
    }

    fn reply(status: u16, body: &str) -> Failed {
        classify(&Reply { status, headers: &|name| (name == "retry-after").then_some("7"), body: body.as_bytes(), now: 0 })
    }

    /// One row for each that the wire has: status, type, message, code, class.
    const ROWS: [(u16, &str, &str, &str, Failure); 24] = [
        (400, "invalid_request_error", "You have reached your specified API usage limits. You will regain access on …", "", Quota),
        (400, "invalid_request_error", "This organization is on hold.", "organization_on_hold", Permission),
        (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "", ContextLength),
        (400, "invalid_request_error", "This model requires data retention, which your organization has turned off.", "", Permission),
        (400, "invalid_request_error", "messages.1.content: Field required", "", BadRequest),
        (401, "authentication_error", "invalid x-api-key", "", InvalidKey),
        (402, "billing_error", "Your credit is used up", "", Quota),
        (403, "permission_error", "Your key may not use this", "", Permission),
        (404, "not_found_error", "model: claude-nothing", "", ModelNotFound),
        (408, "timeout_error", "Slow", "", Timeout),
        (409, "conflict_error", "Conflict", "", ServerError),
        (413, "request_too_large", "Request exceeds the maximum size", "", ContextLength),
        (413, "request_body_too_large_after_decoding", "Too large", "", ContextLength),
        (422, "invalid_request_error", "Unprocessable", "", BadRequest),
        (429, "rate_limit_error", "Spent", "enforced_spend_limit_reached", Quota),
        (429, "rate_limit_error", "Spent", "contract_spend_limit_reached", Quota),
        (429, "rate_limit_error", "Slower", "ramp_limit_exceeded", RateLimit),
        (429, "rate_limit_error", "This would exceed your rate limit: maximum context length", "", RateLimit),
        (500, "api_error", "Internal server error", "", ServerError),
        (502, "api_error", "Bad gateway", "", ServerError),
        (503, "overloaded_error", "Unavailable", "", Overloaded),
        (504, "timeout_error", "Took too long", "", Timeout),
        (524, "timeout_error", "Took too long", "", Timeout),
        (529, "overloaded_error", "Overloaded", "", Overloaded),
    ];

    #[test]
    fn every_row_has_its_class() {
        for (status, kind, message, code, class) in ROWS {
            let failed = reply(status, &body(kind, message, code));
            assert_eq!(failed.class, class, "{status} {kind} {message}");
            assert_eq!(failed.wait, Some(Duration::from_secs(7)));
            assert_ne!(class, ContentPolicy);
        }
    }

    #[test]
    fn in_a_stream_the_type_stands_for_the_status() {
        for (status, kind, message, code, class) in ROWS {
            if ![408, 422, 502, 503, 524].contains(&status) {
                assert_eq!(in_stream(&body(kind, message, code)).class, class, "{kind} {message}");
            }
        }
        assert_eq!(in_stream("{}").class, ServerError);
        assert_eq!(in_stream("").class, ServerError);
    }

    #[test]
    fn of_the_message_only_a_field_is_kept() {
        let field = |message| reply(400, &body("invalid_request_error", message, "")).field;
        assert_eq!(field("messages.1.content: Field required").as_deref(), Some("messages.1.content"));
        assert_eq!(field("max_tokens: 300000 > 64000").as_deref(), Some("max_tokens"));
        assert_eq!(field("secret: 1"), None);
        assert_eq!(field("messages of yours: they are wrong"), None);
        assert_eq!(reply(404, &body("not_found_error", "model: x", "")).field, None);
    }

    #[test]
    fn a_body_that_is_none_of_its_own_is_read_by_status() {
        for body in ["", "<html>", "[]", "{\"error\": \"text\"}", "{\"error\": {\"message\": 5, \"details\": []}}"] {
            assert_eq!(reply(529, body).class, Overloaded);
            assert_eq!(reply(400, body).class, BadRequest);
            assert_eq!(reply(301, body).class, ServerError);
        }
    }
}
