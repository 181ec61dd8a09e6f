//! Private keys as text: the whole block, also where its lines' ends are written `\n`.

use std::ops::Range;

use memchr::memmem;

use crate::redact::detect::bytes::{Bytes, is_alphanumeric};

/// Every private key.
pub(super) fn find(bytes: Bytes<'_>, add: &mut impl FnMut(Range<usize>)) {
    let mut from = 0;
    while let Some(start) = memmem::find(bytes.get(from..bytes.0.len()), b"-----BEGIN ").map(|place| from + place) {
        let Some(body) = header(bytes, start) else {
            from = start + 11;
            continue;
        };
        let end = block_end(bytes, body);
        add(start..end);
        from = end;
    }
}

/// Where a header of a private key ends.
fn header(bytes: Bytes<'_>, start: usize) -> Option<usize> {
    let kind = start + 11;
    let end = bytes.end_of(kind, 40, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let said = bytes.get(kind..end);
    let private = said.ends_with(b"PRIVATE KEY") || said.ends_with(b"PRIVATE KEY BLOCK");
    (private && bytes.get(end..end + 5) == b"-----").then_some(end + 5)
}

/// Where the block ends: behind its last line, or, where that was cut off, with what can be part of a key.
fn block_end(bytes: Bytes<'_>, body: usize) -> usize {
    let rest = bytes.get(body..bytes.0.len());
    let dashes = memmem::find(rest, b"-----").map(|place| body + place);
    if let Some(dashes) = dashes.filter(|dashes| bytes.get(dashes + 5..dashes + 9) == b"END ") {
        let end = bytes.end_of(dashes + 9, 40, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
        if bytes.get(end..end + 5) == b"-----" {
            return end + 5;
        }
    }
    cut(bytes, body)
}

/// Where lines of base64 end: a shorter one is the last, words are none.
fn cut(bytes: Bytes<'_>, body: usize) -> usize {
    let (mut end, mut at) = (body, body);
    loop {
        // Blanks, quotes, and line ends as they are or as escapes.
        loop {
            match (bytes.at(at), bytes.at(at + 1)) {
                (b'\\', b'n' | b'r') => at += 2,
                (b' ' | b'\n' | b'\r' | b'\t' | b'>' | b'"' | b',' | b'+', _) => at += 1,
                _ => break,
            }
        }
        let line = bytes.end_of(at, usize::MAX, |byte| is_alphanumeric(byte) || matches!(byte, b'+' | b'/' | b'='));
        let field = bytes.at(line) == b':' || bytes.at(line) == b'-';
        if line == at {
            return end;
        }
        if field && matches!(bytes.get(at..line), b"Proc" | b"DEK" | b"Version" | b"Comment") {
            // A header within the block goes to the end of its line.
            at = bytes.end_of(line, 200, |byte| !matches!(byte, b'\n' | b'\\'));
            end = at;
            continue;
        }
        // A word is the text behind it.
        if line - at < 16 && !bytes.get(at..line).contains(&b'=') {
            return end;
        }
        (end, at) = (line, line);
    }
}
