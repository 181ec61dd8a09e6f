//! The `byokc` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    byokc::cli::run(std::env::args_os())
}
