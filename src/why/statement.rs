//! One statement of a policy that lets a route reach a target, and what it does for that.

use crate::source::Span;

/// A statement, and why it is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// The place of the statement: a field, or an entry of a list.
    pub span: Span,
    /// What it does.
    pub does: String,
}

impl Statement {
    pub(super) fn new(span: Span, does: impl Into<String>) -> Self {
        Self { span, does: does.into() }
    }
}

/// Adds a statement unless its place is there already.
pub(super) fn add(statements: &mut Vec<Statement>, statement: Statement) {
    if !statements.iter().any(|known| known.span == statement.span) {
        statements.push(statement);
    }
}

/// Adds all of these, each place once.
pub(super) fn extend(statements: &mut Vec<Statement>, more: impl IntoIterator<Item = Statement>) {
    more.into_iter().for_each(|statement| add(statements, statement));
}
