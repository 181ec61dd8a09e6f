//! Turns Gemini's errors into failures, by status first and what the body says then.

use std::time::Duration;

use serde_json::Value;

use super::{field, of_status, overflows, wait};
use crate::failure::Failure;
use crate::providers::{Failed, Reply};

/// The failure that a reply other than 200 tells of.
pub(in crate::providers) fn classify(reply: &Reply<'_>) -> Failed {
    let body = serde_json::from_slice(reply.body).unwrap_or_default();
    let failed = failed(reply.status, error(&body));
    Failed { wait: wait::stated(reply).or(failed.wait), ..failed }
}

/// The failure that an error in the middle of a stream tells of: the body stands there alone, its code is the status.
pub(in crate::providers) fn in_stream(data: &str) -> Failed {
    let body: Value = serde_json::from_str(data).unwrap_or_default();
    let error = error(&body);
    let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    failed(status.unwrap_or(500), error)
}

/// The error itself: some endpoints put the body into a list of one.
fn error(body: &Value) -> &Value {
    body.get(0).unwrap_or(body).get("error").unwrap_or(&Value::Null)
}

fn failed(status: u16, error: &Value) -> Failed {
    let class = class(status, error);
    let violated = || details(error).find_map(|detail| detail.pointer("/fieldViolations/0/field").and_then(Value::as_str));
    let field = (class == Failure::BadRequest).then(|| violated().and_then(field)).flatten();
    Failed { class, wait: retry_delay(error), field }
}

fn class(status: u16, error: &Value) -> Failure {
    match status {
        400 if details(error).any(|detail| text(detail, "reason") == "API_KEY_INVALID") => Failure::InvalidKey,
        400 if text(error, "status") == "FAILED_PRECONDITION" => Failure::Quota,
        400 if overflows(text(error, "message")) => Failure::ContextLength,
        429 if details(error).any(of_a_day) => Failure::Quota,
        _ => of_status(status),
    }
}

/// Whether a detail names a quota that is counted by the day: no wait of minutes clears it.
fn of_a_day(detail: &Value) -> bool {
    let violations = detail.get("violations").and_then(Value::as_array);
    violations.into_iter().flatten().any(|violation| text(violation, "quotaId").contains("PerDay"))
}

fn retry_delay(error: &Value) -> Option<Duration> {
    details(error).filter(|detail| text(detail, "@type").ends_with("RetryInfo")).find_map(|detail| wait::delay(text(detail, "retryDelay")))
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

fn text<'b>(value: &'b Value, member: &str) -> &'b str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Failure::{BadRequest, ContextLength, InvalidKey, ModelNotFound, Overloaded, Permission, Quota, RateLimit, ServerError, Timeout};
    use serde_json::json;

    fn reply(status: u16, body: &str) -> Failed {
        classify(&Reply { status, headers: &|_| None, body: body.as_bytes(), now: 0 })
    }

    fn rows() -> Vec<(u16, &'static str, &'static str, Value, Failure)> {
        let key = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"});
        let token = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED"});
        let quota = |id: &str| json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": id}]});
        let day = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
        let minute = quota("GenerateContentInputTokensPerModelPerMinute");
        let too_long = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
        vec![
            (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", json!([key]), InvalidKey),
            (400, "FAILED_PRECONDITION", "The free tier is not available in your country.", json!([]), Quota),
            (400, "INVALID_ARGUMENT", too_long, json!([]), ContextLength),
            (400, "INVALID_ARGUMENT", "Invalid value", json!([]), BadRequest),
            (401, "UNAUTHENTICATED", "Expected an OAuth 2 access token", json!([token]), InvalidKey),
            (403, "PERMISSION_DENIED", "Your project has been denied access", json!([]), Permission),
            (404, "NOT_FOUND", "models/nothing is not found", json!([]), ModelNotFound),
            (408, "DEADLINE_EXCEEDED", "Slow", json!([]), Timeout),
            (413, "INVALID_ARGUMENT", "Too large", json!([]), ContextLength),
            (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", json!([minute, day]), Quota),
            (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", json!([minute]), RateLimit),
            (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted", json!([]), RateLimit),
            (499, "CANCELLED", "The operation was cancelled.", json!([]), BadRequest),
            (500, "INTERNAL", "An internal error has occurred", json!([]), ServerError),
            (502, "INTERNAL", "Bad gateway", json!([]), ServerError),
            (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", json!([]), Overloaded),
            (504, "DEADLINE_EXCEEDED", "The request timed out.", json!([]), Timeout),
        ]
    }

    #[test]
    fn every_row_has_its_class_alone_in_a_list_and_in_a_stream() {
        for (status, name, message, details, class) in rows() {
            let body = json!({"error": {"code": status, "message": message, "status": name, "details": details}});
            assert_eq!(reply(status, &body.to_string()).class, class, "{status} {message}");
            assert_eq!(reply(status, &json!([body]).to_string()).class, class, "{status} {message} in a list");
            assert_eq!(in_stream(&body.to_string()).class, class, "{status} {message} in a stream");
        }
    }

    #[test]
    fn a_wait_is_in_the_headers_or_in_the_details() {
        let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"});
        let body = json!({"error": {"code": 429, "details": [retry]}}).to_string();
        assert_eq!(reply(429, &body).wait, Some(Duration::from_millis(34_500)));
        assert_eq!(in_stream(&body).wait, Some(Duration::from_millis(34_500)));
        let header = classify(&Reply { status: 429, headers: &|_| Some("2000"), body: body.as_bytes(), now: 0 });
        assert_eq!(header.wait, Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_wrong_field_is_named() {
        let violation = |field: &str| {
            let detail =
                json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field, "description": "…"}]});
            reply(400, &json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [detail]}}).to_string())
        };
        assert_eq!(violation("contents[0].parts").field.as_deref(), Some("contents[0].parts"));
        assert_eq!(violation("what you wrote").field, None);
    }

    #[test]
    fn a_body_that_is_none_of_its_own_is_read_by_status() {
        for body in ["", "<html>", "[]", "{\"error\": \"text\"}", "{\"error\": {\"code\": \"x\", \"message\": 5, \"details\": {}}}"] {
            assert_eq!(reply(503, body).class, Overloaded);
            assert_eq!(reply(400, body).class, BadRequest);
            assert_eq!(in_stream(body).class, ServerError);
        }
    }
}
