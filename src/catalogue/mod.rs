//! What is known of models and vendors, with the date on which it was collected: built in, or read from a file.

pub mod address;
mod base;
mod entry;
pub mod hosts;
pub mod keys;
mod load;
mod makers;
pub mod providers;
mod secrets;
mod vocabulary;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use base::zone_of;
pub use entry::{Change, Endpoints, Entry, Known, Str, Tier};
pub use hosts::{HostFacts, Regions, host};
pub use load::CatalogueError;
pub use providers::{Protocol, WellKnown, well_known};
pub use vocabulary::{Capabilities, Capability, Constraint, Constraints, Mode};

use crate::text::alike;
use crate::units::{Date, Money};

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Models by vendor and id.
#[derive(Clone, Debug)]
pub struct Catalogue {
    date: Date,
    digest: Str,
    /// Sorted by vendor and id, each pair once.
    entries: Cow<'static, [Entry]>,
    /// Every base that an entry has, sorted.
    bases: Cow<'static, [Str]>,
}

impl Catalogue {
    /// The catalogue that is part of the program; asking for it costs nothing.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Reads a catalogue in the format of the built-in one.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        load::read(text)
    }

    fn new(date: Date, digest: String, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, other| one.key().cmp(&other.key()));
        let bases: BTreeSet<Str> = entries.iter().filter_map(|entry| entry.base.clone()).collect();
        Self { date, digest: digest.into(), entries: entries.into(), bases: bases.into_iter().collect() }
    }

    /// The day on which the facts were collected.
    pub fn date(&self) -> Date {
        self.date
    }

    /// SHA-256 of the data in canonical JSON, in hexadecimal: the same however the file is laid out.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The facts about a model at a vendor, by the exact id.
    pub fn get(&self, vendor: &str, id: &str) -> Option<&Entry> {
        let place = self.entries.binary_search_by(|entry| entry.key().cmp(&(vendor, id))).ok()?;
        self.entries.get(place)
    }

    /// Every entry, sorted by vendor and id.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The entries of one vendor, sorted by id.
    pub fn of_vendor(&self, vendor: &str) -> &[Entry] {
        let start = self.entries.partition_point(|entry| *entry.vendor < *vendor);
        let end = self.entries.partition_point(|entry| *entry.vendor <= *vendor);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The id of the same vendor that was probably meant; `None` where none is close.
    pub fn nearest(&self, vendor: &str, id: &str) -> Option<&str> {
        // Ids of one vendor are much alike, so fewer letters may differ than in names.
        let allowed = (id.len() / 5).clamp(1, 4);
        let near = self.of_vendor(vendor).iter().filter_map(|entry| Some((alike(id, &entry.id, allowed)?, &*entry.id)));
        near.min().map(|(_, id)| id)
    }

    /// Every name of a vendor that is known: those that sell, those that make, and those with a well-known account; sorted.
    pub fn vendors(&self) -> Vec<&str> {
        let entries = self.iter().flat_map(|entry| [Some(&*entry.vendor), entry.maker.as_deref()]).flatten();
        let all: BTreeSet<&str> = entries.chain(providers::all_well_known().iter().map(|known| known.vendor)).collect();
        all.into_iter().collect()
    }

    /// The model that an id stands for at a vendor, as `maker/model`: the catalogue's word, else by rule; `None` where that is not certain.
    ///
    /// Letter case does not matter. Two ids of one vendor that are spelled alike are the same model even where this is `None`.
    pub fn base_of(&self, vendor: &str, id: &str) -> Option<Cow<'_, str>> {
        match self.listed(vendor, id) {
            Some(entry) => entry.base.as_deref().map(Cow::Borrowed),
            None => base::base(vendor, id, |base| self.is_base(base)).map(Cow::Owned),
        }
    }

    /// The company that made a model, by its name as a vendor; `None` where that is not certain.
    pub fn maker_of(&self, vendor: &str, id: &str) -> Option<Cow<'_, str>> {
        if let Some(entry) = self.listed(vendor, id) {
            return entry.maker.as_deref().map(Cow::Borrowed);
        }
        let base = base::base(vendor, id, |base| self.is_base(base));
        let maker = base.as_deref().and_then(|base| base.split_once('/')).map(|(maker, _)| Cow::Owned(maker.to_owned()));
        maker.or_else(|| base::maker(vendor, id).map(Cow::Borrowed))
    }

    /// The entry of an id, whatever its letter case.
    fn listed(&self, vendor: &str, id: &str) -> Option<&Entry> {
        self.get(vendor, id).or_else(|| self.of_vendor(vendor).iter().find(|entry| entry.id.eq_ignore_ascii_case(id)))
    }

    fn is_base(&self, base: &str) -> bool {
        self.bases.binary_search_by(|known| (**known).cmp(base)).is_ok()
    }
}

#[cfg(test)]
mod tests;
