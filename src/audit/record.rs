//! The records: one line of JSON for each thing that was decided or done. Names are those of OpenTelemetry's conventions for generative AI where it has one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Text that the writer borrows and a reader owns.
type Text<'a> = Cow<'a, str>;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The SHA-256 of the line before, in hexadecimal digits; zeros in the first.
    #[serde(rename = "byokc.prev")]
    pub prev: String,
    /// Its number, from 1 on.
    #[serde(rename = "byokc.seq")]
    pub seq: u64,
    /// When it was written: RFC 3339, UTC, milliseconds.
    #[serde(rename = "byokc.time")]
    pub time: String,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry<'static>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "byokc.record", rename_all = "snake_case")]
pub enum Entry<'a> {
    /// A process begins to write here, or goes on in another file.
    Opened(Opened<'a>),
    /// Another plan has been put into service.
    Planned(Planned<'a>),
    /// A request was turned away; nobody was called.
    Denied(Denied<'a>),
    /// An attempt begins: written before anything leaves.
    Attempt(Box<Attempt<'a>>),
    /// A request is over: written before the last byte of its answer.
    End(Box<End<'a>>),
    /// A sealed call of a tool was opened with an approval: written before its arguments go out.
    Redeemed(Redeemed<'a>),
    /// The process ended in order.
    Closed {},
}

/// A process begins to write, or goes on in another file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Opened<'a> {
    /// The version of byokc.
    #[serde(rename = "byokc.version")]
    pub version: Text<'a>,
    /// Names the process: random, new with each start.
    #[serde(rename = "byokc.instance")]
    pub instance: Text<'a>,
    /// The digest of the plan in service.
    #[serde(rename = "byokc.plan")]
    pub plan: Text<'a>,
    /// The file that holds the records before, where it is another one.
    #[serde(rename = "byokc.continues", default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Text<'a>>,
    /// So many bytes of a torn last line were cut off: its process had been killed.
    #[serde(rename = "byokc.torn_bytes", default, skip_serializing_if = "Option::is_none")]
    pub torn_bytes: Option<u64>,
}

/// Another plan is in service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planned<'a> {
    /// Its digest.
    #[serde(rename = "byokc.plan")]
    pub plan: Text<'a>,
}

/// Who asked for what: the same in every record of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked<'a> {
    /// Names the request.
    #[serde(rename = "byokc.request")]
    pub request: Text<'a>,
    /// The digest of the plan by which it is judged.
    #[serde(rename = "byokc.plan")]
    pub plan: Text<'a>,
    /// The caller; absent where none is declared, or none is known.
    #[serde(rename = "byokc.caller", default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Text<'a>>,
    /// The route; absent where there is none of the name.
    #[serde(rename = "byokc.route", default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Text<'a>>,
    /// The workflow, where a step of one is called.
    #[serde(rename = "byokc.workflow", default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Text<'a>>,
    /// The step.
    #[serde(rename = "byokc.step", default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Text<'a>>,
    /// The run of the workflow.
    #[serde(rename = "byokc.run", default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text<'a>>,
    /// The data classes that the request names, those that the plan knows.
    #[serde(rename = "byokc.data", default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Text<'a>>,
}

/// A request that was turned away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Denied<'a> {
    /// Who asked for what.
    #[serde(flatten)]
    pub asked: Asked<'a>,
    /// The code of the error: `refused`, `unauthorized`, `approval_required`, …
    #[serde(rename = "error.type")]
    pub code: Text<'a>,
    /// What stood in the way, in a word or two: `approval reused`. Nothing of the request is in it.
    #[serde(rename = "byokc.reason", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<'a>>,
    /// The digest of what is to be approved.
    #[serde(rename = "byokc.digest", default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Text<'a>>,
}

/// An attempt begins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt<'a> {
    /// Who asked for what.
    #[serde(flatten)]
    pub asked: Asked<'a>,
    /// Its place in the route's table.
    #[serde(rename = "byokc.attempt")]
    pub index: u16,
    /// Why it came to it; absent in the first.
    #[serde(flatten)]
    pub after: Option<After<'a>>,
    /// Who is called, and how.
    #[serde(flatten)]
    pub call: Call<'a>,
    /// With whose key.
    #[serde(flatten)]
    pub key: Key<'a>,
    /// What was looked for, and masked.
    #[serde(rename = "byokc.redact", default, skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<Text<'a>>,
    /// How many places were masked, by detector.
    #[serde(rename = "byokc.redactions", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<Text<'a>, u64>,
    /// What was left out.
    #[serde(flatten)]
    pub minimized: Minimized<'a>,
    /// The tools that the model is offered.
    #[serde(rename = "byokc.tools.offered", default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Text<'a>>,
    /// The approval of the request, where the route asks for one; in its first attempt.
    #[serde(rename = "byokc.approval", default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval<'a>>,
    /// The steps before this one that receipts proved to be done; in the first attempt.
    #[serde(rename = "byokc.receipts", default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Done<'a>>,
    /// What is sent, with `audit full`: masked by every detector.
    #[serde(rename = "gen_ai.input.messages", default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Value>,
    /// The system text of it.
    #[serde(rename = "gen_ai.system_instructions", default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Value>,
}

