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
            #[expect(clippy::disallowed_methods, reason = "a test reads its corpus")]
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

#[test]
fn pages_show_what_they_speak_of() {
    for rule in rules::RULES {
        let block = |fence: &str| rule.page.split_once(fence).and_then(|(_, rest)| rest.split_once("```")).map(|(text, _)| text).unwrap();
        let codes = |text: &str| parse(FileId(0), text).diagnostics.iter().map(|finding| finding.rule.code).collect::<Vec<_>>();
        assert_eq!(codes(block("```byok,fails\n")), [rule.code]);
        assert_eq!(codes(block("```byok,passes\n")), []);
        assert_eq!(format_checked(FileId(0), block("```byok,passes\n")).unwrap(), block("```byok,passes\n"));
    }
}

#[test]
fn keys_are_never_repeated() {
    const SECRET: &str = "sk-ant-api03-XyZ123abcDEF456";
    let fields =
        ["key S", "key \"S\"", "key 'S'", "key = S", "key = \"S\"", "key: S", "key:S", "key env X S", "key env \"S\"", "key env X, S"];
    let more = ["api_key S", "Key S", "S", "key \"S", "key {S}", "key exec S", "key env X managed S", "title S", "key [\"S\"]"];
    for field in fields.into_iter().chain(more) {
        let text = format!("provider p {{\n  {}\n}}\n{}\n", field.replace('S', SECRET), field.replace('S', SECRET));
        let findings = parse(FileId(0), &text).diagnostics;
        assert!(findings.len() > 1, "{field}");
        for finding in findings {
            let said = finding.notes.iter().chain(&finding.help).chain(finding.labels.iter().map(|label| &label.message));
            let fix = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| &edit.text).chain([&fix.title]));
            for text in said.chain(fix).chain([&finding.message, &finding.label]) {
                assert!(!text.contains("XyZ123"), "{field}: {text}");
            }
        }
    }
}

#[test]
fn trees_are_what_was_written() {
    let parsed = parse(FileId(0), "route accepts { primary openai/x within 5s up to 9k on timeout, any } # end");
    let ast::Item::Block(block) = &parsed.file.declarations[0].item else { panic!() };
    assert_eq!((block.kind, block.name.unwrap().value().as_ref()), (keyword::Kind::Route, "accepts"));
    let ast::Value::Chain(chain) = &block.fields[0].value else { panic!() };
    let ast::Callee::Target(target) = chain.what else { panic!() };
    let on: Vec<_> = chain.on.iter().map(|class| class.text).collect();
    assert_eq!((target.text, chain.within.unwrap().text, chain.up_to.unwrap().text), ("openai/x", "5s", "9k"));
    assert_eq!(on, ["timeout", "any"]);
    let texts = |span: crate::source::Span| span.start..span.end;
    assert_eq!((texts(block.span), texts(block.fields[0].span), texts(parsed.file.comments[0])), (0..69, 16..67, 70..75));
}

