//! What agents do with what routes answer: tools, sources, workflows.

use super::super::class::ClassSet;
use super::{At, Gate, KeySource, Lowers, RouteId, SourceId, Str};
use crate::source::Span;
use crate::syntax::ast;

/// What calling a tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the effect of its name")]
pub enum Effect {
    None,
    Read,
    Write,
    External,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 4] = [Self::None, Self::Read, Self::Write, Self::External];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
            Self::External => "external",
        }
    }
}

/// How a tool authenticates.
#[derive(Clone, Debug)]
pub enum Auth<'s> {
    /// Not at all.
    None,
    /// With a token.
    Token(KeySource<'s>),
    /// With an `OAuth` scope.
    Oauth(Str<'s>),
}

/// A tool that a model may be offered.
#[derive(Debug)]
pub struct Tool<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// How it authenticates.
    pub auth: At<Auth<'s>>,
    /// What it does.
    pub effect: At<Effect>,
    /// The data it takes, everything below included.
    pub accepts: At<ClassSet>,
    /// The classes of what it returns, as written.
    pub returns: At<ClassSet>,
    /// The approval gate before each call.
    pub approve: Option<Gate<'s>>,
}

/// Where data enters a workflow.
#[derive(Debug)]
pub struct DataSource<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The classes of what it holds, as written.
    pub holds: At<ClassSet>,
}

/// How routes and tools are put together.
#[derive(Debug)]
pub struct Workflow<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Its steps, as written.
    pub steps: Vec<Step<'s>>,
}

/// A step of a workflow. Other steps are named by their index in `Workflow::steps`.
#[derive(Debug)]
pub struct Step<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The block.
    pub span: Span,
    /// The route it calls. `None` only where that was an error.
    pub route: Option<At<RouteId>>,
    /// Steps that must all have succeeded.
    pub after: Vec<At<usize>>,
    /// Sources that enter.
    pub reads: Vec<At<SourceId>>,
    /// What it makes of the data.
    pub lowers: Vec<Lowers<'s>>,
    /// The step whose output it judges.
    pub judges: Option<At<usize>>,
    /// How often the route is called at most.
    pub at_most: At<u64>,
    /// Whether something in it was wrong in a way that makes verdicts about its data and its order meaningless (already reported).
    pub broken: bool,
}
