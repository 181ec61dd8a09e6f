//! Whom an attempt calls, with whose key, and what of the request it is given: as the plan says.

use std::collections::BTreeSet;

use super::asked::named;
use super::plans::Lane;
use super::rule::{Rule, agree, agree_if, must};
use crate::audit::{self, Call, Key, Minimized, company};
use crate::plan::{Attempt, BaseUrl, KeyOwner, KeySource, Provider};

/// All of it.
pub(super) fn check(lane: Lane<'_>, attempt: &Attempt<'static>, record: &audit::Attempt<'_>) -> Rule {
    let provider = lane.plan.providers.get(&attempt.provider).ok_or("the plan has no such account")?;
    target(lane, attempt, provider, &record.call)?;
    key(provider, &record.key)?;
    masked(lane, attempt, record)?;
    minimized(lane, attempt, &record.minimized)?;
    for tool in &record.tools {
        must(lane.route.tools.contains(tool), || {
            let offered = named(lane.route.tools.iter().map(|tool| &**tool));
            format!("it offers the tool `{tool}`, and route `{}` offers {offered}", lane.name)
        })?;
    }
    let content = record.messages.is_some() || record.system.is_some();
    must(!content || lane.route.audit == "full", || {
        format!("it holds what was sent, and the audit of route `{}` is `{}`", lane.name, lane.route.audit)
    })
}

fn target(lane: Lane<'_>, attempt: &Attempt<'static>, provider: &Provider<'static>, call: &Call<'_>) -> Rule {
    agree("target", &*call.target, &*attempt.target)?;
    agree("account", &*call.account, &*attempt.provider)?;
    agree("model", &*call.model, &*attempt.model)?;
    agree("company", &*call.provider, company(&provider.vendor))?;
    let operation = match &*lane.route.kind {
        "chat" => "chat",
        "embedding" => "embeddings",
        kind => return Err(format!("it calls route `{}` of the kind `{kind}`, which byokc does not serve", lane.name)),
    };
    agree("operation", &*call.operation, operation)?;
    must(!call.stream || operation == "chat", || "it streams vectors".to_owned())?;
    if let BaseUrl::Url(url) = &provider.base_url {
        let (host, port) = place(url).ok_or("the plan's address of the account has no host")?;
        let bare = call.host.trim_start_matches('[').trim_end_matches(']');
        must(bare.eq_ignore_ascii_case(&host) && call.port == port, || {
            format!("it goes to {}:{}, and account `{}` is at {host}:{port}", call.host, call.port, attempt.provider)
        })?;
    }
    longest(lane, attempt, call)
}

/// The longest answer that is asked for is none that the plan does not allow.
fn longest(lane: Lane<'_>, attempt: &Attempt<'static>, call: &Call<'_>) -> Rule {
    let model = lane.plan.models.get(&attempt.target).and_then(|model| model.max_output);
    let Some(asked) = call.max_output else {
        let limit = lane.route.max_output.filter(|_| lane.route.kind == "chat");
        return limit
            .map_or(Ok(()), |most| Err(format!("it asks for an answer of any length, and route `{}` allows {most} tokens", lane.name)));
    };
    let most = lane.route.max_output.into_iter().chain(model).min();
    must(most.is_none_or(|most| asked <= most), || {
        format!(
            "it asks for {asked} tokens, and the plan allows {} for `{}` on route `{}`",
            most.unwrap_or_default(),
            attempt.target,
            lane.name
        )
    })
}

/// The host of an address, without brackets, and its port.
fn place(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let usual = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    let authority = rest.split('/').next()?;
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, behind)) => (host, behind.strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    Some((host.to_ascii_lowercase(), port.map_or(Some(usual), |port| port.parse().ok())?))
}

fn key(provider: &Provider<'static>, key: &Key<'_>) -> Rule {
    let (source, name) = match &provider.key {
        KeySource::Env(name) => ("env", Some(&**name)),
        KeySource::File(name) => ("file", Some(&**name)),
        KeySource::Keyring { service, .. } => ("keyring", Some(&**service)),
        KeySource::Exec(words) => ("exec", words.first().map(|word| &**word)),
        KeySource::PerRequest(name) => ("per_request", Some(&**name)),
        KeySource::None => ("none", None),
    };
    agree("kind of place of the key", &*key.source, source)?;
    agree_if("place of the key", key.name.as_deref(), name)?;
    agree("owner of the key", &*key.owner, owner(provider.key_owner))
}

fn owner(owner: KeyOwner) -> &'static str {
    match owner {
        KeyOwner::Own => "own",
        KeyOwner::Managed => "managed",
    }
}

/// What is looked for is what the route and the way to this attempt say.
fn masked(lane: Lane<'_>, attempt: &Attempt<'static>, record: &audit::Attempt<'_>) -> Rule {
    let due: BTreeSet<&str> = lane.route.redact.iter().chain(attempt.redact.iter()).map(|name| &**name).collect();
    let said: BTreeSet<&str> = record.redact.iter().map(|name| &**name).collect();
    let names = |set: &BTreeSet<&str>| named(set.iter().copied());
    must(said == due && said.len() == record.redact.len(), || {
        format!("it looked for {}, and the plan masks {}", names(&said), names(&due))
    })?;
    let other = record.redactions.keys().find(|name| !due.contains(&***name));
    other.map_or(Ok(()), |name| Err(format!("it masked by `{name}`, for which it did not look")))
}

fn minimized(lane: Lane<'_>, attempt: &Attempt<'static>, said: &Minimized<'_>) -> Rule {
    let due = if attempt.minimize.is_empty() { &lane.route.minimize } else { &attempt.minimize };
    let number = |history: Option<u64>| history.map_or_else(|| "all messages".to_owned(), |last| format!("the last {last} messages"));
    must(said.history == due.history, || format!("it sends {}, and the plan says {}", number(said.history), number(due.history)))?;
    let left_out: BTreeSet<&str> = said.strip.iter().map(|name| &**name).collect();
    let wanted: BTreeSet<&str> = due.strip.iter().map(|name| &**name).collect();
    must(left_out == wanted && left_out.len() == said.strip.len(), || {
        format!("it leaves out {}, and the plan says {}", named(left_out.iter().copied()), named(wanted.iter().copied()))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_has_one_host_and_port() {
        for (url, host, port) in [
            ("https://api.openai.com/v1", "api.openai.com", 443),
            ("http://localhost:11434/v1", "localhost", 11434),
            ("http://[::1]:8080/", "::1", 8080),
            ("HTTPS://A.example", "a.example", 443),
        ] {
            assert_eq!(super::place(url), Some((host.to_owned(), port)), "{url}");
        }
        assert_eq!(super::place("nowhere"), None);
    }
}
