//! Writes findings as SARIF 2.1.0, for code scanning.

mod log;
mod rule;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use self::log::{
    Artifact, ArtifactChange, ArtifactLocation, BaseId, CodeFlow, Driver, Fix, FixProperties, Invocation, Location, Log, Message,
    Notification, PhysicalLocation, Region, Replacement, Result, Run, Suppression, ThreadFlow, ThreadFlowLocation, Tool,
};
use super::{PolicyReport, Report, identity::Fingerprints, outline, text::count};
use crate::{
    diagnostic::{self, Code, Diagnostic, Rule},
    source::{Sources, Span},
};

/// GitHub takes no more results of one run.
const RESULTS: usize = 25_000;
/// GitHub takes no file above 10 MB: this much, in bytes, for the results, the rest for the rules.
const BYTES: usize = 9_000_000;
/// What paths are relative to.
const ROOT: &str = "%SRCROOT%";

/// One run with its rules and results. What a host would not take is left out, the least severe first, and a notification says so.
pub(super) fn render(report: &Report<'_>) -> String {
    let rules: BTreeMap<Code, &Rule> = report.findings().map(|(_, diagnostic)| (diagnostic.rule.code, diagnostic.rule)).collect();
    let indices: BTreeMap<Code, usize> = rules.keys().copied().zip(0..).collect();
    let mut fingerprints = Fingerprints::default();
    let results = report.findings().map(|(policy, diagnostic)| {
        let index = indices.get(&diagnostic.rule.code).copied().unwrap_or_default();
        let fingerprint = fingerprints.next(report.sources, policy, diagnostic);
        (rank(diagnostic), result(report, policy, diagnostic, index, fingerprint))
    });
    let (results, dropped) = fit(results.collect());
    let notice = (dropped > 0).then(|| Notification {
        level: "warning",
        message: Message { text: format!("{} left out: code scanning takes no more", count(dropped, "finding")) },
    });
    let files: BTreeSet<_> = report.sources.iter().map(|(_, source)| artifact(source.name())).collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.values().map(|rule| rule::descriptor(rule)).collect(),
            },
        },
        invocations: [Invocation { execution_successful: true, tool_execution_notifications: notice.into_iter().collect() }],
        original_uri_base_ids: BTreeMap::from([(ROOT, BaseId { description: text("The folder that byokc ran in.") })]),
        artifacts: files.into_iter().map(|location| Artifact { location, roles: ["analysisTarget"] }).collect(),
        results,
        column_kind: "unicodeCodePoints",
    };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    let mut json = serde_json::to_string(&log).unwrap_or_default();
    json.push('\n');
    json
}

/// Errors first, waived findings last.
fn rank(diagnostic: &Diagnostic) -> u8 {
    match diagnostic.severity {
        _ if !diagnostic.counts() => 2,
        diagnostic::Severity::Error => 0,
        diagnostic::Severity::Warning => 1,
    }
}

/// The results that a host takes, in their order, and how many were left out.
fn fit(results: Vec<(u8, Result)>) -> (Vec<Result>, usize) {
    let mut sizes: Vec<_> = (0..).zip(&results).map(|(place, (rank, result))| (*rank, place, size(result))).collect();
    sizes.sort_unstable();
    let fitting = sizes.into_iter().take(RESULTS).scan(0, |total, (_, place, size)| {
        *total += size;
        (*total <= BYTES).then_some(place)
    });
    let kept: BTreeSet<usize> = fitting.collect();
    let dropped = results.len() - kept.len();
    ((0..).zip(results).filter(|(place, _)| kept.contains(place)).map(|(_, (_, result))| result).collect(), dropped)
}

fn size(result: &Result) -> usize {
    serde_json::to_string(result).map_or(0, |json| json.len() + 1)
}

fn result(report: &Report<'_>, policy: &PolicyReport, diagnostic: &Diagnostic, rule_index: usize, fingerprint: String) -> Result {
    let sources = report.sources;
    let said = outline::remarks(report, policy, diagnostic).into_iter().filter(|(word, _)| matches!(word.as_str(), "note" | "help"));
    let lines: Vec<_> = std::iter::once(diagnostic.message.clone()).chain(said.map(|(word, text)| format!("{word}: {text}"))).collect();
    let main = location(sources, diagnostic.span, None, &diagnostic.label);
    let further = diagnostic.labels.iter().zip(1..).map(|(label, id)| location(sources, label.span, Some(id), &label.message));
    let further: Vec<_> = further.collect();
    // Two places or more are a way to follow.
    let path = (further.len() > 1).then(|| {
        let hops = std::iter::once(&main).chain(&further).map(|hop| ThreadFlowLocation { location: Location { id: None, ..hop.clone() } });
        CodeFlow { thread_flows: [ThreadFlow { locations: hops.collect() }] }
    });
    let accepted = diagnostic.waived.as_ref().map(|waived| Suppression {
        kind: "inSource",
        status: "accepted",
        justification: format!("{} (until {})", waived.because, waived.until),
    });
    Result {
        rule_id: diagnostic.rule.code.to_string(),
        rule_index,
        level: diagnostic.severity.as_str(),
        message: Message { text: lines.join("\n") },
        locations: [main],
        related_locations: further,
        code_flows: path.into_iter().collect(),
        fixes: diagnostic.fix.iter().filter(|it| !it.edits.is_empty()).map(|it| fix(sources, it)).collect(),
        suppressions: accepted.into_iter().collect(),
        partial_fingerprints: BTreeMap::from([("byokc/v1", fingerprint)]),
    }
}

fn fix(sources: &Sources, fix: &diagnostic::Fix) -> Fix {
    let mut changes: BTreeMap<ArtifactLocation, Vec<Replacement>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement = Replacement { deleted_region: region(sources, edit.span), inserted_content: text(&edit.text) };
        changes.entry(artifact(sources.name(edit.span.file))).or_default().push(replacement);
    }
    let changes = changes.into_iter().map(|(artifact_location, replacements)| ArtifactChange { artifact_location, replacements });
    Fix { description: text(&fix.title), artifact_changes: changes.collect(), properties: FixProperties { grade: fix.grade.as_str() } }
}

fn location(sources: &Sources, span: Span, id: Option<usize>, message: &str) -> Location {
    Location {
        id,
        physical_location: PhysicalLocation { artifact_location: artifact(sources.name(span.file)), region: region(sources, span) },
        message: (!message.is_empty()).then(|| text(message)),
    }
}

fn region(sources: &Sources, span: Span) -> Region {
    let (start, end) = (sources.start(span), sources.end(span));
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A path as a URI reference. A colon is encoded too: the first would end a scheme.
fn artifact(path: &str) -> ArtifactLocation {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    if uri.starts_with('/') {
        ArtifactLocation { uri: format!("file://{uri}"), uri_base_id: None }
    } else {
        ArtifactLocation { uri, uri_base_id: Some(ROOT) }
    }
}

fn text(text: &str) -> Message {
    Message { text: text.to_owned() }
}
