//! Random policies that have no errors of their own, and claims of every form about them.

use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

/// Accounts, each with what may be said of it.
const ACCOUNTS: [(&str, &str, &[&str]); 6] = [
    ("openai", "", &["gpt-6-luna", "gpt-5.2", "strange"]),
    ("anthropic", "", &["claude-haiku-5-5", "claude-opus-5-5"]),
    ("spare", "protocol openai base_url \"https://api.openai.com/v1\"", &["gpt-6-luna", "gpt-5.2-2025-12-11"]),
    ("house", "protocol openai_compatible base_url \"http://localhost:1/v1\"", &["a", "b:free"]),
    ("cellar", "protocol openai_compatible base_url \"http://127.0.0.1:2/v1\"", &["a"]),
    ("openrouter", "", &["mistralai/mistral-small-2603", "openai/gpt-6-luna", "who/knows"]),
];
const VENDORS: [&str; 4] = ["", "vendor openai", "vendor acme", "vendor anthropic"];
const REGIONS: [&str; 5] = ["", "region us", "region eu", "region eu/west-1, us", "region eu/west-1"];
const UPSTREAMS: [&str; 5] = [
    "upstreams any",
    "upstreams only mistral",
    "upstreams only openai, google-vertex",
    "upstreams any except openai",
    "upstreams any except openai/x",
];
const ON: [&str; 6] = ["outage, auth", "outage", "auth", "any", "any", "missing_key, network"];

/// A policy as choices.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// For each account: vendor, region, whose key, whether it is managed, whom it passes data on to.
    accounts: Vec<(usize, usize, usize, bool, usize)>,
    routes: Vec<Route>,
    /// For each step: its route, and which of the steps before it waits for.
    steps: Vec<(usize, u8, u64)>,
    callers: Option<(u8, bool)>,
    pool: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Route {
    restricted: bool,
    /// Targets or earlier routes, or the pool, by number; after which failures.
    chain: Vec<(usize, usize)>,
    redacts: usize,
    gate: usize,
    tool: bool,
    /// Whether there is a limit of prompts and answers, and a deadline.
    limits: (bool, usize),
    retry: u8,
}

impl Route {
    fn first(&self) -> usize {
        if self.chain[0].0 == 17 { 0 } else { self.chain[0].0 }
    }
}

/// Random policies.
pub(super) fn policies() -> impl Strategy<Value = Policy> {
    let account = (0..VENDORS.len(), 0..REGIONS.len(), 0..4usize, proptest::bool::weighted(0.5), 0..UPSTREAMS.len());
    let route = (
        proptest::bool::weighted(0.4),
        proptest::collection::vec((0..18usize, 0..ON.len()), 1..5),
        0..4usize,
        0..3usize,
        proptest::bool::weighted(0.3),
        (any::<bool>(), 0..3usize),
        0..3u8,
    );
    let route = route.prop_map(|(restricted, chain, redacts, gate, tool, limits, retry)| Route {
        restricted,
        chain,
        redacts,
        gate,
        tool,
        limits,
        retry,
    });
    (
        proptest::collection::vec(account, ACCOUNTS.len()),
        proptest::collection::vec(route, 2..5),
        proptest::collection::vec((0..4usize, any::<u8>(), 1..3u64), 0..4),
        proptest::option::of((any::<u8>(), any::<bool>())),
        proptest::sample::subsequence((0..12).collect::<Vec<_>>(), 2..4),
    )
        .prop_map(|(accounts, routes, steps, callers, pool)| Policy { accounts, routes, steps, callers, pool })
}

fn targets() -> Vec<String> {
    ACCOUNTS.iter().flat_map(|(name, _, models)| models.iter().map(move |model| format!("{name}/{model}"))).collect()
}

