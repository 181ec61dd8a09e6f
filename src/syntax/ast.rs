//! The tree of a file: what was written, in the order in which it was written, every part with its place. Nothing here is judged.

use std::borrow::Cow;

use crate::source::{FileId, Span};

use super::keyword::{Key, Kind};

pub use claim::{Bounded, Claim, Routes, Waypoint, Whom};

mod claim;

/// A bare token: a name, a target, a pattern, a number with its unit, a date. Whether it is a good one is judged later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'s> {
    /// The text as written.
    pub text: &'s str,
    /// Its place.
    pub span: Span,
}

/// A string in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'s> {
    /// The text as written, quotes and escapes included.
    pub raw: &'s str,
    /// Its place.
    pub span: Span,
}

impl<'s> Text<'s> {
    /// What the string says, escapes replaced. An escape that does not exist stands for itself (the parser has reported it).
    pub fn value(&self) -> Cow<'s, str> {
        super::text::unescape(self.raw)
    }
}

/// One file.
#[derive(Debug)]
pub struct File<'s> {
    /// Which file.
    pub id: FileId,
    /// Its declarations. Those that could not be read are missing; their mistakes are among the parser's findings.
    pub declarations: Vec<Declaration<'s>>,
    /// Whether none is missing.
    pub whole: bool,
    /// Every comment from `#` to the end of its line, in order.
    pub comments: Vec<Span>,
}

/// One declaration, from its keyword to its last token.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration<'s> {
    /// The whole declaration.
    pub span: Span,
    /// What it declares.
    pub item: Item<'s>,
}

/// The forms of a declaration (language reference, section 3).
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'s> {
    /// `language 1`
    Language(Word<'s>),
    /// `import "file.byok"`
    Import(Text<'s>),
    /// `data a < b < c, d`: chains, least sensitive first.
    Data(Vec<Vec<Word<'s>>>),
    /// `provider`, `model`, `route`, `tool`, `source`, `caller`, `approver`, `test`, `defaults`: fields in braces.
    Block(Block<'s>),
    /// `allow NAME { PATTERN… [except PATTERN…] }`
    Allow {
        /// The list's name.
        name: Word<'s>,
        /// What it admits.
        patterns: Vec<Word<'s>>,
        /// What it takes back.
        except: Vec<Word<'s>>,
        /// Whether the parser could read all of it.
        whole: bool,
    },
    /// `deny PATTERN… [for route NAME…] [because STRING]`
    Deny {
        /// What is forbidden.
        patterns: Vec<Word<'s>>,
        /// For these routes only; empty for all.
        routes: Vec<Word<'s>>,
        /// Why.
        because: Option<Text<'s>>,
    },
    /// `pool NAME [spread] { TARGET… }`
    Pool {
        /// The pool's name.
        name: Word<'s>,
        /// Whether a run may start at any member.
        spread: bool,
        /// The members, in order.
        targets: Vec<Word<'s>>,
        /// Whether the parser could read all of it.
        whole: bool,
    },
    /// `workflow NAME { step NAME { … } … }`
    Workflow {
        /// The workflow's name.
        name: Word<'s>,
        /// Its steps.
        steps: Vec<Block<'s>>,
    },
    /// `assert [STRING] CLAIM`
    Assert {
        /// What people call it.
        title: Option<Text<'s>>,
        /// What is claimed.
        claim: Claim<'s>,
    },
    /// `waive CODE on KIND NAME because STRING until DATE`
    Waive {
        /// `BYOK504`
        code: Word<'s>,
        /// `route`
        kind: Word<'s>,
        /// Whose finding; a string for a test or an assertion, `workflow/step` for a step.
        name: Name<'s>,
        /// Why.
        because: Text<'s>,
        /// The last day.
        until: Word<'s>,
    },
}

/// A name that may need quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'s> {
    /// A bare word.
    Word(Word<'s>),
    /// A string.
    Text(Text<'s>),
}

impl<'s> Name<'s> {
    /// What it says.
    pub fn value(&self) -> Cow<'s, str> {
        match self {
            Self::Word(word) => Cow::Borrowed(word.text),
            Self::Text(text) => text.value(),
        }
    }

    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Self::Word(word) => word.span,
            Self::Text(text) => text.span,
        }
    }
}

/// A keyword, a name where the kind has one, and fields in braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'s> {
    /// The whole block.
    pub span: Span,
    /// The kind of declaration, or `Kind::Step`.
    pub kind: Kind,
    /// Its name; `None` for `defaults`, a string for `test`, a target for `model`.
    pub name: Option<Name<'s>>,
    /// Its fields, as written. Those that could not be read are missing.
    pub fields: Vec<Field<'s>>,
    /// Whether all of them could be read.
    pub whole: bool,
    /// The keywords of those that could not be read, as far as they can be told: nothing follows from it that they are missing.
    pub lost: Vec<Key>,
}

