//! `docs/findings.md`: every finding in one table, then the page of each.

use std::fmt::Write as _;

use crate::checks::rules;
use crate::diagnostic::Rule;

use super::page::example_name;
use super::{fix, severity};

/// The whole document.
pub fn reference() -> String {
    let mut text = String::from(
        "# Findings\n\n\
         Made from the program by its tests; the same pages are printed by `byokc explain CODE`. Codes are stable and never change meaning.\n\n\
         | code | name | severity | one for each | can be waived | has a fix |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in rules() {
        let anchor = anchor(rule);
        let waive = if rule.waivable() { "yes" } else { "no" };
        let row = [&format!("[{}](#{anchor})", rule.code), rule.name, severity(rule), rule.judged_on, waive, fix(rule)].join(" | ");
        let _ = writeln!(text, "| {row} |");
    }
    for rule in rules() {
        let _ = write!(text, "\n## {} {}\n\n{}.\n{}", rule.code, rule.name, capital(rule.summary), body(rule.page));
    }
    text
}

/// The anchor that a heading `BYOK202 target-not-allowed` has.
fn anchor(rule: &Rule) -> String {
    format!("{}-{}", rule.code, rule.name).to_lowercase()
}

/// The page without its first heading, the others one level lower.
fn body(page: &str) -> String {
    let mut text = String::new();
    let mut example = false;
    let mut headed = false;
    for line in page.lines() {
        let fence = line.starts_with("```");
        example ^= fence;
        if let Some(name) = example_name(line.trim_start_matches('`')).filter(|_| fence && example && !headed) {
            text.extend([name, "\n\n"]);
        }
        headed = !example && (line.starts_with('#') || headed && line.is_empty());
        if !example && line.starts_with("# ") {
            continue;
        }
        if !example && line.starts_with("##") {
            text.push('#');
        }
        text += if fence && line.starts_with("```byok") { "```byok" } else { line };
        text.push('\n');
    }
    let text = text.trim_matches('\n');
    if text.is_empty() { String::new() } else { format!("\n{text}\n") }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
