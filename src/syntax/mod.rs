//! From text to a tree: total, a tree *and* its findings, never one or the other.

pub mod ast;
pub mod keyword;
pub mod text;
