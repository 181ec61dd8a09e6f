//! Changes are whole, and their fate is what a person would say.

use super::*;
use crate::catalogue::Catalogue;
use crate::compile::{Options, compile};
use crate::imports::NoImports;
use crate::source::{Source, Sources};

const START: &str = "provider openai { key env OPENAI_API_KEY  clearance internal  region us }
provider anthropic { key env ANTHROPIC_API_KEY  clearance restricted  region us }
provider gemini { key env GEMINI_API_KEY  region us }
";

/// What each change is, what comes of it, and the text after it where it differs.
fn tried(text: &str, most_bytes: usize) -> Result<(Vec<(String, Fate)>, usize), Untried> {
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", format!("{START}{text}")));
    let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
    let compilation = compile(&sources, root, &NoImports, options);
    let mutation = Mutation::of(Original { sources: &sources, root, loader: &NoImports, options }, &compilation, most_bytes)?;
    // Whatever is changed, the text stays one that can be read.
    for (change, _) in &mutation.tried {
        let after = crate::edit::applied(sources.get(root).unwrap().text(), &change.edits);
        let found = crate::syntax::parse(root, &after).diagnostics;
        assert!(found.is_empty(), "{}: {found:?}\n{after}", change.what);
    }
    let told = mutation.tried.iter().map(|(change, fate)| (change.what.clone(), *fate)).collect();
    Ok((told, mutation.left_out))
}

/// The fate of the changes whose description holds a word.
fn fates(text: &str, word: &str) -> Vec<Fate> {
    let (all, _) = tried(text, MAX_BYTES).unwrap();
    all.into_iter().filter(|(what, _)| what.contains(word)).map(|(_, fate)| fate).collect()
}

const ROUTE: &str = "allow default { openai/gpt-6-* anthropic/claude-* }
route faq { accepts internal  primary openai/gpt-6-luna  fallback anthropic/claude-haiku-5-5 on outage }
";

#[test]
fn a_test_notices_a_dropped_fallback() {
    assert_eq!(fates(ROUTE, "drop the fallback"), [Fate::Unnoticed]);
    let tested = format!("{ROUTE}test \"down\" {{ down openai expect faq -> anthropic/claude-haiku-5-5 }}\n");
    assert_eq!(fates(&tested, "drop the fallback"), [Fate::Noticed]);
    assert_eq!(fates(&tested, "swap"), [Fate::Unnoticed], "the fallback serves as well when it comes first");
    let tested = format!("{ROUTE}test \"up\" {{ expect faq -> openai/gpt-6-luna }}\n");
    assert_eq!(fates(&tested, "swap"), [Fate::Noticed]);
}

#[test]
fn an_assertion_notices_too() {
    let asserted = format!("{ROUTE}assert faq survives losing any 1 provider\n");
    assert_eq!(fates(&asserted, "drop the fallback"), [Fate::Noticed]);
}

#[test]
fn another_error_stops_a_change() {
    let text = "allow default { openai/gpt-6-* anthropic/claude-* }
        route review { accepts internal  primary anthropic/claude-haiku-5-5  fallback none  approve lead }
        route faq { accepts internal  primary openai/gpt-6-luna  fallback route review  approve lead }\n";
    assert_eq!(fates(text, "take the approval by `lead` out of route `faq`"), [Fate::Stopped(Code(207))]);
    assert_eq!(fates(text, "take the approval by `lead` out of route `review`"), [Fate::Unnoticed]);
}

#[test]
fn every_kind_of_change_is_tried() {
    let text = "defaults { redact email, phone  retention 30d }
        allow default { openai/gpt-6-* except openai/*-pro openai/gpt-6-sol }
        deny openai/*-nano because \"too small\"
        pool two { openai/gpt-6-luna, openai/gpt-6-terra }
        provider keeps { protocol openai  key env KEEPS_KEY  clearance internal, public  retention 7d }
        tool mail { auth oauth \"send\"  effect external  accepts internal  returns public  approve lead }
        route one { accepts public  allow keeps/gpt-6-luna, keeps/gpt-6-terra  region us  primary keeps/gpt-6-luna
          fallback keeps/gpt-6-terra on quota  fallback keeps/gpt-6-luna on rate_limit  tools mail  redact secret }
        route two { accepts public  training never  primary pool two  fallback none }\n";
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", format!("{START}{text}")));
    let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
    let compilation = compile(&sources, root, &NoImports, options);
    let told: Vec<String> = changes(&sources, &compilation).into_iter().map(|change| change.what).collect();
    let expected = [
        "clear `openai` for confidential data",
        "clear `gemini` for internal data",
        "do not mask email in `one`",
        "do not mask phone in `one`",
        "take `retention 30d` out of `one`",
        "admit `anthropic/*` to allowlist `default`",
        "admit `gemini/*` to allowlist `default`",
        "admit `keeps/*` to allowlist `default`",
        "turn the `except` of allowlist `default` off",
        "take the deny of `openai/*-nano` out",
        "drop `openai/gpt-6-luna` from pool `two`",
        "swap `openai/gpt-6-luna` and `openai/gpt-6-terra` in pool `two`",
        "drop `openai/gpt-6-terra` from pool `two`",
        "clear `keeps` for confidential data",
        "take the approval by `lead` out of tool `mail`",
        "admit `anthropic/*` to route `one`",
        "admit `gemini/*` to route `one`",
        "admit `openai/*` to route `one`",
        "take `region us` out of `one`",
        "swap `keeps/gpt-6-luna` and `keeps/gpt-6-terra` in `one`",
        "drop the fallback of `one` to `keeps/gpt-6-terra`",
        "swap `keeps/gpt-6-terra` and `keeps/gpt-6-luna` in `one`",
        "drop the fallback of `one` to `keeps/gpt-6-luna`",
        "do not mask secret in `one`",
        "take `training never` out of `two`",
    ];
    assert_eq!(told, expected);
    for change in changes(&sources, &compilation) {
        let after = crate::edit::applied(sources.get(root).unwrap().text(), &change.edits);
        let found = crate::syntax::parse(root, &after).diagnostics;
        assert!(found.is_empty(), "{}: {found:?}\n{after}", change.what);
        assert_ne!(after, sources.get(root).unwrap().text(), "{}", change.what);
    }
}

#[test]
fn what_is_beyond_the_limit_is_counted() {
    let (all, left_out) = tried(ROUTE, MAX_BYTES).unwrap();
    assert_eq!(left_out, 0);
    let length = START.len() + ROUTE.len();
    assert_eq!(tried(ROUTE, 3 * length).unwrap(), (all[..3].to_vec(), all.len() - 3));
    assert_eq!(tried(ROUTE, 0).unwrap(), (Vec::new(), all.len()));
}

#[test]
fn a_policy_with_errors_is_left_alone() {
    let broken = ROUTE.replace("accepts internal", "accepts restricted");
    assert_eq!(tried(&broken, MAX_BYTES), Err(Untried::Errors(1)));
}
