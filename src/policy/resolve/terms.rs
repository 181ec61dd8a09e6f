//! What a route and the defaults of its file may both say, and how the two go together.

use super::Resolver;
use super::about::About;
use super::number::Zero;
use super::word::words;
use crate::catalogue::Capability;
use crate::policy::class::ClassSet;
use crate::policy::model::{Allowing, At, Audit, Detector, Retention, Slug};
use crate::source::Span;
use crate::syntax::ast::{Field, Need, Value, Word};
use crate::syntax::keyword::Key;
use crate::units::Money;

/// What a route, or the defaults, may say. `None` and empty: nothing is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms<'s> {
    pub(super) accepts: Option<At<ClassSet>>,
    pub(super) allow: Vec<Allowing<'s>>,
    pub(super) allow_span: Option<Span>,
    pub(super) prefers_byok: Option<At<bool>>,
    pub(super) needs: Vec<At<Capability>>,
    pub(super) needs_context: Option<At<u64>>,
    pub(super) needs_output: Option<At<u64>>,
    pub(super) region: Vec<At<Vec<Slug<'s>>>>,
    pub(super) retention: Option<At<Retention>>,
    pub(super) training_never: Option<Span>,
    pub(super) timeout: Option<u64>,
    pub(super) retry: Option<u8>,
    pub(super) deadline: Option<At<u64>>,
    pub(super) cost: Option<At<Money>>,
    pub(super) redact: Vec<At<Detector>>,
    pub(super) audit: Option<At<Audit>>,
    /// Whether what it accepts is not known.
    pub(super) broken: bool,
    /// Whether an entry of what it allows is not known.
    pub(super) allow_broken: bool,
}

impl Terms<'_> {
    /// Adds the defaults: what is not said, and every demand.
    pub(super) fn add(&mut self, defaults: &Self) {
        self.accepts = self.accepts.or(defaults.accepts);
        if self.allow_span.is_none() {
            self.allow.clone_from(&defaults.allow);
            self.allow_span = defaults.allow_span;
            self.allow_broken |= defaults.allow_broken;
        }
        self.prefers_byok = self.prefers_byok.or(defaults.prefers_byok);
        self.timeout = self.timeout.or(defaults.timeout);
        self.retry = self.retry.or(defaults.retry);
        self.deadline = self.deadline.or(defaults.deadline);
        self.cost = self.cost.or(defaults.cost);
        self.audit = self.audit.or(defaults.audit);
        self.region.extend(defaults.region.iter().cloned());
        self.training_never = self.training_never.or(defaults.training_never);
        self.retention = strictest(self.retention, defaults.retention, |own, other| other < own);
        self.needs_context = strictest(self.needs_context, defaults.needs_context, |own, other| other > own);
        self.needs_output = strictest(self.needs_output, defaults.needs_output, |own, other| other > own);
        union(&mut self.needs, &defaults.needs);
        union(&mut self.redact, &defaults.redact);
        self.broken |= defaults.broken;
    }
}

/// The stricter of two demands, the own one where they are alike.
fn strictest<T: Copy>(own: Option<At<T>>, other: Option<At<T>>, stricter: impl Fn(&T, &T) -> bool) -> Option<At<T>> {
    match (own, other) {
        (Some(own), Some(other)) if stricter(&own.value, &other.value) => Some(other),
        (own, other) => own.or(other),
    }
}

/// Adds what is not there yet.
fn union<T: Copy + PartialEq>(own: &mut Vec<At<T>>, others: &[At<T>]) {
    for other in others {
        if own.iter().all(|one| one.value != other.value) {
            own.push(*other);
        }
    }
}

