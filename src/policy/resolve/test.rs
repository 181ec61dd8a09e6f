//! Tests: every name in them must be known. One with a mistake in it is left out.

use rustc_hash::FxHashMap;

use super::Resolver;
use super::about::{About, Spot, shown};
use super::declare::BlockEntry;
use super::findings::Seen;
use super::word::words;
use crate::diagnostic::Diagnostic;
use crate::failure::Failure;
use crate::policy::model::{At, Expectation, Expected, Failing, Named, Test};
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Field, Outcome, Value, Word};
use crate::syntax::keyword::Key;

/// Lines of one rank: at most one of each for one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rank {
    Missing,
    /// `down` and `fail`, of a provider or of a target.
    Fails,
    Refuse,
}

type Lines<'s> = FxHashMap<(Rank, &'s str), Span>;

impl<'s> Resolver<'s> {
    /// Resolves every test.
    pub(super) fn tests(&mut self, entries: &[BlockEntry<'_, 's>]) {
        for entry in entries {
            let block = entry.block;
            let about = About::block(block);
            let Some(name) = block.name else { continue };
            let mut test = Test {
                name: At { value: name.value(), span: name.span() },
                span: entry.span,
                down: Vec::new(),
                missing: Vec::new(),
                fail: Vec::new(),
                refuse: Vec::new(),
                expect: Vec::new(),
            };
            let mut seen = Seen::default();
            let mut lines = Lines::default();
            let mut good = true;
            for field in &block.fields {
                if !self.out.repeated(&mut seen, field, &block.fields, about) {
                    good = self.test_line(&mut test, field, &mut lines, about) && good;
                }
            }
            // A line that could not be read may say what the others do not.
            if good && entry.stands && block.whole {
                self.policy.tests.push(test);
            }
        }
    }

    /// Reads one line; `false` where something in it is wrong.
    fn test_line(&mut self, test: &mut Test<'s>, field: &Field<'s>, lines: &mut Lines<'s>, about: About<'s>) -> bool {
        let spot = about.field(field.key);
        match (field.key, &field.value) {
            (Key::Down | Key::Missing, value) => {
                let (rank, list) = if field.key == Key::Down { (Rank::Fails, &mut test.down) } else { (Rank::Missing, &mut test.missing) };
                let mut good = true;
                for word in words(value) {
                    good &= self.single(lines, rank, *word, about);
                    match self.provider_id(*word, about) {
                        Some(value) => list.push(At { value, span: word.span }),
                        None => good = false,
                    }
                }
                good
            }
            (Key::Refuse, value) => {
                let mut good = true;
                for word in words(value) {
                    good &= self.single(lines, Rank::Refuse, *word, about) && self.out.free_name(*word, spot).is_some();
                    test.refuse.push(*word);
                }
                good
            }
            (Key::Fail, Value::Fail { subject, class }) => {
                let single = self.single(lines, Rank::Fails, *subject, about);
                let failing = self.failing(*subject, spot);
                let class = self.failure(*class, spot).filter(|found| self.can_fail(*found, *class, spot));
                let (Some(failing), Some(class)) = (failing, class) else { return false };
                test.fail.push((At { value: failing, span: subject.span }, class));
                single
            }
            (Key::Expect, Value::Expect { route, outcome }) => {
                let found = self.route_id(*route, about);
                let outcome = self.expected(outcome, spot);
                let (Some(value), Some(outcome)) = (found, outcome) else { return false };
                test.expect.push(Expectation { span: field.span, route: At { value, span: route.span }, outcome });
                true
            }
            _ => true,
        }
    }

    /// Whether no line of the same rank has spoken of a subject before.
    fn single(&mut self, lines: &mut Lines<'s>, rank: Rank, subject: Word<'s>, about: About<'s>) -> bool {
        let first = *lines.entry((rank, subject.text)).or_insert(subject.span);
        if first != subject.span {
            let message = format!("{about} says twice what happens to `{}`", shown(subject.text));
            let finding = Diagnostic::new(&rules::BAD_VALUE, subject.span, message).label("said again here").at(first, "first said here");
            self.out.add(about, finding.help("keep one of the two lines"));
        }
        first == subject.span
    }

    fn failing(&mut self, subject: Word<'s>, spot: Spot<'s>) -> Option<Failing<'s>> {
        if subject.text.contains('/') {
            let (provider, parts) = self.target_parts(subject, spot)?;
            return Some(Failing::Target(provider, parts.id));
        }
        self.provider_id(subject, spot.about).map(Failing::Provider)
    }

    /// Whether a call can fail with a class.
    fn can_fail(&mut self, class: Failure, word: Word<'s>, spot: Spot<'s>) -> bool {
        if !class.of_a_call() {
            let help = "name a class with which a provider's answer fails, such as `rate_limit`; an approval is refused with `refuse`";
            self.out.wrong(spot, word, "is raised by the runtime, not by a call", help);
        }
        class.of_a_call()
    }

    /// What is expected; `None` where something in it is wrong. Each name is looked at, so that each mistake is found.
    fn expected(&mut self, outcome: &Outcome<'s>, spot: Spot<'s>) -> Option<Expected<'s>> {
        match outcome {
            Outcome::Serves(targets) => self.named(targets, spot).map(Expected::Serves),
            Outcome::Tries(targets) => self.named(targets, spot).map(Expected::Tries),
            Outcome::Fails { class, says } => {
                let says = says.map(|text| At { value: text.value(), span: text.span });
                self.failure(*class, spot).map(|value| Expected::Fails { class: At { value, span: class.span }, says })
            }
        }
    }

    fn named(&mut self, targets: &[Word<'s>], spot: Spot<'s>) -> Option<Vec<Named<'s>>> {
        let found: Vec<Named<'s>> = targets
            .iter()
            .filter_map(|word| {
                let (provider, parts) = self.target_parts(*word, spot)?;
                Some(Named { text: word.text, span: word.span, provider, id: parts.id })
            })
            .collect();
        (found.len() == targets.len()).then_some(found)
    }
}
