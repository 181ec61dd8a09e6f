//! A scenario, and the runs that it permits: from what goes wrong to who is called, in order, and how each run ends.
//!
//! What a scenario does not name goes well: every other call is served, every other approval granted. No time passes in it, so no run fails with `deadline`.

use std::collections::{BTreeMap, BTreeSet};

use crate::automaton::{Attempt, Automaton};
use crate::failure::Failure;
use crate::message::{self, KeyPlace};
use crate::policy::model::{Failing, KeySource, Policy, ProviderId, RouteId, TargetId, Test};

/// The most runs of a route that are told one by one. Only `spread` pools give a scenario more than one, and their choices multiply.
pub const MAX_RUNS: usize = 10_000;

/// What goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    missing: BTreeSet<ProviderId>,
    accounts: BTreeMap<ProviderId, Failure>,
    targets: BTreeMap<(ProviderId, String), Failure>,
    refused: BTreeSet<String>,
}

impl Scenario {
    /// That of a test.
    pub fn of(test: &Test<'_>) -> Self {
        let mut scenario = Self::default();
        test.missing.iter().for_each(|provider| scenario.miss(provider.value));
        test.down.iter().for_each(|provider| scenario.fail(&Failing::Provider(provider.value), Failure::ServerError));
        test.fail.iter().for_each(|(failing, class)| scenario.fail(&failing.value, *class));
        test.refuse.iter().for_each(|role| scenario.refuse(role.text));
        scenario
    }

    /// The key of this account is missing.
    pub fn miss(&mut self, provider: ProviderId) {
        self.missing.insert(provider);
    }

    /// Calls there fail with this class. Of two such lines about one subject the first holds.
    pub fn fail(&mut self, failing: &Failing<'_>, class: Failure) {
        match failing {
            Failing::Provider(provider) => self.accounts.entry(*provider).or_insert(class),
            Failing::Target(provider, id) => self.targets.entry((*provider, id.to_string())).or_insert(class),
        };
    }

    /// Approvals by this role are refused.
    pub fn refuse(&mut self, role: &str) {
        self.refused.insert(role.to_owned());
    }

    /// What becomes of a call: the class it fails with, or `None` where it is served. A missing key beats all else, a line about the target beats one about
    /// its provider. An account that needs no key misses none.
    pub fn failure(&self, policy: &Policy<'_>, target: TargetId) -> Option<Failure> {
        let target = &policy[target];
        if self.missing.contains(&target.provider) && needs_key(policy, target.provider) {
            return Some(Failure::MissingKey);
        }
        let own = self.targets.get(&(target.provider, target.id.to_string()));
        own.or_else(|| self.accounts.get(&target.provider)).copied()
    }

    /// Whether an approval by this role is refused.
    pub fn refuses(&self, role: &str) -> bool {
        self.refused.contains(role)
    }
}

/// Whether an account cannot be called without a key.
pub fn needs_key(policy: &Policy<'_>, provider: ProviderId) -> bool {
    policy[provider].key.as_ref().is_none_or(|key| key.value != KeySource::None)
}

/// One run of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The calls, in order.
    pub calls: Vec<Called>,
    /// The class that it fails with; `None` where its last call is served.
    pub fails: Option<Failure>,
}

/// One call of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    /// Which attempt it is: an index of the automaton's attempts.
    pub attempt: u16,
    /// Who is called.
    pub target: TargetId,
    /// The class it fails with; `None` where it is served.
    pub failed: Option<Failure>,
}

impl Run {
    /// Who serves it.
    pub fn served_by(&self) -> Option<TargetId> {
        self.calls.last().filter(|call| call.failed.is_none()).map(|call| call.target)
    }

    /// What a person is told about a run that failed.
    pub fn message(&self, policy: &Policy<'_>, route: RouteId) -> Option<String> {
        let class = self.fails?;
        let route = &policy[route];
        let Some(last) = self.calls.last() else {
            let role = route.approve.as_ref().map_or("somebody", |gate| gate.role.text);
            return Some(message::not_approved(&route.title, role));
        };
        let target = &policy[last.target];
        let provider = &policy[target.provider];
        let account = provider.name.text;
        let key = provider.key.as_ref().map_or(KeyPlace::Keyless(account), |key| KeyPlace::of(&key.value, account));
        Some(message::failed(&message::Call { route: &route.title, provider: &provider.title, target: target.text, key }, class).whole())
    }
}

/// More than [`MAX_RUNS`] runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRuns;

/// Every run of a route that a scenario permits: one for each choice of its `spread` pools, in their order.
pub fn runs(policy: &Policy<'_>, automaton: &Automaton, route: RouteId, scenario: &Scenario) -> Result<Vec<Run>, TooManyRuns> {
    if policy[route].approve.as_ref().is_some_and(|gate| scenario.refuses(gate.role.text)) {
        return Ok(vec![Run { calls: Vec::new(), fails: Some(Failure::Refused) }]);
    }
    let mut found = Vec::new();
    // Runs that have come so far and are to go on here; the last is taken first.
    let mut open: Vec<(Vec<Called>, u16)> = automaton.entries.iter().rev().map(|entry| (Vec::new(), *entry)).collect();
    while let Some((mut calls, index)) = open.pop() {
        let Some(attempt) = automaton.attempts.get(usize::from(index)) else { continue };
        let failed = scenario.failure(policy, attempt.target);
        calls.push(Called { attempt: index, target: attempt.target, failed });
        let next = failed.map(|class| after(automaton, attempt, class)).unwrap_or_default();
        match next.as_slice() {
            [] => found.push(Run { calls, fails: failed }),
            next => open.extend(next.iter().rev().map(|next| (calls.clone(), *next))),
        }
        if found.len() + open.len() > MAX_RUNS {
            return Err(TooManyRuns);
        }
    }
    Ok(found)
}

