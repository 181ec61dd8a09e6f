//! Writes the findings document, `byok-findings/1`, and its JSON Schema.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::Report;
use crate::{
    diagnostic::{self, Diagnostic},
    source::{self, Sources, Span},
};

/// All that one run of byokc found.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "byok-findings/1")]
struct Document<'a> {
    /// The version of this document.
    format: Version,
    /// The policies that were checked, by relative path, `<stdin>` for standard input.
    policies: Vec<&'a str>,
    /// The findings, policy by policy, each in the order of the source.
    findings: Vec<Finding<'a>>,
    /// What was checked, and how many findings there are.
    summary: Summary,
}

/// The only version there is.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "byok-findings/1")]
    One,
}

/// One finding.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Finding<'a> {
    /// The stable code, `BYOK202`.
    #[schemars(regex(pattern = "^BYOK[0-9]{3}$"))]
    code: String,
    /// The code's short name in kebab case, `fallback-cycle`.
    name: &'a str,
    /// Whether it keeps the policy from compiling.
    severity: Severity,
    /// What is wrong, and for whom.
    message: &'a str,
    /// The policy that was checked when it was found.
    policy: &'a str,
    /// The file that it stands in: the policy, or one that it imports.
    file: &'a str,
    /// Where it begins.
    start: Position,
    /// Where it ends: the place after its last character.
    end: Position,
    /// What is to be seen at the main place, if anything, then further places that tell why, in the order in which to follow them.
    labels: Vec<Label<'a>>,
    /// Facts.
    notes: &'a [String],
    /// What to do.
    help: &'a [String],
    /// A change of the source that mends it.
    fix: Option<Fix<'a>>,
    /// The declaration that it is about.
    subject: Option<Subject<'a>>,
    /// Set where a waiver accepts it; such a finding does not fail a check.
    waived: Option<Waived<'a>>,
}

/// How bad a finding is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Severity {
    /// The policy does not compile.
    Error,
    /// Worth a look; the policy compiles.
    Warning,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Position {
    /// Line, from 1.
    #[schemars(range(min = 1))]
    line: usize,
    /// Column in Unicode characters, from 1.
    #[schemars(range(min = 1))]
    column: usize,
}

/// A place that tells why.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Label<'a> {
    /// The file.
    file: &'a str,
    /// Where it begins.
    start: Position,
    /// The place after its last character.
    end: Position,
    /// What is to be seen there.
    message: &'a str,
}

/// A change of the source.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Fix<'a> {
    /// What it does.
    title: &'a str,
    /// How much it can be trusted.
    grade: Grade,
    /// The edits; they do not overlap.
    edits: Vec<Edit<'a>>,
}

/// How much a fix can be trusted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Grade {
    /// It keeps what the policy allows, or only narrows it: `check --fix` applies it.
    Safe,
    /// It changes what the policy allows: a person has to agree.
    Review,
}

/// Replaces the text between two places.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Edit<'a> {
    /// The file.
    file: &'a str,
    /// Where the replaced text begins.
    start: Position,
    /// The place after its last character; equal to `start` where text is only put in.
    end: Position,
    /// The new text.
    text: &'a str,
}

/// A declaration.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Subject<'a> {
    /// Its keyword, `route`.
    kind: &'a str,
    /// Its name; a step's is `workflow/step`.
    name: &'a str,
}

/// The waiver of a finding.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Waived<'a> {
    /// The reason given.
    because: &'a str,
    /// The last day, `2027-01-31`.
    until: &'a str,
}

/// What was checked, in all policies together, and how many findings there are.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Summary {
    /// Files read.
    files: usize,
    /// Routes declared.
    routes: usize,
    /// Attempts of all routes.
    attempts: usize,
    /// Assertions judged.
    assertions: usize,
    /// Tests run.
    tests: usize,
    /// Assertions, tests and bounds that were read but not decided.
    undecided: usize,
    /// Errors that no waiver accepts.
    errors: usize,
    /// Warnings that no waiver accepts.
    warnings: usize,
    /// Findings that a waiver accepts.
    waived: usize,
}

/// The findings document.
pub(super) fn render(report: &Report<'_>) -> String {
    let (totals, counts) = (report.totals(), report.counts());
    pretty(&Document {
        format: Version::One,
        policies: report.policies.iter().map(|policy| policy.path.as_str()).collect(),
        findings: report.findings().map(|(policy, diagnostic)| finding(report.sources, &policy.path, diagnostic)).collect(),
        summary: Summary {
            files: totals.files,
            routes: totals.routes,
            attempts: totals.attempts,
            assertions: totals.assertions,
            tests: totals.tests,
            undecided: totals.undecided,
            errors: counts.errors,
            warnings: counts.warnings,
            waived: counts.waived,
        },
    })
}

fn finding<'a>(sources: &'a Sources, policy: &'a str, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let label =
        |span: Span, message| Label { file: sources.name(span.file), start: start(sources, span), end: end(sources, span), message };
    let main = (!diagnostic.label.is_empty()).then(|| label(diagnostic.span, diagnostic.label.as_str()));
    Finding {
        code: diagnostic.rule.code.to_string(),
        name: diagnostic.rule.name,
        severity: match diagnostic.severity {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
        },
        message: &diagnostic.message,
        policy,
        file: sources.name(diagnostic.span.file),
        start: start(sources, diagnostic.span),
        end: end(sources, diagnostic.span),
        labels: main.into_iter().chain(diagnostic.labels.iter().map(|further| label(further.span, &further.message))).collect(),
        notes: &diagnostic.notes,
        help: &diagnostic.help,
        fix: diagnostic.fix.as_ref().map(|fix| self::fix(sources, fix)),
        subject: diagnostic.subject.as_ref().map(|subject| Subject { kind: subject.kind.as_str(), name: &subject.name }),
        waived: diagnostic.waived.as_ref().map(|waived| Waived { because: &waived.because, until: &waived.until }),
    }
}

fn fix<'a>(sources: &'a Sources, fix: &'a diagnostic::Fix) -> Fix<'a> {
    let edit = |edit: &'a diagnostic::Edit| Edit {
        file: sources.name(edit.span.file),
        start: start(sources, edit.span),
        end: end(sources, edit.span),
        text: &edit.text,
    };
    Fix {
        title: &fix.title,
        grade: match fix.grade {
            diagnostic::Grade::Safe => Grade::Safe,
            diagnostic::Grade::Review => Grade::Review,
        },
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn start(sources: &Sources, span: Span) -> Position {
    let source::Position { line, column } = sources.start(span);
    Position { line, column }
}

fn end(sources: &Sources, span: Span) -> Position {
    let source::Position { line, column } = sources.end(span);
    Position { line, column }
}

/// Indented JSON with a line break at its end.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(value).unwrap_or_default();
    json.push('\n');
    json
}

/// The JSON Schema (draft 2020-12) of the findings document.
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document<'_>>();
    schema.insert("$id".to_owned(), "urn:byokc:schema:findings:1".into());
    schema.to_value()
}
