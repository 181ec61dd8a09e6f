//! One request, told: who asked for what, who was called and why, and what came of it.

use crate::audit::{After, Approval, Asked, Attempt, Denied, End, Key, Redeemed, ToolDecision};
use crate::text::{count, duration, grouped, one_line};

/// A request that was let in; without an end, as far as it went.
pub(super) fn request(time: &str, attempts: &[(String, Attempt<'_>)], end: Option<&End<'_>>) -> String {
    let began = attempts.first().map_or(time, |(time, _)| time);
    let asked = attempts.first().map(|(_, attempt)| &attempt.asked).or(end.map(|end| &end.asked));
    let mut lines = vec![asked.map(|asked| head(began, asked)).unwrap_or_default()];
    for (_, attempt) in attempts {
        lines.push(called(attempt));
        lines.extend(attempt.approval.as_ref().map(approved));
        let done: Vec<String> = attempt.done.iter().map(|done| format!("{} (request {})", done.step, done.request)).collect();
        if !done.is_empty() {
            lines.push(format!("done before: {}", done.join(", ")));
        }
    }
    match end {
        Some(end) => {
            lines.extend(tools(end));
            lines.push(outcome(end));
        }
        None => lines.push("no end: byokc was stopped, or the log ends before".to_owned()),
    }
    block(&lines)
}

/// A request that was turned away.
pub(super) fn denied(time: &str, denied: &Denied<'_>) -> String {
    let reason = denied.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    block(&[head(time, &denied.asked), format!("turned away, {}{reason}", denied.code)])
}

/// A sealed call that was opened.
pub(super) fn redeemed(time: &str, redeemed: &Redeemed<'_>) -> String {
    let opened = format!("opened the call of {} in the answer to request {}", redeemed.tool, redeemed.sealed_in);
    block(&[head(time, &redeemed.asked), opened, approved(&redeemed.approval)])
}

/// The first line as it is, the others under it; nothing in them steers a terminal.
fn block(lines: &[String]) -> String {
    lines.iter().map(|line| one_line(line)).collect::<Vec<_>>().join("\n  ")
}

fn head(time: &str, asked: &Asked<'_>) -> String {
    let caller = asked.caller.as_deref().unwrap_or("nobody known");
    let what = match (&asked.workflow, &asked.step, &asked.route) {
        (Some(workflow), Some(step), Some(route)) => {
            let run = asked.run.as_ref().map(|run| format!(", run {run}")).unwrap_or_default();
            format!("{workflow}/{step} (route {route}{run})")
        }
        (_, _, Some(route)) => route.clone().into_owned(),
        _ => "no route".to_owned(),
    };
    let data = if asked.data.is_empty() { String::new() } else { format!(", data {}", asked.data.join(", ")) };
    format!("{time}  {caller} -> {what}{data}  [{}]", asked.request)
}

/// `openai/gpt-6-luna after attempt 0 failed with rate_limit (2 tries, 7s 100ms), own key env OPENAI_API_KEY, masked 2 email`.
fn called(attempt: &Attempt<'_>) -> String {
    let mut parts = vec![key(&attempt.key)];
    if !attempt.redactions.is_empty() {
        let masked: Vec<String> = attempt.redactions.iter().map(|(name, times)| format!("{times} {name}")).collect();
        parts.push(format!("masked {}", masked.join(" and ")));
    }
    let kept = attempt.minimized.history.map(|last| format!("the last {last} messages only"));
    parts.extend(kept);
    if !attempt.minimized.strip.is_empty() {
        parts.push(format!("without {}", attempt.minimized.strip.join(", ")));
    }
    if !attempt.tools.is_empty() {
        parts.push(format!("offering {}", attempt.tools.join(", ")));
    }
    let verb = if attempt.call.called { "called" } else { "did not call" };
    let why = attempt.after.as_ref().map(after).unwrap_or_default();
    format!("{verb} {}{why}, {}", attempt.call.target, parts.join(", "))
}

fn after(after: &After<'_>) -> String {
    let how = match after.tries {
        0 => "uncalled".to_owned(),
        1 => format!("1 try, {}", duration(after.duration_ms)),
        tries => format!("{tries} tries, {}", duration(after.duration_ms)),
    };
    format!(" after {} ({how})", after.class)
}

fn key(key: &Key<'_>) -> String {
    match &key.name {
        Some(name) => format!("{} key {} {name}", key.owner, key.source),
        None => "no key".to_owned(),
    }
}

fn approved(approval: &Approval<'_>) -> String {
    format!("approved by {} as {}", approval.approver, approval.role)
}

/// What became of the calls of tools, each kind in a line.
fn tools(end: &End<'_>) -> Vec<String> {
    let kinds = [(ToolDecision::Called, "called"), (ToolDecision::Sealed, "sealed"), (ToolDecision::Blocked, "blocked")];
    let of = |decision| end.tools.iter().filter(move |tool| tool.decision == decision).map(|tool| &*tool.name);
    let line = |(decision, word)| {
        let names: Vec<&str> = of(decision).collect();
        (!names.is_empty()).then(|| format!("tools {word}: {}", names.join(", ")))
    };
    kinds.into_iter().filter_map(line).collect()
}

fn outcome(end: &End<'_>) -> String {
    let tries = count(usize::try_from(end.tries).unwrap_or(usize::MAX), "try").replace("trys", "tries");
    let mut line = match (&*end.outcome, &end.class) {
        ("served", _) => format!("served by {}", end.target),
        ("failed", Some(class)) => format!("failed at {} with {class} ({tries})", end.target),
        ("broke_off", Some(class)) => format!("broke off at {} with {class}", end.target),
        ("client_gone", _) => format!("the client was gone, at {}", end.target),
        (other, _) => format!("{other} at {}", end.target),
    };
    if end.used.input > 0 || end.used.output > 0 {
        line += &format!(", {} + {} tokens", grouped(end.used.input), grouped(end.used.output));
    }
    if let Some(cost) = &end.used.cost {
        line += &format!(", ${cost}");
    }
    line += &format!(", {}", duration(end.duration_ms));
    if end.receipt {
        line += ", with a receipt";
    }
    line
}