/// What became of the attempt before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct After<'a> {
    /// Its place in the route's table.
    #[serde(rename = "byokc.after.attempt")]
    pub attempt: u16,
    /// The class with which it failed.
    #[serde(rename = "byokc.after.error.type")]
    pub class: Text<'a>,
    /// How often it was tried; 0 where nobody was called.
    #[serde(rename = "byokc.after.tries")]
    pub tries: u64,
    /// How long it took, in milliseconds, pauses included.
    #[serde(rename = "byokc.after.duration_ms")]
    pub duration_ms: u64,
}

/// Who is called, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Call<'a> {
    /// Whether anybody is: not where the key is missing, or the prompt is too large for this attempt.
    #[serde(rename = "byokc.called")]
    pub called: bool,
    /// `provider/model`.
    #[serde(rename = "byokc.target")]
    pub target: Text<'a>,
    /// The account.
    #[serde(rename = "byokc.provider")]
    pub account: Text<'a>,
    /// `chat`, or `embeddings`.
    #[serde(rename = "gen_ai.operation.name")]
    pub operation: Text<'a>,
    /// The company behind the account, as OpenTelemetry spells it.
    #[serde(rename = "gen_ai.provider.name")]
    pub provider: Text<'a>,
    /// The model's id at the provider.
    #[serde(rename = "gen_ai.request.model")]
    pub model: Text<'a>,
    /// The longest answer that is asked for, in tokens.
    #[serde(rename = "gen_ai.request.max_tokens", default, skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// Whether the answer is wanted piece by piece.
    #[serde(rename = "byokc.stream")]
    pub stream: bool,
    /// The prompt, in tokens at most, as byokc estimates it.
    #[serde(rename = "byokc.estimated_tokens")]
    pub estimate: u64,
    /// The host.
    #[serde(rename = "server.address")]
    pub host: Text<'a>,
    /// Its port.
    #[serde(rename = "server.port")]
    pub port: u16,
}

/// Whose key is used, by name. Never the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Key<'a> {
    /// `env`, `file`, `keyring`, `exec`, `per_request`, `none`.
    #[serde(rename = "byokc.key.source")]
    pub source: Text<'a>,
    /// The name of the variable, file, service, program or header.
    #[serde(rename = "byokc.key.name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<'a>>,
    /// `own` or `managed`.
    #[serde(rename = "byokc.key.owner")]
    pub owner: Text<'a>,
}

/// What was left out, as the plan says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minimized<'a> {
    /// All but the last so many messages.
    #[serde(rename = "byokc.minimize.history", default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u64>,
    /// These fields.
    #[serde(rename = "byokc.minimize.strip", default, skip_serializing_if = "Vec::is_empty")]
    pub strip: Vec<Text<'a>>,
}

/// An approval that was used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Approval<'a> {
    /// The approver, by the name in the plan.
    pub approver: Text<'a>,
    /// The role in which they approved.
    pub role: Text<'a>,
    /// The digest of what was approved.
    pub digest: Text<'a>,
    /// The approval itself, signature included.
    pub signed: Text<'a>,
}

