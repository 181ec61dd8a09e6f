//! What the catalogue as a whole must keep to.

use proptest::prelude::*;

use super::*;

fn base_of(target: &str) -> Option<String> {
    let (vendor, id) = target.split_once('/').unwrap();
    Catalogue::builtin().base_of(vendor, id).map(Cow::into_owned)
}

#[test]
fn entries_are_sorted_and_each_pair_is_there_once() {
    let catalogue = Catalogue::builtin();
    assert!(catalogue.entries.is_sorted_by(|one, next| one.key() < next.key()));
    assert!(catalogue.bases.is_sorted_by(|one, next| one < next));
    for entry in catalogue.iter() {
        assert_eq!(catalogue.get(&entry.vendor, &entry.id), Some(entry));
    }
    assert_eq!((catalogue.iter().count(), catalogue.date().to_string().as_str()), (717, "2026-11-23"));
    assert_eq!(catalogue.get("openai", "GPT-5.2"), None);
}

#[test]
fn every_base_has_a_maker_and_is_its_own_base() {
    for entry in Catalogue::builtin().iter() {
        let Some(base) = entry.base.as_deref() else { continue };
        let (maker, model) = base.split_once('/').unwrap();
        assert_eq!(entry.maker.as_deref(), Some(maker), "{}", entry.id);
        assert_eq!(base_of(base).as_deref(), Some(base), "{}/{} is called {model}", entry.vendor, entry.id);
    }
}

#[test]
fn the_columns_are_what_the_rules_say() {
    let catalogue = Catalogue::builtin();
    for entry in catalogue.iter() {
        // A data file may know better than the rules; this one does not, so a change of either is seen here.
        let base = base::base(&entry.vendor, &entry.id, |base| catalogue.is_base(base));
        assert_eq!(base, entry.base.clone().map(Cow::into_owned), "{}/{}", entry.vendor, entry.id);
    }
}

#[test]
fn limits_and_prices_make_sense() {
    for entry in Catalogue::builtin().iter() {
        let least = |one: Option<u64>, other: Option<u64>| one.zip(other).is_none_or(|(one, other)| one <= other);
        assert!(least(entry.max_input, entry.context) && least(entry.max_output, entry.context), "{}/{}", entry.vendor, entry.id);
        assert!(entry.capabilities.iter().all(|one| !entry.unknown.contains(one)), "{}/{}", entry.vendor, entry.id);
        for tier in &*entry.tiers {
            assert!(tier.input >= entry.input_price, "{}/{}", entry.vendor, entry.id);
        }
    }
}

