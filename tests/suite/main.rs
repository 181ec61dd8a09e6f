//! The tests that see byokc from outside: one module per command, and one for each thing that users rely on across commands.

mod architecture;
mod bad_input;
mod byokc;
mod check;
mod compile;
mod corpus;
mod fmt;
mod pages;
mod policies;
mod properties;
mod readme;
