//! Which findings of an edited policy were there before the edit, and which are new.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::FileId;

use super::overlay::Overlay;

/// The findings before and after an edit, paired.
pub struct Pairs {
    /// For each finding after the edit: which of those before it is, where it is one.
    old: Vec<Option<usize>>,
    /// For each finding before the edit: whether it is still there.
    stays: Vec<bool>,
}

impl Pairs {
    /// Pairs findings of one code at one place: those that say the same first, then those that do not. A place moves with the text around it.
    pub fn new(before: &[Diagnostic], after: &[Diagnostic], overlay: &Overlay<'_>) -> Self {
        let mut pairs = Self { old: vec![None; after.len()], stays: vec![false; before.len()] };
        let mut by_place: BTreeMap<(u16, FileId, u32), Vec<usize>> = BTreeMap::new();
        for (index, finding) in before.iter().enumerate() {
            by_place.entry((finding.rule.code.0, finding.span.file, finding.span.start)).or_default().push(index);
        }
        let same = |one: &Diagnostic, other: &Diagnostic| one.message == other.message && one.severity == other.severity;
        for exact in [true, false] {
            // A warning that has become an error is a new error.
            let alike = |one: &Diagnostic, other: &Diagnostic| if exact { same(one, other) } else { one.severity >= other.severity };
            for (slot, finding) in pairs.old.iter_mut().zip(after).filter(|(slot, _)| slot.is_none()) {
                let traced = overlay.before(finding.span);
                let here = by_place.get(&(finding.rule.code.0, traced.file, traced.start)).into_iter().flatten();
                let mut free = here.filter(|index| pairs.stays.get(**index) == Some(&false));
                let found = free.find(|index| before.get(**index).is_some_and(|one| alike(one, finding)));
                if let Some(stays) = found.and_then(|index| pairs.stays.get_mut(*index)) {
                    *stays = true;
                    *slot = found.copied();
                }
            }
        }
        pairs
    }

    /// Whether a finding before the edit is still there after it.
    pub fn stays(&self, before: usize) -> bool {
        self.stays.get(before).copied().unwrap_or(false)
    }

    /// The findings after the edit that were not there before.
    pub fn new_ones<'d>(&self, after: &'d [Diagnostic]) -> impl Iterator<Item = &'d Diagnostic> {
        self.old.iter().zip(after).filter(|(old, _)| old.is_none()).map(|(_, finding)| finding)
    }

    /// The errors among them that no waiver accepts.
    pub fn new_errors<'d>(&self, after: &'d [Diagnostic]) -> impl Iterator<Item = &'d Diagnostic> {
        self.new_ones(after).filter(|finding| finding.severity == Severity::Error && finding.counts())
    }
}
