//! A declaration with braces that has a mistake in it, part by part.

use super::super::ast::{Block, Declaration, Item, Name, Text, Word};
use super::super::explain;
use super::super::keyword::Kind;
use super::super::lex::{Kind as Sign, Token, line_end};
use super::super::parse::Rule;
use super::super::scan::offset;
use super::reach::Extent;
use super::{Body, Owner, Recovery};

impl<'s> Recovery<'_, 's> {
    /// Reads a declaration with braces that has a mistake in it, part by part; where it ends.
    pub(super) fn block(&mut self, kind: Kind, keyword: &Token<'s>, extent: &Extent, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
        let found = self.findings.len();
        let (name, spread, start) = self.head(kind, keyword, extent);
        let owner = Owner { kind, name: name.map(HeadName::text) };
        let stop = extent.close.unwrap_or(extent.end);
        let span = self.span(keyword.start, extent.end);
        let (mut fields, mut steps, mut entries) = (Body::default(), Vec::new(), (Vec::new(), Vec::new()));
        let open = extent.open.map(|open| self.span(open, open + 1));
        let closed = match kind {
            Kind::Workflow => self.steps(&owner, start, stop, &mut steps),
            Kind::Allow | Kind::Pool => self.entries(&owner, start, stop, &mut entries),
            _ => self.fields(&owner, open, start, stop, &mut fields),
        };
        if let Some(open) = open.filter(|_| extent.close.is_none() && closed.is_none()) {
            let mut next = self.tokens(extent.end, end);
            self.owed += 1;
            self.report(explain::unclosed(&self.place, &owner, open, next.next().as_ref(), next.next().as_ref()));
        }
        // A keyword that was misspelled has been reported: the rest is in order then.
        if keyword.is_word(kind.as_str())
            && self.findings.len() == found
            && !self.hidden_cause(keyword.start, extent.end)
            && self.scan.invisible.len() < Self::MOST
        {
            // Nothing was found in parts, and yet the whole was refused: never stay silent.
            self.report(explain::unreadable(&self.place, &owner, keyword));
        }
        let item = match (kind, name) {
            (Kind::Workflow, Some(HeadName::Word(name))) => Some(Item::Workflow { name, steps }),
            (Kind::Allow, Some(HeadName::Word(name))) => Some(Item::Allow { name, patterns: entries.0, except: entries.1, whole: false }),
            (Kind::Pool, Some(HeadName::Word(name))) => Some(Item::Pool { name, spread, targets: entries.0, whole: false }),
            (Kind::Workflow | Kind::Allow | Kind::Pool, _) => None,
            (_, None) if kind != Kind::Defaults => None,
            (_, name) => {
                let Body { fields, lost } = fields;
                Some(Item::Block(Block { span, kind, name: name.map(HeadName::name), fields, whole: false, lost }))
            }
        };
        out.extend(item.map(|item| Declaration { span, item }));
        if let Some(closed) = closed {
            return closed;
        }
        match self.tokens(extent.end, end).peek() {
            // The `{` was missing: its `}` belongs to it.
            Some(close) if extent.open.is_none() && close.is(Sign::Close) => close.end(),
            _ => extent.end,
        }
    }

    /// Reads what stands before `{`: the name, whether `spread` follows, and where the body begins.
    pub(super) fn head(&mut self, kind: Kind, keyword: &Token<'s>, extent: &Extent) -> (Option<HeadName<'s>>, bool, u32) {
        let mut tokens = self.tokens(keyword.end(), extent.open.unwrap_or(extent.end));
        let mut at = keyword.end();
        let mut name = None;
        if kind != Kind::Defaults {
            let token = tokens.peek().filter(|token| extent.open.is_some() || !token.first);
            name = token.and_then(|token| self.name(kind, &token));
            if name.is_none() {
                if keyword.is_word(kind.as_str()) {
                    self.report(explain::no_name(&self.place, kind, keyword, token.as_ref()));
                }
                return (None, false, extent.open.map_or(keyword.end(), |open| open + 1));
            }
            at = token.map_or(at, |token| token.end());
            tokens.next();
        }
        let spread = kind == Kind::Pool && tokens.peek().is_some_and(|token| token.is_word("spread"));
        if spread {
            at = tokens.next().map_or(at, |token| token.end());
        }
        let next = tokens.next();
        if next.is_some() || extent.open.is_none() {
            let owner = Owner { kind, name: name.map(HeadName::text) };
            let before = Token { text: self.place.text.get(keyword.start as usize..at as usize).unwrap_or_default(), ..*keyword };
            let same_line = next.filter(|next| !next.first);
            if keyword.is_word(kind.as_str()) && !self.hidden_cause(keyword.start, at + 1) {
                self.report(explain::no_body(&self.place, &owner, &before, same_line.as_ref()));
            }
        }
        // A sign that stands where `{` should has been reported.
        let sign = next.filter(|next| !next.first && !next.is(Sign::Word)).map_or(at, |sign| sign.end());
        (name, spread, extent.open.map_or(sign, |open| open + 1))
    }

    /// A token as a declaration's name, if it can be one.
    pub(super) fn name(&mut self, kind: Kind, token: &Token<'s>) -> Option<HeadName<'s>> {
        let span = self.place.span(token);
        match token.kind {
            Sign::Text if kind == Kind::Test => Some(HeadName::Text(Text { raw: token.text, span })),
            Sign::Word if kind != Kind::Test => Some(HeadName::Word(Word { text: token.text, span })),
            Sign::Text | Sign::Single if kind != Kind::Test => {
                self.report(explain::quoted_name(&self.place, kind, token));
                let text = token.text.get(1..token.text.len() - 1).filter(|text| !text.is_empty())?;
                Some(HeadName::Word(Word { text, span: self.span(token.start + 1, token.end() - 1) }))
            }
            _ => None,
        }
    }

    /// Reads the steps of a workflow; one past its `}`, if that came.
    pub(super) fn steps(&mut self, owner: &Owner<'s>, start: u32, end: u32, out: &mut Vec<Block<'s>>) -> Option<u32> {
        let mut at = start;
        while let Some(token) = self.tokens(at, end).peek().filter(|_| !self.full()) {
            if token.is(Sign::Close) {
                return Some(token.end());
            }
            let extent = self.extent(&token, end, true);
            let near = token.is(Sign::Word) && explain::nearest(token.text, ["step"]).is_some();
            if !token.is_word("step") && !self.hidden_cause(token.start, token.end()) {
                self.report(if near {
                    explain::unknown_step(&self.place, owner, &token)
                } else {
                    explain::no_step(&self.place, owner, &token)
                });
            }
            at = if near && extent.open.is_some() { self.step(&token, &extent, end, out) } else { extent.end }.max(token.end());
        }
        None
    }

    pub(super) fn step(&mut self, keyword: &Token<'s>, extent: &Extent, end: u32, out: &mut Vec<Block<'s>>) -> u32 {
        if let Ok((step, after)) = self.parse(Rule::step, keyword.start, extent.end, |tree, pair| tree.block(Kind::Step, &pair)) {
            out.push(step);
            return after;
        }
        let mut one = Vec::new();
        let after = self.block(Kind::Step, keyword, extent, end, &mut one);
        out.extend(one.into_iter().filter_map(|declaration| match declaration.item {
            Item::Block(block) => Some(block),
            _ => None,
        }));
        after
    }

    /// Reads the body of `allow` or `pool`; one past its `}`, if that came.
    pub(super) fn entries(&mut self, owner: &Owner<'s>, start: u32, end: u32, out: &mut (Vec<Word<'s>>, Vec<Word<'s>>)) -> Option<u32> {
        let (mut at, mut except) = (start, false);
        // Behind a mistake, the rest of the line is passed over.
        while let Some(token) = self.tokens(at, end).peek().filter(|_| !self.full()) {
            at = token.end();
            let span = self.place.span(&token);
            match token.kind {
                Sign::Close => return Some(token.end()),
                Sign::Word if token.is_foreign_comment() => {}
                Sign::Word if owner.kind == Kind::Allow && token.text == "except" && !except => {
                    except = true;
                    if self.tokens(at, end).peek().is_none_or(|next| next.is(Sign::Close)) {
                        self.report(explain::no_exception(&self.place, &token));
                    }
                    continue;
                }
                Sign::Word => {
                    if except { &mut out.1 } else { &mut out.0 }.push(Word { text: token.text, span });
                    if self.tokens(at, end).peek().is_some_and(|next| next.is(Sign::Comma)) {
                        at = self.tokens(at, end).peek().map_or(at, |next| next.end());
                    }
                    continue;
                }
                _ => {}
            }
            if !self.hidden_cause(token.start, token.end()) {
                self.report(explain::entry(&self.place, owner, &token));
            }
            if !token.is(Sign::Text) && !token.is(Sign::Comma) {
                at = self.resume(owner.kind, token.end(), token.end(), end).max(at);
                if token.is_foreign_comment() {
                    at = offset(line_end(self.place.text.as_bytes(), token.start as usize));
                }
            }
        }
        None
    }
}

/// A name in the head of a declaration.
#[derive(Clone, Copy)]
pub(super) enum HeadName<'s> {
    Word(Word<'s>),
    Text(Text<'s>),
}

impl<'s> HeadName<'s> {
    fn text(self) -> &'s str {
        match self {
            Self::Word(word) => word.text,
            Self::Text(text) => text.raw,
        }
    }

    fn name(self) -> Name<'s> {
        match self {
            Self::Word(word) => Name::Word(word),
            Self::Text(text) => Name::Text(text),
        }
    }
}

/// Whether a kind of declaration has a body in braces.
pub(super) fn braced(kind: Kind) -> bool {
    !matches!(kind, Kind::Language | Kind::Import | Kind::Data | Kind::Deny | Kind::Assert | Kind::Waive)
}
