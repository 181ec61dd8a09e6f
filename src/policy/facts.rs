//! What is known about the model behind each target: what the policy declares stands over what the catalogue says (language reference, section 3).

use crate::catalogue::zone_of;
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
    zone: Option<&'static str>,
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
        let declared_context = said(|model| model.context.map(|at| at.value));
        let context = declared_context.or(entry.and_then(|entry| entry.context));
        Self {
            entry,
            declared: declared.is_some(),
            base: base.map(|base| Str::Owned(base.into_owned())),
            context,
            max_input: max_input(declared_context, entry).or(context),
            max_output: said(|model| model.output.map(|at| at.value)).or(entry.and_then(|entry| entry.max_output)),
            until: declared.and_then(|model| model.until.map(|at| at.value)).or(entry.and_then(|entry| entry.until)),
            zone: provider.companies().find_map(|vendor| zone_of(vendor, &target.id)),
            supports: declared.and_then(|model| model.supports).map(|at| at.value).unwrap_or_default(),
            input_price: declared.and_then(|model| model.input_price).map(|at| at.value),
            output_price: declared.and_then(|model| model.output_price).map(|at| at.value),
        }
    }

    /// The zone to which the id itself sends requests, by the catalogue or by how such ids begin.
    pub fn zone(&self) -> Option<&'s str> {
        self.entry.and_then(|entry| entry.zone.as_deref()).or(self.zone)
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

