//! From a model's traps to which hints of a request it takes: what it does not take is left out and named.

use crate::exchange::{Effort, Request, Sampling};

use super::Target;

/// The hints of a request that go to an OpenAI-shaped endpoint.
#[derive(Debug, Default)]
pub(super) struct Hints<'r> {
    pub(super) sampling: Sampling,
    pub(super) effort: Option<&'static str>,
    pub(super) user: Option<&'r str>,
    /// The names of those that were left out.
    pub(super) dropped: Vec<&'static str>,
}

/// What of a request's hints this target takes, at an endpoint that has no fields of these names.
pub(super) fn hints<'r>(target: &Target<'_>, request: &'r Request, lacks: &[&str]) -> Hints<'r> {
    let mut dropped = Vec::new();
    let mut keep = |taken: bool, name| {
        let taken = taken && !lacks.contains(&name);
        if !taken {
            dropped.push(name);
        }
        taken
    };
    let given = &request.sampling;
    let sampled = takes_sampling(target, request);
    let sampling = Sampling {
        temperature: given.temperature.filter(|_| keep(sampled, "temperature")),
        top_p: given.top_p.filter(|_| keep(sampled, "top_p")),
        top_k: given.top_k.filter(|_| keep(sampled, "top_k")),
        presence_penalty: given.presence_penalty.filter(|_| keep(sampled, "presence_penalty")),
        frequency_penalty: given.frequency_penalty.filter(|_| keep(sampled, "frequency_penalty")),
        seed: given.seed.filter(|_| keep(true, "seed")),
    };
    let effort = request.effort.filter(|effort| keep(takes_effort(target, *effort), "reasoning_effort")).map(Effort::as_str);
    let user = request.user.as_deref().filter(|_| keep(true, "user"));
    // OpenAI attaches notes to what it stores, and nothing is stored.
    if !request.metadata.is_empty() {
        dropped.push("metadata");
    }
    Hints { sampling, effort, user, dropped }
}

/// Whether the target is asked not to think, and can do that.
pub(super) fn no_thoughts(target: &Target<'_>, request: &Request) -> bool {
    request.effort == Some(Effort::None) && takes_effort(target, Effort::None)
}

fn takes_sampling(target: &Target<'_>, request: &Request) -> bool {
    let never = target.trap("sampling_rejected") || target.trap("sampling_ignored");
    !never && (!target.trap("sampling_only_with_effort_none") || no_thoughts(target, request))
}

/// A model that nothing is known of may think.
fn takes_effort(target: &Target<'_>, effort: Effort) -> bool {
    let thinks = target.can("reasoning") || target.model.base.is_none();
    thinks && !(effort == Effort::None && target.trap("thinking_always_on"))
}
