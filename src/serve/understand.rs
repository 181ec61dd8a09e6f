//! What a request asks for, and whether it may: who asks, of which route or step, with which data, in which order, with whose approval.

use std::borrow::Cow;

use axum::extract::Request;
use hyper::header::HeaderMap;

use crate::audit::{Approval, Done};
use crate::clients::{self, NotUnderstood, Shape};
use crate::controls::approval::{ASK, Ask, Asking, NotApproved, check_ask};
use crate::controls::receipt::{Calling, enter};
use crate::controls::sealed;
use crate::exchange::{Part, Role};
use crate::failure::Failure;
use crate::plan::{Gate, Route};
use crate::redact::{Detectors, find, mask};
use crate::runtime::{Denied, Report, accepts, admit, admit_embed, serves};

use super::Server;
use super::body::read_body;
use super::follow::{Asked, LetIn};
use super::place::Place;
use super::sent::Sent;
use super::service::Service;
use super::upstream::now;
use super::used::NotTaken;
use super::who::{caller, not_from_a_page, permitted, unknown};

/// What is asked, of which route, by whom, with which headers.
pub(super) struct Understood {
    pub(super) asked: Asked,
    pub(super) route: String,
    /// The caller; `None` where nobody is declared.
    pub(super) caller: Option<String>,
    pub(super) step: Option<Step>,
    pub(super) let_in: LetIn,
    pub(super) headers: HeaderMap,
}

/// A step of a workflow that is called, and the run.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) workflow: String,
    pub(super) name: String,
    pub(super) run: String,
    /// Whether the run begins with this request: then no approval can name it.
    pub(super) begins: bool,
}

impl Step {
    /// `workflow/step`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.workflow, self.name)
    }
}

/// Reads a request, and refuses what the plan does not allow before anybody is called.
pub(super) async fn understand(
    server: &Server,
    service: &Service,
    shape: Shape,
    request: Request,
    place: &mut Place,
) -> Result<Understood, Box<Report>> {
    let (head, body) = request.into_parts();
    let (headers, path) = (head.headers, head.uri.path().to_owned());
    not_from_a_page(&headers, server.open)?;
    let caller = caller(service, &headers)?;
    place.trail.asked.caller = caller.name().map(|name| Cow::Owned(name.to_owned()));
    let body = read_body(server, &headers, body).await?;
    let mut asked = read(shape, &body)?;
    let plan = service.router.plan();
    let wanted = service.wanted(asked.model()).ok_or_else(|| unknown(service, caller))?;
    let (name, route) = (wanted.name, wanted.route);
    place.of_route(name, &route.audit);
    if let Some((workflow, step)) = wanted.step {
        place.trail.asked.workflow = Some(Cow::Owned(workflow.to_owned()));
        place.trail.asked.step = Some(Cow::Owned(step.to_owned()));
    }
    permitted(service, caller, &wanted)?;
    let denied = |denied: Denied| Box::new(Report::denied(name, &route.title, &denied));
    let classes = values(&headers, "x-byok-data");
    place.trail.asked.data =
        classes.iter().filter(|class| plan.data.contains_key(&***class)).map(|class| Cow::Owned(class.to_string())).collect();
    classes.iter().try_for_each(|class| accepts(route, class)).map_err(denied)?;
    if !plan.tools.values().all(|tool| tool.approve.is_none()) {
        unseal(server, caller.name(), &mut asked);
    }
    match &asked {
        Asked::Chat(request, _) => serves(route, name, "chat").and_then(|()| admit(&service.router, route, request)),
        Asked::Vectors(request) => serves(route, name, "embedding").and_then(|()| admit_embed(&service.router, route, request)),
    }
    .map_err(denied)?;
    let mut let_in = LetIn::default();
    let step = match wanted.step {
        None => None,
        Some((workflow, step)) => {
            let run = header(&headers, "x-byok-run");
            let receipts = values(&headers, "x-byok-receipt");
            let receipts: Vec<&str> = receipts.iter().map(|receipt| &**receipt).collect();
            // It stands in every record of the run.
            let named = run.filter(|run| find(run, Detectors::ALL).is_empty());
            if named != run {
                let what = "The name of the run, in x-byok-run, holds something that looks like personal data or a secret.";
                let report = Report::refused(what, "Name the run with random letters and digits, or leave its name out.", "run name");
                return Err(Box::new(report.of_route(name)));
            }
            let calling = Calling { workflow, step, caller: caller.name(), run, now: now() };
            let entered = enter(plan, calling, &receipts, &server.controls.key).map_err(|order| {
                let (what, help) = order.said(&calling);
                Box::new(Report::refused(&what, help, order.reason()).of_route(name))
            })?;
            let begins = entered.run.is_none();
            let run = entered.run.unwrap_or_else(super::new_id);
            place.trail.asked.run = Some(Cow::Owned(run.clone()));
            let_in.done = entered.done.into_iter().map(|(step, request)| Done { step: step.into(), request: request.into() }).collect();
            Some(Step { workflow: workflow.to_owned(), name: step.to_owned(), run, begins })
        }
    };
    if let Some(gate) = &route.approve {
        // Nobody is asked to approve what cannot be sent, and no approval is used up by it.
        for attempt in &route.attempts {
            Sent::new(&asked, route, attempt).map_err(|unreadable| denied(Denied::Unreadable(unreadable)))?;
        }
        let ask = ask(
            service,
            &Gated { path: &path, name, route, gate, step: step.as_ref(), caller: caller.name(), data: &classes },
            &asked,
            &body,
        );
        let_in.approval = Some(approved(server, service, gate, &headers, (ask, &route.title)).await?);
    }
    let (route, caller) = (name.to_owned(), caller.name().map(str::to_owned));
    Ok(Understood { asked, route, caller, step, let_in, headers })
}