#[test]
fn one_model_is_one_however_it_is_sold() {
    for (base, targets) in [
        (
            "openai/gpt-4.1",
            vec!["openai/gpt-4.1", "openai/gpt-4.1-2025-04-14", "azure/eu/gpt-4.1", "openrouter/openai/gpt-4.1", "openai/GPT-4.1"],
        ),
        ("openai/gpt-5.2", vec!["openai/gpt-5.2-2026-12-01", "azure/gpt-5.2-2026-12-01", "openrouter/openai/gpt-5.2:nitro"]),
        ("openai/gpt-5-chat", vec!["openai/gpt-5-chat-latest", "azure/gpt-5-chat"]),
        ("openai/gpt-3.5-turbo", vec!["openai/gpt-3.5-turbo-0125", "openai/gpt-3.5-turbo"]),
        (
            "openai/gpt-oss-120b",
            vec![
                "groq/openai/gpt-oss-120b",
                "bedrock/openai.gpt-oss-120b-1:0",
                "vertex/openai/gpt-oss-120b-maas",
                "openrouter/openai/gpt-oss-120b:free",
            ],
        ),
        (
            "anthropic/claude-sonnet-4-5",
            vec![
                "anthropic/claude-sonnet-4-5-20250929",
                "openrouter/anthropic/claude-sonnet-4.5",
                "openrouter/Anthropic/Claude-Sonnet-4.5:thinking",
                "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "bedrock/arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
                "vertex/claude-sonnet-4-5@20250929",
                "vertex/publishers/anthropic/models/claude-sonnet-4-5@20250929",
            ],
        ),
        ("anthropic/claude-3-5-haiku", vec!["anthropic/claude-3-5-haiku-latest", "openrouter/anthropic/claude-3.5-haiku-20241022"]),
        (
            "gemini/gemini-2.5-flash",
            vec!["gemini/models/gemini-2.5-flash", "openrouter/google/gemini-2.5-flash-preview-05-20", "gemini/gemini-2.5-flash-001"],
        ),
        (
            "deepseek/deepseek-v4-pro",
            vec!["openrouter/deepseek/deepseek-v4-pro", "openrouter/deepseek/deepseek-v4-pro-0813", "together/deepseek-ai/DeepSeek-V4-Pro"],
        ),
        ("deepseek/deepseek-v4.1-flash", vec!["mistral/deepseek-v4-1-flash-1017", "openrouter/deepseek/deepseek-v4.1-flash"]),
        ("zai/glm-5.2", vec!["mistral/glm-5-2", "mistral/zai-glm-5-2", "openrouter/z-ai/glm-5.2", "zai/glm-5.2"]),
        (
            "mistral/mistral-large-2512",
            vec!["mistral/mistral-large-3", "openrouter/mistralai/mistral-large-2512", "bedrock/mistral.mistral-large-3-675b-instruct"],
        ),
        (
            "meta/llama-3.1-8b-instruct",
            vec!["groq/llama-3.1-8b-instant", "bedrock/meta.llama3-1-8b-instruct-v1:0", "openrouter/meta-llama/llama-3.1-8b-instruct:free"],
        ),
        ("xai/grok-4", vec!["xai/grok-4-0709", "openrouter/x-ai/grok-4"]),
        ("amazon/nova-2-lite", vec!["openrouter/amazon/nova-2-lite-v1", "bedrock/eu.amazon.nova-2-lite-v1:0"]),
    ] {
        for target in targets {
            assert_eq!(base_of(target).as_deref(), Some(base), "{target}");
        }
    }
}

#[test]
fn models_that_share_a_name_stay_apart() {
    for (one, other) in [
        ("openai/gpt-4.1", "openai/gpt-4.1-mini"),
        ("openai/gpt-5", "openai/gpt-5-chat-latest"),
        ("openai/gpt-5", "openai/gpt-5-codex"),
        ("openai/gpt-5.1-codex", "openai/gpt-5.1-codex-max"),
        ("openai/gpt-4", "openai/gpt-4-1106-preview"),
        ("openai/o1", "azure/eu/o1-preview"),
        ("openai/o3", "openai/o3-pro"),
        ("openai/gpt-6-sol", "openai/gpt-6.1-sol"),
        ("anthropic/claude-opus-5", "anthropic/claude-opus-5-5"),
        ("anthropic/claude-opus-4-1-20250805", "anthropic/claude-opus-4-20250514"),
        ("gemini/gemini-2.5-flash", "gemini/gemini-2.5-flash-lite"),
        ("vertex/text-embedding-004", "vertex/text-embedding-005"),
        ("mistral/mistral-large-2512", "mistral/mistral-large-4"),
        ("vertex/mistral-large@2407", "vertex/mistral-large@2411-001"),
        ("mistral/ministral-3b-2512", "mistral/ministral-8b-2512"),
        ("deepseek/deepseek-v4-pro", "deepseek/deepseek-v4-flash"),
        ("openrouter/deepseek/deepseek-chat-v3-0324", "bedrock/deepseek.v3-v1:0"),
        ("openrouter/qwen/qwen3-235b-a22b", "bedrock/qwen.qwen3-235b-a22b-2507-v1:0"),
        ("bedrock/amazon.titan-embed-text-v1", "bedrock/amazon.titan-embed-text-v2:0"),
        ("bedrock/meta.llama3-70b-instruct-v1:0", "bedrock/meta.llama3-1-70b-instruct-v1:0"),
        ("openrouter/x-ai/grok-4", "openrouter/x-ai/grok-4.7"),
        ("bedrock/openai.gpt-oss-safeguard-20b", "bedrock/openai.gpt-oss-20b-1:0"),
    ] {
        let (one_base, other_base) = (base_of(one), base_of(other));
        assert!(one_base.is_some() && other_base.is_some() && one_base != other_base, "{one} {one_base:?} {other} {other_base:?}");
    }
}

