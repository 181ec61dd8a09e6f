//! One request from an agent: who asks, for what, and the response.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::StatusCode;
use hyper::header::{HeaderMap, ORIGIN};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use crate::clients::{self, Head, NotUnderstood, Shape};
use crate::failure::Failure;
use crate::runtime::{Denied, Report, admit, may_call, serves};

use super::callers::Caller;
use super::follow::{Asked, Reply, Served, Turn};
use super::respond::{attempts, error, json, put, with_type};
use super::service::Service;
use super::stream::{Setting, Streamed};
use super::upstream::now;
use super::{BUSY, Server};

/// A client that takes longer to send a request is cut off.
const SLOW: Duration = Duration::from_secs(60);

/// Answers a request for a completion or for vectors.
pub(super) async fn answer(server: Arc<Server>, shape: Shape, request: Request) -> Response {
    let (started, id) = (Instant::now(), new_id());
    let under_way = server.metrics.begin();
    let service = server.service();
    let (route, outcome) = match respond(&server, &service, shape, request, &id, started).await {
        Ok((route, mut response)) => {
            response.headers_mut().insert("x-byok-plan", service.digest.clone());
            drop(under_way);
            // A stream counts itself when it ends.
            if response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream") {
                return response;
            }
            (route, Ok(response))
        }
        Err(report) => (report.route.clone().unwrap_or_default(), Err(report)),
    };
    match outcome {
        Ok(response) => {
            server.metrics.request(&route, "served", started.elapsed());
            response
        }
        Err(report) => {
            server.metrics.request(&route, report.code, started.elapsed());
            tracing::info!(request = %id, route, code = report.code, status = report.status, "a request failed");
            let mut response = error(shape, &report, &id);
            response.headers_mut().insert("x-byok-plan", service.digest.clone());
            response
        }
    }
}

async fn respond(
    server: &Arc<Server>,
    service: &Arc<Service>,
    shape: Shape,
    request: Request,
    id: &str,
    started: Instant,
) -> Result<(String, Response), Report> {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    same_origin(&headers)?;
    let permit = Arc::clone(&server.places).try_acquire_owned().map_err(|_| busy())?;
    let caller = caller(service, &headers)?;
    let body = read_body(body, server.max_body).await?;
    let (asked, model) = read(shape, &body)?;
    let (name, route) = service.router.find(&model).ok_or_else(|| unknown(service, caller, &model))?;
    permitted(service, caller, name)?;
    let admitted = match &asked {
        Asked::Chat(request, _) => serves(route, name, "chat").and_then(|()| admit(&service.router, route, request)),
        Asked::Vectors(_) => serves(route, name, "embedding"),
    };
    admitted.map_err(|denied| Report::denied(name, &route.title, &denied))?;
    let turn =
        Turn { service, upstream: &server.upstream, metrics: &server.metrics, name, route, asked: &asked, headers: &headers, started };
    let served = turn.follow().await?;
    tracing::debug!(request = %id, route = name, target = %served.attempt.target, attempts = served.tried.len(), "served");
    let head = Head { id, model: &model, created: now() };
    let (tried, target) = (served.tried.clone(), served.attempt.target.clone());
    let dropped = served.dropped.join(", ");
    let mut response = write(server, service, &asked, &head, name, served, (started, permit));
    let headers = response.headers_mut();
    put(headers, "x-byok-request", id);
    put(headers, "x-byok-route", name);
    put(headers, "x-byok-target", &target);
    attempts(headers, &tried);
    if !dropped.is_empty() {
        put(headers, "x-byok-dropped", &dropped);
    }
    Ok((name.to_owned(), response))
}

/// A page in a browser must not use the agent's server behind its user's back.
pub(super) fn same_origin(headers: &HeaderMap) -> Result<(), Report> {
    let foreign = |value: &hyper::header::HeaderValue| !matches!(value.as_bytes(), b"same-origin" | b"none");
    if headers.contains_key(ORIGIN) || headers.get("sec-fetch-site").is_some_and(foreign) {
        let what = "This request comes from a page in a browser, which byokc does not serve.";
        return Err(Report::new(403, "cross_origin", what, "Call from a program, not from a page."));
    }
    Ok(())
}

fn busy() -> Report {
    Report::new(503, BUSY, "byokc is answering as many requests as it may.", "Try again in a moment, or start another instance.")
}

/// Who asks.
pub(super) fn caller<'s>(service: &'s Service, headers: &HeaderMap) -> Result<Caller<'s>, Report> {
    service.callers.who(headers).ok_or_else(|| {
        let what = "This request brings no token of a caller that the policy names.";
        Report::new(401, "unauthorized", what, "Send the caller's token as `authorization: Bearer`, or in `x-api-key`.")
    })
}

