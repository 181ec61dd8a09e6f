//! The password in an address: `postgres://me:word@host`.

use std::ops::Range;

use crate::redact::detect::bytes::Bytes;

/// The password of an address whose part behind `://` begins here.
pub(in crate::redact::detect) fn login(bytes: Bytes<'_>, start: usize) -> Option<Range<usize>> {
    let end = bytes
        .end_of(start, 256, |byte| byte > b' ' && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|'));
    // A password may hold an `@` of its own: the last one ends it.
    let at = start + bytes.get(start..end).iter().rposition(|byte| *byte == b'@')?;
    let colon = start + bytes.get(start..at).iter().position(|byte| *byte == b':')?;
    let password = bytes.get(colon + 1..at);
    let stand_in =
        matches!(password, [] | [b'$' | b'{' | b'[' | b'%' | b'*', ..]) || STAND_INS.iter().any(|word| password.eq_ignore_ascii_case(word));
    (!stand_in).then_some(colon + 1..at)
}

/// Words that stand for a password in documentation.
const STAND_INS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"pass",
    b"pwd",
    b"pw",
    b"secret",
    b"your_password",
    b"your-password",
    b"yourpassword",
    b"xxx",
    b"xxxx",
    b"xxxxx",
];
