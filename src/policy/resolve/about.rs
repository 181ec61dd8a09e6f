//! Whom a finding is about, in words and as its subject.

use std::fmt;

use crate::catalogue::keys;
use crate::diagnostic::{Diagnostic, SubjectKind};
use crate::syntax::ast::{Block, Name, Word};
use crate::syntax::keyword::{Key, Kind};

/// The declaration that is being resolved.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'s> {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its name, where it has one.
    pub(super) name: Option<Name<'s>>,
    /// The workflow of a step.
    pub(super) workflow: Option<Word<'s>>,
}

impl<'s> About<'s> {
    /// A declaration without a name.
    pub(super) fn nameless(kind: Kind) -> Self {
        Self { kind, name: None, workflow: None }
    }

    /// A declaration with a name.
    pub(super) fn named(kind: Kind, name: Word<'s>) -> Self {
        Self { kind, name: Some(Name::Word(name)), workflow: None }
    }

    /// A declaration with fields.
    pub(super) fn block(block: &Block<'s>) -> Self {
        Self { kind: block.kind, name: block.name, workflow: None }
    }

    /// One field of it.
    pub(super) fn field(self, key: Key) -> Spot<'s> {
        self.spot(key.as_str())
    }

    /// One part of it, by the word that people know it by.
    pub(super) fn spot(self, what: &'static str) -> Spot<'s> {
        Spot { about: self, what }
    }

    /// Gives a finding its subject, where a waiver could name one.
    pub(super) fn mark(self, diagnostic: Diagnostic) -> Diagnostic {
        let Some(name) = self.name else { return diagnostic };
        let kind = match self.kind {
            Kind::Provider => SubjectKind::Provider,
            Kind::Model => SubjectKind::Model,
            Kind::Allow => SubjectKind::Allow,
            Kind::Pool => SubjectKind::Pool,
            Kind::Route => SubjectKind::Route,
            Kind::Tool => SubjectKind::Tool,
            Kind::Source => SubjectKind::Source,
            Kind::Workflow => SubjectKind::Workflow,
            Kind::Step => SubjectKind::Step,
            Kind::Caller => SubjectKind::Caller,
            Kind::Approver => SubjectKind::Approver,
            Kind::Assert => SubjectKind::Assertion,
            Kind::Test => SubjectKind::Test,
            Kind::Data => SubjectKind::Data,
            _ => return diagnostic,
        };
        match self.workflow {
            Some(workflow) => diagnostic.about(kind, format!("{}/{}", workflow.text, name.value())),
            None => diagnostic.about(kind, name.value()),
        }
    }
}

/// ``route `support` ``, `the defaults`, `a deny`.
impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Defaults => return f.write_str("the defaults"),
            Kind::Data => return f.write_str("the data classes"),
            Kind::Assert => "assertion",
            Kind::Waive => "waiver",
            Kind::Allow => "allowlist",
            other => other.as_str(),
        };
        match self.name {
            Some(name) => write!(f, "{kind} `{}`", shown(&name.value())),
            None if kind.starts_with('a') => write!(f, "an {kind}"),
            None => write!(f, "a {kind}"),
        }
    }
}

/// One field or part of a declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'s> {
    /// The declaration.
    pub(super) about: About<'s>,
    /// The field's keyword.
    pub(super) what: &'static str,
}

/// ``` `timeout` of route `support` ```; just ``pool `fast` `` for what stands in it without a keyword.
impl fmt::Display for Spot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.what == self.about.kind.as_str() {
            return self.about.fmt(f);
        }
        write!(f, "`{}` of {}", self.what, self.about)
    }
}

/// What a user wrote, as a message may repeat it: cut where it is long, and never something that looks like a key.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 100;
    if keys::looks_secret(text).is_some() {
        return "…".to_owned();
    }
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
