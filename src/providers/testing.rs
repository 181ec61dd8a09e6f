//! Targets for the tests of this room.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::{BaseUrl, KeyOwner, KeySource, Model, Provider, Texts};

use super::Target;

/// A target in the making.
pub(super) struct With {
    pub(super) provider: Provider<'static>,
    pub(super) model: Model<'static>,
    id: String,
}

impl With {
    pub(super) fn openai(id: &str) -> Self {
        Self::new("openai", "openai", "chat_completions", id)
    }

    pub(super) fn openrouter(id: &str) -> Self {
        Self::new("openrouter", "openrouter", "chat_completions", id)
    }

    pub(super) fn compatible(id: &str) -> Self {
        Self::new("openai_compatible", "vllm", "chat_completions", id)
    }

    pub(super) fn anthropic(id: &str) -> Self {
        Self::new("anthropic", "anthropic", "messages", id)
    }

    pub(super) fn gemini(id: &str) -> Self {
        Self::new("gemini", "gemini", "generate_content", id)
    }

    fn new(protocol: &'static str, vendor: &'static str, endpoint: &'static str, id: &str) -> Self {
        let provider = Provider {
            api_version: None,
            base_url: BaseUrl::Url("https://example.com".into()),
            clearance: Texts::default(),
            headers: std::collections::BTreeMap::new(),
            host_vendor: None,
            key: KeySource::Env("KEY".into()),
            key_owner: KeyOwner::Own,
            known_host: true,
            misnamed: false,
            protocol: protocol.into(),
            region: None,
            request_region: None,
            retention_ms: None,
            title: vendor.into(),
            training: None,
            upstream_vendors: None,
            upstreams: None,
            vendor: vendor.into(),
        };
        let model = Model {
            aliases: Texts::default(),
            base: None,
            capabilities: Texts::default(),
            context: None,
            endpoint: endpoint.into(),
            endpoint_with_tools: endpoint.into(),
            input_price: None,
            max_input: None,
            max_output: None,
            output_limit: "max_tokens".into(),
            output_price: None,
            price_tiers: Vec::new(),
            traps: Texts::default(),
            zone: None,
        };
        Self { provider, model, id: id.to_owned() }
    }

    pub(super) fn endpoints(mut self, plain: &'static str, with_tools: &'static str) -> Self {
        (self.model.endpoint, self.model.endpoint_with_tools) = (plain.into(), with_tools.into());
        self
    }

    pub(super) fn traps(mut self, traps: &[&'static str]) -> Self {
        self.model.traps = texts(traps);
        self
    }

    pub(super) fn vendor(mut self, vendor: &'static str) -> Self {
        self.provider.vendor = vendor.into();
        self
    }

    /// Gives the target to a test. Its name is `there/` and the id.
    pub(super) fn target<T>(&self, test: impl FnOnce(&Target<'_>) -> T) -> T {
        let name = format!("there/{}", self.id);
        test(&Target { name: &name, id: &self.id, provider: &self.provider, model: &self.model })
    }
}

pub(super) fn texts(words: &[&'static str]) -> Texts<'static> {
    Arc::new(words.iter().map(|word| (*word).into()).collect::<BTreeSet<_>>())
}

/// The body of a request, read again.
pub(super) fn json(body: &[u8]) -> serde_json::Value {
    serde_json::from_slice(body).unwrap()
}
