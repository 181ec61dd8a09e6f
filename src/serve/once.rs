//! `byokc run`: one call of a route, without a server.

use std::path::PathBuf;
use std::time::Duration;

use hyper::header::HeaderMap;
use tokio::time::Instant;

use crate::clients::Shape;
use crate::exchange::{Embed, Event, Message, Part, Request, Role};
use crate::runtime::{Report, Tried, admit, admit_embed, serves};

use super::follow::{Asked, Reply, Turn};
use super::metrics::Metrics;
use super::service::Service;
use super::stream::Wait;
use super::{Refusal, Why, start};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The plan's file.
    pub plan: PathBuf,
    /// The route.
    pub route: String,
    /// What the user says.
    pub input: String,
    /// Whether the answer is wanted piece by piece.
    pub stream: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Every attempt, in order.
    pub tried: Vec<Tried>,
    /// Why there is no answer, or not all of it.
    pub failed: Option<Box<Report>>,
}

/// Makes the call. `out` is given the answer as it comes, and says whether it wants more.
pub fn once(asking: &Asking, mut out: impl FnMut(&str) -> bool) -> Result<Told, Refusal> {
    let service = Service::load(&asking.plan)?;
    let Some((name, route)) = service.router.find(&asking.route) else {
        let names: Vec<&str> = service.router.plan().routes.keys().map(|name| &**name).collect();
        return Err(Refusal::new(Why::Usage, format!("the plan has no route `{}`", crate::text::visible(&asking.route)))
            .help(format!("its routes are {}", names.join(", "))));
    };
    let asked = asked(asking, &route.kind);
    let admitted = match &asked {
        Asked::Chat(request, _) => serves(route, name, "chat").and_then(|()| admit(&service.router, route, request)),
        Asked::Vectors(request) => serves(route, name, "embedding").and_then(|()| admit_embed(&service.router, route, request)),
    };
    if let Err(denied) = admitted {
        return Ok(Told { tried: Vec::new(), failed: Some(Box::new(Report::denied(name, &route.title, &denied))) });
    }
    let runtime = start()?;
    let told = runtime.block_on(async {
        let started = Instant::now();
        let headers = HeaderMap::new();
        let metrics = Metrics::new();
        let turn = Turn { service: &service, metrics: &metrics, id: "", name, route, asked: &asked, headers: &headers, started };
        let served = match turn.follow().await {
            Ok(served) => served,
            Err(report) => return Told { tried: report.attempts.clone(), failed: Some(report) },
        };
        let mut tried = served.tried;
        let mut opening = match served.reply {
            Reply::Answer(answer) => {
                for part in &answer.parts {
                    if let Part::Text(text) | Part::Refusal(text) = part {
                        out(text);
                    }
                }
                return Told { tried, failed: None };
            }
            Reply::Vectors(vectors) => {
                for vector in &vectors.vectors {
                    out(&serde_json::to_string(vector).unwrap_or_default());
                }
                return Told { tried, failed: None };
            }
            Reply::Stream(opening) => opening,
        };
        let deadline = route.deadline_ms.map(|deadline| started + Duration::from_millis(deadline));
        let wait = Wait { idle: Duration::from_millis(served.attempt.timeout_ms), deadline };
        let ended = opening.each(wait, |event| if let Event::Text(text) | Event::Refusal(text) = event { out(text) } else { true });
        let failed = ended.await.err().map(|failed| {
            if let Some(last) = tried.last_mut() {
                last.outcome = failed.class.as_str();
            }
            Box::new(Report::broke_off(service.router.plan(), name, route, served.attempt, failed.class, tried.clone()))
        });
        Told { tried, failed }
    });
    runtime.shutdown_background();
    Ok(told)
}

fn asked(asking: &Asking, kind: &str) -> Asked {
    if kind == "embedding" {
        return Asked::Vectors(Embed { model: asking.route.clone(), input: vec![asking.input.clone()], ..Embed::default() });
    }
    let message = Message { role: Role::User, parts: vec![Part::Text(asking.input.clone())] };
    let request = Request { model: asking.route.clone(), messages: vec![message], stream: asking.stream, ..Request::default() };
    Asked::Chat(Box::new(request), Shape::Chat)
}
