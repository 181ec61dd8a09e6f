//! Who receives what.

use super::{Broken, Holds, Nothing, expect};

/// Accounts of two companies; one company has two of them.
const ACCOUNTS: &str = r#"language 1
provider openai { key env OPENAI_API_KEY region us }
provider anthropic { key env ANTHROPIC_API_KEY region us, eu }
provider claude_eu { protocol anthropic base_url "https://claude.example.eu" vendor anthropic key env CLAUDE_EU region eu/west-1 }
provider somewhere { protocol openai_compatible base_url env SOMEWHERE_URL vendor acme key env SOMEWHERE_KEY region eu }
allow default { openai/* anthropic/* claude_eu/* somewhere/* }
"#;

fn policy(routes: &str) -> String {
    format!("{ACCOUNTS}{routes}")
}

#[test]
fn by_name_of_account_or_company() {
    expect(
        &policy(
            "route a { accepts confidential primary anthropic/claude-opus-5-5 fallback claude_eu/m on outage fallback openai/gpt-6-luna on quota }
             route b { accepts internal primary openai/gpt-6-luna fallback none }",
        ),
        &[
            ("confidential reaches only anthropic, openai", Holds),
            // The shortest run fails once, with a used-up quota.
            ("confidential reaches only anthropic", Broken(2)),
            ("never confidential reaches claude_eu", Broken(2)),
            // An account's name does not cover its company.
            ("confidential reaches only claude_eu, openai", Broken(1)),
            ("never confidential reaches openai", Broken(2)),
            ("never internal reaches openai", Broken(1)),
            ("never confidential reaches somewhere", Holds),
            ("never restricted reaches openai", Nothing(false)),
            ("restricted reaches only openai", Nothing(false)),
            // Who receives what is above receives it too.
            ("public reaches only openai, anthropic", Holds),
            ("public, restricted reaches only openai", Broken(1)),
        ],
    );
}

#[test]
fn by_region() {
    expect(
        &policy(
            "route a { accepts confidential primary claude_eu/m fallback anthropic/claude-opus-5-5 on outage fallback somewhere/m on limits }
             route b { accepts public primary openai/gpt-6-luna fallback none }",
        ),
        &[
            ("confidential reaches only region eu", Broken(2)),
            ("confidential reaches only region eu, region us", Broken(2)),
            ("confidential reaches only region eu, region us, acme", Holds),
            ("confidential reaches only region eu, anthropic, somewhere", Holds),
            // What is within eu need not be within a part of it.
            ("confidential reaches only region eu/west-2, anthropic, acme", Holds),
            ("confidential reaches only region eu/west-2, acme", Broken(1)),
            ("never confidential reaches region eu/west-1", Broken(1)),
            ("never confidential reaches region eu/west-2", Broken(2)),
            ("never confidential reaches region us", Broken(2)),
            // An address in a variable may be anywhere, whatever `region` says.
            ("never confidential reaches region jp", Broken(2)),
            ("never confidential reaches claude_eu/*", Broken(1)),
        ],
    );
    // A region whose name only begins like another is not within it.
    expect(
        &policy(
            "provider far { protocol openai_compatible base_url \"https://far.example/v1\" key env FAR region us-gov }
             allow more { far/* }
             route a { accepts confidential allow more primary far/m fallback none }",
        ),
        &[("confidential reaches only region us", Broken(1)), ("never confidential reaches region us", Holds)],
    );
}

#[test]
fn by_pattern() {
    expect(
        &policy(
            "route a { accepts confidential primary openai/gpt-6-luna fallback openai/gpt-6-sol on outage }
             route b { accepts confidential primary claude_eu/x:free fallback none }",
        ),
        &[
            ("confidential reaches only openai/*, claude_eu/*:free", Holds),
            // A star does not match a colon where somebody is admitted.
            ("confidential reaches only openai/*, claude_eu/*", Broken(1)),
            ("confidential reaches only openai/gpt-6-luna, anthropic/x:free", Broken(2)),
            ("never confidential reaches openai/gpt-6-s*", Broken(2)),
            // Where somebody is kept out it does, and letter case does not matter.
            ("never confidential reaches anthropic/X*", Broken(1)),
            ("never confidential reaches openai/gpt-5*", Holds),
        ],
    );
}

#[test]
fn by_pattern_where_snapshots_are_the_same_model() {
    expect(
        &policy("route a { accepts confidential primary openai/gpt-5.2-2025-12-11 fallback none }"),
        &[("never confidential reaches openai/gpt-5.2", Broken(1)), ("confidential reaches only openai/gpt-5.2", Broken(1))],
    );
}

#[test]
fn a_router_passes_on_to_whom_it_may() {
    let any = policy(
        "provider router { protocol openrouter base_url \"https://openrouter.ai/api/v1\" key env R }
         route a { accepts confidential primary router/mistralai/mistral-small-2603 fallback none }",
    );
    expect(
        &any,
        &[
            // Anybody is never among anybody.
            ("confidential reaches only openrouter, mistral", Broken(1)),
            ("never confidential reaches anthropic", Broken(1)),
            ("never confidential reaches openrouter", Broken(1)),
            ("never confidential reaches region eu", Broken(1)),
        ],
    );
    let narrow = policy(
        "provider narrow { protocol openrouter base_url \"https://openrouter.ai/api/v1\" key env R region eu upstreams only mistral, google-vertex }
         route a { accepts confidential primary narrow/mistralai/mistral-small-2603 fallback none }",
    );
    expect(
        &narrow,
        &[
            ("confidential reaches only openrouter", Broken(1)),
            ("confidential reaches only narrow, mistral", Broken(1)),
            ("confidential reaches only openrouter, mistral, vertex", Holds),
            ("confidential reaches only narrow, mistral, google-vertex", Holds),
            ("confidential reaches only mistral, vertex", Broken(1)),
            // A region admits all that is behind it.
            ("confidential reaches only region eu", Holds),
            ("confidential reaches only narrow/*, mistral, vertex", Holds),
            ("confidential reaches only narrow/*", Broken(1)),
            ("never confidential reaches mistral", Broken(1)),
            ("never confidential reaches vertex", Broken(1)),
            ("never confidential reaches google-vertex", Broken(1)),
            ("never confidential reaches anthropic, openai", Holds),
            ("never confidential reaches region us", Holds),
        ],
    );
    let part = policy(
        "provider router { protocol openrouter base_url \"https://openrouter.ai/api/v1\" key env R upstreams any except google-vertex/europe, z-ai }
         route a { accepts confidential primary router/mistralai/mistral-small-2603 fallback none }",
    );
    expect(&part, &[("never confidential reaches vertex", Broken(1)), ("never confidential reaches zai", Holds)]);
    let except = policy(
        "provider router { protocol openrouter base_url \"https://openrouter.ai/api/v1\" key env R upstreams any except anthropic }
         route a { accepts confidential primary router/mistralai/mistral-small-2603 fallback none }",
    );
    expect(&except, &[("never confidential reaches anthropic", Holds), ("never confidential reaches openai", Broken(1))]);
}

#[test]
fn what_a_router_serves_may_be_what_is_kept_out() {
    expect(
        &policy(
            "provider router { protocol openrouter base_url \"https://openrouter.ai/api/v1\" key env R upstreams only openai, mistral }
             route a { accepts confidential primary router/openai/gpt-6-luna fallback router/nobody/knows on outage }",
        ),
        &[
            ("never confidential reaches openai/gpt-6-luna", Broken(1)),
            // What nobody knows may be any model of whoever may serve behind.
            ("never confidential reaches openai/gpt-5.2", Broken(2)),
            ("never confidential reaches openai/know*", Broken(2)),
            ("never confidential reaches anthropic/*", Holds),
        ],
    );
}

#[test]
fn lowering_is_what_redaction_makes_of_the_data() {
    let route = |fields: &str| {
        policy(&format!(
            "route inner {{ accepts internal primary claude_eu/m fallback none }}
             route a {{ accepts confidential primary openai/gpt-6-luna fallback route inner on outage {fields} }}"
        ))
    };
    let lowers = "lowers confidential to internal because \"masked\"";
    expect(
        &route(&format!("redact email {lowers}")),
        &[("confidential reaches only anthropic", Nothing(false)), ("internal reaches only anthropic", Broken(1))],
    );
    expect(&route(lowers), &[("confidential reaches only anthropic", Broken(1)), ("never confidential reaches claude_eu", Broken(2))]);
    // What a route on the way masks counts behind it only.
    expect(
        &policy(
            "route inner { accepts confidential primary claude_eu/m fallback none redact email lowers confidential to internal because \"masked\" }
             route a { accepts confidential primary openai/gpt-6-luna fallback route inner on outage }",
        ),
        &[("never confidential reaches claude_eu", Holds), ("never internal reaches claude_eu", Broken(1)), ("confidential reaches only openai", Holds)],
    );
    // The members of a spread pool are as far behind what the caller masks as any target.
    expect(
        &policy(&format!(
            "pool both spread {{ claude_eu/m anthropic/claude-opus-5-5 }}
             route inner {{ accepts internal primary pool both fallback none }}
             route a {{ accepts confidential primary openai/gpt-6-luna fallback route inner on outage redact email {lowers} }}"
        )),
        &[("never confidential reaches anthropic", Nothing(false)), ("never internal reaches anthropic", Broken(1))],
    );
}

#[test]
fn classes_without_an_order_between_them() {
    expect(
        &policy(
            "data low < left < top data low < right < top
             route a { accepts left primary openai/gpt-6-luna fallback none }
             route b { accepts right primary claude_eu/m fallback none }",
        ),
        &[
            ("left reaches only openai", Holds),
            ("never right reaches openai", Holds),
            ("low reaches only openai", Broken(1)),
            ("never top reaches openai", Nothing(false)),
        ],
    );
}
