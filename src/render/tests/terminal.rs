//! The drawing: every place in every text, at the edges, and in numbers.

use proptest::prelude::*;

use super::{PLAIN, example, snapshot};
use crate::{
    diagnostic::Diagnostic,
    render::{Format, PolicyReport, Report, Style, Summary, render},
    source::{FileId, Source, Sources, Span},
};

fn sources(text: &str) -> Sources {
    let sources = Sources::default();
    sources.add(Source::new("a.byok", text));
    sources.add(Source::new("größe.byok", text));
    sources
}

fn draw(sources: &Sources, diagnostics: Vec<Diagnostic>, style: Style) -> String {
    let policies = vec![PolicyReport { path: "a.byok".into(), diagnostics, summary: Summary::default() }];
    render(Format::Human, &Report { sources, policies }, style)
}

fn at(file: u32, start: u32, end: u32) -> Span {
    Span { file: FileId(file), start, end }
}

#[test]
fn edges() {
    let places = [
        ("an empty file", "", at(0, 0, 0)),
        ("the end of a file", "route a {\n", at(0, 10, 10)),
        ("the end of a line", "route a {\n  accepts\n}\n", at(0, 19, 19)),
        ("a line break", "route a {\r\n  accepts\r\n}\r\n", at(0, 20, 22)),
        ("past the end", "route a {", at(0, 90, 99)),
        ("several lines", "route a {\n  accepts public\n}\n", at(0, 6, 28)),
        ("inside a character", "# ü é\nroute ß", at(0, 3, 4)),
        ("backwards", "route a", at(0, 5, 2)),
        ("a tab before it", "\troute\ta", at(0, 7, 8)),
        ("no such file", "route a", at(7, 0, 1)),
    ];
    let drawn = places.map(|(name, text, span)| {
        let found = Diagnostic::new(&example::SYNTAX, span, name).label("what is here");
        draw(&sources(text), vec![found], PLAIN)
    });
    snapshot("edges", &drawn.join("\n"));
}

#[test]
fn a_long_line_is_not_quoted() {
    let text = format!("route a {{ primary lab/\"{}\" }}", "m".repeat(10_000));
    let found = Diagnostic::new(&example::SYNTAX, at(0, 6, 7), "a long line").label("named").at(at(1, 0, 5), "there").note("so it is");
    snapshot("long_line", &draw(&sources(&text), vec![found], PLAIN));
}

#[test]
fn more_findings_than_anyone_reads() {
    let text = "route a { primary openai/gpt-5.2  accepts public  fallback none }  # und größer\n".repeat(30_000);
    let places = (0..10_000).map(|number| at(number % 2, number * 237, number * 237 + 9));
    let found = places.map(|span| Diagnostic::new(&example::UNSAID, span, "said").label("here").at(at(0, 6, 7), "there").note("and so on"));
    let drawn = draw(&sources(&text), found.collect(), PLAIN);
    assert_eq!(drawn.matches("= note").count(), 100);
    assert_eq!(drawn.matches("[BYOK204 fallback-unsaid]").count(), 10_000);
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("\u{2028}\u{85}\u{b}\u{c}\r".to_owned()),
        Just("é日本👩\u{200d}👩\u{301}\u{202e}\u{feff}\u{1b}[31m\0".to_owned()),
        "[a-z {}/,]{0,30}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_or_steers_the_terminal(
        text in text(),
        message in text(),
        spans in proptest::collection::vec((0u32..3, 0u32..400, 0u32..400), 1..7),
        ascii: bool,
    ) {
        let sources = sources(&text);
        let mut found = Diagnostic::new(&example::SYNTAX, at(spans[0].0, spans[0].1, spans[0].2), message.clone());
        for (number, (file, start, end)) in spans.iter().enumerate() {
            found = found.at(at(*file, *start, *end), format!("label {number} {message}"));
        }
        let drawn = draw(&sources, vec![found.note(message.clone())], Style { color: false, ascii });
        prop_assert!(drawn.chars().all(|char| char == '\n' || !char.is_control()), "{drawn:?}");
        prop_assert!(drawn.lines().all(|line| line.trim_end() == line), "{drawn:?}");
        // No place is lost, drawn or named.
        for number in 0..spans.len() {
            let label = format!("label {number}");
            prop_assert!(drawn.contains(&label), "{}", drawn);
        }
    }
}

#[test]
fn what_is_hidden_is_drawn_by_no_finding() {
    let text = "provider a { header \"x-é\" \"SECRET\" }\n";
    let secret = at(0, 28, 34);
    let mut found = Diagnostic::new(&example::SYNTAX, at(0, 9, 10), "a secret stands here");
    found.hide.push(secret);
    let other = Diagnostic::new(&example::SYNTAX, at(0, 13, 19), "another finding of the line");
    let drawn = draw(&sources(text), vec![other, found], PLAIN);
    assert_eq!((drawn.matches("\"******\"").count(), drawn.matches("SECRET").count()), (2, 0), "{drawn}");
}
