//! `POST /byok/redeem`: a sealed call of a tool, opened with an approval.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::audit::Redeemed;
use crate::clients::Shape;
use crate::controls::approval::NotApproved;
use crate::controls::sealed;
use crate::runtime::Report;

use super::answer::{kept, lost, recorded};
use super::body::read_body;
use super::place::Place;
use super::respond::{error, json, put};
use super::service::Service;
use super::trail::Trail;
use super::understand::approved;
use super::upstream::now;
use super::who::{busy, caller, not_from_a_page};
use super::{Server, new_id};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked<'a> {
    #[serde(borrow)]
    byok_sealed: Cow<'a, str>,
}

#[derive(Serialize)]
struct Call<'a> {
    tool: &'a str,
    arguments: &'a RawValue,
}

/// Answers with the arguments of the call, once.
pub(super) async fn redeem(server: Arc<Server>, request: Request) -> Response {
    let id = new_id();
    let service = server.service();
    let permit = Arc::clone(&server.places).try_acquire_owned().ok();
    let full = permit.is_none();
    let mut place = Place::new(&server.metrics, permit, Trail::new(server.log(), &id, &service.router.plan().digest));
    let opened = if full { Err(busy()) } else { open(&server, &service, request, &mut place).await };
    let mut response = match opened {
        Ok(body) => {
            place.outcome = "redeemed";
            json(StatusCode::OK, body)
        }
        Err(report) => {
            let report = recorded(&mut place.trail, report).await;
            place.outcome = report.code;
            error(Shape::Chat, &report, &id)
        }
    };
    let headers = response.headers_mut();
    headers.insert("x-byok-plan", service.digest.clone());
    put(headers, "x-byok-request", &id);
    response
}

async fn open(server: &Server, service: &Service, request: Request, place: &mut Place) -> Result<Vec<u8>, Box<Report>> {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    not_from_a_page(&headers, server.open)?;
    let caller = caller(service, &headers)?;
    place.trail.asked.caller = caller.name().map(|name| Cow::Owned(name.to_owned()));
    let body = read_body(server, &headers, body).await?;
    let wrong =
        |what: &str| Box::new(Report::new(400, "bad_request", what, "Send `{\"byok_sealed\": \"…\"}`, as the call of the tool holds it."));
    let asked: Asked<'_> = serde_json::from_slice(&body).map_err(|_| wrong("The request is no sealed call of a tool."))?;
    let opened = sealed::open(&asked.byok_sealed, caller.name(), &server.controls.key).map_err(|not| {
        let (what, help) = not.said();
        Box::new(Report::refused(what, help, not.reason()))
    })?;
    let plan = service.router.plan();
    let route = plan.routes.get_key_value(opened.route.as_str()).filter(|(_, route)| route.tools.contains(opened.tool.as_str()));
    let (Some((name, route)), Some(tool)) = (route, plan.tools.get(opened.tool.as_str())) else {
        return Err(wrong("The plan no longer has the route or the tool of this call."));
    };
    place.of_route(name, &route.audit);
    let Some(gate) = &tool.approve else { return Err(wrong("The plan no longer asks for an approval of this tool: ask the model again.")) };
    let ask = opened.call().ask(gate, now()).into_owned();
    if opened.plan != plan.digest {
        return Err(Box::new(Report::not_approved(&NotApproved::OtherPlan, gate, ask)));
    }
    // An approval is used up by what can be answered alone.
    let arguments = RawValue::from_string(opened.arguments).map_err(|_| wrong("The arguments of the call are no JSON."))?;
    let approval = approved(server, service, gate, &headers, (ask, &route.title)).await?;
    let redeemed =
        Redeemed { tool: Cow::Borrowed(&opened.tool), sealed_in: Cow::Borrowed(&opened.request), approval, ..Redeemed::default() };
    kept(place.trail.redeemed(redeemed)).await.map_err(|_| lost(name))?;
    let written = serde_json::to_vec(&Call { tool: &opened.tool, arguments: &arguments });
    written.map_err(|_| wrong("The arguments of the call are no JSON."))
}