#[test]
fn what_is_not_certain_is_unknown() {
    for target in [
        "openai/gpt-5.6",
        "openai/chatgpt-4o-latest",
        "openai/ft:gpt-4.1-mini-2025-04-14:acme::abc",
        "azure/support-prod",
        "azure/gpt-9-support",
        "groq/compound",
        "anthropic/claude-opus-latest",
        "anthropic/claude-opus-4-6-fast",
        "gemini/gemini-flash-latest",
        "gemini/gemini-pro",
        "gemini/gemini-embedding-2-preview",
        "mistral/mistral-large-latest",
        "mistral/mistral-small",
        "openrouter/openrouter/auto",
        "openrouter/unheard-of/model-1",
        "openrouter/openai/gpt-5.2:unheard-of",
        "openrouter/qwen/qwen-plus",
        "bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/abc",
        "bedrock/anthropic.claude-v2:1",
        "ollama/gpt-oss:20b",
        "acme/gpt-5.2",
        "openai/",
        "openai/é",
    ] {
        assert_eq!(base_of(target), None, "{target}");
    }
}

#[test]
fn the_maker_is_known_where_the_seller_is_not_it() {
    let maker = |vendor, id| Catalogue::builtin().maker_of(vendor, id).map(Cow::into_owned);
    assert_eq!(maker("mistral", "zai-glm-latest").as_deref(), Some("zai"));
    assert_eq!(maker("azure", "gpt-5.2-2026-12-01").as_deref(), Some("openai"));
    assert_eq!(maker("openrouter", "google/gemini-9").as_deref(), Some("gemini"));
    assert_eq!(maker("azure", "support-prod"), None);
    assert_eq!(maker("openrouter", "openrouter/auto"), None);
}

#[test]
fn a_near_miss_is_named_and_a_far_one_is_not() {
    let catalogue = Catalogue::builtin();
    assert_eq!(catalogue.nearest("anthropic", "claude-sonet-5-5"), Some("claude-sonnet-5-5"));
    assert_eq!(catalogue.nearest("openai", "GPT-5.2"), Some("gpt-5.2"));
    assert_eq!(catalogue.nearest("openai", "text-davinci-003"), None);
    assert_eq!(catalogue.nearest("acme", "gpt-5.2"), None);
}

#[test]
fn vendors_are_sellers_makers_and_the_well_known() {
    let vendors = Catalogue::builtin().vendors();
    for name in ["openai", "gemini", "azure", "xai", "together", "moonshotai"] {
        assert!(vendors.contains(&name), "{name}");
    }
    assert!(!vendors.contains(&"google") && !vendors.contains(&"azure_openai"));
    assert!(vendors.is_sorted());
}

proptest! {
    #[test]
    fn no_text_breaks_a_reader(text in any::<String>(), id in "[a-zA-Z0-9.:@/é-]{0,40}", cut in 0usize..20_000) {
        let catalogue = Catalogue::builtin();
        for vendor in catalogue.vendors() {
            for id in [&text, &id] {
                let _ = catalogue.base_of(vendor, id);
                let _ = catalogue.maker_of(vendor, id);
            }
        }
        let _ = catalogue.nearest("openai", &text);
        let _ = host(&text);
        let _ = Catalogue::from_json(&text);
        let _ = keys::looks_secret(&text);
        for (range, _) in keys::literal_secrets(&text) {
            prop_assert!(text.get(range).is_some());
        }
        let start = include_str!("models.json").get(..cut).unwrap_or_default();
        prop_assert!(Catalogue::from_json(start).is_err());
    }

    #[test]
    fn a_base_is_its_own_base(vendor in "openai|anthropic|gemini|mistral|deepseek|meta|xai|zai|qwen|cohere|amazon|openrouter|bedrock|vertex", id in "((google|openai|anthropic|meta|x-ai)[./])?(gpt|claude-opus|gemini|llama|grok|glm|nova)-[0-9]([.-][0-9])?(-[a-z]{3,6}){0,2}(-(latest|preview|v1|0813|2512|20250929|2026-01-31))?(:free|@001|@default)?") {
        let catalogue = Catalogue::builtin();
        if let Some(base) = catalogue.base_of(&vendor, &id) {
            let (maker, model) = base.split_once('/').unwrap();
            prop_assert_eq!(catalogue.base_of(maker, model), Some(base.clone()));
        }
    }
}
