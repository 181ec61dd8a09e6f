//! BYOK502: a window or output limit below what routes need, or below what the called route lets in and asks for.

use super::{Call, Check, Run};
use crate::analysis::asks::{Ask, Asks, tokens};
use crate::analysis::candidates::Candidates;
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(502),
        name: "window-too-small",
        severities: Severities::Error,
        judged_on: "attempt",
        summary: "window or output too small",
        fix: Some(Grade::Review),
        page: include_str!("window_too_small.md"),
    },
    run: Run::Attempt(check),
};

/// What does not fit: what is asked, the limit where it is known, and how people say both.
struct Misfit<'a> {
    ask: Ask<'a, u64>,
    limit: Option<u64>,
    what: &'static str,
    asks: &'static str,
}

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    // Of a model that nobody knows, BYOK503 says all there is to say.
    if !call.facts.known() {
        return None;
    }
    let asks = Asks::of(call.context.policy, call.route_id, call.path);
    let facts = call.facts;
    let misfits: Vec<Misfit<'_>> = [
        (asks.context, facts.context, "window", "needs"),
        (asks.max_input, facts.max_input, "largest prompt", "lets in prompts of"),
        (asks.output, facts.max_output, "longest answer", "needs answers of"),
        (asks.max_output, facts.max_output, "longest answer", "asks for answers of"),
    ]
    .into_iter()
    .filter_map(|(ask, limit, what, asks)| Some(Misfit { ask: ask?, limit, what, asks }))
    .filter(|misfit| misfit.limit.is_none_or(|limit| misfit.ask.what > limit))
    .collect();
    let first = misfits.first()?;
    let (route, target) = (call.route.name.text, call.target.text);
    let said = match first.limit {
        Some(limit) => format!("whose {} is {} tokens, below {}", first.what, tokens(limit), tokens(first.ask.what)),
        None => format!("whose {} is not known, while {} tokens are asked for", first.what, tokens(first.ask.what)),
    };
    let label = first.limit.map_or_else(|| format!("{} not known", first.what), |limit| format!("{} {} tokens", first.what, tokens(limit)));
    let mut finding = call.finding(&CHECK.rule, format!("route `{route}` may call `{target}`, {said}")).label(label);
    for misfit in &misfits {
        finding = finding.at(misfit.ask.span, format!("`{}` {} {} tokens", misfit.ask.by, misfit.asks, tokens(misfit.ask.what)));
    }
    for misfit in misfits.iter().skip(1) {
        let limit = misfit.limit.map_or_else(|| "not known".to_owned(), |limit| format!("{} tokens", tokens(limit)));
        finding = finding.note(format!("its {} is {limit}, too", misfit.what));
    }
    let candidates =
        Candidates::find(call.context.policy, call.context.catalogue, call.path, call.attempt.target, |entry| asks.met_by(entry));
    let instead = candidates.advise(", which is large enough").map(|text| format!("{text}; or ")).unwrap_or_default();
    finding = finding.help(format!("{instead}{}", remedy(call, first)));
    Some(match first.limit {
        Some(limit) => lower(call, finding, &first.ask, limit),
        None => finding,
    })
}

/// What to do with the request rather than with the model.
fn remedy(call: &Call<'_, '_>, misfit: &Misfit<'_>) -> String {
    let (target, by) = (call.target.text, misfit.ask.by);
    let Some(limit) = misfit.limit else {
        let fact = if misfit.what == "longest answer" { "output" } else { "context" };
        return format!("where you know it, declare it: `model {target} {{ {fact} {} }}`", tokens(misfit.ask.what));
    };
    match misfit.what {
        "window" => format!("lower the `context` that route `{by}` needs to {}", tokens(limit)),
        "largest prompt" if call.automaton.next(call.attempt).is_empty() => {
            format!("let route `{by}` take at most `max_input {}`", tokens(limit))
        }
        "largest prompt" => {
            format!(
                "write `{target} up to {0}`, so that larger prompts go on as `context_length`, or let the route take at most `max_input {0}`",
                tokens(limit)
            )
        }
        _ if misfit.asks == "needs answers of" => format!("lower the `output` that route `{by}` needs to {}", tokens(limit)),
        _ => format!("let route `{by}` ask for at most `max_output {}`", tokens(limit)),
    }
}

/// Writes the model's limit where `max_input` or `max_output` says more, unless the field is a default that others share.
fn lower(call: &Call<'_, '_>, finding: Diagnostic, ask: &Ask<'_, u64>, limit: u64) -> Diagnostic {
    let own = call.route.span;
    let text = call.context.sources.text(ask.span);
    let Some(field) = ["max_input", "max_output"].into_iter().find(|field| text.starts_with(field)) else { return finding };
    if ask.span.file != own.file || ask.span.start < own.start || ask.span.end > own.end {
        return finding;
    }
    let text = format!("{field} {}", tokens(limit));
    finding.fix(format!("write `{text}`"), Grade::Review, vec![Edit { span: ask.span, text }])
}
