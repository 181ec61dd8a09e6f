//! Accounts and models as a plan holds them: who is called, where, with whose key, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Text, Texts};

/// An account at a company that serves models.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider<'a> {
    /// The API version that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<Text<'a>>,
    /// Where the API is.
    pub base_url: BaseUrl<'a>,
    /// The data classes it may receive.
    pub clearance: Texts<'a>,
    /// Further headers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<Text<'a>, Text<'a>>,
    /// The company at whose host it is, where that is another than `vendor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_vendor: Option<Text<'a>>,
    /// Where its key is.
    pub key: KeySource<'a>,
    /// Whose key that is.
    pub key_owner: KeyOwner,
    /// Whether one model may have several names there: it is at its vendor's own host. Elsewhere ids are the account's own.
    pub known_host: bool,
    /// Whether it has the name of a well-known provider and is no account of that provider's company. Absent where it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub misnamed: bool,
    /// The wire protocol.
    pub protocol: Text<'a>,
    /// Every region it may process in; null: unknown, as it is wherever the address is in a variable.
    pub region: Option<Texts<'a>>,
    /// The region that each request asks the provider for, where the policy wants one that only a request can choose. Absent where none is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_region: Option<Text<'a>>,
    /// How long it keeps requests, in milliseconds, 0 for not at all; null: unknown.
    pub retention_ms: Option<u64>,
    /// The name that people read.
    pub title: Text<'a>,
    /// `never` where it does not train on requests; null: unknown.
    pub training: Option<Text<'a>>,
    /// Who may serve behind it by the names of companies: `upstreams` may say `google-vertex` of `vertex`. Absent where both say the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_vendors: Option<Upstreams<'a>>,
    /// Who may serve behind it; null where it does not route by itself.
    pub upstreams: Option<Upstreams<'a>>,
    /// The company behind it, as declared.
    pub vendor: Text<'a>,
}

/// Where an API is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BaseUrl<'a> {
    /// At this address.
    Url(Text<'a>),
    /// At the address that this environment variable holds. It must be `https`, or `http` to a loopback address.
    Env(Text<'a>),
}

/// Who may serve behind a provider that routes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Upstreams<'a> {
    /// These only.
    Only(Texts<'a>),
    /// Anybody but these.
    AnyExcept(Texts<'a>),
}

/// Where a key or token is. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KeySource<'a> {
    /// An environment variable.
    Env(Text<'a>),
    /// A file.
    File(Text<'a>),
    /// The system's keyring.
    Keyring {
        /// The account.
        account: Text<'a>,
        /// The service.
        service: Text<'a>,
    },
    /// The output of a program: its name and arguments.
    Exec(Vec<Text<'a>>),
    /// The header of this name in each request.
    PerRequest(Text<'a>),
    /// None is needed.
    None,
}

/// Whose key it is, and who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyOwner {
    /// Your own.
    Own,
    /// A vendor's or platform's.
    Managed,
}

/// Facts about a model. What is null is unknown.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model<'a> {
    /// Other ids, in lower case, under which the account's vendor serves the same model.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: Texts<'a>,
    /// The identity that it shares with its snapshots, aliases and resellers' spellings.
    pub base: Option<Text<'a>>,
    /// What it can do.
    pub capabilities: Texts<'a>,
    /// Its window, in tokens.
    pub context: Option<u64>,
    /// Where it is called: `chat_completions`, `responses`, `messages`, `generate_content`, `embeddings`.
    pub endpoint: Text<'a>,
    /// Where it is called when tools are offered.
    pub endpoint_with_tools: Text<'a>,
    /// Dollars for a million input tokens, a decimal: the dearest of today's and any announced price.
    pub input_price: Option<Text<'a>>,
    /// The largest prompt, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// How the output limit is spelt on the wire.
    pub output_limit: Text<'a>,
    /// Dollars for a million output tokens, a decimal: the dearest of today's and any announced price.
    pub output_price: Option<Text<'a>>,
    /// The prices of longer prompts, shortest first: the last of which `above` is passed counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_tiers: Vec<PriceTier<'a>>,
    /// Known traps, in the catalogue's words.
    pub traps: Texts<'a>,
    /// The region to which the id itself sends requests, whatever the account's are. Absent where it sends them nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Text<'a>>,
}

/// What a prompt of more than so many tokens costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTier<'a> {
    /// The largest prompt that still costs less, in tokens.
    pub above: u64,
    /// Dollars for a million input tokens, a decimal.
    pub input_price: Option<Text<'a>>,
    /// Dollars for a million output tokens, a decimal.
    pub output_price: Option<Text<'a>>,
}
