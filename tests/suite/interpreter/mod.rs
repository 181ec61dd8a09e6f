//! A reference interpreter of policies, written straight from the language reference and sharing nothing with what compiles them, and the comparison of the two.

pub(crate) mod chains;
pub(crate) mod compare;
mod every_chain;
mod many_chains;
pub(crate) mod run;
mod tape;
mod told;

use proptest::test_runner::{Config, RngSeed};

/// So many cases, always the same. For others, or more, there are the variables `PROPTEST_RNG_SEED` and `PROPTEST_CASES`.
pub(crate) fn cases(cases: u32) -> Config {
    let usual = Config::default();
    Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { cases },
        rng_seed: if usual.rng_seed == RngSeed::Random { RngSeed::Fixed(2026) } else { usual.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 400,
        ..usual
    }
}
