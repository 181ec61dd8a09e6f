//! Questions about a policy whose answers several checks share.

pub mod bounds;
pub mod lists;
pub mod reach;
