//! byokc: a compiler and validator for model routing policies.

// pest's generated parser names `alloc` when its `std` is off.
extern crate alloc;

pub mod analysis;
pub mod automaton;
pub mod catalogue;
pub mod checks;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod docs;
pub mod edit;
pub mod graph;
pub mod imports;
pub mod message;
pub mod plan;
pub mod policy;
pub mod render;
pub mod secrets;
pub mod show;
pub mod source;
pub mod syntax;
pub mod text;
pub mod units;
