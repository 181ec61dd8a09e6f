//! From text to a tree: total, a tree *and* its findings, never one or the other.

pub mod ast;
mod claim;
pub mod keyword;
mod parse;
pub mod text;
mod tree;

pub use parse::{Parsed, parse};

/// stub
pub const RULES: &[&crate::diagnostic::Rule] = &[];

#[cfg(test)]
mod tests;
