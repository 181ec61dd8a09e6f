//! From the pairs that pest hands out to the tree of a policy.

use pest::iterators::{Pair, Pairs};

use crate::source::{FileId, Span};

use super::ast::{Auth, Block, Callee, Chain, Declaration, Field, Item, Name, Need, Outcome, Source, Text, Url, Value, Word};
use super::keyword::{Key, Kind};
use super::parse::Rule;

/// Builds trees for one piece of a file.
pub(super) struct Tree {
    /// The file.
    pub(super) id: FileId,
    /// Where the piece begins in the file.
    pub(super) base: u32,
    /// Where the last token ended, in the file.
    end: u32,
    /// Strings with an escape that does not exist, in the file.
    pub(super) escapes: Vec<Span>,
    /// Whether a list holds what looks like a comment of another language.
    pub(super) foreign: bool,
}

/// What a text says up to its first white space, brace or comment: the keyword that it begins with.
fn keyword(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_lowercase() && byte != b'_').unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

impl Tree {
    pub(super) fn new(id: FileId, base: u32) -> Self {
        Self { id, base, end: base, escapes: Vec::new(), foreign: false }
    }

    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span { file: self.id, start: self.offset(span.start()), end: self.offset(span.end()) }
    }

    fn offset(&self, offset: usize) -> u32 {
        self.base.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX))
    }

    /// From the start of a pair to the end of the last token read.
    fn span_to_here(&self, pair: &Pair<'_, Rule>) -> Span {
        let start = self.offset(pair.as_span().start());
        Span { file: self.id, start, end: self.end.max(start) }
    }

    /// The place of a keyword that ends a value.
    pub(super) fn mark(&mut self, pair: &Pair<'_, Rule>) -> Span {
        let span = self.span(pair);
        self.end = span.end;
        span
    }

    pub(super) fn word<'s>(&mut self, pair: &Pair<'s, Rule>) -> Word<'s> {
        Word { text: pair.as_str(), span: self.mark(pair) }
    }

    fn text<'s>(&mut self, pair: &Pair<'s, Rule>) -> Text<'s> {
        let (raw, span) = (pair.as_str(), self.mark(pair));
        if raw.contains('\\') {
            self.check_escapes(raw, span);
        }
        Text { raw, span }
    }

    fn check_escapes(&mut self, raw: &str, span: Span) {
        let mut rest = raw;
        while let Some((_, after)) = rest.split_once('\\') {
            let length = super::text::escape(after).map(|(_, length)| length);
            if length.is_none() {
                let at = raw.len() - after.len() - 1;
                let start = span.start + u32::try_from(at).unwrap_or(0);
                let width = 1 + after.chars().next().map_or(0, char::len_utf8);
                self.escapes.push(Span { file: self.id, start, end: start + u32::try_from(width).unwrap_or(1) });
            }
            rest = after.get(length.unwrap_or(0)..).unwrap_or_default();
        }
    }

    /// The next word, keywords passed over.
    pub(super) fn next_word<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Word<'s>> {
        let pair = pairs.find(|pair| pair.as_rule() == Rule::word)?;
        Some(self.word(&pair))
    }

    /// The next string, keywords passed over.
    fn next_text<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Text<'s>> {
        let pair = pairs.find(|pair| pair.as_rule() == Rule::string)?;
        Some(self.text(&pair))
    }

    /// All words that are left, in a list of just the right size when there is nothing else.
    pub(super) fn words<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Vec<Word<'s>> {
        pairs.map(|pair| self.word(&pair)).collect()
    }

    fn texts<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Vec<Text<'s>> {
        pairs.filter(|pair| pair.as_rule() == Rule::string).map(|pair| self.text(&pair)).collect()
    }

    /// The word after a certain keyword, when it comes next.
    pub(super) fn word_after<'s>(&mut self, keyword: Rule, pairs: &mut Pairs<'s, Rule>) -> Option<Word<'s>> {
        if pairs.peek()?.as_rule() != keyword {
            return None;
        }
        self.next_word(pairs)
    }

    /// The string after a certain keyword, when it comes next.
    fn text_after<'s>(&mut self, keyword: Rule, pairs: &mut Pairs<'s, Rule>) -> Option<Text<'s>> {
        if pairs.peek()?.as_rule() != keyword {
            return None;
        }
        self.next_text(pairs)
    }

    fn name<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Name<'s>> {
        let pair = pairs.find(|pair| matches!(pair.as_rule(), Rule::word | Rule::string))?;
        Some(if pair.as_rule() == Rule::word { Name::Word(self.word(&pair)) } else { Name::Text(self.text(&pair)) })
    }

    /// A declaration. `None` only for a pair that is none.
    pub(super) fn declaration<'s>(&mut self, pair: &Pair<'s, Rule>) -> Option<Declaration<'s>> {
        let mut pairs = pair.clone().into_inner();
        let kind = Kind::parse(keyword(pair.as_str()))?;
        let item = match kind {
            Kind::Language => Item::Language(self.next_word(&mut pairs)?),
            Kind::Import => Item::Import(self.next_text(&mut pairs)?),
            Kind::Data => Item::Data(pairs.map(|chain| self.words(&mut chain.into_inner())).collect()),
            Kind::Allow => {
                let name = self.next_word(&mut pairs)?;
                let (patterns, except) = self.words_until(Rule::except, &mut pairs);
                Item::Allow { name, patterns, except, whole: true }
            }
            Kind::Deny => self.deny(pairs),
            Kind::Pool => {
                let name = self.next_word(&mut pairs)?;
                let spread = pairs.peek().is_some_and(|pair| pair.as_rule() == Rule::spread);
                let (targets, _) = self.words_until(Rule::except, &mut pairs);
                Item::Pool { name, spread, targets, whole: true }
            }
            Kind::Workflow => {
                let name = self.next_word(&mut pairs)?;
                Item::Workflow { name, steps: pairs.filter_map(|step| self.block(Kind::Step, &step)).collect() }
            }
            Kind::Assert => self.assertion(pairs)?,
            Kind::Waive => Item::Waive {
                code: self.next_word(&mut pairs)?,
                kind: self.next_word(&mut pairs)?,
                name: self.name(&mut pairs)?,
                because: self.next_text(&mut pairs)?,
                until: self.next_word(&mut pairs)?,
            },
            _ => Item::Block(self.block(kind, pair)?),
        };
        let braced = pair.as_str().ends_with('}');
        let span = if braced { self.span(pair) } else { self.span_to_here(pair) };
        Some(Declaration { span, item })
    }

    /// The words before a keyword, and those behind it; other keywords are passed over.
    fn words_until<'s>(&mut self, keyword: Rule, pairs: &mut Pairs<'s, Rule>) -> (Vec<Word<'s>>, Vec<Word<'s>>) {
        let mut before = Vec::with_capacity(pairs.len());
        let mut after = Vec::new();
        let mut passed = false;
        for pair in pairs {
            match pair.as_rule() {
                Rule::word if passed => after.push(self.word(&pair)),
                Rule::word => {
                    let word = self.word(&pair);
                    self.foreign |= word.text.starts_with("//") || word.text.starts_with("/*");
                    before.push(word);
                }
                rule => passed |= rule == keyword,
            }
        }
        (before, after)
    }

    fn deny<'s>(&mut self, pairs: Pairs<'s, Rule>) -> Item<'s> {
        let (mut patterns, mut routes, mut because) = (Vec::new(), Vec::new(), None);
        let mut narrowed = false;
        for pair in pairs {
            match pair.as_rule() {
                Rule::for_route => narrowed = true,
                Rule::string => because = Some(self.text(&pair)),
                Rule::word if narrowed => routes.push(self.word(&pair)),
                Rule::word => patterns.push(self.word(&pair)),
                _ => {}
            }
        }
        Item::Deny { patterns, routes, because }
    }

    pub(super) fn block<'s>(&mut self, kind: Kind, pair: &Pair<'s, Rule>) -> Option<Block<'s>> {
        let mut pairs = pair.clone().into_inner();
        let name = if kind == Kind::Defaults { None } else { Some(self.name(&mut pairs)?) };
        let mut fields = Vec::with_capacity(pairs.len());
        fields.extend(pairs.filter_map(|field| self.field(field)));
        Some(Block { span: self.span(pair), kind, name, fields, whole: true, lost: Vec::new() })
    }

    /// A field of any block.
    pub(super) fn field<'s>(&mut self, pair: Pair<'s, Rule>) -> Option<Field<'s>> {
        let key = Key::of(keyword(pair.as_str()))?;
        let start = self.span(&pair);
        let mut pairs = pair.into_inner();
        let value = self.value(key, &mut pairs)?;
        Some(Field { span: Span { end: self.end.max(start.start), ..start }, key, value })
    }

    fn value<'s>(&mut self, key: Key, pairs: &mut Pairs<'s, Rule>) -> Option<Value<'s>> {
        Some(match key {
            Key::Accepts
            | Key::After
            | Key::Allow
            | Key::Clearance
            | Key::Down
            | Key::Holds
            | Key::Missing
            | Key::Reads
            | Key::Redact
            | Key::Region
            | Key::Returns
            | Key::Roles
            | Key::Routes
            | Key::Supports
            | Key::Tools
            | Key::Workflows => Value::Words(self.words(pairs)),
            Key::Primary | Key::Fallback => Value::Chain(Box::new(self.chain(pairs)?)),
            Key::Because | Key::Title | Key::ApiVersion | Key::PublicKey => Value::Text(self.next_text(pairs)?),
            Key::Answers => Value::Texts(self.texts(pairs)),
            Key::Key | Key::Token => {
                let source = self.source(pairs.next()?)?;
                Value::Key { source, managed: pairs.next().map(|pair| self.mark(&pair)) }
            }
            Key::Auth => Value::Auth(self.auth(pairs)?),
            Key::BaseUrl => match self.name(pairs)? {
                Name::Text(text) => Value::Url(Url::Text(text)),
                Name::Word(word) => Value::Url(Url::Env(word)),
            },
            Key::Plaintext => Value::Because(self.next_text(pairs)?),
            Key::Upstreams => {
                let first = pairs.next()?;
                let only = first.as_rule() == Rule::only;
                if !only {
                    self.mark(&first);
                }
                Value::Upstreams { only, slugs: self.words_until(Rule::EOI, pairs).0 }
            }
            Key::Header => Value::Header(self.next_text(pairs)?, self.next_text(pairs)?),
            Key::Needs => Value::Needs(pairs.filter_map(|need| self.need(need)).collect()),
            Key::Lowers => Value::Lowers { from: self.next_word(pairs)?, to: self.next_word(pairs)?, because: self.next_text(pairs)? },
            Key::Minimize => match pairs.next()?.as_rule() {
                Rule::history => Value::History(self.next_word(pairs)?),
                _ => Value::Strip(self.words(pairs)),
            },
            Key::Approve => Value::Approve { role: self.next_word(pairs)?, within: self.word_after(Rule::within, pairs) },
            Key::AtMost => {
                let count = self.next_word(pairs)?;
                pairs.for_each(|pair| self.end = self.span(&pair).end);
                Value::Times(count)
            }
            Key::Fail => Value::Fail { subject: self.next_word(pairs)?, class: self.next_word(pairs)? },
            Key::Expect => Value::Expect { route: self.next_word(pairs)?, outcome: self.outcome(pairs)? },
            _ => Value::Word(self.next_word(pairs)?),
        })
    }

    fn chain<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Chain<'s>> {
        let first = pairs.next()?;
        let what = match first.as_rule() {
            Rule::none => Callee::None(self.mark(&first)),
            Rule::pool => Callee::Pool(self.next_word(pairs)?),
            Rule::route => Callee::Route(self.next_word(pairs)?),
            _ => Callee::Target(self.word(&first)),
        };
        let within = self.word_after(Rule::within, pairs);
        let up_to = self.word_after(Rule::up_to, pairs);
        let on = if pairs.next().is_some() { self.words(pairs) } else { Vec::new() };
        Some(Chain { what, within, up_to, on })
    }

    fn source<'s>(&mut self, pair: Pair<'s, Rule>) -> Option<Source<'s>> {
        let mut pairs = pair.into_inner();
        let first = pairs.next()?;
        Some(match first.as_rule() {
            Rule::env => Source::Env(self.next_word(&mut pairs)?),
            Rule::file_at => Source::File(self.next_text(&mut pairs)?),
            Rule::keyring => Source::Keyring(self.next_text(&mut pairs)?, self.next_text(&mut pairs)?),
            Rule::exec => Source::Exec(self.texts(&mut pairs)),
            Rule::per_request => Source::PerRequest(self.mark(&first)),
            _ => Source::None(self.mark(&first)),
        })
    }

    fn auth<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Auth<'s>> {
        let first = pairs.next()?;
        Some(match first.as_rule() {
            Rule::token => Auth::Token(self.source(pairs.next()?)?),
            Rule::oauth => Auth::Oauth(self.next_text(pairs)?),
            _ => Auth::None(self.mark(&first)),
        })
    }

    fn need<'s>(&mut self, pair: Pair<'s, Rule>) -> Option<Need<'s>> {
        let start = self.span(&pair);
        let text = pair.as_str();
        let word = self.next_word(&mut pair.into_inner())?;
        if word.span.start == start.start {
            return Some(Need { what: word, tokens: None });
        }
        let text = keyword(text);
        Some(Need { what: Word { text, span: start.first(text.len()) }, tokens: Some(word) })
    }

    fn outcome<'s>(&mut self, pairs: &mut Pairs<'s, Rule>) -> Option<Outcome<'s>> {
        Some(match pairs.next()?.as_rule() {
            Rule::arrow => Outcome::Serves(self.words(pairs)),
            Rule::tries => Outcome::Tries(self.words(pairs)),
            _ => Outcome::Fails { class: self.next_word(pairs)?, says: self.text_after(Rule::says, pairs) },
        })
    }

    fn assertion<'s>(&mut self, mut pairs: Pairs<'s, Rule>) -> Option<Item<'s>> {
        let titled = pairs.peek()?.as_rule() == Rule::string;
        let title = if titled { self.next_text(&mut pairs) } else { None };
        Some(Item::Assert { title, claim: self.claim(pairs)? })
    }
}
