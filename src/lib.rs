//! byokc: a compiler and validator for model routing policies.

// The parser that pest makes without its `std` feature names `alloc`.
extern crate alloc;

pub mod catalogue;
pub mod diagnostic;
pub mod policy;
pub mod source;
pub mod syntax;
pub mod units;
