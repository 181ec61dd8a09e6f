//! Follows a route: makes the calls that `runtime` decides on, until one is answered or the run has failed.

use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout_at};

use crate::audit::{Approval, Done};
use crate::clients::Shape;
use crate::exchange::{Answer, Embed, Embeddings, Request};
use crate::failure::Failure;
use crate::plan::{Attempt, Route};
use crate::providers::{Failed, Outgoing, Target, decode, decode_embeddings};
use crate::redact::Restorer;
use crate::runtime::{Denied, Patience, Report, Run, Then, Tried};

use super::key::Found;
use super::metrics::Metrics;
use super::sent::Sent;
use super::service::{Account, Service};
use super::stream::{Opening, Wait};
use super::trail::Trail;
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
    /// Puts back into the answer what was masked for the target.
    pub(super) restorer: Restorer,
}

/// A request on its way.
pub(super) struct Turn<'s, 't> {
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
    pub(super) trail: &'t mut Trail,
    /// What let the request in, for the record of its first attempt.
    pub(super) let_in: LetIn,
}

/// What let a request in.
#[derive(Clone, Debug, Default)]
pub(super) struct LetIn {
    pub(super) approval: Option<Approval<'static>>,
    /// The steps before it that are done.
    pub(super) done: Vec<Done<'static>>,
}

/// A call that was answered, with what its target did not take.
type Answered = (Reply, Vec<&'static str>);

impl<'s> Turn<'s, '_> {
    /// Makes the run.
    pub(super) async fn follow(mut self) -> Result<Served<'s>, Box<Report>> {
        let choose = |of| fastrand::usize(..of);
        let mut run = Run::start(self.route, choose).ok_or_else(|| self.no_attempt())?;
        let mut tried = Vec::new();
        let mut after = None;
        loop {
            let attempt = run.attempt().ok_or_else(|| self.no_attempt())?;
            let asked = self.asked;
            let sent = Sent::new(asked, self.route, attempt).map_err(|unreadable| self.denied(&Denied::Unreadable(unreadable)))?;
            let mut call = self.first(attempt, &sent, run.patience(self.started.elapsed())).await;
            self.record(run.index(), attempt, &sent, &call, after).await?;
            let (class, failed) = loop {
                let called = match call {
                    First::Call(key, patience) => {
                        self.trail.call();
                        self.attempt(attempt, &sent, key, patience).await
                    }
                    First::Fails(class) => Err(Failed::of(class)),
                    First::Ends(class) => return Err(self.failed(attempt, class, tried)),
                };
                let failed = match called {
                    Ok((reply, dropped)) => {
                        self.metrics.attempt(self.name, attempt, "served");
                        tried.push(Tried { target: attempt.target.to_string(), outcome: "served" });
                        return Ok(Served { reply, attempt, tried, dropped, restorer: sent.into_restorer() });
                    }
                    Err(failed) => failed,
                };
                self.metrics.attempt(self.name, attempt, failed.class.as_str());
                let then = run.failed(&failed, self.started.elapsed(), choose);
                self.tell(attempt, failed.class, then);
                match then {
                    Then::Again(pause) => {
                        sleep(pause).await;
                        call = self.first(attempt, &sent, run.patience(self.started.elapsed())).await;
                    }
                    Then::Next => break (None, failed),
                    Then::End(class) => break (Some(class), failed),
                }
            };
            tried.push(Tried { target: attempt.target.to_string(), outcome: failed.class.as_str() });
            after = Some(failed.class);
            if let Some(class) = class {
                let report = self.failed(attempt, class, tried);
                return Err(match &failed.field {
                    Some(field) => Box::new(report.of_field(field)),
                    None => report,
                });
            }
        }
    }

    /// Whether a call can be made, and with which key.
    async fn first(&self, attempt: &Attempt<'static>, sent: &Sent<'_>, patience: Option<Patience>) -> First {
        let prompt = sent.estimate();
        if self.route.max_input.is_some_and(|most| prompt > most) {
            return First::Ends(Failure::TooLarge);
        }
        if attempt.max_input.is_some_and(|most| prompt > most) {
            return First::Fails(Failure::ContextLength);
        }
        // Looking for a key is no part of the attempt: a program that takes its time is no provider that does not answer.
        match (self.key(attempt).await, patience) {
            (_, None) => First::Ends(Failure::Deadline),
            (None, Some(_)) => First::Fails(Failure::MissingKey),
            (Some(key), Some(patience)) => First::Call(key, patience),
        }
    }

    /// Records an attempt before anything of it leaves.
    async fn record(
        &mut self,
        index: usize,
        attempt: &Attempt<'static>,
        sent: &Sent<'_>,
        call: &First,
        after: Option<Failure>,
    ) -> Result<(), Box<Report>> {
        self.metrics.redactions(self.name, &sent.counts());
        // What nobody keeps need not be made.
        if !self.trail.is_kept() {
            return Ok(());
        }
        let service = self.service;
        let (Some(target), Some(account)) = (service.router.target(attempt), service.accounts.get(&*attempt.provider)) else {
            return Err(self.no_attempt());
        };
        let mut record = sent.record((self.route, attempt, index), (&target, account), matches!(call, First::Call(..)));
        let LetIn { approval, done } = std::mem::take(&mut self.let_in);
        (record.approval, record.done) = (approval, done);
        let written = self.trail.attempt(record, after);
        let kept = match written {
            Ok(written) => written.await,
            Err(lost) => Err(lost),
        };
        kept.map_err(|_| self.denied(&super::audit::CANNOT))
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
        sent: &Sent<'_>,
        key: Option<HeaderValue>,
        patience: Patience,
    ) -> Result<Answered, Failed> {
        let until = Instant::now() + patience.limit;
        let target = self.service.router.target(attempt).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let account = self.service.accounts.get(&*attempt.provider).ok_or_else(|| Failed::of(Failure::ServerError))?;
        let mut outgoing = sent.encode(self.route, &target).map_err(|_| Failed::of(Failure::BadRequest))?;
        let dropped = std::mem::take(&mut outgoing.dropped);
        let answered = timeout_at(until, self.call(account, &target, key, outgoing)).await;
        let mut reply = answered.unwrap_or_else(|_| Err(Failed::of(patience.class)));
        if let Ok(Reply::Stream(opening)) = &mut reply {
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

    /// That a guard does not let it pass.
    fn denied(&self, denied: &Denied) -> Box<Report> {
        Box::new(Report::denied(self.name, &self.route.title, denied))
    }

    /// A route without attempts is in no plan that was verified.
    fn no_attempt(&self) -> Box<Report> {
        let report =
            Report::new(500, Failure::ServerError.as_str(), "The plan has no attempt for this route.", "Compile the policy again.");
        Box::new(report.of_route(self.name))
    }
}

/// What comes of an attempt before it is made.
enum First {
    /// It is made, with this key if one is needed.
    Call(Option<HeaderValue>, Patience),
    /// It is not made, and has failed.
    Fails(Failure),
    /// It is not made, and the run is over.
    Ends(Failure),
}
