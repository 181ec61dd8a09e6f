//! One request from an agent: who asks, for what, and the response.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::StatusCode;
use hyper::header::HeaderMap;
use tokio::time::Instant;

use crate::clients::{self, Head, NotUnderstood, Shape};
use crate::exchange::Usage;
use crate::failure::Failure;
use crate::plan::{Attempt, Route};
use crate::runtime::{Denied, Report, Tried, accepts, admit, admit_embed, serves};

use super::Server;
use super::body::read_body;
use super::follow::{Asked, Reply, Served, Turn};
use super::place::Place;
use super::respond::{attempts, error, json, put, with_type};
use super::service::Service;
use super::stream::{Setting, Streamed, Wait};
use super::upstream::now;
use super::who::{busy, caller, not_from_a_page, permitted, unknown};

/// Answers a request for a completion or for vectors.
pub(super) async fn answer(server: Arc<Server>, shape: Shape, request: Request) -> Response {
    let (started, id) = (Instant::now(), new_id());
    let service = server.service();
    let permit = Arc::clone(&server.places).try_acquire_owned().ok();
    let full = permit.is_none();
    let mut place = Place::new(&server.metrics, permit);
    let asked = if full { Err(busy()) } else { understand(&server, &service, shape, request, &mut place).await };
    let answered = match asked {
        Ok(asked) => respond(&server, &service, &asked, place, (&id, started)).await,
        Err(report) => Err((report, place)),
    };
    let mut response = match answered {
        Ok(response) => response,
        Err((report, mut place)) => {
            place.outcome = report.code;
            tracing::info!(request = %id, route = report.route, code = report.code, status = report.status, "a request failed");
            error(shape, &report, &id)
        }
    };
    response.headers_mut().insert("x-byok-plan", service.digest.clone());
    response
}

/// What is asked, of which route, by whom, with which headers.
struct Understood {
    asked: Asked,
    route: String,
    headers: HeaderMap,
}

/// Reads a request, and refuses what the plan does not allow before anybody is called.
async fn understand(
    server: &Server,
    service: &Service,
    shape: Shape,
    request: Request,
    place: &mut Place,
) -> Result<Understood, Box<Report>> {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    not_from_a_page(&headers, server.open)?;
    let caller = caller(service, &headers)?;
    let asked = read(shape, &read_body(server, &headers, body).await?)?;
    let (name, route) = service.router.find(asked.model()).ok_or_else(|| unknown(service, caller, asked.model()))?;
    place.of_route(name);
    permitted(service, caller, name)?;
    let admitted = guarded(route, &headers).and_then(|()| match &asked {
        Asked::Chat(request, _) => serves(route, name, "chat").and_then(|()| admit(&service.router, route, request)),
        Asked::Vectors(request) => serves(route, name, "embedding").and_then(|()| admit_embed(&service.router, route, request)),
    });
    admitted.map_err(|denied| Box::new(Report::denied(name, &route.title, &denied)))?;
    let route = name.to_owned();
    Ok(Understood { asked, route, headers })
}

/// What the request's headers ask to be watched over: its data class is; approvals and receipts are not yet.
fn guarded(route: &Route<'_>, headers: &HeaderMap) -> Result<(), Denied> {
    for (header, guard) in [("x-byok-approval", "an approval"), ("x-byok-receipt", "the order of a workflow")] {
        if headers.contains_key(header) {
            return Err(Denied::Guard(guard));
        }
    }
    let mut classes = headers.get_all("x-byok-data").iter();
    classes.try_for_each(|class| accepts(route, &String::from_utf8_lossy(class.as_bytes())))
}

fn read(shape: Shape, body: &[u8]) -> Result<Asked, Box<Report>> {
    let read = if matches!(shape, Shape::Embeddings) {
        clients::read_embed(body).map(Asked::Vectors)
    } else {
        clients::read(shape, body).map(|request| Asked::Chat(Box::new(request), shape))
    };
    read.map_err(|not| Box::new(not_understood(&not)))
}

