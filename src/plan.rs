//! The routing plan `byok-plan/1`: all that a runtime follows by table look-up, so that it never reads the policy.
//!
//! Members of every struct stand in alphabetical order, as RFC 8785 wants them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod lower;

pub use lower::lower;

/// The value of `format`.
pub const FORMAT: &str = "byok-plan/1";

/// A routing plan. A runtime refuses one whose `format` it does not know or whose `digest` does not match.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Who may approve, by name.
    pub approvers: BTreeMap<String, Approver>,
    /// Who may call, by name. Empty: nobody was declared.
    pub callers: BTreeMap<String, Caller>,
    /// What is claimed of the policy, and what a run can reach. Outside the digest.
    pub claims: Claims,
    /// The data classes, and for each every class at or below it.
    pub data: BTreeMap<String, BTreeSet<String>>,
    /// `sha256:` and the hexadecimal digest of the canonical form (RFC 8785) of this document without `claims`, `digest` and `provenance`.
    pub digest: String,
    /// `byok-plan/1`.
    pub format: String,
    /// Facts about each model that is called, by target.
    pub models: BTreeMap<String, Model>,
    /// Where it comes from. Outside the digest.
    pub provenance: Provenance,
    /// The accounts that are called, by name.
    pub providers: BTreeMap<String, Provider>,
    /// The routes, by name.
    pub routes: BTreeMap<String, Route>,
    /// Where data enters workflows, by name.
    pub sources: BTreeMap<String, Source>,
    /// The tools, by name.
    pub tools: BTreeMap<String, Tool>,
    /// The workflows, by name.
    pub workflows: BTreeMap<String, Workflow>,
}

/// The part of a plan that its digest covers.
#[derive(Serialize)]
struct Routing<'a> {
    approvers: &'a BTreeMap<String, Approver>,
    callers: &'a BTreeMap<String, Caller>,
    data: &'a BTreeMap<String, BTreeSet<String>>,
    format: &'a str,
    models: &'a BTreeMap<String, Model>,
    providers: &'a BTreeMap<String, Provider>,
    routes: &'a BTreeMap<String, Route>,
    sources: &'a BTreeMap<String, Source>,
    tools: &'a BTreeMap<String, Tool>,
    workflows: &'a BTreeMap<String, Workflow>,
}

impl Plan {
    /// The digest of the routing part, computed anew: a reader compares it with `digest`.
    pub fn compute_digest(&self) -> String {
        use sha2::{Digest, Sha256};
        let routing = Routing {
            approvers: &self.approvers,
            callers: &self.callers,
            data: &self.data,
            format: &self.format,
            models: &self.models,
            providers: &self.providers,
            routes: &self.routes,
            sources: &self.sources,
            tools: &self.tools,
            workflows: &self.workflows,
        };
        // Strings, integers and maps with text keys always serialise.
        let canonical = serde_json_canonicalizer::to_vec(&routing).unwrap_or_default();
        let hash = Sha256::digest(canonical);
        hash.iter().fold(String::from("sha256:"), |text, byte| text + &format!("{byte:02x}"))
    }

    /// The document: keys in sorted order, two spaces of indentation, a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The JSON Schema of the document.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Somebody who may approve.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// An Ed25519 public key, base64.
    pub public_key: String,
    /// The roles it holds.
    pub roles: BTreeSet<String>,
    /// The name that people read.
    pub title: String,
}

/// A client of the runtime.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The routes it may call directly.
    pub routes: BTreeSet<String>,
    /// The name that people read.
    pub title: String,
    /// Where its token is.
    pub token: KeySource,
    /// The workflows whose steps it may call, in order.
    pub workflows: BTreeSet<String>,
}

/// Where a key or token is. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KeySource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(String),
    /// The system's keyring.
    Keyring {
        /// The account.
        account: String,
        /// The service.
        service: String,
    },
    /// The output of a program: its name and arguments.
    Exec(Vec<String>),
    /// The header of this name in each request.
    PerRequest(String),
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

