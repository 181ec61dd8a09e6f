//! The tests that see byokc from outside: one module per command, and one for each thing that users rely on across commands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, and looks at files"
)]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "the texts of tests are short")]

#[cfg(feature = "serve")]
mod approve;
mod architecture;
#[cfg(feature = "serve")]
mod audit;
mod bad_input;
mod brute_force;
mod byokc;
mod check;
mod compile;
mod completions;
mod corpus;
mod explain;
mod fixes;
mod fmt;
mod graph;
mod init;
mod interpreter;
mod keys;
mod man;
mod models;
mod pages;
mod policies;
mod properties;
mod readme;
#[cfg(feature = "serve")]
mod real_clients;
mod redaction;
#[cfg(feature = "serve")]
mod runtime;
mod schema;
mod show;
mod simulate;
mod small_policies;
mod test;
mod verify;
mod why;
mod why_fewest;
mod why_not;
mod why_not_fewest;
