//! What the runtime decides, from the plan and what has happened so far: who is called next, what a failure is called, what is said of it.
//!
//! No clock, no network, no file: times and failures come in, decisions go out. `serve` carries them out.

use std::collections::BTreeMap;

use crate::message::KeyPlace;
use crate::plan::{Attempt, KeySource, Plan, Provider, Route};
use crate::providers::Target;

pub use admit::{Denied, accepts, admit, admit_embed, may_call, may_take_part, serves};
pub use estimate::{estimate, estimate_texts};
pub use problem::{Report, Tried, status};
pub use run::{Patience, Run, Then};

mod admit;
mod estimate;
mod problem;
mod run;

/// A plan, ready to be looked up in.
#[derive(Clone, Debug)]
pub struct Router {
    plan: Plan<'static>,
    /// The route of each name under which clients ask, its own among them.
    names: BTreeMap<String, String>,
}

impl Router {
    /// Makes a plan ready. Its digest and tables have been checked before.
    pub fn new(plan: Plan<'static>) -> Self {
        let answers =
            plan.routes.iter().flat_map(|(name, route)| route.answers.iter().map(move |answer| (answer.to_string(), name.to_string())));
        let mut names: BTreeMap<String, String> = answers.collect();
        names.extend(plan.routes.keys().map(|name| (name.to_string(), name.to_string())));
        Self { plan, names }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan<'static> {
        &self.plan
    }

    /// The route that a client means by a name, and that route's own name.
    pub fn find(&self, name: &str) -> Option<(&str, &Route<'static>)> {
        let own = self.names.get(name)?;
        Some((own, self.plan.routes.get(own.as_str())?))
    }

    /// Every name under which clients may ask, with the name of its route.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(asked, own)| (asked.as_str(), own.as_str()))
    }

    /// Whom an attempt calls, with all that the plan knows of it. Always there in a plan that has been verified.
    pub fn target<'p>(&'p self, attempt: &'p Attempt<'static>) -> Option<Target<'p>> {
        Some(Target {
            name: &attempt.target,
            id: &attempt.model,
            provider: self.plan.providers.get(&attempt.provider)?,
            model: self.plan.models.get(&attempt.target)?,
        })
    }
}

/// Where a plan says that the key of an account, or a caller's token, is.
pub fn place<'p>(source: &'p KeySource<'_>, account: &'p str) -> KeyPlace<'p> {
    match source {
        KeySource::Env(name) => KeyPlace::Variable(name),
        KeySource::File(path) => KeyPlace::File(path),
        KeySource::Keyring { account, service } => KeyPlace::Keyring(service, account),
        KeySource::Exec(words) => KeyPlace::Program(words),
        KeySource::PerRequest(_) => KeyPlace::Request(account),
        KeySource::None => KeyPlace::Keyless(account),
    }
}

/// The name of where a key is, as the error body gives it: a variable, a file, a program. `None` where none is needed.
pub fn key_name<'p>(provider: &'p Provider<'_>) -> Option<&'p str> {
    match &provider.key {
        KeySource::Env(name) | KeySource::File(name) | KeySource::PerRequest(name) => Some(name),
        KeySource::Keyring { service, .. } => Some(service),
        KeySource::Exec(words) => words.first().map(|word| &**word),
        KeySource::None => None,
    }
}
