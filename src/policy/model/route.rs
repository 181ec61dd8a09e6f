//! Routes: what each accepts, whom it calls, and under which rules.

use super::super::class::ClassSet;
use super::{AllowId, At, Pattern, PoolId, Retention, RouteId, Slug, Str, TargetId, ToolId};
use crate::catalogue::Capability;
use crate::failure::Failures;
use crate::redact::Detector;
use crate::source::Span;
use crate::syntax::ast;
use crate::units::Money;

/// What a route serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum RouteKind {
    #[default]
    Chat,
    Embedding,
    Transcription,
    Speech,
    Image,
}

impl RouteKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Embedding, Self::Transcription, Self::Speech, Self::Image];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embedding => "embedding",
            Self::Transcription => "transcription",
            Self::Speech => "speech",
            Self::Image => "image",
        }
    }
}

/// One kind of task.
#[derive(Debug)]
pub struct Route<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read: `policy review`.
    pub title: Str<'s>,
    /// Why it is as it is.
    pub because: Option<Str<'s>>,
    /// What it serves.
    pub kind: RouteKind,
    /// Further names under which clients ask for it.
    pub answers: Vec<At<Str<'s>>>,
    /// The data it takes, everything below included.
    pub accepts: At<ClassSet>,
    /// Its allowlist: names and patterns that unite.
    pub allow: Vec<Allowing<'s>>,
    /// The place of `allow`, where it is said.
    pub allow_span: Option<Span>,
    /// `byok require` (false) or `byok prefer` (true).
    pub prefers_byok: At<bool>,
    /// Capabilities that it needs, beyond `tools` where it offers any.
    pub needs: Vec<At<Capability>>,
    /// Tokens of window and of output that it needs: all must be met.
    pub needs_context: Option<At<u64>>,
    /// See `needs_context`.
    pub needs_output: Option<At<u64>>,
    /// Region demands; each must be met.
    pub region: Vec<At<Vec<Slug<'s>>>>,
    /// The strictest retention demand.
    pub retention: Option<At<Retention>>,
    /// The demand `training never`.
    pub training_never: Option<Span>,
    /// The primary, then the fallbacks. Alternatives with an unknown name are left out (they have been reported).
    pub chain: Vec<Alternative>,
    /// What it says of fallbacks.
    pub fallback: Fallback,
    /// For each attempt, in milliseconds.
    pub timeout: u64,
    /// How often an attempt is repeated.
    pub retry: u8,
    /// For the whole run, in milliseconds.
    pub deadline: Option<At<u64>>,
    /// The largest prompt, in tokens.
    pub max_input: Option<At<u64>>,
    /// The longest answer, in tokens.
    pub max_output: Option<At<u64>>,
    /// The most that one run may cost.
    pub cost: Option<At<Money>>,
    /// What is masked before anything leaves.
    pub redact: Vec<At<Detector>>,
    /// What that makes of the data.
    pub lowers: Vec<Lowers<'s>>,
    /// `minimize history N`.
    pub history: Option<At<u64>>,
    /// `minimize strip FIELD…`.
    pub strip: Vec<At<Strip>>,
    /// The tools a model may be offered.
    pub tools: Vec<At<ToolId>>,
    /// The approval gate before the first attempt.
    pub approve: Option<Gate<'s>>,
    /// What a record holds.
    pub audit: At<Audit>,
    /// Whether something in it was wrong in a way that makes verdicts about its chain meaningless (already reported).
    pub broken: bool,
    /// Whether every entry of its allowlist is known. Where not, which has been reported, nobody can tell whom it does not admit.
    pub allow_known: bool,
    /// Whether the parser could read all of it, and all that may say something for it: the defaults, and every declaration of the policy.
    pub whole: bool,
}

/// What a route says of fallbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: none, with a finding.
    Unsaid,
    /// `fallback none`, here or in the defaults.
    None(Span),
    /// One or more.
    Some,
}

/// One entry of a route's allowlist.
#[derive(Clone, Debug)]
pub enum Allowing<'s> {
    /// A named list; the place is where the route names it (the list's own, for `allow default` unsaid).
    List(At<AllowId>),
    /// A pattern.
    Pattern(Pattern<'s>),
}

/// One place of a route's chain.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The whole field.
    pub span: Span,
    /// After which failures it is entered. For a primary pool: after which its further members are.
    pub on: Failures,
    /// The place of `on CLASS…`, where it is said.
    pub on_span: Option<Span>,
    /// Who is called.
    pub callee: Callee,
    /// The place of the target's, pool's or route's name.
    pub callee_span: Span,
    /// `within DURATION`, in milliseconds.
    pub within: Option<At<u64>>,
    /// `up to TOKENS`.
    pub up_to: Option<At<u64>>,
}

/// Who is called at one place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A target.
    Target(TargetId),
    /// The members of a pool.
    Pool(PoolId),
    /// Another route's chain.
    Route(RouteId),
}

/// A part of a request that is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the field of its name")]
pub enum Strip {
    User,
    Metadata,
    Images,
    Files,
}

impl Strip {
    /// Every field that can be stripped.
    pub const ALL: [Self; 4] = [Self::User, Self::Metadata, Self::Images, Self::Files];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Metadata => "metadata",
            Self::Images => "images",
            Self::Files => "files",
        }
    }
}

/// What a record of the audit log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the level of its name")]
pub enum Audit {
    None,
    #[default]
    Metadata,
    Full,
}

impl Audit {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::None, Self::Metadata, Self::Full];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Metadata => "metadata",
            Self::Full => "full",
        }
    }
}

/// `lowers FROM to TO because …`.
#[derive(Clone, Debug)]
pub struct Lowers<'s> {
    /// The field.
    pub span: Span,
    /// This class and all below.
    pub from: usize,
    /// Become this one.
    pub to: usize,
    /// Why that is so.
    pub because: Str<'s>,
}

/// An approval gate.
#[derive(Clone, Debug)]
pub struct Gate<'s> {
    /// The field.
    pub span: Span,
    /// Who must agree.
    pub role: ast::Word<'s>,
    /// By when, in milliseconds.
    pub within: u64,
}