#[test]
fn good_fields_of_a_broken_declaration_are_kept() {
    let parsed = parse(FileId(0), "route a {\n accepts b\n nonsense\n primary = c\n fallback none\n}\nroute d {\n accepts e\n");
    let blocks: Vec<_> = parsed
        .file
        .declarations
        .iter()
        .map(|declaration| {
            let ast::Item::Block(block) = &declaration.item else { panic!() };
            block.fields.iter().map(|field| field.key.as_str()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(blocks, [vec!["accepts", "fallback"], vec!["accepts"]]);
    assert_eq!(parsed.diagnostics.len(), 3);
}

/// Parses a text and asserts what holds for any text at all.
fn check(text: &str) -> usize {
    let parsed = parse(FileId(0), text);
    let spans = parsed.diagnostics.iter().flat_map(|finding| {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        [finding.span].into_iter().chain(finding.labels.iter().map(|label| label.span)).chain(edits).collect::<Vec<_>>()
    });
    let declared = parsed.file.declarations.iter().map(|declaration| declaration.span);
    for span in spans.chain(declared).chain(parsed.file.comments.iter().copied()) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
    let places: Vec<u32> = parsed.file.declarations.iter().map(|declaration| declaration.span.start).collect();
    assert!(places.is_sorted(), "declarations in order");
    parsed.diagnostics.len()
}

mod random {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::lex::Lexer;

    fn tokens() -> Vec<String> {
        let tokens = |text: &'static str| Lexer::new(text, 0, u32::MAX).map(|token| token.text.to_owned());
        tokens(WHOLE).chain(tokens(FORMS).skip(2)).collect()
    }

    const GAPS: &[&str] = &[" ", " ", " ", "\n", "\n  ", "\n\n\n", " # behind\n", "\n# above\n", "\n\n  # apart\n\n", "\r\n", "\t"];
    const JUNK: &[&str] =
        &["{", "}", ",", "=", ";", "'", "\"", "\\", "#", "//", "->", "<", "[", "\0", "\u{200b}", "\u{e9}", "route", "on", "x"];

    #[derive(Clone, Debug)]
    enum Change {
        Delete(prop::sample::Index),
        Double(prop::sample::Index),
        Insert(prop::sample::Index, &'static str),
        Swap(prop::sample::Index, prop::sample::Index),
    }

    fn change() -> impl Strategy<Value = Change> {
        let at = any::<prop::sample::Index>;
        prop_oneof![
            at().prop_map(Change::Delete),
            at().prop_map(Change::Double),
            (at(), prop::sample::select(JUNK)).prop_map(|(at, junk)| Change::Insert(at, junk)),
            (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_parsed(text in any::<String>(), ascii in "[ -~\n]{0,200}") {
            check(&text);
            check(&ascii);
        }

        #[test]
        fn broken_policies_are_parsed(changes in prop::collection::vec(change(), 1..6), gaps in prop::collection::vec(prop::sample::select(GAPS), 50)) {
            let mut tokens = tokens();
            for change in changes {
                let length = tokens.len();
                match change {
                    Change::Delete(at) => { tokens.remove(at.index(length)); }
                    Change::Double(at) => tokens.insert(at.index(length), tokens[at.index(length)].clone()),
                    Change::Insert(at, junk) => tokens.insert(at.index(length), junk.to_owned()),
                    Change::Swap(a, b) => tokens.swap(a.index(length), b.index(length)),
                }
            }
            let text: String = tokens.iter().zip(gaps.iter().cycle()).flat_map(|(token, gap)| [token.as_str(), gap]).collect();
            check(&text);
            if let Ok(formatted) = format_checked(FileId(0), &text) {
                prop_assert_eq!(format_checked(FileId(0), &formatted).unwrap(), formatted);
            }
        }

        #[test]
        fn layout_changes_nothing(gaps in prop::collection::vec(prop::sample::select(GAPS), 97)) {
            let text: String = tokens().iter().zip(gaps.iter().cycle()).flat_map(|(token, gap)| [token.as_str(), gap]).collect();
            prop_assert_eq!(check(&text), 0);
            let formatted = format_checked(FileId(0), &text).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
            prop_assert_eq!(&format_checked(FileId(0), &formatted).unwrap(), &formatted);
        }
    }

    #[test]
    fn huge_and_hostile_texts_are_parsed_in_time() {
        let huge = |part: &str| part.repeat(1 + (1 << 18) / part.len());
        let parts = [
            "{",
            "}",
            "route a {\n",
            "a ",
            "route ",
            "\"",
            "\"\n",
            "#",
            "assert a ",
            "route a { b { ",
            ",",
            "(",
            "route a { accepts = x }\n",
            "allow a { = ",
            "\0",
            "-",
            "route a { x\n",
        ];
        for part in parts {
            let findings = check(&huge(part));
            assert!(findings <= 202, "{part}: {findings}");
        }
    }
}
