//! What an assertion claims, in a form that a program decides (language reference, section 7): names are those of the plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Text, Texts};

/// A claim about every run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Statement<'a> {
    /// The worst case of one run is within a limit.
    Bound {
        /// The limit.
        limit: Limit<'a>,
        /// Whose worst case.
        of: Bounded<'a>,
    },
    /// No attempt of one route shares that with an attempt of another.
    Independent {
        /// What is not shared.
        by: Common,
        /// A route, and the one that it is independent of.
        routes: [Text<'a>; 2],
    },
    /// Nobody among these can receive one of these classes, or one above it.
    NeverReaches {
        /// The classes.
        classes: Texts<'a>,
        /// Who may not.
        whom: Vec<Whom<'a>>,
    },
    /// The routes have one attempt each.
    NoFallback {
        /// The routes; null: all.
        routes: Option<Texts<'a>>,
    },
    /// Every attempt of the routes matches one of the patterns.
    OnlyServe {
        /// `provider/id`, where `*` in the id stands for any run of characters but `:`.
        patterns: Texts<'a>,
        /// The routes; null: all.
        routes: Option<Texts<'a>>,
    },
    /// No run of the routes uses a managed account.
    OwnKeys {
        /// The routes; null: all.
        routes: Option<Texts<'a>>,
    },
    /// Every way to the goal passes the passage.
    Passes {
        /// Where ways lead.
        goal: Goal<'a>,
        /// What they pass.
        passage: Passage<'a>,
    },
    /// Everyone who can receive one of these classes, or one above it, is among these.
    ReachesOnly {
        /// The classes.
        classes: Texts<'a>,
        /// Who may.
        whom: Vec<Whom<'a>>,
    },
    /// The routes serve, whatever so many of a kind are lost.
    Survives {
        /// The kind.
        kind: Loss,
        /// At most so many are lost, 1 to 3.
        losing: u8,
        /// The routes; null: all.
        routes: Option<Texts<'a>>,
    },
}

/// Who may or may not receive data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Whom<'a> {
    /// The account of this name, and every account of the company of this name.
    Name(Text<'a>),
    /// Targets `provider/id`; `*` in the id stands for any run of characters.
    Pattern(Text<'a>),
    /// Whoever processes in this region.
    Region(Text<'a>),
}

/// Where ways lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Goal<'a> {
    /// A call of the account of this name, or of an account of the company of this name.
    Provider(Text<'a>),
    /// A call of one of these steps, each `workflow/step`.
    Steps(Texts<'a>),
    /// A call of this tool.
    Tool(Text<'a>),
}

/// What ways pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Passage<'a> {
    /// A gate.
    Approval {
        /// Of this role; null: of any.
        role: Option<Text<'a>>,
    },
    /// Masking of all of these.
    Redaction(Texts<'a>),
    /// One of these steps, each `workflow/step`.
    Steps(Texts<'a>),
}

/// What may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Keys.
    Key,
    /// Hosts.
    Provider,
    /// Regions.
    Region,
    /// Companies.
    Vendor,
}

/// What two routes may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Common {
    /// A key.
    Key,
    /// A model, under whatever name.
    Model,
    /// An account or host.
    Provider,
    /// A company.
    Vendor,
}

/// Whose worst case is bounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Bounded<'a> {
    /// Each of these routes'; null: each route's.
    Routes(Option<Texts<'a>>),
    /// A workflow's.
    Workflow(Text<'a>),
}

/// The most that a worst case may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Limit<'a> {
    /// Attempts of one run.
    Attempts(u64),
    /// Dollars, a decimal.
    Cost(Text<'a>),
    /// Milliseconds.
    LatencyMs(u64),
}
