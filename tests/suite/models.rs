//! `byokc models`: the catalogue.

use crate::byokc::{Folder, Ran, project, run, snapshot};

fn models(arguments: &[&str]) -> Ran {
    run(project(), &[&["models"], arguments].concat(), b"")
}

#[test]
fn by_pattern_or_part_of_a_name() {
    snapshot("models", "pattern", &models(&["anthropic/claude-opus-4*"]).stdout);
    let all = models(&[]);
    assert!(all.stdout.starts_with("717 models, as known on 2026-11-23\nMODEL "), "{:.80}", all.stdout);
    let part = models(&["OPUS-4"]).stdout;
    assert!(part.contains("anthropic/claude-opus-4") && part.contains("openrouter/anthropic/claude-opus-4"), "{part}");
}

#[test]
fn nothing_like_it() {
    let ran = models(&["openai/gpt-6-lunna"]);
    let error = "error: the catalogue of 2026-11-23 has no model like `openai/gpt-6-lunna`\nhelp: did you mean `openai/gpt-6-luna`?\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (3, "", error));
    assert!(models(&["nobody/*"]).stderr.contains("anthropic, "));
}

#[test]
fn another_catalogue() {
    let catalogue = r#"{"date": "2027-01-01", "models": [{"vendor": "lab", "id": "m", "mode": "chat", "until": "2027-02-01"}]}"#;
    let folder = Folder::with(&[("facts.json", catalogue)]);
    snapshot("models", "another_catalogue", &folder.run(&["models", "--catalogue", "facts.json"]).stdout);
}
