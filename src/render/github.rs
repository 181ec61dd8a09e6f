//! Writes findings as workflow commands, which GitHub Actions shows at the lines of a change.

use super::{PolicyReport, Report, outline, text::one_line};
use crate::diagnostic::{Diagnostic, Severity};

/// One command for each finding, then the summary as a plain line. Waived findings are notices.
pub(super) fn render(report: &Report<'_>) -> String {
    let commands = report.findings().map(|(policy, diagnostic)| command(report, policy, diagnostic));
    commands.chain([format!("{}\n", report.sentence())]).collect()
}

fn command(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        _ if !diagnostic.counts() => "notice",
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let (start, end) = (report.sources.start(diagnostic.span), report.sources.end(diagnostic.span));
    // GitHub refuses columns for more than one line.
    let columns = if start.line == end.line { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
    let file = property(&one_line(report.sources.name(diagnostic.span.file)));
    let title = property(&format!("{} {}", diagnostic.rule.code, diagnostic.rule.name));
    let message = data(&format!("{}\n{}", one_line(&diagnostic.message), outline::body(report, policy, diagnostic)));
    format!("::{command} file={file},line={},endLine={}{columns},title={title}::{message}\n", start.line, end.line)
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
