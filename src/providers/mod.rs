//! How each provider is spoken to: requests are written, answers, streams and errors read, in the shape of each protocol. Pure; `serve` does the sending.
//!
//! `chat` and `responses` are OpenAI's, `messages` is Anthropic's, `generate_content` Gemini's. A plan says which of them a model is called by.

mod address;
mod calls;
mod chat;
mod dispatch;
mod embed_content;
mod embeddings;
mod errors;
mod generate_content;
mod join;
mod media;
mod messages;
mod openrouter;
mod responses;
mod sse;
mod takes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod write;

use std::time::Duration;

use crate::failure::Failure;
use crate::plan::{Model, Provider};

pub use address::join;
pub use dispatch::{Decoder, credential, decode, decode_embeddings, embed, encode, unsendable, unsendable_embed};
pub use errors::{Reply, classify};

/// Who is called, and what the plan knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'p> {
    /// `provider/model`.
    pub name: &'p str,
    /// The model's id at the provider.
    pub id: &'p str,
    /// The account.
    pub provider: &'p Provider<'p>,
    /// Facts about the model.
    pub model: &'p Model<'p>,
}

impl Target<'_> {
    /// Whether the model has this trap, in the catalogue's words.
    fn trap(&self, trap: &str) -> bool {
        self.model.traps.contains(trap)
    }

    /// The maker's name of the model, as far as it is known, else its id at the provider: a policy may say which model an id `is`.
    fn known_as(&self) -> &str {
        let name = self.model.base.as_deref().unwrap_or(self.id);
        name.rsplit_once('/').map_or(name, |(_, name)| name)
    }

    /// Whether the model is known to have this capability, in the catalogue's words.
    fn can(&self, capability: &str) -> bool {
        self.model.capabilities.contains(capability)
    }
}

/// In which shape an endpoint of a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// OpenAI's chat completions, and those of compatible servers.
    Chat(Rules),
    /// OpenAI's responses.
    Responses,
    /// Anthropic's messages.
    Messages,
    /// Gemini's `generateContent`.
    GenerateContent,
    /// OpenAI's embeddings, and those of compatible servers.
    Embeddings(Rules),
    /// Gemini's `batchEmbedContents`.
    EmbedContent,
}

/// By whose rules an error is judged that comes in the place of an answer, or in the middle of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// OpenAI's.
    OpenAi,
    /// OpenRouter's.
    OpenRouter,
}

impl Rules {
    /// Those of this account.
    fn of(provider: &Provider<'_>) -> Self {
        if provider.protocol == "openrouter" { Self::OpenRouter } else { Self::OpenAi }
    }
}

/// How a key goes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `authorization: Bearer KEY`.
    Bearer,
    /// The key alone in this header.
    Header(&'static str),
}

/// A request as it goes out. The key and the provider's own headers are added by the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The shape in which the answer comes.
    pub wire: Wire,
    /// To be put behind the base address by `join`: with its leading slash, the version where the protocol has one, and a query where there is one.
    pub path: String,
    /// Headers that the protocol asks for.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
    /// Fields of the request that are only hints, and that this target does not take: they were left out.
    pub dropped: Vec<&'static str>,
}

/// What of a request cannot be said to a target without changing what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsendable {
    /// The field, in OpenAI's spelling: `tool_choice`.
    pub field: &'static str,
    /// Why, to stand behind the target's name: `cannot be made to call a tool`.
    pub why: &'static str,
}

/// Why a call failed, as far as its answer tells. Nothing of what the provider wrote is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The class.
    pub class: Failure,
    /// How long the provider asks to wait before another try.
    pub wait: Option<Duration>,
    /// The field that a `bad_request` names, where it has the form of a field's name: `messages[1].content`.
    pub field: Option<String>,
}

impl Failed {
    /// A failure with this class, and no more known.
    pub fn of(class: Failure) -> Self {
        Self { class, wait: None, field: None }
    }
}
