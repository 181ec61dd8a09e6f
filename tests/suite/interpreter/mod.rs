//! A reference interpreter of policies, written straight from the language reference and sharing nothing with what compiles them, and the comparison of the two.

pub(crate) mod chains;
pub(crate) mod compare;
mod every_chain;
mod many_chains;
pub(crate) mod run;
mod tape;
mod told;
