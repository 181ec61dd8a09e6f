//! What is claimed of a policy, as a plan holds it: assertions, who can be reached, and findings that were accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KeyOwner, Statement, Text, Texts};

/// What is claimed of the policy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims<'a> {
    /// Names of accounts that are no company's: in a statement they mean the account alone, not somebody behind a router.
    pub accounts: Texts<'a>,
    /// The assertions, in source order.
    pub assertions: Vec<Claim<'a>>,
    /// For each route everyone that a run of it can reach.
    pub reach: BTreeMap<Text<'a>, Arc<Vec<Reached<'a>>>>,
    /// Findings that were accepted.
    pub waivers: Vec<Waiver<'a>>,
}

/// An assertion and its verdict.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim<'a> {
    /// The claim as written, white space folded.
    pub claim: Text<'a>,
    /// What a proof relies on.
    pub relies_on: Vec<Text<'a>>,
    /// The claim as a program reads it: what the verdict is about.
    pub statement: Statement<'a>,
    /// What people call it.
    pub title: Option<Text<'a>>,
    /// What was found.
    pub verdict: Verdict,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds on every run, or speaks of nothing.
    Proved,
    /// Some run breaks it.
    Refuted,
    /// It was not decided.
    Undecided,
}

/// Somebody who can receive a route's data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reached<'a> {
    /// The data classes that it may receive, after lowering.
    pub data: Texts<'a>,
    /// Whose key pays.
    pub key_owner: KeyOwner,
    /// The model's id.
    pub model: Text<'a>,
    /// The account.
    pub provider: Text<'a>,
    /// Where it may be processed: the account's regions, and the one to which the model's id itself sends requests; null: anywhere.
    pub region: Option<Texts<'a>>,
    /// The companies behind the account, `vendor` and `host_vendor`, and for a provider that routes by itself those that its upstreams permit, `*` for any.
    pub vendors: Texts<'a>,
}

/// A finding that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver<'a> {
    /// Why.
    pub because: Text<'a>,
    /// `BYOK504`.
    pub code: Text<'a>,
    /// The kind of declaration that it is about.
    pub kind: Text<'a>,
    /// The declaration's name.
    pub name: Text<'a>,
    /// The last day.
    pub until: Text<'a>,
}