/// An account at a company that serves models.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The API version that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Where the API is.
    pub base_url: BaseUrl,
    /// The data classes it may receive.
    pub clearance: BTreeSet<String>,
    /// Further headers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where its key is.
    pub key: KeySource,
    /// Whose key that is.
    pub key_owner: KeyOwner,
    /// The wire protocol.
    pub protocol: String,
    /// Every region it may process in; null: unknown.
    pub region: Option<BTreeSet<String>>,
    /// How long it keeps requests, in milliseconds, 0 for not at all; null: unknown.
    pub retention_ms: Option<u64>,
    /// The name that people read.
    pub title: String,
    /// `never` where it does not train on requests; null: unknown.
    pub training: Option<String>,
    /// Who may serve behind it; null where it does not route by itself.
    pub upstreams: Option<Upstreams>,
    /// The company behind it.
    pub vendor: String,
}

/// Where an API is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BaseUrl {
    /// At this address.
    Url(String),
    /// At the address that this environment variable holds. It must be `https`, or `http` to a loopback address.
    Env(String),
}

/// Who may serve behind a provider that routes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Upstreams {
    /// These only.
    Only(BTreeSet<String>),
    /// Anybody but these.
    AnyExcept(BTreeSet<String>),
}

/// Facts about a model. What is null is unknown.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The identity that it shares with its snapshots, aliases and resellers' spellings.
    pub base: Option<String>,
    /// What it can do.
    pub capabilities: BTreeSet<String>,
    /// Its window, in tokens.
    pub context: Option<u64>,
    /// Where it is called: `chat_completions`, `responses`, `messages`, `generate_content`, `embeddings`.
    pub endpoint: String,
    /// Where it is called when tools are offered.
    pub endpoint_with_tools: String,
    /// Dollars for a million input tokens, a decimal.
    pub input_price: Option<String>,
    /// The largest prompt, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// How the output limit is spelt on the wire.
    pub output_limit: String,
    /// Dollars for a million output tokens, a decimal.
    pub output_price: Option<String>,
    /// Known traps, in the catalogue's words.
    pub traps: BTreeSet<String>,
}

/// One kind of task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The data classes it takes.
    pub accepts: BTreeSet<String>,
    /// Further names under which clients ask for it.
    pub answers: BTreeSet<String>,
    /// The gate before the first attempt.
    pub approve: Option<Gate>,
    /// The attempts. A run starts at the first, or at any of `entries`.
    pub attempts: Vec<Attempt>,
    /// `metadata`, `full` or `none`.
    pub audit: String,
    /// `require` or `prefer`.
    pub byok: String,
    /// The most that one run may cost, in dollars, a decimal.
    pub cost: Option<String>,
    /// For the whole run, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// Where a run may start, any of these; absent: at attempt 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<u16>>,
    /// `chat`, `embedding`, `transcription`, `speech` or `image`.
    pub kind: String,
    /// What its own redaction makes of the data.
    pub lowers: Vec<Lowers>,
    /// A larger prompt is refused with `too_large`, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// What of a request is sent at all.
    pub minimize: Minimize,
    /// What is masked before anything leaves.
    pub redact: BTreeSet<String>,
    /// The name that people read.
    pub title: String,
    /// The tools a model may be offered.
    pub tools: BTreeSet<String>,
}

/// One attempt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// What the redaction of every route on the way makes of the data, where that is more than the route's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<Lowers>,
    /// A larger prompt counts as `context_length`, uncalled; in tokens.
    pub max_input: Option<u64>,
    /// What of a request is sent, where that is less than the route says.
    #[serde(default, skip_serializing_if = "Minimize::is_empty")]
    pub minimize: Minimize,
    /// The model's id at the provider.
    pub model: String,
    /// After a failure of this class: the attempt that follows, or several of which any may be chosen. A class that is missing ends the run.
    pub next: BTreeMap<String, Next>,
    /// The account.
    pub provider: String,
    /// What is masked besides the route's own `redact`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub redact: BTreeSet<String>,
    /// How often it is repeated.
    pub retries: u8,
    /// `provider/model`.
    pub target: String,
    /// To the first byte of a stream, or to the end of an answer; in milliseconds.
    pub timeout_ms: u64,
}

/// What follows an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Next {
    /// This attempt.
    One(u16),
    /// Any of these attempts: a `spread` pool.
    Any(Vec<u16>),
}

