//! Keys, passwords and the like: by their own form, or by what stands before them.

mod assigned;
mod login;
mod name;
mod pem;
mod prose;
mod token;
mod value;

use std::ops::Range;

use super::bytes::Bytes;
use crate::redact::{Detector, Found};

pub(super) use assigned::assigned;
pub(super) use login::login;

/// What is told by its own form, and passwords that a sentence gives away.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let bytes = Bytes(text.as_bytes());
    let mut add = |range: Range<usize>| found.push(Found { range, detector: Detector::Secret });
    token::find(text, &mut add);
    pem::find(bytes, &mut add);
    prose::find(bytes, &mut add);
}
