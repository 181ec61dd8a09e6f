//! From a target to the protocol that it speaks: which module writes a request, reads an answer, a stream or embeddings.

use crate::exchange::{Answer, Embed, Embeddings, Event, Request, Role, ToolChoice};
use crate::failure::Failure;
use crate::plan::Provider;

use super::{Credential, Failed, Outgoing, Rules, Target, Unsendable, Wire};
use super::{chat, embed_content, embeddings, generate_content, messages, responses, sse, takes};

/// The request as it goes to this target. `max_output` is the longest answer that may be asked for, in tokens; `None`: no limit.
///
/// Fails where the target cannot be told what the request asks. That is looked for here too, though a caller may have asked before by `unsendable`: no
/// request goes out that means something else.
pub fn encode(target: &Target<'_>, request: &Request, max_output: Option<u64>) -> Result<Outgoing, Unsendable> {
    if let Some(unsendable) = unsendable(target, request) {
        return Err(unsendable);
    }
    Ok(match wire(target, request) {
        Some(Wire::Messages) => messages::encode(target, request, max_output),
        Some(Wire::GenerateContent) => generate_content::encode(target, request, max_output),
        Some(Wire::Responses) => responses::encode(target, request, max_output),
        _ => chat::encode(target, request, max_output),
    })
}

/// What of a request this target cannot be told, if anything. Cheap: nothing is written.
pub fn unsendable(target: &Target<'_>, request: &Request) -> Option<Unsendable> {
    let Some(wire) = wire(target, request) else {
        return Some(Unsendable { field: "model", why: "answers no conversations" });
    };
    let forced = matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)));
    if forced && request.tools.is_empty() {
        return Some(Unsendable { field: "tool_choice", why: "cannot be made to call a tool where none is offered" });
    }
    if forced && target.trap("no_forced_tool_choice") {
        return Some(Unsendable { field: "tool_choice", why: "cannot be made to call a tool" });
    }
    if target.trap("no_assistant_prefill") && request.messages.last().is_some_and(|last| last.role == Role::Assistant) {
        return Some(Unsendable { field: "messages", why: "does not continue an answer that the request begins" });
    }
    if request.stream && target.trap("no_streaming") {
        return Some(Unsendable { field: "stream", why: "does not answer piece by piece" });
    }
    match wire {
        Wire::Messages => messages::unsendable(request),
        Wire::GenerateContent => generate_content::unsendable(request),
        Wire::Responses => responses::unsendable(request),
        _ => chat::unsendable(target, request),
    }
}

/// The endpoint that the plan names for such a request; `None` where it is for no conversation.
fn wire(target: &Target<'_>, request: &Request) -> Option<Wire> {
    let model = target.model;
    // Without thoughts such a model takes tools where it takes everything else.
    let plain = request.tools.is_empty() || target.trap("tools_need_responses_unless_effort_none") && takes::no_thoughts(target, request);
    match if plain { &*model.endpoint } else { &*model.endpoint_with_tools } {
        "chat_completions" => Some(Wire::Chat(Rules::of(target.provider))),
        "responses" => Some(Wire::Responses),
        "messages" => Some(Wire::Messages),
        "generate_content" => Some(Wire::GenerateContent),
        _ => None,
    }
}

/// A whole answer, out of the body of a success. Fails where it is a failure after all, or no answer.
pub fn decode(wire: Wire, target: &str, body: &[u8]) -> Result<Answer, Failed> {
    match wire {
        Wire::Chat(rules) => chat::decode(target, rules, body),
        Wire::Responses => responses::decode(target, body),
        Wire::Messages => messages::decode(target, body),
        Wire::GenerateContent => generate_content::decode(target, body),
        Wire::Embeddings(_) | Wire::EmbedContent => Err(Failed::of(Failure::ServerError)),
    }
}

/// Reads an answer that comes piece by piece.
#[derive(Debug)]
pub struct Decoder {
    frames: sse::Frames,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Chat(chat::Stream),
    Responses(responses::Stream),
    Messages(messages::Stream),
    GenerateContent(generate_content::Stream),
    /// Nothing comes piece by piece from an endpoint for embeddings.
    None,
}

