//! BYOK302: a key that is not where its source says.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Rule, Severities, SubjectKind};
use crate::message::{KeyPlace, key_header, missing_key};
use crate::policy::model::{KeySource, Provider, ProviderId, Route};
use crate::source::Span;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(302),
        name: "key-not-found",
        severities: Severities::Error,
        judged_on: "provider",
        summary: "key not found where its source says (only with `--keys`)",
        fix: None,
        page: include_str!("key_not_found.md"),
    },
    run: Run::Policy(check),
};

/// How many routes a finding names.
const NAMED: usize = 5;

/// Whether the key of a provider is where its source says. Never the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// The provider.
    pub provider: ProviderId,
    /// Whether a key was found.
    pub found: bool,
    /// What was seen instead of one, for people: `the file does not exist`.
    pub seen: Option<String>,
}

pub(super) fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    let Some(states) = context.keys.filter(|states| states.iter().any(|state| !state.found)) else { return };
    let users = users(context);
    for state in states.iter().filter(|state| !state.found) {
        let index = state.provider.0 as usize;
        if let (Some(provider), Some(users)) = (context.policy.providers.get(index), users.get(index).filter(|users| !users.is_empty())) {
            found.extend(finding(provider, state, users));
        }
    }
}

/// For each provider every route that may call it, with the place where it is first named on the way.
fn users<'a, 's>(context: &Context<'a, 's>) -> Vec<Vec<(&'a Route<'s>, Span)>> {
    let mut users: Vec<Vec<(&Route<'_>, Span)>> = vec![Vec::new(); context.policy.providers.len()];
    for (id, route) in context.routes() {
        let Some(automaton) = context.automaton(id) else { continue };
        for attempt in &automaton.attempts {
            let provider = context.policy[attempt.target].provider;
            let Some(users) = users.get_mut(provider.0 as usize) else { continue };
            if users.last().is_none_or(|(last, _)| !std::ptr::eq(*last, route)) {
                users.push((route, automaton.place(attempt).span));
            }
        }
    }
    users
}

fn finding(provider: &Provider<'_>, state: &KeyState, users: &[(&Route<'_>, Span)]) -> Option<Diagnostic> {
    let key = provider.key.as_ref()?;
    let name = provider.name.text;
    let titles: Vec<&str> = users.iter().take(NAMED).map(|(route, _)| &*route.title).collect();
    let message = missing_key(&titles, users.len() - titles.len(), &provider.title, KeyPlace::of(&key.value, name));
    let mut finding = Diagnostic::new(&CHECK.rule, key.span, message)
        .label("no key is found here")
        .about(SubjectKind::Provider, name)
        .help(help(&key.value, name));
    for (route, span) in users.iter().take(NAMED) {
        finding = finding.at(*span, format!("`{}` needs it here", route.name.text));
    }
    if let Some(seen) = &state.seen {
        finding = finding.note(seen.clone());
    }
    Some(finding)
}

fn help(source: &KeySource<'_>, account: &str) -> String {
    match source {
        KeySource::Env(variable) => format!("set the environment variable `{variable}` where byokc runs"),
        KeySource::File(path) => format!("write the key of provider `{account}`, and nothing else, into `{path}`"),
        KeySource::Keyring(service, key) => format!("store the key in the keyring: service `{service}`, account `{key}`"),
        KeySource::Exec(_) => format!("run the program by hand: it must print the key of provider `{account}` and end with success"),
        KeySource::PerRequest => format!("each request must bring the key in the header `{}`", key_header(account)),
        KeySource::None => format!("name where the key of provider `{account}` is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::compile::{Options, compile};
    use crate::imports::NoImports;
    use crate::source::{Source, Sources};
    use crate::units::Date;

    #[test]
    fn each_provider_names_the_routes_that_need_it() {
        let route = |name: &str, fallback: &str| {
            format!(
                "route {name} {{ accepts public allow openai/gpt-6-luna, anthropic/claude-* primary openai/gpt-6-luna fallback {fallback} }}\n"
            )
        };
        let mut text = "provider openai { key env OPENAI_API_KEY }\nprovider anthropic { key per_request }\n".to_owned();
        text += &route("policy_review", "anthropic/claude-opus-5-5 on outage");
        text += &["a", "b", "c", "d", "e", "f"].map(|name| route(name, "route policy_review on outage")).concat();
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", text));
        let options = Options { catalogue: Catalogue::builtin(), today: Date::parse("2026-11-24").unwrap() };
        let mut compilation = compile(&sources, root, &NoImports, options);
        let state = |index, found| KeyState { provider: ProviderId(index), found, seen: None };
        let mut judge = |states: &[KeyState]| {
            compilation.judge_keys(&sources, states);
            let found = compilation.diagnostics.extract_if(.., |finding| finding.rule.code.0 == 302);
            found.map(|finding| (finding.message, finding.labels.len())).collect::<Vec<_>>()
        };
        assert_eq!(judge(&[state(0, true), state(1, true)]), []);
        let found = judge(&[state(0, true), state(1, false)]);
        let sentence = "The policy review, a, b, c, d and 2 more routes are using Anthropic, but no Anthropic BYOK key is configured. \
                        Send x-byok-key-anthropic, or switch these routes to another provider.";
        assert_eq!(found, [(sentence.to_owned(), NAMED)]);
    }
}
