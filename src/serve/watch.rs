//! What comes from outside: the plan's file changes, the process is asked to read it again, or to end.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{MissedTickBehavior, interval};

use super::service::Service;
use super::{Options, Server, may_serve};

/// How often the plan's file is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Watches the plan's file. A plan that is refused changes nothing; the one in service stays.
pub(super) fn start(server: Arc<Server>, options: Options) {
    if options.plan.as_os_str() == "-" {
        return;
    }
    tokio::spawn(async move {
        let mut seen = mark(&options.plan);
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hangups = Hangups::new();
        loop {
            let asked = tokio::select! {
                _ = ticks.tick() => false,
                () = hangups.next() => true,
            };
            let now = mark(&options.plan);
            if asked || now != seen {
                seen = now;
                reload(&server, &options).await;
            }
        }
    });
}

async fn reload(server: &Server, options: &Options) {
    let plan = options.plan.clone();
    let loaded = tokio::task::spawn_blocking(move || Service::load(&plan)).await;
    let Ok(loaded) = loaded else { return };
    match loaded.and_then(|service| may_serve(&service, options).map(|()| service)) {
        Ok(service) => {
            for caller in &service.without_token {
                tracing::warn!(caller, "the token of this caller is nowhere to be found: it cannot call");
            }
            tracing::info!(digest = %service.router.plan().digest, "another plan is in service");
            server.replace(service);
            server.metrics.reload("taken");
        }
        Err(refusal) => {
            tracing::error!(reason = refusal.message, "the new plan is refused; the one before stays in service");
            server.metrics.reload("refused");
        }
    }
}

/// What tells one version of the file from another.
fn mark(path: &Path) -> Option<(Option<SystemTime>, u64, u64)> {
    let about = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let inode = 0;
    Some((about.modified().ok(), about.len(), inode))
}

/// `SIGHUP`, which asks to read the plan again.
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
        std::future::pending().await
    }
}

/// Until the process is asked to end.
pub(super) async fn end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
