//! `byokc completions`: what a shell offers behind `byokc`.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Cli, Exit, Global, Outcome, output};

/// Print completions for a shell
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &Completions, _global: &Global) -> Outcome {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "byokc", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
