//! Writes the document `byok-simulation/1`, and its JSON Schema.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::{Outage, RouteRuns, Simulation, Summary};
use crate::analysis::scenario::Run;
use crate::failure::Failure;
use crate::policy::model::Policy;

/// What runs of a policy's routes do.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "byok-simulation/1")]
struct Document {
    /// The version of this document.
    format: Version,
    /// The runs, route by route in the order of the policy.
    runs: Vec<RunTold>,
    /// With `--all`: what can become of each route.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Vec<RouteSummary>>,
}

/// The only version there is.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "byok-simulation/1")]
    One,
}

/// One run of a route.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RunTold {
    /// The route that is called.
    route: String,
    /// The calls, in order. None where an approval was refused.
    events: Vec<Event>,
    /// Who serves it; null where it fails.
    served_by: Option<String>,
    /// The class it fails with; null where it is served.
    fails_with: Option<&'static str>,
    /// What a person is told; null where it is served.
    message: Option<String>,
}

/// One call.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Event {
    /// Who is called.
    target: String,
    /// `served`, or the class it fails with.
    outcome: &'static str,
}

/// What can become of a route, over every run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RouteSummary {
    /// The route.
    route: String,
    /// Who can serve it, in the order of its attempts.
    can_serve: Vec<String>,
    /// The classes that a run can fail with, those that the runtime raises itself included.
    can_fail_with: Vec<&'static str>,
    /// The smallest outages, of up to three things of one kind, that can leave nobody to serve: single points of failure first.
    outages: Vec<OutageTold>,
    /// The kinds of outage that are too many to look at.
    outages_undecided: Vec<&'static str>,
    /// The most calls of one run.
    most_calls: usize,
    /// The most that one run can cost, in US dollars; null where nobody can say.
    worst_cost: Option<String>,
    /// Why nobody can say.
    cost_unbounded: Option<String>,
    /// How long the slowest run takes, in milliseconds; approvals wait outside it.
    worst_latency_ms: u64,
    /// The companies that may see what is sent.
    companies: Vec<String>,
    /// Whether any company at all may: a router passes data on to whom it chooses.
    any_company: bool,
    /// The regions where what is sent may be processed.
    regions: Vec<String>,
    /// Whether it may be processed anywhere: some provider does not say where.
    any_region: bool,
}

/// Things whose loss together can leave nobody to serve.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OutageTold {
    /// `provider`, `vendor`, `key` or `region`.
    kind: &'static str,
    /// What is lost. Accounts that are lost together, at one host, are one entry.
    lost: Vec<String>,
}

/// The document of a simulation, with a summary of each route where it is of every run.
pub fn document(simulation: &Simulation<'_, '_>, every: bool) -> String {
    let policy = &simulation.compilation.policy;
    let routes = &simulation.routes;
    let told = |route: &RouteRuns<'_>| {
        let runs = route.runs.as_deref().unwrap_or_default();
        runs.iter().map(|run| tell(policy, route, run)).collect::<Vec<_>>()
    };
    let document = Document {
        format: Version::One,
        runs: routes.iter().flat_map(told).collect(),
        summary: every.then(|| routes.iter().map(|route| sum_up(policy, route, &simulation.summary(route))).collect()),
    };
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    json
}

fn tell(policy: &Policy<'_>, route: &RouteRuns<'_>, run: &Run) -> RunTold {
    RunTold {
        route: policy[route.route].name.text.to_owned(),
        events: run
            .calls
            .iter()
            .map(|call| Event {
                target: policy[call.target].text.to_owned(),
                outcome: call.failed.map_or("served", |class| class.as_str()),
            })
            .collect(),
        served_by: run.served_by().map(|target| policy[target].text.to_owned()),
        fails_with: run.fails.map(Failure::as_str),
        message: run.message(policy, route.route),
    }
}

fn sum_up(policy: &Policy<'_>, route: &RouteRuns<'_>, summary: &Summary<'_>) -> RouteSummary {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let plain = |name: &String| name.replace('`', "");
    let told = |outage: &Outage| OutageTold { kind: outage.kind.as_str(), lost: outage.lost.iter().map(plain).collect() };
    RouteSummary {
        route: policy[route.route].name.text.to_owned(),
        can_serve: summary.can_serve.iter().map(|target| policy[*target].text.to_owned()).collect(),
        can_fail_with: summary.can_fail_with.iter().map(|class| class.as_str()).collect(),
        outages: summary.outages.iter().map(told).collect(),
        outages_undecided: summary.undecided.iter().map(|kind| kind.as_str()).collect(),
        most_calls: summary.most_calls,
        worst_cost: summary.bounds.cost.ok().map(|cost| cost.to_string().trim_start_matches('$').to_owned()),
        cost_unbounded: summary.bounds.cost.err().map(|reason| reason.describe(policy)),
        worst_latency_ms: summary.bounds.latency,
        companies: owned(&summary.companies),
        any_company: summary.any_company,
        regions: owned(&summary.regions),
        any_region: summary.any_region,
    }
}

/// The JSON Schema (draft 2020-12) of the document.
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>();
    schema.insert("$id".to_owned(), "urn:byokc:schema:simulation:1".into());
    schema.to_value()
}
