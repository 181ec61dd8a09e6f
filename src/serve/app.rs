//! The addresses that are served.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use hyper::header::HeaderMap;
use hyper::{StatusCode, Uri};

use crate::clients::{self, Shape};
use crate::runtime::Report;

use super::Server;
use super::answer::answer;
use super::ready::ready;
use super::redeem::redeem;
use super::respond::{error, json, with_type};
use super::upstream::now;
use super::who::{caller, not_from_a_page};

type App = State<Arc<Server>>;

/// All of them.
pub(super) fn app(server: Arc<Server>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(|State(server): App, request: Request| answer(server, Shape::Chat, request)))
        .route("/v1/responses", post(|State(server): App, request: Request| answer(server, Shape::Responses, request)))
        .route("/v1/embeddings", post(|State(server): App, request: Request| answer(server, Shape::Embeddings, request)))
        .route("/v1/messages", post(|State(server): App, request: Request| answer(server, Shape::Messages, request)))
        .route("/byok/redeem", post(|State(server): App, request: Request| redeem(server, request)))
        .route("/v1/models", get(models))
        .route("/v1/models/{*name}", get(model))
        .route("/healthz", get(|| async { with_type(StatusCode::OK, "text/plain", "ok\n") }))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .with_state(server)
}

const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// In whose shape a request for something else than an answer is meant: Anthropic's libraries always name their version.
fn shape(headers: &HeaderMap, uri: &Uri) -> Shape {
    if headers.contains_key("anthropic-version") || uri.path().starts_with("/v1/messages") { Shape::Messages } else { Shape::Chat }
}

/// The names under which the caller may ask.
async fn models(State(server): App, headers: HeaderMap, uri: Uri) -> Response {
    listed(&server, &headers, &uri, None)
}

async fn model(State(server): App, name: Result<Path<String>, PathRejection>, headers: HeaderMap, uri: Uri) -> Response {
    listed(&server, &headers, &uri, Some(&name.map(|Path(name)| name).unwrap_or_default()))
}

fn listed(server: &Server, headers: &HeaderMap, uri: &Uri, only: Option<&str>) -> Response {
    let (service, shape) = (server.service(), shape(headers, uri));
    let open = not_from_a_page(headers, server.open).and_then(|()| caller(&service, headers)).map(|caller| service.open_to(caller));
    let names = open.as_ref().map(|open| open.iter().map(|(name, wanted)| (&**name, &*wanted.route.title)).collect::<Vec<_>>());
    match (names, only) {
        (Err(report), _) => error(shape, report, ""),
        (Ok(names), None) => json(StatusCode::OK, clients::models(shape, &names, now())),
        (Ok(names), Some(only)) => {
            if let Some((name, title)) = names.iter().find(|(name, _)| *name == only) {
                return json(StatusCode::OK, clients::model(shape, name, title, now()));
            }
            let what = "This caller may call no route of this name.";
            error(shape, &Report::new(404, "model_not_found", what, "`GET /v1/models` lists those that it may."), "")
        }
    }
}

/// Details are for callers, where there are any.
async fn readiness(State(server): App, headers: HeaderMap, uri: Uri) -> Response {
    let service = server.service();
    if let Err(report) = not_from_a_page(&headers, server.open) {
        return error(shape(&headers, &uri), &report, "");
    }
    ready(&service, caller(&service, &headers).is_ok(), server.ending.load(Ordering::Relaxed)).await
}

async fn metrics(State(server): App, headers: HeaderMap, uri: Uri) -> Response {
    match not_from_a_page(&headers, server.open) {
        Ok(()) => with_type(StatusCode::OK, METRICS, server.metrics.text()),
        Err(report) => error(shape(&headers, &uri), &report, ""),
    }
}

async fn nowhere(headers: HeaderMap, uri: Uri) -> Response {
    let help = "The addresses are /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/messages and /v1/models: OpenAI's libraries want a base address that ends in /v1, Anthropic's one without.";
    error(shape(&headers, &uri), &Report::new(404, "not_found", "byokc serves nothing at this address.", help), "")
}

async fn not_so(headers: HeaderMap, uri: Uri) -> Response {
    let report = Report::new(405, "method_not_allowed", "This address does not take this method.", "Send POST for answers, GET for lists.");
    error(shape(&headers, &uri), &report, "")
}
