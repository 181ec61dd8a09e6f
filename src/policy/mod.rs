//! What the files of a policy mean together.

pub mod class;
pub mod facts;
pub mod matching;
pub mod model;
pub mod resolve;
pub mod rules;

pub use resolve::{Resolved, resolve};
pub use rules::RULES;
