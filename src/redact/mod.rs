//! Finds personal data and secrets in text, and masks them before anything leaves: placeholders go out, and what they stand for comes back into the answer.

mod detect;
mod detector;
mod fold;
mod json;
mod mapped;
mod names;
mod placeholder;
mod redactor;
mod restorer;
#[cfg(test)]
mod tests;
mod texts;

use std::borrow::Cow;
use std::ops::Range;

pub use detector::{Detector, Detectors};
pub use redactor::{Redactor, Unreadable};
pub use restorer::Restorer;

/// What a detector found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// By which detector.
    pub detector: Detector,
}

/// What these detectors find in a text: in order, none overlapping another.
pub fn find(text: &str, detectors: Detectors) -> Vec<Found> {
    if detectors.is_empty() {
        return Vec::new();
    }
    let Some(folded) = fold::fold(text) else { return detect::find(text, detectors) };
    let mut found = detect::find(&folded.text, detectors);
    for found in &mut found {
        found.range = folded.old(found.range.clone());
    }
    found
}

/// A text with all that these detectors find masked for good: `[EMAIL]`.
pub fn mask(text: &str, detectors: Detectors) -> Cow<'_, str> {
    let found = find(text, detectors);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for Found { range, detector } in found {
        masked.push_str(text.get(kept..range.start).unwrap_or_default());
        masked.push('[');
        masked.push_str(detector.label());
        masked.push(']');
        kept = range.end;
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}
