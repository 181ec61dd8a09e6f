//! Says what went wrong in the shape of the client's library, with the same machine-readable members in each.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Shape, wire};

/// What went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The failure class, or another word for machines: `approval_required`.
    pub code: &'a str,
    /// A sentence for people.
    pub message: &'a str,
    /// What to do about it.
    pub help: Option<&'a str>,
    /// The route, where one was found.
    pub route: Option<&'a str>,
    /// The account of the last attempt.
    pub provider: Option<&'a str>,
    /// The last attempt's target: `provider/model`.
    pub target: Option<&'a str>,
    /// The name of the key's source, never a key.
    pub key: Option<&'a str>,
    /// Which target was called, and how each call ended.
    pub attempts: &'a [(&'a str, &'a str)],
    /// The field of the request that is wrong.
    pub field: Option<&'a str>,
    /// What somebody has to approve: a JSON document.
    pub approval: Option<&'a RawValue>,
    /// The request's id.
    pub request: &'a str,
}

/// The body of a response with the problem's status.
pub fn error(shape: Shape, problem: &Problem<'_>) -> Vec<u8> {
    match shape {
        Shape::Chat | Shape::Responses | Shape::Embeddings => wire::body(&OpenAi::of(problem)),
        Shape::Messages => wire::body(&Anthropic::of(problem)),
    }
}

/// OpenAI's form: the whole body, and an event of a stream.
#[derive(Serialize)]
pub(super) struct OpenAi<'a> {
    pub(super) error: Said<'a>,
}

impl<'a> OpenAi<'a> {
    pub(super) fn of(problem: &'a Problem<'a>) -> Self {
        Self { error: Said::of(problem, "byok_error") }
    }
}

/// Anthropic's form.
#[derive(Serialize)]
pub(super) struct Anthropic<'a> {
    r#type: &'static str,
    error: Said<'a>,
    request_id: &'a str,
}

impl<'a> Anthropic<'a> {
    pub(super) fn of(problem: &'a Problem<'a>) -> Self {
        Self { r#type: "error", error: Said::of(problem, anthropic_type(problem.status)), request_id: problem.request }
    }
}

/// Anthropic's own name for the kind of an error.
fn anthropic_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        408 | 504 => "timeout_error",
        503 | 529 => "overloaded_error",
        // A key that is missing or rejected is the operator's mistake, not the request's.
        424 | 500.. => "api_error",
        _ => "invalid_request_error",
    }
}

/// What is said in either form.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'a str>,
    code: &'a str,
    route: Option<&'a str>,
    provider: Option<&'a str>,
    target: Option<&'a str>,
    key: Option<&'a str>,
    #[serde(serialize_with = "attempts")]
    attempts: &'a [(&'a str, &'a str)],
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<&'a RawValue>,
}

impl<'a> Said<'a> {
    fn of(problem: &'a Problem<'a>, kind: &'static str) -> Self {
        Self {
            message: problem.message,
            r#type: kind,
            param: problem.field,
            code: problem.code,
            route: problem.route,
            provider: problem.provider,
            target: problem.target,
            key: problem.key,
            attempts: problem.attempts,
            help: problem.help,
            approval: problem.approval,
        }
    }
}

#[derive(Serialize)]
struct Attempt<'a> {
    target: &'a str,
    outcome: &'a str,
}

fn attempts<S: Serializer>(attempts: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(attempts.iter().map(|(target, outcome)| Attempt { target, outcome }))
}
