//! How far a broken declaration or field reaches, and where the next one begins.

use super::super::keyword::{Key, Kind};
use super::super::lex::{Kind as Sign, Token};
use super::Recovery;

/// How far a declaration reaches.
pub(super) struct Extent {
    /// Its `{`.
    pub(super) open: Option<u32>,
    /// Its `}`.
    pub(super) close: Option<u32>,
    /// One past its last byte.
    pub(super) end: u32,
}

impl<'s> Recovery<'_, 's> {
    /// Whether a token begins a line and a declaration, by its shape.
    pub(super) fn is_head(&self, token: &Token<'s>, end: u32, steps: bool) -> bool {
        if !token.first || !token.is(Sign::Word) {
            return false;
        }
        let Some(kind) = Kind::parse(token.text) else { return false };
        let mut rest = self.tokens(token.end(), end);
        let (Some(first), second) = (rest.next(), rest.next()) else { return false };
        let opens = |token: Option<Token<'_>>| token.is_some_and(|token| token.is(Sign::Open));
        let word = first.is(Sign::Word) && !first.first;
        match kind {
            Kind::Defaults => first.is(Sign::Open),
            Kind::Language => word,
            Kind::Import => first.is(Sign::Text) || first.is(Sign::Single),
            Kind::Assert => word || first.is(Sign::Text),
            Kind::Waive => word && first.text.starts_with("BYOK"),
            Kind::Deny => word && first.text.contains(['/', '*']),
            Kind::Data => word && second.is_none_or(|second| second.first || matches!(second.text, "<" | ",")),
            Kind::Pool => word && (opens(second) || opens(rest.next())),
            Kind::Step => steps && word && opens(second),
            _ => (word || first.is(Sign::Text)) && opens(second),
        }
    }

    /// Whether a token at the top level begins a declaration, if perhaps a broken one.
    pub(super) fn begins(&self, token: &Token<'s>, end: u32) -> bool {
        let kind = Kind::parse(token.text).filter(|_| token.first && token.is(Sign::Word));
        kind.is_some_and(|kind| kind != Kind::Step && (Key::of(token.text).is_none() || self.is_head(token, end, false)))
    }

    /// The next place where a declaration begins, or a `}`.
    pub(super) fn next_head(&self, start: u32, end: u32) -> u32 {
        let mut depth = 0u32;
        for token in self.tokens(start, end) {
            match token.kind {
                Sign::Open => depth += 1,
                Sign::Close if depth == 0 => return token.start,
                Sign::Close => depth -= 1,
                _ if token.start > start && depth == 0 && self.begins(&token, end) => return token.start,
                _ if token.start > start && self.is_head(&token, end, false) && self.indent(token.start) == 0 => return token.start,
                _ => {}
            }
        }
        end
    }

    pub(super) fn indent(&self, at: u32) -> usize {
        let line = self.place.text.get(..at as usize).and_then(|text| text.rsplit('\n').next()).unwrap_or_default();
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// How far what begins with a keyword reaches: to its `}`, or to a line, indented no more, that begins something else.
    pub(super) fn extent(&self, keyword: &Token<'s>, end: u32, steps: bool) -> Extent {
        let indent = self.indent(keyword.start);
        let (mut depth, mut open) = (0u32, None);
        for token in self.tokens(keyword.end(), end) {
            match token.kind {
                Sign::Open => {
                    depth += 1;
                    open.get_or_insert(token.start);
                }
                Sign::Close if depth == 0 => return Extent { open, close: None, end: token.start },
                Sign::Close if depth == 1 => return Extent { open, close: Some(token.start), end: token.end() },
                Sign::Close => depth -= 1,
                _ if self.is_head(&token, end, steps) && self.indent(token.start) <= indent => {
                    return Extent { open, close: None, end: token.start };
                }
                _ => {}
            }
        }
        Extent { open, close: None, end }
    }

    /// Where the next field begins, not before `from`: at a line's start, or at a keyword where all stands on one line.
    pub(super) fn resume(&self, kind: Kind, after: u32, from: u32, end: u32) -> u32 {
        let (mut comma, mut depth) = (false, 0u32);
        let inline = self.same_line(after, end);
        for token in self.tokens(after, end) {
            let keyword = inline && token.is(Sign::Word) && Key::parse(kind, token.text).is_some();
            if depth == 0 && !comma && token.start >= from && (token.first || keyword || token.is(Sign::Close)) {
                return token.start;
            }
            match token.kind {
                Sign::Open => depth += 1,
                Sign::Close if depth == 0 => return token.start,
                Sign::Close => depth -= 1,
                _ => {}
            }
            comma = token.is(Sign::Comma);
        }
        end
    }

    pub(super) fn same_line(&self, from: u32, to: u32) -> bool {
        self.place.text.get(from as usize..to as usize).is_some_and(|gap| !gap.contains('\n'))
    }
}
