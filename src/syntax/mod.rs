//! From text to a tree: total, a tree *and* its findings, never one or the other.

pub mod ast;
mod claim;
mod edition;
mod expected;
mod explain;
pub mod keyword;
mod lex;
mod parse;
mod print;
mod recover;
pub mod rules;
mod same;
mod scan;
pub mod text;
mod tree;
mod written;

pub use parse::{Parsed, parse};
pub use print::{format, format_checked};
pub use rules::RULES;
pub use same::same_meaning;

#[cfg(test)]
mod tests;
