//! Writes findings as GitLab's Code Quality report.

use serde::Serialize;

use super::{Report, identity::Fingerprints, text::one_line};
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// A JSON array with an entry for each finding; waived ones are `info`.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let issues = report.findings().map(|(policy, diagnostic)| Issue {
        description: format!("{}: {}", diagnostic.rule.code, one_line(&diagnostic.message)),
        check_name: format!("{} {}", diagnostic.rule.code, diagnostic.rule.name),
        fingerprint: fingerprints.next(report.sources, policy, diagnostic),
        severity: match diagnostic.severity {
            _ if !diagnostic.counts() => "info",
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: Location {
            path: relative(report.sources.name(diagnostic.span.file)),
            lines: Lines { begin: report.sources.start(diagnostic.span).line },
        },
    });
    super::json_v1::pretty(&issues.collect::<Vec<_>>())
}

/// GitLab does not find a path that begins with `./`.
fn relative(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
