//! `byokc init`: a policy to start from.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure, Global, Outcome, files, output};

/// What is written: the smallest of the policies that byokc comes with.
const STARTER: &str = include_str!("../../policies/minimal.byok");

/// Write a commented policy to start from, which checks clean
#[derive(Args)]
pub(super) struct Init {
    /// The folder for `policy.byok`; it is made where there is none
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn run(init: &Init, _global: &Global) -> Outcome {
    let path = init.dir.join("policy.byok");
    let name = files::shown(&path);
    std::fs::create_dir_all(&init.dir).map_err(|error| Failure::new(format!("{} cannot be made: {error}", files::shown(&init.dir))))?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(format!("{name} exists already")).help("name another folder, or move the file away; byokc init never overwrites")
        }
        _ => Failure::new(format!("{name} cannot be written: {error}")),
    })?;
    file.write_all(STARTER.as_bytes()).map_err(|error| Failure::new(format!("{name} cannot be written: {error}")))?;
    output::say(&format!(
        "wrote {name}\n\nnext:\n  byokc check {name}                  every finding\n  byokc show {name}                   who may be called, with which data and whose key\n  \
         byokc keys {name}                   whether the keys are there\n  byokc compile {name} -o plan.json   the plan that a runtime follows"
    ));
    Ok(Exit::Clean)
}
