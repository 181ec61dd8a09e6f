//! Models, what is declared of them, and the lists that name them.

use super::{At, ProviderId, RouteId, Str, TargetId};
use crate::catalogue::Capabilities;
use crate::source::Span;
use crate::syntax::ast;
use crate::units::{Date, Money};

/// Facts that the policy states about a model.
#[derive(Debug)]
pub struct Model<'s> {
    /// The target they are about, as written.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Its provider, where it is declared.
    pub provider: Option<ProviderId>,
    /// The model's id at that provider.
    pub id: Str<'s>,
    /// `is`: vendor and id of the catalogue's model that it is.
    pub is: Option<At<(Str<'s>, Str<'s>)>>,
    /// Window, in tokens.
    pub context: Option<At<u64>>,
    /// Output limit, in tokens.
    pub output: Option<At<u64>>,
    /// Capabilities that it has.
    pub supports: Option<At<Capabilities>>,
    /// Dollars for a million input tokens.
    pub input_price: Option<At<Money>>,
    /// Dollars for a million output tokens.
    pub output_price: Option<At<Money>>,
    /// The first day without it.
    pub until: Option<At<Date>>,
}

/// A distinct `provider/model`.
#[derive(Debug)]
pub struct Target<'s> {
    /// As written, `anthropic/claude-sonnet-5-5`.
    pub text: &'s str,
    /// The account.
    pub provider: ProviderId,
    /// The model's id at that account, quotes taken off.
    pub id: Str<'s>,
    /// Its first mention.
    pub span: Span,
    /// The declaration of facts about it (an index of `Policy::models`).
    pub model: Option<u32>,
}

/// A target, or a pattern of targets, as a list names it.
#[derive(Clone, Debug)]
pub struct Pattern<'s> {
    /// As written.
    pub text: &'s str,
    /// Its place.
    pub span: Span,
    /// The part before the first slash: an account or, in `deny` and assertions, a vendor too.
    pub owner: &'s str,
    /// The declared account of that name.
    pub provider: Option<ProviderId>,
    /// The part behind the slash, quotes taken off; `*` stands for any run of characters but `:`.
    pub id: Str<'s>,
}

/// A named allowlist.
#[derive(Debug)]
pub struct Allow<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// What it admits.
    pub patterns: Vec<Pattern<'s>>,
    /// What it takes back.
    pub except: Vec<Pattern<'s>>,
}

/// A deny.
#[derive(Debug)]
pub struct Deny<'s> {
    /// The declaration.
    pub span: Span,
    /// What is forbidden.
    pub patterns: Vec<Pattern<'s>>,
    /// For these routes only; `None` for all.
    pub routes: Option<Vec<RouteId>>,
    /// Why.
    pub because: Option<Str<'s>>,
}

/// A pool.
#[derive(Debug)]
pub struct Pool<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Whether a run may start at any member.
    pub spread: bool,
    /// Its members, in order.
    pub members: Vec<At<TargetId>>,
}
