//! Turns a body into a tree of borrowed values.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::NotUnderstood;

/// What reading gives.
pub(super) type Read<T> = Result<T, NotUnderstood>;

/// More values than any conversation has; each takes some thirty bytes here, but only two in a body.
const MOST_VALUES: u32 = 500_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
    /// As it was written: what stands under one of the names that `parse` was given.
    Raw(Raw<'a>),
}

/// JSON as it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a>(pub(super) &'a RawValue);

impl PartialEq for Raw<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

/// The tree of a body; values under the names in `raw` are not looked into.
pub(super) fn parse<'a>(body: &'a [u8], raw: &'static [&'static str]) -> Read<Json<'a>> {
    let values = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let tree = Seed { raw, values: &values }.deserialize(&mut deserializer);
    tree.and_then(|tree| deserializer.end().map(|()| tree)).map_err(|error| match error.classify() {
        Category::Data => NotUnderstood::here("has more values than any conversation"),
        _ => NotUnderstood::here(format!("is not JSON: {error}")),
    })
}

/// Makes a tree of what serde sees.
#[derive(Clone, Copy)]
struct Seed<'c> {
    raw: &'static [&'static str],
    values: &'c Cell<u32>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        let values = self.values.get() + 1;
        if values > MOST_VALUES {
            return Err(D::Error::custom("too many values"));
        }
        self.values.set(values);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Whole(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers that large are only compared with bounds")]
    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(value).map_or(Json::Number(value as f64), Json::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Json::Text(name)) = access.next_key_seed(self)? {
            let value =
                if self.raw.contains(&name.as_ref()) { Json::Raw(Raw(access.next_value()?)) } else { access.next_value_seed(self)? };
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::{Fields, list, raw};
    use super::*;

    #[test]
    fn a_tree_is_what_was_written() {
        let tree = parse(br#"{"a": [1, -2.5, "x\n", null, true], "raw": {"b":  1}}"#, &["raw"]).unwrap();
        let mut fields = Fields::of(tree).unwrap();
        let items = fields.need("a", |json| list(json, Ok)).unwrap();
        assert_eq!(items, [Json::Whole(1), Json::Number(-2.5), Json::Text("x\n".into()), Json::Null, Json::Bool(true)]);
        assert_eq!(fields.need("raw", raw).unwrap().get(), r#"{"b":  1}"#);
        assert_eq!(fields.done(&[]), Ok(()));
    }

    #[test]
    fn what_is_no_json_is_said_without_a_word_of_it() {
        for (body, words) in [
            ("", "is not JSON: EOF while parsing a value at line 1 column 0"),
            ("{\"a\": secret}", "is not JSON: expected value at line 1 column 7"),
            ("{\"a\": 1} secret", "is not JSON: trailing characters at line 1 column 10"),
        ] {
            assert_eq!(parse(body.as_bytes(), &[]), Err(NotUnderstood { field: String::new(), why: words.to_owned() }));
        }
        assert!(parse(&b"[".repeat(100_000), &[]).unwrap_err().why.starts_with("is not JSON: recursion limit"));
        let many = format!("[{}0]", "0,".repeat(600_000));
        assert_eq!(parse(many.as_bytes(), &[]).unwrap_err().why, "has more values than any conversation");
    }
}