/// A request for a route that somebody has to approve.
struct Gated<'a> {
    path: &'a str,
    name: &'a str,
    route: &'a Route<'static>,
    gate: &'a Gate<'static>,
    step: Option<&'a Step>,
    caller: Option<&'a str>,
    data: &'a [Cow<'a, str>],
}

/// What is to be approved.
fn ask(service: &Service, of: &Gated<'_>, asked: &Asked, body: &[u8]) -> Ask<'static> {
    let plan = service.router.plan();
    let step = of.step.map(Step::path);
    let data: Vec<&str> = of.data.iter().map(|class| &**class).collect();
    let asking = Asking {
        plan: &plan.digest,
        path: of.path,
        place: step.as_deref().unwrap_or(of.name),
        caller: of.caller,
        run: of.step.filter(|step| !step.begins).map(|step| &*step.run),
        data: &data,
        body,
    };
    Ask {
        asked: now(),
        caller: of.caller.map(|caller| Cow::Owned(caller.to_owned())),
        digest: asking.digest().into(),
        format: ASK.into(),
        plan: Cow::Owned(plan.digest.to_string()),
        role: Cow::Owned(of.gate.role.to_string()),
        route: Cow::Owned(of.name.to_owned()),
        step: step.map(Cow::Owned),
        summary: Cow::Owned(summary(of.route, asked)),
        tool: None,
        within_ms: of.gate.within_ms,
    }
}

/// The last thing that the user says, as much as a person reads at a glance, masked as the route masks.
fn summary(route: &Route<'_>, asked: &Asked) -> String {
    const LONGEST: usize = 300;
    let said = match asked {
        Asked::Chat(request, _) => {
            let user = request.messages.iter().rev().filter(|message| message.role == Role::User);
            let mut texts = user.flat_map(|message| message.parts.iter().rev()).filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                _ => None,
            });
            texts.next().unwrap_or_default()
        }
        Asked::Vectors(request) => request.input.first().map_or("", |text| text),
    };
    let detectors = route.redact.iter().filter_map(|name| crate::redact::Detector::parse(name)).collect();
    let masked = mask(said, detectors);
    let shown = crate::text::visible(&masked);
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} characters)", shown.get(..end).unwrap_or_default(), said.chars().count()),
        None => shown.into_owned(),
    }
}

/// What is said where it cannot be told whether an approval was used before.
const UNKNOWN: Denied = Denied::Guard(
    "whether its approval was used before cannot be told, for the folder of used approvals cannot be written",
    "Make the folder that --approvals names writable, and try again.",
);

/// The approval that a request brings for what it asks, used up.
pub(super) async fn approved(
    server: &Server,
    service: &Service,
    gate: &Gate<'static>,
    headers: &HeaderMap,
    (ask, title): (Ask<'static>, &str),
) -> Result<Approval<'static>, Box<Report>> {
    let route = ask.route.to_string();
    let Some(signed) = header(headers, "x-byok-approval") else {
        return Err(Box::new(Report::denied(&route, title, &Denied::ApprovalRequired(Box::new(ask)))));
    };
    let now = now();
    let not = |not: &NotApproved, ask| Box::new(Report::not_approved(not, gate, ask));
    let approved = match check_ask(service.router.plan(), gate, &ask, signed, now) {
        Ok(approved) => approved,
        Err(reason) => return Err(not(&reason, ask)),
    };
    match server.controls.used.take(&approved, now).await {
        Ok(()) => {}
        Err(NotTaken::Not(reason)) => return Err(not(&reason, ask)),
        Err(NotTaken::Unknown) => return Err(Box::new(Report::denied(&route, title, &UNKNOWN))),
    }
    Ok(Approval {
        approver: approved.approver.into(),
        role: approved.role.into(),
        digest: ask.digest,
        signed: Cow::Owned(signed.to_owned()),
    })
}

/// Calls of tools that the client holds sealed go back to a model as it wrote them.
fn unseal(server: &Server, caller: Option<&str>, asked: &mut Asked) {
    let Asked::Chat(request, _) = asked else { return };
    for part in request.messages.iter_mut().flat_map(|message| &mut message.parts) {
        if let Part::ToolCall(call) = part
            && let Some(arguments) = sealed::unsealed(&call.arguments, caller, &server.controls.key)
        {
            call.arguments = arguments;
        }
    }
}

/// What a header lists: it may come several times, or once with commas, as client libraries and proxies make of that.
fn values<'h>(headers: &'h HeaderMap, name: &str) -> Vec<Cow<'h, str>> {
    let all = headers.get_all(name).into_iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    all.map(|value| String::from_utf8_lossy(value.trim_ascii())).collect()
}

/// A header that is text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn read(shape: Shape, body: &[u8]) -> Result<Asked, Box<Report>> {
    let read = if matches!(shape, Shape::Embeddings) {
        clients::read_embed(body).map(Asked::Vectors)
    } else {
        clients::read(shape, body).map(|request| Asked::Chat(Box::new(request), shape))
    };
    read.map_err(|not| Box::new(not_understood(&not)))
}

pub(super) fn not_understood(not: &NotUnderstood) -> Report {
    let what =
        if not.field.is_empty() { format!("The request {}.", not.why) } else { format!("In the request `{}` {}.", not.field, not.why) };
    let report = Report::new(400, Failure::BadRequest.as_str(), &what, "Correct the request; nobody was called.").of_field(&not.field);
    Report { reason: Some("not understood"), ..report }
}
