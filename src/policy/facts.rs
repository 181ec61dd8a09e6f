//! What is known about the model behind each target: what the policy declares stands over what the catalogue says (language reference, section 3).

use crate::catalogue::{Capability, Catalogue, Constraint, Entry, Known};
use crate::units::{Date, Money};

use super::model::{Model, Policy, Str, Target};

/// The facts about one target. What is `None` is unknown.
#[derive(Debug)]
pub struct Facts<'s> {
    /// The catalogue's record, by the account's vendor or by `is`.
    pub entry: Option<&'s Entry>,
    /// Whether the policy declares facts about it.
    pub declared: bool,
    /// The identity that it shares with its snapshots, aliases and resellers' spellings: `anthropic/claude-sonnet-4-5`.
    pub base: Option<Str<'s>>,
    /// Window, in tokens.
    pub context: Option<u64>,
    /// The largest prompt, in tokens: the window where no smaller limit is known.
    pub max_input: Option<u64>,
    /// The longest answer, in tokens.
    pub max_output: Option<u64>,
    /// The first day without it.
    pub until: Option<Date>,
    supports: crate::catalogue::Capabilities,
    input_price: Option<Money>,
    output_price: Option<Money>,
}

impl<'s> Facts<'s> {
    /// The facts of every target of a policy, in their order.
    pub fn of_targets(policy: &Policy<'s>, catalogue: &'s Catalogue) -> Vec<Self> {
        policy.targets.iter().map(|target| Self::of(policy, target, catalogue)).collect()
    }

    fn of(policy: &Policy<'s>, target: &Target<'s>, catalogue: &'s Catalogue) -> Self {
        let declared = target.model.and_then(|index| policy.models.get(index as usize));
        let provider = &policy[target.provider];
        let (entry, base) = match declared.and_then(|model| model.is.as_ref()) {
            Some(is) => {
                let (vendor, id) = (&is.value.0, &is.value.1);
                (catalogue.get(vendor, id), catalogue.base_of(vendor, id))
            }
            // An Azure id is the name of a deployment, which says nothing about the model behind it.
            None if provider.known_host && provider.vendor != "azure" => {
                (catalogue.get(&provider.vendor, &target.id), catalogue.base_of(&provider.vendor, &target.id))
            }
            None => (None, None),
        };
        let said = |field: fn(&Model<'s>) -> Option<u64>| declared.and_then(field);
        let context = said(|model| model.context.map(|at| at.value)).or(entry.and_then(|entry| entry.context));
        let declared_context = said(|model| model.context.map(|at| at.value));
        Self {
            entry,
            declared: declared.is_some(),
            base: base.map(|base| Str::Owned(base.into_owned())),
            context,
            max_input: declared_context.or(entry.and_then(|entry| entry.max_input)).or(context),
            max_output: said(|model| model.output.map(|at| at.value)).or(entry.and_then(|entry| entry.max_output)),
            until: declared.and_then(|model| model.until.map(|at| at.value)).or(entry.and_then(|entry| entry.until)),
            supports: declared.and_then(|model| model.supports).map(|at| at.value).unwrap_or_default(),
            input_price: declared.and_then(|model| model.input_price).map(|at| at.value),
            output_price: declared.and_then(|model| model.output_price).map(|at| at.value),
        }
    }

    /// Whether anything is known about the model.
    pub fn known(&self) -> bool {
        self.entry.is_some() || self.declared
    }

    /// Whether the model can do something.
    pub fn can(&self, what: Capability) -> Known {
        if self.supports.contains(what) { Known::Yes } else { self.entry.map_or(Known::Unknown, |entry| entry.can(what)) }
    }

    /// Whether a trap of the catalogue is known for it.
    pub fn has_trap(&self, trap: Constraint) -> bool {
        self.entry.is_some_and(|entry| entry.constraints.contains(trap))
    }

    /// Dollars for a million input and output tokens, for a prompt of so many: at the dearest tier that it reaches, at today's and any announced price.
    pub fn prices(&self, input_tokens: u64) -> (Option<Money>, Option<Money>) {
        let (mut input, mut output) = (None, None);
        if let Some(entry) = self.entry {
            let tiers = entry.tiers.iter().filter(|tier| input_tokens > tier.above).map(|tier| (tier.input, tier.output));
            let changes = entry.changes.iter().map(|change| (change.input, change.output));
            input = entry.input_price;
            output = entry.output_price;
            for (more_input, more_output) in tiers.chain(changes) {
                input = input.map(|price| price.max(more_input.unwrap_or(price)));
                output = output.map(|price| price.max(more_output.unwrap_or(price)));
            }
        }
        (self.input_price.or(input), self.output_price.or(output))
    }
}
