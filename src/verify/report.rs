//! What a check of a plan found, as a document for programs: `byok-verification/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fault, Verified};

/// The value of `format`.
const FORMAT: &str = "byok-verification/1";

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// How many attempts the routes have.
    pub attempts: usize,
    /// The digest that the plan says it has; null where it could not be read.
    pub digest: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// `byok-verification/1`.
    pub format: String,
    /// The plan, as it was named.
    pub plan: String,
    /// The claims that were proved again: the statements that were decided, in the language's form.
    pub proved: Vec<String>,
    /// How many entries of `claims.reach` agree.
    pub reach: usize,
    /// How many routes there are.
    pub routes: usize,
    /// The claims that the plan leaves undecided, likewise.
    pub undecided: Vec<String>,
    /// Whether the plan is what it says. Where it is not, every number is 0.
    pub verified: bool,
}

impl Report {
    /// Of a plan by its name and digest.
    pub fn new(plan: &str, digest: Option<&str>, outcome: &Result<Verified, Vec<Fault>>) -> Self {
        let none = Verified::default();
        let (found, faults) = match outcome {
            Ok(verified) => (verified, Vec::new()),
            Err(faults) => (&none, faults.clone()),
        };
        Self {
            attempts: found.attempts,
            digest: digest.map(str::to_owned),
            format: FORMAT.to_owned(),
            plan: plan.to_owned(),
            proved: found.proved.clone(),
            reach: found.reach,
            routes: found.routes,
            undecided: found.undecided.clone(),
            verified: outcome.is_ok(),
            faults,
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
