//! Behind a mistake at the top level: which declaration a word begins, and what it is if it begins none.

use super::super::ast::Declaration;
use super::super::explain;
use super::super::keyword::{Key, Kind};
use super::super::lex::{Kind as Sign, Token, line_end};
use super::super::parse::Rule;
use super::super::scan::offset;
use super::block::braced;
use super::{Diagnostic, Recovery};

impl<'s> Recovery<'_, 's> {
    /// Reads what begins with a token at the top level; where it ends.
    pub(super) fn statement(&mut self, token: &Token<'s>, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
        let kind = if token.is(Sign::Word) { Kind::parse(token.text).filter(|kind| *kind != Kind::Step) } else { None };
        if let Some(kind) = kind {
            self.foreign = false;
            return self.declaration(kind, token, end, out);
        }
        if self.foreign {
            return if token.is(Sign::Close) { token.end() } else { self.next_head(token.start, end) };
        }
        if self.hidden_cause(token.start, token.end()) {
            return self.next_head(token.end(), end);
        }
        if token.is_foreign_comment() {
            self.report(explain::no_declaration(&self.place, token));
            return offset(line_end(self.place.text.as_bytes(), token.start as usize));
        }
        if token.is(Sign::Close) && self.owed > 0 {
            self.owed -= 1;
            return token.end();
        }
        if token.is(Sign::Close) {
            self.report(explain::stray_close(&self.place, token));
            return token.end();
        }
        let behind = self.last.filter(|(_, end)| {
            !token.first && self.place.text.get(*end as usize..token.start as usize).is_some_and(|gap| !gap.contains('\n'))
        });
        if let Some((kind, _)) = behind {
            self.report(self.behind_statement(kind, token, end));
            return self.next_head(token.end(), end);
        }
        if let Some(format) = self.foreign(token, end, out.is_empty()) {
            self.report(explain::foreign(&self.place, token, format));
            self.foreign = true;
            return self.next_head(token.start, end);
        }
        if !token.is(Sign::Word) {
            self.report(explain::no_declaration(&self.place, token));
            return self.next_head(token.end(), end);
        }
        let owners: Vec<Kind> =
            Kind::DECLARATIONS.iter().chain(&[Kind::Step]).copied().filter(|kind| Key::parse(*kind, token.text).is_some()).collect();
        if !owners.is_empty() {
            self.report(explain::outside(&self.place, token, &owners));
            let mut at = self.next_head(token.end(), end);
            // The `}` that closes what these fields were meant for.
            if let Some(close) = self.tokens(at, end).peek().filter(|token| token.is(Sign::Close)) {
                at = close.end();
            }
            return at;
        }
        let near = explain::nearest(token.text, Kind::DECLARATIONS.iter().map(|kind| kind.as_str())).and_then(Kind::parse);
        self.report(explain::unknown_declaration(&self.place, token, near));
        let extent = self.extent(token, end, false);
        match near {
            Some(kind) if braced(kind) && extent.open.is_some() => self.block(kind, token, &extent, end, out),
            _ if extent.open.is_some() => extent.end,
            _ => self.next_head(token.end(), end),
        }
    }

    /// What is wrong with a token that follows a complete declaration on its line.
    pub(super) fn behind_statement(&self, kind: Kind, token: &Token<'s>, end: u32) -> Diagnostic {
        let next = self.tokens(token.end(), end).peek().filter(|next| !self.begins(next, end));
        let wanted: &[&str] = match token.text {
            "because" => &["a string in quotes"],
            "for" if !next.is_some_and(|next| next.is_word("route")) => &["route"],
            "for" | "by" => &["a name"],
            _ => &[],
        };
        if !wanted.is_empty() {
            return explain::statement(&self.place, kind, token, token, next.as_ref(), wanted);
        }
        let listed = matches!(kind, Kind::Deny | Kind::Assert | Kind::Data) && token.is(Sign::Word);
        match self.last_token(token.start).filter(|_| listed) {
            Some(before) => explain::behind(&self.place, Key::Allow, true, before, token),
            None => explain::statement(&self.place, kind, token, token, Some(token), &[]),
        }
    }

    /// The word, string or sign that ends just before a place.
    pub(super) fn last_token(&self, at: u32) -> Option<&'s str> {
        let before = self.place.text.get(..at as usize)?.trim_end();
        Some(before.rsplit([' ', '\t', '\n', ',', '{']).next().unwrap_or(before))
    }

    /// What else a file could be that begins like this.
    pub(super) fn foreign(&self, token: &Token<'s>, end: u32, start: bool) -> Option<&'static str> {
        let next = self.tokens(token.end(), end).peek();
        let next_is = |kind| next.is_some_and(|next| next.is(kind));
        match token.kind {
            Sign::Open if start => Some("JSON"),
            Sign::Sign if start && token.text == "[" => Some(if next_is(Sign::Word) { "TOML" } else { "JSON" }),
            Sign::Word if start && (token.text.starts_with("---") || token.text.ends_with(':')) => Some("YAML"),
            Sign::Word if start && next_is(Sign::Equals) => Some("TOML or HCL"),
            Sign::Word
                if next_is(Sign::Text) && matches!(token.text, "resource" | "variable" | "terraform" | "locals" | "output" | "module") =>
            {
                Some("HCL")
            }
            _ => None,
        }
    }

    pub(super) fn declaration(&mut self, kind: Kind, keyword: &Token<'s>, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
        self.last = None;
        let extent = self.extent(keyword, end, false);
        let limit = if braced(kind) { extent.end } else { end };
        let failure = match self.parse(Rule::declaration, keyword.start, limit, |tree, pair| tree.declaration(&pair)) {
            Ok((declaration, after)) => {
                self.last = (!braced(kind)).then_some((kind, declaration.span.end));
                out.push(declaration);
                return after;
            }
            Err(failure) => failure,
        };
        if braced(kind) {
            return self.block(kind, keyword, &extent, end, out);
        }
        if !self.hidden_cause(keyword.start, failure.at) {
            let (before, at, _) = self.around(keyword, failure.at, end, |token| token.is(Sign::Close) || self.begins(token, end));
            self.report(explain::statement(&self.place, kind, keyword, &before, at.as_ref(), &failure.expected));
        }
        // What follows on later lines may still belong to it, but not a `}` or the next declaration.
        let after = self.next_head(keyword.end(), end);
        after.max(keyword.end())
    }

    /// The token before a place inside of what begins with a keyword, and the token at that place, if it comes before one that `begins`
    /// something else.
    pub(super) fn around(
        &self,
        keyword: &Token<'s>,
        at: u32,
        end: u32,
        begins: impl Fn(&Token<'s>) -> bool,
    ) -> (Token<'s>, Option<Token<'s>>, u32) {
        let mut before = *keyword;
        for token in self.tokens(keyword.end(), end) {
            if begins(&token) {
                return (before, None, token.start);
            }
            if token.start >= at && token.start > keyword.start {
                return (before, Some(token), token.start);
            }
            before = token;
        }
        (before, None, end)
    }
}
