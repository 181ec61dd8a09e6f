//! Every row of the rules for OpenAI and those that speak as it does, with bodies as these providers write them.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::failure::Failure::{
    BadRequest, ContentPolicy, ContextLength, InvalidKey, ModelNotFound, Overloaded, Permission, Quota, RateLimit, ServerError, Timeout,
};
use crate::providers::testing::With;

fn reply<'a>(status: u16, body: &'a [u8], headers: &'a dyn Fn(&str) -> Option<&'a str>) -> Reply<'a> {
    Reply { status, headers, body, now: 0 }
}

fn classified(with: &With, status: u16, body: &str) -> Failed {
    with.target(|target| classify(target, &reply(status, body.as_bytes(), &|_| None)))
}

fn check(with: &With, rows: &[(u16, String, Failure)]) {
    for (status, body, class) in rows {
        assert_eq!(classified(with, *status, body).class, *class, "{status} {body}");
    }
}

/// As OpenAI writes it.
fn openai(kind: &str, code: Option<&str>, param: Option<&str>, message: &str) -> String {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}}).to_string()
}

#[test]
fn openai_has_the_classes_of_the_table() {
    let invalid = |code, message| openai("invalid_request_error", Some(code), None, message);
    let limit = |kind, code, message| openai(kind, Some(code), None, message);
    let rows = [
        (400, invalid("context_length_exceeded", "This model's maximum context length is 128000 tokens."), ContextLength),
        (400, invalid("content_policy_violation", "Your request was rejected by the safety system."), ContentPolicy),
        (400, invalid("invalid_prompt", "Invalid prompt: your prompt was flagged."), ContentPolicy),
        (400, invalid("content_filter", "The response was filtered."), ContentPolicy),
        (400, openai("invalid_request_error", None, Some("model"), "This model is only supported in v1/responses."), BadRequest),
        (400, openai("invalid_request_error", Some("unsupported_value"), Some("temperature"), "Unsupported value."), BadRequest),
        (422, openai("invalid_request_error", None, None, "Unprocessable."), BadRequest),
        (401, invalid("invalid_api_key", "Incorrect API key provided: sk-a***b."), InvalidKey),
        (401, openai("invalid_request_error", None, None, "You didn't provide an API key."), InvalidKey),
        (401, openai("invalid_request_error", None, None, "You must be a member of an organization to use the API."), InvalidKey),
        (401, invalid("ip_not_authorized", "Your IP address 1.2.3.4 is not on the allowlist."), Permission),
        (403, limit("request_forbidden", "unsupported_country_region_territory", "Country not supported"), Permission),
        (403, invalid("model_not_found", "Project `p` does not have access to model `m`."), Permission),
        (404, invalid("model_not_found", "The model `m` does not exist."), ModelNotFound),
        (408, String::new(), Timeout),
        (409, openai("conflict", None, None, "Please try again."), ServerError),
        (429, limit("insufficient_quota", "insufficient_quota", "You exceeded your current quota."), Quota),
        (429, openai("insufficient_quota", None, None, "You exceeded your current quota."), Quota),
        (429, limit("billing", "credit_balance_exhausted", "No credit."), Quota),
        (429, limit("billing", "organization_spend_limit_exceeded", "Limit."), Quota),
        (429, limit("billing", "project_spend_limit_exceeded", "Limit."), Quota),
        (429, limit("billing", "organization_usage_limit_exceeded", "Limit."), Quota),
        (429, limit("requests", "slow_down", "Slow down."), RateLimit),
        (429, limit("tokens", "rate_limit_exceeded", "Request too large for m on tokens per min (TPM): Limit 30000."), ContextLength),
        (429, limit("requests", "rate_limit_exceeded", "Rate limit reached for m."), RateLimit),
        (500, openai("server_error", None, None, "The server had an error."), ServerError),
        (502, "<html>Bad Gateway</html>".to_owned(), ServerError),
        (504, "upstream timed out".to_owned(), ServerError),
        (503, limit("server_error", "server_is_overloaded", "Overloaded."), Overloaded),
        (503, String::new(), Overloaded),
        (200, String::new(), ServerError),
        (302, String::new(), ServerError),
    ];
    check(&With::openai("m"), &rows);
}

