//! Text that tries to break out of its format: every one stays well-formed and says it all.

use proptest::prelude::*;

use super::{PLAIN, example, findings_schema, fits, sarif_schema};
use crate::{
    diagnostic::{Diagnostic, Edit, Grade, SubjectKind, Waived},
    render::{Format, PolicyReport, Report, Summary, render},
    source::{FileId, Source, Sources, Span},
};

const NASTY: &str = "\"'<b>&]]>-->\r\n::error::x%0A,:|`a|b`\\@team $x$ \u{1b}[31m\0\u{202e}\u{ffff}é👩\u{200d}👩\t{0}";

fn sources(text: &str) -> Sources {
    let sources = Sources::default();
    sources.add(Source::new(text, text));
    sources
}

/// A finding made of one text, as an error, a warning and waived.
fn report<'a>(sources: &'a Sources, text: &str) -> Report<'a> {
    let span = Span { file: FileId(0), start: 0, end: 9 };
    let found = |rule| {
        Diagnostic::new(rule, span, text)
            .label(text)
            .at(span, text)
            .at(span, text)
            .note(text)
            .help(text)
            .about(SubjectKind::Assertion, text)
            .fix(text, Grade::Review, vec![Edit { span, text: text.to_owned() }])
    };
    let mut waived = found(&example::AUDIT);
    waived.waived = Some(Waived { because: text.to_owned(), until: "2027-01-31".to_owned() });
    let diagnostics = vec![found(&example::REFUTED), found(&example::UNSAID), waived, found(&example::REFUTED)];
    let policies = ["other.byok", text];
    let policies =
        policies.map(|path| PolicyReport { path: path.to_owned(), diagnostics: diagnostics.clone(), summary: Summary::default() });
    Report { sources, policies: policies.into() }
}

fn well_formed(text: &str) {
    let sources = sources(text);
    let report = report(&sources, text);
    let write = |format| render(format, &report, PLAIN);

    let json: serde_json::Value = serde_json::from_str(&write(Format::Json)).unwrap();
    assert_eq!(json["findings"][0]["message"], text);
    fits(&findings_schema(), &write(Format::Json));

    let sarif: serde_json::Value = serde_json::from_str(&write(Format::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let marks: std::collections::BTreeSet<_> = results.iter().map(|it| it["partialFingerprints"]["byokc/v1"].as_str()).collect();
    assert_eq!((results.len(), marks.len()), (8, 8));
    let uri = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte)), "{uri}");

    let gitlab: serde_json::Value = serde_json::from_str(&write(Format::Gitlab)).unwrap();
    assert_eq!(gitlab.as_array().unwrap().len(), 8);

    let github = write(Format::Github);
    assert_eq!(github.lines().count(), 9);
    assert!(github.lines().take(8).all(|line| line.starts_with("::") && !line.contains('\r')), "{github}");

    xml(&write(Format::Junit));

    let markdown = write(Format::Markdown);
    assert!(!markdown.contains("<b>") && !markdown.contains('\r') && !markdown.contains("@team"), "{markdown}");
    let rows: Vec<_> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.iter().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{markdown}");
    for format in [Format::Human, Format::Github, Format::Junit, Format::Markdown] {
        assert!(write(format).chars().all(|char| char == '\n' || !super::super::text::hidden(char)), "{format:?}");
    }
}

/// Tags close in the order in which they open, and no bare `<`, `>` or `&` stands between.
fn xml(text: &str) {
    let mut open = Vec::new();
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>'), "{before}");
        let (tag, after) = after.split_once('>').unwrap();
        assert!(tag.matches('"').count().is_multiple_of(2) && !tag.contains('<'), "{tag}");
        match (tag.strip_prefix('/'), tag.strip_suffix('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name)),
            (None, Some(_)) => {}
            (None, None) => open.push(tag.split(' ').next().unwrap()),
        }
        rest = after;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    for entity in text.split('&').skip(1) {
        assert!(["lt;", "gt;", "amp;", "quot;", "apos;", "#"].iter().any(|it| entity.starts_with(it)), "{entity}");
    }
}

#[test]
fn nasty_text() {
    well_formed(NASTY);
    let sources = sources(NASTY);
    let report = report(&sources, NASTY);
    fits(&sarif_schema(), &render(Format::Sarif, &report, PLAIN));
    let diagnostics = report.policies[0].diagnostics[..1].to_vec();
    let one = PolicyReport { path: NASTY.to_owned(), diagnostics, summary: Summary::default() };
    let report = Report { sources: &sources, policies: vec![one] };
    let all = [Format::Human, Format::Github, Format::Junit, Format::Markdown].map(|format| render(format, &report, PLAIN));
    super::snapshot("nasty", &all.join("\n"));
}

#[test]
fn hosts_get_no_more_than_they_take() {
    let long = "word `code` | 日本 <i> ".repeat(400);
    let sources = sources("route a { }");
    let span = Span { file: FileId(0), start: 0, end: 9 };
    let findings = |number, text: &str| {
        let found = |at| Diagnostic::new(if at % 2 == 0 { &example::UNSAID } else { &example::NOT_ALLOWED }, span, text);
        let policies = vec![PolicyReport { path: "a".into(), diagnostics: (0..number).map(found).collect(), summary: Summary::default() }];
        Report { sources: &sources, policies }
    };
    for (number, text) in [(25_500, "short"), (1_400, long.as_str())] {
        let sarif = render(Format::Sarif, &findings(number, text), PLAIN);
        assert!(sarif.len() < 10_000_000, "{}", sarif.len());
        let json: serde_json::Value = serde_json::from_str(&sarif).unwrap();
        let results = json["runs"][0]["results"].as_array().unwrap();
        let errors = results.iter().filter(|result| result["level"] == "error").count();
        assert!(results.len() < number && errors >= results.len().min(number / 2), "{} {errors}", results.len());
        let said = json["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
        assert!(said.starts_with(&(number - results.len()).to_string()), "{said}");

        let markdown = render(Format::Markdown, &findings(number, text), PLAIN);
        assert!(markdown.encode_utf16().count() < 65_000 && markdown.contains("left out of the table"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        well_formed(&text);
    }
}
