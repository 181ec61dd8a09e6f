//! Data classes as a partial order (language reference, section 3), and sets of them as bits.

use crate::text::and;

/// A set of data classes of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassSet(pub u64);

impl ClassSet {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// The set of one class, by its number.
    pub fn one(class: usize) -> Self {
        Self(u32::try_from(class).ok().and_then(|shift| 1u64.checked_shl(shift)).unwrap_or(0))
    }

    /// All that are in one of the two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// All that are in the first only.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether no class is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a class is in it, by its number.
    pub fn contains(self, class: usize) -> bool {
        !self.and(Self::one(class)).is_empty()
    }

    /// Whether all of it is in the other.
    pub fn within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    /// The numbers of its classes, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Classes::MAX).filter(move |class| self.contains(*class))
    }
}

/// The classes of a policy with what lies below each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes {
    names: Vec<String>,
    /// For each class, itself and all below it.
    below: Vec<ClassSet>,
}

impl Default for Classes {
    /// `public < internal < confidential < restricted`.
    fn default() -> Self {
        let names = ["public", "internal", "confidential", "restricted"].map(String::from).to_vec();
        Self { below: (0..names.len()).map(|class| ClassSet((2 << class) - 1)).collect(), names }
    }
}

impl Classes {
    /// The most classes that a policy may have.
    pub const MAX: usize = 64;

    /// Classes in the order of their first mention, and pairs (lower, higher) of their numbers. `Err` holds a chain of classes each of which
    /// stands below the next and the last below the first. At most [`Classes::MAX`] names.
    pub fn new(names: Vec<String>, pairs: &[(usize, usize)]) -> Result<Self, Vec<usize>> {
        let mut below: Vec<ClassSet> = (0..names.len()).map(ClassSet::one).collect();
        // As often as there are classes is enough: each round carries the order one step further.
        for _ in 0..names.len() {
            for (low, high) in pairs {
                let lower = below.get(*low).copied().unwrap_or_default();
                if let Some(set) = below.get_mut(*high) {
                    *set = set.union(lower);
                }
            }
        }
        let classes = Self { names, below };
        match pairs.iter().find(|(low, high)| low == high || classes.below(*low).contains(*high)) {
            Some((low, high)) => Err(classes.chain(*high, *low, pairs)),
            None => Ok(classes),
        }
    }

    /// A shortest chain of pairs from one class up to another.
    fn chain(&self, from: usize, to: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
        let mut paths = vec![vec![from]];
        let mut seen = ClassSet::one(from);
        while !paths.is_empty() {
            let mut next = Vec::new();
            for path in paths {
                let last = path.last().copied().unwrap_or(from);
                if last == to {
                    return path;
                }
                for (_, high) in pairs.iter().filter(|(low, _)| *low == last) {
                    if !seen.contains(*high) {
                        seen = seen.union(ClassSet::one(*high));
                        next.push(path.iter().copied().chain([*high]).collect());
                    }
                }
            }
            paths = next;
        }
        (0..self.names.len()).filter(|class| *class == from || *class == to).collect()
    }

    /// The number of a class.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The name of a class.
    pub fn name(&self, class: usize) -> &str {
        self.names.get(class).map_or("", String::as_str)
    }

    /// Every name, in the order of first mention.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A class and all below it.
    pub fn below(&self, class: usize) -> ClassSet {
        self.below.get(class).copied().unwrap_or_default()
    }

    /// Everything at or below one of a set.
    pub fn closure(&self, set: ClassSet) -> ClassSet {
        set.iter().fold(ClassSet::NONE, |all, class| all.union(self.below(class)))
    }

    /// Every class at or above a class.
    pub fn above(&self, class: usize) -> ClassSet {
        (0..self.names.len())
            .filter(|other| self.below(*other).contains(class))
            .fold(ClassSet::NONE, |all, other| all.union(ClassSet::one(other)))
    }

    /// Every class.
    pub fn all(&self) -> ClassSet {
        self.closure((0..self.names.len()).fold(ClassSet::NONE, |all, class| all.union(ClassSet::one(class))))
    }

    /// The class below all others, if there is one.
    pub fn lowest(&self) -> Option<usize> {
        (0..self.names.len()).find(|class| self.above(*class) == self.all())
    }

    /// The most sensitive classes of a set: those not below another of it.
    pub fn top(&self, set: ClassSet) -> ClassSet {
        set.iter()
            .filter(|class| self.above(*class).and(set) == ClassSet::one(*class))
            .fold(ClassSet::NONE, |all, class| all.union(ClassSet::one(class)))
    }

    /// What becomes of a set under `lowers FROM to TO`: every class at or below FROM and not below TO becomes TO.
    #[must_use]
    pub fn lower(&self, set: ClassSet, from: usize, to: usize) -> ClassSet {
        let moved = set.and(self.below(from)).without(self.below(to));
        if moved.is_empty() { set } else { set.without(moved).union(ClassSet::one(to)) }
    }

    /// The names of a set's most sensitive classes, for people: `confidential`, `a and b`.
    pub fn describe(&self, set: ClassSet) -> String {
        let names: Vec<&str> = self.top(set).iter().map(|class| self.name(class)).collect();
        if names.is_empty() { "nothing".to_owned() } else { and(&names) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_order() {
        let classes = Classes::default();
        assert_eq!(classes.describe(classes.below(2)), "confidential");
        assert_eq!(classes.below(2), ClassSet(0b111));
        assert_eq!(classes.lowest(), Some(0));
        assert_eq!(classes.lower(ClassSet(0b111), 2, 1), ClassSet(0b011));
        assert_eq!(classes.lower(ClassSet(0b1000), 2, 1), ClassSet(0b1000), "restricted is not below confidential");
    }

    #[test]
    fn unordered_classes_have_no_lowest() {
        let classes = Classes::new(vec!["t0".into(), "t1".into()], &[]).unwrap();
        assert_eq!(classes.lowest(), None);
        assert_eq!(classes.describe(classes.all()), "t0 and t1");
    }

    #[test]
    fn a_contradiction_is_a_chain() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        assert_eq!(Classes::new(names, &[(0, 1), (1, 2), (2, 0)]).unwrap_err(), [1, 2, 0]);
        assert_eq!(Classes::new(vec!["a".into()], &[(0, 0)]).unwrap_err(), [0]);
    }
}
