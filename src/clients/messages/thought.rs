//! Marks what a provider wants back with a thought by the target that thought it: `anthropic/claude-opus-5-5|EqQB…`.
//!
//! To clients both is opaque text, which they send back as it is.

/// The text that a client sees.
pub(super) fn mark(target: &str, sealed: &str) -> String {
    format!("{target}|{sealed}")
}

/// The target, where the text was marked, and what the provider wants back.
pub(super) fn unmark(text: String) -> (Option<String>, String) {
    match text.split_once('|') {
        Some((target, sealed)) if !target.is_empty() => (Some(target.to_owned()), sealed.to_owned()),
        _ => (None, text),
    }
}
