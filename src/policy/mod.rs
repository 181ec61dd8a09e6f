//! What the files of a policy mean together.

pub mod class;
pub mod facts;
pub mod failure;
pub mod matching;
pub mod model;

// STUB-BEGIN
/// stub
pub const RULES: &[&crate::diagnostic::Rule] = &[];
/// stub
pub mod resolve {
    use crate::{catalogue::Catalogue, diagnostic::Diagnostic, policy::model::Policy, syntax::ast::File};
    /// stub
    pub struct Resolved<'s> {
        /// x
        pub policy: Policy<'s>,
        /// x
        pub diagnostics: Vec<Diagnostic>,
    }
    /// stub
    pub fn resolve<'s>(_files: &[File<'s>], _catalogue: &'s Catalogue) -> Resolved<'s> {
        Resolved { policy: Policy::default(), diagnostics: vec![] }
    }
}
// STUB-END
