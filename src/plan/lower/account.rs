//! Providers, models and keys.

use std::borrow::Cow;
use std::sync::Arc;

use super::shared::{Shared, borrow, decimal, slugs, texts};
use crate::analysis::lists::Aliases;
use crate::catalogue::providers::upstream_vendor;
use crate::catalogue::{Capability, Constraint, Known, Mode, Protocol, Regions, host};
use crate::compile::Compilation;
use crate::plan::{BaseUrl, KeyOwner, KeySource, Model, PriceTier, Provider, Texts, Upstreams};
use crate::policy::facts::Facts;
use crate::policy::matching::region_within;
use crate::policy::model::{self, Policy, Retention, TargetId};

pub(super) fn lower_provider<'a>(
    policy: &'a Policy<'_>,
    provider: &'a model::Provider<'_>,
    shared: &mut Shared<'a>,
) -> Option<Provider<'a>> {
    Some(Provider {
        api_version: provider.api_version.as_ref().map(|version| borrow(&version.value)),
        base_url: match provider.base_url.as_ref()? {
            model::BaseUrl::Address { url, .. } => BaseUrl::Url(borrow(url)),
            model::BaseUrl::Variable(name) => BaseUrl::Env(borrow(name)),
        },
        clearance: shared.classes(policy, provider.clearance),
        headers: provider.headers.iter().map(|header| (header.name.value.to_lowercase().into(), borrow(&header.value.value))).collect(),
        host_vendor: provider.companies().find(|company| *company != provider.vendor).map(|company| company.to_owned().into()),
        key: lower_key(&provider.key.as_ref()?.value, provider.name.text),
        key_owner: owner(provider),
        known_host: provider.at_known_host(),
        misnamed: provider.is_misnamed(),
        protocol: provider.protocol?.as_str().into(),
        region: provider.processes_in(None).map(|regions| texts(regions.into_iter())),
        request_region: request_region(provider).map(Into::into),
        retention_ms: provider.retention.map(|retention| match retention.value {
            Retention::None => 0,
            Retention::AtMost(milliseconds) => milliseconds,
        }),
        title: borrow(&provider.title),
        training: provider.training_never.map(|_| "never".into()),
        upstream_vendors: upstream_vendors(provider),
        upstreams: provider.is_router().then(|| match &provider.upstreams {
            model::Upstreams::Only(only) => Upstreams::Only(slugs(only)),
            model::Upstreams::AnyExcept(except) => Upstreams::AnyExcept(slugs(except)),
        }),
        vendor: borrow(&provider.vendor),
    })
}

