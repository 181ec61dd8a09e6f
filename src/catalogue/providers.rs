//! Well-known provider names: what an account of such a name speaks, where it is, and whose it is.

/// The manner in which an API is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// OpenAI's own API.
    Openai,
    /// Anthropic's Messages API.
    Anthropic,
    /// Google's `generateContent` API.
    Gemini,
    /// OpenAI's shape with OpenRouter's routing on top.
    Openrouter,
    /// Chat completions in OpenAI's shape, served by somebody else.
    OpenaiCompatible,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Openai, Self::Anthropic, Self::Gemini, Self::Openrouter, Self::OpenaiCompatible];

    /// A policy's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Openrouter => "openrouter",
            Self::OpenaiCompatible => "openai_compatible",
        }
    }

    /// What a policy's word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == word)
    }

    /// The public address of the API that the protocol is named after; none for `openai_compatible`.
    pub fn base_url(self) -> Option<&'static str> {
        well_known(self.as_str()).and_then(|known| known.base_url)
    }

    /// The company that the protocol is named after; none for `openai_compatible`.
    pub fn vendor(self) -> Option<&'static str> {
        well_known(self.as_str()).map(|known| known.vendor)
    }
}

/// What a provider is taken to be by its name alone.
#[derive(Debug, PartialEq, Eq)]
pub struct WellKnown {
    /// The name in a policy.
    pub name: &'static str,
    /// Its usual spelling.
    pub title: &'static str,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its public address as a policy would give it, with the version where the vendor's base has one; `None` where each user has another.
    pub base_url: Option<&'static str>,
    /// The company behind it.
    pub vendor: &'static str,
    /// The environment variables in which its key usually is, the most usual first.
    pub key_variables: &'static [&'static str],
    /// Whether it is usually run by oneself, without a key.
    pub keyless: bool,
}

/// What is known by a provider's name.
pub fn well_known(name: &str) -> Option<&'static WellKnown> {
    WELL_KNOWN.iter().find(|known| known.name == name)
}

/// All well-known providers.
pub fn all_well_known() -> &'static [WellKnown] {
    WELL_KNOWN
}

/// The vendor behind a name that OpenRouter gives to one of its upstreams (`google-vertex`); unknown slugs name themselves.
pub fn upstream_vendor(slug: &str) -> &str {
    let company = slug.split('/').next().unwrap_or(slug);
    match company {
        "google-vertex" => "vertex",
        "google-ai-studio" => "gemini",
        "amazon-bedrock" => "bedrock",
        "z-ai" => "zai",
        _ => company,
    }
}

const fn known(
    name: &'static str,
    title: &'static str,
    protocol: Protocol,
    base_url: Option<&'static str>,
    vendor: &'static str,
    key_variables: &'static [&'static str],
) -> WellKnown {
    WellKnown { name, title, protocol, base_url, vendor, key_variables, keyless: key_variables.is_empty() }
}

use Protocol::{Anthropic, Gemini, Openai, OpenaiCompatible as Compatible, Openrouter};

#[rustfmt::skip]
static WELL_KNOWN: &[WellKnown] = &[
    known("openai", "OpenAI", Openai, Some("https://api.openai.com/v1"), "openai", &["OPENAI_API_KEY"]),
    known("anthropic", "Anthropic", Anthropic, Some("https://api.anthropic.com"), "anthropic", &["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]),
    known("gemini", "Gemini", Gemini, Some("https://generativelanguage.googleapis.com"), "gemini", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    known("openrouter", "OpenRouter", Openrouter, Some("https://openrouter.ai/api/v1"), "openrouter", &["OPENROUTER_API_KEY"]),
    known("mistral", "Mistral", Compatible, Some("https://api.mistral.ai/v1"), "mistral", &["MISTRAL_API_KEY"]),
    known("groq", "Groq", Compatible, Some("https://api.groq.com/openai/v1"), "groq", &["GROQ_API_KEY"]),
    // OpenAI's API at a host of the user's own; a model is named by its deployment.
    known("azure_openai", "Azure OpenAI", Openai, None, "azure", &["AZURE_OPENAI_API_KEY"]),
    known("ollama", "Ollama", Compatible, Some("http://localhost:11434/v1"), "ollama", &[]),
    known("vllm", "vLLM", Compatible, None, "vllm", &[]),
    known("bedrock", "Amazon Bedrock", Compatible, None, "bedrock", &["AWS_BEARER_TOKEN_BEDROCK"]),
    known("vertex", "Vertex AI", Compatible, None, "vertex", &["GOOGLE_APPLICATION_CREDENTIALS"]),
    known("deepseek", "DeepSeek", Compatible, Some("https://api.deepseek.com/v1"), "deepseek", &["DEEPSEEK_API_KEY"]),
    known("xai", "xAI", Compatible, Some("https://api.x.ai/v1"), "xai", &["XAI_API_KEY"]),
    known("together", "Together AI", Compatible, Some("https://api.together.xyz/v1"), "together", &["TOGETHER_API_KEY"]),
    known("fireworks", "Fireworks AI", Compatible, Some("https://api.fireworks.ai/inference/v1"), "fireworks", &["FIREWORKS_API_KEY"]),
    known("cerebras", "Cerebras", Compatible, Some("https://api.cerebras.ai/v1"), "cerebras", &["CEREBRAS_API_KEY"]),
    known("perplexity", "Perplexity", Compatible, Some("https://api.perplexity.ai"), "perplexity", &["PERPLEXITY_API_KEY"]),
    known("cohere", "Cohere", Compatible, Some("https://api.cohere.ai/compatibility/v1"), "cohere", &["CO_API_KEY", "COHERE_API_KEY"]),
    known("nvidia", "NVIDIA", Compatible, Some("https://integrate.api.nvidia.com/v1"), "nvidia", &["NVIDIA_API_KEY"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::hosts::{host, is_loopback};

    #[test]
    fn each_stands_at_its_own_vendors_host() {
        for known in all_well_known() {
            let Some(url) = known.base_url else { continue };
            let name = url.split_once("://").unwrap().1.split(['/', ':']).next().unwrap();
            assert!(is_loopback(name) == known.keyless, "{url}");
            assert!(known.keyless || host(name).unwrap().vendor == known.vendor, "{url}");
        }
    }

    #[test]
    fn protocols_are_named_after_providers() {
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::parse(protocol.as_str()), Some(protocol));
            if let Some(known) = well_known(protocol.as_str()) {
                assert_eq!(known.protocol, protocol);
            }
        }
        assert_eq!(Protocol::OpenaiCompatible.base_url(), None);
        assert_eq!(well_known("azure_openai").map(|known| known.vendor), Some("azure"));
        assert_eq!(well_known("OpenAI"), None);
    }

    #[test]
    fn upstreams_are_vendors() {
        assert_eq!(upstream_vendor("google-vertex/europe"), "vertex");
        assert_eq!(upstream_vendor("anthropic"), "anthropic");
    }
}
