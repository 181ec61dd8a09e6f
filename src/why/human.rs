//! The answers for a person: plain text, each place with its source line.

use std::fmt::Write;

use crate::source::Span;
use crate::text::{count, one_line};

use super::diff::hunk;
use super::proposal::{Answer, Proposal};
use super::reasons::Reason;
use super::smallest::Reached;
use super::{Question, quote};

/// Why the route reaches the target.
pub fn why(question: Question<'_>, reached: &Reached) -> String {
    let (route, target) = (question.route_name(), one_line(&question.wanted.text));
    let mut text = format!("route `{route}` reaches `{target}`: it {}\n", called(question, reached));
    let statements = reached.statements.len();
    let fewer = if reached.fewest { ", and no fewer do" } else { "; there may be fewer, for there are more choices than byokc looks at" };
    let _ = writeln!(text, "\n{statements} statements let it{fewer}:");
    let mut above = String::new();
    for statement in &reached.statements {
        // Statements that share a line are told below it.
        let line = placed(question, statement.span);
        if line != above {
            let _ = write!(text, "\n  {line}\n");
            above = line;
        }
        let _ = writeln!(text, "      {}", one_line(&statement.does));
    }
    text
}

/// `is called after openai/gpt-6-luna times out`.
fn called(question: Question<'_>, reached: &Reached) -> String {
    let automaton = question.compilation.automaton(question.route);
    let failed = reached.run.iter().filter_map(|call| {
        let target = automaton?.attempts.get(usize::from(call.attempt))?.target;
        Some(format!("`{}` {}", question.compilation.policy[target].text, call.failure?.happens()))
    });
    let failed: Vec<String> = failed.collect();
    if failed.is_empty() { "is called first".to_owned() } else { format!("is called after {}", failed.join(" and ")) }
}

/// Why it does not, and the smallest edit that would allow it.
pub fn why_not(question: Question<'_>, answer: &Answer) -> String {
    let (route, target) = (question.route_name(), one_line(&question.wanted.text));
    let mut text = format!("route `{route}` does not reach `{target}`:\n");
    let reasons = &answer.reasons;
    let (is, would): (Vec<&Reason>, Vec<&Reason>) = reasons.reasons.iter().partition(|reason| reasons.named || reason.code.is_none());
    for reason in is {
        text += &told(question, reason);
    }
    if !would.is_empty() {
        let declared = question.wanted.provider(&question.compilation.policy).is_some();
        let _ = write!(text, "\nIf it were {}named there, this would stop it:\n", if declared { "" } else { "declared and " });
        for reason in would {
            text += &told(question, reason);
        }
    }
    for note in &reasons.notes {
        let _ = write!(text, "\nnote: {}\n", one_line(note));
    }
    match &answer.proposal {
        Some(proposal) => text += &proposed(question, proposal),
        None => text += &undecided(answer),
    }
    text
}

fn told(question: Question<'_>, reason: &Reason) -> String {
    let code = reason.code.map_or(String::new(), |code| format!("{code}: "));
    let mut text = format!("\n  {code}{}\n", one_line(&reason.message));
    for place in &reason.places {
        let _ = writeln!(text, "      {}", placed(question, *place));
    }
    text
}

fn proposed(question: Question<'_>, proposal: &Proposal) -> String {
    let changes = proposal.changes.len();
    let mut text =
        format!("\nThe smallest edit that allows it, {}. It was tried: the policy has no new error with it.\n", count(changes, "change"));
    for (number, change) in (1..).zip(&proposal.changes) {
        let hunk = hunk(question.original.sources, &change.edit);
        let _ = write!(text, "\n  {number}. {}\n     {}\n", one_line(&change.title), place(question, hunk.place));
        for (sign, line) in &hunk.lines {
            let _ = writeln!(text, "{}", format!("     {sign} {}", one_line(&quote::masked(line))).trim_end());
        }
    }
    text += "\nWhat it lets happen:\n";
    let widens = proposal.changes.iter().filter_map(|change| change.widens.as_ref());
    proposal.lets.iter().chain(widens).for_each(|what| text.extend(["  - ", &*one_line(what), "\n"]));
    if !proposal.warnings.is_empty() {
        text += "\nIt brings warnings:\n";
        proposal.warnings.iter().for_each(|what| text.extend(["  - ", &*one_line(what), "\n"]));
    }
    text
}

fn undecided(answer: &Answer) -> String {
    let mut text = if answer.complete {
        "\nNo edit that byokc may propose allows it.".to_owned()
    } else {
        "\nNo edit was found that allows it: there are more to try than byokc tries.".to_owned()
    };
    text += if answer.decide.is_empty() { "\n" } else { " A person would have to decide:\n" };
    answer.decide.iter().for_each(|what| text.extend(["  - ", &*one_line(what), "\n"]));
    text
}

/// `policy.byok:12`.
fn place(question: Question<'_>, span: Span) -> String {
    let sources = question.original.sources;
    format!("{}:{}", one_line(sources.name(span.file)), sources.start(span).line)
}

/// The place, and its source line.
fn placed(question: Question<'_>, span: Span) -> String {
    let line = quote::line(question.original.sources, &question.compilation.diagnostics, span);
    format!("{}  {line}", place(question, span))
}
