//! Tests: a scenario, and what should come of it.

use super::{At, ProviderId, RouteId, Str};
use crate::failure::Failure;
use crate::source::Span;
use crate::syntax::ast;

/// A test whose names are all known.
#[derive(Debug)]
pub struct Test<'s> {
    /// Its name.
    pub name: At<Str<'s>>,
    /// The declaration.
    pub span: Span,
    /// Providers whose calls fail with `server_error`.
    pub down: Vec<At<ProviderId>>,
    /// Providers whose key is missing.
    pub missing: Vec<At<ProviderId>>,
    /// Targets or providers that fail.
    pub fail: Vec<(At<Failing<'s>>, Failure)>,
    /// Roles that refuse.
    pub refuse: Vec<ast::Word<'s>>,
    /// What is expected.
    pub expect: Vec<Expectation<'s>>,
}

/// What a test makes fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing<'s> {
    /// Every target of a provider.
    Provider(ProviderId),
    /// One target: account and id.
    Target(ProviderId, Str<'s>),
}

/// What a test expects of a route.
#[derive(Debug)]
pub struct Expectation<'s> {
    /// The field.
    pub span: Span,
    /// The route.
    pub route: At<RouteId>,
    /// What becomes of it.
    pub outcome: Expected<'s>,
}

/// What is expected to become of a run.
#[derive(Clone, Debug)]
pub enum Expected<'s> {
    /// One of these serves.
    Serves(Vec<Named<'s>>),
    /// Exactly these are called, in this order.
    Tries(Vec<Named<'s>>),
    /// It fails with this class, and its message holds this text.
    Fails {
        /// The class.
        class: At<Failure>,
        /// The text.
        says: Option<At<Str<'s>>>,
    },
}

/// A target that a test names; no chain has to call it.
#[derive(Clone, Debug)]
pub struct Named<'s> {
    /// As written.
    pub text: &'s str,
    /// Its place.
    pub span: Span,
    /// The account.
    pub provider: ProviderId,
    /// The model's id at that account, quotes taken off.
    pub id: Str<'s>,
}