/// A step that was proved to be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Done<'a> {
    /// The step.
    pub step: Text<'a>,
    /// The request that did it, maybe in the log of another instance.
    pub request: Text<'a>,
}

/// A request is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct End<'a> {
    /// Who asked for what.
    #[serde(flatten)]
    pub asked: Asked<'a>,
    /// The attempt at which the run ended.
    #[serde(rename = "byokc.attempt")]
    pub index: u16,
    /// `provider/model`.
    #[serde(rename = "byokc.target")]
    pub target: Text<'a>,
    /// `served`, `failed`, `broke_off` (some of the answer had gone out), `client_gone`.
    #[serde(rename = "byokc.outcome")]
    pub outcome: Text<'a>,
    /// The failure class, unless it was served.
    #[serde(rename = "error.type", default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Text<'a>>,
    /// How often the last attempt was tried; 0 where nobody was called.
    #[serde(rename = "byokc.tries")]
    pub tries: u64,
    /// From the request to its end, in milliseconds.
    #[serde(rename = "byokc.duration_ms")]
    pub duration_ms: u64,
    /// What was used up.
    #[serde(flatten)]
    pub used: Used<'a>,
    /// The calls of tools in the answer.
    #[serde(rename = "byokc.tools", default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool<'a>>,
    /// Whether a receipt for the step was handed out.
    #[serde(rename = "byokc.receipt", default, skip_serializing_if = "std::ops::Not::not")]
    pub receipt: bool,
    /// The answer, with `audit full`: masked by every detector.
    #[serde(rename = "gen_ai.output.messages", default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Value>,
}

/// What was used up, as the provider reports it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Used<'a> {
    /// Why the answer ended: `stop`, `length`, `tool_calls`, `content_filter`.
    #[serde(rename = "gen_ai.response.finish_reasons", default, skip_serializing_if = "Vec::is_empty")]
    pub finish: Vec<Text<'a>>,
    /// Tokens of the prompt.
    #[serde(rename = "gen_ai.usage.input_tokens", default)]
    pub input: u64,
    /// Tokens of the answer.
    #[serde(rename = "gen_ai.usage.output_tokens", default)]
    pub output: u64,
    /// Of the prompt: read from the provider's cache.
    #[serde(rename = "gen_ai.usage.cache_read.input_tokens", default, skip_serializing_if = "is_zero")]
    pub cached: u64,
    /// Of the prompt: written to the provider's cache.
    #[serde(rename = "gen_ai.usage.cache_creation.input_tokens", default, skip_serializing_if = "is_zero")]
    pub cache_written: u64,
    /// Of the answer: thoughts.
    #[serde(rename = "gen_ai.usage.reasoning.output_tokens", default, skip_serializing_if = "is_zero")]
    pub reasoning: u64,
    /// Dollars, a decimal, at the plan's prices; absent where it has none. What a cache saves is not taken off.
    #[serde(rename = "byokc.cost", default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Text<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// A call of a tool in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool<'a> {
    /// The tool; of a blocked call only what has the form of a name.
    pub name: Text<'a>,
    /// What became of it.
    pub decision: ToolDecision,
    /// The digest of a sealed call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Text<'a>>,
}

/// What becomes of a call of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolDecision {
    /// It was passed on.
    Called,
    /// It waits for an approval, its arguments encrypted.
    Sealed,
    /// The request does not offer it: it was taken out.
    Blocked,
}

/// A sealed call was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Redeemed<'a> {
    /// Who asked for what; the route is that of the call.
    #[serde(flatten)]
    pub asked: Asked<'a>,
    /// The tool.
    #[serde(rename = "gen_ai.tool.name")]
    pub tool: Text<'a>,
    /// The request whose answer held the call.
    #[serde(rename = "byokc.sealed_in")]
    pub sealed_in: Text<'a>,
    /// The approval.
    #[serde(rename = "byokc.approval")]
    pub approval: Approval<'a>,
}
