//! What a host name says: whose it is, and where a request sent to it is processed.
//!
//! Only what a vendor promises by the address counts. A host of a known vendor that is not listed by its form gives nothing.

use std::borrow::Cow;

/// Where an address has requests processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// The address gives none: anywhere the vendor likes.
    Global,
    /// The address keeps requests within these.
    Within(Vec<Cow<'static, str>>),
    /// Anywhere, unless the request asks for one of these, which the runtime can do.
    Settable(&'static [&'static str]),
    /// Chosen in the vendor's account; the address does not show it.
    Account,
}

/// What is known of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// The company that runs it.
    pub vendor: &'static str,
    /// Where it processes.
    pub regions: Regions,
}

/// What is known of a host name, whatever its letter case; `None` for a host of nobody known. A trailing dot is ignored.
pub fn host(hostname: &str) -> Option<HostFacts> {
    let name = hostname.trim_end_matches('.').to_ascii_lowercase();
    let exact = EXACT.iter().find(|(host, _, _)| *host == name);
    if let Some((_, vendor, place)) = exact {
        let regions = match place {
            Place::Anywhere => Regions::Global,
            Place::In(region) => within(*region),
            Place::OnRequest(regions) => Regions::Settable(regions),
        };
        return Some(HostFacts { vendor, regions });
    }
    let facts = |vendor, regions| Some(HostFacts { vendor, regions });
    if let Some(region) = between(&name, "bedrock-runtime.", ".amazonaws.com").or_else(|| between(&name, "bedrock-mantle.", ".api.aws")) {
        return facts("bedrock", aws_region(region).map_or(Regions::Global, within));
    }
    if let Some(region) = between(&name, "bedrock-runtime-fips.", ".amazonaws.com") {
        return facts("bedrock", aws_region(region).map_or(Regions::Global, within));
    }
    if let Some(region) = name.strip_suffix("-aiplatform.googleapis.com").filter(|region| !region.contains('.')) {
        return facts("vertex", google_region(region).map_or(Regions::Global, within));
    }
    let owned = OWNED.iter().find(|(suffix, _, _)| name.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')))?;
    facts(owned.1, owned.2.clone())
}

/// Whether a host name is this machine's own: `localhost` or a literal loopback address, with or without brackets.
pub fn is_loopback(hostname: &str) -> bool {
    let name = hostname.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(hostname);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The region slug of an AWS region: `us-east-1` is `us/east-1`. London and Zurich are not in `eu`, although AWS spells them so.
pub fn aws_region(region: &str) -> Option<String> {
    let (area, rest) = region.split_once('-')?;
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain(area) || !plain(rest) || !rest.ends_with(|last: char| last.is_ascii_digit()) {
        return None;
    }
    let area = match region {
        "eu-west-2" => "uk",
        "eu-central-2" => "ch",
        _ => area,
    };
    Some(format!("{area}/{rest}"))
}

/// The region slug of a Google Cloud region: `europe-west4` is `eu/west4`. London and Zurich are not in `eu`.
pub fn google_region(region: &str) -> Option<String> {
    let slug = aws_region(region)?;
    let (area, rest) = slug.split_once('/')?;
    let area = match region {
        "europe-west2" => "uk",
        "europe-west6" => "ch",
        _ if area == "europe" => "eu",
        _ => area,
    };
    Some(format!("{area}/{rest}"))
}

fn within(region: impl Into<Cow<'static, str>>) -> Regions {
    Regions::Within(vec![region.into()])
}

fn between<'a>(name: &'a str, before: &str, after: &str) -> Option<&'a str> {
    name.strip_prefix(before)?.strip_suffix(after)
}

enum Place {
    Anywhere,
    In(&'static str),
    OnRequest(&'static [&'static str]),
}

use Place::{Anywhere, In, OnRequest};

