//! One row for each rule: what is said of who breaks it, and a way to break it.

use byokc::audit::{After, Approval, Asked, Attempt, Denied, Done, End, Entry, Opened, Planned, Redeemed, Tool, ToolDecision, cost};
use serde_json::json;

use super::forged::Forgery;
use super::walk::{Record, sign};

type Log = Vec<Record>;

fn attempt(log: &mut Log, at: usize, change: impl FnOnce(&mut Attempt<'static>) -> bool) -> Option<usize> {
    if let Entry::Attempt(attempt) = &mut log[at].1 { change(attempt).then_some(at) } else { None }
}

fn end(log: &mut Log, at: usize, change: impl FnOnce(&mut End<'static>) -> bool) -> Option<usize> {
    if let Entry::End(end) = &mut log[at].1 { change(end).then_some(at) } else { None }
}

fn later(log: &mut Log, at: usize, change: impl FnOnce(&mut Attempt<'static>, &mut After<'static>) -> bool) -> Option<usize> {
    attempt(log, at, |attempt| {
        let Some(mut after) = attempt.after.take() else { return false };
        let changed = change(attempt, &mut after);
        attempt.after = Some(after);
        changed
    })
}

fn first(log: &mut Log, at: usize, change: impl FnOnce(&mut Attempt<'static>) -> bool) -> Option<usize> {
    attempt(log, at, |attempt| attempt.after.is_none() && change(attempt))
}

fn approval(log: &mut Log, at: usize, change: impl FnOnce(&mut Approval<'static>, i64) -> bool) -> Option<usize> {
    let time = log[at].0;
    let approval = match &mut log[at].1 {
        Entry::Attempt(attempt) => attempt.approval.as_mut()?,
        Entry::Redeemed(redeemed) => &mut redeemed.approval,
        _ => return None,
    };
    change(approval, time).then_some(at)
}

fn denied(log: &mut Log, at: usize, change: impl FnOnce(&mut Denied<'static>) -> bool) -> Option<usize> {
    if let Entry::Denied(denied) = &mut log[at].1 { change(denied).then_some(at) } else { None }
}

fn redeemed(log: &mut Log, at: usize, change: impl FnOnce(&mut Redeemed<'static>) -> bool) -> Option<usize> {
    if let Entry::Redeemed(redeemed) = &mut log[at].1 { change(redeemed).then_some(at) } else { None }
}

fn opened(log: &mut Log, at: usize, change: impl FnOnce(&mut Opened<'static>) -> bool) -> Option<usize> {
    if let Entry::Opened(opened) = &mut log[at].1 { change(opened).then_some(at) } else { None }
}

/// Who asked, in a record that lets a request in.
fn asked(log: &mut Log, at: usize, change: impl FnOnce(&mut Asked<'static>) -> bool) -> Option<usize> {
    let asked = match &mut log[at].1 {
        Entry::Attempt(attempt) => &mut attempt.asked,
        Entry::End(end) => &mut end.asked,
        Entry::Redeemed(redeemed) => &mut redeemed.asked,
        _ => return None,
    };
    change(asked).then_some(at)
}

fn request(entry: &Entry<'static>) -> Option<String> {
    Some(match entry {
        Entry::Attempt(attempt) => attempt.asked.request.to_string(),
        Entry::End(end) => end.asked.request.to_string(),
        _ => return None,
    })
}

fn is_route(asked: &Asked<'_>, route: &str) -> bool {
    asked.route.as_deref() == Some(route)
}

fn set<T>(place: &mut T, value: T) -> bool {
    *place = value;
    true
}

fn fresh() -> String {
    format!("{:032x}", 77)
}

/// The step of an end that handed out a receipt, in the records before.
fn receipts(log: &Log, at: usize) -> Vec<(String, String, Option<String>, bool)> {
    let of = |(_, entry): &Record| match entry {
        Entry::End(end) => Some((
            end.asked.request.to_string(),
            end.asked.step.as_deref().unwrap_or_default().to_owned(),
            end.asked.run.as_deref().map(str::to_owned),
            end.receipt,
        )),
        _ => None,
    };
    log[..at].iter().filter_map(of).collect()
}

/// Every row.
pub(super) const FORGERIES: &[Forgery] = &[
    // Whom it calls, and how.
    ("names the target `lab/large`", |log, at, _| attempt(log, at, |a| set(&mut a.call.target, "lab/large".into()))),
    ("names the account `lad`", |log, at, _| attempt(log, at, |a| set(&mut a.call.account, "lad".into()))),
    ("names the model `gpt-1`", |log, at, _| attempt(log, at, |a| set(&mut a.call.model, "gpt-1".into()))),
    ("names the company `acme`", |log, at, _| attempt(log, at, |a| set(&mut a.call.provider, "acme".into()))),
    ("names the operation `image`", |log, at, _| attempt(log, at, |a| set(&mut a.call.operation, "image".into()))),
    ("it goes to evil.example:", |log, at, _| {
        attempt(log, at, |a| a.call.account != "rented" && set(&mut a.call.host, "evil.example".into()))
    }),
    ("it goes to", |log, at, _| attempt(log, at, |a| a.call.account != "rented" && set(&mut a.call.port, 8444))),
    ("kind of place of the key", |log, at, _| attempt(log, at, |a| set(&mut a.key.source, "keyring".into()))),
    ("as place of the key", |log, at, _| attempt(log, at, |a| set(&mut a.key.name, Some("OTHER_KEY".into())))),
    ("names the owner of the key", |log, at, _| {
        attempt(log, at, |a| {
            let other = if a.key.owner == "own" { "managed" } else { "own" };
            set(&mut a.key.owner, other.into())
        })
    }),
    ("it asks for 900000 tokens", |log, at, _| {
        attempt(log, at, |a| a.call.operation == "chat" && set(&mut a.call.max_output, Some(900_000)))
    }),
    ("an answer of any length", |log, at, _| attempt(log, at, |a| is_route(&a.asked, "chat") && set(&mut a.call.max_output, None))),
    ("it streams vectors", |log, at, _| attempt(log, at, |a| a.call.operation == "embeddings" && set(&mut a.call.stream, true))),
    // What of the request it is given.
    ("it looked for", |log, at, _| attempt(log, at, |a| a.redact.pop().is_some() && set(&mut a.redactions, [].into()))),
    ("it looked for", |log, at, _| {
        attempt(log, at, |a| {
            a.redact.push("iban".into());
            true
        })
    }),
    ("it masked by `iban`", |log, at, _| attempt(log, at, |a| a.redactions.insert("iban".into(), 1).is_none())),
    ("and the plan says the last 4 messages", |log, at, _| {
        attempt(log, at, |a| is_route(&a.asked, "chat") && set(&mut a.minimized.history, None))
    }),
    ("it sends the last 1 messages", |log, at, _| {
        attempt(log, at, |a| a.minimized.history.is_none() && set(&mut a.minimized.history, Some(1)))
    }),
    ("it leaves out", |log, at, _| attempt(log, at, |a| a.minimized.strip.pop().is_some())),
    ("it offers the tool `rm_rf`", |log, at, _| {
        attempt(log, at, |a| {
            a.tools.push("rm_rf".into());
            true
        })
    }),
    ("it holds what was sent", |log, at, _| {
        attempt(log, at, |a| !is_route(&a.asked, "gated") && set(&mut a.messages, Some(json!(["a secret"]))))
    }),
    ("it sends a prompt of 25000 tokens", |log, at, _| {
        attempt(log, at, |a| a.call.called && is_route(&a.asked, "chat") && set(&mut a.call.estimate, 25_000))
    }),
    ("and attempt 0 of it takes 8000", |log, at, _| {
        attempt(log, at, |a| a.call.called && is_route(&a.asked, "gated") && a.index == 0 && set(&mut a.call.estimate, 9_000))
    }),
    // Who asks for what.
    ("whom the plan does not have", |log, at, _| asked(log, at, |a| set(&mut a.caller, Some("eve".into())))),
    ("names no caller", |log, at, _| asked(log, at, |a| set(&mut a.caller, None))),
    ("and may call `vectors` only", |log, at, _| {
        asked(log, at, |a| a.workflow.is_none() && !is_route(a, "vectors") && set(&mut a.caller, Some("guest".into())))
    }),
    ("called the workflow `desk`, and may not", |log, at, _| {
        asked(log, at, |a| a.workflow.is_some() && set(&mut a.caller, Some("guest".into())))
    }),
    ("it holds `confidential` data", |log, at, _| {
        asked(log, at, |a| {
            a.data.push("confidential".into());
            is_route(a, "chat") || is_route(a, "any_of")
        })
    }),
    ("names the route `nowhere`", |log, at, _| asked(log, at, |a| set(&mut a.route, Some("nowhere".into())))),
    ("it names no route", |log, at, _| asked(log, at, |a| set(&mut a.route, None))),
    ("of which the plan keeps no record", |log, at, _| {
        asked(log, at, |a| {
            a.workflow.is_none()
                && a.caller.as_deref() == Some("bot")
                && set(&mut a.route, Some("quiet".into()))
                && set(&mut a.data, Vec::new())
        })
    }),
    ("names the step `desk/elsewhere`", |log, at, _| asked(log, at, |a| a.step.is_some() && set(&mut a.step, Some("elsewhere".into())))),
    ("for the step `desk/sort`, which calls route `chat`", |log, at, _| {
        asked(log, at, |a| a.step.as_deref().is_some_and(|step| step != "sort") && set(&mut a.step, Some("sort".into())))
    }),
    ("a step without its workflow", |log, at, _| asked(log, at, |a| a.step.is_some() && set(&mut a.step, None))),
    ("a step without its run", |log, at, _| asked(log, at, |a| a.step.is_some() && set(&mut a.run, None))),
    ("not 32 hexadecimal digits", |log, at, _| asked(log, at, |a| set(&mut a.request, "1".into()))),
    ("which was not in service", |log, at, _| first(log, at, |a| set(&mut a.asked.plan, "sha256:other".into()))),
    ("another thing than the record before", |log, at, _| {
        let changed = asked(log, at, |a| a.data.pop().is_some())?;
        let second = match &log[at].1 {
            Entry::Attempt(attempt) => attempt.after.is_some(),
            Entry::End(_) => true,
            _ => false,
        };
        second.then_some(changed)
    }),
    // Where a run begins, and where it goes on.
    ("and route `chat` begins at 0", |log, at, _| first(log, at, |a| is_route(&a.asked, "chat") && set(&mut a.index, 1))),
    ("which has", |log, at, _| attempt(log, at, |a| set(&mut a.index, 99))),
    ("and the request stood at attempt", |log, at, _| {
        later(log, at, |_, after| {
            after.attempt += 1;
            true
        })
    }),
    ("by the plan the run ends", |log, at, _| later(log, at, |_, after| after.tries > 0 && set(&mut after.class, "content_policy".into()))),
    ("by the plan attempt 1 follows", |log, at, _| {
        later(log, at, |a, after| is_route(&a.asked, "chat") && a.index == 1 && after.attempt == 0 && set(&mut a.index, 2))
    }),
    ("by the plan attempt 3 follows", |log, at, _| {
        later(log, at, |a, after| is_route(&a.asked, "any_of") && after.attempt == 0 && set(&mut a.index, 4))
    }),
    ("after which no other is made", |log, at, _| {
        later(log, at, |_, after| after.tries > 0 && set(&mut after.class, "bad_request".into()))
    }),
    ("the failure class `weather`", |log, at, _| later(log, at, |_, after| set(&mut after.class, "weather".into()))),
    ("was tried 9 times", |log, at, _| later(log, at, |_, after| set(&mut after.tries, 9))),
    ("was tried, and it was not called", |log, at, _| later(log, at, |_, after| after.tries == 0 && set(&mut after.tries, 1))),
    ("and it was not called", |log, at, _| later(log, at, |_, after| after.class == "rate_limit" && set(&mut after.tries, 0))),
    ("whom nobody asked", |log, at, _| {
        later(log, at, |_, after| after.tries == 0 && after.class == "missing_key" && set(&mut after.class, "context_length".into()))
    }),
    ("was too long for `openai/gpt-6-luna` to be called", |log, at, _| {
        later(log, at, |_, after| after.class == "context_length" && after.tries == 0 && set(&mut after.class, "missing_key".into()))
    }),
    ("of a request that the log does not know", |log, at, _| {
        let id = request(&log[at].1)?;
        let begins = matches!(&log[at].1, Entry::Attempt(attempt) if attempt.after.is_none());
        let next = (at + 1..log.len()).find(|next| request(&log[*next].1).as_deref() == Some(&id))?;
        if !begins
            || !matches!(log[next].1, Entry::Attempt(_))
            || log[at..next].iter().any(|(_, entry)| matches!(entry, Entry::Redeemed(_)))
        {
            return None;
        }
        log.remove(at);
        Some(next - 1)
    }),
    ("it begins a request that was under way", |log, at, _| {
        later(log, at, |_, _| true).and_then(|at| attempt(log, at, |a| set(&mut a.after, None)))
    }),
    ("it begins a request that was under way", |log, at, _| {
        first(log, at, |_| true)?;
        let again = log[at].clone();
        log.insert(at + 1, again);
        Some(at + 1)
    }),
    ("its request was over before", |log, at, _| {
        let id = request(&log[at].1).filter(|_| matches!(log[at].1, Entry::End(_)))?;
        let first = log.iter().find(|(_, entry)| request(entry).as_deref() == Some(&id))?.clone();
        log.insert(at + 1, (log[at].0, first.1));
        Some(at + 1)
    }),
    // Approvals.
    ("it has no approval", |log, at, _| attempt(log, at, |a| a.approval.take().is_some())),
    ("it is for something else", |log, at, _| approval(log, at, |a, _| set(&mut a.digest, "sha256:1".into()))),
    ("it is not signed by an approver", |log, at, plan| {
        approval(log, at, |a, now| set(&mut a.signed, sign(9, &plan.digest, "lead", &a.digest, now, 1).into()))
    }),
    ("it is not signed by an approver", |log, at, plan| {
        // The key of one, the signature of another.
        approval(log, at, |a, now| {
            let other = sign(9, &plan.digest, "lead", &a.digest, now, 1);
            let payload = a.signed.split('.').next().unwrap().to_owned();
            set(&mut a.signed, format!("{payload}.{}", other.split('.').nth(1).unwrap()).into())
        })
    }),
    ("`ben` did not give it as `lead`", |log, at, plan| {
        approval(log, at, |a, now| set(&mut a.signed, sign(8, &plan.digest, "lead", &a.digest, now, 1).into()))
    }),
    ("did not give it as `lead`", |log, at, plan| {
        approval(log, at, |a, now| set(&mut a.signed, sign(7, &plan.digest, "head", &a.digest, now, 1).into()))
    }),
    ("it was given under another plan", |log, at, _| {
        approval(log, at, |a, now| set(&mut a.signed, sign(7, "sha256:other", "lead", &a.digest, now, 1).into()))
    }),
    ("it had run out", |log, at, plan| {
        approval(log, at, |a, now| set(&mut a.signed, sign(7, &plan.digest, "lead", &a.digest, now - 1_200_000, 1).into()))
    }),
    ("it was signed later", |log, at, plan| {
        approval(log, at, |a, now| set(&mut a.signed, sign(7, &plan.digest, "lead", &a.digest, now + 1_200_000, 1).into()))
    }),
    ("it is none", |log, at, _| approval(log, at, |a, _| set(&mut a.signed, "yes".into()))),
    ("names the approver `ben`", |log, at, _| approval(log, at, |a, _| set(&mut a.approver, "ben".into()))),
    ("names an approval by the role `head`", |log, at, _| approval(log, at, |a, _| set(&mut a.role, "head".into()))),
    ("its approval was used before", |log, at, _| {
        let used = |(_, entry): &Record| if let Entry::Attempt(attempt) = entry { attempt.approval.clone() } else { None };
        let before = log[..at].iter().find_map(used)?;
        first(log, at, |a| a.approval.is_some() && set(&mut a.approval, Some(before)))
    }),
    ("and route `any_of` asks for none", |log, at, _| {
        first(log, at, |a| is_route(&a.asked, "any_of") && set(&mut a.approval, Some(Approval::default())))
    }),
    ("it is not the first attempt", |log, at, _| later(log, at, |a, _| set(&mut a.approval, Some(Approval::default())))),
    // The order of a workflow.
    ("it has no receipt of `sort`", |log, at, _| attempt(log, at, |a| a.done.len() == 1 && a.done.pop().is_some())),
    ("it has no receipt of `weigh`", |log, at, _| attempt(log, at, |a| a.done.len() == 2 && a.done.pop().is_some())),
    ("which is no step of `desk`", |log, at, _| {
        first(log, at, |a| {
            a.done.push(Done { step: "nap".into(), request: fresh().into() });
            a.asked.step.is_some()
        })
    }),
    ("and is of no workflow", |log, at, _| {
        first(log, at, |a| {
            a.done.push(Done { step: "sort".into(), request: fresh().into() });
            a.asked.step.is_none() && a.approval.is_none()
        })
    }),
    ("which handed out none", |log, at, _| {
        let without = receipts(log, at).into_iter().find(|(.., receipt)| !receipt)?.0;
        first(log, at, |a| a.done.first_mut().is_some_and(|done| set(&mut done.request, without.into())))
    }),
    ("which was another step", |log, at, _| {
        first(log, at, |a| {
            let Some(other) = a.done.get(1).map(|done| done.request.clone()) else { return false };
            set(&mut a.done[0].request, other)
        })
    }),
    ("which was of another run", |log, at, _| {
        let known = receipts(log, at);
        first(log, at, |a| {
            let run = a.asked.run.as_deref();
            let other = known.iter().find(|(_, step, of, receipt)| *receipt && step == "sort" && of.as_deref() != run);
            let Some((other, ..)) = other else { return false };
            a.done.first_mut().is_some_and(|done| set(&mut done.request, other.clone().into()))
        })
    }),
    ("which was not over", |log, at, _| {
        let own = request(&log[at].1);
        let is_over = |id: &str| log[..at].iter().any(|(_, entry)| matches!(entry, Entry::End(end) if end.asked.request == id));
        let stopped =
            |from: usize| log[from..at].iter().any(|(_, entry)| matches!(entry, Entry::Opened(opened) if opened.continues.is_none()));
        let under_way = (0..at).find_map(|from| {
            request(&log[from].1)
                .filter(|id| matches!(log[from].1, Entry::Attempt(_)) && !is_over(id) && !stopped(from) && Some(id) != own.as_ref())
        })?;
        first(log, at, |a| a.done.first_mut().is_some_and(|done| set(&mut done.request, under_way.into())))
    }),
    // How a run ends.
    ("its request was over before", |log, at, _| {
        end(log, at, |_| true)?;
        let again = log[at].clone();
        log.insert(at + 1, again);
        Some(at + 1)
    }),
    ("it ends a request that the log does not know", |log, at, _| {
        let id = request(&log[at].1).filter(|_| matches!(log[at].1, Entry::Attempt(_)))?;
        let same: Vec<usize> = (0..log.len()).filter(|at| request(&log[*at].1).as_deref() == Some(&id)).collect();
        let opened_early = log.iter().any(|(_, entry)| matches!(entry, Entry::Redeemed(redeemed) if redeemed.sealed_in == id));
        if same.len() != 2 || opened_early || !matches!(log[same[1]].1, Entry::End(_)) {
            return None;
        }
        log.remove(at);
        Some(same[1] - 1)
    }),
    ("it ends at attempt", |log, at, _| {
        end(log, at, |e| {
            e.index += 1;
            true
        })
    }),
    ("names the target `lab/large`", |log, at, _| end(log, at, |e| set(&mut e.target, "lab/large".into()))),
    ("it was served, and failed too", |log, at, _| end(log, at, |e| e.outcome == "served" && set(&mut e.class, Some("timeout".into())))),
    ("which was not called", |log, at, _| end(log, at, |e| e.outcome == "served" && set(&mut e.tries, 0))),
    ("was tried 9 times", |log, at, _| end(log, at, |e| e.class.as_deref() != Some("refused") && set(&mut e.tries, 9))),
    ("was tried, and it was not called", |log, at, _| {
        let id = request(&log[at].1)?;
        let ends =
            (at + 1..log.len()).find(|at| matches!(&log[*at].1, Entry::End(end) if end.asked.request == id && end.outcome == "served"))?;
        let later = log[at + 1..ends].iter().any(|(_, entry)| request(entry).as_deref() == Some(&id));
        attempt(log, at, |a| !later && set(&mut a.call.called, false))?;
        Some(ends)
    }),
    ("does not say with what", |log, at, _| end(log, at, |e| e.outcome == "failed" && set(&mut e.class, None))),
    ("and by the plan attempt", |log, at, _| {
        end(log, at, |e| {
            is_route(&e.asked, "chat") && e.index == 0 && e.outcome == "failed" && e.tries > 0 && set(&mut e.class, Some("timeout".into()))
        })
    }),
    ("has no deadline", |log, at, _| {
        end(log, at, |e| is_route(&e.asked, "any_of") && e.outcome == "failed" && set(&mut e.class, Some("deadline".into())))
    }),
    ("it says that time was up after 5 ms", |log, at, _| {
        end(log, at, |e| e.class.as_deref() == Some("deadline") && set(&mut e.duration_ms, 5))
    }),
    ("was too large, and route", |log, at, _| {
        end(log, at, |e| e.outcome == "failed" && e.tries > 0 && set(&mut e.class, Some("too_large".into())))
    }),
    ("was too large for route", |log, at, _| {
        end(log, at, |e| e.class.as_deref() == Some("too_large") && set(&mut e.class, Some("context_length".into())))
    }),
    ("and by the plan it needs none", |log, at, _| {
        end(log, at, |e| e.target == "lab/small" && e.outcome == "failed" && e.tries > 0 && set(&mut e.class, Some("missing_key".into())))
    }),
    ("the outcome `vanished`", |log, at, _| end(log, at, |e| set(&mut e.outcome, "vanished".into()))),
    ("and none was on its way", |log, at, _| {
        end(log, at, |e| e.outcome == "failed" && e.tries == 0 && set(&mut e.outcome, "broke_off".into()))
    }),
    // What it cost.
    ("and by the plan it is", |log, at, _| end(log, at, |e| e.used.cost.is_some() && set(&mut e.used.cost, Some("0.000000000003".into())))),
    ("it says no cost", |log, at, _| end(log, at, |e| e.used.cost.take().is_some())),
    ("and by the plan it is", |log, at, _| {
        end(log, at, |e| {
            e.used.input += 100;
            e.used.cost.as_deref().is_some_and(|cost| cost != "0.00")
        })
    }),
    ("and a run of route `chat` may cost 0.60", |log, at, plan| {
        end(log, at, |e| {
            e.used.output = 5_000_000;
            e.used.cost = cost::cost(&plan.models[&e.target], &e.used).map(|cost| cost::dollars(cost).into());
            is_route(&e.asked, "chat") && e.outcome == "served" && e.target != "lab/small"
        })
    }),
    ("and nobody was called", |log, at, _| end(log, at, |e| e.tries == 0 && set(&mut e.used.input, 5))),
    // Tools.
    ("it passed on a call of the tool `rm_rf`", |log, at, _| tool(log, at, "rm_rf", ToolDecision::Blocked, ToolDecision::Called)),
    ("before which the plan asks for an approval", |log, at, _| tool(log, at, "refund", ToolDecision::Sealed, ToolDecision::Called)),
    ("which has no gate", |log, at, _| tool(log, at, "look_up", ToolDecision::Called, ToolDecision::Sealed)),
    ("which was offered", |log, at, _| tool(log, at, "look_up", ToolDecision::Called, ToolDecision::Blocked)),
    ("does not say which", |log, at, _| {
        tool(log, at, "refund", ToolDecision::Sealed, ToolDecision::Sealed)?;
        end(log, at, |e| e.tools.iter_mut().any(|tool| tool.digest.take().is_some()))
    }),
    ("which it did not seal", |log, at, _| {
        end(log, at, |e| {
            e.tools.iter_mut().any(|tool| tool.decision == ToolDecision::Called && tool.digest.replace("sha256:1".into()).is_none())
        })
    }),
    ("is no final answer of a step", |log, at, _| end(log, at, |e| !e.receipt && set(&mut e.receipt, true))),
    ("it holds the answer", |log, at, _| end(log, at, |e| !is_route(&e.asked, "gated") && set(&mut e.messages, Some(json!(["a secret"]))))),
    // Sealed calls.
    ("which route", |log, at, _| redeemed(log, at, |r| set(&mut r.tool, "rm_rf".into()))),
    ("before which the plan asks for no approval", |log, at, _| redeemed(log, at, |r| set(&mut r.tool, "look_up".into()))),
    ("its request was there before", |log, at, _| redeemed(log, at, |r| set(&mut r.asked.request, r.sealed_in.clone()))),
    ("its approval was used before", |log, at, _| {
        redeemed(log, at, |_| true)?;
        let again = log[at].clone();
        log.insert(at + 1, again);
        redeemed(log, at + 1, |r| set(&mut r.asked.request, fresh().into()))
    }),
    ("which did not seal it", |log, at, plan| {
        let over = |log: &Log, id: &str| log[..at].iter().any(|(_, entry)| matches!(entry, Entry::End(end) if end.asked.request == id));
        let id = if let Entry::Redeemed(redeemed) = &log[at].1 { redeemed.sealed_in.to_string() } else { return None };
        if !over(log, &id) {
            return None;
        }
        approval(log, at, |a, now| {
            a.digest = "sha256:1".into();
            set(&mut a.signed, sign(7, &plan.digest, "lead", "sha256:1", now, 1).into())
        })
    }),
    ("which was opened while the answer went out", |log, at, plan| {
        let id = if let Entry::Redeemed(redeemed) = &log[at].1 { redeemed.sealed_in.to_string() } else { return None };
        let ends = (at..log.len()).find(|at| matches!(&log[*at].1, Entry::End(end) if end.asked.request == id))?;
        approval(log, at, |a, now| {
            a.digest = "sha256:1".into();
            set(&mut a.signed, sign(7, &plan.digest, "lead", "sha256:1", now, 1).into())
        })?;
        Some(ends)
    }),
    // What was approved is something else, by what the log says itself.
    ("its approval is of a sealed call", |log, at, plan| {
        let sealed = log[..at].iter().find_map(|(_, entry)| {
            if let Entry::End(end) = entry { end.tools.iter().find_map(|tool| tool.digest.clone()) } else { None }
        })?;
        first(log, at, |_| true)?;
        approval(log, at, |a, now| {
            a.signed = sign(7, &plan.digest, "lead", &sealed, now, 1).into();
            set(&mut a.digest, sealed)
        })
    }),
    ("another caller, or for another route or step", |log, at, plan| {
        let Entry::Attempt(attempt) = &log[at].1 else { return None };
        let other = |asked: &Asked<'_>| (&asked.route, &asked.step) != (&attempt.asked.route, &attempt.asked.step);
        let asked = log[..at].iter().find_map(|(_, entry)| {
            if let Entry::Denied(denied) = entry { denied.digest.clone().filter(|_| other(&denied.asked)) } else { None }
        })?;
        approval(log, at, |a, now| {
            a.signed = sign(7, &plan.digest, "lead", &asked, now, 1).into();
            set(&mut a.digest, asked)
        })
    }),
    // Who was turned away.
    ("it turns a request away that was there before", |log, at, _| {
        let before = request(&log.get(at.checked_sub(1)?)?.1)?;
        denied(log, at, |d| set(&mut d.asked.request, before.into()))
    }),
    ("its `error.type` is not a word", |log, at, _| denied(log, at, |d| set(&mut d.code, "my key is 12".into()))),
    ("and the plan asks for none there", |log, at, _| {
        denied(log, at, |d| is_route(&d.asked, "any_of") && set(&mut d.code, "approval_required".into()))
    }),
    ("does not say of what", |log, at, _| denied(log, at, |d| d.digest.take().is_some())),
    ("whom the plan does not have", |log, at, _| denied(log, at, |d| set(&mut d.asked.caller, Some("eve".into())))),
    ("names the route `nowhere`", |log, at, _| denied(log, at, |d| set(&mut d.asked.route, Some("nowhere".into())))),
    ("the data class `cosmic`", |log, at, _| denied(log, at, |d| set(&mut d.asked.data, vec!["cosmic".into()]))),
    // Processes and plans.
    ("which is not among those given", |log, at, _| opened(log, at, |o| o.continues.is_none() && set(&mut o.plan, "sha256:other".into()))),
    ("which was not put into service", |log, at, _| opened(log, at, |o| o.continues.is_some() && set(&mut o.plan, "sha256:other".into()))),
    ("which is not among those given", |log, at, _| {
        log.insert(at + 1, (log[at].0, Entry::Planned(Planned { plan: "sha256:other".into() })));
        (!matches!(log[at].1, Entry::Closed {})).then_some(at + 1)
    }),
    ("a process that was started before", |log, at, _| opened(log, at, |o| o.continues.take().is_some())),
    ("after byokc was stopped", |log, at, _| {
        let goes_on = !matches!(log.get(at + 1)?.1, Entry::Opened(_));
        log.insert(at + 1, (log[at].0, Entry::Closed {}));
        (goes_on && !matches!(log[at].1, Entry::Closed {})).then_some(at + 2)
    }),
    ("before byokc was started", |log, at, _| {
        log.remove(0);
        (at == 0).then_some(0)
    }),
];

/// Another decision on the call of a tool.
fn tool(log: &mut Log, at: usize, name: &str, from: ToolDecision, to: ToolDecision) -> Option<usize> {
    end(log, at, |e| {
        let Some(tool) = e.tools.iter_mut().find(|tool| tool.name == name && tool.decision == from) else { return false };
        let digest = (to == ToolDecision::Sealed).then(|| tool.digest.take().unwrap_or_else(|| "sha256:2".into()));
        *tool = Tool { name: tool.name.clone(), decision: to, digest };
        true
    })
}
