//! What a client means by the name that it gives as `model`: a route, or a step of a workflow.

use std::borrow::Cow;

use crate::plan::Route;
use crate::runtime::{may_call, may_take_part};

use super::callers::Caller;
use super::service::Service;

/// A route that is called directly, or by a step.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'s> {
    /// The route's own name.
    pub(super) name: &'s str,
    pub(super) route: &'s Route<'static>,
    /// The workflow and the step.
    pub(super) step: Option<(&'s str, &'s str)>,
}

impl Service {
    /// What a name means: a route under any of its names, or `workflow/step`.
    pub(super) fn wanted(&self, model: &str) -> Option<Wanted<'_>> {
        if let Some((name, route)) = self.router.find(model) {
            return Some(Wanted { name, route, step: None });
        }
        let (workflow, step) = model.split_once('/')?;
        let plan = self.router.plan();
        let (workflow, steps) = plan.workflows.get_key_value(workflow)?;
        let (step, called) = steps.steps.get_key_value(step)?;
        let (name, route) = plan.routes.get_key_value(&called.route)?;
        Some(Wanted { name, route, step: Some((workflow, step)) })
    }

    /// Whether a caller may call it.
    pub(super) fn permits(&self, caller: Caller<'_>, wanted: &Wanted<'_>) -> bool {
        let Some(caller) = caller.name() else { return true };
        self.router.plan().callers.get(caller).is_some_and(|caller| match wanted.step {
            None => may_call(caller, wanted.name),
            Some((workflow, _)) => may_take_part(caller, workflow),
        })
    }

    /// Every name under which a caller may ask, and what it means: routes first, then steps.
    pub(super) fn open_to(&self, caller: Caller<'_>) -> Vec<(Cow<'_, str>, Wanted<'_>)> {
        let plan = self.router.plan();
        let routes = self.router.names().map(|(name, _)| Cow::Borrowed(name));
        let steps = plan
            .workflows
            .iter()
            .flat_map(|(workflow, steps)| steps.steps.keys().map(move |step| Cow::Owned(format!("{workflow}/{step}"))));
        let names = routes.chain(steps).filter_map(|name| self.wanted(&name).map(|wanted| (name, wanted)));
        names.filter(|(_, wanted)| self.permits(caller, wanted)).collect()
    }
}
