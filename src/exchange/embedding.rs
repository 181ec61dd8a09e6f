//! Texts turned into vectors.

/// What a client asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embed {
    /// The route, as the client names it.
    pub model: String,
    /// The texts.
    pub input: Vec<String>,
    /// How long the vectors should be.
    pub dimensions: Option<u64>,
    /// How the client wants the vectors written.
    pub encoding: Encoding,
    /// The client's name for the person behind the request.
    pub user: Option<String>,
}

/// How vectors are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As numbers.
    #[default]
    Float,
    /// As base64 of little-endian 32-bit floats.
    Base64,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embeddings {
    /// One for each text, in order.
    pub vectors: Vec<Embedded>,
    /// Tokens of all texts.
    pub input_tokens: u64,
}

/// A vector.
pub type Embedded = Vec<f32>;
