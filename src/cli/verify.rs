//! `byokc verify`: whether a plan is what it says, derived again from the plan alone.

use std::path::PathBuf;

use clap::Args;

use crate::render::Format;
use crate::secrets::masked;
use crate::text::{count, visible};
use crate::verify::{Fault, NotRead, Report, Verified, read, verify};

use super::output::{self, Output, parse_document};
use super::{Exit, Failure, Global, Outcome, files};

/// So many faults are shown to a person.
const SHOWN: usize = 20;

/// Check a plan again, from the plan alone: its tables, whom it reaches, and every claim that is said to be proved
#[derive(Args)]
pub(super) struct Verify {
    /// The plan, or `-` for standard input
    #[arg(value_name = "PLAN")]
    path: PathBuf,
    /// Report in this format: human, json; to FILE where one is named. Repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_document)]
    output: Vec<Output>,
}

pub(super) fn run(args: &Verify, global: &Global) -> Outcome {
    output::judge_places(&args.output, std::slice::from_ref(&args.path))?;
    let name = files::shown(&args.path);
    let text = files::read_or_stdin(&args.path).map_err(|reason| Failure::new(format!("{name} {reason}")))?;
    let (digest, outcome) = match read(&text) {
        Ok(plan) => (Some(plan.digest.clone().into_owned()), verify(&plan)),
        Err(NotRead::Refused(fault)) => (None, Err(vec![fault])),
        Err(NotRead::NoPlan(reason)) => {
            return Err(
                Failure::nothing(format!("{name} {}", visible(&reason))).help("`byokc compile policy.byok -o plan.json` writes a plan")
            );
        }
    };
    if outcome.as_ref().is_ok_and(|verified| verified.routes == 0) {
        return Err(Failure::nothing(format!("{name} has no route")));
    }
    output::write_all(&args.output, global, |format, _| match format {
        Format::Json => masked(&Report::new(&name, digest.as_deref(), &outcome).to_json()),
        _ => masked(&human(&name, &outcome)),
    })?;
    Ok(if outcome.is_ok() { Exit::Clean } else { Exit::Findings })
}

fn human(name: &str, outcome: &Result<Verified, Vec<Fault>>) -> String {
    let lines = match outcome {
        Ok(verified) => good(name, verified),
        Err(faults) => bad(name, faults),
    };
    lines.iter().fold(String::new(), |text, line| text + &visible(line) + "\n")
}

fn good(name: &str, verified: &Verified) -> Vec<String> {
    let reach = if verified.reach == 1 { "1 entry".to_owned() } else { format!("{} entries", verified.reach) };
    let routes = count(verified.routes, "route");
    let mut lines =
        vec![format!("{name} is what it says: its digest, {routes} with {} and {reach} of reach", count(verified.attempts, "attempt"))];
    if !verified.proved.is_empty() {
        lines.push(format!("proved again: {}", count(verified.proved.len(), "claim")));
    }
    if !verified.undecided.is_empty() {
        lines.push(format!("undecided, so no promise: {}", count(verified.undecided.len(), "claim")));
        lines.extend(verified.undecided.iter().map(|claim| format!("  {claim}")));
    }
    lines
}

fn bad(name: &str, faults: &[Fault]) -> Vec<String> {
    let mut lines = Vec::new();
    for fault in faults.iter().take(SHOWN) {
        let place = if fault.at.is_empty() { String::new() } else { format!(" at {}", fault.at) };
        lines.push(format!("error: {name}{place}: {}", fault.message));
        lines.extend(fault.run.iter().zip(1..).map(|(event, number)| format!("  {number}. {event}")));
    }
    if faults.len() > SHOWN {
        lines.push(format!("and {} more", faults.len() - SHOWN));
    }
    lines.push(format!("{} in {name}: do not use it", count(faults.len(), "fault")));
    lines.push("help: compile the policy again; if the file was edited by hand, make the change in the policy instead".to_owned());
    lines
}
