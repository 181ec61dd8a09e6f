//! What becomes of fields that byokc does not pass on: they are ignored where they mean nothing, and refused by name where they mean something.

use super::NotUnderstood;
use super::json::{Json, Read};

/// A rule for one field.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// Values that ask for nothing; `null` is always one.
    unless: fn(&Json<'_>) -> bool,
    why: &'static str,
}

impl Rule {
    /// Means nothing for the answer, whatever stands there.
    pub(super) const fn ignored(name: &'static str) -> Self {
        Self { name, unless: |_| true, why: "" }
    }

    /// Asks for what is not to be had.
    pub(super) const fn refused(name: &'static str, why: &'static str) -> Self {
        Self { name, unless: |_| false, why }
    }

    /// As `refused`, but there is a value that asks for nothing.
    pub(super) const fn unless(name: &'static str, unless: fn(&Json<'_>) -> bool, why: &'static str) -> Self {
        Self { name, unless, why }
    }

    /// Whether a value may stand there.
    pub(super) fn judge(&self, value: &Json<'_>) -> Read<()> {
        if *value == Json::Null || (self.unless)(value) { Ok(()) } else { Err(NotUnderstood::here(self.why).inside(self.name)) }
    }
}

/// `false`.
pub(super) fn no(value: &Json<'_>) -> bool {
    *value == Json::Bool(false)
}

/// 0.
pub(super) fn zero(value: &Json<'_>) -> bool {
    *value == Json::Whole(0)
}

/// 1.
pub(super) fn one(value: &Json<'_>) -> bool {
    *value == Json::Whole(1)
}

/// Nothing in it.
pub(super) fn empty(value: &Json<'_>) -> bool {
    matches!(value, Json::List(items) if items.is_empty()) || matches!(value, Json::Object(members) if members.is_empty())
}

/// One of some words.
pub(super) fn is_word(value: &Json<'_>, words: &[&str]) -> bool {
    matches!(value, Json::Text(text) if words.contains(&text.as_ref()))
}

/// Why a tool that runs at the provider is refused.
pub(super) const PROVIDER_TOOL: &str = "is not passed on: the plan allows no provider-side tools; leave it out";
/// Why whatever makes the provider keep something is refused.
pub(super) const NOTHING_STORED: &str = "is not passed on: nothing is stored between requests; send the whole conversation instead";
/// Why what lets the provider choose its service is refused.
pub(super) const SERVICE: &str = "is not passed on: the plan decides how providers are called; leave it out";
/// Why sound is refused.
pub(super) const NO_AUDIO: &str = "is not passed on: sound is not supported; leave it out";
/// Why odds are refused.
pub(super) const NO_LOGPROBS: &str = "is not passed on: the odds of tokens are not supported; leave it out";
/// Why stored files are refused.
pub(super) const NO_FILE_ID: &str = "is not passed on: files stored at a provider cannot be named here; send the data instead";
