//! The parser and the printer on whole policies.

use super::*;
use crate::source::FileId;

const WHOLE: &str = include_str!("../../tests/corpus/syntax/whole.byok");
const FORMS: &str = include_str!("../../tests/corpus/syntax/forms.byok");

#[test]
fn whole_policies_parse() {
    for (text, count) in [(WHOLE, 26), (FORMS, 48)] {
        let parsed = parse(FileId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        assert_eq!(parsed.file.declarations.len(), count);
    }
}

/// A finding as a line or more of text.
fn show(text: &str, finding: &crate::diagnostic::Diagnostic) -> String {
    use std::fmt::Write as _;
    let source = crate::source::Source::new("x", text);
    let (start, part) = (source.position(finding.span.start), &text[finding.span.start as usize..finding.span.end as usize]);
    let mut out = format!("{}:{} {} {}  ⟦{part}⟧", start.line, start.column, finding.rule.code, finding.message);
    if !finding.label.is_empty() {
        write!(out, "\n    label: {}", finding.label).unwrap();
    }
    for label in &finding.labels {
        let at = source.position(label.span.start);
        write!(out, "\n    {}:{}: {}", at.line, at.column, label.message).unwrap();
    }
    for note in &finding.notes {
        write!(out, "\n    note: {note}").unwrap();
    }
    for help in &finding.help {
        write!(out, "\n    help: {help}").unwrap();
    }
    if let Some(fix) = &finding.fix {
        write!(out, "\n    fix ({}): {}", fix.grade.as_str(), fix.title).unwrap();
        for edit in &fix.edits {
            write!(out, " ⟦{}⟧ → ⟦{}⟧", &text[edit.span.start as usize..edit.span.end as usize], edit.text).unwrap();
        }
    }
    out + "\n"
}

#[test]
fn mistakes_are_found_once_and_explained() {
    let settings = insta_settings();
    settings.bind(|| {
        insta::glob!("../../tests/corpus/syntax/broken", "*.byok", |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let parsed = parse(FileId(0), &text);
            let shown: String = parsed.diagnostics.iter().map(|finding| show(&text, finding)).collect();
            insta::assert_snapshot!(shown);
        });
    });
}

fn insta_settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/syntax");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn the_whole_policy_is_laid_out_as_it_should_be() {
    assert_eq!(format_checked(FileId(0), WHOLE).unwrap(), WHOLE);
}

#[test]
fn every_form_is_laid_out() {
    let formatted = format_checked(FileId(0), FORMS).unwrap();
    insta_settings().bind(|| insta::assert_snapshot!(formatted));
    assert_eq!(format_checked(FileId(0), &formatted).unwrap(), formatted);
}
