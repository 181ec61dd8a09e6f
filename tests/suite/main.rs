//! The tests that see byokc from outside: one module per command, and one for each thing that users rely on across commands.

mod architecture;
mod byokc;
mod completions;
mod corpus;
mod explain;
mod graph;
mod init;
mod keys;
mod man;
mod models;
mod pages;
mod policies;
mod schema;
mod show;
