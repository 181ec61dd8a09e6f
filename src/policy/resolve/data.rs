//! Data classes: every `data` statement adds to one partial order.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use super::about::About;
use crate::diagnostic::Diagnostic;
use crate::policy::class::Classes;
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::Word;
use crate::syntax::keyword::Kind;

/// The most contradictions that are told one by one.
const CONTRADICTIONS: usize = 8;

impl<'s> Resolver<'s> {
    /// Reads all statements; without any, the four usual classes stand.
    pub(super) fn data(&mut self, statements: &[&[Vec<Word<'s>>]]) {
        let mut names: Vec<&'s str> = Vec::new();
        let mut numbers: FxHashMap<&'s str, usize> = FxHashMap::default();
        // Where each pair (lower, higher) is first said, in order.
        let mut pairs: Vec<((usize, usize), Span)> = Vec::new();
        let mut said: FxHashSet<(usize, usize)> = FxHashSet::default();
        for chain in statements.iter().copied().flatten() {
            let mut lower = None;
            for word in chain {
                let Some(class) = self.new_class(*word, &mut names, &mut numbers) else {
                    lower = None;
                    continue;
                };
                if let Some(lower) = lower
                    && said.insert((lower, class))
                {
                    pairs.push(((lower, class), word.span));
                }
                lower = Some(class);
            }
        }
        if !statements.is_empty() {
            self.policy.classes = self.order(&names, pairs);
        }
    }

    /// The number of a class, new at its first mention.
    fn new_class(&mut self, word: Word<'s>, names: &mut Vec<&'s str>, numbers: &mut FxHashMap<&'s str, usize>) -> Option<usize> {
        if let Some(known) = numbers.get(word.text) {
            return Some(*known);
        }
        if !self.names.surplus.contains(word.text) {
            self.out.declared_name(word, About::named(Kind::Data, word));
        }
        if names.len() >= Classes::MAX {
            if self.names.surplus.is_empty() {
                let message = format!("`{}` is one data class too many", super::about::shown(word.text));
                let finding = Diagnostic::new(&rules::BAD_VALUE, word.span, message).label("one too many");
                self.out.add(About::nameless(Kind::Data), finding.help(format!("a policy has at most {} data classes", Classes::MAX)));
            }
            self.names.surplus.insert(word.text);
            return None;
        }
        let number = names.len();
        names.push(word.text);
        numbers.insert(word.text, number);
        self.names.classes.insert(word.text, word.span);
        Some(number)
    }

    /// The order that pairs make. Each contradiction is reported, and its last pair left out.
    fn order(&mut self, names: &[&'s str], mut pairs: Vec<((usize, usize), Span)>) -> Classes {
        let owned = || names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for _ in 0..CONTRADICTIONS {
            let plain: Vec<(usize, usize)> = pairs.iter().map(|(pair, _)| *pair).collect();
            let mut chain = match Classes::new(owned(), &plain) {
                Ok(classes) => return classes,
                Err(chain) => chain,
            };
            // It is drawn from the class that is named first.
            let first = chain.iter().min().and_then(|first| chain.iter().position(|class| class == first));
            chain.rotate_left(first.unwrap_or(0));
            let round = chain.iter().zip(chain.iter().skip(1).chain(chain.first())).map(|(low, high)| (*low, *high));
            let mut steps: Vec<((usize, usize), Span)> =
                round.filter_map(|step| pairs.iter().find(|(pair, _)| *pair == step).copied()).collect();
            steps.sort_by_key(|(_, span)| *span);
            let Some((worst, span)) = steps.pop() else { break };
            let name = |class: usize| names.get(class).copied().unwrap_or_default();
            let drawn: Vec<&str> = chain.iter().chain(chain.first()).map(|class| name(*class)).collect();
            let message = format!("the order of the data classes contradicts itself: `{}`", drawn.join(" < "));
            let finding = Diagnostic::new(&rules::DUPLICATE, span, message)
                .label(format!("`{}` is put below `{}` here", name(worst.0), name(worst.1)))
                .help("take one of these steps out; no class can be less sensitive than itself");
            let finding = steps.iter().fold(finding, |finding, ((low, high), span)| {
                finding.at(*span, format!("`{}` is put below `{}` here", name(*low), name(*high)))
            });
            self.out.add(About::nameless(Kind::Data), finding);
            pairs.retain(|(pair, _)| *pair != worst);
        }
        Classes::new(owned(), &[]).unwrap_or_default()
    }
}
