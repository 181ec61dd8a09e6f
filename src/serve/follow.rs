//! Follows a route: makes the calls that `runtime` decides on, until one is answered or the run has failed.

use std::time::Duration;

use hyper::header::HeaderMap;
use tokio::time::{Instant, sleep, timeout_at};

use crate::clients::Shape;
use crate::exchange::{Answer, Embed, Embeddings, Request};
use crate::failure::Failure;
use crate::plan::{Attempt, Route};
use crate::providers::{Failed, Outgoing, decode, decode_embeddings, embed, encode};
use crate::runtime::{Patience, Report, Run, Then, Tried, estimate, estimate_texts};

use super::key::Found;
use super::metrics::Metrics;
use super::service::{Account, Service};
use super::stream::Opening;
use super::upstream::{Upstream, whole};

/// What a client asks a route for.
pub(super) enum Asked {
    /// A chat completion, in the shape of this client.
    Chat(Request, Shape),
    /// Vectors.
    Vectors(Embed),
}

impl Asked {
    /// The name under which the client asks.
    pub(super) fn model(&self) -> &str {
        match self {
            Self::Chat(request, _) => &request.model,
            Self::Vectors(request) => &request.model,
        }
    }
}

/// What a provider answered.
pub(super) enum Reply {
    Answer(Answer),
    Vectors(Embeddings),
    /// The first of an answer that comes piece by piece.
    Stream(Box<Opening>),
}

/// A run that was answered.
pub(super) struct Served<'s> {
    pub(super) reply: Reply,
    pub(super) attempt: &'s Attempt<'static>,
    /// Every attempt, the last of which served.
    pub(super) tried: Vec<Tried>,
    /// Hints of the request that the target does not take.
    pub(super) dropped: Vec<&'static str>,
}

/// A request on its way.
pub(super) struct Turn<'s> {
    pub(super) service: &'s Service,
    pub(super) upstream: &'s Upstream,
    pub(super) metrics: &'s Metrics,
    pub(super) name: &'s str,
    pub(super) route: &'s Route<'static>,
    pub(super) asked: &'s Asked,
    /// The client's headers: they may bring keys.
    pub(super) headers: &'s HeaderMap,
    pub(super) started: Instant,
}

impl<'s> Turn<'s> {
    /// Makes the run.
    pub(super) async fn follow(&self) -> Result<Served<'s>, Report> {
        let mut tried = Vec::new();
        let choose = |of| fastrand::usize(..of);
        let Some(mut run) = Run::start(self.route, choose) else { return Err(self.no_attempt()) };
        let prompt = match self.asked {
            Asked::Chat(request, _) => estimate(request),
            Asked::Vectors(request) => estimate_texts(request),
        };
        loop {
            let Some(attempt) = run.attempt() else { return Err(self.no_attempt()) };
            let called = if self.route.max_input.is_some_and(|most| prompt > most) {
                Err(Failed::of(Failure::TooLarge))
            } else if attempt.max_input.is_some_and(|most| prompt > most) {
                Err(Failed::of(Failure::ContextLength))
            } else {
                match run.patience(self.started.elapsed()) {
                    Some(patience) => self.attempt(attempt, patience).await,
                    None => Err(Failed::of(Failure::Deadline)),
                }
            };
            let failed = match called {
                Ok((reply, dropped)) => {
                    self.metrics.attempt(self.name, attempt, "served");
                    tried.push(Tried { target: attempt.target.to_string(), outcome: "served" });
                    return Ok(Served { reply, attempt, tried, dropped });
                }
                Err(failed) => failed,
            };
            self.metrics.attempt(self.name, attempt, failed.class.as_str());
            let then = run.failed(&failed, self.started.elapsed(), choose);
            tracing::info!(route = self.name, target = %attempt.target, class = failed.class.as_str(), ?then, "a call failed");
            match then {
                Then::Again(pause) => sleep(pause).await,
                Then::Next => tried.push(Tried { target: attempt.target.to_string(), outcome: failed.class.as_str() }),
                Then::End(class) => {
                    tried.push(Tried { target: attempt.target.to_string(), outcome: failed.class.as_str() });
                    let plan = self.service.router.plan();
                    let report = Report::run(plan, self.name, self.route, attempt, class, tried);
                    return Err(match &failed.field {
                        Some(field) => report.of_field(field),
                        None => report,
                    });
                }
            }
        }
    }

    /// Makes one call, as long as there is patience for it.
    async fn attempt(&self, attempt: &Attempt<'static>, patience: Patience) -> Result<(Reply, Vec<&'static str>), Failed> {
        let until = Instant::now() + patience.limit;
        let target = self.service.router.target(attempt).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let account = self.service.accounts.get(&*attempt.provider).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let outgoing = match self.asked {
            Asked::Chat(request, _) => encode(&target, request, limit(request.max_output, self.route.max_output)),
            Asked::Vectors(request) => embed(&target, request),
        };
        // What a target cannot carry was refused before anybody was called.
        let mut outgoing = outgoing.map_err(|_| Failed::of(Failure::BadRequest))?;
        let dropped = std::mem::take(&mut outgoing.dropped);
        let answered = timeout_at(until, self.call(attempt, account, &target, outgoing)).await;
        let reply = answered.unwrap_or_else(|_| Err(Failed::of(patience.class)));
        if reply.as_ref().is_err_and(|failed| failed.class == Failure::InvalidKey) {
            account.key.rejected();
        }
        let mut reply = reply?;
        if let (Reply::Stream(opening), Asked::Chat(_, shape)) = (&mut reply, self.asked) {
            let deadline = self.route.deadline_ms.map(|deadline| self.started + Duration::from_millis(deadline));
            opening.until_content(*shape, Duration::from_millis(attempt.timeout_ms), deadline).await?;
        }
        Ok((reply, dropped))
    }

    /// To the end of a whole answer, or the first bytes of one that comes piece by piece.
    async fn call(
        &self,
        attempt: &Attempt<'static>,
        account: &Account,
        target: &crate::providers::Target<'_>,
        outgoing: Outgoing,
    ) -> Result<Reply, Failed> {
        let key = match account.key.find(self.headers).await {
            Found::Key(key) => Some(key),
            Found::NotNeeded => None,
            Found::Missing => return Err(Failed::of(Failure::MissingKey)),
        };
        let wire = outgoing.wire;
        let body = self.upstream.send(target, account, key, outgoing).await?;
        match self.asked {
            Asked::Chat(request, _) if request.stream => {
                let mut opening = Opening::new(body, wire, &attempt.target);
                opening.more().await?;
                Ok(Reply::Stream(Box::new(opening)))
            }
            Asked::Chat(..) => decode(wire, &attempt.target, &whole(body).await?).map(Reply::Answer),
            Asked::Vectors(request) => {
                let vectors = decode_embeddings(wire, &whole(body).await?)?;
                // A vector too few would be taken for that of another text.
                let all = vectors.vectors.len() == request.input.len();
                if all { Ok(Reply::Vectors(vectors)) } else { Err(Failed::of(Failure::ServerError)) }
            }
        }
    }

    /// A route without attempts is in no plan that was verified.
    fn no_attempt(&self) -> Report {
        Report::new(500, Failure::ServerError.as_str(), "The plan has no attempt for this route.", "Compile the policy again.")
            .of_route(self.name)
    }
}

/// The smaller of two limits, where there are any.
fn limit(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
