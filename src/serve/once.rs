//! `byokc run`: one call of a route, without a server.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use hyper::header::HeaderMap;
use tokio::time::Instant;

use crate::audit::answer;
use crate::clients::Shape;
use crate::controls::{Outflow, Outlet, SharedKey};
use crate::exchange::{Embed, Event, Message, Part, Request, Role, Usage};
use crate::plan::Route;
use crate::runtime::{Denied, Report, Tried, admit, admit_embed, may_call, serves};

use super::answer::{kept, lost, recorded};
use super::audit::Auditing;
use super::follow::{Asked, LetIn, Reply, Served, Turn};
use super::heard::Heard;
use super::metrics::Metrics;
use super::service::Service;
use super::stream::Wait;
use super::trail::{Ended, Trail};
use super::upstream::now;
use super::{Refusal, Why, new_id, open_log, own_key, start};

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
    /// The caller for whom it is asked, where the plan says who may call.
    pub caller: Option<String>,
    /// Where the audit log is, for a route whose policy wants a record.
    pub audit: Auditing,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Every attempt, in order.
    pub tried: Vec<Tried>,
    /// Why there is no answer, or not all of it.
    pub failed: Option<Box<Report>>,
}

impl Told {
    fn failed(report: Box<Report>) -> Self {
        Self { tried: report.attempts.clone(), failed: Some(report) }
    }
}

/// Makes the call. `out` is given the answer as it comes, and says whether it wants more.
pub fn once(asking: &Asking, out: impl FnMut(&str) -> bool) -> Result<Told, Refusal> {
    let service = Service::load(&asking.plan)?;
    let Some((name, route)) = service.router.find(&asking.route) else {
        let names: Vec<&str> = service.router.plan().routes.keys().map(|name| &**name).collect();
        return Err(Refusal::new(Why::Usage, format!("the plan has no route `{}`", crate::text::visible(&asking.route)))
            .help(format!("its routes are {}", names.join(", "))));
    };
    let caller = caller(&service, asking, name)?;
    let log = if route.audit == "none" { None } else { open_log(&service, &asking.audit)? };
    let id = new_id();
    let mut trail = Trail::new(log.clone(), &id, &service.router.plan().digest);
    trail.of_route(name, &route.audit);
    trail.asked.caller = caller.map(Cow::Owned);
    let asked = asked(asking, &route.kind);
    let (runtime, key) = (start()?, own_key()?);
    let told = runtime.block_on(async {
        let call = Once { service: &service, name, route, asked: &asked, id: &id, key: &key };
        let told = match call.admitted() {
            Ok(()) => call.make(&mut trail, out).await,
            Err(denied) => Err(Box::new(Report::denied(name, &route.title, &denied))),
        };
        match told {
            Ok(told) => told,
            Err(report) => Told::failed(recorded(&mut trail, report).await),
        }
    });
    if let Some(log) = log {
        log.close();
    }
    runtime.shutdown_background();
    Ok(told)
}

/// The caller, who must be one that the plan lets call this route: a record without would not say who saw the answer.
fn caller(service: &Service, asking: &Asking, route: &str) -> Result<Option<String>, Refusal> {
    let callers = &service.router.plan().callers;
    let may: Vec<&str> = callers.iter().filter(|(_, caller)| may_call(caller, route)).map(|(name, _)| &**name).collect();
    let help = || match may.as_slice() {
        [] => format!("no caller of the plan may call {route}"),
        names => format!("name one that may call {route} with --caller: {}", names.join(", ")),
    };
    match &asking.caller {
        None if callers.is_empty() => Ok(None),
        None => Err(Refusal::new(Why::Usage, "the plan says who may call").help(help())),
        Some(name) if may.contains(&name.as_str()) => Ok(Some(name.clone())),
        Some(name) => {
            let what = format!("the plan has no caller `{}` who may call {route}", crate::text::visible(name));
            Err(Refusal::new(Why::Usage, what).help(help()))
        }
    }
}

/// One call.
struct Once<'s> {
    service: &'s Service,
    name: &'s str,
    route: &'s Route<'static>,
    asked: &'s Asked,
    id: &'s str,
    key: &'s SharedKey,
}

