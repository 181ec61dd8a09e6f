//! What a claim comes to.

/// The verdict on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It holds on every run.
    Holds,
    /// Some run breaks it; a shortest one has so many events. 0 where it is no matter of runs: the worst case of a workflow.
    Broken(usize),
    /// It speaks of nothing; whether that is an error.
    Nothing(bool),
}

/// Broken by the shortest of these, if there is any.
pub(crate) fn shortest(breaking: impl IntoIterator<Item = usize>) -> Found {
    breaking.into_iter().min().map_or(Found::Holds, Found::Broken)
}
