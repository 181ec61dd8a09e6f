//! What a check of a log found, as a document for programs: `byok-audit/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::Faults;
use super::{Fault, Seen};

/// The value of `format`.
const FORMAT: &str = "byok-audit/1";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Whether the records were held against a plan; otherwise only the chain was checked.
    pub against_plan: bool,
    /// How many requests were turned away.
    pub denied: u64,
    /// What is wrong with it, in the order of the log; the first hundred.
    pub faults: Vec<Fault>,
    /// How much is wrong with it.
    pub faults_found: u64,
    /// The files, in order.
    pub files: Vec<String>,
    /// When its first record was written; null where there is none.
    pub first: Option<String>,
    /// `byok-audit/1`.
    pub format: String,
    /// The hash of its last record, `@` and its number; null where there is none.
    pub head: Option<String>,
    /// When its last record was written.
    pub last: Option<String>,
    /// What is no fault, and worth knowing.
    pub notes: Vec<String>,
    /// The plans that it says were in service, by digest.
    pub plans: Vec<String>,
    /// How many records it has.
    pub records: u64,
    /// How many requests were let in.
    pub requests: u64,
    /// Whether nothing is wrong with it.
    pub verified: bool,
}

impl Report {
    pub(super) fn new(seen: Seen, against_plan: bool, notes: Vec<String>, faults: Faults) -> Self {
        Self {
            against_plan,
            denied: seen.denied,
            faults_found: faults.found,
            files: seen.files,
            first: seen.first,
            format: FORMAT.to_owned(),
            head: seen.head.map(|(number, hash)| format!("{hash}@{number}")),
            last: seen.last,
            notes,
            plans: seen.plans.into_iter().collect(),
            records: seen.records,
            requests: seen.requests,
            verified: faults.found == 0,
            faults: faults.kept,
        }
    }

    /// The document as text.
    pub fn to_json(&self) -> String {
        // Texts, numbers and lists of them always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The JSON Schema of the document.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}
