//! `/readyz`: which routes lack a key.

use axum::response::Response;
use hyper::StatusCode;
use serde::Serialize;

use crate::message::missing_key;
use crate::runtime::{key_name, place};

use super::respond::json;
use super::service::Service;

#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    plan: &'a str,
    missing: Vec<Missing<'a>>,
}

/// A route that has an attempt without a key.
#[derive(Serialize)]
struct Missing<'a> {
    route: &'a str,
    provider: &'a str,
    key: Option<&'a str>,
    /// Whether it is where a run starts.
    primary: bool,
    message: String,
}

/// 200 where every route has a key for where its runs start, else 503; every attempt that lacks one is named.
pub(super) async fn ready(service: &Service) -> Response {
    let plan = service.router.plan();
    let mut without = Vec::new();
    for (name, account) in &service.accounts {
        if !account.key.is_there().await {
            without.push(name.as_str());
        }
    }
    let mut missing = Vec::new();
    for (name, route) in &plan.routes {
        let starts =
            |index: usize| route.entries.as_ref().map_or(index == 0, |entries| entries.iter().any(|entry| usize::from(*entry) == index));
        for account in &without {
            let places = || route.attempts.iter().enumerate().filter(|(_, attempt)| attempt.provider == **account);
            let Some(provider) = plan.providers.get(*account).filter(|_| places().next().is_some()) else { continue };
            missing.push(Missing {
                route: name,
                provider: account,
                key: key_name(provider),
                primary: places().any(|(index, _)| starts(index)),
                message: missing_key(&[&route.title], 0, &provider.title, place(&provider.key, account)),
            });
        }
    }
    let ready = !missing.iter().any(|missing| missing.primary);
    let body = serde_json::to_vec(&Ready { ready, plan: &plan.digest, missing }).unwrap_or_default();
    json(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, body)
}
