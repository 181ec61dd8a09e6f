//! From what became of a request to an HTTP response in the shape of the client.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};

use crate::clients::{self, Problem, Shape};
use crate::runtime::Report;

/// So many headers a response has at most, those of hyper and axum among them.
const HEADERS: usize = 12;

/// A response with a body of JSON.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    with_type(status, "application/json", Body::from(body))
}

/// A response with a body of some type.
pub(super) fn with_type(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A response that says what went wrong. A client library is told not to try again by itself, unless that can help.
pub(super) fn error(shape: Shape, report: &Report, id: &str) -> Response {
    let body = problem(report, id, |problem| clients::error(shape, problem));
    let mut response = json(StatusCode::from_u16(report.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body);
    let headers = response.headers_mut();
    let busy = report.code == super::BUSY;
    put(headers, "x-should-retry", if busy { "true" } else { "false" });
    if busy {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if report.status == 401 {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    put(headers, "x-byok-request", id);
    if let Some(route) = &report.route {
        put(headers, "x-byok-route", route);
    }
    if let Some(target) = &report.target {
        put(headers, "x-byok-target", target);
        attempts(headers, report.attempts.len());
    }
    response
}

/// Lends what is said of a failure to the client's shape.
pub(super) fn problem<T>(report: &Report, id: &str, write: impl FnOnce(&Problem<'_>) -> T) -> T {
    let attempts: Vec<_> = report.attempts.iter().map(|tried| (tried.target.as_str(), tried.outcome)).collect();
    let ask = report.ask.as_ref().and_then(|ask| serde_json::value::to_raw_value(ask).ok());
    write(&Problem {
        status: report.status,
        code: report.code,
        message: &report.message,
        help: report.help.as_deref(),
        route: report.route.as_deref(),
        provider: report.provider.as_deref(),
        target: report.target.as_deref(),
        key: report.key.as_deref(),
        attempts: &attempts,
        field: report.field.as_deref(),
        approval: ask.as_deref(),
        request: id,
    })
}

/// How many attempts were made.
pub(super) fn attempts(headers: &mut HeaderMap, tried: usize) {
    headers.insert("x-byok-attempts", HeaderValue::from(tried));
}

/// A header whose value comes from the plan; one that cannot stand in a header is left out.
pub(super) fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(value.as_bytes())) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
