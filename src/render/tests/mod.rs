//! Every format, on a real report, an empty one and a hostile one.

mod example;
mod hostile;
mod terminal;

use super::{Format, PolicyReport, Report, Style, Summary, findings_schema, render};
use crate::{
    diagnostic::Diagnostic,
    source::{Source, Sources},
};

const PLAIN: Style = Style { color: false, ascii: true };

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/render");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = text.replace(concat!('"', env!("CARGO_PKG_VERSION"), '"'), "\"VERSION\"");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// SARIF is written on one line; people read it in many.
fn indented(json: &str) -> String {
    serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(json).unwrap()).unwrap()
}

fn clean(sources: &Sources) -> Report<'_> {
    let summary = Summary { files: 1, routes: 7, attempts: 11, ..Summary::default() };
    Report { sources, policies: vec![PolicyReport { path: "policies/clean.byok".into(), diagnostics: Vec::new(), summary }] }
}

#[test]
fn a_report_in_every_format() {
    let sources = example::sources();
    let report = example::report(&sources);
    for format in Format::ALL {
        let text = render(format, &report, PLAIN);
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{format:?} ends with one line break");
        snapshot(format.name(), &if format == Format::Sarif { indented(&text) } else { text });
    }
}

#[test]
fn a_clean_report_in_every_format() {
    let sources = Sources::default();
    let all = Format::ALL.map(|format| format!("{}:\n{}", format.name(), render(format, &clean(&sources), PLAIN)));
    snapshot("clean", &all.join("\n"));
}

#[test]
fn unicode_and_colour() {
    let sources = example::sources();
    let report = example::report(&sources);
    snapshot("human_unicode", &render(Format::Human, &report, Style { color: false, ascii: false }));
    snapshot("human_color", &render(Format::Human, &report, Style { color: true, ascii: false }).replace('\u{1b}', "^"));
    assert!(!render(Format::Human, &report, PLAIN).contains('\u{1b}'));
}

#[test]
fn names_are_read_back() {
    assert!(Format::ALL.into_iter().all(|format| Format::parse(format.name()) == Some(format)));
    assert_eq!(Format::parse("xml"), None);
}

#[test]
fn json_fits_its_schema() {
    let sources = example::sources();
    let schema = findings_schema();
    snapshot("findings_schema", &serde_json::to_string_pretty(&schema).unwrap());
    for report in [example::report(&sources), clean(&sources), Report { sources: &sources, policies: Vec::new() }] {
        fits(&schema, &render(Format::Json, &report, PLAIN));
    }
}

#[test]
fn sarif_fits_its_schema() {
    let sources = example::sources();
    for report in [example::report(&sources), clean(&sources), Report { sources: &sources, policies: Vec::new() }] {
        fits(&sarif_schema(), &render(Format::Sarif, &report, PLAIN));
    }
}

/// A finding keeps its identity when lines are put in before it, and a second one like it has another.
#[test]
fn identity_outlives_line_numbers() {
    let marks = |text: &str, count: usize| {
        let sources = Sources::default();
        let file = sources.add(Source::new("a.byok", text));
        let find = |number| example::find(&sources, file, "eval", number);
        let diagnostics = (0..count).map(|number| Diagnostic::new(&example::UNSAID, find(number), "unsaid")).collect();
        let policies = vec![PolicyReport { path: "a.byok".into(), diagnostics, summary: Summary::default() }];
        let json = render(Format::Gitlab, &Report { sources: &sources, policies }, PLAIN);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        json.as_array().unwrap().iter().map(|issue| issue["fingerprint"].to_string()).collect::<Vec<_>>()
    };
    let before = marks("route eval { }", 1);
    let after = marks("# new\n\nroute   eval { }\nroute eval { }", 2);
    assert_eq!(before[0], after[0]);
    assert_ne!(after[0], after[1]);
}

fn sarif_schema() -> serde_json::Value {
    // One pattern of the official schema, that of `language`, is no regular expression: it closes a bracket that it never opened.
    let text = include_str!("../../../tests/data/sarif-2.1.0.schema.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    serde_json::from_str(&text).unwrap()
}

fn fits(schema: &serde_json::Value, text: &str) {
    let json = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
