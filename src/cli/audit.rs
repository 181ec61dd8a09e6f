//! `byokc audit`: whether a log is whole and only what the plan allows has happened, and what it tells people.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::audit::show::{Show, Shown, Wanted};
use crate::audit::verify::{Check, Known, Plans};
use crate::render::Format;
use crate::secrets::masked;
use crate::text::{grouped, visible};
use crate::verify::{NotRead, read};

use super::output::{self, Output, parse_document, say};
use super::{Exit, Failure, Global, Outcome, files};

/// Check an audit log, or read it
#[derive(Subcommand)]
pub(super) enum Audit {
    Verify(Verify),
    Show(Tell),
}

/// Check that a log is whole, and that only what the plan allows has happened
#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    log: Log,
    /// A plan that was in service: each record is held against it. Repeatable
    #[arg(long, value_name = "PLAN")]
    plan: Vec<PathBuf>,
    /// A record that the log must hold, by its hash, `@` and its number. Repeatable
    #[arg(long, value_name = "HASH[@N]")]
    head: Vec<Known>,
    /// The log goes on after this record: what came before was checked then, and is not here
    #[arg(long, value_name = "HASH[@N]")]
    after: Option<Known>,
    /// Report in this format: human, json; to FILE where one is named. Repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_document)]
    output: Vec<Output>,
}

/// Tell what a log holds: who saw what, which route fell back and why, what it cost
#[derive(Args)]
pub(super) struct Tell {
    #[command(flatten)]
    log: Log,
    /// Only this route
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,
    /// Only this caller
    #[arg(long, value_name = "CALLER")]
    caller: Option<String>,
    /// Only this request
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// Tell only the last so many requests one by one
    #[arg(long, value_name = "N")]
    last: Option<usize>,
}

/// The log that a command reads.
#[derive(Args)]
struct Log {
    /// The log, or `-` for standard input. Files beside it named `LOG.000001` and on are what came before, and are read too
    #[arg(value_name = "LOG", required = true)]
    paths: Vec<PathBuf>,
}

impl Log {
    /// Its files, in the order in which they were written.
    fn files(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = Vec::new();
        for path in &self.paths {
            for file in before(path).into_iter().chain([path.clone()]) {
                if !all.contains(&file) {
                    all.push(file);
                }
            }
        }
        if all.len() > self.paths.len() {
            let names: Vec<String> = all.iter().map(|file| files::shown(file)).collect();
            say(&format!("reading {}", visible(&names.join(", "))));
        }
        all
    }

    fn name(&self) -> String {
        self.paths.iter().map(|path| files::shown(path)).collect::<Vec<_>>().join(", ")
    }
}

/// The files beside a log that were put aside before it, by their number.
fn before(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let number = |entry: std::fs::DirEntry| {
        let beside = entry.file_name().into_string().ok()?;
        let digits = beside.strip_prefix(name)?.strip_prefix('.')?;
        let good = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        Some((good.then(|| digits.parse::<u64>().ok())??, path.with_file_name(beside)))
    };
    // A log may be read where its folder cannot be listed.
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<(u64, PathBuf)> = entries.filter_map(Result::ok).filter_map(number).collect();
    found.sort();
    found.into_iter().map(|(_, file)| file).collect()
}

/// Hands each file of a log on.
fn each(log: &Log, mut take: impl FnMut(&str, &mut dyn BufRead) -> std::io::Result<()>) -> Result<(), Failure> {
    for path in log.files() {
        let name = files::shown(&path);
        let failed = |error: &std::io::Error| Failure::new(format!("{name} cannot be read: {error}"));
        let mut from: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(stdin().lock())
        } else {
            Box::new(BufReader::with_capacity(1 << 20, File::open(&path).map_err(|error| failed(&error))?))
        };
        take(&name, &mut *from).map_err(|error| failed(&error))?;
    }
    Ok(())
}

pub(super) fn run(audit: &Audit, global: &Global) -> Outcome {
    match audit {
        Audit::Verify(args) => verify(args, global),
        Audit::Show(args) => show(args),
    }
}

fn verify(args: &Verify, global: &Global) -> Outcome {
    let read: Vec<PathBuf> = args.log.files_and(&args.plan);
    output::judge_places(&args.output, &read)?;
    let mut plans = Plans::new();
    for path in &args.plan {
        add(&mut plans, path)?;
    }
    let mut check = Check::new(&plans, args.after, &args.head);
    each(&args.log, |name, from| check.file(name, from))?;
    let (name, report) = (args.log.name(), check.finish());
    if report.records == 0 && report.verified {
        return Err(Failure::nothing(format!("{name} has no record")));
    }
    output::write_all(&args.output, global, |format, _| match format {
        Format::Json => masked(&report.to_json()),
        _ => masked(&report.human(&name)),
    })?;
    Ok(if report.verified { Exit::Clean } else { Exit::Findings })
}

impl Log {
    /// What a report must not overwrite.
    fn files_and(&self, plans: &[PathBuf]) -> Vec<PathBuf> {
        self.paths.iter().flat_map(|path| before(path).into_iter().chain([path.clone()])).chain(plans.iter().cloned()).collect()
    }
}

/// Reads a plan, once it is verified.
fn add(plans: &mut Plans, path: &Path) -> Result<(), Failure> {
    let name = files::shown(path);
    let text = files::read_or_stdin(path).map_err(|reason| Failure::new(format!("{name} {reason}")))?;
    let faulty = |message: &str| {
        let failure = Failure { exit: Exit::Findings, ..Failure::new(format!("{name} is refused: {}", visible(message))) };
        failure.help(format!("`byokc verify {name}` shows every fault; nothing was held against it"))
    };
    let plan = read(&text).map_err(|not| match not {
        NotRead::NoPlan(reason) => Failure::nothing(format!("{name} {}", visible(&reason))).help("name a plan that `byokc compile` wrote"),
        NotRead::Refused(fault) => faulty(&fault.message),
    })?;
    plans.add(plan).map_err(|faults| faulty(faults.first().map_or("", |fault| &fault.message)))
}

fn show(args: &Tell) -> Outcome {
    let wanted = Wanted { route: args.route.clone(), caller: args.caller.clone(), request: args.request.clone(), last: args.last };
    let mut show = Show::new(wanted, BufWriter::new(stdout().lock()));
    let mut gone = false;
    each(&args.log, |name, from| match show.file(name, from) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            gone = true;
            Ok(())
        }
        other => other,
    })?;
    let shown = match show.finish() {
        // A reader that has gone away is no failure.
        Err(error) if gone || error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Clean),
        other => other.map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?,
    };
    warn(&args.log.name(), &shown)
}

/// What is shown was not verified; where it cannot be right, that is said.
fn warn(name: &str, shown: &Shown) -> Outcome {
    if shown.records == 0 {
        return match &shown.doubtful {
            Some(at) => Err(Failure::nothing(format!("{name} has no record: {at} is none"))),
            None => Err(Failure::nothing(format!("{name} has no record"))),
        };
    }
    if let Some(at) = &shown.doubtful {
        say(&format!("warning: {at} is no whole record, or does not follow the one before; {} were read", grouped(shown.records)));
        say("help: `byokc audit verify` says what is wrong");
    }
    Ok(Exit::Clean)
}
