//! What the attempts of a route use, and so may lose: hosts, companies, keys or regions. What is unknown may be any of them.

use super::outages::MOST;
use super::whom::Behind;
use super::{Event, World};
use crate::automaton::Automaton;
use crate::message::key_header;
use crate::policy::matching::regions_meet;
use crate::policy::model::{KeySource, Loss, Provider};
use crate::source::Span;
use crate::text::{and, tick};

/// Numbers of at most [`MOST`] things that are lost, ascending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lost {
    count: u8,
    numbers: [u16; MOST as usize],
}

impl Lost {
    /// Them.
    pub(super) fn numbers(&self) -> &[u16] {
        self.numbers.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// With one more; `None` where there are so many already.
    pub(super) fn with(self, number: u16, most: u8) -> Option<Self> {
        let mut more = self;
        let place = self.numbers().partition_point(|known| *known < number);
        let rest = more.numbers.get_mut(place..=usize::from(self.count)).filter(|_| self.count < most)?;
        rest.rotate_right(1);
        *rest.first_mut()? = number;
        more.count += 1;
        Some(more)
    }
}

/// Everything of one kind that a route uses.
pub(super) struct Things {
    pub(super) loss: Loss,
    pub(super) all: Vec<Thing>,
    /// For each attempt the things without which it may fail.
    pub(super) of: Vec<Vec<u16>>,
}

/// One of them.
pub(super) struct Thing {
    /// What tells it from others; empty for one that nobody names.
    key: String,
    /// What people call it: with backticks where it is a name of the policy.
    name: String,
    span: Span,
}

impl Things {
    /// What the attempts of a route use.
    pub(super) fn of(world: &World<'_, '_>, automaton: &Automaton, loss: Loss) -> Self {
        let mut things = Self { loss, all: Vec::new(), of: Vec::new() };
        let accounts: Vec<(&Provider<'_>, Option<&str>)> = automaton
            .attempts
            .iter()
            .map(|attempt| (&world.policy[world.policy[attempt.target].provider], world.zone(attempt.target)))
            .collect();
        for (account, zone) in &accounts {
            for (key, span) in uses(account, *zone, loss) {
                things.add(key, span);
            }
        }
        let nameless = match loss {
            // What is unknown is lost with each thing that is named. Where none is, all of it may be one.
            Loss::Region if things.all.is_empty() => {
                accounts.first().map(|(account, _)| (account, "X, in which all of its accounts may be"))
            }
            Loss::Provider if things.all.is_empty() => {
                accounts.first().map(|(account, _)| (account, "X, at whose host all of its accounts may be"))
            }
            Loss::Vendor => {
                let router = accounts.iter().find(|(account, _)| matches!(Behind::of(account), Behind::AnyBut(_)));
                router.map(|(account, _)| (account, "X, a company that may serve behind its routers"))
            }
            _ => None,
        };
        things.all.extend(nameless.map(|(account, name)| Thing { key: String::new(), name: name.to_owned(), span: account.name.span }));
        if loss == Loss::Provider {
            for thing in things.all.iter_mut().filter(|thing| !thing.key.is_empty()) {
                let there = accounts.iter().filter(|(account, zone)| uses(account, *zone, loss).iter().any(|(key, _)| *key == thing.key));
                let mut there: Vec<String> = there.map(|(account, _)| tick(account.name.text)).collect();
                there.sort_unstable();
                there.dedup();
                thing.name = and(there);
            }
        }
        things.of = accounts.iter().map(|(account, zone)| things.losing(account, *zone)).collect();
        things
    }

    fn add(&mut self, key: String, span: Span) {
        if !self.all.iter().any(|known| known.key == key) {
            self.all.push(Thing { name: tick(&key), key, span });
        }
    }

    /// The things without which an account may fail.
    fn losing(&self, account: &Provider<'_>, zone: Option<&str>) -> Vec<u16> {
        let own: Vec<String> = uses(account, zone, self.loss).into_iter().map(|(key, _)| key).collect();
        let behind = Behind::of(account);
        let loses = |thing: &Thing| match self.loss {
            Loss::Key => own.contains(&thing.key),
            Loss::Provider => account.address_variable().is_some() || own.contains(&thing.key),
            Loss::Vendor if thing.key.is_empty() => matches!(behind, Behind::AnyBut(_)),
            Loss::Vendor => own.contains(&thing.key) || behind.permits(&thing.key),
            Loss::Region => account.processes_in(zone).is_none() || own.iter().any(|region| regions_meet(region, &thing.key)),
        };
        (0..).zip(&self.all).filter(|(_, thing)| loses(thing)).map(|(number, _)| number).collect()
    }

    /// What people call some of them.
    pub(super) fn names(&self, lost: Lost) -> Vec<String> {
        lost.numbers().iter().filter_map(|number| self.all.get(usize::from(*number))).map(|thing| thing.name.clone()).collect()
    }

    /// Where one that is lost is named.
    pub(super) fn place(&self, number: u16) -> Option<Event> {
        let thing = self.all.get(usize::from(number))?;
        let verb = if thing.name.contains(" and ") { "are" } else { "is" };
        Some(Event { span: thing.span, text: format!("suppose {} {} {verb} lost", self.loss.as_str(), thing.name) })
    }
}

/// What of a kind an account uses as far as that is known, by what tells it from others, with the place that says so.
fn uses(account: &Provider<'_>, zone: Option<&str>, loss: Loss) -> Vec<(String, Span)> {
    let address = account.base_url_span.unwrap_or(account.name.span);
    match loss {
        Loss::Provider => account.place().map(|place| (place.to_owned(), address)).into_iter().collect(),
        Loss::Vendor => {
            let own = account.companies().map(|company| (company.to_owned(), account.vendor_span.unwrap_or(address)));
            let behind = match Behind::of(account) {
                Behind::Only(only) => {
                    only.iter().map(|company| ((*company).to_owned(), account.upstreams_span.unwrap_or(address))).collect()
                }
                _ => Vec::new(),
            };
            own.chain(behind).collect()
        }
        Loss::Key => match &account.key {
            None => Vec::new(),
            Some(key) => match &key.value {
                KeySource::None => Vec::new(),
                KeySource::PerRequest => vec![(key_header(account.name.text), key.span)],
                source => vec![(source_name(source), key.span)],
            },
        },
        Loss::Region => {
            let span = account.region.as_ref().map_or(account.name.span, |regions| regions.span);
            account.processes_in(zone).unwrap_or_default().into_iter().map(|region| (region.to_owned(), span)).collect()
        }
    }
}

/// A name that no other source has.
fn source_name(source: &KeySource<'_>) -> String {
    match source {
        KeySource::Exec(words) => format!("exec {}", words.join(" ")),
        source => source.describe(),
    }
}
