//! Questions about a policy whose answers several checks share.

pub mod data;
pub mod lists;