/// One field, from its keyword to its last token.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'s> {
    /// The whole field; it begins with the keyword.
    pub span: Span,
    /// Its keyword.
    pub key: Key,
    /// What follows the keyword.
    pub value: Value<'s>,
}

impl Field<'_> {
    /// The place of the keyword.
    pub fn keyword(&self) -> Span {
        self.span.first(self.key.as_str().len())
    }
}

/// What follows a field's keyword.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'s> {
    /// One word: `timeout 8s`.
    Word(Word<'s>),
    /// Words separated by commas: `accepts a, b`.
    Words(Vec<Word<'s>>),
    /// A string: `because "…"`.
    Text(Text<'s>),
    /// Strings separated by commas: `answers "a", "b"`.
    Texts(Vec<Text<'s>>),
    /// `primary`, `fallback`.
    Chain(Box<Chain<'s>>),
    /// `key SOURCE [managed]`, and `token SOURCE`.
    Key {
        /// Where the key is.
        source: Source<'s>,
        /// The word `managed`.
        managed: Option<Span>,
    },
    /// `base_url STRING`, or `base_url env NAME`.
    Url(Url<'s>),
    /// `plaintext because STRING`.
    Because(Text<'s>),
    /// `upstreams only a, b`, `upstreams any [except a, b]`.
    Upstreams {
        /// `only`, or `any`.
        only: bool,
        /// Those named by `only`, or by `except`.
        slugs: Vec<Word<'s>>,
    },
    /// `header STRING STRING`.
    Header(Text<'s>, Text<'s>),
    /// `needs tools, context 500k`.
    Needs(Vec<Need<'s>>),
    /// `lowers a to b because "…"`.
    Lowers {
        /// This class and all below.
        from: Word<'s>,
        /// Become this one.
        to: Word<'s>,
        /// Why that is so.
        because: Text<'s>,
    },
    /// `minimize history N`.
    History(Word<'s>),
    /// `minimize strip user, images`.
    Strip(Vec<Word<'s>>),
    /// `approve ROLE [within DURATION]`.
    Approve {
        /// Who must agree.
        role: Word<'s>,
        /// By when.
        within: Option<Word<'s>>,
    },
    /// `auth none`, `auth token SOURCE`, `auth oauth STRING`.
    Auth(Auth<'s>),
    /// `at_most N times`.
    Times(Word<'s>),
    /// `fail TARGET|PROVIDER with CLASS`.
    Fail {
        /// What fails.
        subject: Word<'s>,
        /// How.
        class: Word<'s>,
    },
    /// `expect ROUTE …`.
    Expect {
        /// The route.
        route: Word<'s>,
        /// What is expected of it.
        outcome: Outcome<'s>,
    },
}

/// Who is called at one place of a chain, and after which failures.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain<'s> {
    /// Who.
    pub what: Callee<'s>,
    /// `within DURATION`, of a target.
    pub within: Option<Word<'s>>,
    /// `up to TOKENS`, of a target.
    pub up_to: Option<Word<'s>>,
    /// `on CLASS…`; empty where nothing is said.
    pub on: Vec<Word<'s>>,
}

/// Who is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Callee<'s> {
    /// `none`, as written.
    None(Span),
    /// A target.
    Target(Word<'s>),
    /// `pool NAME`.
    Pool(Word<'s>),
    /// `route NAME`.
    Route(Word<'s>),
}

/// Where a key or token comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source<'s> {
    /// `env NAME`
    Env(Word<'s>),
    /// `file STRING`
    File(Text<'s>),
    /// `keyring STRING STRING`: service, account.
    Keyring(Text<'s>, Text<'s>),
    /// `exec STRING…`: program and arguments.
    Exec(Vec<Text<'s>>),
    /// `per_request`
    PerRequest(Span),
    /// `none`
    None(Span),
}

/// An address, or the variable that holds one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Url<'s> {
    /// A string.
    Text(Text<'s>),
    /// `env NAME`.
    Env(Word<'s>),
}

/// A capability, with a number of tokens for `context` and `output`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need<'s> {
    /// The capability.
    pub what: Word<'s>,
    /// How many tokens.
    pub tokens: Option<Word<'s>>,
}

/// How a tool authenticates.
#[derive(Clone, Debug, PartialEq)]
pub enum Auth<'s> {
    /// `none`
    None(Span),
    /// `token SOURCE`
    Token(Source<'s>),
    /// `oauth STRING`
    Oauth(Text<'s>),
}

/// What a test expects of a route.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<'s> {
    /// `-> TARGET…`: one of these serves.
    Serves(Vec<Word<'s>>),
    /// `tries TARGET…`: exactly these are called, in order.
    Tries(Vec<Word<'s>>),
    /// `fails CLASS [says STRING]`.
    Fails {
        /// The class it fails with.
        class: Word<'s>,
        /// What the message holds.
        says: Option<Text<'s>>,
    },
}
