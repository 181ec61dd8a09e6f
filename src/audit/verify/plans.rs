//! The plans that a log is held against.

use std::collections::BTreeMap;

use crate::plan::{Plan, Route};
use crate::verify::{self, Fault};

/// Plans by digest, each of which is what it says.
#[derive(Debug, Default)]
pub struct Plans(BTreeMap<String, Plan<'static>>);

impl Plans {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, once it is verified from itself alone.
    pub fn add(&mut self, plan: Plan<'static>) -> Result<(), Vec<Fault>> {
        verify::verify(&plan)?;
        self.0.insert(plan.digest.clone().into_owned(), plan);
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The plan with a digest.
    pub(super) fn find(&self, digest: &str) -> Result<&Plan<'static>, String> {
        self.0.get(digest).ok_or_else(|| format!("it names the plan {digest}, which is not among those given"))
    }
}

/// A route of a plan, by its name.
#[derive(Clone, Copy)]
pub(super) struct Lane<'p> {
    pub(super) plan: &'p Plan<'static>,
    pub(super) name: &'p str,
    pub(super) route: &'p Route<'static>,
}
