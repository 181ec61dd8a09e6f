//! `byokc why-not`: what stops a route from reaching a target, and the smallest edit that would allow it, which was tried.

use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::diagnostic::Edit;
use byokc::edit::applied;
use byokc::imports::NoImports;
use byokc::policy::model::RouteId;
use byokc::recheck::Original;
use byokc::source::{Source, Sources};
use byokc::units::Date;
use byokc::why::{Question, Wanted, why_not};

use crate::byokc::{Folder, Ran, project, run, snapshot};

fn ask(policy: &str, route: &str, target: &str) -> Ran {
    run(&project().join("tests/corpus"), &["why-not", "--as-of", "2026-11-24", policy, route, target], b"")
}

fn support() -> String {
    std::fs::read_to_string(project().join("tests/corpus/show/support.byok")).unwrap()
}

#[test]
fn the_answers() {
    for (name, policy, route, target) in [
        ("not_allowed_and_above_clearance", "show/support.byok", "reasoning", "openrouter/openai/gpt-6-sol"),
        ("denied", "show/support.byok", "public_faq", "openai/gpt-5-pro"),
        ("not_declared", "show/support.byok", "eval", "mistral/mistral-large-2512"),
        ("window_too_small", "show/support.byok", "retrieval", "openai/gpt-5.2"),
        ("not_told_by_its_name", "show/support.byok", "eval", "azure_openai/support-prod"),
        ("under_demands", "why/pools.byok", "strict", "openai/gpt-6-luna"),
        ("managed", "why/pools.byok", "plain", "gateway/house"),
    ] {
        let ran = ask(policy, route, target);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}: {}", ran.stdout);
        assert!(ran.stdout.lines().all(|line| !line.ends_with(' ')), "{name}");
        snapshot("why_not", name, &ran.stdout);
    }
}

#[test]
fn a_route_that_reaches_it() {
    let ran = ask("show/support.byok", "reasoning", "openai/gpt-5.2");
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stdout,
        "route `reasoning` does reach `openai/gpt-5.2`\n`byokc why show/support.byok reasoning openai/gpt-5.2` tells what lets it\n"
    );
}

#[test]
fn a_target_that_errors_stand_against() {
    let fallback = "  fallback    openai/gpt-5.2 on outage, rate_limit\n";
    let more = format!("{fallback}  fallback    openrouter/openai/gpt-6-sol on rate_limit\n");
    let folder = Folder::with(&[("p.byok", &support().replace(fallback, &more))]);
    let ran = folder.run(&["why-not", "--as-of", "2026-11-24", "p.byok", "final_response", "openrouter/openai/gpt-6-sol"]);
    assert_eq!(ran.code, 0);
    snapshot("why_not", "named_with_errors", &format!("{}\n{}", ran.stdout, ran.stderr));
}

#[test]
fn in_several_files_each_edit_names_its_own() {
    let text = support();
    let (accounts, rest) = text.split_once("allow production").unwrap();
    let folder = Folder::with(&[
        ("team/p.byok", &format!("language 1\nimport \"../org.byok\"\n\nallow production{rest}")),
        (
            "org.byok",
            &format!("{accounts}deny gemini/*\n").replace("openrouter {\n  key        env OPENROUTER_API_KEY\n", "openrouter {\n"),
        ),
    ]);
    let arguments =
        ["why-not", "--as-of", "2026-11-24", "--root", ".", "team/p.byok", "public_faq", "openrouter/mistralai/mistral-large-2512"];
    let ran = folder.run(&arguments);
    snapshot("why_not", "imported", &ran.stdout);
    assert!(ran.stdout.contains("org.byok:"), "{}", ran.stdout);
}

