//! The command line: reads the world, calls the core, prints. With `serve`, `lsp` and, for keys, `keys` the only place that touches files, environment, clock and network.
#![expect(clippy::disallowed_methods, reason = "this is the side of the wall that may touch the world")]

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::catalogue::Catalogue;
use crate::units::Date;

#[cfg(feature = "serve")]
mod approve;
#[cfg(feature = "serve")]
mod audit;
mod check;
mod compile;
mod completions;
mod edits;
mod explain;
mod files;
mod fmt;
mod graph;
mod init;
mod keys;
#[cfg(feature = "live")]
mod live;
mod man;
mod models;
mod named;
mod one;
mod output;
#[cfg(feature = "serve")]
mod run;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod simulate;
mod test;
mod verify;
mod why;

/// How a run ended; the same for every command and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings at or above it.
    Findings = 1,
    /// Wrong usage.
    Usage = 2,
    /// Nothing to check.
    Nothing = 3,
    /// Could not complete.
    Incomplete = 4,
}

/// Why a command could not do its work.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// Could not complete.
    fn new(message: impl Into<String>) -> Self {
        Self { exit: Exit::Incomplete, message: message.into(), help: None }
    }

    /// Wrong usage.
    fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new(message) }
    }

    /// Nothing to check.
    fn nothing(message: impl Into<String>) -> Self {
        Self { exit: Exit::Nothing, ..Self::new(message) }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

type Outcome = Result<Exit, Failure>;

/// Checks which providers, models, keys and fallbacks an agent system may use, before anything runs.
#[derive(Parser)]
#[command(name = "byokc", version, about, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// What every command takes.
#[derive(Args)]
struct Global {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    color: ColorChoice,
    /// Draw with plain ASCII characters
    #[arg(long, global = true)]
    ascii: bool,
    /// Take facts about models from FILE instead of the built-in catalogue
    #[arg(long, global = true, value_name = "FILE")]
    catalogue: Option<std::path::PathBuf>,
    /// The day for which shut-down dates, prices and waivers are judged [default: today]
    #[arg(long, global = true, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// The folder that imports may not leave [default: the repository's root, else the policy's folder]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<std::path::PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Compile(compile::Compile),
    Fmt(fmt::Fmt),
    Show(show::Show),
    Test(test::Test),
    Simulate(simulate::Simulate),
    Why(why::Why),
    WhyNot(why::WhyNot),
    Keys(keys::Keys),
    Graph(graph::Graph),
    Explain(explain::Explain),
    Models(models::Models),
    Verify(verify::Verify),
    #[cfg(feature = "serve")]
    Run(run::Run),
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Audit(audit::Audit),
    #[cfg(feature = "serve")]
    Approve(approve::Approve),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

fn parse_date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected a date such as 2027-01-31".to_owned())
}

impl Global {
    /// The catalogue to judge by.
    fn catalogue(&self) -> Result<&'static Catalogue, Failure> {
        let Some(path) = &self.catalogue else { return Ok(Catalogue::builtin()) };
        let text = files::read(path).map_err(|reason| Failure::new(format!("the catalogue {} {reason}", path.display())))?;
        let catalogue = Catalogue::from_json(&text).map_err(|error| {
            Failure::new(format!("the catalogue {} cannot be used: line {}: {}", path.display(), error.line, error.message))
                .help(error.help)
        })?;
        // One for the whole run: it lives as long as the process.
        Ok(Box::leak(Box::new(catalogue)))
    }

    /// The day to judge for.
    fn today(&self) -> Date {
        let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
        self.as_of.or_else(|| Date::parse(&today.to_string())).unwrap_or_else(|| Catalogue::builtin().date())
    }
}

/// Runs the command that the arguments (the program's name first) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = Cli::command();
    let cli = match command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage as u8));
        }
    };
    let outcome = match &cli.command {
        Command::Init(args) => init::run(args, &cli.global),
        Command::Check(args) => check::run(args, &cli.global),
        Command::Compile(args) => compile::run(args, &cli.global),
        Command::Fmt(args) => fmt::run(args, &cli.global),
        Command::Show(args) => show::run(args, &cli.global),
        Command::Test(args) => test::run(args, &cli.global),
        Command::Simulate(args) => simulate::run(args, &cli.global),
        Command::Why(args) => why::why(args, &cli.global),
        Command::WhyNot(args) => why::why_not(args, &cli.global),
        Command::Keys(args) => keys::run(args, &cli.global),
        Command::Graph(args) => graph::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::Models(args) => models::run(args, &cli.global),
        Command::Verify(args) => verify::run(args, &cli.global),
        #[cfg(feature = "serve")]
        Command::Run(args) => run::run(args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args),
        #[cfg(feature = "serve")]
        Command::Audit(args) => audit::run(args, &cli.global),
        #[cfg(feature = "serve")]
        Command::Approve(args) => approve::run(args),
        Command::Schema(args) => schema::run(args, &cli.global),
        Command::Completions(args) => completions::run(args, &cli.global),
        Command::Man(args) => man::run(args, &cli.global),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        output::say(&format!("error: {}", failure.message));
        if let Some(help) = &failure.help {
            output::say(&format!("help: {help}"));
        }
        failure.exit
    });
    ExitCode::from(exit as u8)
}
