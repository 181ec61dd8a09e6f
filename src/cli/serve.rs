//! `byokc serve`: the runtime, a server that agents call instead of a provider.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::serve::{self, Auditing, Level, Options, Refusal, Sync, Why};

use super::{Exit, Failure, Outcome, output};

/// Serve a plan: agents call this instead of a provider, and `model` names a route
#[derive(Args)]
pub(super) struct Serve {
    /// The plan, as `byokc compile` writes it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Where to listen; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Serve everybody on this machine, where the plan declares no caller
    #[arg(long)]
    open: bool,
    /// The largest request, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    max_body: u32,
    /// So many requests are answered at once
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    max_requests: u32,
    /// How much is logged, in JSON lines on standard error
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Log::Info)]
    log: Log,
    #[command(flatten)]
    audit: Audit,
    /// The file with the key that the instances of a runtime share, for receipts and sealed calls [default: a key of its own]
    #[arg(long, value_name = "FILE")]
    shared_key: Option<PathBuf>,
    /// The folder in which the instances of a runtime note approvals that were used [default: each notes its own]
    #[arg(long, value_name = "DIR")]
    approvals: Option<PathBuf>,
}

/// The audit log.
#[derive(Args)]
pub(super) struct Audit {
    /// The audit log, written where a route of the plan wants a record
    #[arg(long = "audit", value_name = "FILE", default_value = "audit.jsonl")]
    file: PathBuf,
    /// When a record of the audit log is on the disk: `always` is before the answer goes on
    #[arg(long = "audit-sync", value_name = "WHEN", value_enum, default_value_t = When::Second)]
    sync: When,
    /// A larger audit log is put aside, and another begun, in MiB
    #[arg(long = "audit-rotate", value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    rotate: u64,
    /// A collector that is sent a copy of each record, over OTLP/HTTP. It is never waited for; the file is what counts
    #[cfg(feature = "otlp")]
    #[arg(long, value_name = "URL")]
    otlp: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Never,
    Second,
    Always,
}

impl Audit {
    /// The same, for the runtime.
    pub(super) fn options(&self) -> Auditing {
        let sync = match self.sync {
            When::Never => Sync::Never,
            When::Second => Sync::Second,
            When::Always => Sync::Always,
        };
        #[cfg(feature = "otlp")]
        let collector = self.otlp.clone();
        #[cfg(not(feature = "otlp"))]
        let collector = None;
        Auditing { file: self.file.clone(), sync, rotate: self.rotate << 20, collector }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Log {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

pub(super) fn run(args: &Serve) -> Outcome {
    let options = Options {
        plan: args.plan.clone(),
        listen: args.listen,
        open: args.open,
        max_body: (args.max_body as usize) << 20,
        max_requests: args.max_requests as usize,
        log: match args.log {
            Log::Off => Level::Off,
            Log::Error => Level::Error,
            Log::Warn => Level::Warn,
            Log::Info => Level::Info,
            Log::Debug => Level::Debug,
        },
        audit: args.audit.options(),
        shared_key: args.shared_key.clone(),
        approvals: args.approvals.clone(),
    };
    serve::serve(&options, |address| output::say(&format!("listening on http://{address}"))).map_err(failure)?;
    Ok(Exit::Clean)
}

/// A refusal of the runtime, as every command ends.
pub(super) fn failure(refusal: Refusal) -> Failure {
    let failure = match refusal.why {
        Why::NoPlan => Failure::nothing(refusal.message),
        Why::Usage => Failure::usage(refusal.message),
        Why::Faulty => Failure { exit: Exit::Findings, ..Failure::new(refusal.message) },
        Why::Unreadable => Failure::new(refusal.message),
    };
    Failure { help: refusal.help, ..failure }
}
