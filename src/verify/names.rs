//! That every name in the routing part of a plan leads somewhere, and every word of a closed list is one of it.

use std::collections::BTreeMap;

use super::attempts::masks;
use super::classes::Classes;
use super::fault::{Faults, at};
use super::money;
use crate::plan::{Attempt, BaseUrl, Lowers, Plan, Provider, Route, Text, Texts, Upstreams};
use crate::text::or;

const PROTOCOLS: &[&str] = &["openai", "anthropic", "gemini", "openrouter", "openai_compatible"];
const KINDS: &[&str] = &["chat", "embedding", "transcription", "speech", "image"];
const AUDITS: &[&str] = &["none", "metadata", "full"];
const BYOK: &[&str] = &["require", "prefer"];
const EFFECTS: &[&str] = &["none", "read", "write", "external"];
/// What can be masked.
pub(super) const DETECTORS: &[&str] = &["email", "phone", "credit_card", "iban", "ip_address", "ssn", "secret"];
const STRIPS: &[&str] = &["user", "metadata", "images", "files"];

/// Looks every name up.
pub(super) fn check(plan: &Plan<'_>, classes: &Classes<'_>, faults: &mut Faults) {
    let mut names = Names { plan, classes, faults };
    names.accounts();
    names.models();
    for (name, route) in &plan.routes {
        names.route(name, route);
    }
    names.answers();
    names.tools_and_sources();
    names.workflows();
    names.callers();
}

struct Names<'c, 'p> {
    plan: &'c Plan<'p>,
    classes: &'c Classes<'p>,
    faults: &'c mut Faults,
}

impl Names<'_, '_> {
    fn word(&mut self, word: &str, known: &[&str], place: impl FnOnce() -> String) {
        self.faults.unless(known.contains(&word), place, || format!("`{word}` is not {}", or(known)));
    }

    /// Classes that all have to be known and, where everything below counts too, to hold that.
    fn classes(&mut self, names: &Texts<'_>, closed: bool, place: impl Fn() -> String) {
        match self.classes.set(names) {
            None => self.faults.add(place(), "it names a class that is not in `data`"),
            Some(set) if closed && !self.classes.closed(set) => {
                self.faults.add(place(), "it holds a class without those below");
            }
            Some(_) => {}
        }
    }