/// The largest prompt, where less than the window. A declared window stands for it, unless it says no more than the catalogue does: that a
/// window of 400k takes prompts of 272k is then still so.
fn max_input(declared: Option<u64>, entry: Option<&Entry>) -> Option<u64> {
    let known = entry.and_then(|entry| entry.max_input);
    match declared {
        Some(context) if entry.and_then(|entry| entry.context).is_some_and(|window| context <= window) => {
            Some(known.map_or(context, |known| known.min(context)))
        }
        Some(context) => Some(context),
        None => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::resolve::resolve;
    use crate::source::FileId;
    use crate::syntax::parse;

    /// Looks at the facts of the one target of a policy.
    fn with<T>(provider: &str, target: &str, rest: &str, look: impl Fn(&Facts<'_>) -> T) -> T {
        let text = format!("language 1\n{provider}\n{rest}\nroute r {{ accepts public allow {target} primary {target} fallback none }}");
        let parsed = parse(FileId(0), &text);
        let files = [parsed.file];
        let resolved = resolve(&files, Catalogue::builtin());
        let found: Vec<&String> = parsed.diagnostics.iter().chain(&resolved.diagnostics).map(|finding| &finding.message).collect();
        assert!(found.is_empty(), "{found:?}");
        let facts = Facts::of_targets(&resolved.policy, Catalogue::builtin());
        look(&facts[0])
    }

    const OPENAI: &str = "provider openai { key env OPENAI_API_KEY }";
    const ANTHROPIC: &str = "provider anthropic { key env ANTHROPIC_API_KEY }";
    const GEMINI: &str = "provider gemini { key env GEMINI_API_KEY }";
    const AZURE: &str = "provider azure_openai { base_url \"https://example.openai.azure.com/openai/v1\" key env AZURE_OPENAI_API_KEY }";
    const LAB: &str = "provider lab { protocol openai_compatible base_url \"https://models.example.org/v1\" key env LAB_API_KEY }";

    fn money(text: &str) -> Option<Money> {
        Money::parse(text).ok()
    }

    #[test]
    fn the_catalogue_is_looked_up_by_vendor_and_id() {
        with(OPENAI, "openai/gpt-5.2", "", |facts| {
            assert!(facts.known() && !facts.declared);
            assert_eq!((facts.context, facts.max_input, facts.max_output), (Some(400_000), Some(272_000), Some(128_000)));
            assert_eq!((facts.can(Capability::Tools), facts.can(Capability::Sampling)), (Known::Yes, Known::No));
        });
        with(OPENAI, "openai/gpt-9", "", |facts| {
            assert!(!facts.known());
            assert_eq!(facts.can(Capability::Tools), Known::Unknown);
            assert_eq!(facts.prices(1), (None, None));
        });
    }

    #[test]
    fn an_account_elsewhere_has_only_declared_facts() {
        with(LAB, "lab/gpt-5.2", "", |facts| assert!(!facts.known()));
        with(LAB, "lab/gpt-5.2", "model lab/gpt-5.2 { context 32k supports vision }", |facts| {
            assert!(facts.known() && facts.declared && facts.entry.is_none() && facts.base.is_none());
            assert_eq!((facts.context, facts.max_input, facts.max_output), (Some(32_000), Some(32_000), None));
            assert_eq!((facts.can(Capability::Vision), facts.can(Capability::Tools)), (Known::Yes, Known::Unknown));
        });
    }

    #[test]
    fn an_azure_deployment_says_what_it_is() {
        // Even where the deployment is called like a model.
        with(AZURE, "azure_openai/gpt-5.2", "", |facts| assert!(!facts.known() && facts.base.is_none()));
        with(AZURE, "azure_openai/support-prod", "model azure_openai/support-prod { is openai/gpt-5.2 }", |facts| {
            assert_eq!(facts.max_input, Some(272_000));
            assert_eq!(facts.base, Catalogue::builtin().base_of("openai", "gpt-5.2").map(|base| base.into_owned().into()));
        });
    }

    #[test]
    fn what_is_declared_stands_over_the_catalogue() {
        let model = "model openai/gpt-5.2 { output 4k output_price $20.00 supports sampling until 2027-06-30 }";
        with(OPENAI, "openai/gpt-5.2", model, |facts| {
            assert_eq!((facts.context, facts.max_output), (Some(400_000), Some(4_000)));
            assert_eq!(facts.prices(1_000), (money("1.75"), money("20.00")));
            assert_eq!((facts.can(Capability::Sampling), facts.can(Capability::Tools)), (Known::Yes, Known::Yes));
            assert_eq!(facts.until, Date::new(2027, 6, 30));
        });
    }

    #[test]
    fn a_declared_window_does_not_hide_a_smaller_prompt() {
        let max_input = |context: &str| {
            with(OPENAI, "openai/gpt-5.2", &format!("model openai/gpt-5.2 {{ context {context} }}"), |facts| facts.max_input)
        };
        assert_eq!(max_input("400k"), Some(272_000));
        assert_eq!(max_input("100k"), Some(100_000));
        assert_eq!(max_input("1M"), Some(1_000_000));
    }

    #[test]
    fn a_long_prompt_is_billed_at_its_tier() {
        let prices = |tokens| with(ANTHROPIC, "anthropic/claude-haiku-5-5", "", |facts| facts.prices(tokens));
        assert_eq!(prices(100_000), (money("0.10"), money("0.50")));
        assert_eq!(prices(100_001), (money("0.50"), money("2.50")));
    }

    #[test]
    fn an_announced_price_counts_already() {
        with(GEMINI, "gemini/gemini-3.6-flash", "", |facts| assert_eq!(facts.prices(1), (money("1.50"), money("7.50"))));
        with(GEMINI, "gemini/gemini-3.6-flash", "model gemini/gemini-3.6-flash { input_price $0.80 }", |facts| {
            assert_eq!(facts.prices(1), (money("0.80"), money("7.50")), "a declared price stands for all prices");
        });
    }

    #[test]
    fn traps_are_the_catalogues() {
        let trap = |model: &str| {
            with(OPENAI, &format!("openai/{model}"), "", |facts| facts.has_trap(Constraint::ToolsNeedResponsesUnlessEffortNone))
        };
        assert!(trap("gpt-6-luna") && !trap("gpt-5.2"));
    }
}
