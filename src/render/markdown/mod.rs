//! Writes findings as a comment for a pull request: the outcome, a table, and what there is to know about each, folded.

mod escape;

use self::escape::{code, html, lines, prose};
use super::{PolicyReport, Report, outline, text::count};
use crate::diagnostic::Diagnostic;

/// GitHub takes a comment of 65,536 characters.
const LIMIT: usize = 65_000;
/// The table leaves room for what comes after it.
const TABLE: usize = 40_000;
/// Kept free for what is said about findings left out.
const LAST_WORDS: usize = 200;
/// How many rows stand open; the others are folded.
const OPEN: usize = 20;

const HEAD: &str = "| | Code | Where | Finding |\n| --- | --- | --- | --- |\n";

/// The comment; a line tells how many findings did not find room.
pub(super) fn render(report: &Report<'_>) -> String {
    let findings: Vec<_> = report.findings().collect();
    let rows = fitting(TABLE, findings.iter().map(|(_, diagnostic)| row(report, diagnostic)));
    let (open, folded) = rows.split_at(rows.len().min(OPEN));
    let mut parts = vec![format!("**byokc**: {}\n", prose(&report.sentence()))];
    if !open.is_empty() {
        parts.push(format!("\n{HEAD}{}", open.concat()));
    }
    if !folded.is_empty() {
        parts.push(format!("\n<details><summary>{} more</summary>\n\n{HEAD}{}\n</details>\n", folded.len(), folded.concat()));
    }
    let room = LIMIT.saturating_sub(parts.iter().map(|part| length(part)).sum::<usize>() + LAST_WORDS);
    let blocks = fitting(room, findings.iter().take(rows.len()).map(|(policy, diagnostic)| block(report, policy, diagnostic)));
    let (unlisted, untold) = (findings.len() - rows.len(), rows.len() - blocks.len());
    parts.extend(blocks);
    if unlisted > 0 {
        parts.push(format!("\n{} left out of the table: this comment is full. `byokc check` shows all.\n", count(unlisted, "finding")));
    }
    if untold > 0 {
        parts.push(format!("\n{} listed without details. `byokc check` shows all.\n", count(untold, "finding")));
    }
    parts.concat()
}

/// As many texts, from the first on, as fit a number of characters.
fn fitting(mut room: usize, texts: impl Iterator<Item = String>) -> Vec<String> {
    let fits = |text: &String| {
        let left = room.checked_sub(length(text));
        room = left.unwrap_or_default();
        left.is_some()
    };
    texts.take_while(fits).collect()
}

/// As GitHub counts: in UTF-16 units, which is never less than characters.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn kind(diagnostic: &Diagnostic) -> &'static str {
    if diagnostic.counts() { diagnostic.severity.as_str() } else { "waived" }
}

fn row(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let line = report.sources.start(diagnostic.span).line;
    let place = code(&format!("{}:{line}", report.sources.name(diagnostic.span.file)));
    let rule = diagnostic.rule;
    format!("| {} | {} {} | {place} | {} |\n", kind(diagnostic), rule.code, rule.name, prose(&diagnostic.message))
}

fn block(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic) -> String {
    let summary = format!("{} {}: {}", kind(diagnostic), diagnostic.rule.code, html(&diagnostic.message));
    let main = (diagnostic.span, diagnostic.label.clone());
    let places = std::iter::once(main).chain(diagnostic.labels.iter().map(|label| (label.span, label.message.clone())));
    let places = places.map(|(span, message)| match (code(&outline::place(report.sources, span)), prose(&message)) {
        (place, message) if message.trim().is_empty() => format!("1. {place}"),
        (place, message) => format!("1. {place}: {message}"),
    });
    let remarks = outline::remarks(report, policy, diagnostic).into_iter();
    let remarks: Vec<_> = remarks.map(|(word, text)| format!("- {}: {}", prose(&word), lines(&text))).collect();
    let gap = if remarks.is_empty() { "" } else { "\n\n" };
    let places = places.collect::<Vec<_>>().join("\n");
    format!("\n<details><summary>{summary}</summary>\n\n{places}{gap}{}\n\n</details>\n", remarks.join("\n"))
}
