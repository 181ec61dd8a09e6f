//! byokc: a compiler and validator for model routing policies.

pub mod diagnostic;
pub mod render;
pub mod source;
