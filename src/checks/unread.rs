//! Places that could not be read: what seems to be missing in a route may be there, misspelt.

use crate::diagnostic::Diagnostic;
use crate::policy::model::{Policy, Route};
use crate::source::{FileId, Span};

/// Where the findings of syntax are.
pub(super) struct Unread {
    /// In order.
    places: Vec<(FileId, u32)>,
    /// Whether one is outside of every route: in the defaults, or in a list that a route may have by default.
    outside: bool,
}

impl Unread {
    /// From the findings of earlier stages.
    pub(super) fn new(policy: &Policy<'_>, found: &[Diagnostic]) -> Self {
        // BYOK0xx are those about text and syntax.
        let mut places: Vec<_> =
            found.iter().filter(|finding| finding.rule.code.0 < 100).map(|finding| (finding.span.file, finding.span.start)).collect();
        places.sort_unstable();
        let mut unread = Self { places, outside: false };
        let inside: usize = if unread.places.is_empty() { 0 } else { policy.routes.iter().map(|route| unread.count(route.span)).sum() };
        unread.outside = inside < unread.places.len();
        unread
    }

    fn count(&self, declaration: Span) -> usize {
        let before = |end: u32| self.places.partition_point(|place| *place < (declaration.file, end));
        before(declaration.end) - before(declaration.start)
    }

    /// Whether a field of a route may have been lost.
    pub(super) fn may_hide_a_field(&self, route: &Route<'_>) -> bool {
        self.outside || self.count(route.span) > 0
    }
}
