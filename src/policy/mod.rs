//! What the files of a policy mean together.

pub mod class;
pub mod failure;
pub mod model;
