//! What the runtime counts, for Prometheus. Labels come from the plan alone, so their number is bounded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::exchange::Usage;
use crate::plan::Attempt;
use crate::redact::Detector;

/// Bounds of the histogram, in seconds: from a rejected request to a long answer.
const SECONDS: [f64; 12] = [0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptLabels {
    route: String,
    target: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    route: String,
    target: String,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RedactionLabels {
    route: String,
    detector: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    outcome: &'static str,
}

/// What is counted.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    attempts: Family<AttemptLabels, Counter>,
    tokens: Family<TokenLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    redactions: Family<RedactionLabels, Counter>,
    tools: Family<RequestLabels, Counter>,
    reloads: Family<ReloadLabels, Counter>,
    in_flight: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("byokc");
        let requests = Family::default();
        let attempts = Family::default();
        let tokens = Family::default();
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let redactions = Family::default();
        let tools = Family::default();
        let reloads = Family::default();
        let in_flight = Gauge::default();
        registry.register("requests", "Requests by what became of them: served, or the code of the error", requests.clone());
        registry.register("attempts", "Calls of providers by what became of them: served, or the failure class", attempts.clone());
        registry.register(
            "tokens",
            "Tokens that providers report: input, cached (of the input), output, reasoning (of the output)",
            tokens.clone(),
        );
        registry.register_with_unit("request_duration", "From a request to the end of its answer", Unit::Seconds, seconds.clone());
        registry.register("redactions", "Places that were masked before a call, by detector", redactions.clone());
        registry.register("tool_calls", "Calls of tools in answers: called, sealed, blocked", tools.clone());
        registry.register("reloads", "Plans that were read again: taken, refused", reloads.clone());
        registry.register("requests_in_flight", "Requests that are being answered", in_flight.clone());
        #[cfg(feature = "otlp")]
        registry.register(
            "audit_copies_not_sent",
            "Copies of audit records that no collector took; the file has them",
            super::audit::otlp::NOT_SENT.clone(),
        );
        Arc::new(Self { registry, requests, attempts, tokens, seconds, redactions, tools, reloads, in_flight })
    }

    /// A request is over. Requests for no route of the plan are counted under none.
    pub(super) fn request(&self, route: &str, outcome: &'static str, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), outcome }).inc();
        self.seconds.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A call is over, or was not made.
    pub(super) fn attempt(&self, route: &str, attempt: &Attempt<'_>, outcome: &'static str) {
        let labels = AttemptLabels { route: route.to_owned(), target: attempt.target.to_string(), outcome };
        self.attempts.get_or_create(&labels).inc();
    }

    /// What an answer used up.
    pub(super) fn usage(&self, route: &str, target: &str, usage: Usage) {
        let kinds = [("input", usage.input), ("cached", usage.cached), ("output", usage.output), ("reasoning", usage.reasoning)];
        let mut labels = TokenLabels { route: route.to_owned(), target: target.to_owned(), kind: "" };
        for (kind, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
            labels.kind = kind;
            self.tokens.get_or_create(&labels).inc_by(count);
        }
    }

    /// What was masked in a request.
    pub(super) fn redactions(&self, route: &str, counts: &BTreeMap<Detector, u64>) {
        for (detector, count) in counts {
            self.redactions.get_or_create(&RedactionLabels { route: route.to_owned(), detector: detector.as_str() }).inc_by(*count);
        }
    }

    /// What became of a model's call of a tool: called, sealed, blocked.
    pub(super) fn tool(&self, route: &str, outcome: &'static str) {
        self.tools.get_or_create(&RequestLabels { route: route.to_owned(), outcome }).inc();
    }

    /// A plan was read again.
    pub(super) fn reload(&self, outcome: &'static str) {
        self.reloads.get_or_create(&ReloadLabels { outcome }).inc();
    }

    /// A request begins; it is under way until the result is dropped.
    pub(super) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// All of it, as Prometheus reads it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// A request under way.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
