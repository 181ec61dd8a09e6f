//! What a claim comes to.

/// The verdict on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It holds on every run.
    Holds,
    /// Some run breaks it; on a shortest one so many things happen.
    Broken(usize),
    /// It speaks of nothing; whether that is an error.
    Nothing(bool),
}

/// Broken by the shortest of these, if there is any.
pub(crate) fn shortest(breaking: impl IntoIterator<Item = usize>) -> Found {
    breaking.into_iter().min().map_or(Found::Holds, Found::Broken)
}
