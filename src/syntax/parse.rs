//! The parser: the grammar for what is right.

#[allow(missing_docs, reason = "pest writes this")]
mod grammar {
    use pest_derive::Parser;

    /// The parser that pest makes of the grammar.
    #[derive(Parser)]
    #[grammar = "../grammar/byok.pest"]
    pub(in super::super) struct Grammar;
}

use pest::Parser as _;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;

use super::ast::{Declaration, File};
use super::tree::Tree;

pub(super) use grammar::{Grammar, Rule};

/// A tree *and* what is wrong with it.
#[derive(Debug)]
pub struct Parsed<'s> {
    /// What could be read.
    pub file: File<'s>,
    /// What could not.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one file.
pub fn parse(id: FileId, text: &str) -> Parsed<'_> {
    let mut tree = Tree::new(id, 0);
    let declarations = match Grammar::parse(Rule::file, text) {
        Ok(pairs) => declarations(&mut tree, pairs),
        Err(error) => {
            if cfg!(test) {
                eprintln!("{error}");
            }
            Vec::new()
        }
    };
    Parsed { file: File { id, declarations, comments: Vec::new() }, diagnostics: Vec::new() }
}

fn declarations<'s>(tree: &mut Tree, pairs: pest::iterators::Pairs<'s, Rule>) -> Vec<Declaration<'s>> {
    let Some(file) = pairs.into_iter().next() else { return Vec::new() };
    let pairs = file.into_inner();
    let mut out = Vec::with_capacity(pairs.len());
    out.extend(pairs.filter_map(|pair| tree.declaration(&pair)));
    out
}
