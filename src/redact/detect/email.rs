//! Addresses of mail.

use std::ops::Range;

use super::bytes::{Bytes, is_alphanumeric};

/// The longest name before the `@`, with some room for letters that take two bytes.
const LONGEST_NAME: usize = 128;
/// The longest domain.
const LONGEST_DOMAIN: usize = 255;

/// The address around an `@`.
pub(super) fn find(bytes: Bytes<'_>, at: usize) -> Option<Range<usize>> {
    let end = domain(bytes, at + 1)?;
    let start = name(bytes, at)?;
    let (name, domain) = (bytes.get(start..at), bytes.get(at + 1..end));
    // `git@github.com:owner/repository` is where a program is found, `icon@2x.png` a file.
    let is_remote = name == b"git" && matches!(bytes.at(end), b':' | b'/');
    let is_scaled = matches!(domain, [b'1'..=b'9', b'x', b'.', ..]);
    (!is_remote && !is_scaled && !is_login(bytes, start)).then_some(start..end)
}

/// Where the name that ends here begins.
fn name(bytes: Bytes<'_>, at: usize) -> Option<usize> {
    let is_inside = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | 0x80..);
    let mut start = bytes.start_of(at, LONGEST_NAME, is_inside);
    // Letters of scripts that are written without spaces are the sentence before the address.
    start += bytes.get(start..at).iter().rposition(|byte| *byte >= 0xe0).map_or(0, |wide| wide + 1);
    // The end of an escape is no letter of the name.
    let escaped = |place: usize| bytes.before(place + 1) == b'\n' && bytes.at(place) != b'\n';
    if start.checked_sub(1).is_some_and(|last| bytes.at(last) == b'\\') {
        let letters = if bytes.at(start) == b'u' { 5 } else { 1 };
        if escaped(start + letters - 1) {
            start += letters;
        }
    }
    let starts = |byte: u8| is_alphanumeric(byte) || byte == b'_' || matches!(byte, 0xc3..=0xdf);
    start += bytes.get(start..at).iter().position(|byte| starts(*byte))?;
    let last = bytes.at(at.checked_sub(1)?);
    (start < at && last != b'.').then_some(start)
}

/// Where the domain that begins here ends: behind its last label that is letters only.
fn domain(bytes: Bytes<'_>, from: usize) -> Option<usize> {
    let is_inside = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'-' | 0x80..);
    let limit = from + LONGEST_DOMAIN;
    let (mut label, mut found) = (from, None);
    loop {
        let narrow = |byte: u8| is_inside(byte) && byte < 0xe0;
        let end = bytes.end_of(label, 64, narrow);
        if end == label || end > limit || matches!(bytes.at(label), b'-' | 0x80..=0xc2) {
            return found;
        }
        if label > from
            && let Some(top) = top_level(bytes.get(label..end))
        {
            found = Some(label + top);
        }
        if bytes.at(end) != b'.' {
            return found;
        }
        label = end + 1;
    }
}

/// How much of a label is the end of a domain: two letters or more.
fn top_level(label: &[u8]) -> Option<usize> {
    if label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--")) {
        return (label.len() > 4).then_some(label.len());
    }
    let letters = label.iter().position(|byte| !byte.is_ascii_alphabetic() && *byte < 0x80).unwrap_or(label.len());
    (letters >= 2 && label.get(letters).is_none_or(|next| *next == b'-')).then_some(letters)
}

/// Whether a name is the password of an address (`https://me:word@host`) or the user of one (`ssh://me@host`).
fn is_login(bytes: Bytes<'_>, start: usize) -> bool {
    let word = bytes.start_of(start, 64, |byte| !matches!(byte, b' ' | b'\n' | b'"' | b'\'' | b'?'));
    let before = bytes.get(word..start);
    let scheme = before.windows(3).rposition(|three| three == b"://");
    scheme.is_some_and(|scheme| !before.get(scheme + 3..).unwrap_or_default().contains(&b'/'))
}
