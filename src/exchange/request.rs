//! A request for a chat completion.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// What a client asks for. JSON that byokc does not read (schemas) is kept as it was written: the order of its members means something to a model.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The route, as the client names it: `model` on the wire.
    pub model: String,
    /// The conversation, oldest first. System text is a message too.
    pub messages: Vec<Message>,
    /// The functions that the model may call.
    pub tools: Vec<Tool>,
    /// Whether it must; `None`: as the provider likes.
    pub tool_choice: Option<ToolChoice>,
    /// Whether it may call several at once; `None`: as the provider likes.
    pub parallel_tools: Option<bool>,
    /// The longest answer that the client wants, in tokens.
    pub max_output: Option<u64>,
    /// How the next token is chosen.
    pub sampling: Sampling,
    /// Texts at which the answer ends.
    pub stop: Vec<String>,
    /// The shape of the answer.
    pub output: Output,
    /// How much the model should think.
    pub effort: Option<Effort>,
    /// Whether the answer is wanted piece by piece.
    pub stream: bool,
    /// Whether a stream in OpenAI's shape ends with the usage.
    pub stream_usage: bool,
    /// The client's name for the person behind the request.
    pub user: Option<String>,
    /// The client's own notes.
    pub metadata: BTreeMap<String, String>,
    /// What else the request hints at, by its names: it has no place here, so no target is told.
    pub hints: Vec<&'static str>,
}

/// How the next token is chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// The best so many tokens.
    pub top_k: Option<u64>,
    /// -2 to 2.
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    pub frequency_penalty: Option<f64>,
    /// For answers that can be repeated.
    pub seed: Option<i64>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whoever wrote the agent: `system` and `developer` on the wire.
    System,
    /// The user; results of tools are parts of the user's messages, before any text.
    User,
    /// The model.
    Assistant,
}

/// One turn. Consecutive messages of one role are allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

/// A part of a message or an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture, in a user's message or a tool's result.
    Image(Image),
    /// A document, in a user's message.
    File(File),
    /// The model calls a tool.
    ToolCall(ToolCall),
    /// What a tool returned.
    ToolResult(ToolResult),
    /// The model says in words that it will not answer.
    Refusal(String),
    /// What the model thought. It goes back to the model that thought it, and to nobody else.
    Thinking(Thinking),
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// At an address, which the provider fetches.
    Url {
        /// The address.
        url: String,
        /// `low`, `high`, `auto` or `original`: how closely it is looked at.
        detail: Option<String>,
    },
    /// Here.
    Data {
        /// `image/png`.
        media_type: String,
        /// Base64.
        data: String,
        /// As above.
        detail: Option<String>,
    },
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// `application/pdf`.
    pub media_type: String,
    /// Base64.
    pub data: String,
    /// Its name.
    pub name: Option<String>,
}

/// A model's call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// Names the call, so that the result can be told to be its.
    pub id: String,
    /// The tool.
    pub name: String,
    /// JSON text, an object; empty where there are none.
    pub arguments: String,
    /// What Gemini wants back unchanged with this call.
    pub signature: Option<String>,
}

/// What a tool returned.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    /// The call.
    pub id: String,
    /// The tool, where the client says it, or an earlier message of the request does.
    pub name: Option<String>,
    /// Text and images.
    pub parts: Vec<Part>,
    /// Whether the tool failed.
    pub is_error: bool,
}

/// What a model thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thinking {
    /// In words; empty where it is hidden.
    pub text: String,
    /// What the provider wants back unchanged.
    pub signature: Option<String>,
    /// The thought itself, sealed by the provider, where it shows no words (`redacted_thinking`).
    pub sealed: Option<String>,
    /// The target that thought it (`anthropic/claude-opus-5-5`), where known. Others do not take it.
    pub target: Option<String>,
}

/// A function that the model may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A JSON Schema of its arguments.
    pub parameters: Option<Box<RawValue>>,
    /// Whether arguments must keep to the schema.
    pub strict: Option<bool>,
}

/// Whether a tool must be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As the model likes.
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// The shape of the answer.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// Text.
    #[default]
    Text,
    /// Some JSON object.
    JsonObject,
    /// JSON that keeps to a schema.
    JsonSchema(Schema),
}

/// A JSON Schema for the answer.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Its name; `answer` where the client gave none.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The schema.
    pub schema: Box<RawValue>,
    /// Whether it is kept to exactly.
    pub strict: Option<bool>,
}

/// How much the model should think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// Not at all.
    None,
    /// Hardly.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// Very much.
    Xhigh,
    /// As much as it can.
    Max,
}

impl Effort {
    /// Every effort, least first.
    pub const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::Xhigh, Self::Max];

    /// OpenAI's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// What a word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.as_str() == word)
    }
}
