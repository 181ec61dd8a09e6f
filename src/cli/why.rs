//! `byokc why` and `byokc why-not`: what lets a route reach a target, and what would have to change.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::recheck::Original;
use crate::render::Format;
use crate::secrets::masked;
use crate::source::Sources;
use crate::text::count;
use crate::why::{self, Question, Wanted};

use super::output::{self, Output, parse_document};
use super::{Exit, Failure, Global, Outcome, files, named, one};

/// Show the smallest set of statements that lets a route reach a target
#[derive(Args)]
pub(super) struct Why {
    #[command(flatten)]
    asked: Asked,
}

/// Show what stops a route from reaching a target, and the smallest edit that would allow it
#[derive(Args)]
pub(super) struct WhyNot {
    #[command(flatten)]
    asked: Asked,
}

/// What both are asked.
#[derive(Args)]
struct Asked {
    /// The policy, or `-` for standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The route
    #[arg(value_name = "ROUTE")]
    route: String,
    /// The target, `provider/model`; the policy need not name it
    #[arg(value_name = "TARGET")]
    target: String,
    /// Write the answer in this format: human, json; to FILE where one is named. Repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = parse_document)]
    output: Vec<Output>,
}

/// An answer in both formats, and how the run ends.
struct Answered {
    human: String,
    json: String,
    exit: Exit,
}

pub(super) fn why(args: &Why, global: &Global) -> Outcome {
    answer(&args.asked, global, |question, path| match why::why(question) {
        Some(reached) => Answered { human: why::why_human(question, &reached), json: why::why_json(question, &reached), exit: Exit::Clean },
        None => Answered {
            human: other(question, path, "does not reach", "why-not", "tells what stops it"),
            json: why::why_not_json(question, None, false),
            exit: Exit::Findings,
        },
    })
}

pub(super) fn why_not(args: &WhyNot, global: &Global) -> Outcome {
    answer(&args.asked, global, |question, path| {
        if question.reaches() == Some(true) {
            return Answered {
                human: other(question, path, "does reach", "why", "tells what lets it"),
                json: why::why_not_json(question, None, true),
                exit: Exit::Findings,
            };
        }
        let answer = why::why_not(question);
        Answered {
            human: why::why_not_human(question, &answer),
            json: why::why_not_json(question, Some(&answer), false),
            exit: Exit::Clean,
        }
    })
}

/// That the other command is the one to ask.
fn other(question: Question<'_>, path: &str, does: &str, command: &str, tells: &str) -> String {
    let (route, target) = (question.route_name(), &question.wanted.text);
    format!("route `{route}` {does} `{target}`\n`byokc {command} {path} {route} {target}` {tells}\n")
}

fn answer(asked: &Asked, global: &Global, judge: impl FnOnce(Question<'_>, &str) -> Answered) -> Outcome {
    output::judge_places(&asked.output, std::slice::from_ref(&asked.path))?;
    let wanted = Wanted::parse(&asked.target)
        .map_err(|(problem, help)| Failure::usage(format!("target `{}` {problem}", asked.target)).help(help))?;
    let sources = Sources::default();
    let one = match one::policy(&sources, &asked.path, global)? {
        Ok(one) => one,
        Err(exit) => return Ok(exit),
    };
    let route = named::route(&one.compilation.policy, &asked.route).map_err(|failure| {
        let errors = one.compilation.errors();
        // A route that could not be read is not there.
        if errors == 0 { failure } else { failure.help(format!("there {} in this policy: `byokc check` shows them", are(errors))) }
    })?;
    let policy = &one.compilation.policy;
    if let Some(near) = wanted.nearest_account(policy) {
        let message = format!("there is no provider `{}`, neither in this policy nor among those that are well known", wanted.account);
        return Err(Failure::usage(message).help(format!("did you mean `{near}`?")));
    }
    let loader = one.loader();
    let original = Original { sources: &sources, root: one.root, loader: &loader, options: one.compilation.options };
    let question = Question { original, compilation: &one.compilation, route, wanted: &wanted };
    let path = if asked.path == Path::new("-") { "-".to_owned() } else { files::shown(&asked.path) };
    if question.reaches().is_none() {
        let message = format!("route `{}` has errors that leave it without attempts, so this cannot be answered", asked.route);
        return Err(Failure::new(message).help(format!("`byokc check {path}` shows them")));
    }
    let answered = judge(question, &path);
    output::write_all(&asked.output, global, |format, _| match format {
        Format::Json => answered.json.clone(),
        _ => masked(&answered.human),
    })?;
    let errors = one.compilation.errors();
    if errors > 0 {
        output::say(&format!("note: there {} in this policy: nothing of it is compiled to a plan", are(errors)));
        output::say(&format!("help: `byokc check {path}` shows them"));
    }
    Ok(answered.exit)
}

/// `is 1 error`, `are 2 errors`.
fn are(errors: usize) -> String {
    format!("{} {}", if errors == 1 { "is" } else { "are" }, count(errors, "error"))
}
