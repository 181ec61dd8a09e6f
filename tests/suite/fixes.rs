//! Every fix that byokc offers, on every policy of the corpus and of the pages: it mends its finding and makes no new error.

use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::diagnostic::Grade;
use byokc::imports::NoImports;
use byokc::recheck::{MAX_BYTES, Original, Verdict, judge, recheck};
use byokc::source::{Source, Sources};
use byokc::units::Date;

use crate::byokc::project;

/// Policies by a name for people.
fn policies() -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for entry in walkdir::WalkDir::new(project().join("tests/corpus")).sort_by_file_name().into_iter().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "byok") {
            let name = path.strip_prefix(project()).unwrap().display().to_string();
            all.push((name, std::fs::read_to_string(path).unwrap(), "2026-11-24".to_owned()));
        }
    }
    for rule in byokc::checks::rules() {
        for (number, block) in rule.page.split("```byok").skip(1).enumerate() {
            let (words, rest) = block.split_once('\n').unwrap();
            let text = rest.split("\n```").next().unwrap();
            let today = words.split(',').find_map(|word| word.strip_prefix("as-of=")).unwrap_or("2026-11-24");
            all.push((format!("{} {number}", rule.name), format!("{text}\n"), today.to_owned()));
        }
    }
    all
}

#[test]
fn every_fix_of_the_corpus_and_of_the_pages_holds_up() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    for (name, text, today) in policies() {
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", text));
        let options = Options { catalogue: Catalogue::builtin(), today: Date::parse(&today).unwrap() };
        let original = Original { sources: &sources, root, loader: &NoImports, options };
        let compilation = compile(&sources, root, &NoImports, options);
        for (index, finding) in compilation.diagnostics.iter().enumerate() {
            let Some(fix) = &finding.fix else { continue };
            judged += 1;
            let verdict = judge(original, &compilation, index, fix);
            if verdict != Verdict::Holds {
                wrong.push(format!("{name}: {} {}\n    {}: {verdict:?}", finding.rule.code, finding.message, fix.title));
            }
        }
    }
    assert!(judged > 80, "{judged} fixes are looked at");
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The fix of a finding in the JSON report of a policy.
fn offered(text: &str, code: &str) -> serde_json::Value {
    let folder = crate::byokc::Folder::with(&[("p.byok", text)]);
    let ran = folder.run(&["check", "--as-of", "2026-11-24", "--output", "json", "p.byok"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == code).cloned();
    finding.unwrap_or_else(|| panic!("no {code}: {report:#}"))["fix"].clone()
}

const TWO: &str = "provider openai {\n  key env OPENAI_API_KEY\n  region us\n  retention 30d\n}\n\nroute a {\n  accepts public\n  allow openai/*\n  primary openai/gpt-6-luna\n}\n";

#[test]
fn a_fix_that_makes_an_error_is_not_offered() {
    let misspelt = format!("{}  fallback none\n}}\n", TWO.replace("luna\n}\n", "lunna\n"));
    assert_eq!(offered(&misspelt, "BYOK503")["edits"][0]["text"], "openai/gpt-6-luna");
    // What was meant, perhaps, but forbidden.
    assert_eq!(offered(&format!("{misspelt}\ndeny openai/gpt-6-luna\n"), "BYOK503"), serde_json::Value::Null);
}

#[test]
fn beyond_the_limit_a_fix_is_shown_but_never_applied_unasked() {
    let text = format!("{TWO}\n{}", TWO.split("\n\n").nth(1).unwrap().replace("route a", "route b"));
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", &text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let original = Original { sources: &sources, root, loader: &NoImports, options };
    let grades = |most: usize| {
        let mut compilation = compile(&sources, root, &NoImports, options);
        recheck(original, &mut compilation, most);
        compilation.diagnostics.iter().map(|finding| finding.fix.as_ref().unwrap().grade).collect::<Vec<_>>()
    };
    assert_eq!(grades(MAX_BYTES), [Grade::Safe, Grade::Safe]);
    assert_eq!(grades(2 * text.len() - 1), [Grade::Safe, Grade::Review], "one fix can be checked");
}

#[test]
fn a_fix_in_an_imported_file_is_checked_in_the_policy_that_imports_it() {
    let accounts = TWO.split("route").next().unwrap();
    let routes = format!("import \"accounts.byok\"\n\nroute{}", TWO.split("route").nth(1).unwrap());
    let folder = crate::byokc::Folder::with(&[("p.byok", &routes), ("accounts.byok", &accounts.replace("  key env OPENAI_API_KEY\n", ""))]);
    let ran = folder.run(&["check", "--as-of", "2026-11-24", "--output", "json", "p.byok"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let fixes: Vec<&serde_json::Value> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["fix"]).collect();
    assert!(fixes.iter().any(|fix| fix["edits"][0]["file"] == "accounts.byok"), "{report:#}");
    assert!(fixes.iter().any(|fix| fix["title"] == "say `fallback none`"), "{report:#}");
}

#[test]
fn what_is_called_safe_lets_nothing_new_happen() {
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", TWO));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let original = Original { sources: &sources, root, loader: &NoImports, options };
    let compilation = compile(&sources, root, &NoImports, options);
    let index = compilation.diagnostics.iter().position(|finding| finding.rule.code.0 == 204).unwrap();
    let own = compilation.diagnostics[index].fix.clone().unwrap();
    assert_eq!(judge(original, &compilation, index, &own), Verdict::Holds);
    let mut wider = own.clone();
    wider.edits[0].text = wider.edits[0].text.replace("none", "openai/gpt-5.2");
    assert_eq!(judge(original, &compilation, index, &wider), Verdict::Widens);
    wider.grade = Grade::Review;
    assert_eq!(judge(original, &compilation, index, &wider), Verdict::Holds, "a person has to agree");
    wider.edits[0].text.clear();
    assert_eq!(judge(original, &compilation, index, &wider), Verdict::DoesNotMend);
}
