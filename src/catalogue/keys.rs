//! Environment variables that hold keys, and whose keys they hold.

pub use super::secrets::{literal_secrets, looks_secret, looks_secret_of, possible_secrets};

/// The vendor whose key an environment variable is known to hold: by its exact name, or with something after it (`OPENAI_API_KEY_EU`).
pub fn variable_vendor(name: &str) -> Option<&'static str> {
    let holds = |known: &str| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    VARIABLES.iter().find(|(known, _)| holds(known)).map(|(_, vendor)| *vendor)
}

#[rustfmt::skip]
static VARIABLES: &[(&str, &str)] = &[
    ("OPENAI_API_KEY", "openai"),
    ("OPENAI_ADMIN_KEY", "openai"),
    ("AZURE_OPENAI_API_KEY", "azure"),
    ("AZURE_OPENAI_AD_TOKEN", "azure"),
    ("ANTHROPIC_FOUNDRY_API_KEY", "azure"),
    ("ANTHROPIC_API_KEY", "anthropic"),
    ("ANTHROPIC_AUTH_TOKEN", "anthropic"),
    ("GEMINI_API_KEY", "gemini"),
    ("GOOGLE_API_KEY", "gemini"),
    ("GOOGLE_GENERATIVE_AI_API_KEY", "gemini"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "vertex"),
    ("OPENROUTER_API_KEY", "openrouter"),
    ("MISTRAL_API_KEY", "mistral"),
    ("GROQ_API_KEY", "groq"),
    ("CO_API_KEY", "cohere"),
    ("COHERE_API_KEY", "cohere"),
    ("AWS_BEARER_TOKEN_BEDROCK", "bedrock"),
    ("XAI_API_KEY", "xai"),
    ("DEEPSEEK_API_KEY", "deepseek"),
    ("TOGETHER_API_KEY", "together"),
    ("FIREWORKS_API_KEY", "fireworks"),
    ("CEREBRAS_API_KEY", "cerebras"),
    ("PERPLEXITY_API_KEY", "perplexity"),
    ("NVIDIA_API_KEY", "nvidia"),
    ("HF_TOKEN", "huggingface"),
    ("AI_GATEWAY_API_KEY", "vercel"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::providers::all_well_known;

    #[test]
    fn a_variable_belongs_to_its_vendor() {
        assert_eq!(variable_vendor("OPENAI_API_KEY"), Some("openai"));
        assert_eq!(variable_vendor("OPENAI_API_KEY_EU"), Some("openai"));
        assert_eq!(variable_vendor("AZURE_OPENAI_API_KEY"), Some("azure"));
        assert_eq!(variable_vendor("OPENAI_API_KEYS"), None);
        assert_eq!(variable_vendor("SUPPORT_KEY"), None);
    }

    #[test]
    fn well_known_providers_name_their_own_variables() {
        for known in all_well_known() {
            for variable in known.key_variables {
                assert_eq!(variable_vendor(variable), Some(known.vendor), "{variable}");
            }
        }
    }
}
