//! `byokc compile`: the routing plan of a policy without errors.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;

use crate::plan;
use crate::render::{Format, Report, render};
use crate::source::Sources;

use super::output::{self, FailOn};
use super::{Exit, Global, Outcome, check, files, one};

/// Compile a policy to a routing plan; refuses on errors
#[derive(Args)]
pub(super) struct Compile {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Write the plan to FILE [default: standard output]
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The findings that keep the plan from being written, and make the exit code 1
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
}

pub(super) fn run(args: &Compile, global: &Global) -> Outcome {
    let sources = Sources::default();
    let mut one = match one::policy(&sources, &args.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    one.recheck(&sources);
    let compilation = &one.compilation;
    let report = Report { sources: &sources, policies: vec![check::report(&sources, one.root, compilation)] };
    if !compilation.diagnostics.is_empty() {
        let style = output::style(global, std::io::stderr().is_terminal());
        output::say(render(Format::Human, &report, style).trim_end());
    }
    let exit = args.fail_on.judge(&report);
    let Ok(checked) = compilation.checked() else { return Ok(Exit::Findings) };
    if exit != Exit::Clean {
        return Ok(exit);
    }
    let plan = plan::lower(&sources, &checked);
    match &args.output {
        None => output::print_with(|out| plan.write_json(out))?,
        Some(file) => files::write_with(file, |out| plan.write_json(out))?,
    }
    Ok(Exit::Clean)
}
