//! Behind a mistake: declaration by declaration, and field by field, so that each mistake of a file is found once, at its own place.

use std::fmt;

use pest::Parser as _;
use pest::error::{Error, ErrorVariant, InputLocation};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::{Block, Declaration, Field, Item, Name, Text, Value, Word};
use super::expected::expected;
use super::explain;
use super::keyword::{Key, Kind};
use super::lex::{Kind as Sign, Lexer, Token, line_end};
use super::parse::{Grammar, Piece, Rule};
use super::scan::{Scan, offset};
use super::tree::Tree;

/// A file, for sentences about places in it.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) id: FileId,
    pub(super) text: &'s str,
}

impl Place<'_> {
    pub(super) fn span(&self, token: &Token<'_>) -> Span {
        Span { file: self.id, start: token.start, end: token.end() }
    }
}

/// The declaration in which a mistake is, shown as ``route `support` ``.
pub(super) struct Owner<'s> {
    pub(super) kind: Kind,
    pub(super) name: Option<&'s str>,
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{} `{}`", self.kind.as_str(), explain::shown(name.trim_matches('"'))),
            None => write!(f, "`{}`", self.kind.as_str()),
        }
    }
}

/// How far a declaration reaches.
struct Extent {
    /// Its `{`.
    open: Option<u32>,
    /// Its `}`.
    close: Option<u32>,
    /// One past its last byte.
    end: u32,
}

/// Finds the mistakes of the pieces that the grammar refuses.
pub(super) struct Recovery<'a, 's> {
    place: Place<'s>,
    scan: &'a Scan,
    findings: Vec<Diagnostic>,
    /// Where the last declaration that stands without braces ended.
    last: Option<(Kind, u32)>,
    /// Whether text of another format was reported, and no declaration has come since.
    foreign: bool,
    /// How many `}` may still come of blocks that were taken to end before them.
    owed: usize,
}

impl<'a, 's> Recovery<'a, 's> {
    /// The most mistakes that are shown of one file.
    pub(super) const MOST: usize = 100;