    fn lowers(&mut self, lowers: &[Lowers<'_>], place: impl Fn() -> String) {
        for lowers in lowers {
            let known = self.classes.find(&lowers.from).is_some() && self.classes.find(&lowers.to).is_some();
            self.faults.unless(known, &place, || "it names a class that is not in `data`".to_owned());
        }
    }

    fn known<T>(&mut self, name: &str, all: &BTreeMap<Text<'_>, T>, kind: &str, place: impl FnOnce() -> String) {
        self.faults.unless(all.contains_key(name), place, || format!("there is no {kind} `{name}`"));
    }

    fn decimal(&mut self, amount: Option<&Text<'_>>, place: impl FnOnce() -> String) {
        let amount = amount.filter(|amount| money::parse(amount).is_none());
        self.faults.unless(amount.is_none(), place, || "it is no decimal number of dollars, such as 0.60".to_owned());
    }

    fn accounts(&mut self) {
        for (name, provider) in &self.plan.providers {
            self.classes(&provider.clearance, true, || at(["providers", name, "clearance"]));
            self.word(&provider.protocol, PROTOCOLS, || at(["providers", name, "protocol"]));
            self.faults.unless(
                provider.region.is_none() || matches!(provider.base_url, BaseUrl::Url(_)),
                || at(["providers", name, "region"]),
                || "its address is in a variable, so that nothing is known of where it processes".to_owned(),
            );
            self.faults.unless(
                is_said_of_upstreams(provider),
                || at(["providers", name, "upstream_vendors"]),
                || "these are not the companies of `upstreams`: they are of another kind, or there are too many or none".to_owned(),
            );
            self.word(provider.training.as_deref().unwrap_or("never"), &["never"], || at(["providers", name, "training"]));
        }
    }

    fn models(&mut self) {
        for (target, model) in &self.plan.models {
            let tiers = model.price_tiers.iter().flat_map(|tier| [tier.input_price.as_ref(), tier.output_price.as_ref()]);
            for price in [model.input_price.as_ref(), model.output_price.as_ref()].into_iter().chain(tiers) {
                self.decimal(price, || at(["models", target]));
            }
        }
    }

    fn route(&mut self, name: &str, route: &Route<'_>) {
        self.classes(&route.accepts, true, || at(["routes", name, "accepts"]));
        self.word(&route.kind, KINDS, || at(["routes", name, "kind"]));
        self.word(&route.audit, AUDITS, || at(["routes", name, "audit"]));
        self.word(&route.byok, BYOK, || at(["routes", name, "byok"]));
        self.decimal(route.cost.as_ref(), || at(["routes", name, "cost"]));
        self.lowers(&route.lowers, || at(["routes", name, "lowers"]));
        for tool in route.tools.iter() {
            self.known(tool, &self.plan.tools, "tool", || at(["routes", name, "tools"]));
        }
        for strip in route.minimize.strip.iter() {
            self.word(strip, STRIPS, || at(["routes", name, "minimize", "strip"]));
        }
        for (index, attempt) in route.attempts.iter().enumerate() {
            let place = |member: &str| at(["routes", name, "attempts", &index.to_string(), member]);
            self.known(&attempt.provider, &self.plan.providers, "provider", || place("provider"));
            self.known(&attempt.target, &self.plan.models, "model", || place("target"));
            self.faults.unless(
                is_target(attempt),
                || place("target"),
                || format!("`{}` is not model `{}` at provider `{}`", attempt.target, attempt.model, attempt.provider),
            );
            self.lowers(&attempt.lowers, || place("lowers"));
            for detector in masks(route, attempt) {
                self.word(detector, DETECTORS, || place("redact"));
            }
            for strip in attempt.minimize.strip.iter() {
                self.word(strip, STRIPS, || place("minimize"));
            }
        }
    }

    /// A name that a client asks for leads to one route.
    fn answers(&mut self) {
        let mut known: BTreeMap<&str, &str> = self.plan.routes.keys().map(|name| (&**name, &**name)).collect();
        for (name, route) in &self.plan.routes {
            for answer in route.answers.iter() {
                let other = known.insert(answer, name).filter(|other| *other != &**name);
                let message = || format!("`{answer}` leads to route `{}` too", other.unwrap_or_default());
                self.faults.unless(other.is_none(), || at(["routes", name, "answers"]), message);
            }
        }
    }

    fn tools_and_sources(&mut self) {
        for (name, tool) in &self.plan.tools {
            self.classes(&tool.accepts, true, || at(["tools", name, "accepts"]));
            self.classes(&tool.returns, false, || at(["tools", name, "returns"]));
            self.word(&tool.effect, EFFECTS, || at(["tools", name, "effect"]));
        }
        for (name, source) in &self.plan.sources {
            self.classes(&source.holds, false, || at(["sources", name, "holds"]));
        }
    }

    fn workflows(&mut self) {
        for (name, workflow) in &self.plan.workflows {
            for (step, held) in &workflow.steps {
                let place = |member: &str| at(["workflows", name, "steps", step, member]);
                self.known(&held.route, &self.plan.routes, "route", || place("route"));
                self.lowers(&held.lowers, || place("lowers"));
                self.faults.unless(held.at_most > 0, || place("at_most"), || "a step is done once at least".to_owned());
                for before in held.after.iter() {
                    self.known(before, &workflow.steps, "step", || place("after"));
                }
                for source in held.reads.iter() {
                    self.known(source, &self.plan.sources, "source", || place("reads"));
                }
                let judged = held.judges.as_ref().filter(|judged| !held.after.contains(*judged));
                self.faults.unless(judged.is_none(), || place("judges"), || "a step comes after the one that it judges".to_owned());
            }
        }
    }

    fn callers(&mut self) {
        for (name, caller) in &self.plan.callers {
            for route in caller.routes.iter() {
                self.known(route, &self.plan.routes, "route", || at(["callers", name, "routes"]));
            }
            for workflow in caller.workflows.iter() {
                self.known(workflow, &self.plan.workflows, "workflow", || at(["callers", name, "workflows"]));
            }
        }
    }
}

/// Whether the companies behind a provider can be those of its upstreams. Each of these is of one company; one that is but a part of a company
/// (`google-vertex/europe`) does not except it.
fn is_said_of_upstreams(provider: &Provider<'_>) -> bool {
    match (&provider.upstream_vendors, &provider.upstreams) {
        (None, _) => true,
        (Some(Upstreams::Only(companies)), Some(Upstreams::Only(only))) => {
            companies.len() <= only.len() && companies.is_empty() == only.is_empty()
        }
        (Some(Upstreams::AnyExcept(companies)), Some(Upstreams::AnyExcept(except))) => {
            companies.len() <= except.iter().filter(|slug| !slug.contains('/')).count()
        }
        (Some(_), _) => false,
    }
}

/// Whether a target is what is sent: the model's id at the account, in quotes or not.
fn is_target(attempt: &Attempt<'_>) -> bool {
    let id = attempt.target.strip_prefix(&*attempt.provider).and_then(|rest| rest.strip_prefix('/'));
    id.is_some_and(|id| id == attempt.model || unquoted(id).is_some_and(|id| id == attempt.model))
}

/// The text in quotes; `None` where there are none.
fn unquoted(text: &str) -> Option<String> {
    let mut inside = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut plain = String::new();
    while let Some(char) = inside.next() {
        plain.push(match char {
            '\\' => match inside.next()? {
                'n' => '\n',
                't' => '\t',
                'u' => {
                    let digits: String = inside.by_ref().skip(1).take_while(|char| *char != '}').collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?
                }
                other => other,
            },
            char => char,
        });
    }
    Some(plain)
}
