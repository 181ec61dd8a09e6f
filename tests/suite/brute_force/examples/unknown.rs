//! Each kind of what is unknown, against each form of claim that it matters for: what cannot be shown is refuted. Beside each stands what it does not matter for.

use super::{Broken, Holds, Nothing, expect};

const ACCOUNTS: &str = r#"language 1
provider openai { key env OPENAI_API_KEY region us }
provider anthropic { key env ANTHROPIC_API_KEY region us }
provider silent { protocol openai_compatible base_url "https://silent.example/v1" vendor acme key env SILENT }
provider silent_too { protocol openai_compatible base_url "https://silent-too.example/v1" vendor other key env SILENT_TOO }
provider moved { protocol openai_compatible base_url env MOVED vendor acme key env MOVED_KEY region eu }
provider moved_too { protocol openai_compatible base_url env MOVED_TOO vendor other key env MOVED_TOO_KEY region eu }
provider router { protocol openrouter base_url "https://openrouter.ai/api/v1" key env ROUTER upstreams any region eu }
provider but { protocol openrouter base_url "https://openrouter.ai/api/v1" key env BUT upstreams any except anthropic, lab }
provider lab { protocol openai_compatible base_url "https://lab.example/v1" key env LAB upstreams any except openrouter }
provider gemini { protocol openai base_url "https://api.openai.com/v1" key env MISNAMED region us }
allow default { openai/* anthropic/* silent/* silent_too/* moved/* moved_too/* router/* but/* lab/* gemini/* }
"#;

fn policy(routes: &str) -> String {
    format!("{ACCOUNTS}{routes}")
}

#[test]
fn a_region_that_is_not_said() {
    expect(
        &policy(
            "route a { accepts restricted primary silent/m fallback none }
             route b { accepts public primary silent/m fallback openai/gpt-6-luna on outage }
             route c { accepts public primary silent/m fallback silent_too/m on outage }",
        ),
        &[
            ("restricted reaches only region eu", Broken(1)),
            ("restricted reaches only region us, region eu", Broken(1)),
            ("never restricted reaches region jp", Broken(1)),
            ("b survives losing any 1 region", Broken(2)),
            ("c survives losing any 1 region", Broken(2)),
            ("restricted reaches only region eu, acme", Holds),
            ("never restricted reaches other", Holds),
            ("b survives losing any 1 provider", Holds),
            ("c survives losing any 1 vendor", Holds),
        ],
    );
}

#[test]
fn an_address_in_a_variable() {
    expect(
        &policy(
            "route a { accepts restricted primary moved/m fallback none }
             route b { accepts public primary moved/m fallback openai/gpt-6-luna on outage, auth }
             route c { accepts public primary moved/m fallback moved_too/m on outage, auth }
             route d { accepts public primary moved/m fallback openai/gpt-6-luna on outage fallback anthropic/claude-opus-5-5 on outage }
             route e { accepts public primary openai/gpt-6-luna fallback none }
             route f { accepts public primary moved_too/m fallback none }
             route g { accepts public primary anthropic/claude-opus-5-5 fallback none }",
        ),
        &[
            // The region that is said is not known to be so.
            ("restricted reaches only region eu", Broken(1)),
            ("never restricted reaches region jp", Broken(1)),
            ("b survives losing any 1 region", Broken(2)),
            ("c survives losing any 1 region", Broken(2)),
            // It may be at the host that is lost.
            ("b survives losing any 1 provider", Broken(2)),
            ("c survives losing any 1 provider", Broken(2)),
            ("d survives losing any 1 provider", Holds),
            ("d survives losing any 2 providers", Broken(3)),
            ("a independent of e by provider", Broken(2)),
            ("e independent of a by provider", Broken(2)),
            ("a independent of f by provider", Broken(2)),
            ("e independent of g by provider", Holds),
            // Whose it is, is as declared.
            ("restricted reaches only acme", Holds),
            ("restricted reaches only moved", Holds),
            ("never restricted reaches openai", Holds),
            ("b survives losing any 1 vendor", Holds),
            ("c survives losing any 1 key", Holds),
            ("a independent of e by vendor", Holds),
            ("a independent of e by key", Holds),
            ("only moved/* serve a", Holds),
        ],
    );
}

#[test]
fn who_serves_behind_a_router() {
    expect(
        &policy(
            "route a { accepts restricted primary router/openai/gpt-6-luna fallback none }
             route b { accepts confidential primary but/openai/gpt-6-luna fallback none }
             route c { accepts public primary but/openai/gpt-6-luna fallback lab/m on outage }
             route d { accepts public primary but/openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage }
             route e { accepts public primary router/openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage }
             route f { accepts public primary anthropic/claude-opus-5-5 fallback none }
             route g { accepts public primary lab/m fallback none }",
        ),
        &[
            ("restricted reaches only router, openrouter, openai", Broken(1)),
            ("never restricted reaches anthropic", Broken(1)),
            ("never confidential reaches mistral", Broken(1)),
            ("every path to provider mistral passes approval", Broken(2)),
            // Whoever serves behind both may be lost, though neither's own company serves behind the other.
            ("c survives losing any 1 vendor", Broken(2)),
            ("e survives losing any 1 vendor", Broken(2)),
            ("a independent of f by vendor", Broken(2)),
            ("b independent of g by vendor", Broken(2)),
            // Whom it excepts does not serve there.
            ("d survives losing any 1 vendor", Holds),
            ("d survives losing any 2 vendors", Broken(2)),
            ("b independent of f by vendor", Holds),
            // Whoever serves behind may do so anywhere.
            ("restricted reaches only region eu", Broken(1)),
            ("never restricted reaches region asia", Broken(1)),
            // Nothing of who serves behind.
            ("only router/* serve a", Holds),
            ("c survives losing any 1 provider", Holds),
            ("c survives losing any 1 key", Broken(1)),
            ("a independent of f by provider", Holds),
            ("a independent of f by model", Holds),
        ],
    );
}

#[test]
fn which_model_it_is() {
    expect(
        &policy(
            "route a { accepts restricted primary openai/strange fallback none }
             route b { accepts public primary anthropic/claude-opus-5-5 fallback none }",
        ),
        &[
            // At its vendor's host a model may have several names.
            ("never restricted reaches openai/gpt-5.2", Broken(1)),
            ("a independent of b", Broken(2)),
            ("b independent of a by model", Broken(2)),
            ("never restricted reaches anthropic/*", Holds),
            ("restricted reaches only openai/strange", Holds),
            ("restricted reaches only openai/gpt-*", Broken(1)),
            ("only openai/strange serve a", Holds),
            ("a independent of b by vendor", Holds),
        ],
    );
    expect(
        &policy(
            "model silent/known { is openai/gpt-5.2 }
             route a { accepts restricted primary silent/m fallback none }
             route b { accepts confidential primary silent/known fallback none }
             route c { accepts public primary anthropic/claude-opus-5-5 fallback none }",
        ),
        &[
            // At another host an id is the account's own.
            ("never restricted reaches acme/gpt-5.2", Holds),
            ("never restricted reaches silent/gpt-5.2", Holds),
            ("never restricted reaches acme/M", Broken(1)),
            ("never restricted reaches openai/*", Holds),
            // What it is declared to be counts.
            ("never confidential reaches acme/gpt-5.2", Broken(1)),
            ("a independent of c", Broken(2)),
            ("b independent of c", Holds),
        ],
    );
    expect(
        &policy(
            "route a { accepts restricted primary but/nobody/knows fallback none }
             route b { accepts confidential primary but/openai/gpt-6-luna fallback none }
             route c { accepts public primary anthropic/claude-opus-5-5 fallback none }",
        ),
        &[
            // Behind a router it may be a model of whomever it may pass data on to, and any of the router's own.
            ("never restricted reaches openai/gpt-5.2", Broken(1)),
            ("never restricted reaches mistral/x", Broken(1)),
            ("never restricted reaches openrouter/other", Broken(1)),
            ("never restricted reaches but/other", Broken(1)),
            ("never restricted reaches anthropic/*", Holds),
            ("a independent of c by model", Broken(2)),
            ("only but/nobody/* serve a", Holds),
            // Of which model it is, more is known; of the first route it is not.
            ("never confidential reaches openai/gpt-6-*", Broken(1)),
            ("b independent of c", Holds),
        ],
    );
    expect(
        &policy("route a { accepts restricted primary but/openai/gpt-6-luna fallback none }"),
        &[
            ("never restricted reaches openai/gpt-5.2", Holds),
            ("never restricted reaches mistral/x", Holds),
            ("never restricted reaches openai/gpt-6-l*", Broken(1)),
        ],
    );
}

#[test]
fn what_it_costs() {
    expect(
        &policy(
            "model silent/priced { context 10k output 1k input_price $1 output_price $5 }
             model silent/unlimited { input_price $1 output_price $5 }
             model silent/unpriced { context 10k output 1k }
             route a { accepts public primary silent/priced fallback none }
             route b { accepts public primary silent/unlimited fallback none }
             route c { accepts public primary silent/unpriced fallback none }
             route d { accepts public primary silent/m fallback none max_input 10k max_output 1k }
             route e { accepts public primary silent/unlimited fallback none max_input 10k max_output 1k }
             route f { accepts public primary silent/priced fallback silent/m on outage }
             workflow w { step one { route a } step two { route b } }",
        ),
        &[
            // Twice, $0.01 and half of that.
            ("cost of a <= $0.03", Holds),
            ("cost of a <= $0.029", Broken(1)),
            ("cost of b <= $1000", Broken(1)),
            ("cost of c <= $1000", Broken(1)),
            ("cost of d <= $1000", Broken(1)),
            ("cost of e <= $0.03", Holds),
            ("cost of f <= $1000", Broken(2)),
            ("cost of workflow w <= $1000", Broken(1)),
            ("latency of b <= 121s", Holds),
            ("attempts of c <= 1", Holds),
            ("attempts of workflow w <= 2", Holds),
            ("own keys on b", Holds),
        ],
    );
}

#[test]
fn a_name_that_says_another_company() {
    expect(
        &policy(
            "route a { accepts restricted primary gemini/gpt-6-luna fallback none }
             route b { accepts public primary gemini/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage }
             route c { accepts public primary openai/gpt-6-sol fallback none }",
        ),
        &[
            ("restricted reaches only gemini", Broken(1)),
            ("restricted reaches only gemini, anthropic", Broken(1)),
            ("restricted reaches only openai", Holds),
            ("restricted reaches only gemini/*", Broken(1)),
            ("restricted reaches only openai/gpt-*", Holds),
            ("restricted reaches only region us", Holds),
            // It is kept out by either name.
            ("never restricted reaches gemini", Broken(1)),
            ("never restricted reaches openai", Broken(1)),
            ("every path to provider gemini passes approval", Broken(2)),
            ("every path to provider mistral passes approval", Nothing(true)),
            ("only gemini/* serve a", Broken(1)),
            ("only openai/* serve a", Holds),
            ("b survives losing any 1 provider", Holds),
            ("b survives losing any 1 vendor", Holds),
            ("a independent of c by vendor", Broken(2)),
            ("a independent of c by provider", Broken(2)),
            ("a independent of c by model", Holds),
        ],
    );
}

#[test]
fn an_id_that_says_where_requests_go() {
    expect(
        r#"language 1
        provider bedrock { protocol openai_compatible base_url "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1" key env BEDROCK clearance restricted region us/east-1 }
        provider mistral { key env MISTRAL_API_KEY clearance restricted region eu }
        allow default { bedrock/* bedrock/*:* mistral/* }
        route r { accepts restricted primary bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0 fallback mistral/mistral-large-2512 on outage }
        route s { accepts confidential primary bedrock/Global.anthropic.claude-nova-9-v1:0 fallback none }
        route t { accepts internal primary bedrock/apac.anthropic.claude-sonnet-4-6 fallback none }
        route u { accepts public primary bedrock/us.anthropic.claude-foo fallback none }"#,
        &[
            ("r survives losing any 1 region", Broken(2)),
            ("never restricted reaches region jp", Broken(1)),
            ("never restricted reaches region us/west-2", Broken(1)),
            ("restricted reaches only region us, region eu", Broken(1)),
            // Whether the catalogue knows the model or not, and whatever the letter case.
            ("confidential reaches only region us, region eu", Broken(1)),
            ("never internal reaches region jp", Broken(1)),
        ],
    );
}

#[test]
fn ids_of_no_zone_and_of_one() {
    expect(
        r#"language 1
        provider bedrock { protocol openai_compatible base_url "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1" key env BEDROCK clearance restricted region us/east-1 }
        allow default { bedrock/* bedrock/*:* }
        route t { accepts internal primary bedrock/apac.anthropic.claude-sonnet-4-6 fallback none }
        route u { accepts public primary bedrock/us.anthropic.claude-foo fallback none }"#,
        &[
            ("never internal reaches region jp", Broken(1)),
            ("never internal reaches region eu", Holds),
            ("t survives losing any 1 region", Broken(1)),
        ],
    );
    expect(
        r#"language 1
        provider bedrock { protocol openai_compatible base_url "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1" key env BEDROCK clearance restricted region us/east-1 }
        allow default { bedrock/* }
        route u { accepts public primary bedrock/us.anthropic.claude-foo fallback none }"#,
        &[
            ("public reaches only region us", Holds),
            ("public reaches only region us/east-1", Broken(1)),
            ("never public reaches region us/west-2", Broken(1)),
        ],
    );
}

#[test]
fn keys_under_one_header_and_names_of_accounts() {
    expect(
        r#"language 1
        provider my_lab { protocol openai_compatible base_url "https://a.example/v1" vendor a key per_request clearance restricted }
        provider my-lab { protocol openai_compatible base_url "https://b.example/v1" vendor b key per_request clearance restricted }
        provider openai_eu { protocol openai base_url "https://eu.api.openai.com/v1" key env OPENAI_EU clearance restricted region eu }
        provider openrouter { key env OPENROUTER_API_KEY clearance restricted upstreams any except openai, azure }
        allow default { my_lab/* my-lab/* openai_eu/* openrouter/* }
        route r { accepts public primary my_lab/m fallback my-lab/m on any }
        route s { accepts public primary my-lab/m fallback none }
        route t { accepts public primary my_lab/m fallback none }
        route u { accepts restricted primary openrouter/mistralai/mistral-small-2603 fallback none }"#,
        &[
            ("r survives losing any 1 key", Broken(2)),
            ("s independent of t by key", Broken(2)),
            // Nobody of this name serves behind a router: it is the name of an account.
            ("never restricted reaches openai_eu", Holds),
            ("never restricted reaches openai_eu/*", Holds),
            ("never restricted reaches openai", Holds),
            ("never restricted reaches anthropic", Broken(1)),
        ],
    );
}

#[test]
fn a_company_that_serves_the_models_of_another() {
    expect(
        r"language 1
        provider openrouter { key env OPENROUTER_API_KEY clearance restricted upstreams only google-vertex, azure }
        allow default { openrouter/* }
        route r { accepts restricted primary openrouter/google/gemini-2.5-pro fallback openrouter/openai/gpt-4o }",
        &[
            ("never restricted reaches vertex/gemini-2.5*", Broken(1)),
            ("never restricted reaches azure/support", Broken(1)),
            ("never restricted reaches vertex/claude-*", Holds),
            ("never restricted reaches mistral/*", Holds),
        ],
    );
}
