//! `byokc schema`: the JSON Schemas of the documents that byokc writes.

use clap::{Args, ValueEnum};

use crate::plan::Plan;
use crate::render::findings_schema;
use crate::simulate;
use crate::verify::Report;
use crate::why;

use super::{Exit, Global, Outcome, output};

/// Print the JSON Schema of a document that byokc writes
#[derive(Args)]
pub(super) struct Schema {
    /// The document
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: Document,
}

#[derive(Clone, Copy, ValueEnum)]
enum Document {
    /// `byok-plan/1`, which `compile` writes
    Plan,
    /// `byok-findings/1`, which `check --output json` writes
    Findings,
    /// `byok-simulation/1`, which `simulate --output json` writes
    Simulation,
    /// `byok-verification/1`, which `verify --output json` writes
    Verification,
    /// `byok-audit/1`, which `audit verify --output json` writes
    #[cfg(feature = "serve")]
    Audit,
    /// `byok-why/1`, which `why` and `why-not` write with `--output json`
    Why,
}

pub(super) fn run(args: &Schema, _global: &Global) -> Outcome {
    let schema = match args.document {
        Document::Plan => Plan::schema(),
        Document::Findings => findings_schema(),
        Document::Simulation => simulate::schema(),
        Document::Verification => Report::schema(),
        #[cfg(feature = "serve")]
        Document::Audit => crate::audit::verify::Report::schema(),
        Document::Why => why::schema(),
    };
    output::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Clean)
}
