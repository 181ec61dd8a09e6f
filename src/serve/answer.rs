//! One request from an agent: what is asked, the run, and the response.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::StatusCode;
use tokio::time::Instant;

use crate::clients::{self, Head, Shape};
use crate::controls::{Outflow, Outlet};
use crate::exchange::{Answer, Finish, Usage};
use crate::plan::Attempt;
use crate::runtime::{Report, Tried};

use super::audit::{CANNOT, Lost, Written};
use super::follow::{Asked, Reply, Served, Turn};
use super::place::Place;
use super::receipts::Receipts;
use super::respond::{attempts, error, json, put, with_type};
use super::service::Service;
use super::stream::{Setting, Streamed, Wait};
use super::trail::{Ended, Trail};
use super::understand::{Step, Understood, understand};
use super::upstream::now;
use super::who::busy;
use super::{Server, new_id};

/// Answers a request for a completion or for vectors.
pub(super) async fn answer(server: Arc<Server>, shape: Shape, request: Request) -> Response {
    let (started, id) = (Instant::now(), new_id());
    let service = server.service();
    let permit = Arc::clone(&server.places).try_acquire_owned().ok();
    let full = permit.is_none();
    let trail = Trail::new(server.log(), &id, &service.router.plan().digest);
    let mut place = Place::new(&server.metrics, permit, trail);
    let asked = if full { Err(busy()) } else { understand(&server, &service, shape, request, &mut place).await };
    let answered = match asked {
        Ok(asked) => respond(&server, &service, asked, place, (&id, started)).await,
        Err(report) => Err((report, place)),
    };
    let mut response = match answered {
        Ok(response) => response,
        Err((report, mut place)) => {
            let report = recorded(&mut place.trail, report).await;
            place.outcome = report.code;
            tracing::info!(request = %id, route = report.route, code = report.code, status = report.status, "a request failed");
            error(shape, &report, &id)
        }
    };
    response.headers_mut().insert("x-byok-plan", service.digest.clone());
    response
}

/// What is said of a request that has no answer, once that is on record.
pub(super) async fn recorded(trail: &mut Trail, report: Box<Report>) -> Box<Report> {
    let kept = kept(trail.failed(&report)).await;
    match kept {
        Ok(()) => report,
        Err(Lost) => lost(report.route.as_deref().unwrap_or_default()),
    }
}

/// Waits until a record is as safe as was asked for.
pub(super) async fn kept(written: Result<Written, Lost>) -> Result<(), Lost> {
    written?.await
}

/// That what was to be said cannot be, for it cannot be recorded.
pub(super) fn lost(route: &str) -> Box<Report> {
    Box::new(Report::denied(route, &route.replace('_', " "), &CANNOT))
}

/// Makes the run, and writes what it gave. A failure gives the place back, to be counted.
async fn respond(
    server: &Server,
    service: &Arc<Service>,
    understood: Understood,
    mut place: Place,
    (id, started): (&str, Instant),
) -> Result<Response, (Box<Report>, Place)> {
    let Understood { asked, route: name, caller, step, let_in, headers } = understood;
    let Some(route) = service.router.plan().routes.get(name.as_str()) else { return Err((Box::new(Report::default()), place)) };
    let (metrics, trail) = (&*server.metrics, &mut place.trail);
    let turn = Turn { service, metrics, id, name: &name, route, asked: &asked, headers: &headers, started, trail, let_in };
    let served = match turn.follow().await {
        Ok(served) => served,
        Err(report) => return Err((report, place)),
    };
    tracing::debug!(request = %id, route = name, called = %served.attempt.target, attempts = served.tried.len(), "served");
    let Served { reply, attempt, tried, dropped, restorer } = served;
    place.served_by(&attempt.target);
    let run = step.as_ref().map(|step| step.run.clone());
    let called = step.as_ref().map(Step::path);
    let receipts = step.map(|step| Receipts::new(server, service, step, caller.clone(), id));
    let way = Way {
        service: Arc::clone(service),
        full: route.audit == "full" && place.trail.is_kept(),
        outflow: Outflow::new(outlet(server, service, &name, &asked, (caller, called, id)), restorer),
        receipts,
        place,
    };
    let calls = tried.len();
    let mut response = match (reply, &asked) {
        (Reply::Answer(answer), Asked::Chat(_, shape)) => whole(way, answer, *shape, (id, &asked, &name)).await?,
        (Reply::Stream(opening), Asked::Chat(request, shape)) => {
            let mut writer = clients::Stream::new(*shape, &head(id, &asked), request);
            writer.served_by(&attempt.target, opening.shows_thoughts());
            let deadline = route.deadline_ms.map(|deadline| started + Duration::from_millis(deadline));
            let wait = Wait { idle: Duration::from_millis(attempt.timeout_ms), deadline };
            let ending = Ending { service: Arc::clone(service), route: name.clone(), attempt: attempt.clone(), tried };
            let setting = Setting { writer, report: Box::new(move |class| ending.report(class)), id: id.to_owned(), wait, way };
            with_type(StatusCode::OK, "text/event-stream", Body::new(Streamed::new(opening, setting)))
        }
        (Reply::Vectors(vectors), Asked::Vectors(request)) => {
            let usage = Usage { input: vectors.input_tokens, ..Usage::default() };
            let receipt = way.receipt(Finish::Stop);
            way.end(Ended { usage, receipt: receipt.is_some(), ..Ended::default() }, &name).await?;
            let mut response = json(StatusCode::OK, clients::write_embeddings(&head(id, &asked), request, &vectors));
            if let Some(receipt) = receipt {
                put(response.headers_mut(), "x-byok-receipt", &receipt);
            }
            response
        }
        // `follow` answers each with its own.
        _ => return Err((Box::new(Report::new(500, "server_error", "The answer is of another kind.", "Tell us.")), way.place)),
    };
    let headers = response.headers_mut();
    put(headers, "x-byok-request", id);
    put(headers, "x-byok-route", &name);
    put(headers, "x-byok-target", &attempt.target);
    attempts(headers, calls);
    if let Some(run) = run {
        put(headers, "x-byok-run", &run);
    }
    if !dropped.is_empty() {
        put(headers, "x-byok-dropped", &dropped.join(", "));
    }
    Ok(response)
}

