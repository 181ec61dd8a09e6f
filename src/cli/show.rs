//! `byokc show`: the questions people ask, answered.

use std::path::PathBuf;

use clap::Args;

use crate::policy::model::RouteId;
use crate::show;
use crate::source::Sources;

use super::{Failure, Global, Outcome, one, output};

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
        None => show::overview(sources.name(one.root), &one.compilation),
        Some(name) => show::route(&one.compilation, find(&one, name)?),
    };
    output::print_quoting(&text)?;
    Ok(one.say_errors("what they concern may be shown wrongly or not at all"))
}

fn find(one: &one::One<'_>, name: &str) -> Result<RouteId, Failure> {
    let routes = &one.compilation.policy.routes;
    let found = (0..).map(RouteId).zip(routes).find(|(_, route)| route.name.text == name);
    found.map(|(id, _)| id).ok_or_else(|| {
        let known: Vec<&str> = routes.iter().map(|route| route.name.text).collect();
        let nearest = known.iter().min_by_key(|known| strsim::osa_distance(known, name));
        let near = nearest.filter(|known| strsim::osa_distance(known, name) <= name.len() / 3 + 1);
        let help = near.map_or_else(|| format!("there are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        Failure::usage(format!("there is no route `{name}`")).help(help)
    })
}
