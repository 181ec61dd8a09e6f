//! What is passed on the way. The direct call of a route is one event, each step done is one, and each call that matters.

use super::{Broken, Holds, Nothing, expect};

const BASE: &str = r#"language 1
provider openai { key env OPENAI_API_KEY }
provider anthropic { key env ANTHROPIC_API_KEY }
provider router { protocol openrouter base_url "https://openrouter.ai/api/v1" key env R upstreams only anthropic }
allow default { openai/* anthropic/* router/* }
tool mail { auth oauth "mail.send" effect external accepts public returns public approve lead }
tool look { auth oauth "look" effect read accepts public returns public }
route plain { accepts public primary openai/gpt-6-luna fallback anthropic/claude-opus-5-5 on outage tools look }
route masked { accepts public primary openai/gpt-6-luna fallback route plain on outage redact email tools look }
route gated { accepts public primary router/m fallback none approve boss tools mail redact email, phone }
route sends { accepts public primary openai/gpt-6-luna fallback none tools mail, look }
"#;

fn policy(rest: &str) -> String {
    format!("{BASE}{rest}")
}

#[test]
fn steps() {
    // `send` waits for both, of which one alone waits for `start`.
    let workflow = "workflow w {
        step start { route plain }
        step left { after start route masked }
        step right { route gated }
        step send { after left, right route sends }
        step grade { judges left route plain }
    }\n";
    let claims = [
        ("every path to step send passes step left", Holds),
        ("every path to step send passes step start", Holds),
        ("every path to step send passes step right", Holds),
        ("every path to step send passes step send", Holds),
        ("every path to step send passes step grade", Broken(4)),
        ("every path to step right passes step start", Broken(1)),
        ("every path to step grade passes step left", Holds),
        ("every path to step grade passes step start", Holds),
        ("every path to step grade passes step right", Broken(3)),
        ("every path to step w/send passes step w/left", Holds),
    ];
    expect(&policy(workflow), &claims);
    let callers = "caller c { token env T workflows w }\n";
    expect(&policy(&format!("{workflow}{callers}")), &claims);
    let nobody = "caller c { token env T routes sends }\n";
    expect(&policy(&format!("{workflow}{nobody}")), &[("every path to step send passes step left", Nothing(true))]);
}

#[test]
fn the_shortest_way_around_is_told() {
    let rest = "route deep {
        accepts public primary openai/gpt-6-luna fallback openai/gpt-6-sol on outage fallback openai/gpt-6-astra on outage
        fallback anthropic/claude-opus-5-5 on outage
    }
    route only { accepts public primary openai/gpt-6-luna fallback none }
    workflow w { step first { route only } step send { after first route sends } step look { after first route plain } step other { route only } }
    caller c { token env T routes deep }
    caller d { token env U workflows w }
    caller e { token env V routes sends }\n";
    expect(
        &policy(rest),
        &[
            // A direct call, after one step in a workflow that comes first.
            ("every path to tool mail passes step other", Broken(2)),
            // One step and two calls, after four calls that come first.
            ("every path to provider anthropic passes step other", Broken(4)),
        ],
    );
}

#[test]
fn a_caller_may_go_round() {
    let workflow = "workflow w { step review { route plain } step send { after review route sends } }\n";
    let claim = "every path to tool mail passes step review";
    // Without callers whoever wants calls what no step uses.
    expect(&policy(workflow), &[(claim, Broken(2)), ("every path to tool look passes step review", Broken(2))]);
    let callers = "caller c { token env T workflows w }\n";
    expect(&policy(&format!("{workflow}{callers}")), &[(claim, Holds), ("every path to tool look passes step send", Broken(2))]);
    let callers = "caller c { token env T workflows w routes masked }\n";
    expect(&policy(&format!("{workflow}{callers}")), &[(claim, Holds), ("every path to tool look passes step review", Broken(2))]);
    let callers = "caller c { token env T workflows w } caller d { token env D routes sends }\n";
    expect(&policy(&format!("{workflow}{callers}")), &[(claim, Broken(2))]);
    let callers = "caller c { token env T routes all }\n";
    expect(&policy(&format!("{workflow}{callers}")), &[(claim, Broken(2)), ("every path to step send passes step review", Nothing(true))]);
    let callers = "caller c { token env T routes plain }\n";
    expect(&policy(&format!("{workflow}{callers}")), &[(claim, Nothing(true))]);
}

#[test]
fn a_step_that_goes_by_the_name_of_another_workflow() {
    expect(
        &policy(
            "workflow w { step review { route plain } step send { after review route sends } }
             workflow v { step send { route sends } }
             caller c { token env T workflows w, v }",
        ),
        &[
            ("every path to step send passes step review", Broken(1)),
            ("every path to step w/send passes step review", Holds),
            ("every path to step v/send passes step w/review", Broken(1)),
        ],
    );
}

#[test]
fn approval() {
    let workflow = "workflow w { step ask { route gated } step send { after ask route sends } step other { route plain } }
        caller c { token env T workflows w }\n";
    expect(
        &policy(workflow),
        &[
            ("every path to tool mail passes approval", Holds),
            ("every path to tool mail passes approval by lead", Holds),
            // The gate of the route counts where it offers the tool, not that of an earlier step.
            ("every path to tool mail passes approval by boss", Broken(3)),
            ("every path to tool look passes approval", Broken(2)),
            ("every path to step send passes approval", Holds),
            ("every path to step send passes approval by boss", Holds),
            ("every path to step send passes approval by lead", Broken(2)),
            ("every path to step ask passes approval by boss", Holds),
            ("every path to step other passes approval", Broken(1)),
            ("every path to provider router passes approval by boss", Holds),
            ("every path to provider openai passes approval", Broken(2)),
        ],
    );
}

#[test]
fn redaction() {
    expect(
        &policy("caller c { token env T routes masked, gated }"),
        &[
            ("every path to provider openai passes redaction of email", Holds),
            // Behind the splice: the router's upstream, and the second of `plain`.
            ("every path to provider anthropic passes redaction of email", Holds),
            ("every path to provider anthropic passes redaction of email, phone", Broken(3)),
            ("every path to provider router passes redaction of phone, email", Holds),
            ("every path to tool mail passes redaction of email", Holds),
            ("every path to tool look passes redaction of phone", Broken(2)),
        ],
    );
    expect(
        &policy("workflow w { step one { route masked } step two { after one route plain } } caller c { token env T workflows w }"),
        &[
            // What an earlier step masked is not masked here.
            ("every path to provider openai passes redaction of email", Broken(3)),
            ("every path to provider anthropic passes redaction of email", Broken(4)),
            ("every path to step one passes redaction of email", Holds),
            ("every path to step two passes redaction of email", Broken(3)),
            ("every path to provider router passes redaction of email", Nothing(true)),
        ],
    );
}
