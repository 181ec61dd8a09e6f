//! The fields of a block, each by itself.

use super::super::ast::{Field, Value};
use super::super::explain;
use super::super::keyword::{Key, Kind};
use super::super::lex::{Kind as Sign, Token, line_end};
use super::super::parse::Rule;
use super::super::scan::offset;
use super::{Failure, Owner, Recovery, Span};

impl<'s> Recovery<'_, 's> {
    /// Reads the fields of a block; one past its `}`, if that came.
    pub(super) fn fields(&mut self, owner: &Owner<'s>, open: Option<Span>, start: u32, end: u32, out: &mut Vec<Field<'s>>) -> Option<u32> {
        let rule = field_rule(owner.kind)?;
        let mut at = start;
        while let Some(token) = self.tokens(at, end).peek().filter(|_| !self.full()) {
            let key = if token.is(Sign::Word) { Key::parse(owner.kind, token.text) } else { None };
            at = match key {
                _ if token.is(Sign::Close) => return Some(token.end()),
                Some(key) => match self.parse(rule, token.start, end, |tree, pair| tree.field(pair)) {
                    Ok((field, after)) => {
                        out.push(field);
                        after
                    }
                    Err(failure) => self.broken_field(owner, key, &token, &failure, end),
                },
                None => self.not_a_field(owner, open, &token, end, out),
            };
        }
        None
    }

    pub(super) fn broken_field(&mut self, owner: &Owner<'s>, key: Key, keyword: &Token<'s>, failure: &Failure, end: u32) -> u32 {
        let next = |token: &Token<'_>| token.first && token.is(Sign::Word) && Key::parse(owner.kind, token.text).is_some();
        let (before, at, stop) = self.around(keyword, failure.at, end, next);
        if !self.hidden_cause(keyword.start, failure.at) {
            let expected = if stop < failure.at { &[] } else { failure.expected.as_slice() };
            self.report(explain::field(&self.place, owner.kind, key, keyword, &before, at.as_ref(), expected));
        }
        self.resume(owner.kind, keyword.end(), failure.at.min(stop), end)
    }

    /// A token where a field should begin that is no keyword of the block; where to go on.
    pub(super) fn not_a_field(
        &mut self,
        owner: &Owner<'s>,
        open: Option<Span>,
        token: &Token<'s>,
        end: u32,
        out: &mut Vec<Field<'s>>,
    ) -> u32 {
        let after = if token.is(Sign::Open) { token.start } else { token.end() };
        let go_on = self.resume(owner.kind, after, token.end() + 1, end);
        let last = out.last().filter(|last| self.same_line(last.span.end, token.start)).map(|last| (last.key, last.span));
        if self.hidden_cause(last.map_or(token.start, |(_, span)| span.start), token.end()) {
            return go_on;
        }
        if let Some(at) = last.and_then(|_| self.swallowed(owner.kind, out)) {
            return at;
        }
        if token.is_foreign_comment() {
            self.report(explain::no_field(&self.place, owner, token));
            return offset(line_end(self.place.text.as_bytes(), token.start as usize));
        }
        // `timeout: 8s`, `timeout:8s`, `because"…"`.
        let cut = token.text.find([':', '"']).unwrap_or(token.text.len());
        let (name, rest) = token.text.split_at_checked(cut).unwrap_or((token.text, ""));
        let next = self.tokens(token.end(), end).peek();
        if token.is(Sign::Word) && Key::parse(owner.kind, name).is_some() {
            let sign = token.start + offset(name.len());
            self.report(if rest.starts_with(':') {
                explain::assigned(&self.place, name, self.span(sign, sign + 1))
            } else {
                explain::no_space(&self.place, token, name)
            });
            return go_on;
        }
        if token.is(Sign::Word)
            && (self.is_head(token, end, owner.kind != Kind::Step)
                || (Kind::parse(token.text).is_some() && next.is_some_and(|next| next.is(Sign::Word))))
        {
            self.report(explain::nested(&self.place, owner, token, open));
            return go_on;
        }
        let near = token.is(Sign::Word) && explain::nearest(token.text, owner.kind.fields().iter().map(|key| key.as_str())).is_some();
        match last.filter(|_| !near) {
            Some((key, _)) => {
                let takes_more = out.last().is_some_and(|last| is_list(&last.value));
                let before = self.last_token(token.start).unwrap_or_default();
                self.report(explain::behind(&self.place, key, takes_more, before, token));
                go_on
            }
            None if token.is(Sign::Word) => {
                self.report(explain::unknown_field(&self.place, owner, token));
                // The word behind is its value, even where it is a keyword.
                let value = next.filter(|next| !next.first && next.is(Sign::Word)).map_or(token.end(), |value| value.end());
                self.resume(owner.kind, token.end(), value, end)
            }
            None => {
                self.report(explain::no_field(&self.place, owner, token));
                go_on
            }
        }
    }

    /// Whether the last field has taken the keyword of the next one for its value, because a comma is one too many or its own value is
    /// missing. Gives that keyword back.
    pub(super) fn swallowed(&mut self, kind: Kind, out: &mut Vec<Field<'s>>) -> Option<u32> {
        let field = out.last_mut()?;
        let mut tokens = self.tokens(field.span.start, field.span.end);
        let keyword = tokens.next()?;
        let (mut before, mut last) = (keyword, keyword);
        for token in tokens {
            (before, last) = (last, token);
        }
        let next = Key::parse(kind, last.text).filter(|_| last.first && last.start > keyword.start)?;
        let key = field.key;
        if before.is(Sign::Comma) {
            if let Value::Words(words) = &mut field.value {
                words.pop();
                field.span.end = words.last().map_or(field.span.start, |word| word.span.end);
            } else {
                out.pop();
            }
            self.report(explain::comma_too_many(&self.place, self.place.span(&before), next));
        } else {
            out.pop();
            self.report(explain::field(&self.place, kind, key, &keyword, &before, None, &[]));
        }
        Some(last.start)
    }
}

fn is_list(value: &Value<'_>) -> bool {
    match value {
        Value::Words(_) | Value::Texts(_) | Value::Needs(_) | Value::Strip(_) => true,
        Value::Chain(chain) => !chain.on.is_empty(),
        Value::Upstreams { slugs, .. } => !slugs.is_empty(),
        _ => false,
    }
}

/// The grammar's rule for the fields of a block.
fn field_rule(kind: Kind) -> Option<Rule> {
    Some(match kind {
        Kind::Provider => Rule::provider_field,
        Kind::Model => Rule::model_field,
        Kind::Defaults => Rule::defaults_field,
        Kind::Route => Rule::route_field,
        Kind::Tool => Rule::tool_field,
        Kind::Source => Rule::source_field,
        Kind::Step => Rule::step_field,
        Kind::Caller => Rule::caller_field,
        Kind::Approver => Rule::approver_field,
        Kind::Test => Rule::test_field,
        _ => return None,
    })
}
