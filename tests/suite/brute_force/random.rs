//! Random policies: up to four routes that fall back to each other, six accounts of which each may be nearly anybody's, and claims of every form about them.
//!
//! Bounds: five of ten targets in a policy, so that no run has more than five calls; two pools; chains of up to four; two tools, two workflows of up to
//! four steps, two callers.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::random_claims::claims;

pub(super) const CLASSES: [&str; 4] = ["public", "internal", "confidential", "restricted"];
const TARGETS: [&str; 10] = [
    "openai/gpt-6-luna",
    "openai/gpt-5.2",
    "second/gpt-6-luna",
    "anthropic/claude-haiku-5-5",
    "lab/m",
    "lab/n",
    "router/openai/gpt-6-luna",
    "router/nobody/knows",
    "mistral/gpt-6-luna",
    "mistral/strange",
];
const ON: [&str; 9] = ["outage", "outage", "outage, auth", "auth", "any", "any", "rate_limit", "timeout, network", "missing_key, quota"];

/// A declaration that may or may not stand there.
fn maybe(field: &'static str) -> impl Strategy<Value = &'static str> {
    select(vec!["", field])
}

fn one_of(fields: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(fields)
}

/// The accounts.
fn accounts() -> impl Strategy<Value = String> {
    let region = || one_of(&["", "", "region us", "region eu", "region us/east-1", "region us, eu"]);
    let key = || one_of(&["env ONE", "env ONE", "env TWO", "env THREE", "per_request", "none"]);
    let account = move || (region(), key(), select(vec!["", "", "", " managed"]));
    let upstreams =
        one_of(&["", "upstreams any", "upstreams only openai, mistral", "upstreams any except anthropic", "upstreams only google-vertex"]);
    let second = one_of(&["\"https://api.openai.com/v1\"", "\"https://eu.api.openai.com/v1\"", "env ADDRESS"]);
    // The well-known name is that of another company, mostly.
    let named = one_of(&[
        "base_url \"https://api.openai.com/v1\"",
        "base_url \"https://api.openai.com/v1\"",
        "base_url \"https://api.openai.com/v1\" vendor mistral",
        "base_url \"https://other.example/v1\" vendor anthropic",
        "base_url env OTHER_ADDRESS vendor openai",
    ]);
    let lab = (
        one_of(&["\"https://lab.example/v1\"", "env ADDRESS", "env OTHER_ADDRESS", "\"https://api.openai.com/v1\""]),
        one_of(&["", "", "vendor anthropic", "vendor mistral"]),
        one_of(&["", "", "upstreams only mistral, anthropic", "upstreams any except openai"]),
    );
    (proptest::collection::vec(account(), 6), second, lab, upstreams, named).prop_map(|(accounts, second, lab, upstreams, named)| {
        let own = [
            ("openai", String::new()),
            ("second", format!("protocol openai base_url {second}")),
            ("anthropic", String::new()),
            ("lab", format!("protocol openai_compatible base_url {} {} {}", lab.0, lab.1, lab.2)),
            ("router", format!("protocol openrouter base_url \"https://openrouter.ai/api/v1\" {upstreams}")),
            ("mistral", format!("protocol openai {named}")),
        ];
        let account = |((name, own), (region, key, managed)): (&(&str, String), &(&str, &str, &str))| {
            let managed = if *key == "none" { "" } else { managed };
            format!("provider {name} {{ {own} key {key}{managed} {region} clearance restricted }}\n")
        };
        own.iter().zip(&accounts).map(account).collect()
    })
}

/// What is declared beside them.
fn things() -> impl Strategy<Value = String> {
    let members = || subsequence(vec![0, 1, 2, 3, 4], 1..4);
    let models =
        (one_of(&["", "model lab/m { context 10k output 1k input_price $1 output_price $5 }"]), maybe("model lab/n { is openai/gpt-5.2 }"));
    let tools = (maybe("approve lead"), maybe("approve boss"));
    (subsequence(TARGETS.to_vec(), 5), (any::<bool>(), members()), (any::<bool>(), members()), models, tools).prop_map(
        |(targets, one, other, models, tools)| {
            let pool = |name: &str, (spread, members): &(bool, Vec<usize>)| {
                let members: Vec<String> = members.iter().map(|member| format!("@{member}")).collect();
                format!("pool {name} {} {{ {} }}\n", if *spread { "spread" } else { "" }, members.join(" "))
            };
            let tool =
                |name: &str, gate: &str| format!("tool {name} {{ auth none effect none accepts restricted returns public {gate} }}\n");
            let text = [pool("p0", &one), pool("p1", &other), tool("mail", tools.0), tool("look", tools.1)].concat();
            // Only a model that is called is declared.
            let models: String = [("lab/m", models.0), ("lab/n", models.1)]
                .iter()
                .filter(|(name, _)| targets.contains(name))
                .map(|(_, model)| *model)
                .collect();
            (0..5).fold(format!("{text}{models}\n"), |text, number| text.replace(&format!("@{number}"), targets[number]))
                + &format!("#targets {}\n", targets.join(" "))
        },
    )
}

/// A chain's place, before it is known which routes there are: whom, and a rest of the field.
type Place = (Index, &'static str, &'static str);

fn place() -> impl Strategy<Value = Place> {
    (any::<Index>(), select(ON.to_vec()), one_of(&["", "", "", "within 3s", "up to 5k"]))
}

/// Routes, each of which may fall back to those before it.
fn routes(targets: Vec<String>) -> impl Strategy<Value = (String, usize)> {
    let fields = (
        one_of(&[
            "",
            "redact email",
            "redact email, phone lowers confidential to internal because \"x\"",
            "lowers restricted to public because \"x\"",
        ]),
        one_of(&["", "tools look", "tools mail, look", "tools mail"]),
        one_of(&["", "", "approve lead", "approve boss"]),
        (
            one_of(&["", "timeout 1s", "timeout 10s"]),
            one_of(&["", "retry 0", "retry 2"]),
            one_of(&["", "", "deadline 10s", "deadline 63s"]),
        ),
        one_of(&["", "max_input 2k max_output 500", "max_output 1k"]),
    );
    let route = (0..4usize, place(), proptest::collection::vec(place(), 0..4), fields);
    proptest::collection::vec(route, 1..5).prop_map(move |routes| {
        let mut text = String::new();
        for (number, (accepts, primary, fallbacks, fields)) in routes.iter().enumerate() {
            let peers: Vec<String> = targets.iter().cloned().chain(["pool p0".to_owned(), "pool p1".to_owned()]).collect();
            let earlier = (0..number).map(|route| format!("route r{route}"));
            let all: Vec<String> = peers.iter().cloned().chain(earlier.clone()).chain(earlier).collect();
            let place = |among: &[String], place: &Place, on: bool| {
                let whom = place.0.get(among);
                let rest = if whom.starts_with("pool") || whom.starts_with("route") { "" } else { place.2 };
                let on = if on || whom.starts_with("pool") { format!("on {}", place.1) } else { String::new() };
                format!("{whom} {rest} {on}")
            };
            text += &format!("route r{number} {{ accepts {} primary {}", CLASSES[*accepts], place(&peers, primary, false));
            for fallback in fallbacks {
                text += &format!(" fallback {}", place(&all, fallback, true));
            }
            text += if fallbacks.is_empty() { " fallback none" } else { "" };
            let (redact, tools, gate, (timeout, retry, deadline), sizes) = fields;
            text += &format!(" {redact} {tools} {gate} {timeout} {retry} {deadline} {sizes} }}\n");
        }
        (text, routes.len())
    })
}

/// Workflows `w0`, `w1` of steps `s0`, `s1`, …, and callers.
fn people(routes: usize) -> impl Strategy<Value = (String, usize)> {
    let step = (0..routes, subsequence(vec![0, 1, 2], 0..3), select(vec![9, 9, 9, 0, 1]), 1..3u64);
    let workflows = proptest::collection::vec((proptest::collection::vec(step, 1..5), any::<bool>()), 0..3);
    let caller = (subsequence((0..routes).collect::<Vec<_>>(), 0..=routes), any::<(bool, bool)>());
    (workflows, proptest::collection::vec(caller, 0..3)).prop_map(|(workflows, callers)| {
        let mut text = String::new();
        for (number, (steps, backwards)) in workflows.iter().enumerate() {
            let mut told: Vec<String> = Vec::new();
            for (index, (route, after, judges, times)) in steps.iter().enumerate() {
                let after: Vec<String> = after.iter().filter(|before| **before < index).map(|before| format!("s{before}")).collect();
                let after = if after.is_empty() { String::new() } else { format!("after {}", after.join(", ")) };
                let judges = if *judges < index { format!("judges s{judges}") } else { String::new() };
                told.push(format!("step s{index} {{ {after} route r{route} {judges} at_most {times} times }}"));
            }
            if *backwards {
                told.reverse();
            }
            text += &format!("workflow w{number} {{ {} }}\n", told.join(" "));
        }
        for (number, (routes, uses)) in callers.iter().enumerate() {
            let routes: Vec<String> = routes.iter().map(|route| format!("r{route}")).collect();
            let used: Vec<String> = [uses.0, uses.1]
                .iter()
                .take(workflows.len())
                .enumerate()
                .filter(|(_, used)| **used)
                .map(|(workflow, _)| format!("w{workflow}"))
                .collect();
            let list =
                |field: &str, names: &[String]| if names.is_empty() { String::new() } else { format!("{field} {}", names.join(", ")) };
            text += &format!("caller c{number} {{ token env CALLER_{number} {} {} }}\n", list("routes", &routes), list("workflows", &used));
        }
        (text, workflows.iter().map(|(steps, _)| steps.len()).max().unwrap_or(0) * 10 + workflows.len())
    })
}

/// A policy with so many claims.
pub(super) fn policy(how_many: usize) -> impl Strategy<Value = String> {
    (accounts(), things())
        .prop_flat_map(|(accounts, things)| {
            let targets = things.lines().find_map(|line| line.strip_prefix("#targets ")).unwrap();
            let targets: Vec<String> = targets.split(' ').map(str::to_owned).collect();
            (Just(accounts + &things), routes(targets))
        })
        .prop_flat_map(|(text, (routes, count))| (Just(text + &routes), Just(count), people(count)))
        .prop_flat_map(move |(text, routes, (people, shape))| {
            let text = format!("language 1\nallow default {{ openai/* second/* anthropic/* lab/* router/* mistral/* }}\n{text}{people}");
            (Just(text), claims(how_many, routes, shape / 10, shape % 10)).prop_map(|(text, claims)| format!("{text}{claims}"))
        })
}