impl Decoder {
    /// For the body of a success. Events do not say whose they are.
    pub fn new(wire: Wire) -> Self {
        let stream = match wire {
            Wire::Chat(rules) => Stream::Chat(chat::Stream::new(rules)),
            Wire::Responses => Stream::Responses(responses::Stream::default()),
            Wire::Messages => Stream::Messages(messages::Stream::default()),
            Wire::GenerateContent => Stream::GenerateContent(generate_content::Stream::default()),
            Wire::Embeddings(_) | Wire::EmbedContent => Stream::None,
        };
        Self { frames: sse::Frames::default(), stream }
    }

    /// Adds what the next bytes of the body say to `out`. Fails where they say that the answer failed, or break the protocol; what was read
    /// before that is in `out`. Bytes behind the end marker say nothing.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.is_done() {
            return Ok(());
        }
        let stream = &mut self.stream;
        let mut said = Ok(());
        let read = self.frames.push(chunk, &mut |name, data| {
            said = stream.event(name, data, out);
            said.clone()
        });
        // Where the marker is in this chunk, what stands behind it need not even be text.
        if self.is_done() { said } else { read }
    }

    /// Whether the protocol's end marker was seen: nothing that still comes is of the answer. Gemini has none, there only the body's end ends an answer.
    pub fn is_done(&self) -> bool {
        match &self.stream {
            Stream::Chat(stream) => stream.is_done(),
            Stream::Responses(stream) => stream.is_done(),
            Stream::Messages(stream) => stream.is_done(),
            Stream::GenerateContent(_) | Stream::None => false,
        }
    }

    /// The body is over. Fails with `server_error` where the answer is not: it was cut off.
    pub fn end(&mut self, out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.is_done() {
            return Ok(());
        }
        let stream = &mut self.stream;
        self.frames.end(&mut |name, data| stream.event(name, data, out))?;
        self.stream.end(out)
    }
}

impl Stream {
    fn event(&mut self, name: &str, data: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        match self {
            Self::Chat(stream) => stream.event(name, data, out),
            Self::Responses(stream) => stream.event(name, data, out),
            Self::Messages(stream) => stream.event(name, data, out),
            Self::GenerateContent(stream) => stream.event(name, data, out),
            Self::None => Err(Failed::of(Failure::ServerError)),
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) -> Result<(), Failed> {
        match self {
            Self::Chat(stream) => stream.end(out),
            Self::Responses(stream) => stream.end(out),
            Self::Messages(stream) => stream.end(out),
            Self::GenerateContent(stream) => stream.end(out),
            Self::None => Err(Failed::of(Failure::ServerError)),
        }
    }
}

/// How a key goes to this account: by its protocol, and by who is behind it where Azure speaks OpenAI's.
pub fn credential(provider: &Provider<'_>) -> Credential {
    let azure = provider.vendor == "azure" || provider.host_vendor.as_deref() == Some("azure");
    match &*provider.protocol {
        "anthropic" => Credential::Header("x-api-key"),
        "gemini" => Credential::Header("x-goog-api-key"),
        "openai" | "openai_compatible" if azure => Credential::Header("api-key"),
        _ => Credential::Bearer,
    }
}

/// A request for embeddings as it goes to this target. Fails where the target cannot be told what the request asks.
pub fn embed(target: &Target<'_>, request: &Embed) -> Result<Outgoing, Unsendable> {
    match (unsendable_embed(target, request), &*target.provider.protocol) {
        (Some(unsendable), _) => Err(unsendable),
        (None, "gemini") => Ok(embed_content::encode(target, request)),
        (None, _) => Ok(embeddings::encode(target, request)),
    }
}

/// What of a request for embeddings this target cannot be told, if anything. Nothing is written.
pub fn unsendable_embed(target: &Target<'_>, _request: &Embed) -> Option<Unsendable> {
    // A model that nothing is known of may make some.
    let makes = target.model.endpoint == "embeddings" || target.can("embeddings") || target.model.base.is_none();
    let speaks = matches!(&*target.provider.protocol, "gemini" | "openai" | "openrouter" | "openai_compatible");
    (!makes || !speaks).then_some(Unsendable { field: "model", why: "makes no embeddings" })
}

/// Embeddings, out of the body of a success.
pub fn decode_embeddings(wire: Wire, body: &[u8]) -> Result<Embeddings, Failed> {
    match wire {
        Wire::Embeddings(rules) => embeddings::decode(rules, body),
        Wire::EmbedContent => embed_content::decode(body),
        _ => Err(Failed::of(Failure::ServerError)),
    }
}
