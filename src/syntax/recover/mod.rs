//! Behind a mistake: declaration by declaration, and field by field, so that each mistake of a file is found once, at its own place.

mod block;
mod fields;
mod reach;
mod top;

use std::fmt;

use pest::Parser as _;
use pest::error::{Error, ErrorVariant, InputLocation};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

use super::ast::{Declaration, Field};
use super::expected::expected;
use super::explain;
use super::keyword::{Key, Kind};
use super::lex::{Kind as Sign, Lexer, Token};
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

/// What was read of the body of a block.
#[derive(Default)]
pub(super) struct Body<'s> {
    fields: Vec<Field<'s>>,
    /// The keywords of those that could not be read.
    lost: Vec<Key>,
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
    /// Whether every declaration was read, if not all of it.
    whole: bool,
}

impl<'a, 's> Recovery<'a, 's> {
    /// The most mistakes that are shown of one file.
    pub(super) const MOST: usize = 100;

    pub(super) fn new(id: FileId, text: &'s str, scan: &'a Scan) -> Self {
        Self { place: Place { id, text }, scan, findings: Vec::new(), last: None, foreign: false, owed: 0, whole: true }
    }

    /// Whether every declaration was read, and what is wrong.
    pub(super) fn finish(mut self) -> (bool, Vec<Diagnostic>) {
        if let Some(last) = self.findings.last().map(|last| last.span).filter(|_| self.full()) {
            self.findings.push(explain::too_many(last, Self::MOST));
        }
        (self.whole, self.findings)
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
            let mut at = start;
            while let Some(token) = self.tokens(at, end).peek() {
                if self.full() {
                    self.whole = false;
                    return;
                }
                let read = out.len();
                at = self.statement(&token, end, out).max(token.end());
                self.whole &= out.len() > read || token.is(Sign::Close);
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
        let Some(part) = build(&mut tree, pair).filter(|_| !tree.foreign) else { return Err(nothing) };
        self.escapes(&tree.escapes);
        Ok((part, start + length))
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
