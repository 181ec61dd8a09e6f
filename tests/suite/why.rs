//! `byokc why`: the smallest set of statements that lets a route reach a target.

use byokc::catalogue::Catalogue;
use byokc::compile::{Compilation, Options, compile};
use byokc::diagnostic::Edit;
use byokc::edit::applied;
use byokc::imports::NoImports;
use byokc::policy::model::{Allowing, Pattern, RouteId};
use byokc::recheck::Original;
use byokc::source::{FileId, Source, Sources, Span};
use byokc::units::Date;
use byokc::why::{Question, Statement, Wanted, why};

use crate::byokc::{Folder, project, run, snapshot};

fn ask(policy: &str, route: &str, target: &str) -> crate::byokc::Ran {
    run(&project().join("tests/corpus"), &["why", "--as-of", "2026-11-24", policy, route, target], b"")
}

#[test]
fn the_answers() {
    for (name, policy, route, target) in [
        ("through_a_route", "show/support.byok", "final_response", "openai/gpt-5.2"),
        ("through_a_pool_and_lowering", "why/pools.byok", "masked", "openai/gpt-5.2"),
        ("under_demands", "why/pools.byok", "strict", "anthropic/claude-opus-5-5"),
        ("managed", "why/pools.byok", "house", "gateway/house"),
    ] {
        let ran = ask(policy, route, target);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        snapshot("why", name, &ran.stdout);
    }
}

#[test]
fn a_route_that_does_not_reach_it() {
    let ran = ask("show/support.byok", "policy_review", "openai/gpt-5.2");
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stdout,
        "route `policy_review` does not reach `openai/gpt-5.2`\n`byokc why-not show/support.byok policy_review openai/gpt-5.2` tells what stops it\n"
    );
}