/// The lines of a proposal that go and come.
fn changed(text: &str, route: &str, target: &str) -> Vec<String> {
    let folder = Folder::with(&[("p.byok", text)]);
    let ran = folder.run(&["why-not", "--as-of", "2026-11-24", "p.byok", route, target]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let lines = ran.stdout.lines().filter_map(|line| line.strip_prefix("     ")).filter(|line| line.starts_with(['-', '+']));
    lines.filter(|line| !line.contains("fallback")).map(str::to_owned).collect()
}

#[test]
fn a_deny_is_narrowed_rather_than_taken_away() {
    let policy = |deny: &str| {
        let route = |name: &str| {
            format!("route {name} {{\n  accepts   public\n  allow     openai/*\n  primary   openai/gpt-6-luna\n  fallback  none\n}}\n\n")
        };
        let account = "provider openai {\n  key        env OPENAI_API_KEY\n  region     us\n  retention  30d\n}\n\n";
        format!("{account}{deny}\n\n{}{}{}", route("a"), route("b"), route("route-a"))
    };
    let changes = |deny: &str, route: &str| changed(&policy(deny), route, "openai/gpt-5.2");
    assert_eq!(changes("deny openai/gpt-5*", "a"), ["- deny openai/gpt-5*", "+ deny openai/gpt-5* for route b, route-a"]);
    assert_eq!(
        changes("deny openai/gpt-5* for route a, route-a because \"old route a\"", "route-a"),
        ["- deny openai/gpt-5* for route a, route-a because \"old route a\"", "+ deny openai/gpt-5* for route a because \"old route a\""]
    );
    assert_eq!(changes("deny openai/gpt-5* for route a", "a"), ["- deny openai/gpt-5* for route a"]);
    assert_eq!(changes("deny openai/gpt-5*, openai/*-pro", "a"), ["- deny openai/gpt-5*, openai/*-pro", "+ deny openai/*-pro"]);
}

#[test]
fn a_route_that_goes_by_the_default_list_gets_a_list_of_its_own() {
    let text = "provider openai {\n  key        env OPENAI_API_KEY\n  region     us\n  retention  30d\n}\n\nallow default { openai/gpt-6-luna }\n\nroute a {\n  accepts   public\n  primary   openai/gpt-6-luna\n  fallback  none\n}\n";
    assert_eq!(changed(text, "a", "openai/gpt-5.2"), ["+   allow     default, openai/gpt-5.2"]);
}

#[test]
fn an_edit_that_breaks_an_assertion_is_not_offered() {
    let text = "data public < internal\n\nprovider openai {\n  key        env OPENAI_API_KEY\n  clearance  internal\n}\n\n\
        provider anthropic {\n  key        env ANTHROPIC_API_KEY\n  clearance  internal\n}\n\n\
        route a {\n  accepts   internal\n  allow     openai/*, anthropic/*\n  primary   openai/gpt-6-luna\n  fallback  none\n}\n";
    let asked = ["why-not", "--as-of", "2026-11-24", "p.byok", "a", "anthropic/claude-haiku-5-5"];
    let free = Folder::with(&[("p.byok", text)]).run(&asked);
    assert!(free.stdout.contains("The smallest edit that allows it, 1 change."), "{}", free.stdout);
    let asserted = format!("{text}\nassert \"internal data stays with OpenAI\" internal reaches only openai\n");
    let ran = Folder::with(&[("p.byok", &asserted)]).run(&asked);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    snapshot("why_not", "asserted", &ran.stdout);
}

#[test]
fn the_edits_of_the_document_are_those_that_are_shown() {
    let folder = Folder::with(&[("p.byok", &support())]);
    let target = "openrouter/openai/gpt-6-sol";
    let arguments = ["why-not", "--as-of", "2026-11-24", "p.byok", "reasoning", target, "--output", "json=out.json", "--output", "human"];
    let ran = folder.run(&arguments);
    assert!(ran.code == 0 && ran.stdout.contains("The smallest edit"), "{}", ran.stderr);
    let document: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    // Made by line and column, from the last to the first, they let the route reach the target.
    let mut lines: Vec<String> = support().lines().map(str::to_owned).collect();
    let mut changes = document["proposal"]["changes"].as_array().unwrap().clone();
    let at = |change: &serde_json::Value, end: &str| {
        let place = |what: &str| usize::try_from(change["place"][end][what].as_u64().unwrap()).unwrap() - 1;
        (place("line"), place("column"))
    };
    changes.sort_by_key(|change| std::cmp::Reverse(at(change, "start")));
    for change in &changes {
        let ((line, start), (last, end)) = (at(change, "start"), at(change, "end"));
        assert_eq!(line, last);
        lines[line].replace_range(start..end, change["text"].as_str().unwrap());
    }
    std::fs::write(folder.path("p.byok"), lines.join("\n") + "\n").unwrap();
    assert_eq!(folder.run(&["why", "--as-of", "2026-11-24", "p.byok", "reasoning", target]).code, 0);
    assert_eq!(folder.run(&["check", "--as-of", "2026-11-24", "p.byok"]).code, 0);
}

/// For every route of some policies and many targets: the proposal does what it says, and no part of it can be left out.
#[test]
fn every_proposal_holds_and_nothing_of_it_is_too_much() {
    let outside = [
        "openrouter/openai/gpt-6-sol",
        "openrouter/mistralai/mistral-small-2603",
        "mistral/mistral-large-2512",
        "groq/openai/gpt-oss-120b",
        "ollama/llama3",
        "openai/gpt-5-pro",
        "openai/text-embedding-3-large",
        "anthropic/claude-opus-5-5",
        "lab/\"m4,gpu\"",
    ];
    let mut proposals = 0;
    let mut most = 0;
    for policy in ["tests/corpus/show/support.byok", "tests/corpus/why/pools.byok", "policies/eu-only.byok", "policies/local-first.byok"] {
        let text = std::fs::read_to_string(project().join(policy)).unwrap();
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", &text));
        let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
        let compilation = compile(&sources, root, &NoImports, options);
        assert_eq!(compilation.errors(), 0, "{policy}");
        let original = Original { sources: &sources, root, loader: &NoImports, options };
        let allowed = |edits: &[Edit], route: RouteId, wanted: &Wanted| {
            let sources = Sources::default();
            let root = sources.add(Source::new("policy.byok", applied(&text, edits)));
            let compilation = compile(&sources, root, &NoImports, options);
            let original = Original { sources: &sources, root, loader: &NoImports, options };
            let question = Question { original, compilation: &compilation, route, wanted };
            compilation.errors() == 0 && question.reaches() == Some(true)
        };
        let own = compilation.policy.targets.iter().map(|target| target.text).take(4);
        for target in own.chain(outside) {
            let wanted = Wanted::parse(target).unwrap();
            for route in (0..).map(RouteId).take(compilation.policy.routes.len()) {
                let question = Question { original, compilation: &compilation, route, wanted: &wanted };
                if question.reaches() == Some(true) {
                    continue;
                }
                let answer = why_not(question);
                let place = format!("{policy}: {} {target}", question.route_name());
                assert!(!answer.reasons.reasons.is_empty() && answer.complete, "{place}");
                let Some(proposal) = answer.proposal else {
                    assert!(!answer.decide.is_empty(), "{place}: a person is told what to decide");
                    continue;
                };
                proposals += 1;
                most = most.max(proposal.changes.len());
                let edits: Vec<Edit> = proposal.changes.iter().map(|change| change.edit.clone()).collect();
                assert!(allowed(&edits, route, &wanted), "{place}: {edits:#?}");
                assert!(!proposal.lets.is_empty(), "{place}: it is said what may be sent");
                for left_out in 0..edits.len() {
                    let mut less = edits.clone();
                    less.remove(left_out);
                    assert!(!allowed(&less, route, &wanted), "{place}: does not need {:?}", edits[left_out]);
                }
            }
        }
    }
    assert!(proposals > 60 && most >= 3, "{proposals} proposals, of up to {most} changes");
}