#[rustfmt::skip]
static EXACT: &[(&str, &str, Place)] = &[
    ("api.openai.com", "openai", Anywhere),
    // The key's project must be of that region; where a model is not offered there the call fails.
    ("us.api.openai.com", "openai", In("us")),
    ("eu.api.openai.com", "openai", In("eu")),
    ("ae.api.openai.com", "openai", In("ae")),
    ("au.api.openai.com", "openai", In("au")),
    ("in.api.openai.com", "openai", In("in")),
    ("jp.api.openai.com", "openai", In("jp")),
    // `inference_geo: "us"`, from Opus 4.6 and Sonnet 4.6 on.
    ("api.anthropic.com", "anthropic", OnRequest(&["us"])),
    ("generativelanguage.googleapis.com", "gemini", Anywhere),
    ("aiplatform.googleapis.com", "vertex", Anywhere),
    ("aiplatform.us.rep.googleapis.com", "vertex", In("us")),
    ("aiplatform.eu.rep.googleapis.com", "vertex", In("eu")),
    // Upstreams are of that region too; a key of the user's own that is stored there goes wherever its account runs.
    ("openrouter.ai", "openrouter", Anywhere),
    ("eu.openrouter.ai", "openrouter", In("eu")),
    ("us.openrouter.ai", "openrouter", In("us")),
    ("api.mistral.ai", "mistral", In("eu")),
    ("api.groq.com", "groq", Anywhere),
    ("api.deepseek.com", "deepseek", Anywhere),
    ("api.x.ai", "xai", Anywhere),
    ("api.together.xyz", "together", Anywhere),
    ("api.together.ai", "together", Anywhere),
    ("api.fireworks.ai", "fireworks", Anywhere),
    ("api.cerebras.ai", "cerebras", Anywhere),
    ("api.perplexity.ai", "perplexity", Anywhere),
    ("api.cohere.ai", "cohere", Anywhere),
    ("api.cohere.com", "cohere", Anywhere),
    ("integrate.api.nvidia.com", "nvidia", Anywhere),
];

/// Domains of a vendor: any host below.
#[rustfmt::skip]
static OWNED: &[(&str, &str, Regions)] = &[
    // Regional, data zone or global, by the type of the deployment.
    ("openai.azure.com", "azure", Regions::Account),
    ("services.ai.azure.com", "azure", Regions::Account),
    ("cognitiveservices.azure.com", "azure", Regions::Account),
    ("openai.com", "openai", Regions::Global),
    ("anthropic.com", "anthropic", Regions::Global),
    ("openrouter.ai", "openrouter", Regions::Global),
    ("mistral.ai", "mistral", Regions::Global),
    ("groq.com", "groq", Regions::Global),
    ("deepseek.com", "deepseek", Regions::Global),
    ("x.ai", "xai", Regions::Global),
    ("cohere.com", "cohere", Regions::Global),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(name: &str) -> Regions {
        host(name).unwrap_or_else(|| panic!("{name} is unknown")).regions
    }

    #[test]
    fn addresses_give_the_regions_that_the_vendor_promises() {
        assert_eq!(regions("api.openai.com"), Regions::Global);
        assert_eq!(regions("EU.api.openai.com."), within("eu"));
        assert_eq!(regions("api.anthropic.com"), Regions::Settable(&["us"]));
        assert_eq!(regions("bedrock-runtime.us-east-1.amazonaws.com"), within("us/east-1"));
        assert_eq!(regions("bedrock-mantle.eu-west-1.api.aws"), within("eu/west-1"));
        assert_eq!(regions("europe-west4-aiplatform.googleapis.com"), within("eu/west4"));
        assert_eq!(regions("us-central1-aiplatform.googleapis.com"), within("us/central1"));
        assert_eq!(regions("aiplatform.eu.rep.googleapis.com"), within("eu"));
        assert_eq!(regions("acme.openai.azure.com"), Regions::Account);
        assert_eq!(regions("eu.openrouter.ai"), within("eu"));
    }

    #[test]
    fn london_and_zurich_are_not_in_the_union() {
        assert_eq!(regions("bedrock-runtime.eu-west-2.amazonaws.com"), within("uk/west-2"));
        assert_eq!(regions("bedrock-runtime.eu-central-2.amazonaws.com"), within("ch/central-2"));
        assert_eq!(regions("europe-west2-aiplatform.googleapis.com"), within("uk/west2"));
        assert_eq!(regions("europe-west6-aiplatform.googleapis.com"), within("ch/west6"));
    }

    #[test]
    fn a_form_that_is_not_known_gives_nothing() {
        assert_eq!(regions("xx.api.openai.com"), Regions::Global);
        assert_eq!(regions("eu-west-1.api.x.ai"), Regions::Global);
        assert_eq!(regions("bedrock-runtime.nowhere.amazonaws.com"), Regions::Global);
    }

    #[test]
    fn a_look_alike_is_nobodys() {
        for name in
            ["api-openai.com", "evilopenai.com", "api.openai.com.evil.net", "openai.azure.com.evil.net", ".openai.com", "localhost", ""]
        {
            assert_eq!(host(name), None, "{name}");
        }
    }

    #[test]
    fn loopback_is_this_machine() {
        for name in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"] {
            assert!(is_loopback(name), "{name}");
        }
        for name in ["ollama", "0.0.0.0", "127.0.0.1.evil.net", "localhost.evil.net", "192.168.0.1", ""] {
            assert!(!is_loopback(name), "{name}");
        }
    }
}
