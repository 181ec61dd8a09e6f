//! Patterns by their definition: `*` stands for any run of characters but `:`; where something is forbidden, for any at all, whatever the letter case.

/// Whether an id matches exactly.
pub(crate) fn matches(pattern: &str, id: &str) -> bool {
    fits(pattern.as_bytes(), id.as_bytes(), false)
}

/// Whether an id is meant by what is forbidden.
pub(crate) fn covers(pattern: &str, id: &str) -> bool {
    fits(pattern.to_lowercase().as_bytes(), id.to_lowercase().as_bytes(), true)
}

fn fits(pattern: &[u8], id: &[u8], colons: bool) -> bool {
    match (pattern.split_first(), id.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) if fits(rest, id, colons) => true,
        (Some((b'*', _)), Some((byte, rest))) => (colons || *byte != b':') && fits(pattern, rest, colons),
        (Some((wanted, pattern)), Some((byte, id))) => wanted == byte && fits(pattern, id, colons),
        _ => false,
    }
}
