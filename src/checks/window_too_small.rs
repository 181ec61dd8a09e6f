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

/// What can be too small.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// The window that a route needs.
    Window,
    /// The largest prompt that the called route lets in.
    Prompt,
    /// The answer that a route needs.
    NeededAnswer,
    /// The answer that the called route asks for.
    Answer,
}

/// What is asked, and the limit where it is known.
struct Misfit<'a> {
    size: Size,
    ask: Ask<'a, u64>,
    limit: Option<u64>,
}

impl Misfit<'_> {
    /// What the model offers, behind "which".
    fn offers(&self) -> String {
        match (self.size, self.limit.map(tokens)) {
            (Size::Window, Some(limit)) => format!("has a window of {limit} tokens"),
            (Size::Window, None) => "has a window of unknown size".to_owned(),
            (Size::Prompt, Some(limit)) => format!("takes prompts of at most {limit} tokens"),
            (Size::Prompt, None) => "takes prompts of unknown size".to_owned(),
            (_, Some(limit)) => format!("answers with at most {limit} tokens"),
            (_, None) => "gives answers of unknown length".to_owned(),
        }
    }

    /// What is asked of it.
    fn asked(&self) -> String {
        let (by, asked) = (self.ask.by, tokens(self.ask.what));
        match self.size {
            Size::Window | Size::NeededAnswer => format!("route `{by}` needs {asked}"),
            Size::Prompt => format!("route `{by}` lets in {asked}"),
            Size::Answer => format!("route `{by}` asks for {asked}"),
        }
    }

    /// The fact of a `model` block that it is about.
    fn fact(&self) -> &'static str {
        if matches!(self.size, Size::Window | Size::Prompt) { "context" } else { "output" }
    }
}

fn check(call: &Call<'_, '_>) -> Option<Diagnostic> {
    // Of a model that nobody knows, BYOK503 says all there is to say.
    if !call.facts.known() {
        return None;
    }
    let (policy, facts) = (call.context.policy, call.facts);
    let asks = Asks::of(policy, call.route_id, call.path);
    let misfits: Vec<Misfit<'_>> = [
        (Size::Window, asks.context, facts.context),
        (Size::Prompt, asks.max_input, facts.max_input),
        (Size::NeededAnswer, asks.output, facts.max_output),
        (Size::Answer, asks.max_output, facts.max_output),
    ]
    .into_iter()
    .filter_map(|(size, ask, limit)| Some(Misfit { size, ask: ask?, limit }))
    .filter(|misfit| misfit.limit.is_none_or(|limit| misfit.ask.what > limit))
    .collect();
    let first = misfits.first()?;
    let (route, target) = (call.route.name.text, call.target.text);
    let message = format!("route `{route}` may call `{target}`, which {}, while {}", first.offers(), first.asked());
    let mut finding = call.finding(&CHECK.rule, message).label(first.offers());
    for misfit in &misfits {
        finding = finding.at(misfit.ask.span, misfit.asked());
    }
    for misfit in misfits.iter().skip(1) {
        finding = finding.note(format!("it also {}, while {}", misfit.offers(), misfit.asked()));
    }
    let candidates = Candidates::find(policy, call.context.catalogue, call.path, call.attempt.target, |entry| asks.met_by(entry));
    if let Some(instead) = candidates.advise(", which is large enough", ", which are large enough") {
        finding = finding.help(instead);
    }
    finding = finding.help(remedy(call, first));
    Some(match first.limit {
        Some(limit) => lower(call, finding, &first.ask, limit),
        None => finding,
    })
}

/// What to do with the request rather than with the model.
fn remedy(call: &Call<'_, '_>, misfit: &Misfit<'_>) -> String {
    let (target, by) = (call.target.text, misfit.ask.by);
    let Some(limit) = misfit.limit.map(tokens) else {
        let (fact, asked) = (misfit.fact(), tokens(misfit.ask.what));
        return match call.target.model {
            Some(_) => format!("where you know it, add it to model `{target}`, such as `{fact} {asked}`"),
            None => format!("where you know it, declare it: `model {target} {{ {fact} {asked} }}`"),
        };
    };
    match misfit.size {
        Size::Window => format!("or have route `{by}` need no more than `context {limit}`"),
        Size::NeededAnswer => format!("or have route `{by}` need no more than `output {limit}`"),
        Size::Answer => format!("or have route `{by}` ask for no more than `max_output {limit}`"),
        Size::Prompt if call.automaton.next(call.attempt).is_empty() => {
            format!("or have route `{by}` let in no more than `max_input {limit}`")
        }
        Size::Prompt => format!(
            "or write `{target} up to {limit}`, so that a larger prompt goes on as `context_length`; or let in no more than `max_input {limit}`"
        ),
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
