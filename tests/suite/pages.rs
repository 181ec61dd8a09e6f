//! Every page of a finding: its example has exactly that finding, its mended example none.

use byokc::catalogue::Catalogue;
use byokc::checks::rules;
use byokc::compile::{Options, compile};
use byokc::imports::NoImports;
use byokc::render::{Format, PolicyReport, Report, Style, Summary, render};
use byokc::source::{Source, Sources};
use byokc::units::Date;

/// A fenced block of a page: what it is, and its text.
struct Block<'a> {
    words: Vec<&'a str>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```byok") {
            let text = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            blocks.push(Block { words: info.split(',').filter(|word| !word.is_empty()).collect(), text });
        }
    }
    blocks
}

/// The codes that a policy gives, and how its findings are drawn.
fn judge(block: &Block<'_>) -> (Vec<String>, String) {
    let today = block.words.iter().find_map(|word| word.strip_prefix("as-of=")).unwrap_or("2026-11-24");
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", &block.text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse(today).unwrap() };
    let compilation = compile(&sources, root, &NoImports, options);
    let (found, counts) = (compilation.diagnostics.clone(), compilation.counts());
    let summary = Summary { files: counts.files, routes: counts.routes, attempts: counts.attempts, ..Summary::default() };
    let mut codes: Vec<String> = found.iter().filter(|finding| finding.counts()).map(|finding| finding.rule.code.to_string()).collect();
    codes.dedup();
    let policies = vec![PolicyReport { path: "policy.byok".to_owned(), diagnostics: found, summary }];
    (codes, render(Format::Human, &Report { sources: &sources, policies }, Style { color: false, ascii: true }))
}

#[test]
fn every_page_has_the_finding_and_mends_it() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let blocks = blocks(rule.page);
        let code = rule.code.to_string();
        // BYOK302 looks at the keys of the machine: its own test runs the command.
        let fails: Vec<&Block<'_>> = blocks.iter().filter(|block| block.words.contains(&"fails")).collect();
        let passes: Vec<&Block<'_>> = blocks.iter().filter(|block| block.words.contains(&"passes")).collect();
        if (fails.is_empty() && rule.code.0 != 302) || passes.is_empty() {
            wrong.push(format!("{code}: its page lacks an example that fails or one that passes"));
        }
        for block in fails {
            let (codes, drawn) = judge(block);
            if codes != [code.clone()] {
                wrong.push(format!("{code}: the example that should have just this finding has {codes:?}\n{drawn}"));
            }
            insta::with_settings!({ snapshot_path => "../../snapshots/explain", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(rule.name, drawn);
            });
        }
        for block in passes {
            let (codes, drawn) = judge(block);
            if !codes.is_empty() {
                wrong.push(format!("{code}: the mended example still has {codes:?}\n{drawn}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_and_names_are_unique_and_in_form() {
    let rules = rules();
    let mut codes: Vec<u16> = rules.iter().map(|rule| rule.code.0).collect();
    let mut names: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
    codes.dedup();
    names.sort_unstable();
    names.dedup();
    assert_eq!((codes.len(), names.len()), (rules.len(), rules.len()));
    for rule in rules {
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.name);
        assert!(!rule.summary.ends_with('.') && !rule.summary.is_empty(), "{}", rule.name);
    }
}
