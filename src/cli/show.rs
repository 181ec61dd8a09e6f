//! `byokc show`: the questions people ask, answered.

use std::path::PathBuf;

use clap::Args;

use crate::show;
use crate::source::Sources;

use super::{Global, Outcome, named, one, output};

/// Show who may be called, with which data and whose key, what may follow on failure, and the worst case
#[derive(Args)]
pub(super) struct Show {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Show only this route, with all its attempts
    #[arg(value_name = "ROUTE")]
    route: Option<String>,
}

pub(super) fn run(args: &Show, global: &Global) -> Outcome {
    let sources = Sources::default();
    let one = match one::policy(&sources, &args.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    let text = match &args.route {
        None => show::overview(&sources, sources.name(one.root), &one.compilation),
        Some(name) => show::route(&one.compilation, named::route(&one.compilation.policy, name)?),
    };
    output::print_quoting(&text)?;
    Ok(one.say_errors("what they concern may be shown wrongly or not at all"))
}
