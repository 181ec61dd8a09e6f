//! Which model an id stands for, by rule: a seller's id is taken apart into the maker and the maker's own spelling.
//!
//! Two mistakes are possible. Ids of one model that are kept apart let a model judge itself; ids of two models that are taken for one
//! hide that a fallback changes the model. So an id is given a base only where its form leaves no doubt, and none otherwise.

use super::makers::{canonical, is_maker, of_author, of_family};

/// `maker/model` for an id at a vendor; `known` tells whether the catalogue has such a base.
pub(super) fn base(vendor: &str, id: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let parts = parts(vendor, id)?;
    let listed = AT_SELLER.iter().find(|(seller, slug, _)| *seller == vendor && *slug == parts.slug);
    let model = match listed {
        Some((_, _, model)) => model.map(str::to_owned),
        None => canonical(parts.maker, &parts.slug),
    };
    let base = format!("{}/{}", parts.maker, model?);
    // Where anybody may name a model, a name proves something only if it is that of a model that exists.
    (!parts.free_names || known(&base)).then_some(base)
}

/// The maker of an id at a vendor.
pub(super) fn maker(vendor: &str, id: &str) -> Option<&'static str> {
    parts(vendor, id).filter(|parts| !parts.free_names).map(|parts| parts.maker)
}

/// A seller's id taken apart.
struct Parts {
    maker: &'static str,
    /// The rest, in lower case, without what the seller adds.
    slug: String,
    /// Whether users or operators name models there.
    free_names: bool,
}

/// The zone to which an id sends requests by the way it begins, at vendors whose ids tell that.
pub fn zone_of(vendor: &str, id: &str) -> Option<&'static str> {
    const ZONES: [&str; 8] = ["global", "us", "us-gov", "eu", "apac", "jp", "au", "ca"];
    let end = match vendor {
        "bedrock" => '.',
        "azure" => '/',
        _ => return None,
    };
    let start = id.split_once(end)?.0;
    ZONES.into_iter().find(|zone| start.eq_ignore_ascii_case(zone))
}

fn parts(vendor: &str, id: &str) -> Option<Parts> {
    let id = id.to_ascii_lowercase();
    let found = |maker, slug: &str, free_names| Some(Parts { maker, slug: slug.to_owned(), free_names });
    match vendor {
        "openrouter" => {
            let (author, slug) = id.split_once('/')?;
            found(of_author(author)?, without_variant(slug)?, false)
        }
        "azure" => {
            let slug = ["us/", "eu/", "global/"].iter().find_map(|zone| id.strip_prefix(zone)).unwrap_or(&id);
            found(of_family(slug)?, slug, true)
        }
        "bedrock" => {
            let id = without_arn(&id)?;
            let id = PROFILES.iter().find_map(|profile| id.strip_prefix(profile)).unwrap_or(id);
            let (author, slug) = id.split_once('.')?;
            let maker = of_author(author)?;
            found(maker, without_bedrock_version(maker, slug), false)
        }
        "vertex" => {
            let id = id.strip_prefix("publishers/").unwrap_or(&id).replace("/models/", "/");
            let (author, slug) = id.split_once('/').map_or((None, &*id), |(author, slug)| (Some(author), slug));
            let maker = author.map_or_else(|| of_family(slug), of_author)?;
            found(maker, slug.strip_suffix("-maas").unwrap_or(slug), !matches!(maker, "anthropic" | "gemini" | "mistral" | "meta"))
        }
        "mistral" => {
            let maker = of_family(&id).unwrap_or("mistral");
            found(maker, id.strip_prefix("zai-").unwrap_or(&id), false)
        }
        "gemini" => found("gemini", id.strip_prefix("models/").unwrap_or(&id), false),
        "groq" | "together" | "fireworks" | "deepinfra" | "cerebras" | "nvidia" | "huggingface" => {
            let (author, slug) = id.split_once('/').map_or((None, &*id), |(author, slug)| (Some(author), slug));
            found(author.map_or_else(|| of_family(slug).or_else(|| is_maker(vendor)), of_author)?, slug, true)
        }
        _ => found(is_maker(vendor)?, &id, false),
    }
}

/// Bedrock's cross-region inference profiles.
const PROFILES: &[&str] = &["us.", "eu.", "apac.", "jp.", "au.", "global.", "us-gov.", "ca."];

/// Without what OpenRouter hangs on: the same model, cheaper, faster, with a search, …
fn without_variant(slug: &str) -> Option<&str> {
    match slug.split_once(':') {
        None => Some(slug),
        Some((slug, "free" | "nitro" | "floor" | "online" | "exacto" | "thinking" | "extended" | "beta")) => Some(slug),
        Some(_) => None,
    }
}

/// The model id of a name in AWS's long form; an application's own profile does not tell its model.
fn without_arn(id: &str) -> Option<&str> {
    if !id.starts_with("arn:") {
        return Some(id);
    }
    let (kind, name) = id.rsplit_once('/')?;
    (kind.ends_with(":foundation-model") || kind.ends_with(":inference-profile")).then_some(name)
}

/// Without `-v1:0`, which counts Bedrock's packagings of one model, unless the maker counts its models so.
fn without_bedrock_version<'a>(maker: &str, slug: &'a str) -> &'a str {
    let slug = slug.split_once(':').map_or(slug, |(slug, _)| slug);
    let counts_models = maker == "cohere" || slug.starts_with("titan-") || slug.starts_with("rerank-") || slug.starts_with("claude-v");
    let packaging = slug.rsplit_once("-v").filter(|(_, version)| version.len() == 1 && version.bytes().all(|byte| byte.is_ascii_digit()));
    packaging.filter(|_| !counts_models).map_or(slug, |(slug, _)| slug)
}

/// What one seller calls a model in a way of its own; `None` where the name does not tell.
#[rustfmt::skip]
static AT_SELLER: &[(&str, &str, Option<&str>)] = &[
    ("bedrock", "gpt-oss-120b-1", Some("gpt-oss-120b")),
    ("bedrock", "gpt-oss-20b-1", Some("gpt-oss-20b")),
    // Sold there as DeepSeek-V3.1.
    ("bedrock", "v3", Some("deepseek-v3.1")),
    ("bedrock", "mistral-large-3-675b-instruct", Some("mistral-large-2512")),
    ("bedrock", "ministral-3-3b-instruct", Some("ministral-3b-2512")),
    ("bedrock", "ministral-3-8b-instruct", Some("ministral-8b-2512")),
    ("bedrock", "ministral-3-14b-instruct", Some("ministral-14b-2512")),
    ("bedrock", "devstral-2-123b", Some("devstral-2512")),
    ("groq", "llama-3.1-8b-instant", Some("llama-3.1-8b-instruct")),
    ("groq", "llama-3.3-70b-versatile", Some("llama-3.3-70b-instruct")),
    // The current price there is that of 3.5, so the name may have moved.
    ("mistral", "mistral-medium-3", None),
    ("vertex", "mistral-medium-3", Some("mistral-medium-2505")),
    ("vertex", "mistral-medium-3@001", Some("mistral-medium-2505")),
    // There was no Llama 3 of that size; the smaller ones may be 3 or 3.1.
    ("vertex", "llama3-405b-instruct", Some("llama-3.1-405b-instruct")),
    ("vertex", "llama3-70b-instruct", None),
    ("vertex", "llama3-8b-instruct", None),
    // Sold with a number of experts that the model has under another name.
    ("vertex", "llama-4-maverick-17b-16e-instruct", None),
    ("vertex", "llama-4-scout-17b-128e-instruct", None),
];
