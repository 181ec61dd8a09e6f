//! Worst cases.

use super::{Broken, Holds, expect};

/// A call costs 10 cents at `a`, 20 at `b`, 40 at `c`; of `free` nobody knows.
const LAB: &str = r#"language 1
provider lab { protocol openai_compatible base_url "https://lab.example/v1" key env LAB_KEY }
model lab/a { context 100k output 10k input_price $0.50 output_price $5 }
model lab/b { context 100k output 10k input_price $1 output_price $10 }
model lab/c { context 100k output 10k input_price $2 output_price $20 }
model lab/embed { context 100k input_price $1 output_price $0 }
allow default { lab/* }
"#;

fn policy(rest: &str) -> String {
    format!("{LAB}{rest}")
}

#[test]
fn of_a_run() {
    expect(
        &policy(
            "route r { accepts public primary lab/a fallback lab/b on outage fallback lab/c on rate_limit retry 0 timeout 1s }
             route s { accepts public primary lab/a fallback lab/c on rate_limit fallback lab/b on auth retry 0 timeout 1s }
             route t { accepts public primary lab/a fallback lab/b on outage fallback lab/b on quota retry 1 timeout 1s deadline 4s }",
        ),
        &[
            ("cost of r <= $0.70", Holds),
            ("cost of r <= $0.69", Broken(3)),
            ("cost of r <= $0.49", Broken(2)),
            ("cost of r <= $0.09", Broken(1)),
            ("cost of s <= $0.70", Holds),
            ("attempts of r <= 3", Holds),
            ("attempts of r <= 2", Broken(3)),
            ("attempts of t <= 2", Holds),
            ("attempts of all routes <= 1", Broken(2)),
            ("attempts of r <= 0", Broken(1)),
            ("latency of r <= 3s", Holds),
            ("latency of r <= 2999ms", Broken(3)),
            // 1s + 1s + 1s, twice, but never more than the deadline.
            ("latency of t <= 4s", Holds),
            ("latency of t <= 3s", Broken(2)),
            ("latency of t <= 2s", Broken(1)),
            ("cost of t <= $0.60", Holds),
            ("cost of t <= $0.59", Broken(2)),
        ],
    );
}

#[test]
fn the_limits_of_route_place_and_model() {
    expect(
        &policy(
            "route r { accepts public primary lab/a up to 10k fallback none retry 0 max_output 1k }
             route s { accepts public primary lab/b fallback lab/free on quota retry 0 }
             route t { accepts public primary lab/embed fallback none retry 0 max_input 50k }
             route u { accepts public primary lab/a fallback lab/free on outage max_input 1k max_output 1k retry 0 }",
        ),
        &[
            ("cost of r <= $0.01", Holds),
            ("cost of r <= $0.009", Broken(1)),
            // Unknown, but only where it is called.
            ("cost of s <= $100", Broken(2)),
            ("cost of s <= $0.10", Broken(1)),
            ("attempts of s <= 2", Holds),
            // What costs nothing needs no limit.
            ("cost of t <= $0.05", Holds),
            ("cost of u <= $100", Broken(2)),
        ],
    );
}

#[test]
fn of_a_workflow() {
    expect(
        &policy(
            "route r { accepts public primary lab/a fallback none retry 0 timeout 1s }
             route s { accepts public primary lab/a fallback lab/b on outage retry 0 timeout 2s deadline 3s }
             workflow w {
                 step one { route r at_most 3 times }
                 step two { route s }
                 step three { after one, two route r }
                 step four { judges two route r }
             }",
        ),
        &[
            ("cost of workflow w <= $0.80", Holds),
            ("cost of workflow w <= $0.79", Broken(4)),
            ("cost of workflow w <= $0.60", Broken(3)),
            ("cost of workflow w <= $0.29", Broken(1)),
            ("attempts of workflow w <= 7", Holds),
            ("attempts of workflow w <= 6", Broken(4)),
            ("attempts of workflow w <= 2", Broken(1)),
            ("latency of workflow w <= 4s", Holds),
            ("latency of workflow w <= 3999ms", Broken(2)),
            ("latency of workflow w <= 2s", Broken(1)),
        ],
    );
}

#[test]
fn a_spread_pool_starts_at_its_dearest() {
    expect(
        &policy(
            "pool p spread { lab/a lab/c }
             route r { accepts public primary pool p on missing_key fallback none retry 0 timeout 1s }",
        ),
        &[("cost of r <= $0.50", Holds), ("cost of r <= $0.40", Broken(2)), ("cost of r <= $0.39", Broken(1))],
    );
}