/// The region among those that requests can choose at its address and that the policy names.
fn request_region(provider: &model::Provider<'_>) -> Option<&'static str> {
    let Some(model::BaseUrl::Address { host: address, .. }) = &provider.base_url else { return None };
    let Some(Regions::Settable(settable)) = host(address).map(|facts| facts.regions) else { return None };
    let declared = &provider.region.as_ref()?.value;
    settable.iter().copied().find(|given| declared.iter().any(|slug| region_within(given, slug.text)))
}

/// Who may serve behind it by the names of companies; `None` where `upstreams` says the same.
fn upstream_vendors<'a>(provider: &'a model::Provider<'_>) -> Option<Upstreams<'a>> {
    let vendors = |slugs: &[&'a str]| texts(slugs.iter().map(|slug| upstream_vendor(slug)));
    let (said, meant) = match &provider.upstreams {
        _ if !provider.is_router() => return None,
        model::Upstreams::Only(only) => {
            let only: Vec<&str> = only.iter().map(|slug| slug.text).collect();
            (texts(only.iter().copied()), Upstreams::Only(vendors(&only)))
        }
        model::Upstreams::AnyExcept(except) => {
            let except: Vec<&str> = except.iter().map(|slug| slug.text).collect();
            // A part of a company is not the whole of it.
            let whole: Vec<&str> = except.iter().copied().filter(|slug| !slug.contains('/')).collect();
            (texts(except.iter().copied()), Upstreams::AnyExcept(vendors(&whole)))
        }
    };
    let same = matches!(&meant, Upstreams::Only(names) | Upstreams::AnyExcept(names) if *names == said);
    (!same).then_some(meant)
}

pub(super) fn lower_key<'a>(key: &'a model::KeySource<'_>, provider: &str) -> KeySource<'a> {
    match key {
        model::KeySource::Env(name) => KeySource::Env(borrow(name)),
        model::KeySource::File(path) => KeySource::File(borrow(path)),
        model::KeySource::Keyring(service, account) => KeySource::Keyring { account: borrow(account), service: borrow(service) },
        model::KeySource::Exec(words) => KeySource::Exec(words.iter().map(|word| borrow(word)).collect()),
        model::KeySource::PerRequest => KeySource::PerRequest(format!("x-byok-key-{}", provider.replace('_', "-")).into()),
        model::KeySource::None => KeySource::None,
    }
}

pub(super) fn owner(provider: &model::Provider<'_>) -> KeyOwner {
    if provider.managed.is_some() { KeyOwner::Managed } else { KeyOwner::Own }
}

pub(super) fn lower_model<'a>(compilation: &'a Compilation<'a>, target: TargetId, aliases: &mut Aliases<'_>) -> Option<Model<'a>> {
    let facts = compilation.facts.get(target.0 as usize)?;
    let protocol = compilation.policy[compilation.policy[target].provider].protocol?;
    let trap = |trap| facts.has_trap(trap);
    let (input_price, output_price) = facts.prices(0);
    let chat = match protocol {
        _ if facts.entry.is_some_and(|entry| entry.mode == Mode::Embedding) => "embeddings",
        Protocol::Anthropic => "messages",
        Protocol::Gemini => "generate_content",
        _ if trap(Constraint::ResponsesOnly) => "responses",
        _ => "chat_completions",
    };
    let responses_for_tools = trap(Constraint::ToolsNeedResponses) || trap(Constraint::ToolsNeedResponsesUnlessEffortNone);
    let with_tools = if chat == "chat_completions" && responses_for_tools { "responses" } else { chat };
    Some(Model {
        aliases: lower_aliases(compilation, target, facts, aliases),
        base: facts.base.as_deref().map(borrow),
        capabilities: texts(Capability::ALL.iter().filter(|what| facts.can(**what) == Known::Yes).map(|what| what.as_str())),
        context: facts.context,
        endpoint: chat.into(),
        endpoint_with_tools: with_tools.into(),
        input_price: input_price.map(decimal),
        max_input: facts.max_input,
        max_output: facts.max_output,
        output_limit: match (chat, trap(Constraint::MaxCompletionTokensOnly)) {
            ("responses", _) => "max_output_tokens",
            ("generate_content", _) => "maxOutputTokens",
            ("chat_completions", true) => "max_completion_tokens",
            _ => "max_tokens",
        }
        .into(),
        output_price: output_price.map(decimal),
        price_tiers: price_tiers(facts),
        traps: texts(Constraint::ALL.iter().filter(|what| trap(**what)).map(|what| what.as_str())),
        zone: facts.zone().map(borrow),
    })
}

/// The vendor's other ids for the same model, so that a reader knows what else a pattern would have to name.
fn lower_aliases<'a>(compilation: &'a Compilation<'_>, target: TargetId, facts: &Facts<'_>, aliases: &mut Aliases<'_>) -> Texts<'a> {
    let target = &compilation.policy[target];
    let Some(base) = &facts.base else { return Texts::default() };
    let own = target.id.to_lowercase();
    let known = aliases.of(&compilation.policy[target.provider].vendor, base);
    Arc::new(known.iter().filter(|id| **id != own).map(|id| Cow::Owned(id.clone())).collect())
}

/// The steps at which the prices rise with the length of the prompt.
fn price_tiers(facts: &Facts<'_>) -> Vec<PriceTier<'static>> {
    let mut paid = facts.prices(0);
    let mut tiers = Vec::new();
    for tier in facts.entry.into_iter().flat_map(|entry| entry.tiers.iter()) {
        let prices = facts.prices(tier.above.saturating_add(1));
        if prices != paid {
            paid = prices;
            tiers.push(PriceTier { above: tier.above, input_price: prices.0.map(decimal), output_price: prices.1.map(decimal) });
        }
    }
    tiers
}
