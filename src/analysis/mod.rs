//! Questions about a policy whose answers several checks share.

pub mod asks;
pub mod bounds;
pub mod candidates;
pub mod claims;
pub mod data;
pub mod every_run;
pub mod lists;
pub mod outcomes;
pub mod reach;
pub mod runs;
pub mod scenario;
