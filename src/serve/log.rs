//! The log: a JSON object a line, on standard error. Requests are named by id; nothing of what they hold, and no key, is in it.

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// So many lines wait to be written at most.
const LINES: usize = 4096;

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Off,
    /// What must be mended: a key that is rejected, a plan that is refused.
    Error,
    /// What should be looked at.
    Warn,
    /// Starts, ends, new plans, and every call that failed.
    #[default]
    Info,
    /// Every request.
    Debug,
}

/// Starts it; once in a process. What is still to be written is when the result is dropped. Nobody waits for who reads it: lines that nobody takes are dropped.
pub(super) fn start(level: Level) -> WorkerGuard {
    let level = match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    // Libraries below are left out: what they log may hold addresses and headers.
    let ours = Targets::new().with_target("byokc", level);
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_writer(writer);
    let _ = tracing_subscriber::registry().with(lines).with(ours).try_init();
    guard
}
