//! `byokc compile`: the plan, its schema, its digest.

use byokc::plan::Plan;
use sha2::{Digest, Sha256};

use crate::byokc::{Folder, project, run};

const POLICY: &str = r"language 1

provider openai {
  key        env OPENAI_API_KEY
  clearance  internal
  region     us
  retention  30d
}

provider anthropic {
  key        env ANTHROPIC_API_KEY
  clearance  internal
  region     us
}

allow production { openai/gpt-6-luna anthropic/claude-* }

route faq {
  accepts    internal
  allow      production
  primary    openai/gpt-6-luna within 5s
  fallback   anthropic/claude-haiku-5-5 up to 100k on rate_limit, timeout
  retry      2
  redact     email
}

route answer {
  accepts    internal
  allow      production
  primary    anthropic/claude-sonnet-5-5
  fallback   route faq on outage
}
";

fn plan_of(text: &str) -> Plan<'static> {
    let folder = Folder::with(&[("p.byok", text)]);
    let ran = folder.run(&["compile", "--as-of", "2026-11-24", "p.byok"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_plan_is_what_the_policy_says() {
    let folder = Folder::with(&[("p.byok", POLICY)]);
    let ran = folder.run(&["compile", "--as-of", "2026-11-24", "p.byok"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let stable = ran.stdout.replace(byokc::catalogue::Catalogue::builtin().digest(), "<digest of the catalogue>");
    insta::with_settings!({ snapshot_path => "../../snapshots/compile", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("two_routes", stable);
    });
}

#[test]
fn every_shipped_plan_fits_the_schema_and_its_digest() {
    let schema: serde_json::Value = serde_json::from_str(&run(project(), &["schema", "plan"], b"").stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for policy in ["support.byok", "minimal.byok", "eu-only.byok", "team/policy.byok", "local-first.byok"] {
        let ran = run(&project().join("policies"), &["compile", "--as-of", "2026-11-24", policy], b"");
        assert_eq!(ran.code, 0, "{policy}: {}", ran.stderr);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{policy}: {wrong:?}");
        let plan: Plan = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(plan.compute_digest(), plan.digest, "{policy}");
        assert_eq!(plan.to_json(), ran.stdout, "{policy}: a plan that is read and written again has the same bytes");
    }
}

/// Models whose ids stand in one order by their characters and in another by UTF-16 code units, as the canonical form has it.
const STRANGE_IDS: &str = r#"language 1
provider lab { protocol openai_compatible base_url "https://lab.example/v1" key env LAB_API_KEY clearance public region eu }
allow some { lab/* }
route a {
  accepts   public
  allow     some
  primary   lab/"～m"
  fallback  lab/"😀m" on outage
  fallback  lab/"m4,é" on limits
}
"#;

#[test]
fn the_digest_is_what_the_documentation_says() {
    let folder = Folder::with(&[("p.byok", POLICY), ("strange.byok", STRANGE_IDS)]);
    digest_is_canonical(&folder.run(&["compile", "p.byok"]).stdout);
    digest_is_canonical(&folder.run(&["compile", "strange.byok"]).stdout);
    for policy in ["support.byok", "minimal.byok", "eu-only.byok", "team/policy.byok", "local-first.byok"] {
        digest_is_canonical(&run(&project().join("policies"), &["compile", policy], b"").stdout);
    }
}

fn digest_is_canonical(document: &str) {
    let mut document: serde_json::Value = serde_json::from_str(document).unwrap();
    let object = document.as_object_mut().unwrap();
    let digest = object.remove("digest").unwrap();
    object.remove("claims").unwrap();
    object.remove("provenance").unwrap();
    let canonical = serde_json_canonicalizer::to_vec(&document).unwrap();
    let hash: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, format!("sha256:{hash}"));
}

#[test]
fn comments_order_and_the_day_do_not_change_the_digest_but_meaning_does() {
    let plan = plan_of(POLICY);
    let (head, routes) = POLICY.split_at(POLICY.find("route faq").unwrap());
    let (faq, answer) = routes.split_at(routes.find("route answer").unwrap());
    assert_eq!(plan_of(&format!("# a comment\n{head}{answer}\n{faq}")).digest, plan.digest);
    assert_ne!(plan_of(&POLICY.replace("retry      2", "retry      3")).digest, plan.digest);
    let folder = Folder::with(&[("p.byok", POLICY)]);
    let later: Plan = serde_json::from_str(&folder.run(&["compile", "--as-of", "2026-12-24", "p.byok"]).stdout).unwrap();
    assert_eq!((later.digest, &*later.provenance.as_of), (plan.digest, "2026-12-24"));
}

#[test]
fn errors_give_findings_and_no_plan() {
    let folder = Folder::with(&[("p.byok", &POLICY.replace("anthropic/claude-*", "anthropic/claude-haiku-*"))]);
    let ran = folder.run(&["compile", "p.byok", "-o", "plan.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("BYOK202"), "{}", ran.stderr);
    assert!(!folder.path("plan.json").exists());
}

/// Declarations that a reader of the plan could not judge by without what is said of hosts, variables, tiers and lowering.
const TELLING: &str = r#"language 1
provider mine { protocol openai vendor mine base_url "https://api.openai.com/v1" key env OPENAI_API_KEY clearance internal region us }
provider there { protocol openai_compatible base_url env THERE_URL key env THERE_API_KEY clearance internal region eu }
provider router { protocol openrouter key env OPENROUTER_API_KEY clearance internal upstreams only mistral, openai }
model mine/gpt-6-luna { is openai/gpt-6-luna }
allow default { mine/gpt-6-luna there/* router/* }
route plain { accepts internal primary mine/gpt-6-luna fallback none minimize strip images, files lowers internal to public because "nothing is masked" }
route masked { accepts internal primary there/m fallback route plain on outage, auth redact email minimize strip images, files lowers internal to public because "masked" }
route routed { accepts internal primary router/mistralai/mistral-small-2603 fallback none approve lead }
workflow w { step first { route plain } step last { after first route masked } }
assert "a title" internal reaches only mine, openai, mistral, there, region eu, router/mistralai/*
assert never internal reaches gemini
assert only mine/*, there/* serve plain, masked
assert every path to step last passes step first
assert every path to provider there passes redaction of email
assert every path to provider router passes approval by lead
assert masked survives losing any 1 key
assert plain independent of routed by key
assert cost of plain <= $10.50
assert latency of workflow w <= 10min
assert own keys on all routes
assert no fallback on plain
"#;

#[test]
fn the_plan_says_what_claims_are_judged_by() {
    let folder = Folder::with(&[("p.byok", TELLING)]);
    let ran = folder.run(&["compile", "--as-of", "2026-11-24", "p.byok"]);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let part = |pointer: &str| document.pointer(pointer).unwrap_or(&serde_json::Value::Null);
    assert_eq!(*part("/providers/mine/host_vendor"), "openai");
    assert_eq!(*part("/claims/reach/plain/0/vendors"), serde_json::json!(["mine", "openai"]));
    assert_eq!(
        (part("/providers/there/host_vendor"), part("/providers/there/region")),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert_eq!(*part("/claims/reach/routed/0/vendors"), serde_json::json!(["mistral", "openai", "openrouter"]));
    assert_eq!(*part("/routes/plain/lowers"), serde_json::json!([]));
    assert_eq!(part("/routes/masked/lowers").as_array().map(Vec::len), Some(1));
    let statements: Vec<_> = part("/claims/assertions").as_array().unwrap().iter().map(|claim| &claim["statement"]).collect();
    assert_eq!(
        serde_json::to_value(statements).unwrap(),
        serde_json::json!([
            { "reaches_only": { "classes": ["internal"], "whom": [
                { "name": "mine" }, { "name": "openai" }, { "name": "mistral" }, { "name": "there" }, { "region": "eu" }, { "pattern": "router/mistralai/*" }
            ] } },
            { "never_reaches": { "classes": ["internal"], "whom": [{ "name": "gemini" }] } },
            { "only_serve": { "patterns": ["mine/*", "there/*"], "routes": ["masked", "plain"] } },
            { "passes": { "goal": { "steps": ["w/last"] }, "passage": { "steps": ["w/first"] } } },
            { "passes": { "goal": { "provider": "there" }, "passage": { "redaction": ["email"] } } },
            { "passes": { "goal": { "provider": "router" }, "passage": { "approval": { "role": "lead" } } } },
            { "survives": { "kind": "key", "losing": 1, "routes": ["masked"] } },
            { "independent": { "by": "key", "routes": ["plain", "routed"] } },
            { "bound": { "limit": { "cost": "10.50" }, "of": { "routes": ["plain"] } } },
            { "bound": { "limit": { "latency_ms": 600_000 }, "of": { "workflow": "w" } } },
            { "own_keys": { "routes": null } },
            { "no_fallback": { "routes": ["plain"] } },
        ])
    );
}
