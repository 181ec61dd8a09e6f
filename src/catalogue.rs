//! stub
#![allow(missing_docs, reason = "stub")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(pub u32);
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability;