/// The whole body, if it is not too large and comes in time.
async fn read_body(body: Body, most: usize) -> Result<bytes::Bytes, Report> {
    match timeout(SLOW, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => {
            let what = format!("The request is larger than {most} bytes.");
            Err(Report::new(413, Failure::TooLarge.as_str(), &what, "Send less, or start byokc with a larger --max-body."))
        }
        Ok(Err(_)) => Err(Report::new(400, Failure::BadRequest.as_str(), "The request broke off.", "Send it whole.")),
        Err(_) => Err(Report::new(408, Failure::Timeout.as_str(), "The request did not arrive in time.", "Send it faster.")),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

fn read(shape: Shape, body: &[u8]) -> Result<(Asked, String), Report> {
    let read = if matches!(shape, Shape::Embeddings) {
        clients::read_embed(body).map(|request| (request.model.clone(), Asked::Vectors(request)))
    } else {
        clients::read(shape, body).map(|request| (request.model.clone(), Asked::Chat(request, shape)))
    };
    let (model, asked) = read.map_err(|not| not_understood(&not))?;
    Ok((asked, model))
}

fn not_understood(not: &NotUnderstood) -> Report {
    let what =
        if not.field.is_empty() { format!("The request {}.", not.why) } else { format!("In the request `{}` {}.", not.field, not.why) };
    Report::new(400, Failure::BadRequest.as_str(), &what, "Nobody was called.").of_field(&not.field)
}

/// That there is no such route; those that the caller may call are named.
fn unknown(service: &Service, caller: Caller<'_>, asked: &str) -> Report {
    let plan = service.router.plan();
    if let Some((workflow, step)) = asked.split_once('/')
        && plan.workflows.get(workflow).is_some_and(|workflow| workflow.steps.contains_key(step))
    {
        return Report::denied(asked, asked, &Denied::Guard("the order of a workflow"));
    }
    let allowed: Vec<&str> = plan.routes.keys().map(|name| &**name).filter(|name| permitted(service, caller, name).is_ok()).collect();
    let help = if allowed.is_empty() {
        "This caller may call none.".to_owned()
    } else {
        format!("Ask for one of these as `model`: {}.", allowed.join(", "))
    };
    let what = "The policy has no route of the name that the request gives as `model`.";
    Report::new(404, Failure::ModelNotFound.as_str(), what, &help).of_field("model")
}

/// Whether a caller may call a route directly.
pub(super) fn permitted(service: &Service, caller: Caller<'_>, route: &str) -> Result<(), Report> {
    let Caller::Known(name) = caller else { return Ok(()) };
    if service.router.plan().callers.get(name).is_some_and(|caller| may_call(caller, route)) {
        return Ok(());
    }
    let what = format!("The policy does not let the caller {name} call the route {route}.");
    Err(Report::new(403, "forbidden", &what, "Call a route that it may call, or name this one under its `routes`.").of_route(route))
}

fn write(
    server: &Arc<Server>,
    service: &Arc<Service>,
    asked: &Asked,
    head: &Head<'_>,
    name: &str,
    served: Served<'_>,
    (started, permit): (Instant, OwnedSemaphorePermit),
) -> Response {
    match (served.reply, asked) {
        (Reply::Answer(answer), Asked::Chat(_, shape)) => {
            server.metrics.usage(name, &served.attempt.target, answer.usage);
            json(StatusCode::OK, clients::write(*shape, head, &answer))
        }
        (Reply::Vectors(vectors), Asked::Vectors(request)) => {
            let usage = crate::exchange::Usage { input: vectors.input_tokens, ..Default::default() };
            server.metrics.usage(name, &served.attempt.target, usage);
            json(StatusCode::OK, clients::write_embeddings(head, request, &vectors))
        }
        (Reply::Stream(opening), Asked::Chat(request, shape)) => {
            let route = service.router.plan().routes.get(name);
            let deadline = route.and_then(|route| route.deadline_ms).map(|deadline| started + Duration::from_millis(deadline));
            let (ending, counted) = (Ending::new(service, name, served.attempt, served.tried), Arc::clone(server));
            let (route, target) = (name.to_owned(), served.attempt.target.to_string());
            let mut writer = clients::Stream::new(*shape, head, request);
            writer.served_by(&target, opening.signs);
            let setting = Setting {
                writer,
                report: Box::new(move |class| ending.report(class)),
                id: head.id.to_owned(),
                idle: Duration::from_millis(served.attempt.timeout_ms),
                deadline,
                ended: Box::new(move |ended, usage| {
                    counted.metrics.usage(&route, &target, usage);
                    counted.metrics.request(&route, ended, started.elapsed());
                }),
                permit,
            };
            with_type(StatusCode::OK, "text/event-stream", Body::new(Streamed::new(opening, setting)))
        }
        // `follow` answers each with its own.
        _ => error(Shape::Chat, &Report::new(500, Failure::ServerError.as_str(), "The answer is of another kind.", "Tell us."), head.id),
    }
}

/// What is needed to say why a stream broke off.
struct Ending {
    service: Arc<Service>,
    route: String,
    attempt: crate::plan::Attempt<'static>,
    tried: Vec<crate::runtime::Tried>,
}

impl Ending {
    fn new(service: &Arc<Service>, route: &str, attempt: &crate::plan::Attempt<'static>, tried: Vec<crate::runtime::Tried>) -> Self {
        Self { service: Arc::clone(service), route: route.to_owned(), attempt: attempt.clone(), tried }
    }

    fn report(mut self, class: Failure) -> Report {
        if let Some(last) = self.tried.last_mut() {
            last.outcome = class.as_str();
        }
        let plan = self.service.router.plan();
        match plan.routes.get(self.route.as_str()) {
            Some(route) => Report::run(plan, &self.route, route, &self.attempt, class, self.tried),
            None => Report::new(500, class.as_str(), "The answer broke off.", "Try again."),
        }
    }
}

/// Names a request in logs and records.
fn new_id() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}
