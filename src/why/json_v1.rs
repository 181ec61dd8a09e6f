//! Writes the answers as one document, `byok-why/1`, and its JSON Schema.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::proposal::Answer;
use super::smallest::Reached;
use super::{Question, quote};
use crate::source::Span;

/// Why a route reaches a target, or why not.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "byok-why/1")]
struct Document {
    /// The version of this document.
    format: Version,
    /// The policy, by relative path; `<stdin>` for standard input.
    policy: String,
    /// The route.
    route: String,
    /// The target.
    target: String,
    /// Whether a run of the route may call it, with no error against that.
    reaches: bool,
    /// A run that gets there: whose failures lead to it, in order. Empty where it is called first, or not at all.
    run: Vec<Event>,
    /// The smallest set of statements that lets it; empty where it does not reach.
    statements: Vec<Statement>,
    /// Whether every choice was looked at. Else there may be fewer statements, or an edit that was not tried.
    complete: bool,
    /// What stops it.
    reasons: Vec<Reason>,
    /// Facts about the target.
    notes: Vec<String>,
    /// The smallest edit that would allow it, where there is one.
    proposal: Option<Proposal>,
    /// Where there is none: what a person would have to decide.
    decide: Vec<String>,
}

/// The only version there is.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "byok-why/1")]
    One,
}

/// A call that fails.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Event {
    /// Who is called.
    target: String,
    /// The failure class.
    outcome: &'static str,
}

/// A statement of the policy.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Statement {
    /// What it does.
    does: String,
    /// Where it stands.
    place: Place,
}

/// What stops the route.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Reason {
    /// The finding that it is, or would be if the target were named; none where nothing names it.
    code: Option<String>,
    /// What.
    message: String,
    /// The places that decide it.
    places: Vec<Place>,
}

/// An edit that was tried: with it the route reaches the target, and the policy has no new error.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Proposal {
    /// The changes that it consists of.
    changes: Vec<Change>,
    /// What they let happen that could not happen before.
    lets: Vec<String>,
    /// Warnings that are there only with them.
    warnings: Vec<String>,
}

/// One change.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Change {
    /// What it does.
    title: String,
    /// What it allows beyond this question, if anything.
    widens: Option<String>,
    /// What is replaced; empty text where something is only put in.
    place: Place,
    /// The new text.
    text: String,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Place {
    /// The file.
    file: String,
    /// Where it begins.
    start: Position,
    /// The place after its last character.
    end: Position,
    /// The line on which it begins, keys masked.
    line: String,
}

/// A line and a column.
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

/// That the route reaches the target, and why.
pub fn why(question: Question<'_>, reached: &Reached) -> String {
    let policy = &question.compilation.policy;
    let automaton = question.compilation.automaton(question.route);
    let run = reached.run.iter().filter_map(|call| {
        let attempt = automaton?.attempts.get(usize::from(call.attempt))?;
        Some(Event { target: policy[attempt.target].text.to_owned(), outcome: call.failure?.as_str() })
    });
    let statement = |one: &super::Statement| Statement { does: one.does.clone(), place: place(question, one.span) };
    let statements = reached.statements.iter().map(statement).collect();
    pretty(&Document { reaches: true, run: run.collect(), statements, complete: reached.fewest, ..empty(question) })
}

/// That it does not: what stops it, and what would allow it. With no answer, nothing was asked for but whether it does.
pub fn why_not(question: Question<'_>, answer: Option<&Answer>, reaches: bool) -> String {
    let mut document = Document { reaches, ..empty(question) };
    if let Some(answer) = answer {
        let reason = |one: &super::Reason| Reason {
            code: one.code.map(|code| code.to_string()),
            message: one.message.clone(),
            places: one.places.iter().map(|span| place(question, *span)).collect(),
        };
        document.reasons = answer.reasons.reasons.iter().map(reason).collect();
        document.notes.clone_from(&answer.reasons.notes);
        document.decide.clone_from(&answer.decide);
        document.complete = answer.complete;
        document.proposal = answer.proposal.as_ref().map(|proposal| Proposal {
            changes: proposal.changes.iter().map(|change| self::change(question, change)).collect(),
            lets: proposal.lets.clone(),
            warnings: proposal.warnings.clone(),
        });
    }
    pretty(&document)
}

fn change(question: Question<'_>, change: &super::change::Change) -> Change {
    Change {
        title: change.title.clone(),
        widens: change.widens.clone(),
        place: place(question, change.edit.span),
        text: change.edit.text.clone(),
    }
}

fn empty(question: Question<'_>) -> Document {
    Document {
        format: Version::One,
        policy: question.original.sources.name(question.original.root).to_owned(),
        route: question.route_name().to_owned(),
        target: question.wanted.text.clone(),
        reaches: false,
        run: Vec::new(),
        statements: Vec::new(),
        complete: true,
        reasons: Vec::new(),
        notes: Vec::new(),
        proposal: None,
        decide: Vec::new(),
    }
}

fn place(question: Question<'_>, span: Span) -> Place {
    let sources = question.original.sources;
    let position = |at: crate::source::Position| Position { line: at.line, column: at.column };
    Place {
        file: sources.name(span.file).to_owned(),
        start: position(sources.start(span)),
        end: position(sources.end(span)),
        line: quote::line(sources, &question.compilation.diagnostics, span),
    }
}

fn pretty(document: &Document) -> String {
    let mut json = serde_json::to_string_pretty(document).unwrap_or_default();
    json.push('\n');
    json
}

/// The JSON Schema (draft 2020-12) of the document.
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>();
    schema.insert("$id".to_owned(), "urn:byokc:schema:why:1".into());
    schema.to_value()
}
