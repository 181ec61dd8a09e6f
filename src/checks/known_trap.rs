//! BYOK506: a model with a known trap for what the route asks.

use super::{Call, Check, Run};
use crate::analysis::asks::{Asks, TOOLS_ELSEWHERE, needed};
use crate::catalogue::{Capability, Constraint};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities};
use crate::policy::model::Retention;
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(506),
        name: "known-trap",
        severities: Severities::Warning,
        judged_on: "attempt",
        summary: "the model has a known trap for what the route asks",
        fix: None,
        page: include_str!("known_trap.md"),
    },
    run: Run::Attempt(check),
};

/// A trap that what is asked walks into.
struct Trap {
    /// What the model does, behind "which".
    does: String,
    /// Who asks for it, and where.
    asked: Option<(Span, String)>,
    /// What to watch for.
    watch: String,
}

/// Every trap that is looked at, and what walks into it; `None` for what does not depend on capabilities.
const TRAPS: &[(Constraint, Option<Capability>)] = &[
    (Constraint::ToolsNeedResponses, Some(Capability::Tools)),
    (Constraint::ToolsNeedResponses, Some(Capability::ForcedTools)),
    (Constraint::ToolsNeedResponsesUnlessEffortNone, Some(Capability::Tools)),
    (Constraint::ToolsNeedResponsesUnlessEffortNone, Some(Capability::ForcedTools)),
    (Constraint::ResponsesOnly, Some(Capability::Tools)),
    (Constraint::ResponsesOnly, Some(Capability::ForcedTools)),
    (Constraint::NoForcedToolChoice, Some(Capability::ForcedTools)),
    (Constraint::SamplingRejected, Some(Capability::Sampling)),
    (Constraint::SamplingOnlyWithEffortNone, Some(Capability::Sampling)),
    (Constraint::SamplingIgnored, Some(Capability::Sampling)),
    (Constraint::SamplingNeedsApi20230601, Some(Capability::Sampling)),
    (Constraint::NoStreaming, Some(Capability::Streaming)),
    (Constraint::Retention30dRequired, None),
    (Constraint::TrainsOnData, None),
    (Constraint::ExistingUsersOnly, None),
];

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    let entry = call.facts.entry?;
    let needed = needed(call.context.policy, call.route, call.path);
    let met =
        |(trap, by): &(Constraint, Option<Capability>)| entry.constraints.contains(*trap) && by.is_none_or(|what| needed.contains(what));
    if !TRAPS.iter().any(met) {
        return None;
    }
    let asks = Asks::of(call.context.policy, call.route_id, call.path);
    let traps: Vec<Trap> = [
        tools(call, &asks),
        forced_tools(call, &asks),
        sampling(call, &asks),
        streaming(call, &asks),
        retention(call),
        training(call),
        closed(call),
    ]
    .into_iter()
    .flatten()
    .collect();
    let first = traps.first()?;
    let (route, target) = (call.route.name.text, call.target.text);
    let mut finding =
        call.finding(&CHECK.rule, format!("route `{route}` may call `{target}`, which {}", first.does)).label("has a known trap");
    for trap in &traps {
        if let Some((span, ask)) = &trap.asked {
            finding = finding.at(*span, ask.clone());
        }
    }
    for trap in traps.iter().skip(1) {
        finding = finding.note(format!("it also {}", trap.does));
    }
    for trap in &traps {
        finding = finding.help(trap.watch.clone());
    }
    let candidates = call.candidates(&asks);
    Some(match candidates.advise(", which has no such trap", ", which have no such trap") {
        Some(instead) => finding.help(format!("to be on the safe side, {instead}")),
        None => finding,
    })
}

fn asked(asks: &Asks<'_>, what: Capability) -> Option<(Span, String)> {
    asks.capability(what).map(|ask| (ask.span, ask.describe()))
}

/// Tools are taken on the responses endpoint only. The runtime goes there by itself; other clients have to know.
fn tools(call: &Call<'_, '_>, asks: &Asks<'_>) -> Option<Trap> {
    let asked = asked(asks, Capability::Tools).or_else(|| asked(asks, Capability::ForcedTools))?;
    let trap = TOOLS_ELSEWHERE.into_iter().find(|trap| call.facts.has_trap(*trap))?;
    let but = if trap == Constraint::ToolsNeedResponsesUnlessEffortNone { " unless `reasoning_effort` is `none`" } else { "" };
    Some(Trap {
        does: format!("takes tools on the responses endpoint only (on chat completions it answers 400{but})"),
        asked: Some(asked),
        watch: "have whoever makes the calls use the responses endpoint when tools are offered, a proxy in between too".to_owned(),
    })
}

