//! The routing plan `byok-plan/1`: all that a runtime follows by table look-up, so that it never reads the policy.
//!
//! Members of every struct stand in alphabetical order, as RFC 8785 wants them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod digest;
mod layout;
mod lower;

pub use lower::lower;

/// The value of `format`.
pub const FORMAT: &str = "byok-plan/1";

/// Text that lowering borrows from the policy and that a reader owns.
pub type Text<'a> = Cow<'a, str>;
/// Different texts. Many parts of a plan hold the same ones, so they are kept once.
pub type Texts<'a> = Arc<BTreeSet<Text<'a>>>;

/// A routing plan. A runtime refuses one whose `format` it does not know or whose `digest` does not match.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan<'a> {
    /// Who may approve, by name.
    pub approvers: BTreeMap<Text<'a>, Approver<'a>>,
    /// Who may call, by name. Empty: nobody was declared.
    pub callers: BTreeMap<Text<'a>, Caller<'a>>,
    /// What is claimed of the policy, and what a run can reach. Outside the digest.
    pub claims: Claims<'a>,
    /// The data classes, and for each every class at or below it.
    pub data: BTreeMap<Text<'a>, Texts<'a>>,
    /// `sha256:` and the hexadecimal digest of the canonical form (RFC 8785) of this document without `claims`, `digest` and `provenance`.
    pub digest: Text<'a>,
    /// `byok-plan/1`.
    pub format: Text<'a>,
    /// Facts about each model that is called, by target.
    pub models: BTreeMap<Text<'a>, Model<'a>>,
    /// Where it comes from. Outside the digest.
    pub provenance: Provenance<'a>,
    /// The accounts that are called, by name.
    pub providers: BTreeMap<Text<'a>, Provider<'a>>,
    /// The routes, by name.
    pub routes: BTreeMap<Text<'a>, Route<'a>>,
    /// Where data enters workflows, by name.
    pub sources: BTreeMap<Text<'a>, Source<'a>>,
    /// The tools, by name.
    pub tools: BTreeMap<Text<'a>, Tool<'a>>,
    /// The workflows, by name.
    pub workflows: BTreeMap<Text<'a>, Workflow<'a>>,
}

/// The part of a plan that its digest covers.
#[derive(Serialize)]
struct Routing<'p, 'a> {
    approvers: &'p BTreeMap<Text<'a>, Approver<'a>>,
    callers: &'p BTreeMap<Text<'a>, Caller<'a>>,
    data: &'p BTreeMap<Text<'a>, Texts<'a>>,
    format: &'p str,
    models: &'p BTreeMap<Text<'a>, Model<'a>>,
    providers: &'p BTreeMap<Text<'a>, Provider<'a>>,
    routes: &'p BTreeMap<Text<'a>, Route<'a>>,
    sources: &'p BTreeMap<Text<'a>, Source<'a>>,
    tools: &'p BTreeMap<Text<'a>, Tool<'a>>,
    workflows: &'p BTreeMap<Text<'a>, Workflow<'a>>,
}

impl Plan<'_> {
    /// The digest of the routing part, computed anew: a reader compares it with `digest`.
    pub fn compute_digest(&self) -> String {
        digest::of(&Routing {
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
        })
    }

    /// Writes the document: keys in sorted order, two spaces of indentation, a newline at the end.
    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(64 << 10, out);
        self.serialize(&mut serde_json::Serializer::with_formatter(&mut out, layout::Indented::default()))?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// The document as text.
    pub fn to_json(&self) -> String {
        let mut text = Vec::new();
        // A vector takes all that is written, and it is text that is written.
        let written = self.write_json(&mut text).map(|()| String::from_utf8(text));
        written.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// The JSON Schema of the document.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Plan<'static>).to_value()
    }
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
    /// Where its key is.
    pub key: KeySource<'a>,
    /// Whose key that is.
    pub key_owner: KeyOwner,
    /// The wire protocol.
    pub protocol: Text<'a>,
    /// Every region it may process in; null: unknown.
    pub region: Option<Texts<'a>>,
    /// How long it keeps requests, in milliseconds, 0 for not at all; null: unknown.
    pub retention_ms: Option<u64>,
    /// The name that people read.
    pub title: Text<'a>,
    /// `never` where it does not train on requests; null: unknown.
    pub training: Option<Text<'a>>,
    /// Who may serve behind it; null where it does not route by itself.
    pub upstreams: Option<Upstreams<'a>>,
    /// The company behind it.
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