impl Policy {
    /// Whether a route may begin with an account.
    fn is_first(&self, account: &str) -> bool {
        let all = targets();
        let firsts = self.routes.iter().map(Route::first).filter(|first| *first < 16).chain(self.pool.iter().copied());
        firsts.into_iter().any(|first| all[first % all.len()].split('/').next() == Some(account))
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::from("language 1\nsource tickets { holds internal }\n");
        for ((name, at, _), (vendor, region, key, managed, upstreams)) in ACCOUNTS.iter().zip(&self.accounts) {
            let vendor = if at.is_empty() { "" } else { VENDORS[*vendor] };
            let key = ["env ONE", "env TWO", "per_request", &format!("env {}_KEY", name.to_uppercase())][*key].to_owned();
            let managed = if *managed && !self.is_first(name) { "managed" } else { "" };
            let upstreams = if *name == "openrouter" { UPSTREAMS[*upstreams] } else { "" };
            writeln!(text, "provider {name} {{ {at} {vendor} key {key} {managed} clearance restricted {} {upstreams} }}", REGIONS[*region])
                .unwrap();
        }
        for (name, ..) in ACCOUNTS {
            writeln!(text, "waive BYOK503 on provider {name} because \"a test\" until 2027-01-31").unwrap();
        }
        text += "model spare/gpt-5.2-2025-12-11 { input_price $1.50 }\nmodel house/a { is anthropic/claude-haiku-5-5 }\n";
        text += "tool mail { auth oauth \"mail\" effect read accepts restricted returns public approve lead }\n";
        text += "tool look { auth none effect read accepts restricted returns public }\n";
        let all = targets();
        let members: Vec<&str> = self.pool.iter().map(|target| all[*target].as_str()).collect();
        writeln!(text, "pool some spread {{ {} }}", members.join(" ")).unwrap();
        writeln!(text, "allow default {{ {} }}", ACCOUNTS.map(|(name, ..)| format!("{name}/* {name}/*:free")).join(" ")).unwrap();
        for (number, route) in self.routes.iter().enumerate() {
            let whom = |choice: usize| match choice {
                16 => "pool some".to_owned(),
                17 if number > 0 => format!("route r{}", number - 1),
                choice => all[choice % all.len()].clone(),
            };
            write!(
                text,
                "route r{number} {{ byok prefer accepts {} primary {}",
                if route.restricted { "restricted" } else { "internal" },
                whom(route.first())
            )
            .unwrap();
            for (choice, on) in route.chain.iter().skip(1) {
                write!(text, " fallback {} on {}", whom(*choice), ON[*on]).unwrap();
            }
            text += if route.chain.len() == 1 { " fallback none" } else { "" };
            text += [
                "",
                " redact email",
                " redact email, secret minimize strip images, files",
                " redact email minimize strip images, files lowers restricted to internal because \"masked\"",
            ][route.redacts];
            text += ["", "", " approve lead"][route.gate];
            text += if route.tool { " tools mail, look" } else { "" };
            text += if route.limits.0 { " max_input 300k max_output 1k" } else { "" };
            text += ["", " deadline 100s", " timeout 10s deadline 41s"][route.limits.1];
            writeln!(text, " retry {} }}", route.retry).unwrap();
            // What only makes a policy risky does not keep it from being judged.
            for code in [501, 502, 504, 601, 602, 603] {
                writeln!(text, "waive BYOK{code} on route r{number} because \"a test\" until 2027-01-31").unwrap();
            }
        }
        if !self.steps.is_empty() {
            text += "workflow w {\n";
            for (number, (route, after, times)) in self.steps.iter().enumerate() {
                let before: Vec<String> = (0..number).filter(|step| after & (1 << step) != 0).map(|step| format!("s{step}")).collect();
                let after = if before.is_empty() { String::new() } else { format!("after {}", before.join(", ")) };
                writeln!(text, "  step s{number} {{ {after} reads tickets route r{} at_most {times} times }}", route % self.routes.len())
                    .unwrap();
            }
            text += "}\n";
        }
        if let Some((direct, workflow)) = self.callers {
            let routes: Vec<String> =
                (0..self.routes.len()).filter(|route| direct & (1 << route) != 0).map(|route| format!("r{route}")).collect();
            let routes = if routes.is_empty() { String::new() } else { format!("routes {}", routes.join(", ")) };
            let workflows = if workflow && !self.steps.is_empty() { "workflows w" } else { "" };
            writeln!(text, "caller app {{ token env APP {routes} {workflows} }}").unwrap();
        }
        text
    }

