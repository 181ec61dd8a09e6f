//! The report of tests for people: each test, what differs in those that failed, what no test exercises, and a line that sums up.

use super::{Status, Tested};
use crate::diagnostic::Diagnostic;
use crate::text::{Table, count, one_line};

/// How many attempts that no test exercises are listed for a policy.
const LISTED: usize = 20;

/// The report of the tests of some policies.
pub fn human(policies: &[Tested<'_, '_>]) -> String {
    let mut text = String::new();
    let mut totals = [0; 3];
    for policy in policies {
        text += &one_policy(policy);
        text.push('\n');
        totals.iter_mut().zip(policy.counts()).for_each(|(total, number)| *total += number);
    }
    text + &sentence(totals) + "\n"
}

/// `3 tests: 2 passed, 1 failed`. Nothing tested is said so, and never that it passed.
fn sentence(totals: [usize; 3]) -> String {
    let all = totals.iter().sum();
    if all == 0 {
        return "nothing was tested".to_owned();
    }
    let kinds = totals.iter().zip(["passed", "failed", "not judged"]);
    let parts: Vec<String> = kinds.filter(|(number, _)| **number > 0).map(|(number, kind)| format!("{number} {kind}")).collect();
    format!("{}: {}", count(all, "test"), parts.join(", "))
}

fn one_policy(policy: &Tested<'_, '_>) -> String {
    let number = policy.tests().count();
    let mut lines = vec![format!("{}: {}", one_line(policy.path), if number == 0 { "no test".to_owned() } else { count(number, "test") })];
    let unread = policy.unread();
    if unread > 0 {
        let keep = if unread == 1 { "keeps" } else { "keep" };
        lines.push(format!("  {} {keep} it from being read whole; a test with one in it is not run", count(unread, "error")));
    }
    for (test, outcome) in policy.tests() {
        let status = policy.status(test, outcome);
        let name = one_line(&test.name.value);
        lines.push(match &status {
            Status::Passed => format!("  passed  {name}"),
            Status::Failed => format!("  failed  {name}"),
            Status::Unjudged(_) => format!("  not judged  {name}"),
        });
        match &status {
            Status::Passed => {}
            Status::Failed => lines.extend(columns(&policy.difference(test, outcome))),
            Status::Unjudged(why) => lines.push(format!("    {}", one_line(why))),
        }
        let warning = |finding: &Diagnostic| format!("    warning   {}  {}", one_line(&finding.message), policy.place(finding.span));
        lines.extend(policy.warnings(test).map(warning));
    }
    lines.join("\n") + "\n" + &uncovered(policy)
}

/// Three columns under a test, the last of them places.
fn columns(lines: &[[String; 3]]) -> Vec<String> {
    const WIDEST: usize = 100;
    let wide = |line: &[String; 3]| line[1].chars().count();
    let width = lines.iter().map(wide).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let line = |line: &[String; 3]| {
        let [head, text, place] = line;
        let line = format!("    {head:8}  {text:width$}  {place}");
        line.trim_end().to_owned()
    };
    lines.iter().map(line).collect()
}

fn uncovered(policy: &Tested<'_, '_>) -> String {
    let coverage = policy.coverage();
    let attempts = count(coverage.attempts, "attempt");
    let mut text = format!("  coverage: {} of {attempts}, {}%\n", coverage.visited(), coverage.percent());
    if coverage.visited() == 0 || coverage.unvisited.is_empty() {
        return text;
    }
    text += "  no test exercises\n";
    let mut table = Table::new(&["route", "#", "target", "named at"]).right(&[1]);
    for attempt in coverage.unvisited.iter().take(LISTED) {
        let route = policy.compilation.policy[attempt.route].name.text.to_owned();
        let target = policy.compilation.policy[attempt.target].text.to_owned();
        table.row([route, attempt.attempt.to_string(), target, policy.place(attempt.span)]);
    }
    text += &table.render(4);
    match coverage.unvisited.len().saturating_sub(LISTED) {
        0 => text,
        more => text + &format!("    and {more} more\n"),
    }
}
