//! Policies in, meanings and findings out.

use crate::catalogue::Catalogue;
use crate::catalogue::Protocol;
use crate::diagnostic::{Diagnostic, Rule};
use crate::failure::Failures;
use crate::policy::class::ClassSet;
use crate::policy::model::{Allowing, BaseUrl, Callee, Fallback, KeySource, Policy, Retention, RouteId, Upstreams};
use crate::policy::{resolve, rules};
use crate::source::FileId;
use crate::syntax;
use crate::syntax::ast::Item;
use crate::syntax::keyword::Kind;

const WHOLE: &str = include_str!("../../../tests/corpus/syntax/whole.byok");

/// What a clean policy begins with.
const BASE: &str = r"
provider openai { key env OPENAI_API_KEY clearance confidential region us }
provider anthropic { key env ANTHROPIC_API_KEY clearance restricted region us retention none }
allow production { openai/gpt-* anthropic/claude-* }
route triage { accepts confidential allow production primary openai/gpt-6-luna fallback none }
";

fn with<R>(files: &[&str], look: impl FnOnce(&Policy<'_>, &[Diagnostic]) -> R) -> R {
    let parsed: Vec<_> = files.iter().zip(0..).map(|(text, id)| syntax::parse(FileId(id), text)).collect();
    for file in &parsed {
        assert!(file.diagnostics.is_empty(), "{:#?}", file.diagnostics);
    }
    let trees: Vec<_> = parsed.into_iter().map(|parsed| parsed.file).collect();
    let resolved = resolve(&trees, Catalogue::builtin());
    look(&resolved.policy, &resolved.diagnostics)
}

/// Code, the text that a finding is at, and its message.
fn findings(files: &[&str]) -> Vec<String> {
    with(files, |_, found| {
        let at = |finding: &Diagnostic| {
            let file = files[finding.span.file.0 as usize];
            file[finding.span.start as usize..finding.span.end as usize].to_owned()
        };
        found.iter().map(|finding| format!("{} [{}] {}", finding.rule.code.0, at(finding), finding.message)).collect()
    })
}

/// What is found when something is added to a clean policy.
fn added(text: &str) -> Vec<String> {
    findings(&[&format!("{BASE}{text}")])
}

#[track_caller]
fn one(text: &str, expected: &str) {
    assert_eq!(added(text), [expected], "{text}");
}

#[track_caller]
fn clean(text: &str) {
    assert_eq!(added(text), Vec::<String>::new(), "{text}");
}

fn route(fields: &str) -> String {
    format!("route r {{ accepts internal allow production primary openai/gpt-5.2 {fields} }}")
}

#[test]
fn a_whole_policy_means_what_it_says() {
    with(&[WHOLE], |policy, found| {
        assert!(found.is_empty(), "{found:#?}");
        let [openai, anthropic, gemini, openrouter] = policy.providers.as_slice() else { panic!("four providers") };
        assert_eq!(openai.key.as_ref().unwrap().value, KeySource::Env("OPENAI_API_KEY"));
        assert_eq!((&*openai.vendor, &*openai.title, openai.known_host), ("openai", "OpenAI", true));
        assert_eq!(openai.retention.unwrap().value, Retention::AtMost(30 * 86_400_000));
        assert_eq!(openai.clearance, ClassSet(0b111));
        assert_eq!(anthropic.clearance, ClassSet(0b1111));
        assert_eq!(anthropic.retention.unwrap().value, Retention::None);
        assert_eq!(gemini.region.as_ref().unwrap().value.iter().map(|slug| slug.text).collect::<Vec<_>>(), ["us", "eu"]);
        assert_eq!(openrouter.protocol, Some(Protocol::Openrouter));
        assert!(matches!(&openrouter.upstreams, Upstreams::Only(slugs) if slugs.len() == 1));
        assert!(openrouter.is_router());
        let names: Vec<_> = policy.routes.iter().map(|route| &*route.title).collect();
        assert_eq!(names, ["classification", "retrieval", "reasoning", "policy review", "final response", "eval", "public faq"]);
        let route = |number| &policy[RouteId(number)];
        assert_eq!((route(0).timeout, route(0).retry, route(0).broken), (8_000, 1, false));
        assert!(matches!(route(1).fallback, Fallback::None(_)));
        assert_eq!(route(1).needs_context.unwrap().value, 500_000);
        assert_eq!(route(2).cost.unwrap().value.to_string(), "$0.60");
        assert_eq!(route(2).deadline.unwrap().value, 60_000);
        assert_eq!(route(4).chain[1].callee, Callee::Route(RouteId(2)));
        assert_eq!(route(4).chain[1].on, Failures::OUTAGE);
        assert_eq!(route(0).chain[1].on, Failures::DEFAULT);
        assert!(matches!(route(6).allow.as_slice(), [Allowing::List(_), Allowing::Pattern(_)]));
        let workflow = &policy.workflows[0];
        assert_eq!(workflow.steps.len(), 6);
        assert_eq!(workflow.steps[5].judges.unwrap().value, 2);
        assert_eq!((workflow.steps[0].lowers[0].from, workflow.steps[0].lowers[0].to), (2, 1));
        assert_eq!(policy.callers[0].routes.iter().map(|route| route.value).collect::<Vec<_>>(), [RouteId(6)]);
        assert_eq!((policy.assertions.len(), policy.tests.len(), policy.tools.len()), (5, 2, 2));
        let ids: Vec<_> = policy.targets.iter().map(|target| target.text).collect();
        assert_eq!(ids.len(), 8, "{ids:?}");
    });
}

#[test]
fn names_are_declared_once() {
    one(
        "route triage { accepts public allow production primary openai/gpt-5.2 fallback none }",
        "101 [triage] route `triage` is declared twice",
    );
    one("model openai/x { context 1k } model openai/\"x\" { context 2k }", "101 [openai/\"x\"] model `openai/\"x\"` is declared twice");
    one("test \"a\" { expect triage -> openai/gpt-6-luna } test \"a\" { down openai }", "101 [\"a\"] test `a` is declared twice");
    one(&route("retry 1 retry 2"), "101 [retry] route `r` says `retry` twice");
    clean(&route("fallback anthropic/claude-haiku-5-5 on outage fallback openai/gpt-5.2 on limits minimize history 3 minimize strip user"));
    clean("tool triage { auth none effect read accepts public returns public }");
    one("defaults { retry 2 } defaults { timeout 3s }", "101 [defaults] `defaults` is said twice in one file");
    one("workflow w { step a { route triage } step a { route triage } }", "101 [a] step `a` is declared twice");
    let both = findings(&[BASE, "route triage { accepts public primary openai/x fallback none }"]);
    assert_eq!(both[0], "101 [triage] route `triage` is declared twice");
}

#[test]
fn answers_lead_to_one_route() {
    clean(&route("answers \"gpt-4o\", \"r\""));
    one(&route("answers \"triage\""), "101 [\"triage\"] route `r` answers to `triage`, which is taken");
    one(&route("answers \"x\", \"x\""), "101 [\"x\"] route `r` answers to `x`, which is taken");
}

#[test]
fn data_orders_are_one_partial_order() {
    let data = "data public < internal data internal < confidential < restricted data secret, other";
    with(&[&format!("{BASE}{data}")], |policy, found| {
        assert!(found.is_empty(), "{found:#?}");
        assert_eq!(policy.classes.names(), ["public", "internal", "confidential", "restricted", "secret", "other"]);
        assert_eq!(policy.classes.below(2), ClassSet(0b111));
        assert_eq!(policy.classes.lowest(), None);
    });
    one(
        "data public < internal < confidential < restricted data confidential < public",
        "101 [public] the order of the data classes contradicts itself: `public < internal < confidential < public`",
    );
    one(
        "data public < internal < confidential < restricted < restricted",
        "101 [restricted] the order of the data classes contradicts itself: `restricted < restricted`",
    );
    let many: Vec<String> = (0..70).map(|class| format!("c{class}")).collect();
    let text = format!("{BASE}data public < internal < confidential < restricted data {} source s {{ holds c69 }}", many.join(" < "));
    assert_eq!(findings(&[&text]), ["104 [c60] `c60` is one data class too many"]);
}

#[test]
fn an_unknown_name_gives_one_finding() {
    let text = route("fallback opnai/gpt-5.2 fallback opnai/gpt-6-luna on limits");
    one(&text, "102 [opnai] unknown provider `opnai` in route `r`");
    with(&[&format!("{BASE}{text}")], |policy, found| {
        assert_eq!(found[0].help, ["did you mean `openai`?"]);
        assert_eq!(found[0].fix.as_ref().unwrap().edits.len(), 2);
        assert_eq!(found[0].labels.len(), 1);
        assert!(policy.routes[1].broken && !policy.routes[0].broken);
        assert_eq!((policy.routes[1].chain.len(), policy.routes[1].fallback), (1, Fallback::Some));
    });
    for (fields, finding) in [
        ("redact emial", "102 [emial] unknown detector `emial` in route `r`"),
        ("needs vison", "102 [vison] unknown capability `vison` in route `r`"),
        ("fallback openai/gpt-6-luna on outtage", "102 [outtage] unknown failure class `outtage` in route `r`"),
        ("fallback pool p", "102 [p] unknown pool `p` in route `r`"),
        ("fallback route q", "102 [q] unknown route `q` in route `r`"),
        ("tools t", "102 [t] unknown tool `t` in route `r`"),
        ("lowers secret to public because \"x\"", "102 [secret] unknown data class `secret` in route `r`"),
    ] {
        one(&route(fields), finding);
    }
    for (text, finding) in [
        ("allow a { mistrall/* }", "102 [mistrall] unknown provider or vendor `mistrall` in allowlist `a`"),
        ("deny nobody/*", "102 [nobody] unknown provider or vendor `nobody` in a deny"),
        ("deny mistral/* for route nix", "102 [nix] unknown route `nix` in a deny"),
        ("pool p { openai/x nix/y }", "102 [nix] unknown provider `nix` in pool `p`"),
        ("model nix/y { context 1k }", "102 [nix] unknown provider `nix` in model `nix/y`"),
        ("model openai/y { is openai/gpt-5.22 }", "102 [gpt-5.22] unknown model `gpt-5.22` of vendor `openai` in model `openai/y`"),
        ("model openai/y { is opnai/gpt-5.2 }", "102 [opnai] unknown vendor `opnai` in model `openai/y`"),
        ("source s { holds secrets }", "102 [secrets] unknown data class `secrets` in source `s`"),
        ("workflow w { step a { route nix } }", "102 [nix] unknown route `nix` in step `a`"),
        ("workflow w { step a { route triage after b } }", "102 [b] unknown step `b` of workflow `w` in step `a`"),
        ("workflow w { step a { route triage reads s } }", "102 [s] unknown source `s` in step `a`"),
        ("caller c { token env T routes nix }", "102 [nix] unknown route `nix` in caller `c`"),
        ("caller c { token env T workflows nix }", "102 [nix] unknown workflow `nix` in caller `c`"),
        ("assert nix survives losing any 1 provider", "102 [nix] unknown route `nix` in an assertion"),
        ("assert restricted reaches only nobody", "102 [nobody] unknown provider or vendor `nobody` in an assertion"),
        ("assert \"t\" secret reaches only openai", "102 [secret] unknown data class `secret` in assertion `t`"),
        ("assert every path to tool x passes step y", "102 [x] unknown tool `x` in an assertion"),
        ("test \"t\" { down nix expect triage -> openai/gpt-6-luna }", "102 [nix] unknown provider `nix` in test `t`"),
        ("test \"t\" { expect nix -> openai/gpt-6-luna }", "102 [nix] unknown route `nix` in test `t`"),
        ("test \"t\" { expect triage fails quotta }", "102 [quotta] unknown failure class `quotta` in test `t`"),
        ("waive BYOK504 on route nix because \"x\" until 2027-01-01", "102 [nix] unknown route `nix` in a waiver"),
    ] {
        let found = added(text);
        let expected: Vec<_> = if text.contains("tool x") {
            vec![finding.to_owned(), "102 [y] unknown step `y` in an assertion".to_owned()]
        } else {
            vec![finding.to_owned()]
        };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn vendors_are_known_where_vendors_may_stand() {
    clean("deny mistral/* because \"x\" deny meta/* deny ollama/*");
    clean("assert restricted reaches only anthropic, mistral, openai/gpt-*, region eu/west-1");
    clean("provider lab { protocol openai_compatible base_url \"https://x.example\" vendor acme } assert never restricted reaches acme");
    clean("provider openrouter { upstreams only some-host } assert never restricted reaches some-host");
    clean(
        "model openai/mine { is openai/gpt-5.2 context 8k output 0 supports tools, forced_tools input_price $1 output_price $2 until 2027-01-01 }",
    );
}

#[test]
fn required_fields_are_required() {
    for (text, finding) in [
        ("route r { primary openai/gpt-5.2 }", "103 [r] route `r` has no `accepts`"),
        ("route r { }", "103 [r] route `r` has no `accepts` and no `primary`"),
        ("tool t { effect read }", "103 [t] tool `t` has no `auth`, no `accepts` and no `returns`"),
        ("source s { }", "103 [s] source `s` has no `holds`"),
        ("workflow w { step a { } }", "103 [a] step `a` has no `route`"),
        ("caller c { routes all }", "103 [c] caller `c` has no `token`"),
        ("approver a { }", "103 [a] approver `a` has no `roles` and no `public_key`"),
        ("provider lab { key env K }", "103 [lab] provider `lab` has no `protocol`"),
        ("provider lab { protocol openai_compatible }", "103 [lab] provider `lab` has no `base_url`"),
        ("provider azure_openai { key env K }", "103 [azure_openai] provider `azure_openai` has no `base_url`"),
        ("provider vllm { }", "103 [vllm] provider `vllm` has no `base_url`"),
        ("pool p { }", "103 [p] pool `p` has no members"),
    ] {
        one(text, finding);
    }
    clean("provider work { protocol openai key env K } provider ollama { key none } provider mistral { }");
    clean("defaults { accepts internal } route r { primary openai/gpt-5.2 }");
}

#[test]
fn what_the_parser_could_not_read_is_not_missing() {
    for text in [
        "route x { acepts internal primary openai/gpt-5.2 }",
        "defaults { acepts internal } route x { primary openai/gpt-5.2 }",
        "defalts { accepts internal } route x { primary openai/gpt-5.2 }",
        "defaults = { accepts internal } route x { primary openai/gpt-5.2 }",
        "pool p = openai/gpt-5.2",
        "provider lab { protocl openai }",
        "tool t { auth none efect read accepts internal returns internal }",
        "source s { holsd internal }",
        "workflow w { step a { rout triage } }",
        "caller c { tokn env T }",
        "approver a { role lead public_key \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }",
        "pool p { \"openai/gpt-5.2\" }",
    ] {
        let text = format!("{BASE}{text}");
        let parsed = syntax::parse(FileId(0), &text);
        assert_eq!(parsed.diagnostics.len(), 1, "{text}\n{:#?}", parsed.diagnostics);
        let found = resolve(&[parsed.file], Catalogue::builtin()).diagnostics;
        assert!(found.is_empty(), "{text}\n{found:#?}");
    }
}

#[test]
fn values_are_what_their_fields_take() {
    for (fields, finding) in [
        ("timeout 8", "104 [8] `timeout` of route `r` says `8`, which has no unit"),
        ("timeout 8sec", "104 [8sec] `timeout` of route `r` says `8sec`, which is not a duration"),
        ("timeout 0s", "104 [0s] `timeout` of route `r` says `0s`, which is nothing at all"),
        (
            "deadline 99999999999999999999d",
            "104 [99999999999999999999d] `deadline` of route `r` says `99999999999999999999d`, which is too large",
        ),
        ("retry 6", "104 [6] `retry` of route `r` says `6`, which is more than 5"),
        ("retry -1", "104 [-1] `retry` of route `r` says `-1`, which is not a whole number"),
        ("max_input 20K", "104 [20K] `max_input` of route `r` says `20K`, which is not a number of tokens"),
        ("max_output 0", "104 [0] `max_output` of route `r` says `0`, which is nothing at all"),
        ("cost 0.6", "104 [0.6] `cost` of route `r` says `0.6`, which is not an amount"),
        ("cost $0.0000001", "104 [$0.0000001] `cost` of route `r` says `$0.0000001`, which has too many decimals"),
        ("byok required", "104 [required] `byok` of route `r` says `required`, which is none of `require`, `prefer`"),
        (
            "kind text",
            "104 [text] `kind` of route `r` says `text`, which is none of `chat`, `embedding`, `transcription`, `speech`, `image`",
        ),
        ("audit some", "104 [some] `audit` of route `r` says `some`, which is none of `none`, `metadata`, `full`"),
        ("training always", "104 [always] `training` of route `r` says `always`, which is not `never`"),
        ("region EU", "104 [EU] `region` of route `r` says `EU`, which is not spelled as a region or upstream is"),
        ("retention never", "104 [never] `retention` of route `r` says `never`, which is not a duration"),
        ("fallback gpt-5.2", "104 [gpt-5.2] `fallback` of route `r` says `gpt-5.2`, which names no provider"),
        (
            "fallback openai/a//b",
            "104 [openai/a//b] `fallback` of route `r` says `openai/a//b`, which has an empty part, `.` or `..` in the model's id",
        ),
        ("fallback openai/gpt-*", "104 [openai/gpt-*] `fallback` of route `r` says `openai/gpt-*`, which is a pattern, not a model"),
        ("fallback openai/gpt-6-luna on deadline", "104 [deadline] `on` of route `r` says `deadline`, which never falls back"),
        (
            "fallback openai/gpt-6-luna on bad_request, outage",
            "104 [bad_request] `on` of route `r` says `bad_request`, which never falls back",
        ),
        ("fallback none fallback openai/gpt-6-luna", "104 [fallback none] route `r` says both `fallback none` and whom to fall back to"),
        (
            "minimize strip users",
            "104 [users] `minimize strip` of route `r` says `users`, which is none of `user`, `metadata`, `images`, `files`",
        ),
        ("minimize history x", "104 [x] `minimize history` of route `r` says `x`, which is not a whole number"),
        ("approve Lead", "104 [Lead] `approve` of route `r` says `Lead`, which is not a name"),
        ("approve lead within 0s", "104 [0s] `approve within` of route `r` says `0s`, which is nothing at all"),
        ("needs context 0", "104 [0] `needs` of route `r` says `0`, which is nothing at all"),
        ("title \"\"", "104 [\"\"] `title` of route `r` is empty"),
        ("because \" \"", "104 [\" \"] `because` of route `r` gives an empty reason"),
    ] {
        one(&route(fields), finding);
    }
    clean(&route("minimize history 0 retry 0 cost $0 fallback pool p on any").replace("route r", "pool p { openai/a } route r"));
}

#[test]
fn declarations_hold_what_they_can_hold() {
    for (text, finding) in [
        ("route Bad { accepts public primary openai/gpt-5.2 }", "104 [Bad] the name of route `Bad` is not a name"),
        ("route all { accepts public primary openai/gpt-5.2 }", "104 [all] the name of route `all` is reserved"),
        (
            "route x { accepts public primary openai/gpt-5.2 on outage }",
            "104 [outage] `primary` of route `x` has an `on`, and nothing is called before it",
        ),
        ("route x { accepts public primary route triage }", "104 [triage] `primary` of route `x` says `triage`, which is a route"),
        ("pool p { openai/gpt-* }", "104 [openai/gpt-*] pool `p` says `openai/gpt-*`, which is a pattern, not a model"),
        ("deny */gpt", "104 [*/gpt] a deny says `*/gpt`, which stands for any provider"),
        (
            "provider x { protocol http }",
            "104 [http] `protocol` of provider `x` says `http`, which is none of `openai`, `anthropic`, `gemini`, `openrouter`, `openai_compatible`",
        ),
        ("provider mistral { key env sk-abc }", "104 [sk-abc] `key` of provider `mistral` does not name an environment variable"),
        ("provider mistral { key file \"\" }", "104 [\"\"] `key` of provider `mistral` has an empty string where it says where the key is"),
        (
            "tool t { auth none effect raed accepts public returns public }",
            "104 [raed] `effect` of tool `t` says `raed`, which is none of `none`, `read`, `write`, `external`",
        ),
        (
            "tool t { auth token none effect read accepts public returns public }",
            "104 [none] `auth` of tool `t` does not say where its token is",
        ),
        ("caller c { token per_request }", "104 [per_request] `token` of caller `c` does not say where its token is"),
        ("caller c { token env T routes all, triage }", "104 [all] `routes` of caller `c` says `all`, which cannot stand among names"),
        ("approver a { roles lead public_key \"abc\" }", "104 [\"abc\"] `public_key` of approver `a` is not an Ed25519 public key"),
        ("workflow w { step a { route triage at_most 0 times } }", "104 [0] `at_most` of step `a` says `0`, which is less than 1"),
        ("assert triage survives losing any 4 provider", "104 [4] `losing any` of an assertion says `4`, which is more than 3"),
        (
            "assert triage survives losing any 1 host",
            "104 [host] `losing any` of an assertion says `host`, which is none of `provider`, `providers`, `vendor`, `vendors`, `key`, `keys`, `region`, `regions`",
        ),
        ("assert cost of all routes <= 3", "104 [3] `<=` of an assertion says `3`, which is not an amount"),
        ("assert only anthropic serve triage", "104 [anthropic] `only` of an assertion says `anthropic`, which names no provider"),
        ("test \"t\" { down openai fail openai with timeout }", "104 [openai] test `t` says twice what happens to `openai`"),
        ("test \"t\" { fail openai/x with outage }", "104 [outage] `fail` of test `t` says `outage`, which is a group of failure classes"),
        (
            "test \"t\" { fail openai/x with deadline }",
            "104 [deadline] `fail` of test `t` says `deadline`, which is raised by the runtime, not by a call",
        ),
        ("waive BYOK202 on route triage because \"x\" until 2027-01-01", "104 [BYOK202] a waiver says `BYOK202`, which cannot be waived"),
        ("waive 504 on route triage because \"x\" until 2027-01-01", "104 [504] a waiver says `504`, which is not the code of a finding"),
        (
            "waive BYOK504 on route triage because \"x\" until 2027-02-30",
            "104 [2027-02-30] `until` of a waiver says `2027-02-30`, which is not a date",
        ),
    ] {
        one(text, finding);
    }
    clean(
        "waive BYOK504 on route triage because \"x\" until 2027-01-01 waive BYOK405 on step w/a because \"x\" until 2027-01-01 workflow w { step a { route triage } }",
    );
    clean("test \"t\" { down openai fail openai/x with timeout missing openai refuse lead expect triage tries openai/gpt-6-luna }");
    let other = findings(&["waive BYOK504 on route triage because \"x\" until 2027-01-01", BASE]);
    assert_eq!(other, ["104 [triage] a waiver is about route `triage`, which another file declares"]);
}

#[test]
fn addresses_are_secure_and_plain() {
    let at = |url: &str, more: &str| format!("provider lab {{ protocol openai_compatible base_url \"{url}\" {more} }}");
    one(
        &at("http://llm.example/v1", ""),
        "306 [\"http://llm.example/v1\"] `base_url` of provider `lab` sends prompts and key unencrypted to `llm.example`",
    );
    clean(&at("http://llm.example/v1", "key none plaintext because \"same host\""));
    clean(&at("http://127.0.0.1:8000/v1", "key env K"));
    one(
        &at("http://llm.example/v1", "key env K plaintext because \"x\""),
        "306 [plaintext because \"x\"] provider `lab` allows `plaintext`, but has a key to send",
    );
    let secret = findings(&[&at("https://me:hunter2@llm.example", "")]);
    assert!(secret.len() == 1 && !secret[0].split(']').next_back().unwrap().contains("hunter2"), "{secret:?}");
}

#[test]
fn an_account_is_whose_host_it_is_at() {
    let text = r#"
        provider openai { }
        provider backup { protocol openai }
        provider groq { base_url "https://gateway.example/v1" }
        provider work { protocol anthropic base_url "https://api.anthropic.com" }
        provider gemini { base_url env GEMINI_URL }
        provider azure_openai { base_url "https://mine.openai.azure.com/openai/v1" }
        provider own { protocol openai vendor acme }
        provider lab { protocol openai_compatible base_url "http://localhost:1/v1" title "The lab" }
        provider ollama { key none }
    "#;
    with(&[text], |policy, found| {
        assert!(found.is_empty(), "{found:#?}");
        let told: Vec<_> = policy.providers.iter().map(|one| (&*one.vendor, &*one.title, one.known_host)).collect();
        assert_eq!(
            told,
            [
                ("openai", "OpenAI", true),
                ("openai", "backup", true),
                ("groq", "groq", false),
                ("anthropic", "work", true),
                ("gemini", "gemini", false),
                ("azure", "Azure OpenAI", true),
                ("acme", "own", false),
                ("lab", "The lab", false),
                ("ollama", "Ollama", true),
            ]
        );
        assert_eq!(policy.providers[4].base_url, Some(BaseUrl::Variable("GEMINI_URL")));
        assert_eq!(policy.providers[7].host(), Some("localhost"));
        assert_eq!(policy.providers[0].clearance, ClassSet(1));
    });
}

#[test]
fn defaults_hold_in_their_own_file_only() {
    let root = r"
        allow default { openai/* }
        defaults { accepts internal timeout 3s retry 0 cost $1 audit full byok prefer fallback none
                   region eu retention 7d training never needs vision, context 10k redact email }
        route a { primary openai/x region us retention 30d needs vision, context 5k redact phone, email timeout 9s }
        route b { primary openai/x fallback openai/y accepts public allow openai/x }
    ";
    let imported = "provider openai { } defaults { retry 5 } route c { accepts public primary openai/x }";
    with(&[root, imported], |policy, found| {
        assert!(found.is_empty(), "{found:#?}");
        let [c, a, b] = policy.routes.as_slice() else { panic!("three routes, the imported one first") };
        assert_eq!((c.retry, c.timeout, c.fallback), (5, 60_000, Fallback::Unsaid));
        assert_eq!((a.retry, a.timeout, a.accepts.value), (0, 9_000, ClassSet(3)));
        assert_eq!((a.region.len(), a.retention.unwrap().value), (2, Retention::AtMost(7 * 86_400_000)));
        assert_eq!((a.needs.len(), a.needs_context.unwrap().value, a.redact.len()), (1, 10_000, 2));
        assert!(matches!(a.fallback, Fallback::None(_)) && b.fallback == Fallback::Some && a.prefers_byok.value);
        assert!(matches!((a.allow.as_slice(), a.allow_span), ([Allowing::List(_)], None)));
        assert!(matches!(b.allow.as_slice(), [Allowing::Pattern(_)]));
        assert!(matches!(c.allow.as_slice(), [Allowing::List(_)]), "`allow default` is no field of the defaults");
    });
}

#[test]
fn defaults_name_no_targets() {
    let text = format!("{BASE} route x {{ fallback openai/x tools none }}");
    let mut parsed = syntax::parse(FileId(0), &text);
    if let Some(Item::Block(block)) = parsed.file.declarations.last_mut().map(|last| &mut last.item) {
        (block.kind, block.name) = (Kind::Defaults, None);
    }
    let found = resolve(std::slice::from_ref(&parsed.file), Catalogue::builtin()).diagnostics;
    let told: Vec<_> = found.iter().map(|finding| (finding.rule.code.0, &*finding.message)).collect();
    assert_eq!(told, [(104, "the defaults name a fallback"), (104, "the defaults say `tools`")]);
}

#[test]
fn one_target_has_one_number() {
    let text = format!("{BASE}pool p {{ openai/a openai/\"a\" openai/b }} model openai/b {{ context 1k }}");
    with(&[&text], |policy, found| {
        assert!(found.is_empty(), "{found:#?}");
        let members: Vec<_> = policy.pools[0].members.iter().map(|member| member.value.0).collect();
        assert_eq!(members, [0, 0, 1]);
        assert_eq!(policy[policy.pools[0].members[2].value].model, Some(0));
    });
}

#[test]
fn what_hangs_on_a_mistake_is_broken_and_nothing_else() {
    let text = r"
        provider openai { }
        allow bad { nix/* }
        pool bad { openai/x nix/y }
        route a { accepts public allow bad primary openai/x }
        route b { accepts public allow openai/x primary pool bad }
        route c { accepts public allow openai/x primary openai/x fallback route b }
        route d { accepts public allow openai/x primary openai/x }
        route e { accepts public, nix allow openai/x primary openai/x }
    ";
    with(&[text], |policy, found| {
        assert_eq!(found.len(), 3);
        assert_eq!(policy.routes.iter().map(|route| route.broken).collect::<Vec<_>>(), [false, true, true, false, true]);
        // What an unknown entry of an allowlist hides is the allowlist.
        assert_eq!(policy.routes.iter().map(|route| route.allow_known).collect::<Vec<_>>(), [false, true, true, true, true]);
    });
}

#[test]
fn every_mistake_of_a_file_is_found() {
    let text = r#"
        provider openai { key env OPENAI-KEY clearance secrt retention 30 }
        provider lab { base_url "ftp://x" protocol openai_compatible region EU }
        route A { accepts internal primary openai/gpt-* fallback lab/x on outage, refused retry 7 }
        tool t { auth none }
        test "x" { down nix expect A -> openai/y }
        waive BYOK101 on route A because "" until tomorrow
    "#;
    let codes: Vec<String> = findings(&[text]).iter().map(|finding| finding[..3].to_owned()).collect();
    assert_eq!(codes, ["104", "102", "104", "306", "104", "104", "104", "104", "104", "103", "102", "104", "104", "104"]);
}

#[test]
fn many_mistakes_take_no_time() {
    let mut text = String::new();
    for number in 0..5_000 {
        let route = format!("route r{number} {{ accepts public primary nix{number}/x fallback openai/y tools t{number} }}\n");
        text.push_str(&route);
    }
    assert_eq!(findings(&[&text]).len(), 10_001);
}

/// The code blocks of a page that begin with a fence.
fn blocks<'p>(page: &'p str, fence: &str) -> Vec<&'p str> {
    page.split(fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_examples_of_each_page_fail_and_pass() {
    for rule in rules::RULES.iter().copied() {
        let rule: &Rule = rule;
        let (fails, passes) = (blocks(rule.page, "```byok,fails\n"), blocks(rule.page, "```byok,passes\n"));
        assert!(!fails.is_empty() && !passes.is_empty(), "{}", rule.name);
        for text in fails {
            with(&[text], |_, found| assert_eq!(found.iter().map(|one| one.rule.code).collect::<Vec<_>>(), [rule.code], "{text}"));
        }
        for text in passes {
            assert_eq!(findings(&[text]), Vec::<String>::new());
        }
    }
}

/// Every id of a policy leads somewhere, and every finding has a place in its file.
fn check_ids(text: &str) {
    let parsed = syntax::parse(FileId(0), text);
    let resolved = resolve(std::slice::from_ref(&parsed.file), Catalogue::builtin());
    let policy = &resolved.policy;
    for finding in &resolved.diagnostics {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        assert!(text.get(start..end).is_some(), "{finding:?}");
        assert!(!finding.message.is_empty() && !finding.help.is_empty() && !finding.message.ends_with('.'), "{finding:?}");
    }
    for route in &policy.routes {
        for alternative in &route.chain {
            match alternative.callee {
                Callee::Target(id) => assert!(!policy[policy[id].provider].name.text.is_empty()),
                Callee::Pool(id) => assert!(policy[id].members.iter().all(|member| !policy[member.value].text.is_empty())),
                Callee::Route(id) => assert!(!policy[id].name.text.is_empty()),
            }
        }
        for allowing in &route.allow {
            match allowing {
                Allowing::List(list) => assert!(policy[list.value].patterns.iter().all(|pattern| !pattern.id.is_empty())),
                Allowing::Pattern(pattern) => assert!(pattern.provider.is_none_or(|id| policy[id].name.text == pattern.owner)),
            }
        }
        assert!(route.tools.iter().all(|tool| !policy[tool.value].name.text.is_empty()));
    }
    for workflow in &policy.workflows {
        for step in &workflow.steps {
            assert!(step.after.iter().chain(&step.judges).all(|other| workflow.steps.get(other.value).is_some()));
            assert!(step.reads.iter().all(|source| !policy[source.value].name.text.is_empty()));
            assert!(step.route.is_none_or(|route| !policy[route.value].name.text.is_empty()));
        }
    }
    for caller in &policy.callers {
        assert!(caller.routes.iter().all(|route| !policy[route.value].name.text.is_empty()));
        assert!(caller.workflows.iter().all(|workflow| !policy[workflow.value].name.text.is_empty()));
    }
}

const FORMS: &str = include_str!("../../../tests/corpus/syntax/forms.byok");

#[test]
fn every_form_has_a_meaning_or_a_finding() {
    check_ids(FORMS);
    check_ids(WHOLE);
    check_ids("");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn no_policy_is_too_wrong(
        forms: bool,
        changes in proptest::collection::vec((proptest::num::u16::ANY, proptest::num::u16::ANY, 0..4u8), 1..12),
    ) {
        let text = if forms { FORMS } else { WHOLE };
        let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
        let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains(['{', '}', '#', ','])).chain(["0", "*", "a//b", "openai/\"*\"", "none", "all"]).collect();
        for (place, with, how) in changes {
            let place = usize::from(place) % lines.len();
            let length = lines[place].len();
            let last = length - 1;
            let with = usize::from(with);
            match how {
                0 => { let line = lines[place].clone(); lines.insert(place, line); }
                1 => { lines[place].clear(); lines[place].push(""); }
                // A value is changed rather than the keyword before it.
                2 => lines[place][last] = words[with % words.len()],
                _ => lines[place][with % length] = words[with % words.len()],
            }
        }
        let text = lines.iter().map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
        check_ids(&text);
    }
}
