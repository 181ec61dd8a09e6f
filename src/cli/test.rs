//! `byokc test`: runs the tests of policies, and nothing else.

use std::path::PathBuf;

use clap::Args;

use crate::compile::{Compilation, Options, compile};
use crate::mutation::{self, Mutation};
use crate::recheck::Original;
use crate::render::{Format, Report, Style, render};
use crate::secrets::masked;
use crate::source::{FileId, Sources};
use crate::testing::{Tested, human, junit};
use crate::text::count;

use super::output::{self, Reporting};
use super::{Exit, Failure, Global, Outcome, files};

/// Run the tests of policies
#[derive(Args)]
pub(super) struct Test {
    /// Policies, folders searched for `*.byok`, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run only tests whose name holds TEXT, letter case aside
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Fail a policy of whose attempts the tests exercise less than this share
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
    /// Change each policy in one place at a time too, and tell which changes no test and no assertion notices
    #[arg(long, conflicts_with = "filter")]
    mutate: bool,
    #[command(flatten)]
    reporting: Reporting,
}

pub(super) fn run(args: &Test, global: &Global) -> Outcome {
    args.reporting.judge_places(&args.paths)?;
    let outputs = &args.reporting.output;
    if args.mutate && !outputs.is_empty() && !outputs.iter().any(|output| output.format() == Format::Human) {
        return Err(Failure::usage("what comes of `--mutate` is told in the report for people, which is not asked for")
            .help("add `--output human`, or `--output human=FILE`"));
    }
    judge(args, global).or_else(|failure| {
        // Every format is whole on every path: what could not be done is said beside an empty report.
        write(args, global, &Sources::default(), &[], "")?;
        Err(failure)
    })
}

fn judge(args: &Test, global: &Global) -> Outcome {
    let options = Options { catalogue: global.catalogue()?, today: global.today() };
    let sources = Sources::default();
    let policies = files::find(&sources, &args.paths, global);
    let compile_one = |root| compile(&sources, root, &policies.disk.loader(root), options);
    let compiled: Vec<Compilation<'_>> = policies.roots.iter().map(|root| compile_one(*root)).collect();
    let roots = policies.roots.iter().zip(&compiled);
    let tested: Vec<Tested<'_, '_>> =
        roots.map(|(root, compilation)| Tested::new(&sources, sources.name(*root), compilation, args.filter.as_deref())).collect();
    let mutations = if args.mutate { mutate(&sources, &policies, &tested, options) } else { String::new() };
    let exit = write(args, global, &sources, &tested, &mutations)?;
    let missed = tested.iter().map(|policy| uncovered(args, policy)).max().unwrap_or(Exit::Clean);
    let unjudged = tested.iter().map(unjudged).max().unwrap_or(Exit::Clean);
    let nothing = nothing(args, &tested);
    Ok(policies.report_failures().max(exit).max(missed).max(unjudged).max(nothing))
}

/// What comes of changes of each policy, told for people.
fn mutate(sources: &Sources, policies: &files::Policies, tested: &[Tested<'_, '_>], options: Options<'_>) -> String {
    let of_one = |(root, policy): (&FileId, &Tested<'_, '_>)| {
        let original = Original { sources, root: *root, loader: &policies.disk.loader(*root), options };
        let mutation = Mutation::of(original, policy.compilation, mutation::MAX_BYTES);
        format!("\n{}", mutation::human(sources, policy.path, &mutation))
    };
    policies.roots.iter().zip(tested).map(of_one).collect::<Vec<_>>().concat()
}

/// Writes the report in every format that is asked for. Text of a policy is in it, so what has the shape of a key is masked.
fn write(args: &Test, global: &Global, sources: &Sources, tested: &[Tested<'_, '_>], mutations: &str) -> Outcome {
    let report = Report { sources, policies: tested.iter().map(Tested::report).collect() };
    output::write_all(&args.reporting.output, global, |format: Format, style: Style| match format {
        Format::Human => masked(&(human(tested) + mutations)),
        Format::Junit => masked(&junit(tested)),
        _ => render(format, &report, style),
    })?;
    Ok(args.reporting.fail_on.judge(&report))
}

/// Says where too little is exercised.
fn uncovered(args: &Test, policy: &Tested<'_, '_>) -> Exit {
    let coverage = policy.coverage();
    let Some(wanted) = args.min_coverage.map(usize::from).filter(|wanted| coverage.percent() < *wanted) else { return Exit::Clean };
    let (visited, attempts) = (coverage.visited(), count(coverage.attempts, "attempt"));
    output::say(&format!("error: the tests of {} exercise {visited} of {attempts}, and {wanted}% is asked for", policy.path));
    Exit::Findings
}

/// Says where tests could not be judged: that is no pass.
fn unjudged(policy: &Tested<'_, '_>) -> Exit {
    let [_, _, unjudged] = policy.counts();
    let unread = policy.unread();
    if unjudged + unread == 0 {
        return Exit::Clean;
    }
    let why = match (unread, unjudged) {
        (0, number) => format!("{} could not be judged", count(number, "test")),
        (1, _) => "an error keeps it from being read whole, so a test may be missing".to_owned(),
        (number, _) => format!("{number} errors keep it from being read whole, so a test may be missing"),
    };
    output::say(&format!("error: {}: {why}", policy.path));
    output::say(&format!("help: `byokc check {}` shows its errors", policy.path));
    Exit::Incomplete
}

/// Says that nothing was tested, where nothing was.
fn nothing(args: &Test, tested: &[Tested<'_, '_>]) -> Exit {
    let assertions = tested.iter().any(|policy| !policy.compilation.policy.assertions.is_empty());
    if tested.is_empty() || args.mutate && assertions || tested.iter().any(|policy| policy.tests().next().is_some()) {
        return Exit::Clean;
    }
    let failure = match &args.filter {
        Some(filter) if tested.iter().any(|policy| !policy.compilation.policy.tests.is_empty()) => {
            Failure::nothing(format!("no test has `{filter}` in its name"))
        }
        _ => Failure::nothing("there is no test")
            .help("a test is a scenario and what should come of it: `test \"…\" { down PROVIDER expect ROUTE -> TARGET }`"),
    };
    output::say(&format!("error: {}", failure.message));
    failure.help.iter().for_each(|help| output::say(&format!("help: {help}")));
    failure.exit
}
