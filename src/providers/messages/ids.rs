//! Makes ids of tool calls, which any provider may have given, ids that Anthropic takes: `^[a-zA-Z0-9_-]+$`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The same id always gives the same, and different ones different: a call and its result stay together.
pub(super) fn id(id: &str) -> Cow<'_, str> {
    let taken = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !id.is_empty() && id.bytes().all(taken) {
        return Cow::Borrowed(id);
    }
    let mut out = String::with_capacity(2 * id.len() + 4);
    out.push_str("hex_");
    for byte in id.bytes() {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_that_are_not_taken_are_changed() {
        assert_eq!(id("toolu_01-A"), "toolu_01-A");
        assert_eq!(id("a.b"), "hex_612e62");
        assert_ne!(id("a.b"), id("a:b"));
        assert_eq!(id(""), "hex_");
        assert_eq!(id("ä"), "hex_c3a4");
    }
}
