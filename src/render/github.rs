//! Writes findings as workflow commands, which GitHub Actions shows at the lines of a change.

use super::{Report, outline, text::one_line};
use crate::diagnostic::Severity;

/// One command for each finding, then the summary as a plain line. Waived findings are notices.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for (policy, diagnostic) in report.findings() {
        let command = match diagnostic.severity {
            _ if !diagnostic.counts() => "notice",
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let (start, end) = (report.sources.start(diagnostic.span), report.sources.end(diagnostic.span));
        // GitHub refuses columns for more than one line.
        let columns = if start.line == end.line {
            format!(",col={},endLine={},endColumn={}", start.column, end.line, end.column)
        } else {
            format!(",endLine={}", end.line)
        };
        let file = property(&one_line(report.sources.name(diagnostic.span.file)));
        let title = property(&format!("{} {}", diagnostic.rule.code, diagnostic.rule.name));
        let message = data(&format!("{}\n{}", one_line(&diagnostic.message), outline::body(report, policy, diagnostic)));
        out.push_str(&format!("::{command} file={file},line={}{columns},title={title}::{message}\n", start.line));
    }
    out.push_str(&report.sentence());
    out.push('\n');
    out
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
