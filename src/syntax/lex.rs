//! Tokens of what the grammar refuses, so that the parser can say what it found and go on behind it.

use super::scan::{offset, string_end};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of the grammar.
    Word,
    /// A string.
    Text,
    /// A string that is not closed on its line.
    Unclosed,
    /// Something in single quotes.
    Single,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// Any other run of signs.
    Sign,
}

/// A token with its place in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    pub(super) start: u32,
    /// Whether it is the first on its line.
    pub(super) first: bool,
}

impl Token<'_> {
    pub(super) fn end(&self) -> u32 {
        self.start.saturating_add(offset(self.text.len()))
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind == kind
    }

    pub(super) fn is_word(&self, text: &str) -> bool {
        self.kind == Kind::Word && self.text == text
    }

    /// Whether it begins with what other languages begin a comment with.
    pub(super) fn is_foreign_comment(&self) -> bool {
        self.kind == Kind::Word && (self.text.starts_with("//") || self.text.starts_with("/*"))
    }
}

/// Reads tokens of `text` from one place up to another.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'s> {
    text: &'s str,
    at: usize,
    end: usize,
}

impl<'s> Lexer<'s> {
    /// Tokens that begin in `start..end`.
    pub(super) fn new(text: &'s str, start: u32, end: u32) -> Self {
        Self { text, at: start as usize, end: (end as usize).min(text.len()) }
    }

    /// The next token, left where it is.
    pub(super) fn peek(&self) -> Option<Token<'s>> {
        self.clone().next()
    }

    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).filter(|_| self.at < self.end) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.at = line_end(bytes, self.at),
                _ => break,
            }
        }
    }
}

/// Where the line ends: at its line break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')).map_or(bytes.len(), |length| at + length)
}

/// The grammar's `word_char`.
fn is_word(character: char) -> bool {
    match character {
        'a'..='z' | '-'..=':' | '_' | '?'..='Z' | '*' | '+' | '$'..='&' | '!' | '|' | '~' | '^' => true,
        _ => character > '\u{a0}',
    }
}

impl<'s> Iterator for Lexer<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        self.skip_space();
        let start = self.at;
        let rest = self.text.get(start..).filter(|_| start < self.end)?;
        let first = rest.chars().next()?;
        let (kind, length) = match first {
            '{' => (Kind::Open, 1),
            '}' => (Kind::Close, 1),
            ',' => (Kind::Comma, 1),
            '=' => (Kind::Equals, 1),
            '"' => {
                let length = string_end(rest.as_bytes(), 1);
                let closed = rest.get(..length).is_some_and(|text| text.len() > 1 && text.ends_with('"'));
                (if closed { Kind::Text } else { Kind::Unclosed }, length)
            }
            '\'' => match rest.get(1..).unwrap_or_default().bytes().position(|byte| matches!(byte, b'\'' | b'\n')) {
                Some(length) if rest.as_bytes().get(length + 1) == Some(&b'\'') => (Kind::Single, length + 2),
                _ => (Kind::Sign, 1),
            },
            _ if is_word(first) && !rest.starts_with("->") => (Kind::Word, word(rest)),
            '-' | '<' => (Kind::Sign, 1 + usize::from(matches!(rest.as_bytes().get(1), Some(b'>' | b'=')))),
            _ => (Kind::Sign, first.len_utf8()),
        };
        let before = self.text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t', '\r']);
        self.at = start + length;
        Some(Token { kind, text: rest.get(..length)?, start: offset(start), first: before.is_empty() || before.ends_with('\n') })
    }
}

/// The length of a word, parts in quotes included.
fn word(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if is_word(character) {
            at += character.len_utf8();
        } else if character == '"' && bytes.get(string_end(bytes, at + 1) - 1) == Some(&b'"') && string_end(bytes, at + 1) > at + 1 {
            at = string_end(bytes, at + 1);
        } else {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_falls_into_tokens() {
        let text = "a/\"b,c\" -> x<=9 { 'q' ; \"open\n  [# no\n}";
        let tokens: Vec<_> = Lexer::new(text, 0, 99).map(|token| (token.kind, token.text, token.first)).collect();
        assert_eq!(
            tokens,
            [
                (Kind::Word, "a/\"b,c\"", true),
                (Kind::Sign, "->", false),
                (Kind::Word, "x", false),
                (Kind::Sign, "<=", false),
                (Kind::Word, "9", false),
                (Kind::Open, "{", false),
                (Kind::Single, "'q'", false),
                (Kind::Sign, ";", false),
                (Kind::Unclosed, "\"open", false),
                (Kind::Sign, "[", true),
                (Kind::Close, "}", true),
            ]
        );
    }
}
