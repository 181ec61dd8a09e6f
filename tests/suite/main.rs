//! The tests that see byokc from outside: one module per command, and one for each thing that users rely on across commands.

mod architecture;
mod bad_input;
mod byokc;
mod check;
mod compile;
mod completions;
mod corpus;
mod explain;
mod fmt;
mod graph;
mod init;
mod keys;
mod man;
mod models;
mod pages;
mod policies;
mod properties;
mod readme;
mod schema;
mod show;
