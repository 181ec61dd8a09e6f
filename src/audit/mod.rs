//! The audit log: what a record says, how records hang together, whether a log shows that only what the plan allows has happened, and what it tells people.
//!
//! Pure: `serve` writes the file, `cli` reads it.

mod chain;
mod content;
mod otel;
mod record;
pub mod show;
pub mod verify;

pub use chain::Head;
pub use content::{answer, conversation, texts};
pub use otel::provider_name;
pub use record::{
    After, Approval, Asked, Attempt, Call, Denied, Done, End, Entry, Key, Line, Minimized, Opened, Planned, Redeemed, Tool, ToolDecision,
    Used,
};
