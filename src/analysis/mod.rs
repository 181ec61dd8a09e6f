//! Questions about a policy whose answers several checks share.

pub mod bounds;
pub mod data;
pub mod lists;
pub mod reach;