fn not_understood(not: &NotUnderstood) -> Report {
    let what =
        if not.field.is_empty() { format!("The request {}.", not.why) } else { format!("In the request `{}` {}.", not.field, not.why) };
    Report::new(400, Failure::BadRequest.as_str(), &what, "Correct the request; nobody was called.").of_field(&not.field)
}

/// Makes the run, and writes what it gave. A failure gives the place back, to be counted.
async fn respond(
    server: &Server,
    service: &Arc<Service>,
    understood: &Understood,
    mut place: Place,
    (id, started): (&str, Instant),
) -> Result<Response, (Box<Report>, Place)> {
    let Understood { asked, route: name, headers } = understood;
    let Some(route) = service.router.plan().routes.get(name.as_str()) else { return Err((Box::new(Report::default()), place)) };
    let turn = Turn { service, metrics: &server.metrics, id, name, route, asked, headers, started };
    let served = match turn.follow().await {
        Ok(served) => served,
        Err(report) => return Err((report, place)),
    };
    tracing::debug!(request = %id, route = name, called = %served.attempt.target, attempts = served.tried.len(), "served");
    let (tried, attempt) = (served.tried.len(), served.attempt);
    let dropped = served.dropped.join(", ");
    place.served_by(&attempt.target);
    let head = Head { id, model: asked.model(), created: now() };
    let mut response = write(service, asked, &head, (name, route), served, (place, started));
    let headers = response.headers_mut();
    put(headers, "x-byok-request", id);
    put(headers, "x-byok-route", name);
    put(headers, "x-byok-target", &attempt.target);
    attempts(headers, tried);
    if !dropped.is_empty() {
        put(headers, "x-byok-dropped", &dropped);
    }
    Ok(response)
}

fn write(
    service: &Arc<Service>,
    asked: &Asked,
    head: &Head<'_>,
    (name, route): (&str, &Route<'static>),
    served: Served<'_>,
    (mut place, started): (Place, Instant),
) -> Response {
    match (served.reply, asked) {
        (Reply::Answer(answer), Asked::Chat(_, shape)) => {
            (place.outcome, place.usage) = ("served", answer.usage);
            json(StatusCode::OK, clients::write(*shape, head, &answer))
        }
        (Reply::Vectors(vectors), Asked::Vectors(request)) => {
            (place.outcome, place.usage) = ("served", Usage { input: vectors.input_tokens, ..Usage::default() });
            json(StatusCode::OK, clients::write_embeddings(head, request, &vectors))
        }
        (Reply::Stream(opening), Asked::Chat(request, shape)) => {
            let mut writer = clients::Stream::new(*shape, head, request);
            writer.served_by(&served.attempt.target, opening.shows_thoughts());
            let deadline = route.deadline_ms.map(|deadline| started + Duration::from_millis(deadline));
            let ending =
                Ending { service: Arc::clone(service), route: name.to_owned(), attempt: served.attempt.clone(), tried: served.tried };
            let setting = Setting {
                writer,
                report: Box::new(move |class| ending.report(class)),
                id: head.id.to_owned(),
                wait: Wait { idle: Duration::from_millis(served.attempt.timeout_ms), deadline },
                place,
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
    attempt: Attempt<'static>,
    tried: Vec<Tried>,
}

impl Ending {
    fn report(mut self, class: Failure) -> Report {
        if let Some(last) = self.tried.last_mut() {
            last.outcome = class.as_str();
        }
        let plan = self.service.router.plan();
        match plan.routes.get(self.route.as_str()) {
            Some(route) => Report::broke_off(plan, &self.route, route, &self.attempt, class, self.tried),
            None => Report::new(500, class.as_str(), "The answer broke off.", "Try again."),
        }
    }
}

/// Names a request in logs and records.
fn new_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}