#[test]
fn azure_mistral_and_groq_have_theirs() {
    let filtered = json!({"error": {"message": "The response was filtered", "type": null, "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation"}}});
    let azure = [
        (400, filtered.to_string(), ContentPolicy),
        (404, json!({"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}).to_string(), ModelNotFound),
        (401, json!({"error": {"code": "401", "message": "Access denied due to invalid subscription key."}}).to_string(), InvalidKey),
        (403, json!({"error": {"code": "403", "message": "Forbidden."}}).to_string(), Permission),
        (429, json!({"error": {"code": "429", "message": "Requests have exceeded the call rate limit."}}).to_string(), RateLimit),
        (500, json!({"error": {"code": "InternalServerError", "message": "x"}}).to_string(), ServerError),
    ];
    check(&With::openai("m").vendor("azure"), &azure);

    let mistral =
        |kind: &str, message: &str| json!({"object": "error", "message": message, "type": kind, "param": null, "code": "1"}).to_string();
    let rows = [
        (402, mistral("payment", "Payment required."), Quota),
        (422, json!({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}).to_string(), BadRequest),
        (429, mistral("service_tier_capacity_exceeded", "Service tier capacity exceeded for this model."), Overloaded),
        (429, mistral("rate_limited", "Requests rate limit exceeded"), RateLimit),
        (400, mistral("invalid_request", "Prompt is too long: 40000 tokens"), ContextLength),
    ];
    check(&With::compatible("m").vendor("mistral"), &rows);

    let rows = [
        (413, openai("tokens", Some("request_too_large"), None, "Request too large."), ContextLength),
        (498, openai("capacity", Some("capacity_exceeded"), None, "Flex tier capacity exceeded."), Overloaded),
        (499, openai("cancelled", None, None, "Request cancelled."), BadRequest),
    ];
    check(&With::compatible("m").vendor("groq"), &rows);
}

/// As OpenRouter writes it.
fn routed(status: u16, message: &str, metadata: &serde_json::Value) -> (u16, String) {
    (status, json!({"error": {"code": status, "message": message, "metadata": metadata}}).to_string())
}

#[test]
fn openrouter_goes_by_the_type_first_whatever_the_status() {
    for (kind, class) in [
        ("context_length_exceeded", ContextLength),
        ("token_limit_exceeded", ContextLength),
        ("string_too_long", ContextLength),
        ("payload_too_large", ContextLength),
        ("authentication", InvalidKey),
        ("permission_denied", Permission),
        ("payment_required", Quota),
        ("rate_limit_exceeded", RateLimit),
        ("provider_overloaded", Overloaded),
        ("provider_unavailable", Overloaded),
        ("not_found", ModelNotFound),
        ("content_policy_violation", ContentPolicy),
        ("refusal", ContentPolicy),
        ("timeout", Timeout),
        ("server", ServerError),
        ("unmapped", ServerError),
        ("invalid_request", BadRequest),
    ] {
        let (_, body) = routed(400, "the maximum context length is a thing", &json!({"error_type": kind, "provider_name": "X"}));
        for status in [400, 403, 502] {
            assert_eq!(classified(&With::openrouter("m"), status, &body).class, class, "{status} {kind}");
        }
    }
}

#[test]
fn openrouter_goes_by_the_status_then() {
    let none = json!({});
    let rows = [
        (routed(401, "No auth credentials found", &none), InvalidKey),
        (routed(401, "Provider returned error", &json!({"provider_name": "Anthropic", "raw": "invalid x-api-key"})), InvalidKey),
        (routed(402, "Insufficient credits", &none), Quota),
        (routed(403, "Input was flagged", &json!({"reasons": ["violence"], "flagged_input": "429"})), ContentPolicy),
        (routed(403, "Blocked by a guardrail", &none), Permission),
        (routed(404, "No endpoints found matching your data policy (Free model training)", &none), Permission),
        (routed(404, "No endpoints found for x/y", &none), ModelNotFound),
        (routed(408, "Timed out", &none), Timeout),
        (routed(524, "Timed out", &none), Timeout),
        (routed(413, "Payload too large", &none), ContextLength),
        (routed(429, "Rate limit exceeded", &none), RateLimit),
        (routed(500, "Internal", &none), ServerError),
        (routed(502, "Provider returned error", &json!({"provider_name": "X"})), ServerError),
        (routed(503, "No available provider meets your routing requirements", &none), Overloaded),
        (routed(529, "Overloaded", &none), Overloaded),
        (routed(400, "This endpoint's maximum context length is 131072 tokens.", &none), ContextLength),
        (routed(400, "x is not a valid model ID", &none), BadRequest),
    ];
    for ((status, body), class) in rows {
        assert_eq!(classified(&With::openrouter("m"), status, &body).class, class, "{status} {body}");
    }
}

#[test]
fn what_runs_at_the_moment_passes_if_openrouter_says_when() {
    let (status, body) = routed(402, "In-flight budget", &json!({"limit_source": "openrouter_in_flight_budget"}));
    let soon = |name: &str| (name == "retry-after").then_some("3");
    With::openrouter("m").target(|target| {
        let failed = classify(target, &reply(status, body.as_bytes(), &soon));
        assert_eq!((failed.class, failed.wait), (RateLimit, Some(Duration::from_secs(3))));
        assert_eq!(classify(target, &reply(status, body.as_bytes(), &|_| None)).class, Quota);
    });
}

#[test]
fn every_shape_of_an_overflow_is_known() {
    let phrase = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
    let rows = [
        (
            400,
            json!({"object": "error", "message": phrase, "type": "BadRequestError", "param": null, "code": 400}).to_string(),
            ContextLength,
        ),
        (
            400,
            json!({"error": {"message": phrase, "type": "BadRequestError", "param": "input_tokens", "code": 400}}).to_string(),
            ContextLength,
        ),
        (400, json!({"error": "input is too long for requested model"}).to_string(), ContextLength),
        (413, json!({"error": {"message": phrase}}).to_string(), ContextLength),
        (
            400,
            json!([{"error": {"code": 400, "message": "The input token count (9) exceeds the maximum number of tokens (8).",
                "status": "INVALID_ARGUMENT"}}])
            .to_string(),
            ContextLength,
        ),
        (500, json!({"error": {"message": phrase}}).to_string(), ServerError),
    ];
    check(&With::compatible("m"), &rows);
}

#[test]
fn what_is_echoed_says_nothing() {
    let user = "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 300 instead.";
    let rows = [
        (400, openai("invalid_request_error", Some("string_above_max_length"), Some("user"), user), BadRequest),
        (
            400,
            openai("invalid_request_error", None, Some("user"), "string too long: tell me what the maximum context length is"),
            BadRequest,
        ),
        (400, openai("invalid_request_error", None, Some("tools[0].function.name"), "Invalid 'prompt is too long': bad name"), BadRequest),
        (400, openai("invalid_request_error", None, None, "Invalid value: 'error 429: insufficient_quota'."), BadRequest),
        (
            400,
            openai("invalid_request_error", None, None, r#"Cannot parse "the maximum context length is \"4\", prompt is too long""#),
            BadRequest,
        ),
        (429, openai("requests", None, None, "Rate limit reached while you sent 'request too large'."), RateLimit),
    ];
    check(&With::openai("m"), &rows);
}

#[test]
fn a_field_is_kept_where_it_has_the_form_of_one() {
    let field = |param: &str| classified(&With::openai("m"), 400, &openai("invalid_request_error", None, Some(param), "no")).field;
    assert_eq!(field("messages[1].content").as_deref(), Some("messages[1].content"));
    assert_eq!(field("_x-y").as_deref(), Some("_x-y"));
    for words in ["", "1a", "your key sk-1 is bad", "ä", &"a".repeat(65)] {
        assert_eq!(field(words), None, "{words}");
    }
    let denied = openai("x", None, Some("model"), "no");
    assert_eq!(classified(&With::openai("m"), 403, &denied).field, None, "only of a bad request");
}

#[test]
fn a_wait_is_stated_in_a_header_or_in_googles_details() {
    let body = json!([{"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"}]}}])
    .to_string();
    let header = |name: &str| (name == "retry-after-ms").then_some("250");
    With::compatible("m").target(|target| {
        assert_eq!(classify(target, &reply(429, body.as_bytes(), &|_| None)).wait, Some(Duration::from_millis(1500)));
        assert_eq!(classify(target, &reply(429, body.as_bytes(), &header)).wait, Some(Duration::from_millis(250)));
    });
}

fn anybody() -> [With; 5] {
    [With::openai("m"), With::openrouter("m"), With::compatible("m").vendor("mistral"), With::anthropic("m"), With::gemini("m")]
}

proptest! {
    #[test]
    fn any_reply_has_a_class_that_a_call_can_fail_with(status in 100u16..=999, body in ".{0,200}", param in ".{0,80}", wait in ".{0,30}") {
        let shaped = json!({"error": {"message": body, "param": param, "code": body, "type": body, "details": [{"retryDelay": wait}],
            "metadata": {"error_type": param}}}).to_string();
        for with in anybody() {
            for body in [body.as_bytes(), shaped.as_bytes()] {
                let failed = with.target(|target| classify(target, &reply(status, body, &|_| Some(&wait))));
                prop_assert!(failed.class.of_a_call());
                prop_assert!(failed.field.is_none_or(|field| field.bytes().all(|byte| byte.is_ascii_graphic())));
            }
        }
    }

    #[test]
    fn any_bytes_have_a_class(status in 400u16..600, body in prop::collection::vec(any::<u8>(), 0..100)) {
        for with in anybody() {
            prop_assert!(with.target(|target| classify(target, &reply(status, &body, &|_| None))).class.of_a_call());
        }
    }
}
