//! The limits of an automaton; what its runs are is compared with the reference interpreter in the suite.

use super::*;
use crate::catalogue::Catalogue;
use crate::compile::{Options, compile};
use crate::imports::NoImports;
use crate::source::{Source, Sources};

/// The number of attempts of a route that calls so many targets in a row, each after an outage of the one before, and then goes on like this.
fn attempts(targets: usize, rest: &str) -> Result<usize, TooLong> {
    let fallbacks: String = (1..targets).fold(String::new(), |text, number| text + &format!("fallback lab/m{number} on outage "));
    let text = format!(
        "provider lab {{ protocol openai_compatible base_url \"http://localhost:1/v1\" key none }}
         route r {{ accepts public allow lab/* primary lab/m0 {fallbacks} {rest} }}"
    );
    let sources = Sources::default();
    let root = sources.add(Source::new("policy.byok", text));
    let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
    let compilation = compile(&sources, root, &NoImports, options);
    compilation.automata[0].clone().unwrap().map(|automaton| automaton.attempts.len())
}

#[test]
fn a_route_may_have_the_most_attempts_and_not_one_more() {
    assert_eq!(attempts(MAX_ATTEMPTS, ""), Ok(MAX_ATTEMPTS));
    assert_eq!(attempts(MAX_ATTEMPTS + 1, ""), Err(TooLong::Attempts));
}

#[test]
fn however_many_targets_a_route_has_none_is_called_twice() {
    for targets in [2, 15, 16, 17, 18, 100] {
        for again in 0..targets {
            let found = attempts(targets, &format!("fallback lab/m{again} on outage fallback lab/m{again} on rate_limit"));
            // A rate limit of one before it leads to it for the first time.
            assert_eq!(found, Ok(targets + usize::from(again > 0)), "m{again} of {targets}");
        }
    }
}
