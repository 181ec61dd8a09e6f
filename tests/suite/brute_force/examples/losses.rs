//! What may fail.

use super::{Broken, Holds, Nothing, expect};

const ACCOUNTS: &str = r#"language 1
provider openai { key env OPENAI_API_KEY region us }
provider second { protocol openai base_url "https://api.openai.com/v1" key env OPENAI_API_KEY region eu }
provider anthropic { key env ANTHROPIC_API_KEY region us/east-1 }
provider gemini { key env GEMINI_API_KEY }
provider here { protocol openai_compatible base_url "http://localhost:1/v1" key none region here }
provider here_too { protocol openai_compatible base_url "http://127.0.0.1:2/v1" key none region here }
provider there { protocol openai_compatible base_url env THERE key env THERE_KEY region there }
provider there_too { protocol openai_compatible base_url env THERE key env THERE_TOO_KEY region there }
provider router { protocol openrouter base_url "https://openrouter.ai/api/v1" key env R upstreams any except anthropic }
provider narrow { protocol openai_compatible base_url "https://narrow.example/v1" key env N upstreams only anthropic }
allow default { openai/* second/* anthropic/* gemini/* here/* here_too/* there/* there_too/* router/* narrow/* }
"#;

fn policy(routes: &str) -> String {
    format!("{ACCOUNTS}{routes}")
}

#[test]
fn accounts_at_one_host_are_lost_together() {
    expect(
        &policy(
            "route a { accepts public primary openai/gpt-6-luna fallback second/gpt-6-luna on outage }
             route b { accepts public primary openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage }
             route c { accepts public primary there/m fallback there_too/m on outage }
             route d { accepts public primary openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on rate_limit fallback gemini/m on outage }
             route e { accepts public primary here/m fallback here_too/m on outage }",
        ),
        &[
            ("a survives losing any 1 provider", Broken(2)),
            ("b survives losing any 1 provider", Holds),
            ("b survives losing any 2 providers", Broken(2)),
            ("c survives losing any 1 provider", Broken(2)),
            ("e survives losing any 1 provider", Broken(2)),
            // An outage leads past the second.
            ("d survives losing any 1 provider", Holds),
            ("d survives losing any 2 providers", Broken(2)),
            ("b, a survives losing any 1 provider", Broken(2)),
            ("all routes survives losing any 3 providers", Broken(2)),
        ],
    );
}

#[test]
fn a_class_that_leads_nowhere_is_enough() {
    expect(
        &policy(
            "route a { accepts public primary openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on timeout, network, server_error }
             pool both spread { openai/gpt-6-luna anthropic/claude-opus-5-5 }
             route b { accepts public primary pool both fallback none }
             pool two spread { openai/gpt-6-luna second/gpt-6-luna }
             route c { accepts public primary pool two fallback anthropic/claude-opus-5-5 on timeout fallback none }
             route d { accepts public primary gemini/m fallback route b on outage }",
        )
        .replace("on timeout fallback none", "on timeout"),
        &[
            // Overloaded leads nowhere.
            ("a survives losing any 1 provider", Broken(1)),
            ("a survives losing any 1 key", Broken(1)),
            ("b survives losing any 1 provider", Holds),
            ("b survives losing any 2 providers", Broken(2)),
            ("c survives losing any 1 provider", Broken(2)),
            ("d survives losing any 2 providers", Holds),
            ("d survives losing any 3 providers", Broken(3)),
        ],
    );
}

#[test]
fn keys() {
    expect(
        &policy(
            "provider mine { protocol openai_compatible base_url \"https://mine.example/v1\" key per_request }
             provider mine_too { protocol openai_compatible base_url \"https://mine-too.example/v1\" key per_request }
             provider one { protocol openai_compatible base_url \"https://one.example/v1\" key exec \"op\", \"read\", \"one\" }
             provider two { protocol openai_compatible base_url \"https://two.example/v1\" key exec \"op\", \"read\", \"two\" }
             provider two_too { protocol openai_compatible base_url \"https://two-too.example/v1\" key exec \"op\", \"read\", \"two\" }
             allow more { openai/* second/* anthropic/* here/* mine/* mine_too/* one/* two/* two_too/* }
             route a { accepts public primary openai/gpt-6-luna fallback second/m on auth fallback here/m on auth }
             route b { accepts public primary openai/gpt-6-luna fallback second/m on auth fallback anthropic/m on auth }
             route c { accepts public primary here/m fallback none }
             route d { accepts public allow more primary mine/m fallback mine_too/m on auth }
             route e { accepts public primary openai/gpt-6-luna fallback anthropic/m on missing_key, invalid_key }
             route f { accepts public primary openai/gpt-6-luna fallback anthropic/m }
             route g { accepts public allow more primary one/m fallback two/m on auth }
             route h { accepts public allow more primary two/m fallback two_too/m on auth }",
        ),
        &[
            // What needs no key cannot lose it.
            ("a survives losing any 3 keys", Holds),
            ("b survives losing any 1 key", Holds),
            ("b survives losing any 2 keys", Broken(3)),
            ("c survives losing any 1 key", Nothing(true)),
            ("c, b survives losing any 1 key", Holds),
            ("d survives losing any 1 key", Holds),
            ("d survives losing any 2 keys", Broken(2)),
            ("e survives losing any 1 key", Broken(1)),
            ("f survives losing any 1 key", Broken(1)),
            ("f survives losing any 1 provider", Holds),
            // One program may print many keys.
            ("g survives losing any 1 key", Holds),
            ("h survives losing any 1 key", Broken(2)),
        ],
    );
}

#[test]
fn vendors() {
    expect(
        &policy(
            "route a { accepts public primary router/openai/gpt-6-luna fallback anthropic/m on outage }
             route b { accepts public primary router/openai/gpt-6-luna fallback openai/m on outage }
             route c { accepts public primary narrow/m fallback anthropic/m on outage }
             route d { accepts public primary narrow/m fallback openai/m on outage }
             provider google { protocol openai_compatible base_url \"https://google.example/v1\" vendor vertex key env G }
             provider through { protocol openai_compatible base_url \"https://through.example/v1\" key env T upstreams only google-vertex/europe, mistral }
             allow google { google/* through/* }
             route e { accepts public allow google primary google/m fallback through/m on outage }",
        ),
        &[
            ("a survives losing any 1 vendor", Holds),
            // Without OpenAI the router may have nobody.
            ("b survives losing any 1 vendor", Broken(2)),
            ("b survives losing any 1 provider", Holds),
            ("c survives losing any 1 vendor", Broken(2)),
            ("d survives losing any 1 vendor", Holds),
            // What routers call `google-vertex` is `vertex`.
            ("e survives losing any 1 vendor", Broken(2)),
            ("d survives losing any 2 vendors", Broken(2)),
        ],
    );
}

#[test]
fn regions() {
    expect(
        &policy(
            "route a { accepts public primary openai/gpt-6-luna fallback anthropic/m on outage }
             route b { accepts public primary openai/gpt-6-luna fallback second/m on outage }
             route c { accepts public primary openai/gpt-6-luna fallback gemini/m on outage }
             route d { accepts public primary gemini/m fallback router/m on outage }
             route e { accepts public primary there/m fallback second/m on outage }",
        ),
        &[
            // A part of a region is lost with it.
            ("a survives losing any 1 region", Broken(2)),
            ("b survives losing any 1 region", Holds),
            ("b survives losing any 2 regions", Broken(2)),
            // Who may be anywhere may be there.
            ("c survives losing any 1 region", Broken(2)),
            ("d survives losing any 1 region", Broken(2)),
            // An address in a variable may be anywhere, whatever `region` says.
            ("e survives losing any 1 region", Broken(2)),
            ("all routes survives losing any 1 region", Broken(2)),
        ],
    );
}

#[test]
fn time_may_run_out() {
    let route = |name: &str, fields: &str| {
        format!(
            "route {name} {{ accepts public primary openai/gpt-6-luna fallback anthropic/m on outage, auth fallback here/m on outage, auth {fields} }}\n"
        )
    };
    let routes = [
        // One failure takes 10s + 1s + 10s.
        route("a", "timeout 10s retry 1 deadline 21s"),
        route("b", "timeout 10s retry 1 deadline 21001ms"),
        route("c", "timeout 10s retry 1 deadline 43s"),
        // A key that is rejected takes one timeout.
        route("d", "timeout 10s retry 1 deadline 10s"),
        route("e", "timeout 10s retry 1 deadline 11s"),
        "route f { accepts public primary openai/gpt-6-luna within 5s fallback anthropic/m on outage timeout 10s retry 0 deadline 5s }\n"
            .to_owned(),
        "route g { accepts public primary openai/gpt-6-luna within 5s fallback anthropic/m on outage timeout 10s retry 0 deadline 6s }\n"
            .to_owned(),
        // The retries are those of the route whose chain names the target.
        "route h { accepts public primary openai/gpt-6-luna fallback route g on outage timeout 1s retry 2 deadline 6s }\n".to_owned(),
        "route i { accepts public primary openai/gpt-6-luna fallback route g on outage timeout 1s retry 2 deadline 7s }\n".to_owned(),
    ];
    expect(
        &policy(&routes.concat()),
        &[
            ("a survives losing any 1 provider", Broken(1)),
            ("b survives losing any 1 provider", Holds),
            ("b survives losing any 2 providers", Broken(2)),
            ("c survives losing any 2 providers", Holds),
            ("d survives losing any 1 key", Broken(1)),
            ("e survives losing any 1 key", Holds),
            ("e survives losing any 2 keys", Broken(2)),
            ("f survives losing any 1 provider", Broken(1)),
            ("g survives losing any 1 provider", Holds),
            // 1s + 1s + 1s + 2s + 1s.
            ("h survives losing any 1 provider", Broken(1)),
            ("i survives losing any 1 provider", Holds),
        ],
    );
}
