//! `byokc graph`: the routing graph, to be drawn by other programs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::graph::{Drawing, dot, mermaid};
use crate::source::Sources;

use super::{Global, Outcome, one, output};

/// Draw the routing graph: routes, pools, models, providers and keys
#[derive(Args)]
pub(super) struct Graph {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The language of the drawing
    #[arg(long, value_enum, default_value_t = Language::Dot, value_name = "FORMAT")]
    format: Language,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    /// For Graphviz
    Dot,
    /// For Mermaid, which code hosts draw in Markdown
    Mermaid,
}

pub(super) fn run(args: &Graph, global: &Global) -> Outcome {
    let sources = Sources::default();
    let one = match one::policy(&sources, &args.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    let drawing = Drawing::new(&one.compilation.policy, &one.compilation.graph);
    output::print_quoting(&match args.format {
        Language::Dot => dot(&drawing),
        Language::Mermaid => mermaid(&drawing),
    })?;
    Ok(one.say_errors("what they concern may be drawn wrongly or not at all"))
}