fn head<'a>(id: &'a str, asked: &'a Asked) -> Head<'a> {
    Head { id, model: asked.model(), created: now(), receipt: None }
}

/// A whole answer on its way to the client, once it is on record.
async fn whole(
    mut way: Way,
    mut answer: Answer,
    shape: Shape,
    (id, asked, name): (&str, &Asked, &str),
) -> Result<Response, (Box<Report>, Place)> {
    let messages = way.full.then(|| crate::audit::answer(&answer.parts));
    way.outflow.answer(&mut answer);
    let receipt = way.receipt(answer.finish);
    let (usage, finish) = (answer.usage, answer.finish);
    way.end(Ended { usage, finish: Some(finish), messages, receipt: receipt.is_some(), ..Ended::default() }, name).await?;
    let mut response = json(StatusCode::OK, clients::write(shape, &Head { receipt: receipt.as_deref(), ..head(id, asked) }, &answer));
    if let Some(receipt) = receipt {
        put(response.headers_mut(), "x-byok-receipt", &receipt);
    }
    Ok(response)
}

/// What is needed to watch over an answer.
fn outlet(
    server: &Server,
    service: &Service,
    route: &str,
    asked: &Asked,
    (caller, step, request): (Option<String>, Option<String>, &str),
) -> Outlet {
    let plan = service.router.plan();
    let tools = if let Asked::Chat(request, _) = asked { request.tools.as_slice() } else { &[] };
    let gates = tools.iter().filter_map(|tool| Some((tool.name.clone(), plan.tools.get(tool.name.as_str())?.approve.clone()?)));
    Outlet {
        offered: tools.iter().map(|tool| tool.name.clone()).collect(),
        gates: gates.collect(),
        caller,
        plan: plan.digest.to_string(),
        route: route.to_owned(),
        step,
        request: request.to_owned(),
        asked: now(),
        key: server.controls.key.clone(),
    }
}

/// The way of an answer to the client.
pub(super) struct Way {
    service: Arc<Service>,
    /// Whether the record holds the answer.
    pub(super) full: bool,
    pub(super) outflow: Outflow,
    receipts: Option<Receipts>,
    pub(super) place: Place,
}

impl Way {
    /// The receipt for the step that an answer with this end is the last of: not while the model waits for tools, nor where it was cut.
    pub(super) fn receipt(&self, finish: Finish) -> Option<String> {
        let done = !self.outflow.open_calls() && finish != Finish::ContentFilter;
        self.receipts.as_ref().filter(|_| done).map(Receipts::write)
    }

    /// Records the end of an answer, and counts it.
    pub(super) fn record(&mut self, ended: Ended<'_>) -> Result<Written, Lost> {
        let mut ended = Ended { model: self.service.router.plan().models.get(self.place.target.as_str()), ..ended };
        ended.uses = self.outflow.uses().to_vec();
        for used in &ended.uses {
            self.place.tool(used);
        }
        self.place.usage = ended.usage;
        self.place.trail.end(ended)
    }

    /// Records that a whole answer was served. Where that cannot be, there is none.
    async fn end(mut self, ended: Ended<'_>, name: &str) -> Result<(), (Box<Report>, Place)> {
        let ended = Ended { outcome: "served", ..ended };
        let written = self.record(ended);
        match kept(written).await {
            Ok(()) => {
                self.place.outcome = "served";
                Ok(())
            }
            Err(Lost) => Err((lost(name), self.place)),
        }
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
    fn report(mut self, class: Result<crate::failure::Failure, Lost>) -> Report {
        let plan = self.service.router.plan();
        let Some(route) = plan.routes.get(self.route.as_str()) else { return Report::default() };
        match class {
            Ok(class) => {
                if let Some(last) = self.tried.last_mut() {
                    last.outcome = class.as_str();
                }
                Report::broke_off(plan, &self.route, route, &self.attempt, class, self.tried)
            }
            Err(Lost) => Report::denied(&self.route, &route.title, &CANNOT),
        }
    }
}
