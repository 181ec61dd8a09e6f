//! From text to a tree: total, a tree *and* its findings, never one or the other.

pub mod ast;
pub mod keyword;
pub mod text;

// STUB-BEGIN
/// stub
pub const RULES: &[&crate::diagnostic::Rule] = &[];
/// stub
pub struct Parsed<'s> {
    /// x
    pub file: ast::File<'s>,
    /// x
    pub diagnostics: Vec<crate::diagnostic::Diagnostic>,
}
/// stub
pub fn parse(id: crate::source::FileId, _text: &str) -> Parsed<'_> {
    Parsed { file: ast::File { id, declarations: vec![], comments: vec![] }, diagnostics: vec![] }
}
// STUB-END
