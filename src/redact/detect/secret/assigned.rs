//! The value behind a name that says that it is a secret: `password=…`, `"apiKey": "…"`, `Authorization: Bearer …`.

use std::ops::Range;

use super::{name, value};
use crate::redact::detect::bytes::{Bytes, is_alphanumeric};

/// The secret behind a `:` or `=` at this place.
pub(in crate::redact::detect) fn assigned(bytes: Bytes<'_>, sign: usize) -> Option<Range<usize>> {
    let (name, start) = name_before(bytes, sign)?;
    let kind = if name.eq_ignore_ascii_case(b"value") { name::judge(field_before(bytes, start)?)? } else { name::judge(name)? };
    // `:=`, `=>`, `==`, `**:** `.
    let operator = bytes.end_of(sign + 1, 2, |byte| matches!(byte, b'=' | b'>' | b':'));
    let marked = bytes.end_of(operator, 2, |byte| byte == b'*');
    let at = bytes.end_of(marked, 4, |byte| matches!(byte, b' ' | b'\t'));
    // A comparison is with another variable, unless it is with a text.
    let compared = bytes.at(sign) == b'=' && bytes.at(sign + 1) == b'=' && !matches!(bytes.at(at), b'"' | b'\'');
    if compared { None } else { value::secret(bytes, at, kind) }
}

/// The name that stands before the member `value`: `{"key": "db_password", "value": "…"}`, `name: DB_PASSWORD` and `value: …` below it.
fn field_before(bytes: Bytes<'_>, start: usize) -> Option<&[u8]> {
    let end = bytes.start_of(start, 32, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b',' | b'\\'));
    let name = bytes.start_of(end, name::LONGEST, |byte| is_alphanumeric(byte) || matches!(byte, b'_' | b'-' | b'.'));
    (name < end).then(|| bytes.get(name..end))
}

/// The name before a sign, without its quotes and brackets, and where it begins.
fn name_before(bytes: Bytes<'_>, sign: usize) -> Option<(&[u8], usize)> {
    let blank = bytes.start_of(sign, 3, |byte| matches!(byte, b' ' | b'\t'));
    let end = bytes.start_of(blank, 4, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']' | b')' | b'*'));
    let is_inside = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'_' | b'-' | b'.' | 0x80..);
    let mut start = bytes.start_of(end, name::LONGEST, is_inside);
    // A name in front of which there is only the rest of a letter begins behind it.
    start = bytes.end_of(start, 3, |byte| matches!(byte, 0x80..=0xbf));
    // `\"name\"`: the end of an escape is no letter of it.
    if start > 0 && bytes.at(start - 1) == b'\\' && bytes.before(start + 1) == b'\n' {
        start += 1;
    }
    (start < end).then(|| (bytes.get(start..end), start))
}