fn forced_tools(call: &Call<'_, '_>, asks: &Asks<'_>) -> Option<Trap> {
    let asked = asked(asks, Capability::ForcedTools)?;
    call.facts.has_trap(Constraint::NoForcedToolChoice).then(|| Trap {
        does: "answers 400 when a request forces a tool".to_owned(),
        asked: Some(asked),
        watch: "send `tool_choice` `auto`, and say in the prompt which tool is to be called".to_owned(),
    })
}

fn sampling(call: &Call<'_, '_>, asks: &Asks<'_>) -> Option<Trap> {
    let asked = asked(asks, Capability::Sampling)?;
    let has = |trap| call.facts.has_trap(trap);
    let version = call.provider.api_version.as_ref().map(|version| &*version.value);
    let (does, watch) = if has(Constraint::SamplingRejected) {
        ("answers 400 to `temperature`, `top_p` and `top_k`", "leave them out of requests to this route")
    } else if has(Constraint::SamplingOnlyWithEffortNone) {
        (
            "takes `temperature` and `top_p` only together with `reasoning_effort` `none`",
            "send `reasoning_effort` `none` with every request that samples",
        )
    } else if has(Constraint::SamplingIgnored) {
        ("takes `temperature` and `top_p`, and pays no heed to them", "do not count on what they do")
    } else if has(Constraint::SamplingNeedsApi20230601) && version.is_some_and(|version| version != "2023-06-01") {
        (
            "takes `temperature` and `top_p` only under the API version 2023-06-01",
            "write `api_version \"2023-06-01\"` in the provider, or leave the field out",
        )
    } else {
        return None;
    };
    Some(Trap { does: does.to_owned(), asked: Some(asked), watch: watch.to_owned() })
}

fn streaming(call: &Call<'_, '_>, asks: &Asks<'_>) -> Option<Trap> {
    let asked = asked(asks, Capability::Streaming)?;
    call.facts.has_trap(Constraint::NoStreaming).then(|| Trap {
        does: "sends no stream: the whole answer comes at its end".to_owned(),
        asked: Some(asked),
        watch: "ask for whole answers, and give this target a longer `within`".to_owned(),
    })
}

/// 30 days in milliseconds.
const THIRTY_DAYS: u64 = 30 * 24 * 60 * 60 * 1000;

fn retention(call: &Call<'_, '_>) -> Option<Trap> {
    if !call.facts.has_trap(Constraint::Retention30dRequired) {
        return None;
    }
    let short = |kept: Retention| kept < Retention::AtMost(THIRTY_DAYS);
    let demand = call.routes().find_map(|(_, route)| {
        let demand = route.retention.filter(|at| short(at.value))?;
        Some((demand.span, format!("route `{}` wants requests kept for less", route.name.text)))
    });
    let account = || {
        let kept = call.provider.retention.filter(|at| short(at.value))?;
        Some((kept.span, format!("`{}` is said to keep requests for less", call.provider.name.text)))
    };
    Some(Trap {
        does: "is served only where requests are kept for 30 days, unless its vendor agrees to less".to_owned(),
        asked: Some(demand.or_else(account)?),
        watch: format!(
            "have {} agree to keep requests for less time with this model, and accept this finding with that as the reason",
            call.provider.title
        ),
    })
}

fn training(call: &Call<'_, '_>) -> Option<Trap> {
    if !call.facts.has_trap(Constraint::TrainsOnData) {
        return None;
    }
    let demand =
        call.routes().find_map(|(_, route)| Some((route.training_never?, format!("route `{}` demands `training never`", route.name.text))));
    let classes = &call.context.policy.classes;
    let lowest = classes.lowest().map(|class| classes.below(class)).unwrap_or_default();
    let accepts = call.route.accepts;
    let sensitive = (!accepts.value.within(lowest))
        .then(|| (accepts.span, format!("`{}` accepts {} data", call.route.name.text, classes.describe(accepts.value))));
    Some(Trap {
        does: "is sold at this price in exchange for training on what it is sent".to_owned(),
        asked: Some(demand.or(sensitive)?),
        watch: "keep it to routes that accept public data".to_owned(),
    })
}

fn closed(call: &Call<'_, '_>) -> Option<Trap> {
    let gone = call.facts.until.is_some_and(|until| until <= call.context.today);
    (call.facts.has_trap(Constraint::ExistingUsersOnly) && !gone).then(|| Trap {
        does: "is closed to accounts that have not used it before".to_owned(),
        asked: None,
        watch: "try it with this very key before you rely on it".to_owned(),
    })
}
