//! The log: a JSON object a line, on standard error. Requests are named by id; nothing of what they hold, and no key, is in it.

use tracing_subscriber::filter::LevelFilter;

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Off,
    /// What must be mended.
    Error,
    /// What should be looked at.
    Warn,
    /// Starts, ends, new plans, and every call that failed.
    #[default]
    Info,
    /// Every request.
    Debug,
}

/// Starts it. Once in a process; a second call changes nothing.
pub(super) fn start(level: Level) {
    let level = match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    // Libraries below are left out: what they log may hold addresses and headers.
    let ours = tracing_subscriber::filter::Targets::new().with_target("byokc", level);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let _ = tracing_subscriber::registry().with(lines).with(ours).try_init();
}
