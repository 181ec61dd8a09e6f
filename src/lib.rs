//! byokc: a compiler and validator for model routing policies.

pub mod analysis;
pub mod automaton;
pub mod catalogue;
pub mod checks;
pub mod compile;
pub mod diagnostic;
pub mod graph;
pub mod imports;
pub mod message;
pub mod policy;
pub mod source;
pub mod syntax;
pub mod units;
