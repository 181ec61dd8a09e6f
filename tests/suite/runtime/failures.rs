//! How each protocol says each failure class.

use std::time::Duration;

use serde_json::json;

use super::upstream::{Play, Seen};

/// Every class with which a call can fail for what the provider does.
pub(crate) const CLASSES: [&str; 11] = [
    "invalid_key",
    "permission",
    "quota",
    "rate_limit",
    "overloaded",
    "server_error",
    "timeout",
    "context_length",
    "content_policy",
    "model_not_found",
    "bad_request",
];

/// What must never come out: it stands in every error body.
pub(crate) const PLANTED: &str = "the provider's own words 7f3a";

/// An answer of this class, in the shape of the request's protocol.
pub(crate) fn play(class: &str, seen: &Seen) -> Play {
    if class == "timeout" {
        return Play::Stall(Duration::from_secs(3));
    }
    if class == "content_policy" && seen.streams() {
        match seen.protocol() {
            "anthropic" => {
                return refusal(&[
                    (
                        "message_start",
                        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": null, "usage": {"input_tokens": 7, "output_tokens": 0}}}),
                    ),
                    (
                        "message_delta",
                        json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": {"category": "cyber", "explanation": PLANTED}}, "usage": {"output_tokens": 0}}),
                    ),
                    ("message_stop", json!({"type": "message_stop"})),
                ]);
            }
            "gemini" => {
                return refusal(&[(
                    "",
                    json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 7}}),
                )]);
            }
            _ => {}
        }
    }
    let openrouter = seen.path.contains("/api/v1/");
    let (status, body) = match seen.protocol() {
        "anthropic" => anthropic(class),
        "gemini" => gemini(class),
        _ if openrouter => router(class),
        _ => openai(class),
    };
    Play::Fail(status, Vec::new(), body)
}

/// A stream that refuses.
fn refusal(events: &[(&str, serde_json::Value)]) -> Play {
    let event = |(name, data): &(&str, serde_json::Value)| {
        if name.is_empty() { format!("data: {data}\n\n") } else { format!("event: {name}\ndata: {data}\n\n") }
    };
    let body: String = events.iter().map(event).collect();
    Play::Raw(vec![(
        Duration::ZERO,
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{body}").into_bytes(),
    )])
}

fn openai(class: &str) -> (u16, String) {
    let (status, kind, code) = match class {
        "invalid_key" => (401, "invalid_request_error", "invalid_api_key"),
        "permission" => (403, "request_forbidden", "unsupported_country_region_territory"),
        "quota" => (429, "insufficient_quota", "insufficient_quota"),
        "rate_limit" => (429, "requests", "rate_limit_exceeded"),
        "overloaded" => (503, "service_unavailable_error", "server_is_overloaded"),
        "server_error" => (500, "server_error", "server_error"),
        "context_length" => (400, "invalid_request_error", "context_length_exceeded"),
        "content_policy" => (400, "invalid_request_error", "content_policy_violation"),
        "model_not_found" => (404, "invalid_request_error", "model_not_found"),
        _ => (400, "invalid_request_error", "invalid_value"),
    };
    (status, json!({"error": {"message": PLANTED, "type": kind, "param": "messages[0].content", "code": code}}).to_string())
}

fn anthropic(class: &str) -> (u16, String) {
    let said = |words: &str| format!("{words} {PLANTED}");
    let (status, kind, message) = match class {
        "invalid_key" => (401, "authentication_error", said("invalid x-api-key")),
        "permission" => (403, "permission_error", said("")),
        "quota" => (402, "billing_error", said("")),
        "rate_limit" => (429, "rate_limit_error", said("")),
        "overloaded" => (529, "overloaded_error", said("Overloaded")),
        "server_error" => (500, "api_error", said("")),
        "context_length" => (400, "invalid_request_error", said("prompt is too long: 250000 tokens > 200000 maximum")),
        "content_policy" => {
            let body = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": "refusal",
                "stop_details": {"category": "cyber", "explanation": PLANTED}, "usage": {"input_tokens": 7, "output_tokens": 0}});
            return (200, body.to_string());
        }
        "model_not_found" => (404, "not_found_error", said("")),
        _ => (400, "invalid_request_error", said("")),
    };
    (status, json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}).to_string())
}

fn gemini(class: &str) -> (u16, String) {
    let error = |code: u16, status: &str, message: &str, details: serde_json::Value| {
        (
            code,
            json!({"error": {"code": code, "message": format!("{message} {PLANTED}"), "status": status, "details": details}}).to_string(),
        )
    };
    let info = |reason: &str| json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]);
    let quota = |id: &str| json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": id}]}]);
    match class {
        "invalid_key" => error(400, "INVALID_ARGUMENT", "API key not valid.", info("API_KEY_INVALID")),
        "permission" => error(403, "PERMISSION_DENIED", "", json!([])),
        "quota" => error(429, "RESOURCE_EXHAUSTED", "", quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")),
        "rate_limit" => error(429, "RESOURCE_EXHAUSTED", "", quota("GenerateRequestsPerMinutePerProjectPerModel")),
        "overloaded" => error(503, "UNAVAILABLE", "The model is overloaded.", json!([])),
        "server_error" => error(500, "INTERNAL", "", json!([])),
        "context_length" => error(
            400,
            "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            json!([]),
        ),
        "content_policy" => {
            (200, json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 7}}).to_string())
        }
        "model_not_found" => error(404, "NOT_FOUND", "", json!([])),
        _ => error(400, "INVALID_ARGUMENT", "", json!([])),
    }
}

fn router(class: &str) -> (u16, String) {
    let (status, kind) = match class {
        "invalid_key" => (401, "authentication"),
        "permission" => (403, "permission_denied"),
        "quota" => (402, "payment_required"),
        "rate_limit" => (429, "rate_limit_exceeded"),
        "overloaded" => (503, "provider_overloaded"),
        "server_error" => (502, "server"),
        "context_length" => (400, "context_length_exceeded"),
        "content_policy" => (403, "content_policy_violation"),
        "model_not_found" => (404, "not_found"),
        _ => (400, "invalid_request"),
    };
    (status, json!({"error": {"code": status, "message": PLANTED, "metadata": {"error_type": kind, "raw": PLANTED}}}).to_string())
}
