//! What assertions claim, names resolved (language reference, section 7).

use super::{At, Detector, Pattern, RouteId, ToolId, WorkflowId};
use crate::source::Span;
use crate::syntax::ast;
use crate::units::Money;

/// A claim about every run.
#[derive(Clone, Debug)]
pub enum Claim<'s> {
    /// Everyone who can receive one of these classes, or one above it, is among these.
    ReachesOnly(Vec<At<usize>>, Vec<Whom<'s>>),
    /// Nobody among these can receive one of these classes, or one above it.
    NeverReaches(Vec<At<usize>>, Vec<Whom<'s>>),
    /// Every attempt of the routes matches one of the patterns.
    OnlyServe(Vec<Pattern<'s>>, Routes),
    /// Every way to the one passes the other.
    Passes(Goal<'s>, Passage<'s>),
    /// The routes serve, whatever so many of a kind are lost.
    Survives(Routes, At<u8>, Loss),
    /// What the attempts of two routes do not share.
    Independent(At<RouteId>, At<RouteId>, Common),
    /// The worst case of one run.
    Bound(Bounded, At<Limit>),
    /// No run uses a managed account.
    OwnKeys(Routes),
    /// There is one attempt.
    NoFallback(Routes),
}

/// Which routes are spoken of.
#[derive(Clone, Debug)]
pub enum Routes {
    /// `all routes`, as written.
    All(Span),
    /// These.
    Named(Vec<At<RouteId>>),
}

/// Who may or may not receive data.
#[derive(Clone, Debug)]
pub enum Whom<'s> {
    /// The account of this name, and every account of the vendor of this name.
    Name(ast::Word<'s>),
    /// Targets.
    Pattern(Pattern<'s>),
    /// Whoever processes in this region.
    Region(ast::Word<'s>),
}

/// Where ways lead.
#[derive(Clone, Debug)]
pub enum Goal<'s> {
    /// A tool is called.
    Tool(At<ToolId>),
    /// A step is called: one of each workflow that has a step of this name.
    Step(ast::Word<'s>, Vec<StepId>),
    /// An account of this name, or of the vendor of this name, is called.
    Provider(ast::Word<'s>),
}

/// A step: its workflow, and its index there.
pub type StepId = (WorkflowId, usize);

/// What ways pass.
#[derive(Clone, Debug)]
pub enum Passage<'s> {
    /// One of these steps.
    Step(ast::Word<'s>, Vec<StepId>),
    /// A gate, of this role where one is named; with the place of the word.
    Approval(Span, Option<ast::Word<'s>>),
    /// Redaction by all of these.
    Redaction(Vec<At<Detector>>),
}

/// What may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum Loss {
    Provider,
    Vendor,
    Key,
    Region,
}

impl Loss {
    /// Every kind, with its singular and its plural.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Provider, "provider", "providers"),
        (Self::Vendor, "vendor", "vendors"),
        (Self::Key, "key", "keys"),
        (Self::Region, "region", "regions"),
    ];

    /// The word in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Vendor => "vendor",
            Self::Key => "key",
            Self::Region => "region",
        }
    }
}

/// What two routes may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum Common {
    Provider,
    Vendor,
    Model,
    Key,
}

impl Common {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Provider, Self::Vendor, Self::Model, Self::Key];

    /// The word in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Vendor => "vendor",
            Self::Model => "model",
            Self::Key => "key",
        }
    }
}

/// Whose worst case is bounded.
#[derive(Clone, Debug)]
pub enum Bounded {
    /// Each of these routes'.
    Routes(Routes),
    /// A workflow's.
    Workflow(At<WorkflowId>),
}

/// The most that a worst case may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Dollars.
    Cost(Money),
    /// Milliseconds.
    Latency(u64),
    /// Calls of one run.
    Attempts(u64),
}

impl Limit {
    /// The word in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cost(_) => "cost",
            Self::Latency(_) => "latency",
            Self::Attempts(_) => "attempts",
        }
    }
}
