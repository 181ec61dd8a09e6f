//! Follows a route: makes the calls that `runtime` decides on, until one is answered or the run has failed.

use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout_at};

use crate::clients::Shape;
use crate::exchange::{Answer, Embed, Embeddings, Request};
use crate::failure::Failure;
use crate::plan::{Attempt, Route};
use crate::providers::{Failed, Outgoing, Target, decode, decode_embeddings, embed, encode};
use crate::runtime::{Patience, Report, Run, Then, Tried, estimate, estimate_texts};

use super::key::Found;
use super::metrics::Metrics;
use super::service::{Account, Service};
use super::stream::{Opening, Wait};
use super::upstream::whole;

/// What a client asks a route for.
pub(super) enum Asked {
    /// A chat completion, in the shape of this client.
    Chat(Box<Request>, Shape),
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
    pub(super) metrics: &'s Metrics,
    /// Names the request in the log.
    pub(super) id: &'s str,
    pub(super) name: &'s str,
    pub(super) route: &'s Route<'static>,
    pub(super) asked: &'s Asked,
    /// The client's headers: they may bring keys.
    pub(super) headers: &'s HeaderMap,
    pub(super) started: Instant,
}

impl<'s> Turn<'s> {
    /// Makes the run.
    pub(super) async fn follow(&self) -> Result<Served<'s>, Box<Report>> {
        let mut tried = Vec::new();
        let choose = |of| fastrand::usize(..of);
        let mut run = Run::start(self.route, choose).ok_or_else(|| self.no_attempt())?;
        let prompt = match self.asked {
            Asked::Chat(request, _) => estimate(request),
            Asked::Vectors(request) => estimate_texts(request),
        };
        loop {
            let attempt = run.attempt().ok_or_else(|| self.no_attempt())?;
            if self.route.max_input.is_some_and(|most| prompt > most) {
                return Err(self.failed(attempt, Failure::TooLarge, tried));
            }
            let called = if attempt.max_input.is_some_and(|most| prompt > most) {
                Err(Failed::of(Failure::ContextLength))
            } else {
                // Looking for a key is no part of the attempt: a program that takes its time is no provider that does not answer.
                let found = self.key(attempt).await;
                match run.patience(self.started.elapsed()) {
                    None => return Err(self.failed(attempt, Failure::Deadline, tried)),
                    Some(patience) => match found {
                        Some(key) => self.attempt(attempt, key, patience).await,
                        None => Err(Failed::of(Failure::MissingKey)),
                    },
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
            self.tell(attempt, failed.class, then);
            match then {
                Then::Again(pause) => sleep(pause).await,
                Then::Next => tried.push(Tried { target: attempt.target.to_string(), outcome: failed.class.as_str() }),
                Then::End(class) => {
                    tried.push(Tried { target: attempt.target.to_string(), outcome: failed.class.as_str() });
                    let report = self.failed(attempt, class, tried);
                    return Err(match &failed.field {
                        Some(field) => Box::new(report.of_field(field)),
                        None => report,
                    });
                }
            }
        }
    }

    /// Logs a failed call. What a person has to mend is an error, whoever stands in.
    fn tell(&self, attempt: &Attempt<'static>, class: Failure, then: Then) {
        let (request, route, called) = (self.id, self.name, &*attempt.target);
        let (reason, then) = (class.as_str(), then.as_str());
        match class {
            Failure::MissingKey | Failure::InvalidKey | Failure::Permission | Failure::Quota | Failure::ModelNotFound => {
                tracing::error!(request, route, called, class = reason, then, "a call failed");
            }
            _ => tracing::info!(request, route, called, class = reason, then, "a call failed"),
        }
    }

    /// When the run's time is up.
    fn deadline(&self) -> Option<Instant> {
        self.route.deadline_ms.map(|deadline| self.started + Duration::from_millis(deadline))
    }

    /// The key of an attempt, as far as one is needed; `None` where there is none.
    async fn key(&self, attempt: &Attempt<'static>) -> Option<Option<HeaderValue>> {
        let looking = self.service.accounts.get(&*attempt.provider)?.key.find(self.headers);
        let found = match self.deadline() {
            Some(deadline) => timeout_at(deadline, looking).await.unwrap_or(Found::Missing),
            None => looking.await,
        };
        match found {
            Found::Key(key) => Some(Some(key)),
            Found::NotNeeded => Some(None),
            Found::Missing => None,
        }
    }

    /// Makes one call, as long as there is patience for it.
    async fn attempt(
        &self,
        attempt: &Attempt<'static>,
        key: Option<HeaderValue>,
        patience: Patience,
    ) -> Result<(Reply, Vec<&'static str>), Failed> {
        let until = Instant::now() + patience.limit;
        let target = self.service.router.target(attempt).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let account = self.service.accounts.get(&*attempt.provider).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let outgoing = match self.asked {
            Asked::Chat(request, _) => {
                let limit = request.max_output.into_iter().chain(self.route.max_output).min();
                let most = target.model.max_output.unwrap_or(u64::MAX);
                encode(&target, request, limit.map(|limit| limit.min(most)))
            }
            Asked::Vectors(request) => embed(&target, request),
        };
        // What a target cannot carry was refused before anybody was called.
        let mut outgoing = outgoing.map_err(|_| Failed::of(Failure::BadRequest))?;
        let mut dropped = std::mem::take(&mut outgoing.dropped);
        if let Asked::Chat(request, _) = self.asked {
            dropped.extend(&request.hints);
        }
        let answered = timeout_at(until, self.call(account, &target, key, outgoing)).await;
        let mut reply = answered.unwrap_or_else(|_| Err(Failed::of(patience.class)));
        if let (Ok(Reply::Stream(opening)), Asked::Chat(..)) = (&mut reply, self.asked) {
            let wait = Wait { idle: Duration::from_millis(attempt.timeout_ms), deadline: self.deadline() };
            opening.until_content((until, patience.class), wait).await?;
        }
        if reply.as_ref().is_err_and(|failed| failed.class == Failure::InvalidKey) {
            account.key.rejected();
        }
        Ok((reply?, dropped))
    }

    /// To the end of a whole answer, or the head of one that comes piece by piece.
    async fn call(&self, account: &Account, target: &Target<'_>, key: Option<HeaderValue>, outgoing: Outgoing) -> Result<Reply, Failed> {
        let wire = outgoing.wire;
        let body = self.service.upstream.send(target, account, key, outgoing).await?;
        match self.asked {
            Asked::Chat(request, shape) if request.stream => Ok(Reply::Stream(Box::new(Opening::new(body, wire, *shape)))),
            Asked::Chat(..) => decode(wire, target.name, &whole(body).await?).map(Reply::Answer),
            Asked::Vectors(request) => {
                let vectors = decode_embeddings(wire, &whole(body).await?)?;
                // A vector too few would be taken for that of another text.
                let all = vectors.vectors.len() == request.input.len();
                if all { Ok(Reply::Vectors(vectors)) } else { Err(Failed::of(Failure::ServerError)) }
            }
        }
    }

    /// That the run has failed at an attempt.
    fn failed(&self, attempt: &Attempt<'static>, class: Failure, tried: Vec<Tried>) -> Box<Report> {
        Box::new(Report::run(self.service.router.plan(), self.name, self.route, attempt, class, tried))
    }

    /// A route without attempts is in no plan that was verified.
    fn no_attempt(&self) -> Box<Report> {
        let report =
            Report::new(500, Failure::ServerError.as_str(), "The plan has no attempt for this route.", "Compile the policy again.");
        Box::new(report.of_route(self.name))
    }
}
