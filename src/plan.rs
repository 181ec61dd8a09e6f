//! The routing plan `byok-plan/1`: all that a runtime follows by table look-up, so that it never reads the policy.
//!
//! Members of every struct stand in alphabetical order, as RFC 8785 wants them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use account::{BaseUrl, KeyOwner, KeySource, Model, PriceTier, Provider, Upstreams};
pub use claims::{Claim, Claims, Reached, Verdict, Waiver};
pub use lower::lower;
pub use provenance::{CatalogueMark, FileMark, Mark, Provenance};
pub use route::{Attempt, Gate, Lowers, Minimize, Next, Route};
pub use statement::{Bounded, Common, Goal, Limit, Loss, Passage, Statement, Whom};
pub use workflow::{Approver, Auth, Caller, Source, Step, Tool, Workflow};

mod account;
mod claims;
mod digest;
mod layout;
mod lower;
mod provenance;
mod route;
mod statement;
mod workflow;

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
