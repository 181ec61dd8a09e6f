//! OpenAI's embeddings, which OpenRouter and many others speak too: texts go out, vectors come back as base64 or numbers.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::exchange::{Embed, Embedded, Embeddings};
use crate::failure::Failure;

use super::openrouter::{Terms, terms};
use super::{Failed, Outgoing, Rules, Target, Wire, errors};

#[derive(Serialize)]
struct Body<'r> {
    model: &'r str,
    input: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Terms<'r>>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(default, borrow)]
    data: Option<Vec<Vector<'a>>>,
    #[serde(default)]
    usage: Option<Used>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Vector<'a> {
    #[serde(default)]
    index: Option<usize>,
    #[serde(borrow)]
    embedding: &'a RawValue,
}

#[derive(Deserialize)]
struct Used {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    total_tokens: Option<u64>,
}

/// The request as it goes out. OpenAI is asked for base64, a third of the bytes; others may not know the field, and what they send is read either way.
pub(super) fn encode(target: &Target<'_>, request: &Embed) -> Outgoing {
    let openai = target.provider.protocol == "openai";
    let lacks_user = super::chat::lacks(target).contains(&"user");
    let body = Body {
        model: target.id,
        input: &request.input,
        dimensions: request.dimensions,
        encoding_format: openai.then_some("base64"),
        user: request.user.as_deref().filter(|_| !lacks_user),
        provider: terms(target.provider),
    };
    let body = super::write::body(&body);
    let path = super::chat::path(target, "/embeddings");
    let dropped = request.user.iter().filter(|_| lacks_user).map(|_| "user").collect();
    Outgoing { wire: Wire::Embeddings(Rules::of(target.provider)), path, headers: Vec::new(), body, dropped }
}

/// The vectors in the order of the texts.
pub(super) fn decode(rules: Rules, body: &[u8]) -> Result<Embeddings, Failed> {
    let broken = || Failed::of(Failure::ServerError);
    let reply: Reply<'_> = serde_json::from_slice(body).map_err(|_| broken())?;
    if reply.error.is_some() {
        return Err(errors::inside(rules, body));
    }
    let mut data = reply.data.ok_or_else(broken)?;
    // Stable: where no index is given the order is that of the list.
    data.sort_by_key(|vector| vector.index);
    if data.iter().enumerate().any(|(place, vector)| vector.index.is_some_and(|index| index != place)) {
        return Err(broken());
    }
    let vectors = data.iter().map(|vector| read(vector.embedding.get())).collect::<Option<_>>().ok_or_else(broken)?;
    let input_tokens = reply.usage.and_then(|used| used.prompt_tokens.or(used.total_tokens)).unwrap_or_default();
    Ok(Embeddings { vectors, input_tokens })
}

/// Numbers, or base64 of little-endian 32-bit floats.
fn read(vector: &str) -> Option<Embedded> {
    if !vector.starts_with('"') {
        return serde_json::from_str(vector).ok();
    }
    let text: Cow<'_, str> = serde_json::from_str::<Borrowed<'_>>(vector).ok()?.0;
    let bytes = STANDARD.decode(text.as_bytes()).ok()?;
    let (floats, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

/// Text that is not copied if it need not be.
#[derive(Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::testing::{With, json};

    fn embed() -> Embed {
        Embed {
            model: "search".into(),
            input: vec!["one".into(), "two".into()],
            dimensions: Some(256),
            user: Some("u1".into()),
            ..Embed::default()
        }
    }

    #[test]
    fn texts_and_dimensions_go_out() {
        With::openai("text-embedding-3-small").target(|target| {
            let out = encode(target, &embed());
            assert_eq!((out.wire, &*out.path), (Wire::Embeddings(Rules::OpenAi), "/embeddings"));
            let body = json(&out.body);
            assert_eq!(body["model"], "text-embedding-3-small");
            assert_eq!(body["input"], serde_json::json!(["one", "two"]));
            assert_eq!(body["dimensions"], 256);
            assert_eq!(body["encoding_format"], "base64");
            assert_eq!(body["user"], "u1");
        });
    }

    #[test]
    fn a_compatible_server_is_not_asked_for_base64_and_openrouter_is_held_to_its_terms() {
        With::compatible("bge-m3").target(|target| {
            assert_eq!(json(&encode(target, &embed()).body).get("encoding_format"), None);
        });
        With::compatible("m").vendor("mistral").target(|target| {
            let out = encode(target, &embed());
            assert_eq!((json(&out.body).get("user"), out.dropped), (None, vec!["user"]));
        });
        With::openrouter("openai/text-embedding-3-small").target(|target| {
            assert_eq!(json(&encode(target, &embed()).body)["provider"]["allow_fallbacks"], false);
        });
    }

    #[test]
    fn vectors_are_read_in_both_forms_and_put_in_order() {
        let numbers = br#"{"object":"list","data":[{"object":"embedding","index":1,"embedding":[0.5,-1]},{"object":"embedding","index":0,
            "embedding":"AACAPwAAAMA="}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#;
        let read = decode(Rules::OpenAi, numbers).unwrap();
        assert_eq!(read, Embeddings { vectors: vec![vec![1.0, -2.0], vec![0.5, -1.0]], input_tokens: 7 });
    }

    #[test]
    fn what_is_no_vector_is_a_server_error() {
        for body in
            ["{}", "[]", r#"{"data":[{"embedding":"AAA"}]}"#, r#"{"data":[{"embedding":"AAAA"}]}"#, r#"{"data":[{"embedding":{}}]}"#]
        {
            assert_eq!(decode(Rules::OpenAi, body.as_bytes()), Err(Failed::of(Failure::ServerError)), "{body}");
        }
    }
}