impl<'s> Resolver<'s> {
    /// Reads a field that both may hold; `false` for any other.
    pub(super) fn term(&mut self, terms: &mut Terms<'s>, field: &Field<'s>, about: About<'s>) -> bool {
        let spot = about.field(field.key);
        let span = field.span;
        match (field.key, &field.value) {
            (Key::Accepts, value) => {
                let (set, known) = self.classes(words(value), about);
                terms.accepts = Some(At { value: self.policy.classes.closure(set), span });
                terms.broken |= !known;
            }
            (Key::Allow, value) => {
                terms.allow_span = Some(span);
                self.allowing(terms, words(value), about);
            }
            (Key::Byok, Value::Word(word)) => {
                let value = self.out.choice(*word, &[("require", false), ("prefer", true)], spot);
                // A slip here is not to make accounts forbidden that the route may want.
                terms.prefers_byok = Some(At { value: value.unwrap_or(true), span });
            }
            (Key::Needs, Value::Needs(needs)) => {
                for need in needs {
                    self.need(terms, need, about);
                }
            }
            (Key::Region, value) => {
                let value = self.out.slugs(words(value), spot);
                // With nothing good in it, nothing could ever meet it.
                if !value.is_empty() {
                    terms.region.push(At { value, span });
                }
            }
            (Key::Retention, Value::Word(word)) => terms.retention = self.retention(*word, about).map(|value| At { value, span }),
            (Key::Training, Value::Word(word)) => terms.training_never = self.out.choice(*word, &[("never", span)], spot),
            (Key::Timeout, Value::Word(word)) => terms.timeout = self.out.duration(*word, Zero::Refused, spot),
            (Key::Deadline, Value::Word(word)) => {
                terms.deadline = self.out.duration(*word, Zero::Refused, spot).map(|value| At { value, span });
            }
            (Key::Retry, Value::Word(word)) => terms.retry = self.out.count(*word, 0, 5, spot).and_then(|count| u8::try_from(count).ok()),
            (Key::Cost, Value::Word(word)) => terms.cost = self.out.money(*word, spot).map(|value| At { value, span }),
            (Key::Redact, value) => {
                for word in words(value) {
                    if let Some(value) = self.detector(*word, about) {
                        union(&mut terms.redact, &[At { value, span: word.span }]);
                    }
                }
            }
            (Key::Audit, Value::Word(word)) => {
                let value = self.out.choice(*word, &Audit::ALL.map(|audit| (audit.as_str(), audit)), spot);
                terms.audit = value.map(|value| At { value, span });
            }
            _ => return false,
        }
        true
    }

    /// Names of lists, and patterns.
    fn allowing(&mut self, terms: &mut Terms<'s>, words: &[Word<'s>], about: About<'s>) {
        terms.allow.reserve_exact(words.len());
        for word in words {
            let entry = if word.text.contains('/') {
                self.pattern(*word, about.field(Key::Allow)).map(Allowing::Pattern)
            } else {
                let list = self.allow_id(*word, about);
                terms.allow_broken |= list.is_some_and(|list| self.broken_allows.contains(&list));
                list.map(|value| Allowing::List(At { value, span: word.span }))
            };
            match entry {
                Some(entry) => terms.allow.push(entry),
                None => terms.allow_broken = true,
            }
        }
    }

    fn need(&mut self, terms: &mut Terms<'s>, asked: &Need<'s>, about: About<'s>) {
        let spot = about.field(Key::Needs);
        let demand = match asked.what.text {
            "context" => &mut terms.needs_context,
            "output" => &mut terms.needs_output,
            _ => {
                if asked.tokens.is_some() {
                    self.out.wrong(spot, asked.what, "takes no number", "only `context` and `output` take a number of tokens");
                } else if let Some(value) = self.capability(asked.what, about) {
                    union(&mut terms.needs, &[At { value, span: asked.what.span }]);
                }
                return;
            }
        };
        let Some(tokens) = asked.tokens else {
            let help = format!("say how many tokens, as in `{} 128k`", asked.what.text);
            self.out.wrong(spot, asked.what, "needs a number of tokens", help);
            return;
        };
        if let Some(value) = self.out.tokens(tokens, Zero::Refused, spot) {
            let said = At { value, span: asked.what.span.to(tokens.span) };
            *demand = strictest(*demand, Some(said), |own, other| other > own);
        }
    }
}
