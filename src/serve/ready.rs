//! `/readyz`: which routes lack a key.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::response::Response;
use hyper::StatusCode;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::message::missing_key;
use crate::runtime::{key_name, place};

use super::respond::json;
use super::service::Service;

#[derive(Serialize)]
struct Readiness<'a> {
    ready: bool,
    plan: &'a str,
    missing: Vec<Missing<'a>>,
}

/// A route that has an attempt without a key.
#[derive(Serialize)]
struct Missing<'a> {
    route: &'a str,
    /// Whether it is where a run starts.
    primary: bool,
    #[serde(flatten)]
    details: Option<Details<'a>>,
}

/// For those who may know.
#[derive(Serialize)]
struct Details<'a> {
    provider: &'a str,
    key: Option<&'a str>,
    message: String,
}

/// 200 where every route has a key for where its runs start, else 503; every route that lacks one is named. 503 too while the process ends.
pub(super) async fn ready(service: &Service, details: bool, ending: bool) -> Response {
    let plan = service.router.plan();
    let without = without_key(service).await;
    let mut missing = Vec::new();
    for (name, route) in &plan.routes {
        let starts =
            |index: usize| route.entries.as_ref().map_or(index == 0, |entries| entries.iter().any(|entry| usize::from(*entry) == index));
        for account in &without {
            let places = || route.attempts.iter().enumerate().filter(|(_, attempt)| attempt.provider == **account);
            let Some(provider) = plan.providers.get(account.as_str()).filter(|_| places().next().is_some()) else { continue };
            let details = details.then(|| Details {
                provider: account,
                key: key_name(provider),
                message: missing_key(&[&route.title], 0, &provider.title, place(&provider.key, account)),
            });
            missing.push(Missing { route: name, primary: places().any(|(index, _)| starts(index)), details });
        }
    }
    let ready = !ending && !missing.iter().any(|missing| missing.primary);
    let body = serde_json::to_vec(&Readiness { ready, plan: &plan.digest, missing }).unwrap_or_default();
    json(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, body)
}

/// The accounts that have no key now, by name. All are looked at together.
async fn without_key(service: &Service) -> BTreeSet<String> {
    let mut looking = JoinSet::new();
    for (name, account) in &service.accounts {
        let (name, key) = (name.clone(), Arc::clone(&account.key));
        looking.spawn(async move { (!key.is_there().await).then_some(name) });
    }
    looking.join_all().await.into_iter().flatten().collect()
}
