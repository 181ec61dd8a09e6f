//! The cheap first look at a file, byte by byte: where top-level declarations end, where comments are, and which characters do not belong.

use crate::source::{FileId, Span};

/// What the first look finds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Where braces come to be balanced: one past each `}` that closes a declaration. Between two of these stand whole declarations.
    pub(super) ends: Vec<u32>,
    /// Every comment, from `#` to the end of its line.
    pub(super) comments: Vec<Span>,
    /// Characters that nobody can see, runs of them together.
    pub(super) invisible: Vec<Span>,
}

/// Looks through a file once.
pub(super) fn scan(id: FileId, text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut out = Scan { invisible: invisible(id, text), ..Scan::default() };
    let mut at = 0;
    let mut depth = 0u32;
    while let Some((byte, found)) = next(bytes, at, |byte| matches!(byte, b'{' | b'}' | b'"' | b'#')) {
        at = found + 1;
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    out.ends.push(offset(at));
                }
            }
            b'"' => at = string_end(bytes, at),
            _ => {
                at = next(bytes, at, |byte| byte == b'\n').map_or(bytes.len(), |(_, end)| end);
                let comment = text.get(found..at).unwrap_or_default().trim_end();
                out.comments.push(Span { file: id, start: offset(found), end: offset(found + comment.len()) });
            }
        }
    }
    out
}

/// One past the closing quote of a string whose opening quote is just before `at`; the end of the line where it is not closed.
pub(super) fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some((byte, found)) = next(bytes, at, |byte| matches!(byte, b'"' | b'\\' | b'\n')) {
        match byte {
            b'"' => return found + 1,
            b'\n' => return found,
            _ if bytes.get(found + 1) == Some(&b'\n') => return found + 1,
            _ => at = (found + 2).min(bytes.len()),
        }
    }
    bytes.len()
}

/// The next byte of a kind, and its place.
#[inline]
fn next(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<(u8, usize)> {
    let rest = bytes.get(from..)?;
    let skipped = rest.iter().position(|byte| wanted(*byte))?;
    Some((*rest.get(skipped)?, from + skipped))
}

pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Runs of characters that nobody can see, anywhere in the file.
fn invisible(id: FileId, text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let odd = |byte: u8| byte >= 0x7f || (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'));
    let mut out: Vec<Span> = Vec::new();
    for (block, start) in bytes.chunks(64).zip((0..).step_by(64)) {
        if !block.iter().fold(false, |any, byte| any | odd(*byte)) {
            continue;
        }
        for (byte, at) in block.iter().zip(start..) {
            let Some(character) = odd(*byte).then(|| text.get(at..).and_then(|rest| rest.chars().next())).flatten() else { continue };
            if name(character).is_none() || (at == 0 && character == '\u{feff}') {
                continue;
            }
            let span = Span { file: id, start: offset(at), end: offset(at + character.len_utf8()) };
            match out.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => out.push(span),
            }
        }
    }
    out
}

/// What people call a character that cannot be seen; `None` for all others.
pub(super) fn name(character: char) -> Option<&'static str> {
    Some(match character {
        '\t' | '\n' | '\r' => return None,
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "pop directional isolate",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{61c}' => "Arabic letter mark",
        '\u{2060}' => "word joiner",
        '\u{2061}'..='\u{2064}' => "invisible operator",
        '\u{feff}' => "byte-order mark",
        '\u{ad}' => "soft hyphen",
        '\u{180e}' => "Mongolian vowel separator",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        '\0' => "null",
        '\u{1b}' => "escape",
        '\u{7f}' => "delete",
        '\u{1}'..='\u{1f}' | '\u{80}'..='\u{9f}' => "control character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_end_where_braces_are_balanced() {
        let text = "route a { x \"}\" } # }\nassert b\nworkflow w { step s { } }\n";
        let scan = scan(FileId(0), text);
        assert_eq!(scan.ends, [17, 56]);
        assert_eq!(scan.comments, [Span { file: FileId(0), start: 18, end: 21 }]);
    }

    #[test]
    fn unclosed_strings_end_with_their_line() {
        assert_eq!(string_end(b"\"ab\ncd\"", 1), 3);
        assert_eq!(string_end(b"\"a\\\"b\" c", 1), 6);
        assert_eq!(string_end(b"\"a\\", 1), 3);
        assert_eq!(string_end(b"\"a\\\nb", 1), 3);
    }

    #[test]
    fn what_cannot_be_seen_is_found_anywhere() {
        let text = "\u{feff}# caf\u{e9} \u{202e}x\n\"a\0\u{200b}b\" \u{feff}";
        let spans: Vec<_> = scan(FileId(0), text).invisible.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
        assert_eq!(spans, ["\u{202e}", "\0\u{200b}", "\u{feff}"]);
    }
}
