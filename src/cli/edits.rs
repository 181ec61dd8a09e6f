//! Applies the edits of fixes to texts.

use std::collections::BTreeMap;

use crate::diagnostic::Edit;
use crate::edit::applied;
use crate::source::{FileId, Sources};

/// The texts that changed.
pub(super) struct Applied {
    pub(super) files: BTreeMap<FileId, String>,
    /// How many fixes went in.
    pub(super) count: usize,
}

/// Applies each fix whole or not at all: one that overlaps an earlier one waits for the next round.
pub(super) fn apply(sources: &Sources, fixes: Vec<Vec<Edit>>) -> Applied {
    let mut taken: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    let mut count = 0;
    for fix in fixes {
        let clashes = |edit: &Edit| {
            let others = taken.get(&edit.span.file).into_iter().flatten();
            others.into_iter().any(|other| other.span.start <= edit.span.end && edit.span.start <= other.span.end)
        };
        if fix.is_empty() || fix.iter().any(clashes) {
            continue;
        }
        count += 1;
        for edit in fix {
            taken.entry(edit.span.file).or_default().push(edit);
        }
    }
    let text = |file| sources.get(file).map_or("", |source| source.text());
    let files = taken.into_iter().map(|(file, edits)| (file, applied(text(file), &edits))).collect();
    Applied { files, count }
}
