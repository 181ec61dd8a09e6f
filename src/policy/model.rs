//! What a policy means: names resolved, units computed, defaults applied; every value keeps its place. Only `resolve` makes one.

use std::borrow::Cow;

use crate::diagnostic::SubjectKind;
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast;
use crate::units::Date;

use super::class::Classes;

pub use crate::redact::Detector;
pub use account::{BaseUrl, Header, KeySource, Provider, Retention, Slug, Upstreams};
pub use claim::{Bounded, Claim, Common, Goal, Limit, Loss, Passage, Routes, StepId, Whom};
pub use route::{Allowing, Alternative, Audit, Callee, Fallback, Gate, Lowers, Route, RouteKind, Strip};
pub use target::{Allow, Deny, Model, Pattern, Pool, Target};
pub use test::{Expectation, Expected, Failing, Named, Test};
pub use workflow::{Auth, DataSource, Effect, Step, Tool, Workflow};

mod account;
mod claim;
mod route;
mod target;
mod test;
mod workflow;

/// Text that is borrowed from the source where it can be.
pub type Str<'s> = Cow<'s, str>;

/// A value with the place where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it is said.
    pub span: Span,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $table:ident: $item:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);

            impl<'s> std::ops::Index<$name> for Policy<'s> {
                type Output = $item<'s>;

                #[expect(clippy::indexing_slicing, reason = "only `resolve` makes ids, each for an entry of its own policy")]
                fn index(&self, id: $name) -> &$item<'s> {
                    &self.$table[id.0 as usize]
                }
            }
        )*
    };
}

ids! {
    /// A provider of the policy.
    ProviderId => providers: Provider,
    /// A distinct target `provider/model` that a chain or pool names.
    TargetId => targets: Target,
    /// A named allowlist.
    AllowId => allows: Allow,
    /// A pool.
    PoolId => pools: Pool,
    /// A route.
    RouteId => routes: Route,
    /// A tool.
    ToolId => tools: Tool,
    /// A source.
    SourceId => sources: DataSource,
    /// A workflow.
    WorkflowId => workflows: Workflow,
}

/// A whole policy: one root file and everything that it imports. Tables stand in source order, imported files first.
#[derive(Debug, Default)]
pub struct Policy<'s> {
    /// The files of the policy; the first is the root.
    pub files: Vec<FileId>,
    /// The data classes.
    pub classes: Classes,
    /// Providers.
    pub providers: Vec<Provider<'s>>,
    /// Declared facts about models.
    pub models: Vec<Model<'s>>,
    /// Every distinct target that a chain or pool names, in order of first mention.
    pub targets: Vec<Target<'s>>,
    /// Named allowlists, `default` among them.
    pub allows: Vec<Allow<'s>>,
    /// Denies.
    pub denies: Vec<Deny<'s>>,
    /// Pools.
    pub pools: Vec<Pool<'s>>,
    /// Routes.
    pub routes: Vec<Route<'s>>,
    /// Tools.
    pub tools: Vec<Tool<'s>>,
    /// Sources.
    pub sources: Vec<DataSource<'s>>,
    /// Workflows.
    pub workflows: Vec<Workflow<'s>>,
    /// Callers.
    pub callers: Vec<Caller<'s>>,
    /// Approvers.
    pub approvers: Vec<Approver<'s>>,
    /// Assertions, names checked.
    pub assertions: Vec<Assertion<'s>>,
    /// Tests, names checked.
    pub tests: Vec<Test<'s>>,
    /// Waivers.
    pub waivers: Vec<Waiver<'s>>,
}

impl Policy<'_> {
    /// The root file.
    pub fn root(&self) -> FileId {
        self.files.first().copied().unwrap_or(FileId(0))
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        let lists = self.allows.is_empty() && self.denies.is_empty() && self.pools.is_empty() && self.models.is_empty();
        let people = self.callers.is_empty() && self.approvers.is_empty() && self.waivers.is_empty();
        let claims = self.assertions.is_empty() && self.tests.is_empty() && self.classes == Classes::default();
        let rest = self.providers.is_empty() && self.routes.is_empty() && self.tools.is_empty() && self.sources.is_empty();
        lists && people && claims && rest && self.workflows.is_empty()
    }

    /// Whether a place is in the root file; what is unused is reported for those only.
    pub fn is_own(&self, span: Span) -> bool {
        span.file == self.root()
    }
}

/// A client of the runtime.
#[derive(Debug)]
pub struct Caller<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read.
    pub title: Str<'s>,
    /// Its token. `None` only where that was an error.
    pub token: Option<At<KeySource<'s>>>,
    /// The routes it calls directly, each with the place that names it; every route for `all`.
    pub routes: Vec<At<RouteId>>,
    /// Whether it said `routes all`.
    pub all_routes: bool,
    /// Its workflows.
    pub workflows: Vec<At<WorkflowId>>,
}

/// Somebody who may approve.
#[derive(Debug)]
pub struct Approver<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read.
    pub title: Str<'s>,
    /// The roles it holds.
    pub roles: Vec<ast::Word<'s>>,
    /// An Ed25519 public key, base64 of 32 bytes.
    pub public_key: Option<At<Str<'s>>>,
}

/// An assertion whose names are all known.
#[derive(Debug)]
pub struct Assertion<'s> {
    /// What people call it.
    pub title: Option<Str<'s>>,
    /// The declaration.
    pub span: Span,
    /// The claim as written, behind `assert` and the title; space may stand before it.
    pub claim_span: Span,
    /// What is claimed.
    pub claim: Claim<'s>,
}

impl Assertion<'_> {
    /// The claim as written, white space folded.
    pub fn text(&self, sources: &Sources) -> String {
        sources.text(self.claim_span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What people call it: its title, or its text.
    pub fn name(&self, sources: &Sources) -> String {
        self.title.as_ref().map_or_else(|| self.text(sources), ToString::to_string)
    }
}

/// A waiver.
#[derive(Debug)]
pub struct Waiver<'s> {
    /// The declaration.
    pub span: Span,
    /// The code's number.
    pub code: At<u16>,
    /// The kind of declaration.
    pub kind: At<SubjectKind>,
    /// Its name, as it stands in a finding's subject.
    pub name: At<Str<'s>>,
    /// Why.
    pub because: Str<'s>,
    /// The last day.
    pub until: At<Date>,
}
