//! The report of changes for people: how many there are of each fate, and each one that nothing noticed.

use super::{Change, MAX_BYTES, MAX_CHANGES, Mutation, Untried};
use crate::source::Sources;
use crate::text::{count, grouped, one_line};

/// How many changes of one kind are listed.
const LISTED: usize = 50;

/// What came of the changes of the policy at a path.
pub fn human(sources: &Sources, path: &str, mutation: &Result<Mutation, Untried>) -> String {
    let path = one_line(path);
    let mutation = match mutation {
        Ok(mutation) => mutation,
        Err(Untried::Errors(errors)) => {
            let mend = if *errors == 1 { "mend it first" } else { "mend them first" };
            return format!("{path}: no change was tried: there {} in it, {mend}\n", is(*errors));
        }
    };
    let mut lines = vec![format!("{path}: {}", sums(mutation))];
    list(sources, "no test and no assertion notices", &mutation.unnoticed(false).collect::<Vec<_>>(), &mut lines);
    let rules = "nothing notices, but no run of today differs: rules for later changes";
    list(sources, rules, &mutation.unnoticed(true).collect::<Vec<_>>(), &mut lines);
    if mutation.left_out > 0 {
        let (changes, bytes) = (grouped(MAX_CHANGES as u64), MAX_BYTES >> 20);
        lines.push(format!(
            "  {} not tried: at most {changes} changes of a policy are, and {bytes} MiB of text are compiled",
            count(mutation.left_out, "further change") + if mutation.left_out == 1 { " was" } else { " were" }
        ));
    }
    lines.join("\n") + "\n"
}

fn is(errors: usize) -> String {
    format!("{} {}", if errors == 1 { "is" } else { "are" }, count(errors, "error"))
}

/// `12 changes: 7 noticed, 2 stopped (BYOK401 2), 3 not noticed`.
fn sums(mutation: &Mutation) -> String {
    let stopped = mutation.stopped();
    let number: usize = stopped.values().sum();
    let by: Vec<String> = stopped.iter().map(|(code, number)| format!("{number} by {code}")).collect();
    let unnoticed = mutation.unnoticed(false).count() + mutation.unnoticed(true).count();
    let mut parts = vec![format!("{} noticed", mutation.noticed())];
    if number > 0 {
        parts.push(format!("{number} stopped ({})", by.join(", ")));
    }
    parts.push(format!("{unnoticed} not noticed"));
    format!("{}: {}", count(mutation.tried.len(), "change"), parts.join(", "))
}

fn list(sources: &Sources, heading: &str, changes: &[&Change], lines: &mut Vec<String>) {
    if changes.is_empty() {
        return;
    }
    lines.push(format!("  {heading}"));
    let wide = changes.iter().take(LISTED).map(|change| change.what.chars().count()).max().unwrap_or(0);
    for change in changes.iter().take(LISTED) {
        let start = sources.start(change.span);
        let place = format!("{}:{}:{}", one_line(sources.name(change.span.file)), start.line, start.column);
        lines.push(format!("    {:wide$}  {place}", one_line(&change.what)));
    }
    if let Some(more @ 1..) = changes.len().checked_sub(LISTED) {
        lines.push(format!("    and {more} more"));
    }
}
