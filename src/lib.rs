//! byokc: a compiler and validator for model routing policies.

pub mod diagnostic;
pub mod source;
pub mod syntax;