#[test]
fn an_attempt_with_an_error_against_it_is_not_reached() {
    let text = std::fs::read_to_string(project().join("tests/corpus/show/support.byok")).unwrap();
    let folder = Folder::with(&[("p.byok", &text.replace("  openai/gpt-5*\n", ""))]);
    let ran = folder.run(&["why", "p.byok", "reasoning", "openai/gpt-5.2"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing of it is compiled to a plan"), "{}", ran.stderr);
    // Errors elsewhere do not change the answer, and are said.
    let ran = folder.run(&["why", "p.byok", "eval", "gemini/gemini-4-argon"]);
    assert!(ran.code == 0 && ran.stderr.contains("there are "), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_asked() {
    let usage = |route: &str, target: &str| {
        let ran = ask("show/support.byok", route, target);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        ran.stderr
    };
    assert_eq!(usage("reasonning", "openai/gpt-5.2"), "error: there is no route `reasonning`\nhelp: did you mean `reasoning`?\n");
    assert!(usage("reasoning", "opnai/gpt-5.2").ends_with("help: did you mean `openai`?\n"));
    assert!(usage("reasoning", "gpt-5.2").contains("names no provider"));
    assert!(usage("reasoning", "openai/gpt-*").contains("is a pattern, not a model"));
    assert_eq!(ask("nowhere.byok", "a", "b/c").code, 4);
    let folder = Folder::with(&[("p.byok", "provider a { key env A }\nroute x { accepts public primary zzz/y fallback none }\n")]);
    let ran = folder.run(&["why", "p.byok", "x", "openai/y"]);
    assert!(ran.code == 4 && ran.stderr.contains("without attempts"), "{}", ran.stderr);
    let ran = folder.run(&["why", "p.byok", "x", "openai/y", "--output", "json=p.byok"]);
    assert!(ran.code == 2 && ran.stderr.contains("overwrite"), "{}", ran.stderr);
}

#[test]
fn no_key_is_shown() {
    let key = ["gsk_", "7Hq2Vx9LmW4bTzR8nKc3YpD6sGfJ1aE5uXoB0iQrZtNwMvChLkPd"].concat();
    let text = format!(
        "provider openai {{ key env OPENAI_API_KEY region us retention 30d }} # {key}\nroute a {{\n  accepts public\n  allow openai/*\n  primary openai/gpt-6-luna\n  fallback none\n}}\n"
    );
    let folder = Folder::with(&[("p.byok", &text)]);
    for arguments in [&["why", "p.byok", "a", "openai/gpt-6-luna"][..], &["why", "p.byok", "a", "openai/gpt-6-luna", "--output", "json"]] {
        let ran = folder.run(arguments);
        assert!(ran.stdout.contains("OPENAI_API_KEY") && !ran.stdout.contains(&key[4..20]), "{}", ran.stdout);
    }
}

/// Compiles a text and asks.
fn with_question<T>(text: &str, route: &str, wanted: &Wanted, judge: impl FnOnce(Question<'_>, &Sources) -> T) -> Option<T> {
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
    let compilation = compile(&sources, root, &NoImports, options);
    let original = Original { sources: &sources, root, loader: &NoImports, options };
    let route = (0..).map(RouteId).zip(&compilation.policy.routes).find(|(_, known)| known.name.text == route)?.0;
    Some(judge(Question { original, compilation: &compilation, route, wanted }, &sources))
}

fn reaches(text: &str, route: &str, wanted: &Wanted) -> bool {
    with_question(text, route, wanted, |question, _| question.reaches()).flatten() == Some(true)
}

/// The edit that takes a statement out: an entry of a list with its comma. In place of the only entry of an `allow` stands one that admits nothing: without
/// the field `allow default` would step in.
fn out(text: &str, span: Span) -> Edit {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    let mut instead = "";
    let entry = !text[start..end].contains(char::is_whitespace);
    if entry {
        let behind = text[end..].trim_start();
        let before = text[..start].trim_end();
        if behind.starts_with(',') {
            end = text.len() - behind.len() + 1;
        } else if before.ends_with(',') {
            start = before.len() - 1;
        } else if before.ends_with("allow") {
            instead = "openai/no-such-model";
        }
    }
    let place = |offset: usize| u32::try_from(offset).unwrap();
    Edit { span: Span { file: FileId(0), start: place(start), end: place(end) }, text: instead.to_owned() }
}

fn holds(whole: Span, part: Span) -> bool {
    whole.file == part.file && whole.start <= part.start && part.end <= whole.end
}

/// What else leads to the target in the routes that the statements speak of: their other alternatives, other entries that admit it, other
/// lowering, and what the account says that is not needed.
fn others(compilation: &Compilation<'_>, wanted: &Wanted, statements: &[Statement]) -> Vec<Span> {
    let policy = &compilation.policy;
    let listed = |span: Span| statements.iter().any(|statement| statement.span == span);
    let mut others = Vec::new();
    for route in policy.routes.iter().filter(|route| route.chain.iter().any(|step| listed(step.span))) {
        let chain = route.chain.iter().skip(1).map(|step| step.span);
        let lowering = route.lowers.iter().map(|lowers| lowers.span).chain(route.redact.iter().map(|detector| detector.span));
        others.extend(chain.chain(lowering).filter(|span| !statements.iter().any(|statement| holds(statement.span, *span))));
    }
    for provider in policy.providers.iter().filter(|provider| provider.name.text == wanted.account) {
        let at =
            [provider.key.as_ref().map(|at| at.span), provider.region.as_ref().map(|at| at.span), provider.retention.map(|at| at.span)];
        let fields = at.into_iter().chain([provider.clearance_span, provider.training_never, provider.upstreams_span]);
        others.extend(fields.flatten().filter(|span| !listed(*span)));
    }
    let inline = policy.routes.iter().flat_map(|route| &route.allow).filter_map(|entry| match entry {
        Allowing::Pattern(pattern) => Some(pattern),
        Allowing::List(_) => None,
    });
    let all = policy.allows.iter().flat_map(|list| &list.patterns).chain(inline);
    let admits = |pattern: &&Pattern<'_>| pattern.owner == wanted.account && byokc::policy::matching::matches(&pattern.id, &wanted.id);
    others.extend(all.filter(admits).map(|pattern| pattern.span).filter(|span| !listed(*span)));
    others
}

/// For every route and every target that it reaches: the statements suffice, and none of them can be left out.
#[test]
fn the_statements_are_enough_and_none_can_be_left_out() {
    let mut policies = vec![project().join("tests/corpus/show/support.byok")];
    for folder in ["tests/corpus/why", "tests/corpus/check", "policies"] {
        let all = walkdir::WalkDir::new(project().join(folder)).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
        policies.extend(all.filter(|path| {
            path.extension().is_some_and(|extension| extension == "byok") && !path.to_str().unwrap().ends_with("_fires.byok")
        }));
    }
    let mut judged = 0;
    let mut wrong = Vec::new();
    for path in policies {
        let text = std::fs::read_to_string(&path).unwrap();
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", &text));
        let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
        let compilation = compile(&sources, root, &NoImports, options);
        let original = Original { sources: &sources, root, loader: &NoImports, options };
        if text.contains("import") || compilation.policy.targets.len() > 40 {
            continue;
        }
        for route in (0..).map(RouteId).take(compilation.policy.routes.len()) {
            for target in &compilation.policy.targets {
                let wanted = Wanted::parse(target.text).unwrap();
                let question = Question { original, compilation: &compilation, route, wanted: &wanted };
                let Some(reached) = why(question) else { continue };
                let name = question.route_name();
                judged += 1;
                let mut edits: Vec<Edit> =
                    others(&compilation, &wanted, &reached.statements).into_iter().map(|span| out(&text, span)).collect();
                edits.sort_by_key(|edit| edit.span);
                edits.dedup();
                let place = format!("{}: {name} {}", path.strip_prefix(project()).unwrap().display(), wanted.text);
                if !reaches(&applied(&text, &edits), name, &wanted) {
                    wrong.push(format!("{place}: the statements do not suffice"));
                }
                for statement in &reached.statements {
                    let mut less = edits.clone();
                    less.push(out(&text, statement.span));
                    let less = applied(&text, &less);
                    if reaches(&less, name, &wanted) {
                        wrong.push(format!("{place}: does not need `{}` ({})", sources.text(statement.span), statement.does));
                    }
                }
            }
        }
    }
    assert!(judged > 100, "{judged} answers are looked at");
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
}
