//! OpenAI's embeddings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::fields::{Fields, count, cow, list, name, text};
use super::json::{Json, Read, parse};
use super::{Head, NotUnderstood, wire};
use crate::exchange::{Embed, Embeddings, Encoding};

/// What a client asks for.
pub fn read(body: &[u8]) -> Result<Embed, NotUnderstood> {
    let mut fields = Fields::of(parse(body, &[])?)?;
    let embed = Embed {
        model: fields.need("model", name)?,
        input: fields.need("input", input)?,
        dimensions: fields.read("dimensions", count)?,
        encoding: fields.read("encoding_format", encoding)?.unwrap_or_default(),
        user: fields.read("user", text)?,
    };
    fields.done(&[])?;
    Ok(embed)
}

fn input(json: Json<'_>) -> Read<Vec<String>> {
    match json {
        Json::Text(_) => Ok(vec![name(json)?]),
        Json::List(items) if items.is_empty() => Err(NotUnderstood::here("is empty")),
        Json::List(items) if matches!(items.first(), Some(Json::Whole(_) | Json::List(_))) => {
            Err(NotUnderstood::here("must be text: tokens mean something else to every model"))
        }
        Json::List(_) => list(json, name),
        _ => Err(NotUnderstood::here("must be text or a list of texts")),
    }
}

fn encoding(json: Json<'_>) -> Read<Encoding> {
    match cow(json)?.as_ref() {
        "float" => Ok(Encoding::Float),
        "base64" => Ok(Encoding::Base64),
        _ => Err(NotUnderstood::here("must be `float` or `base64`")),
    }
}

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Embedding<'a>>,
    model: &'a str,
    usage: Used,
}

#[derive(Serialize)]
struct Embedding<'a> {
    object: &'static str,
    index: usize,
    #[serde(rename = "embedding")]
    vector: Vector<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector<'a> {
    Float(&'a [f32]),
    Base64(String),
}

#[derive(Serialize)]
struct Used {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// The vectors as a JSON body, written as the client wants them.
pub fn write(head: &Head<'_>, embed: &Embed, embeddings: &Embeddings) -> Vec<u8> {
    let vector = |vector| match embed.encoding {
        Encoding::Float => Vector::Float(vector),
        Encoding::Base64 => Vector::Base64(base64(vector)),
    };
    let numbered = embeddings.vectors.iter().enumerate();
    wire::body(&List {
        object: "list",
        data: numbered.map(|(index, numbers)| Embedding { object: "embedding", index, vector: vector(numbers) }).collect(),
        model: head.model,
        usage: Used { prompt_tokens: embeddings.input_tokens, total_tokens: embeddings.input_tokens },
    })
}

fn base64(numbers: &[f32]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HEAD: Head<'_> = Head { id: "1", model: "search", created: 0, receipt: None };

    #[test]
    fn one_text_or_several() {
        let embed = read(br#"{"model":"search","input":"a"}"#).unwrap();
        assert_eq!(embed, Embed { model: "search".into(), input: vec!["a".into()], ..Embed::default() });
        let embed = read(br#"{"model":"search","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"}"#).unwrap();
        let whole = Embed {
            model: "search".into(),
            input: vec!["a".into(), "b".into()],
            dimensions: Some(2),
            encoding: Encoding::Base64,
            user: Some("u".into()),
        };
        assert_eq!(embed, whole);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, words) in [
            (r#"{"input":"a"}"#, "model is missing"),
            (r#"{"model":"search"}"#, "input is missing"),
            (r#"{"model":"search","input":[]}"#, "input is empty"),
            (r#"{"model":"search","input":["a",""]}"#, "input[1] is empty"),
            (r#"{"model":"search","input":[[1,2]]}"#, "input must be text: tokens mean something else to every model"),
            (r#"{"model":"search","input":"a","dimensions":0}"#, "dimensions must be a whole number above 0"),
            (r#"{"model":"search","input":"a","encoding_format":"hex"}"#, "encoding_format must be `float` or `base64`"),
            (r#"{"model":"search","input":"a","input_type":"query"}"#, "input_type is not known here; leave it out"),
        ] {
            let NotUnderstood { field, why } = read(body.as_bytes()).unwrap_err();
            assert_eq!(format!("{field} {why}"), words);
        }
    }

    #[test]
    fn vectors_are_written_as_numbers_or_bytes() {
        let embeddings = Embeddings { vectors: vec![vec![0.5, -1.0], vec![0.1]], input_tokens: 3 };
        let mut embed = Embed::default();
        let written: Value = serde_json::from_slice(&write(&HEAD, &embed, &embeddings)).unwrap();
        assert_eq!(written["data"][0], json!({"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}));
        assert_eq!(written["data"][1]["embedding"].to_string(), "[0.1]");
        assert_eq!(written["usage"], json!({"prompt_tokens": 3, "total_tokens": 3}));
        embed.encoding = Encoding::Base64;
        let written: Value = serde_json::from_slice(&write(&HEAD, &embed, &embeddings)).unwrap();
        assert_eq!(written["data"][0]["embedding"], "AAAAPwAAgL8=");
        assert_eq!((&written["object"], &written["model"]), (&json!("list"), &json!("search")));
    }
}
