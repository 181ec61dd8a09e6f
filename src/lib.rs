//! byokc: a compiler and validator for model routing policies.

pub mod analysis;
pub mod automaton;
pub mod catalogue;
pub mod checks;
pub mod diagnostic;
pub mod graph;
pub mod policy;
pub mod source;
pub mod syntax;
pub mod units;
