//! Questions about a policy whose answers several checks share.

pub mod asks;
pub mod candidates;
pub mod data;
pub mod lists;