    /// Claims of every form about it: as text, and as the plan holds them.
    pub(super) fn claims(&self) -> Vec<(String, Value)> {
        let mut claims: Vec<(String, Value)> = Vec::new();
        let mut add = |text: String, statement: Value| claims.push((text, statement));
        let names = ["openai", "anthropic", "spare", "house", "openrouter", "mistral", "vertex"];
        let whom = |name: &str| if name.contains('/') { json!({ "pattern": name }) } else { json!({ "name": name }) };
        for class in ["internal", "restricted"] {
            for name in names.into_iter().chain([
                "openai/gpt-*",
                "openai/gpt-5.2-*",
                "mistral/*",
                "openrouter/*",
                "anthropic/claude-haiku*",
                "house/B*",
                "google/*",
            ]) {
                if name != "google/*" {
                    add(format!("never {class} reaches {name}"), json!({ "never_reaches": { "classes": [class], "whom": [whom(name)] } }));
                }
            }
            for region in ["eu", "us", "eu/west-1"] {
                add(
                    format!("never {class} reaches region {region}"),
                    json!({ "never_reaches": { "classes": [class], "whom": [{ "region": region }] } }),
                );
                add(
                    format!("{class} reaches only region {region}, openai"),
                    json!({ "reaches_only": { "classes": [class], "whom": [{ "region": region }, { "name": "openai" }] } }),
                );
            }
            for all in [
                vec!["openai", "anthropic"],
                vec!["openai", "anthropic", "house", "cellar", "spare", "openrouter", "mistral"],
                vec!["openai", "vertex", "openrouter", "anthropic/*", "house/*", "cellar", "acme"],
            ] {
                let text = format!("{class} reaches only {}", all.join(", "));
                if text.contains("acme") && !self.text().contains("vendor acme") {
                    continue;
                }
                add(text, json!({ "reaches_only": { "classes": [class], "whom": all.iter().map(|name| whom(name)).collect::<Vec<_>>() } }));
            }
        }
        for route in (0..self.routes.len()).map(|route| format!("r{route}")) {
            let routes = json!([route]);
            add(
                format!("only openai/*, anthropic/claude-* serve {route}"),
                json!({ "only_serve": { "patterns": ["openai/*", "anthropic/claude-*"], "routes": routes } }),
            );
            add(format!("own keys on {route}"), json!({ "own_keys": { "routes": routes } }));
            add(format!("no fallback on {route}"), json!({ "no_fallback": { "routes": routes } }));
            for (limit, value) in
                [("cost", json!({ "cost": "5.00" })), ("latency", json!({ "latency_ms": 100_000 })), ("attempts", json!({ "attempts": 2 }))]
            {
                let most = match limit {
                    "cost" => "$5.00",
                    "latency" => "100s",
                    _ => "2",
                };
                add(format!("{limit} of {route} <= {most}"), json!({ "bound": { "limit": value, "of": { "routes": routes } } }));
                if !self.steps.is_empty() && route == "r0" {
                    add(format!("{limit} of workflow w <= {most}"), json!({ "bound": { "limit": value, "of": { "workflow": "w" } } }));
                }
            }
            for kind in ["provider", "vendor", "key", "region"] {
                for losing in 1..=2 {
                    let plural = if losing == 1 { "" } else { "s" };
                    add(
                        format!("{route} survives losing any {losing} {kind}{plural}"),
                        json!({ "survives": { "kind": kind, "losing": losing, "routes": routes } }),
                    );
                }
            }
            for by in ["provider", "vendor", "model", "key"] {
                if route != "r0" {
                    add(format!("r0 independent of {route} by {by}"), json!({ "independent": { "by": by, "routes": ["r0", route] } }));
                }
            }
        }
        let mut goals = vec![
            ("provider openai".to_owned(), json!({ "provider": "openai" })),
            ("provider mistral".to_owned(), json!({ "provider": "mistral" })),
        ];
        goals.push(("tool mail".to_owned(), json!({ "tool": "mail" })));
        goals.push(("tool look".to_owned(), json!({ "tool": "look" })));
        let mut passages = vec![
            ("approval".to_owned(), json!({ "approval": { "role": null } })),
            ("approval by lead".to_owned(), json!({ "approval": { "role": "lead" } })),
            ("redaction of email".to_owned(), json!({ "redaction": ["email"] })),
            ("redaction of email, secret".to_owned(), json!({ "redaction": ["email", "secret"] })),
        ];
        for step in (0..self.steps.len()).map(|step| format!("s{step}")) {
            goals.push((format!("step {step}"), json!({ "steps": [format!("w/{step}")] })));
            passages.push((format!("step {step}"), json!({ "steps": [format!("w/{step}")] })));
        }
        for (to, goal) in &goals {
            for (through, passage) in &passages {
                add(format!("every path to {to} passes {through}"), json!({ "passes": { "goal": goal, "passage": passage } }));
            }
        }
        claims
    }
}
