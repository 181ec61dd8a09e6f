//! The data classes of a plan: which lies below which, and sets of them.

use std::collections::BTreeMap;

use super::fault::{Faults, at};
use crate::plan::{Lowers, Text, Texts};
use crate::text::and;

/// The most classes that a plan may have.
const MOST: usize = 64;

/// A set of classes, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    pub(super) fn one(class: usize) -> Self {
        Self(u32::try_from(class).ok().and_then(|shift| 1u64.checked_shl(shift)).unwrap_or_default())
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..MOST).filter(move |class| !self.and(Self::one(*class)).is_empty())
    }
}

/// The classes in order of their names, and for each those at or below it.
pub(super) struct Classes<'p> {
    names: Vec<&'p str>,
    below: Vec<Set>,
}

impl<'p> Classes<'p> {
    /// `None` where they are no partial order.
    pub(super) fn read(data: &'p BTreeMap<Text<'p>, Texts<'p>>, faults: &mut Faults) -> Option<Self> {
        let known = faults.0.len();
        faults.unless(
            (1..=MOST).contains(&data.len()),
            || at(["data"]),
            || format!("there are {} data classes, not 1 to {MOST}", data.len()),
        );
        let mut classes = Self { names: data.keys().map(|name| &**name).collect(), below: Vec::new() };
        for (name, below) in data {
            let set = classes.set(below);
            let own = classes.find(name).map(Set::one).unwrap_or_default();
            match set {
                None => faults.add(at(["data", name]), format!("what lies below `{name}` holds a class that is not among the classes")),
                Some(set) => faults.unless(
                    !set.and(own).is_empty(),
                    || at(["data", name]),
                    || format!("`{name}` is not among those at or below `{name}`"),
                ),
            }
            classes.below.push(set.unwrap_or_default());
        }
        for (class, set) in classes.below.iter().enumerate() {
            for lower in set.iter().filter(|lower| *lower != class) {
                let (name, other) = (classes.name(class), classes.name(lower));
                let below = classes.below(lower);
                faults.unless(
                    below.and(Set::one(class)).is_empty(),
                    || at(["data", name]),
                    || format!("`{name}` and `{other}` lie below each other"),
                );
                faults.unless(
                    below.without(*set).is_empty(),
                    || at(["data", name]),
                    || format!("`{other}` lies below `{name}`, but not all that lies below `{other}` does"),
                );
            }
        }
        (faults.0.len() == known).then_some(classes)
    }

    /// The number of a class.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.binary_search(&name).ok()
    }

    fn name(&self, class: usize) -> &'p str {
        self.names.get(class).copied().unwrap_or_default()
    }

    fn below(&self, class: usize) -> Set {
        self.below.get(class).copied().unwrap_or_default()
    }

    /// The set of these; `None` where one is unknown.
    pub(super) fn set(&self, names: &Texts<'_>) -> Option<Set> {
        names.iter().try_fold(Set::default(), |set, name| Some(set.union(Set::one(self.find(name)?))))
    }

    /// Whether everything below a set is in it.
    pub(super) fn closed(&self, set: Set) -> bool {
        set.iter().all(|class| self.below(class).without(set).is_empty())
    }

    /// Every class at or above one of a set.
    pub(super) fn above(&self, set: Set) -> Set {
        let reaches = |class: &usize| !self.below(*class).and(set).is_empty();
        (0..self.names.len()).filter(reaches).fold(Set::default(), |all, class| all.union(Set::one(class)))
    }

    /// What becomes of a set: each in its turn, every class at or below `from` and not below `to` becomes `to`.
    pub(super) fn lower(&self, set: Set, lowers: &[Lowers<'_>]) -> Set {
        lowers.iter().filter_map(|lowers| Some((self.find(&lowers.from)?, self.find(&lowers.to)?))).fold(set, |set, (from, to)| {
            let moved = set.and(self.below(from)).without(self.below(to));
            if moved.is_empty() { set } else { set.without(moved).union(Set::one(to)) }
        })
    }

    /// The most sensitive of a set, in words.
    pub(super) fn describe(&self, set: Set) -> String {
        let top = set.iter().filter(|class| self.above(Set::one(*class)).and(set) == Set::one(*class));
        let names: Vec<&str> = top.map(|class| self.name(class)).collect();
        if names.is_empty() { "no".to_owned() } else { and(&names) }
    }
}
