//! The fields of a block, each by itself.

use super::super::ast::Value;
use super::super::explain;
use super::super::keyword::{Key, Kind};
use super::super::lex::{Kind as Sign, Token, line_end};
use super::super::parse::Rule;
use super::super::scan::offset;
use super::{Body, Failure, Owner, Recovery, Span};

impl<'s> Recovery<'_, 's> {
    /// Reads the fields of a block; one past its `}`, if that came.
    pub(super) fn fields(&mut self, owner: &Owner<'s>, open: Option<Span>, start: u32, end: u32, out: &mut Body<'s>) -> Option<u32> {
        let rule = field_rule(owner.kind)?;
        let mut at = start;
        while let Some(token) = self.tokens(at, end).peek().filter(|_| !self.full()) {
            let key = if token.is(Sign::Word) { Key::parse(owner.kind, token.text) } else { None };
            at = match key {
                _ if token.is(Sign::Close) => return Some(token.end()),
                Some(key) => match self.parse(rule, token.start, end, |tree, pair| tree.field(pair)) {
                    Ok((field, after)) => {
                        out.fields.push(field);
                        after
                    }
                    Err(failure) => {
                        out.lost.push(key);
                        self.broken_field(owner, key, &token, &failure, end)
                    }
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
    pub(super) fn not_a_field(&mut self, owner: &Owner<'s>, open: Option<Span>, token: &Token<'s>, end: u32, out: &mut Body<'s>) -> u32 {
        let after = if token.is(Sign::Open) { token.start } else { token.end() };
        let go_on = self.resume(owner.kind, after, token.end() + 1, end);
        let last = out.fields.last().filter(|last| self.same_line(last.span.end, token.start)).map(|last| (last.key, last.span));
        if self.hidden_cause(last.map_or(token.start, |(_, span)| span.start), token.end()) {
            return go_on;
        }
        if let Some(at) = last.and_then(|_| self.swallowed(owner.kind, token, out)) {
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
        if let Some(key) = Key::parse(owner.kind, name).filter(|_| token.is(Sign::Word)) {
            out.lost.push(key);
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
        let near = explain::nearest(token.text, owner.kind.fields().iter().map(|key| key.as_str())).filter(|_| token.is(Sign::Word));
        match last.filter(|_| near.is_none()) {
            Some((key, span)) => {
                let takes_more = out.fields.last().is_some_and(|last| is_list(&last.value));
                let before = self.last_token(token.start).unwrap_or_default();
                self.report(match self.in_parts(key, span, token) {
                    Some(whole) => explain::in_parts(&self.place, key, whole),
                    None => explain::behind(&self.place, key, takes_more, before, token),
                });
                // One word is not what was meant; the names in a longer value are still names.
                out.fields.pop_if(|field| matches!(field.value, Value::Word(_)));
                out.lost.push(key);
                go_on
            }
            None if token.is(Sign::Word) => {
                out.lost.extend(near.and_then(|near| Key::parse(owner.kind, near)));
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
    pub(super) fn swallowed(&mut self, kind: Kind, behind: &Token<'s>, out: &mut Body<'s>) -> Option<u32> {
        let field = out.fields.last_mut()?;
        let mut tokens = self.tokens(field.span.start, field.span.end);
        let keyword = tokens.next()?;
        let (mut before, mut last) = (keyword, keyword);
        for token in tokens {
            (before, last) = (last, token);
        }
        // Behind a comma and before a value, a keyword begins the next field on the same line too.
        let begins = last.first || (before.is(Sign::Comma) && matches!(behind.kind, Sign::Word | Sign::Text));
        let next = Key::parse(kind, last.text).filter(|_| begins && last.start > keyword.start)?;
        let key = field.key;
        if before.is(Sign::Comma) {
            let (words, end) = match &mut field.value {
                Value::Words(words) => (Some(words), before.start),
                Value::Chain(chain) => (Some(&mut chain.on), before.start),
                _ => (None, before.start),
            };
            if let Some(words) = words {
                words.pop();
                field.span.end = end;
            } else {
                out.fields.pop();
                out.lost.push(key);
            }
            self.report(explain::comma_too_many(&self.place, self.place.span(&before), next));
        } else {
            out.fields.pop();
            out.lost.push(key);
            self.report(explain::field(&self.place, kind, key, &keyword, &before, None, &[]));
        }
        Some(last.start)
    }
}

impl Recovery<'_, '_> {
    /// The whole of a number and its unit that white space parts: `8 s`, `$ 0.60`.
    fn in_parts(&self, key: Key, field: Span, token: &Token<'_>) -> Option<Span> {
        let value = self.tokens(field.start, token.start).nth(1).filter(|value| value.end() == field.end)?;
        let unit = ["ms", "s", "min", "h", "d", "k", "K", "M"].contains(&token.text);
        let digits = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        let apart = key.takes().starts_with("a duration") || key.takes().starts_with("a number of tokens");
        let money = key.takes().starts_with("an amount") && value.text == "$" && digits(token.text);
        (money || apart && unit && value.text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Span { end: token.end(), ..self.place.span(&value) })
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
