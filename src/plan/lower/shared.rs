//! Parts that many members of a plan have in common.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::automaton::Edge;
use crate::plan::{Next, Reached, Text, Texts};
use crate::policy::class::ClassSet;
use crate::policy::model::{self, Policy, TargetId};
use crate::units::Money;

/// Parts that many routes have in common, made once.
#[derive(Default)]
pub(super) struct Shared<'a> {
    pub(super) none: Texts<'a>,
    classes: FxHashMap<ClassSet, Texts<'a>>,
    next: FxHashMap<Vec<Edge>, Arc<BTreeMap<Text<'a>, Next>>>,
    next_spread: FxHashMap<Vec<Edge>, Arc<BTreeMap<Text<'a>, Next>>>,
    pub(super) reached: FxHashMap<Vec<(TargetId, ClassSet)>, Arc<Vec<Reached<'a>>>>,
}

impl<'a> Shared<'a> {
    /// The names of classes.
    pub(super) fn classes(&mut self, policy: &'a Policy<'_>, set: ClassSet) -> Texts<'a> {
        let names = || Arc::new(set.iter().map(|class| Cow::Borrowed(policy.classes.name(class))).collect());
        Arc::clone(self.classes.entry(set).or_insert_with(names))
    }

    /// Texts, of which there are mostly none.
    pub(super) fn texts(&self, texts: impl Iterator<Item = &'a str>) -> Texts<'a> {
        let mut texts = texts.peekable();
        if texts.peek().is_none() { Arc::clone(&self.none) } else { Arc::new(texts.map(Cow::Borrowed).collect()) }
    }

    /// What follows an attempt.
    pub(super) fn next(&mut self, edges: &[Edge], spread: bool) -> Arc<BTreeMap<Text<'a>, Next>> {
        let known = if spread { &mut self.next_spread } else { &mut self.next };
        if let Some(next) = known.get(edges) {
            return Arc::clone(next);
        }
        let mut next: BTreeMap<&'static str, Vec<u16>> = BTreeMap::new();
        for edge in edges {
            for class in edge.on.iter() {
                next.entry(class.as_str()).or_default().push(edge.to);
            }
        }
        let one_or_any = |to: Vec<u16>| match to.as_slice() {
            [one] if !spread => Next::One(*one),
            _ => Next::Any(to),
        };
        let next = Arc::new(next.into_iter().map(|(class, to)| (class.into(), one_or_any(to))).collect());
        known.insert(edges.to_vec(), Arc::clone(&next));
        next
    }
}

pub(super) fn borrow(text: &str) -> Text<'_> {
    Cow::Borrowed(text)
}

pub(super) fn slugs<'a>(slugs: &[model::Slug<'a>]) -> Texts<'a> {
    texts(slugs.iter().map(|slug| slug.text))
}

pub(super) fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Texts<'a> {
    Arc::new(texts.map(Cow::Borrowed).collect())
}

pub(super) fn decimal(money: Money) -> Text<'static> {
    money.to_string().trim_start_matches('$').to_owned().into()
}
