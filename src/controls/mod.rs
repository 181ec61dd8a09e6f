//! The guards of a request: what of it is sent, who has approved it, which step comes before it, and which calls of tools come out.
//!
//! Pure: keys, times and random bytes come in. `serve` asks, in the order that `runtime` decides.

pub mod approval;
pub mod receipt;
pub mod sealed;

mod digest;
mod frame;
mod minimize;
mod outflow;
mod prepare;
mod shared_key;
mod summary;
#[cfg(test)]
mod tests;

pub use minimize::minimize;
pub use outflow::{Outflow, Outlet, ToolUse};
pub use prepare::{Prepared, prepare, prepare_embed};
pub use shared_key::SharedKey;
