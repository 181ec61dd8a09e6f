//! byokc: a compiler and validator for model routing policies.

pub mod catalogue;
pub mod diagnostic;
pub mod source;
pub mod units;
