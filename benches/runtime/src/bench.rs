//! Options -> all runs, the variants taking turns, and what they show.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::load::Load;
use crate::options::Options;
use crate::process::{self, Process};
use crate::report::{Memory, Report, Sample, Start};
use crate::words::{CASES, Case};

type Failure = Box<dyn std::error::Error>;

/// How many connections at a time.
pub const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// The names of the variants that others are compared with.
pub const DIRECT: &str = "direct";
/// See [`DIRECT`].
pub const PROXY: &str = "minimal proxy";

/// byokc without a record of its calls.
pub const BYOKC: &str = "byokc";
/// byokc with its audit log.
pub const RECORDED: &str = "byokc, audit log";
/// byokc with its audit log, and every detector.
pub const REDACTED: &str = "byokc, audit log, redacts";

/// No connection is used oftener in one run.
const MOST_REQUESTS: usize = 20_000;

/// Something that answers: how to ask it, and the process in between, if there is one.
struct Variant<'a> {
    name: &'a str,
    address: SocketAddr,
    /// The index of its process.
    process: Option<usize>,
    model: &'static str,
}

/// Runs everything, prints the tables and writes the records.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let began = Instant::now();
    let (rounds, time, starts) = if options.quick { (2, Duration::from_millis(220), 5) } else { (5, Duration::from_millis(450), 20) };
    let rounds = options.rounds.unwrap_or(rounds);
    // A round that is not done by then does not count.
    let until = began + Duration::from_secs(220);
    let cases: Vec<Case> = CASES.into_iter().filter(|case| !options.plain || case.pieces == 0).collect();
    let stub = Process::start(&mut ours(&["upstream"])?, false)?;
    let commands = commands(options, stub.address)?;
    let mut report = Report::default();
    for (name, command) in &commands {
        report.starts.push(start_often(name, command, starts)?);
    }
    let mut processes = Vec::new();
    for (name, command) in &commands {
        processes.push((name.as_str(), Process::start(&mut shell(command, stub.address), false)?));
    }
    let variants = variants(&processes, stub.address);
    for variant in &variants {
        warm(variant, &cases).await.map_err(|error| format!("{}: {error}", variant.name))?;
    }
    let used = || processes.iter().fold(stub.processor() + process::own(), |sum, (_, process)| sum + process.processor());
    let (rounds_began, used_before) = (Instant::now(), used());
    for round in 0..rounds {
        let Some(samples) = one_round(&variants, &processes, (round, &cases), time, until).await? else { break };
        report.samples.extend(samples);
        report.rounds = round + 1;
    }
    if report.rounds == 0 {
        return Err("not one round was done in time: is the machine busy?".into());
    }
    report.share = (used() - used_before).as_secs_f64() / rounds_began.elapsed().as_secs_f64();
    for (name, process) in &processes {
        let (resident, most) = process.memory()?;
        report.memory.push(Memory { name: (*name).to_owned(), resident, most });
    }
    report.print();
    if let Some(path) = &options.json {
        std::fs::write(path, report.lines())?;
    }
    Ok(())
}

/// What stands between, by name. `{STUB}` is the stub's host and port.
fn commands(options: &Options, stub: SocketAddr) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let own = std::env::current_exe()?;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut commands = vec![(PROXY.to_owned(), vec![text(&own), "proxy".to_owned(), stub.to_string()])];
    if !options.without_byokc {
        let (plan, log) = (text(&options.plan), text(&options.audit));
        let serve = ["serve", &plan, "--listen", "127.0.0.1:0", "--open", "--audit", &log, "--audit-sync", "second"].map(str::to_owned);
        commands.push((BYOKC.to_owned(), std::iter::once(text(&options.byokc)).chain(serve).collect()));
    }
    for (name, command) in &options.also {
        let words = command.split_whitespace().map(|word| word.replace("{STUB}", &stub.to_string())).collect();
        commands.push((name.clone(), words));
    }
    Ok(commands)
}

fn variants<'a>(processes: &[(&'a str, Process)], stub: SocketAddr) -> Vec<Variant<'a>> {
    let mut variants = vec![Variant { name: DIRECT, address: stub, process: None, model: "chat" }];
    for (index, (name, process)) in processes.iter().enumerate() {
        let variant = |name, model| Variant { name, address: process.address, process: Some(index), model };
        variants.push(variant(name, "chat"));
        if *name == BYOKC {
            variants.push(variant(RECORDED, "chat_recorded"));
            variants.push(variant(REDACTED, "chat_redacted"));
            variants.push(variant("byokc, to Anthropic's shape", "chat_translated"));
        }
    }
    variants
}

/// Some hundreds of requests, so that what is done once is done, and memory has grown to its size.
async fn warm(variant: &Variant<'_>, cases: &[Case]) -> Result<(), Failure> {
    for case in cases {
        Load::open(variant.address, *case, variant.model, 64).await?.run(Duration::from_millis(100), 4).await?;
    }
    Ok(())
}

/// Every case with every variant, the variants taking turns; nothing if that is not done in time.
async fn one_round(
    variants: &[Variant<'_>],
    processes: &[(&str, Process)],
    (round, cases): (usize, &[Case]),
    time: Duration,
    until: Instant,
) -> Result<Option<Vec<Sample>>, Failure> {
    let mut samples = Vec::new();
    // Each round begins with another variant, so that none always runs after the same one.
    let (later, earlier) = variants.split_at(round % variants.len());
    for connections in CONNECTIONS {
        for &case in cases {
            for variant in earlier.iter().chain(later) {
                if Instant::now() > until {
                    return Ok(None);
                }
                let sample = measure(variant, processes, case, connections, time).await;
                samples.push(sample.map_err(|error| format!("{}, {connections} connections, {}: {error}", variant.name, case.name()))?);
            }
        }
    }
    Ok(Some(samples))
}

async fn measure(
    variant: &Variant<'_>,
    processes: &[(&str, Process)],
    case: Case,
    connections: usize,
    time: Duration,
) -> Result<Sample, Failure> {
    let process = variant.process.and_then(|index| processes.get(index)).map(|(_, process)| process);
    let mut load = Load::open(variant.address, case, variant.model, connections).await?;
    let before = process.map(Process::processor);
    let run = load.run(time, MOST_REQUESTS).await?;
    let used = process.zip(before).map(|(process, before)| process.processor().saturating_sub(before));
    Ok(Sample { variant: variant.name.to_owned(), case: case.name(), connections, run, used })
}

fn start_often(name: &str, command: &[String], times: usize) -> Result<Start, Failure> {
    let mut start = Start { name: name.to_owned(), line: Vec::new(), healthy: Vec::new() };
    for _ in 0..times {
        let mut command = shell(command, SocketAddr::from(([127, 0, 0, 1], 9)));
        let process = Process::start(&mut command, name == BYOKC)?;
        start.line.push(process.until_line);
        start.healthy.extend(process.until_healthy);
    }
    Ok(start)
}

/// This program again, in another part.
fn ours(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments);
    Ok(command)
}

fn shell(words: &[String], stub: SocketAddr) -> Command {
    let mut command = Command::new(words.first().map_or("", String::as_str));
    command.args(words.get(1..).unwrap_or_default());
    command.env("STUB", format!("http://{stub}")).env("STUB_V1", format!("http://{stub}/v1")).env("STUB_KEY", "sk-stub-0123456789abcdef");
    command
}
