//! What comes from outside: the plan's file changes, the process is asked to read it again, or to end.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::audit::{Entry, Planned};

use super::audit::Lost;
use super::mark::Mark;
use super::service::Service;
use super::{Options, Refusal, Server, Why, may_serve, open_log, warn_of};

/// How often the plan's file is looked at.
const EVERY: Duration = Duration::from_secs(2);
/// A plan that cannot be read and checked in this time is refused.
const SLOW: Duration = Duration::from_mins(1);

/// Watches the plan's file, which looked like this when it was read. A plan that is refused changes nothing; the one in service stays.
pub(super) fn start(server: Arc<Server>, options: Options, mut seen: Option<Mark>) {
    let mut hangups = Hangups::new();
    tokio::spawn(async move {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let asked = tokio::select! {
                _ = ticks.tick() => false,
                () = hangups.next() => true,
            };
            // What came over standard input does not come again.
            if options.plan.as_os_str() == "-" {
                continue;
            }
            let now = Mark::of(&options.plan);
            if asked || now != seen {
                seen = now;
                reload(&server, &options).await;
            }
        }
    });
}

async fn reload(server: &Server, options: &Options) {
    let plan = options.plan.clone();
    let read = tokio::task::spawn_blocking(move || Service::load_again(&plan));
    let refused = match timeout(SLOW, read).await {
        Ok(Ok(Ok(service))) => match may_serve(&service, options).and_then(|()| recorded(server, options, &service)) {
            Ok(()) => {
                warn_of(&service);
                tracing::info!(digest = %service.router.plan().digest, "another plan is in service");
                server.replace(service);
                server.metrics.reload("taken");
                return;
            }
            Err(refusal) => refusal.message,
        },
        Ok(Ok(Err(refusal))) => refusal.message,
        _ => "it could not be read in a minute".to_owned(),
    };
    tracing::error!(reason = refused, "the new plan is refused; the one before stays in service");
    server.metrics.reload("refused");
}

/// Records that another plan takes over. A plan that wants records and cannot have them does not.
fn recorded(server: &Server, options: &Options, service: &Service) -> Result<(), Refusal> {
    let Some(log) = server.log() else {
        *server.log.write().unwrap_or_else(PoisonError::into_inner) = open_log(service, &options.audit)?;
        return Ok(());
    };
    let plan = Planned { plan: std::borrow::Cow::Borrowed(&service.router.plan().digest) };
    match log.record(&Entry::Planned(plan)) {
        Ok(written) => {
            drop(written);
            Ok(())
        }
        Err(Lost) => Err(Refusal::new(Why::Unreadable, "the audit log cannot be written")),
    }
}

/// `SIGHUP`, which asks to read the plan again. Where it is not waited for it would end the process.
struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// `SIGTERM` and ctrl-C, which ask the process to end.
pub(super) struct End {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl End {
    /// From now on they are waited for.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok(),
        }
    }

    /// Until the next of them.
    pub(super) async fn asked(&mut self) {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                _ = terminate.recv() => {}
                () = interrupted => {}
            }
            return;
        }
        interrupted.await;
    }
}
