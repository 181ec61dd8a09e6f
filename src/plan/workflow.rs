//! Workflows as a plan holds them, the tools and sources that they use, and the people who call and approve.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gate, KeySource, Lowers, Text, Texts};

/// How routes are put together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workflow<'a> {
    /// The steps, by name.
    pub steps: BTreeMap<Text<'a>, Step<'a>>,
}

/// A step of a workflow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step<'a> {
    /// Steps that must all have succeeded; a step that it judges is among them.
    pub after: Texts<'a>,
    /// How often the route is called at most.
    pub at_most: u64,
    /// The step whose output it judges.
    pub judges: Option<Text<'a>>,
    /// What it makes of the data.
    pub lowers: Vec<Lowers<'a>>,
    /// Sources that enter.
    pub reads: Texts<'a>,
    /// The route it calls.
    pub route: Text<'a>,
}

/// Where data enters a workflow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source<'a> {
    /// The classes of what it holds.
    pub holds: Texts<'a>,
}

/// A tool that a model may be offered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool<'a> {
    /// The data classes it takes.
    pub accepts: Texts<'a>,
    /// The gate before each call.
    pub approve: Option<Gate<'a>>,
    /// How it authenticates.
    pub auth: Auth<'a>,
    /// `none`, `read`, `write` or `external`.
    pub effect: Text<'a>,
    /// The classes of what it returns.
    pub returns: Texts<'a>,
}

/// How a tool authenticates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth<'a> {
    /// Not at all.
    None,
    /// With a token from there.
    Token(KeySource<'a>),
    /// With an OAuth scope.
    Oauth(Text<'a>),
}

/// A client of the runtime.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caller<'a> {
    /// The routes it may call directly.
    pub routes: Texts<'a>,
    /// The name that people read.
    pub title: Text<'a>,
    /// Where its token is.
    pub token: KeySource<'a>,
    /// The workflows whose steps it may call, in order.
    pub workflows: Texts<'a>,
}

/// Somebody who may approve.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approver<'a> {
    /// An Ed25519 public key, base64.
    pub public_key: Text<'a>,
    /// The roles it holds.
    pub roles: Texts<'a>,
    /// The name that people read.
    pub title: Text<'a>,
}