/// Facts about a model. What is null is unknown.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model<'a> {
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
    /// Dollars for a million input tokens, a decimal.
    pub input_price: Option<Text<'a>>,
    /// The largest prompt, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// How the output limit is spelt on the wire.
    pub output_limit: Text<'a>,
    /// Dollars for a million output tokens, a decimal.
    pub output_price: Option<Text<'a>>,
    /// Known traps, in the catalogue's words.
    pub traps: Texts<'a>,
}

/// One kind of task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route<'a> {
    /// The data classes it takes.
    pub accepts: Texts<'a>,
    /// Further names under which clients ask for it.
    pub answers: Texts<'a>,
    /// The gate before the first attempt.
    pub approve: Option<Gate<'a>>,
    /// The attempts. A run starts at the first, or at any of `entries`.
    pub attempts: Vec<Attempt<'a>>,
    /// `metadata`, `full` or `none`.
    pub audit: Text<'a>,
    /// `require` or `prefer`.
    pub byok: Text<'a>,
    /// The most that one run may cost, in dollars, a decimal.
    pub cost: Option<Text<'a>>,
    /// For the whole run, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// Where a run may start, any of these; absent: at attempt 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<u16>>,
    /// `chat`, `embedding`, `transcription`, `speech` or `image`.
    pub kind: Text<'a>,
    /// What its own redaction makes of the data.
    pub lowers: Vec<Lowers<'a>>,
    /// A larger prompt is refused with `too_large`, in tokens.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// What of a request is sent at all.
    pub minimize: Minimize<'a>,
    /// What is masked before anything leaves.
    pub redact: Texts<'a>,
    /// The name that people read.
    pub title: Text<'a>,
    /// The tools a model may be offered.
    pub tools: Texts<'a>,
}

/// One attempt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt<'a> {
    /// What the redaction of every route on the way makes of the data, where that is more than the route's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<Lowers<'a>>,
    /// A larger prompt counts as `context_length`, uncalled; in tokens.
    pub max_input: Option<u64>,
    /// What of a request is sent, where that is less than the route says.
    #[serde(default, skip_serializing_if = "Minimize::is_empty")]
    pub minimize: Minimize<'a>,
    /// The model's id at the provider.
    pub model: Text<'a>,
    /// After a failure of this class: the attempt that follows, or several of which any may be chosen. A class that is missing ends the run.
    pub next: Arc<BTreeMap<Text<'a>, Next>>,
    /// The account.
    pub provider: Text<'a>,
    /// What is masked besides the route's own `redact`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub redact: Texts<'a>,
    /// How often it is repeated.
    pub retries: u8,
    /// `provider/model`.
    pub target: Text<'a>,
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
pub struct Lowers<'a> {
    /// Why that is so.
    pub because: Text<'a>,
    /// This class and all below.
    pub from: Text<'a>,
    /// Become this one.
    pub to: Text<'a>,
}

/// What of a request is sent at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minimize<'a> {
    /// The last so many messages; null: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u64>,
    /// Parts that are not sent: `user`, `metadata`, `images`, `files`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub strip: Texts<'a>,
}

impl Minimize<'_> {
    /// Whether all is sent.
    pub fn is_empty(&self) -> bool {
        self.history.is_none() && self.strip.is_empty()
    }
}

/// An approval gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate<'a> {
    /// Who must agree.
    pub role: Text<'a>,
    /// No answer in this time is a refusal; in milliseconds.
    pub within_ms: u64,
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

/// What is claimed of the policy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims<'a> {
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
    /// What people call it.
    pub title: Option<Text<'a>>,
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
pub struct Reached<'a> {
    /// The data classes that it may receive, after lowering.
    pub data: Texts<'a>,
    /// Whose key pays.
    pub key_owner: KeyOwner,
    /// The model's id.
    pub model: Text<'a>,
    /// The account.
    pub provider: Text<'a>,
    /// Where it may be processed; null: anywhere.
    pub region: Option<Texts<'a>>,
    /// The company behind the account, and for a provider that routes by itself those that its upstreams permit, `*` for any.
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

/// Where a plan comes from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance<'a> {
    /// The day for which dates were judged.
    pub as_of: Text<'a>,
    /// The facts that it was judged by.
    pub catalogue: CatalogueMark<'a>,
    /// `byokc` and its version.
    pub compiler: Text<'a>,
    /// The files, the root first.
    pub files: Vec<FileMark<'a>>,
    /// Where each route is declared, by name.
    pub routes: BTreeMap<Text<'a>, Mark>,
}

/// Which catalogue.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueMark<'a> {
    /// Its date.
    pub date: Text<'a>,
    /// Its sha-256, hexadecimal.
    pub sha256: Text<'a>,
}

/// Which file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileMark<'a> {
    /// Its path, as shown.
    pub path: Text<'a>,
    /// Its sha-256, hexadecimal.
    pub sha256: Text<'a>,
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
