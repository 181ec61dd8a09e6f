//! Who serves, with whose key, and what two routes have in common.

use super::{Broken, Holds, Nothing, expect};

#[test]
fn who_serves() {
    expect(
        r#"language 1
        provider openai { key env OPENAI_API_KEY }
        provider eu { protocol openai base_url "https://eu.api.openai.com/v1" key env OPENAI_EU }
        provider resold { protocol openai_compatible base_url "https://resold.example/v1" vendor openai key env RESOLD managed }
        allow default { openai/* eu/* resold/* }
        route a { accepts public primary openai/gpt-6-luna fallback eu/gpt-6-sol on outage fallback resold/m on quota byok prefer }
        route b { accepts public primary eu/gpt-6-luna fallback route a on outage }
        route c { accepts public primary openai/gpt-6-luna fallback openai/gpt-6-luna on outage }"#,
        &[
            ("only openai/* serve a", Holds),
            ("only openai/gpt-6-* serve a, c", Broken(2)),
            // After the quota of the first it comes at once.
            ("only openai/gpt-*, eu/* serve a", Broken(2)),
            ("only eu/gpt-6-luna, openai/gpt-6-luna serve b", Broken(3)),
            // The company's name covers its address in the EU.
            ("only openai/gpt-6-luna serve all routes", Broken(2)),
            ("own keys on a", Broken(2)),
            ("own keys on b", Broken(3)),
            ("own keys on all routes", Broken(2)),
            ("own keys on c", Holds),
            ("no fallback on a", Broken(2)),
            // The same target again is no second attempt.
            ("no fallback on c", Holds),
            ("no fallback on c, b", Broken(2)),
        ],
    );
}

#[test]
fn of_no_route_nothing_holds() {
    expect(
        "language 1",
        &[
            ("own keys on all routes", Nothing(true)),
            ("no fallback on all routes", Nothing(true)),
            ("all routes survives losing any 1 provider", Nothing(true)),
            ("cost of all routes <= $1", Nothing(true)),
            ("attempts of all routes <= 1", Nothing(true)),
        ],
    );
}

#[test]
fn a_spread_pool_is_more_than_one_attempt() {
    let policy = |pool: &str| {
        format!(
            "language 1 provider openai {{ key env OPENAI_API_KEY }} allow default {{ openai/* }} pool p spread {{ {pool} }}
             route a {{ accepts public primary pool p on missing_key fallback none }}"
        )
    };
    expect(
        &policy("openai/gpt-6-luna openai/gpt-6-sol"),
        &[("no fallback on a", Broken(1)), ("only openai/gpt-6-luna serve a", Broken(1))],
    );
    expect(&policy("openai/gpt-6-luna"), &[("no fallback on a", Holds)]);
}

#[test]
fn what_two_routes_have_in_common() {
    expect(
        r#"language 1
        provider openai { key env OPENAI_API_KEY }
        provider second { protocol openai base_url "https://api.openai.com/v1" key env SECOND_KEY }
        provider anthropic { key env ANTHROPIC_API_KEY }
        provider lab { protocol openai_compatible base_url "https://lab.example/v1" key env ANTHROPIC_API_KEY }
        provider mine { protocol openai_compatible base_url "https://mine.example/v1" key per_request }
        provider mine_too { protocol openai_compatible base_url "https://mine-too.example/v1" key per_request }
        provider here { protocol openai_compatible base_url "http://localhost:1/v1" key none }
        provider there { protocol openai_compatible base_url "http://localhost:2/v1" key none }
        provider router { protocol openrouter base_url "https://openrouter.ai/api/v1" key env R upstreams any except anthropic }
        provider narrow { protocol openai_compatible base_url "https://narrow.example/v1" key env N upstreams only anthropic, mistral }
        provider vertex_here { protocol openai_compatible base_url "https://one.example/v1" key env O upstreams only google-vertex/europe }
        provider vertex_there { protocol openai_compatible base_url "https://two.example/v1" key env P upstreams only google-vertex }
        provider vertex_own { protocol openai_compatible base_url "https://three.example/v1" key env Q vendor vertex }
        allow default { vertex_here/* vertex_there/* vertex_own/* openai/* second/* anthropic/* lab/* mine/* mine_too/* here/* there/* router/* narrow/* }
        route a { accepts public primary openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage }
        route b { accepts public primary second/gpt-6-sol fallback none }
        route c { accepts public primary anthropic/claude-haiku-5-5 fallback second/gpt-6-luna on outage }
        route d { accepts public primary lab/m fallback none }
        route e { accepts public primary mine/m fallback none }
        route f { accepts public primary mine_too/m fallback none }
        route g { accepts public primary here/m fallback none }
        route h { accepts public primary there/m fallback none }
        route i { accepts public primary router/openai/gpt-6-luna fallback none }
        route j { accepts public primary narrow/m fallback none }
        route k { accepts public primary anthropic/claude-haiku-5-5 fallback none }
        route l { accepts public primary vertex_here/m fallback none }
        route m { accepts public primary vertex_there/m fallback none }
        route n { accepts public primary vertex_own/m fallback none }"#,
        &[
            ("l independent of m by vendor", Broken(2)),
            ("m independent of l by vendor", Broken(2)),
            ("l independent of n by vendor", Broken(2)),
            ("n independent of m by vendor", Broken(2)),
            ("n independent of j by vendor", Holds),
            ("a independent of b", Holds),
            ("a independent of b by provider", Broken(2)),
            ("a independent of b by vendor", Broken(2)),
            ("a independent of b by key", Holds),
            // The same model on two accounts: the first of the one, the second of the other.
            ("a independent of c", Broken(3)),
            ("a independent of c by key", Broken(3)),
            ("a independent of a", Broken(2)),
            // A model of which nobody knows what it is may be any.
            ("a independent of d", Broken(2)),
            ("a independent of d by vendor", Holds),
            // The second of `a` has its key from the same variable.
            ("a independent of d by key", Broken(3)),
            ("e independent of f by key", Holds),
            ("e independent of e by key", Broken(2)),
            ("g independent of h by key", Holds),
            ("g independent of h by provider", Broken(2)),
            ("g independent of h by vendor", Holds),
            ("g independent of g", Broken(2)),
            // A router: whoever may be behind it.
            ("i independent of b by vendor", Broken(2)),
            ("i independent of k by vendor", Holds),
            ("i independent of j by vendor", Broken(2)),
            ("j independent of k by vendor", Broken(2)),
            ("j independent of b by vendor", Holds),
            ("i independent of a", Broken(2)),
            ("i independent of k", Holds),
        ],
    );
}

#[test]
fn what_two_routers_have_in_common() {
    let router = |name: &str, upstreams: &str| {
        format!(
            "provider {name} {{ protocol openai_compatible base_url \"https://{name}.example/v1\" vendor {name} key env {name} upstreams {upstreams} }}\n"
        )
    };
    let route = |name: &str| format!("route r_{name} {{ accepts public primary {name}/m fallback none }}\n");
    // None may be served by the company of another.
    let routers = [
        ("few", "only anthropic, mistral"),
        ("others", "only mistral, openai"),
        ("lone", "only google-vertex"),
        ("wide", "any except few, anthropic, broad"),
        ("narrow", "any except few, anthropic, mistral"),
        ("broad", "any except wide"),
    ];
    let policy = routers.map(|(name, upstreams)| router(name, upstreams) + &route(name)).concat();
    expect(
        &format!("language 1 allow default {{ few/* others/* lone/* wide/* narrow/* broad/* }}\n{policy}"),
        &[
            ("r_few independent of r_others by vendor", Broken(2)),
            ("r_others independent of r_few by vendor", Broken(2)),
            ("r_few independent of r_lone by vendor", Holds),
            ("r_wide independent of r_few by vendor", Broken(2)),
            ("r_few independent of r_wide by vendor", Broken(2)),
            ("r_narrow independent of r_few by vendor", Holds),
            ("r_few independent of r_narrow by vendor", Holds),
            ("r_wide independent of r_broad by vendor", Broken(2)),
        ],
    );
}