/// `lowers FROM to TO because …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lowers {
    /// Why that is so.
    pub because: String,
    /// This class and all below.
    pub from: String,
    /// Become this one.
    pub to: String,
}

/// What of a request is sent at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minimize {
    /// The last so many messages; null: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u64>,
    /// Parts that are not sent: `user`, `metadata`, `images`, `files`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub strip: BTreeSet<String>,
}

impl Minimize {
    /// Whether all is sent.
    pub fn is_empty(&self) -> bool {
        self.history.is_none() && self.strip.is_empty()
    }
}

/// An approval gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Who must agree.
    pub role: String,
    /// No answer in this time is a refusal; in milliseconds.
    pub within_ms: u64,
}

/// Where data enters a workflow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The classes of what it holds.
    pub holds: BTreeSet<String>,
}

/// A tool that a model may be offered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// The data classes it takes.
    pub accepts: BTreeSet<String>,
    /// The gate before each call.
    pub approve: Option<Gate>,
    /// How it authenticates.
    pub auth: Auth,
    /// `none`, `read`, `write` or `external`.
    pub effect: String,
    /// The classes of what it returns.
    pub returns: BTreeSet<String>,
}

/// How a tool authenticates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// Not at all.
    None,
    /// With a token from there.
    Token(KeySource),
    /// With an OAuth scope.
    Oauth(String),
}

/// How routes are put together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The steps, by name.
    pub steps: BTreeMap<String, Step>,
}

/// A step of a workflow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Steps that must all have succeeded; a step that it judges is among them.
    pub after: BTreeSet<String>,
    /// How often the route is called at most.
    pub at_most: u64,
    /// The step whose output it judges.
    pub judges: Option<String>,
    /// What it makes of the data.
    pub lowers: Vec<Lowers>,
    /// Sources that enter.
    pub reads: BTreeSet<String>,
    /// The route it calls.
    pub route: String,
}

/// What is claimed of the policy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The assertions, in source order.
    pub assertions: Vec<Claim>,
    /// For each route everyone that a run of it can reach.
    pub reach: BTreeMap<String, Vec<Reached>>,
    /// Findings that were accepted.
    pub waivers: Vec<Waiver>,
}

/// An assertion and its verdict.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The claim as written, white space folded.
    pub claim: String,
    /// What a proof relies on.
    pub relies_on: Vec<String>,
    /// What people call it.
    pub title: Option<String>,
    /// What was found.
    pub verdict: Verdict,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds on every run.
    Proved,
    /// Some run breaks it.
    Refuted,
    /// It was read but not decided.
    Undecided,
}

/// Somebody who can receive a route's data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// The data classes that it may receive, after lowering.
    pub data: BTreeSet<String>,
    /// Whose key pays.
    pub key_owner: KeyOwner,
    /// The model's id.
    pub model: String,
    /// The account.
    pub provider: String,
    /// Where it may be processed; null: anywhere.
    pub region: Option<BTreeSet<String>>,
    /// The company behind the account, and for a provider that routes by itself those that its upstreams permit, `*` for any.
    pub vendors: BTreeSet<String>,
}

/// A finding that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Why.
    pub because: String,
    /// `BYOK504`.
    pub code: String,
    /// The kind of declaration that it is about.
    pub kind: String,
    /// The declaration's name.
    pub name: String,
    /// The last day.
    pub until: String,
}

/// Where a plan comes from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The day for which dates were judged.
    pub as_of: String,
    /// The facts that it was judged by.
    pub catalogue: CatalogueMark,
    /// `byokc` and its version.
    pub compiler: String,
    /// The files, the root first.
    pub files: Vec<FileMark>,
    /// Where each route is declared, by name.
    pub routes: BTreeMap<String, Mark>,
}

/// Which catalogue.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueMark {
    /// Its date.
    pub date: String,
    /// Its sha-256, hexadecimal.
    pub sha256: String,
}

/// Which file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileMark {
    /// Its path, as shown.
    pub path: String,
    /// Its sha-256, hexadecimal.
    pub sha256: String,
}

/// A place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Column in characters, from 1.
    pub column: usize,
    /// An index of `files`.
    pub file: usize,
    /// Line, from 1.
    pub line: usize,
}
