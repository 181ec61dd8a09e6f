//! The audit log: what a record says, how records hang together, whether a log shows that only what the plan allows has happened, and what it tells people.
//!
//! Pure: `serve` writes the file, `cli` reads it.

mod chain;
mod company;
mod content;
pub mod cost;
mod read;
mod record;
pub mod show;
pub mod verify;

pub use chain::Head;
pub use company::company;
pub use content::{answer, conversation, texts};
pub use read::{Read, Rows, parse};
pub use record::{
    After, Approval, Asked, Attempt, Call, Denied, Done, End, Entry, Key, Line, Minimized, Opened, Planned, Redeemed, Tool, ToolDecision,
    Used,
};
