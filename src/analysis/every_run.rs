//! Every run of a route, whatever fails: from an automaton to its runs, where classes that lead on in the same way are one run and endings are told apart by class.

use super::scenario::{Called, MAX_RUNS, Run, TooManyRuns, after, needs_key};
use crate::automaton::{Attempt, Automaton};
use crate::failure::Failure;
use crate::policy::model::{Policy, RouteId};

/// The classes that a call can fail with: an account that needs no key misses none.
pub fn call_failures(policy: &Policy<'_>, attempt: &Attempt) -> impl Iterator<Item = Failure> {
    let keyless = !needs_key(policy, policy[attempt.target].provider);
    Failure::ALL.into_iter().filter(move |class| class.of_a_call() && !(keyless && *class == Failure::MissingKey))
}

/// The classes with which a run that is called last at this attempt ends, in the language's order.
pub fn ending(policy: &Policy<'_>, automaton: &Automaton, attempt: &Attempt) -> Vec<Failure> {
    call_failures(policy, attempt).filter(|class| after(automaton, attempt, *class).is_empty()).collect()
}

/// For each way to go on the first class, in the language's order, that leads there.
fn onward(policy: &Policy<'_>, automaton: &Automaton, attempt: &Attempt) -> Vec<(Failure, Vec<u16>)> {
    let mut ways: Vec<(Failure, Vec<u16>)> = Vec::new();
    for class in call_failures(policy, attempt) {
        let next = after(automaton, attempt, class);
        if !next.is_empty() && !ways.iter().any(|(_, known)| *known == next) {
            ways.push((class, next));
        }
    }
    ways
}

/// Every run of a route. One that a refused approval ends before its first call comes first, where the route asks for one.
pub fn every_run(policy: &Policy<'_>, automaton: &Automaton, route: RouteId) -> Result<Vec<Run>, TooManyRuns> {
    let mut found: Vec<Run> = policy[route].approve.iter().map(|_| Run { calls: Vec::new(), fails: Some(Failure::Refused) }).collect();
    let mut open: Vec<(Vec<Called>, u16)> = automaton.entries.iter().rev().map(|entry| (Vec::new(), *entry)).collect();
    while let Some((calls, index)) = open.pop() {
        let Some(attempt) = automaton.attempts.get(usize::from(index)) else { continue };
        let with = |failed: Option<Failure>| {
            let call = Called { attempt: index, target: attempt.target, failed };
            calls.iter().copied().chain([call]).collect::<Vec<_>>()
        };
        found.push(Run { calls: with(None), fails: None });
        found.extend(ending(policy, automaton, attempt).into_iter().map(|class| Run { calls: with(Some(class)), fails: Some(class) }));
        let ways = onward(policy, automaton, attempt).into_iter().rev();
        open.extend(
            ways.flat_map(|(class, next)| next.into_iter().rev().map(move |next| (class, next)))
                .map(|(class, next)| (with(Some(class)), next)),
        );
        if found.len() + open.len() > MAX_RUNS {
            return Err(TooManyRuns);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::compile::{Options, compile};
    use crate::imports::NoImports;
    use crate::source::{Source, Sources};

    fn told(routes: &str) -> Result<Vec<String>, TooManyRuns> {
        let start = "provider lab { protocol openai_compatible base_url \"http://localhost:1/v1\" key env LAB_KEY }
            provider den { protocol openai_compatible base_url \"http://localhost:2/v1\" key none }
            allow default { lab/* den/* }\n";
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", format!("{start}{routes}")));
        let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
        let compilation = compile(&sources, root, &NoImports, options);
        let (route, automaton) = compilation.attempted().last().unwrap();
        let call = |call: &Called| {
            let id = &compilation.policy[call.target].id;
            call.failed.map_or(id.to_string(), |class| format!("{id}:{}", class.as_str()))
        };
        let tell = |run: &Run| run.calls.iter().map(call).collect::<Vec<_>>().join(" ");
        Ok(every_run(&compilation.policy, automaton, route)?.iter().map(tell).collect())
    }

    #[test]
    fn one_run_for_each_way_on_and_one_for_each_ending() {
        let found = told("route r { accepts public primary lab/a fallback den/b on outage fallback den/c on auth }").unwrap();
        let ends =
            |before: &str, id: &str, classes: &[&str]| classes.iter().map(|class| format!("{before}{id}:{class}")).collect::<Vec<_>>();
        let mut expected = vec!["a".to_owned()];
        expected.extend(ends("", "a", &["quota", "rate_limit", "context_length", "content_policy", "model_not_found", "bad_request"]));
        let all = ["invalid_key", "permission", "quota", "rate_limit", "overloaded", "server_error", "timeout", "network"];
        let last = ["context_length", "content_policy", "model_not_found", "bad_request"];
        // The first class of `auth` stands for it; behind c nothing follows, and it needs no key.
        expected.push("a:missing_key c".to_owned());
        expected.extend(ends("a:missing_key ", "c", &[&all[..], &last].concat()));
        expected.push("a:overloaded b".to_owned());
        expected.extend(ends("a:overloaded ", "b", &[&all[2..], &last].concat()));
        expected.push("a:overloaded b:invalid_key c".to_owned());
        expected.extend(ends("a:overloaded b:invalid_key ", "c", &[&all[..], &last].concat()));
        assert_eq!(found, expected);
    }

    #[test]
    fn an_approval_may_be_refused() {
        let found = told("route r { accepts public primary lab/a fallback none approve boss }").unwrap();
        assert_eq!(found.first().map(String::as_str), Some(""));
    }

    #[test]
    fn many_runs_are_too_many() {
        let fallbacks: Vec<String> =
            (0..16).map(|number| format!("fallback lab/m{number} on outage fallback den/m{number} on quota")).collect();
        let route = format!("route r {{ accepts public primary lab/a {} }}", fallbacks.join(" "));
        assert_eq!(told(&route), Err(TooManyRuns));
    }
}
