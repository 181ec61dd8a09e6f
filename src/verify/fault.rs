//! What is wrong with a plan, where, and the run that shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where in the plan: a JSON pointer (RFC 6901), empty for the whole document.
    pub at: String,
    /// What is wrong, in words.
    pub message: String,
    /// What happens in a run that shows it, in order.
    pub run: Vec<String>,
}

impl Fault {
    /// One that no run has to show.
    pub(super) fn new(at: String, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), run: Vec::new() }
    }
}

/// All that is wrong with a plan, as it is found.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, at: String, message: impl Into<String>) {
        self.0.push(Fault::new(at, message));
    }

    /// Adds one unless something holds.
    pub(super) fn unless(&mut self, holds: bool, at: impl FnOnce() -> String, message: impl FnOnce() -> String) {
        if !holds {
            self.add(at(), message());
        }
    }
}

/// The pointer to a part of a plan.
pub(super) fn at<const N: usize>(parts: [&str; N]) -> String {
    parts.iter().fold(String::new(), |pointer, part| pointer + "/" + &part.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn pointers_are_escaped() {
        assert_eq!(super::at(["models", "openai/gpt~6"]), "/models/openai~1gpt~06");
        assert_eq!(super::at([]), "");
    }
}
