//! Assertions: what is claimed of which routes, tools, providers and people.

use super::Word;
use crate::source::Span;

/// What an assertion claims (language reference, section 7).
#[derive(Clone, Debug, PartialEq)]
pub enum Claim<'s> {
    /// `CLASS… reaches only WHOM…`
    ReachesOnly {
        /// The classes.
        classes: Vec<Word<'s>>,
        /// Who may receive them.
        whom: Vec<Whom<'s>>,
    },
    /// `never CLASS… reaches WHOM…`
    NeverReaches {
        /// The classes.
        classes: Vec<Word<'s>>,
        /// Who may not receive them.
        whom: Vec<Whom<'s>>,
    },
    /// `only PATTERN… serve ROUTE…`
    OnlyServe {
        /// What every attempt matches.
        patterns: Vec<Word<'s>>,
        /// The routes.
        routes: Routes<'s>,
    },
    /// `every path to WAYPOINT passes WAYPOINT`
    Passes {
        /// `tool NAME`, `step NAME`, `provider NAME`.
        to: Waypoint<'s>,
        /// `step NAME`, `approval [by ROLE]`, `redaction of DETECTOR…`.
        through: Waypoint<'s>,
    },
    /// `ROUTE… survives losing any N KIND`
    Survives {
        /// The routes.
        routes: Routes<'s>,
        /// How many are lost.
        count: Word<'s>,
        /// `provider`, `vendor`, `key`, `region`, or their plural.
        what: Word<'s>,
    },
    /// `ROUTE independent of ROUTE [by KIND]`
    Independent {
        /// The one.
        route: Word<'s>,
        /// The other.
        of: Word<'s>,
        /// `provider`, `vendor`, `model`, `key`; the default is model.
        by: Option<Word<'s>>,
    },
    /// `cost of … <= MONEY`, `latency of … <= DURATION`, `attempts of … <= N`
    Bound {
        /// `cost`, `latency`, `attempts`.
        what: Word<'s>,
        /// Of whom.
        of: Bounded<'s>,
        /// The most.
        limit: Word<'s>,
    },
    /// `own keys on ROUTE…`
    OwnKeys(Routes<'s>),
    /// `no fallback on ROUTE…`
    NoFallback(Routes<'s>),
}

/// `ROUTE…`, or `all routes`.
#[derive(Clone, Debug, PartialEq)]
pub enum Routes<'s> {
    /// `all routes`, as written.
    All(Span),
    /// These.
    Named(Vec<Word<'s>>),
}

/// Whose worst case is bounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Bounded<'s> {
    /// Routes.
    Routes(Routes<'s>),
    /// `workflow NAME`.
    Workflow(Word<'s>),
}

/// Who may or may not receive data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Whom<'s> {
    /// A provider, a vendor, or a pattern.
    Word(Word<'s>),
    /// `region SLUG`.
    Region(Word<'s>),
}

/// A place that paths lead to, or pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Waypoint<'s> {
    /// `tool NAME`
    Tool(Word<'s>),
    /// `step NAME`
    Step(Word<'s>),
    /// `provider NAME`
    Provider(Word<'s>),
    /// `approval [by ROLE]`, from its keyword.
    Approval(Span, Option<Word<'s>>),
    /// `redaction of DETECTOR…`
    Redaction(Vec<Word<'s>>),
}