    pub(super) fn new(id: FileId, text: &'s str, scan: &'a Scan) -> Self {
        Self { place: Place { id, text }, scan, findings: Vec::new(), last: None, foreign: false, owed: 0 }
    }

    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        if let Some(last) = self.findings.last().map(|last| last.span).filter(|_| self.full()) {
            self.findings.push(explain::too_many(last, Self::MOST));
        }
        self.findings
    }

    fn full(&self) -> bool {
        self.findings.len() >= Self::MOST
    }

    fn report(&mut self, finding: Diagnostic) {
        if !self.full() {
            self.findings.push(finding);
        }
    }

    pub(super) fn escapes(&mut self, spans: &[Span]) {
        for span in spans {
            self.report(explain::escape(self.place.text, *span));
        }
    }

    fn tokens(&self, start: u32, end: u32) -> Lexer<'s> {
        Lexer::new(self.place.text, start, end)
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.place.id, start, end }
    }

    /// Whether a character that cannot be seen, which is reported by itself, is the cause of a mistake at `at` in what begins at `start`.
    fn hidden_cause(&self, start: u32, at: u32) -> bool {
        let from = self.scan.invisible.partition_point(|span| span.end <= start);
        self.scan.invisible.get(from).is_some_and(|span| span.start <= at)
    }

    /// Reads a piece with a mistake in it.
    pub(super) fn piece(&mut self, piece: &Piece<'_>, out: &mut Vec<Declaration<'s>>) {
        let mut start = piece.start;
        for end in piece.ends.iter().copied().chain([piece.end]) {
            if self.full() {
                return;
            }
            let mut at = start;
            while let Some(token) = self.tokens(at, end).peek().filter(|_| !self.full()) {
                at = self.statement(&token, end, out).max(token.end());
            }
            start = end;
        }
    }

    /// Parses one rule at a place; the tree that `build` makes of it, and where it ends.
    fn parse<T>(
        &mut self,
        rule: Rule,
        start: u32,
        end: u32,
        build: impl FnOnce(&mut Tree, pest::iterators::Pair<'s, Rule>) -> Option<T>,
    ) -> Result<(T, u32), Failure> {
        let text = self.place.text.get(start as usize..end as usize).unwrap_or_default();
        let pair = Grammar::parse(rule, text).map_err(|error| Failure::new(&error, start))?.next();
        let nothing = Failure { at: start, expected: Vec::new() };
        let Some(pair) = pair else { return Err(nothing) };
        let mut tree = Tree::new(self.place.id, start);
        let length = offset(pair.as_str().len());
        let Some(built) = build(&mut tree, pair).filter(|_| !tree.foreign) else { return Err(nothing) };
        self.escapes(&tree.escapes);
        Ok((built, start + length))
    }

    /// Reads what begins with a token at the top level; where it ends.
    fn statement(&mut self, token: &Token<'s>, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
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
    fn behind_statement(&self, kind: Kind, token: &Token<'s>, end: u32) -> Diagnostic {
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
    fn last_token(&self, at: u32) -> Option<&'s str> {
        let before = self.place.text.get(..at as usize)?.trim_end();
        Some(before.rsplit([' ', '\t', '\n', ',', '{']).next().unwrap_or(before))
    }

    /// What else a file could be that begins like this.
    fn foreign(&self, token: &Token<'s>, end: u32, start: bool) -> Option<&'static str> {
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

    /// Whether a token begins a line and a declaration, by its shape.
    fn is_head(&self, token: &Token<'s>, end: u32, steps: bool) -> bool {
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
    fn begins(&self, token: &Token<'s>, end: u32) -> bool {
        let kind = Kind::parse(token.text).filter(|_| token.first && token.is(Sign::Word));
        kind.is_some_and(|kind| kind != Kind::Step && (Key::of(token.text).is_none() || self.is_head(token, end, false)))
    }

    /// The next place where a declaration begins, or a `}`.
    fn next_head(&self, start: u32, end: u32) -> u32 {
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

    fn indent(&self, at: u32) -> usize {
        let line = self.place.text.get(..at as usize).and_then(|text| text.rsplit('\n').next()).unwrap_or_default();
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// How far what begins with a keyword reaches: to its `}`, or to a line, indented no more, that begins something else.
    fn extent(&self, keyword: &Token<'s>, end: u32, steps: bool) -> Extent {
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

    fn declaration(&mut self, kind: Kind, keyword: &Token<'s>, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
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
    fn around(&self, keyword: &Token<'s>, at: u32, end: u32, begins: impl Fn(&Token<'s>) -> bool) -> (Token<'s>, Option<Token<'s>>, u32) {
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

    /// Reads a declaration with braces that has a mistake in it, part by part; where it ends.
    fn block(&mut self, kind: Kind, keyword: &Token<'s>, extent: &Extent, end: u32, out: &mut Vec<Declaration<'s>>) -> u32 {
        let found = self.findings.len();
        let (name, spread, start) = self.head(kind, keyword, extent);
        let owner = Owner { kind, name: name.map(|name| name.text()) };
        let stop = extent.close.unwrap_or(extent.end);
        let span = self.span(keyword.start, extent.end);
        let (mut fields, mut steps, mut entries) = (Vec::new(), Vec::new(), (Vec::new(), Vec::new()));
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
        if self.findings.len() == found && !self.hidden_cause(keyword.start, extent.end) && self.scan.invisible.len() < Self::MOST {
            // Nothing was found in parts, and yet the whole was refused: never stay silent.
            self.report(explain::no_body(&self.place, &owner, keyword, None));
        }
        let item = match (kind, name) {
            (Kind::Workflow, Some(HeadName::Word(name))) => Some(Item::Workflow { name, steps }),
            (Kind::Allow, Some(HeadName::Word(name))) => Some(Item::Allow { name, patterns: entries.0, except: entries.1 }),
            (Kind::Pool, Some(HeadName::Word(name))) => Some(Item::Pool { name, spread, targets: entries.0 }),
            (Kind::Workflow | Kind::Allow | Kind::Pool, _) => None,
            (_, None) if kind != Kind::Defaults => None,
            (_, name) => Some(Item::Block(Block { span, kind, name: name.map(HeadName::name), fields })),
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
    fn head(&mut self, kind: Kind, keyword: &Token<'s>, extent: &Extent) -> (Option<HeadName<'s>>, bool, u32) {
        let mut tokens = self.tokens(keyword.end(), extent.open.unwrap_or(extent.end));
        let mut at = keyword.end();
        let mut name = None;
        if kind != Kind::Defaults {
            let token = tokens.peek().filter(|token| extent.open.is_some() || !token.first);
            name = token.and_then(|token| self.name(kind, &token));
            if name.is_none() {
                self.report(explain::no_name(&self.place, kind, keyword, token.as_ref()));
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
            let owner = Owner { kind, name: name.map(|name| name.text()) };
            let before = Token { text: self.place.text.get(keyword.start as usize..at as usize).unwrap_or_default(), ..*keyword };
            let same_line = next.filter(|next| !next.first);
            if !self.hidden_cause(keyword.start, at + 1) {
                self.report(explain::no_body(&self.place, &owner, &before, same_line.as_ref()));
            }
        }
        (name, spread, extent.open.map_or(at, |open| open + 1))
    }

    /// A token as a declaration's name, if it can be one.
    fn name(&mut self, kind: Kind, token: &Token<'s>) -> Option<HeadName<'s>> {
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

    /// Reads the fields of a block; one past its `}`, if that came.
    fn fields(&mut self, owner: &Owner<'s>, open: Option<Span>, start: u32, end: u32, out: &mut Vec<Field<'s>>) -> Option<u32> {
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

    fn broken_field(&mut self, owner: &Owner<'s>, key: Key, keyword: &Token<'s>, failure: &Failure, end: u32) -> u32 {
        let next = |token: &Token<'_>| token.first && token.is(Sign::Word) && Key::parse(owner.kind, token.text).is_some();
        let (before, at, stop) = self.around(keyword, failure.at, end, next);
        if !self.hidden_cause(keyword.start, failure.at) {
            let expected = if stop < failure.at { &[] } else { failure.expected.as_slice() };
            self.report(explain::field(&self.place, owner.kind, key, keyword, &before, at.as_ref(), expected));
        }
        self.resume(owner.kind, keyword.end(), failure.at.min(stop), end)
    }

    /// Where the next field begins, not before `from`: at a line's start, or at a keyword where all stands on one line.
    fn resume(&self, kind: Kind, after: u32, from: u32, end: u32) -> u32 {
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

    /// A token where a field should begin that is no keyword of the block; where to go on.
    fn not_a_field(&mut self, owner: &Owner<'s>, open: Option<Span>, token: &Token<'s>, end: u32, out: &mut Vec<Field<'s>>) -> u32 {
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
                let list = out.last().is_some_and(|last| is_list(&last.value));
                let before = self.last_token(token.start).unwrap_or_default();
                self.report(explain::behind(&self.place, key, list, before, token));
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

    fn same_line(&self, from: u32, to: u32) -> bool {
        self.place.text.get(from as usize..to as usize).is_some_and(|gap| !gap.contains('\n'))
    }

    /// Whether the last field has taken the keyword of the next one for its value, because a comma is one too many or its own value is
    /// missing. Gives that keyword back.
    fn swallowed(&mut self, kind: Kind, out: &mut Vec<Field<'s>>) -> Option<u32> {
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

    /// Reads the steps of a workflow; one past its `}`, if that came.
    fn steps(&mut self, owner: &Owner<'s>, start: u32, end: u32, out: &mut Vec<Block<'s>>) -> Option<u32> {
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

    fn step(&mut self, keyword: &Token<'s>, extent: &Extent, end: u32, out: &mut Vec<Block<'s>>) -> u32 {
        if let Ok((step, after)) = self.parse(Rule::step, keyword.start, extent.end, |tree, pair| tree.block(Kind::Step, &pair)) {
            out.push(step);
            return after;
        }
        let (mut one, found) = (Vec::new(), self.findings.len());
        let after = self.block(Kind::Step, keyword, extent, end, &mut one);
        debug_assert!(self.findings.len() > found || self.full() || !self.scan.invisible.is_empty());
        out.extend(one.into_iter().filter_map(|declaration| match declaration.item {
            Item::Block(block) => Some(block),
            _ => None,
        }));
        after
    }

    /// Reads the body of `allow` or `pool`; one past its `}`, if that came.
    fn entries(&mut self, owner: &Owner<'s>, start: u32, end: u32, out: &mut (Vec<Word<'s>>, Vec<Word<'s>>)) -> Option<u32> {
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
enum HeadName<'s> {
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

/// Where the grammar stopped, and what it would have taken there.
struct Failure {
    at: u32,
    expected: Vec<&'static str>,
}

impl Failure {
    fn new(error: &Error<Rule>, start: u32) -> Self {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => expected(positives),
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self { at: start + offset(at), expected }
    }
}

/// Whether a kind of declaration has a body in braces.
fn braced(kind: Kind) -> bool {
    !matches!(kind, Kind::Language | Kind::Import | Kind::Data | Kind::Deny | Kind::Assert | Kind::Waive)
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