impl Once<'_> {
    fn admitted(&self) -> Result<(), Denied> {
        let (router, route, name) = (&self.service.router, self.route, self.name);
        match self.asked {
            Asked::Chat(request, _) => serves(route, name, "chat").and_then(|()| admit(router, route, request)),
            Asked::Vectors(request) => serves(route, name, "embedding").and_then(|()| admit_embed(router, route, request)),
        }?;
        if route.approve.is_some() {
            return Err(Denied::Guard("it needs an approval, and one call brings none", "Call it over `byokc serve`."));
        }
        Ok(())
    }

    async fn make(&self, trail: &mut Trail, mut out: impl FnMut(&str) -> bool) -> Result<Told, Box<Report>> {
        let started = Instant::now();
        let Self { service, name, route, asked, id, .. } = *self;
        let (headers, metrics, let_in) = (HeaderMap::new(), Metrics::new(), LetIn::default());
        let turn = Turn { service, metrics: &metrics, id, name, route, asked, headers: &headers, started, trail, let_in };
        let Served { reply, attempt, mut tried, restorer, .. } = turn.follow().await?;
        let plan = service.router.plan();
        let outlet = Outlet {
            offered: BTreeSet::new(),
            gates: BTreeMap::new(),
            caller: None,
            plan: plan.digest.to_string(),
            route: name.to_owned(),
            step: None,
            request: id.to_owned(),
            asked: now(),
            key: self.key.clone(),
        };
        let mut outflow = Outflow::new(outlet, restorer);
        let full = route.audit == "full";
        let mut ended = Ended { outcome: "served", ..Ended::default() };
        let mut failed = None;
        // Of a whole answer nothing is shown before it is on record; a stream ends with its record.
        let mut shown = String::new();
        match reply {
            Reply::Answer(mut whole) => {
                ended.messages = full.then(|| answer(&whole.parts));
                outflow.answer(&mut whole);
                (ended.usage, ended.finish) = (whole.usage, Some(whole.finish));
                for part in &whole.parts {
                    if let Part::Text(text) | Part::Refusal(text) = part {
                        shown.push_str(text);
                    }
                }
            }
            Reply::Vectors(vectors) => {
                ended.usage = Usage { input: vectors.input_tokens, ..Usage::default() };
                shown.extend(vectors.vectors.iter().map(|vector| serde_json::to_string(vector).unwrap_or_default()));
            }
            Reply::Stream(mut opening) => {
                let deadline = route.deadline_ms.map(|deadline| started + Duration::from_millis(deadline));
                let wait = Wait { idle: Duration::from_millis(attempt.timeout_ms), deadline };
                let (mut heard, mut passing) = (Heard::default(), Vec::new());
                let mut tell = |passing: &mut Vec<Event>| {
                    passing.drain(..).all(|event| if let Event::Text(text) | Event::Refusal(text) = event { out(&text) } else { true })
                };
                let over = opening.each(wait, |event| {
                    match &event {
                        Event::Usage(usage) => ended.usage = *usage,
                        Event::Finish(finish) => ended.finish = Some(*finish),
                        _ => {}
                    }
                    if full {
                        heard.event(&event);
                    }
                    outflow.event(event, &mut passing);
                    tell(&mut passing)
                });
                if let Err(broken) = over.await {
                    (ended.outcome, ended.class) = ("broke_off", Some(broken.class.as_str()));
                    if let Some(last) = tried.last_mut() {
                        last.outcome = broken.class.as_str();
                    }
                    failed = Some(Box::new(Report::broke_off(plan, name, route, attempt, broken.class, tried.clone())));
                }
                outflow.end(&mut passing);
                tell(&mut passing);
                ended.messages = full.then(|| answer(&heard.parts));
            }
        }
        ended.model = plan.models.get(&attempt.target);
        ended.uses = outflow.uses().to_vec();
        kept(trail.end(ended)).await.map_err(|_| lost(name))?;
        if !shown.is_empty() {
            out(&shown);
        }
        Ok(Told { tried, failed })
    }
}

fn asked(asking: &Asking, kind: &str) -> Asked {
    if kind == "embedding" {
        return Asked::Vectors(Embed { model: asking.route.clone(), input: vec![asking.input.clone()], ..Embed::default() });
    }
    let message = Message { role: Role::User, parts: vec![Part::Text(asking.input.clone())] };
    let request = Request { model: asking.route.clone(), messages: vec![message], stream: asking.stream, ..Request::default() };
    Asked::Chat(Box::new(request), Shape::Chat)
}
