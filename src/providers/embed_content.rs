//! Gemini's `batchEmbedContents`: texts go out, vectors come back.

use serde::{Deserialize, Serialize};

use crate::exchange::{Embed, Embeddings};
use crate::failure::Failure;

use super::{Failed, Outgoing, Target, Wire, generate_content};

#[derive(Serialize)]
struct Body<'r> {
    requests: Vec<One<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One<'r> {
    model: &'r str,
    content: Content<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<u64>,
}

#[derive(Serialize)]
struct Content<'r> {
    parts: [Part<'r>; 1],
}

#[derive(Serialize)]
struct Part<'r> {
    text: &'r str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    embeddings: Vec<Vector>,
    #[serde(default)]
    usage_metadata: Option<Used>,
}

#[derive(Deserialize)]
struct Vector {
    values: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Used {
    #[serde(default)]
    prompt_token_count: Option<u64>,
}

/// The request as it goes out.
pub(super) fn encode(target: &Target<'_>, request: &Embed) -> Outgoing {
    let model = format!("models/{}", target.id);
    let one = |text| One { model: &model, content: Content { parts: [Part { text }] }, output_dimensionality: request.dimensions };
    let body = Body { requests: request.input.iter().map(|text| one(text)).collect() };
    let body = super::write::body(&body);
    let path = generate_content::path(target, "batchEmbedContents");
    let dropped = request.user.iter().map(|_| "user").collect();
    Outgoing { wire: Wire::EmbedContent, path, headers: Vec::new(), body, dropped }
}

/// The vectors, in the order of the texts.
pub(super) fn decode(body: &[u8]) -> Result<Embeddings, Failed> {
    let reply: Reply = serde_json::from_slice(body).map_err(|_| Failed::of(Failure::ServerError))?;
    let input_tokens = reply.usage_metadata.and_then(|used| used.prompt_token_count).unwrap_or_default();
    Ok(Embeddings { vectors: reply.embeddings.into_iter().map(|vector| vector.values).collect(), input_tokens })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::testing::{With, json};

    #[test]
    fn each_text_is_a_request_of_the_batch() {
        let request = Embed { input: vec!["one".into(), "two".into()], dimensions: Some(128), user: Some("u1".into()), ..Embed::default() };
        With::gemini("gemini-embedding-001").target(|target| {
            let out = encode(target, &request);
            assert_eq!(out.path, "/v1beta/models/gemini-embedding-001:batchEmbedContents");
            let body = json(&out.body);
            assert_eq!(body["requests"][1]["content"]["parts"][0]["text"], "two");
            assert_eq!(body["requests"][0]["model"], "models/gemini-embedding-001");
            assert_eq!(body["requests"][0]["outputDimensionality"], 128);
            assert_eq!(out.dropped, ["user"]);
        });
    }

    #[test]
    fn vectors_are_read() {
        let body = br#"{"embeddings":[{"values":[0.25,1]},{"values":[]}],"usageMetadata":{"promptTokenCount":5}}"#;
        assert_eq!(decode(body).unwrap(), Embeddings { vectors: vec![vec![0.25, 1.0], vec![]], input_tokens: 5 });
        assert_eq!(decode(br#"{"embedding":{}}"#), Err(Failed::of(Failure::ServerError)));
    }
}
