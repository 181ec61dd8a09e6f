//! `byokc simulate`: which attempts run, and who serves, when something fails; or all that can become of a route.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::scenario::{MAX_RUNS, Scenario};
use crate::failure::{Failure as Class, Failures};
use crate::policy::model::{Failing, Policy, ProviderId, RouteId, Target};
use crate::render::Format;
use crate::secrets::masked;
use crate::simulate::{Simulation, document, human, summaries};
use crate::source::Sources;
use crate::text::grouped;

use super::output::{self, Output, parse_document};
use super::{Failure, Global, Outcome, named, one};

/// Simulate runs: who is called, in order, and who serves when something fails
#[derive(Args)]
pub(super) struct Simulate {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Only this route [default: every route]
    #[arg(value_name = "ROUTE")]
    route: Option<String>,
    /// Calls to this provider fail with `server_error`. Repeatable, as all of these
    #[arg(long, value_name = "PROVIDER")]
    down: Vec<String>,
    /// The key of this provider is missing
    #[arg(long, value_name = "PROVIDER")]
    missing: Vec<String>,
    /// Calls to this target, or to all of this provider's, fail with this class
    #[arg(long, value_name = "TARGET=CLASS")]
    fail: Vec<String>,
    /// Approvals by this role are refused
    #[arg(long, value_name = "ROLE")]
    refuse: Vec<String>,
    /// Go through every combination of failures, and sum up
    #[arg(long, conflicts_with_all = ["down", "missing", "fail", "refuse"])]
    all: bool,
    /// Write in this format: human, json; to FILE where one is named. Repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_document)]
    output: Vec<Output>,
}

pub(super) fn run(args: &Simulate, global: &Global) -> Outcome {
    output::judge_places(&args.output, std::slice::from_ref(&args.path))?;
    let sources = Sources::default();
    let one = match one::policy(&sources, &args.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    let policy = &one.compilation.policy;
    let routes = chosen(args, policy)?;
    let simulation = if args.all {
        Simulation::every(&sources, &one.compilation, &routes)
    } else {
        Simulation::of(&sources, &one.compilation, &routes, &scenario(args, policy)?)
    };
    let json = args.output.iter().any(|output| output.format() == Format::Json);
    if let Some(route) = simulation.too_many().filter(|_| json || !args.all) {
        let most = grouped(MAX_RUNS as u64);
        let help = if args.all { "leave out `--output json` for a summary of it" } else { "let fewer providers fail" };
        let message = format!("route `{}` has more than {most} runs, which are too many to tell one by one", policy[route].name.text);
        return Err(Failure::new(message).help(help));
    }
    output::write_all(&args.output, global, |format, _| match format {
        Format::Json => masked(&document(&simulation, args.all)),
        _ if args.all => masked(&summaries(&simulation)),
        _ => masked(&human(&simulation)),
    })?;
    Ok(one.say_errors("what they concern may be simulated wrongly or not at all"))
}

fn chosen(args: &Simulate, policy: &Policy<'_>) -> Result<Vec<RouteId>, Failure> {
    match &args.route {
        Some(name) => Ok(vec![named::route(policy, name)?]),
        None => Ok((0..).map(RouteId).take(policy.routes.len()).collect()),
    }
}

fn scenario(args: &Simulate, policy: &Policy<'_>) -> Result<Scenario, Failure> {
    let mut scenario = Scenario::default();
    let mut failing = Vec::new();
    for name in &args.missing {
        scenario.miss(provider(policy, name)?);
    }
    for name in &args.down {
        failing.push((name.as_str(), Failing::Provider(provider(policy, name)?), Class::ServerError));
    }
    for text in &args.fail {
        let Some((name, class)) = text.rsplit_once('=') else {
            let help = "write `--fail TARGET=CLASS`, such as `--fail openai/gpt-6-luna=timeout`";
            return Err(Failure::usage(format!("`--fail {text}` names no class")).help(help));
        };
        failing.push((name, subject(policy, name)?, class_of(class)?));
    }
    for (index, (name, subject, class)) in failing.iter().enumerate() {
        if failing.iter().take(index).any(|(_, earlier, _)| earlier == subject) {
            return Err(Failure::usage(format!("it is said twice what happens to `{name}`")).help("keep one of the two options"));
        }
        scenario.fail(subject, *class);
    }
    let roles: BTreeSet<&str> = policy.routes.iter().filter_map(|route| route.approve.as_ref()).map(|gate| gate.role.text).collect();
    let roles: Vec<&str> = roles.into_iter().collect();
    for role in &args.refuse {
        named::find("route with an approval by", role, &roles)?;
        scenario.refuse(role);
    }
    Ok(scenario)
}

fn provider(policy: &Policy<'_>, name: &str) -> Result<ProviderId, Failure> {
    let known: Vec<&str> = policy.providers.iter().map(|provider| provider.name.text).collect();
    let index = named::find("provider", name, &known)?;
    Ok(ProviderId(u32::try_from(index).unwrap_or(u32::MAX)))
}

/// A target that some route calls, or all of a provider's.
fn subject<'s>(policy: &Policy<'s>, name: &str) -> Result<Failing<'s>, Failure> {
    if !name.contains('/') {
        return provider(policy, name).map(Failing::Provider);
    }
    // On a command line nobody quotes what a policy has to.
    let plain = |target: &Target<'_>| format!("{}/{}", policy[target.provider].name.text, target.id) == name;
    let known: Vec<&str> = policy.targets.iter().map(|target| target.text).collect();
    let found = policy
        .targets
        .iter()
        .find(|target| plain(target))
        .map_or_else(|| named::find("target", name, &known).map(|index| policy.targets.get(index)), |target| Ok(Some(target)))?;
    found
        .map(|target| Failing::Target(target.provider, target.id.clone()))
        .ok_or_else(|| Failure::usage(format!("there is no target `{name}`")))
}

/// A class with which a call can fail.
fn class_of(name: &str) -> Result<Class, Failure> {
    if let Some((_, group)) = Failures::GROUPS.iter().find(|(group, _)| *group == name) {
        let classes: Vec<&str> = group.iter().map(Class::as_str).collect();
        return Err(
            Failure::usage(format!("`{name}` is a group of failure classes")).help(format!("name one of them: {}", classes.join(", ")))
        );
    }
    let known: Vec<&str> = Class::ALL.into_iter().filter(|class| class.of_a_call()).map(Class::as_str).collect();
    named::find("failure class of a call", name, &known)?;
    Class::parse(name).ok_or_else(|| Failure::usage(format!("there is no failure class `{name}`")))
}