/// Where a run may go on after a failure: several where a `spread` pool is entered, none where it ends.
pub fn after(automaton: &Automaton, attempt: &Attempt, class: Failure) -> Vec<u16> {
    automaton.next(attempt).iter().filter(|edge| edge.on.contains(class)).map(|edge| edge.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::compile::{Compilation, Options, compile};
    use crate::imports::NoImports;
    use crate::source::{Source, Sources};

    const START: &str = "
        provider lab { protocol openai_compatible base_url \"http://localhost:1/v1\" key env LAB_KEY }
        provider den { protocol openai_compatible base_url \"http://localhost:2/v1\" key none }
        allow default { lab/* den/* }
        pool p spread { lab/a lab/b den/c }\n";

    /// The runs of the last route, each as the models called with what came of it.
    fn told(routes: &str, change: impl FnOnce(&Compilation<'_>, &mut Scenario)) -> Vec<String> {
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", format!("{START}{routes}")));
        let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
        let compilation = compile(&sources, root, &NoImports, options);
        let policy = &compilation.policy;
        let mut scenario = Scenario::default();
        change(&compilation, &mut scenario);
        let (route, automaton) = compilation.attempted().last().unwrap();
        let runs = runs(policy, automaton, route, &scenario).unwrap();
        let call = |call: &Called| format!("{} {}", policy[call.target].id, call.failed.map_or("served", Failure::as_str));
        let tell = |run: &Run| {
            let end = run.fails.map_or(String::new(), |class| format!(" => {}", class.as_str()));
            run.calls.iter().map(call).collect::<Vec<_>>().join(", ") + &end
        };
        runs.iter().map(tell).collect()
    }

    const LAB: ProviderId = ProviderId(0);
    const DEN: ProviderId = ProviderId(1);

    fn target(scenario: &mut Scenario, provider: ProviderId, id: &'static str, class: Failure) {
        scenario.fail(&Failing::Target(provider, id.into()), class);
    }

    #[test]
    fn what_is_not_named_goes_well() {
        let route = "route r { accepts public primary lab/a fallback den/c }";
        assert_eq!(told(route, |_, _| {}), ["a served"]);
    }

    #[test]
    fn a_target_beats_its_provider_and_a_missing_key_beats_both() {
        let route = "route r { accepts public primary lab/a fallback lab/b on any fallback den/c on any }";
        let down = |scenario: &mut Scenario| scenario.fail(&Failing::Provider(LAB), Failure::ServerError);
        assert_eq!(told(route, |_, scenario| down(scenario)), ["a server_error, b server_error, c served"]);
        let found = told(route, |_, scenario| {
            down(scenario);
            target(scenario, LAB, "b", Failure::Quota);
        });
        assert_eq!(found, ["a server_error, b quota, c served"]);
        let found = told(route, |_, scenario| {
            target(scenario, LAB, "b", Failure::Quota);
            scenario.miss(LAB);
            scenario.miss(DEN);
        });
        assert_eq!(found, ["a missing_key, b missing_key, c served"], "an account that needs no key misses none");
    }

    #[test]
    fn a_class_that_nothing_takes_ends_the_run() {
        let route = "route r { accepts public primary lab/a fallback den/c }";
        assert_eq!(told(route, |_, scenario| scenario.miss(LAB)), ["a missing_key => missing_key"]);
    }

    #[test]
    fn a_refused_gate_of_the_called_route_calls_nobody() {
        let route = "route s { accepts public primary lab/b fallback none approve boss }
                     route r { accepts public primary lab/a fallback route s approve boss }";
        assert_eq!(told(route, |_, scenario| scenario.refuse("boss")), [" => refused"]);
        assert_eq!(told(route, |_, scenario| scenario.refuse("clerk")), ["a served"]);
    }

    #[test]
    fn a_spread_pool_is_a_choice() {
        let route = "route r { accepts public primary pool p on any fallback none }";
        let found = told(route, |_, scenario| scenario.fail(&Failing::Provider(LAB), Failure::Timeout));
        assert_eq!(found, ["a timeout, b timeout, c served", "b timeout, a timeout, c served", "c served"]);
    }

    #[test]
    fn too_many_choices_are_said() {
        // Five pools of seven that only a timeout keeps a run in: a lost connection goes on to the next pool, at any of its members.
        let part = |name: char| {
            let members = (0..7).map(|number| format!(" lab/{name}{number}")).collect::<Vec<_>>().concat();
            format!("pool {name} spread {{{members} }} route r{name} {{ accepts public primary pool {name} on timeout fallback none }}\n")
        };
        let parts = "vwxyz".chars().map(part).collect::<Vec<_>>().concat();
        let fallbacks = ["w", "x", "y", "z"].map(|name| format!(" fallback route r{name} on network")).concat();
        let routes = format!("{parts} route r {{ accepts public primary pool v on timeout{fallbacks} }}");
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", format!("{START}{routes}")));
        let options = Options { catalogue: Catalogue::builtin(), today: Catalogue::builtin().date() };
        let compilation = compile(&sources, root, &NoImports, options);
        let (route, automaton) = compilation.attempted().last().unwrap();
        let mut scenario = Scenario::default();
        scenario.fail(&Failing::Provider(LAB), Failure::Network);
        assert_eq!(runs(&compilation.policy, automaton, route, &scenario), Err(TooManyRuns));
    }
}
