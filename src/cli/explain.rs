//! `byokc explain`: what a finding means.

use clap::Args;

use crate::docs;

use super::{Exit, Failure, Global, Outcome, output};

/// Explain a finding: why it matters, a policy that has it and the same policy mended
#[derive(Args)]
pub(super) struct Explain {
    /// The finding's code or name (`BYOK202`, `202`, `target-not-allowed`) [default: list all of them]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// Print the reference of all findings in Markdown
    #[arg(long, hide = true, conflicts_with = "code")]
    reference: bool,
}

pub(super) fn run(args: &Explain, _global: &Global) -> Outcome {
    let Some(word) = &args.code else {
        output::print(&if args.reference { docs::reference() } else { docs::list() })?;
        return Ok(Exit::Clean);
    };
    let Some(rule) = docs::find(word) else {
        let near = docs::nearest(word).map(|rule| format!("did you mean {} `{}`?", rule.code, rule.name));
        return Err(Failure::usage(format!("there is no finding `{word}`"))
            .help(near.unwrap_or_else(|| "`byokc explain` lists all of them".to_owned())));
    };
    output::print(&docs::page(rule))?;
    Ok(Exit::Clean)
}
