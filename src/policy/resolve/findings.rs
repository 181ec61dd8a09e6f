//! Collects what is found, and gathers every mention of one unknown name into one finding.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::about::{About, Spot, shown};
use crate::diagnostic::Edit;
use crate::diagnostic::{Diagnostic, Grade};
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Block, Field, Word};
use crate::syntax::keyword::Key;

/// Where a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Space {
    Provider,
    /// A provider of the policy, or a vendor.
    Owner,
    /// A vendor of the catalogue.
    Vendor,
    /// A model of the catalogue.
    CatalogueModel,
    Class,
    Allow,
    Pool,
    Route,
    Tool,
    Source,
    Workflow,
    Step,
    Failure,
    Capability,
    Detector,
    /// Whatever a waiver may name, by its kind.
    Subject,
}

/// A name that is not known, with every place that mentions it.
#[derive(Debug)]
pub(super) struct Unknown<'s> {
    pub(super) space: Space,
    /// The workflow of a step, the vendor of a model, the kind of a waiver's subject.
    pub(super) within: &'s str,
    pub(super) name: Cow<'s, str>,
    pub(super) places: Vec<(Span, About<'s>)>,
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Findings<'s> {
    pub(super) list: Vec<Diagnostic>,
    pub(super) unknown: Vec<Unknown<'s>>,
    places: FxHashMap<(Space, &'s str, Cow<'s, str>), usize>,
}

/// The fields of a block that have been seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen(u64);

impl Seen {
    fn bit(key: Key) -> u64 {
        1u64.checked_shl(key as u32).unwrap_or(0)
    }

    /// Whether a field has been seen.
    pub(super) fn has(self, key: Key) -> bool {
        self.0 & Self::bit(key) != 0
    }
}

impl<'s> Findings<'s> {
    /// Adds a finding about a declaration.
    pub(super) fn add(&mut self, about: About<'s>, diagnostic: Diagnostic) {
        self.list.push(about.mark(diagnostic));
    }

    /// Adds a value that is wrong: what is wrong with it, as the end of "`retry` of route `x` says `9`, which …", and what to do.
    pub(super) fn wrong(&mut self, spot: Spot<'s>, said: Word<'s>, problem: &str, help: impl Into<String>) {
        let message = format!("{spot} says `{}`, which {problem}", shown(said.text));
        self.add(spot.about, Diagnostic::new(&rules::BAD_VALUE, said.span, message).label(seen(problem)).help(help));
    }

    /// The same with a spelling that was probably meant.
    pub(super) fn misspelled(&mut self, spot: Spot<'s>, said: Word<'s>, problem: &str, meant: &str) {
        let message = format!("{spot} says `{}`, which {problem}", shown(said.text));
        let edit = Edit { span: said.span, text: meant.to_owned() };
        let finding = Diagnostic::new(&rules::BAD_VALUE, said.span, message).label(seen(problem)).help(format!("did you mean `{meant}`?"));
        self.add(spot.about, finding.fix(format!("write `{meant}`"), Grade::Review, vec![edit]));
    }

    /// Notes one mention of a name that is not known.
    pub(super) fn unknown(&mut self, space: Space, within: &'s str, name: impl Into<Cow<'s, str>>, span: Span, about: About<'s>) {
        let name = name.into();
        let next = self.unknown.len();
        let place = *self.places.entry((space, within, name.clone())).or_insert(next);
        match self.unknown.get_mut(place) {
            Some(unknown) => unknown.places.push((span, about)),
            None => self.unknown.push(Unknown { space, within, name, places: vec![(span, about)] }),
        }
    }

    /// Whether a field repeats one that may be given only once, which is reported; the first one stands.
    pub(super) fn repeated(&mut self, seen: &mut Seen, field: &Field<'s>, all: &[Field<'s>], about: About<'s>) -> bool {
        let bit = Seen::bit(field.key);
        let again = seen.0 & bit != 0 && !field.key.repeatable();
        seen.0 |= bit;
        if again {
            let key = field.key.as_str();
            let finding = Diagnostic::new(&rules::DUPLICATE, field.keyword(), format!("{about} says `{key}` twice"))
                .label("said again here")
                .help(if matches!(field.key, Key::Accepts | Key::Allow | Key::Needs | Key::Redact | Key::Region | Key::Tools) {
                    format!("write one `{key}`, with commas between what it lists")
                } else {
                    format!("keep one `{key}`")
                });
            let first = all.iter().find(|other| other.key == field.key);
            let finding = first.into_iter().fold(finding, |finding, first| finding.at(first.keyword(), "first said here"));
            self.add(about, finding);
        }
        again
    }

    /// Reports, in one finding, the required fields that have not been seen.
    pub(super) fn required(&mut self, seen: Seen, keys: &[Key], block: &Block<'s>, about: About<'s>) {
        let missing: Vec<Key> = keys.iter().copied().filter(|key| !seen.has(*key)).collect();
        self.missing(&missing, block, about);
    }

    /// Reports fields that are missing, but for those that are there and could not be read.
    pub(super) fn missing(&mut self, missing: &[Key], block: &Block<'s>, about: About<'s>) {
        let missing: Vec<Key> = missing.iter().copied().filter(|key| !block.lost.contains(key)).collect();
        let span = super::declare::block_name(block).span;
        let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.as_str())).collect();
        let (list, label) = match names.as_slice() {
            [] => return,
            [one] => (one.clone(), format!("{one} is missing")),
            [first @ .., last] => {
                (format!("{} and no {last}", first.join(", no ")), format!("{} and {last} are missing", first.join(", ")))
            }
        };
        let finding = Diagnostic::new(&rules::MISSING_FIELD, span, format!("{about} has no {list}")).label(label);
        let help = |finding: Diagnostic, key: &Key| finding.help(format!("add `{}`, which takes {}", key.as_str(), key.takes()));
        self.add(about, missing.iter().fold(finding, help));
    }
}

/// What is wrong with a value, as the label at it: without the verb, and without a list that the message gives already.
fn seen(problem: &str) -> &str {
    if problem.starts_with("is none of ") {
        return "unknown word";
    }
    problem.strip_prefix("is ").or_else(|| problem.strip_prefix("has ")).unwrap_or(problem)
}
