//! Turns a body into a tree of borrowed values, and reads the members of its objects one by one, so that none is overlooked.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::NotUnderstood;
use super::rule::Rule;

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
pub(super) struct Raw<'a>(&'a RawValue);

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
    tree.and_then(|tree| deserializer.end().map(|()| tree)).map_err(|error| NotUnderstood::here(format!("is not JSON: {error}")))
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

/// The members of an object. Each is taken out by its name; in the end none may be left.
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Fields<'a> {
    /// Those of an object.
    pub(super) fn of(json: Json<'a>) -> Read<Self> {
        match json {
            Json::Object(members) => Ok(Self(members)),
            _ => Err(NotUnderstood::here("must be an object")),
        }
    }

    /// What stands under a name, as `read` reads it; `null` is as good as nothing.
    pub(super) fn read<T>(&mut self, name: &'static str, read: impl FnOnce(Json<'a>) -> Read<T>) -> Read<Option<T>> {
        let Some(index) = self.position(name) else { return Ok(None) };
        let (_, value) = self.0.swap_remove(index);
        if self.position(name).is_some() {
            return Err(twice(name));
        }
        match value {
            Json::Null => Ok(None),
            Json::Raw(raw) if raw.0.get() == "null" => Ok(None),
            value => read(value).map(Some).map_err(|error| error.inside(name)),
        }
    }

    /// As `read`, for what must be there.
    pub(super) fn need<T>(&mut self, name: &'static str, read: impl FnOnce(Json<'a>) -> Read<T>) -> Read<T> {
        self.read(name, read)?.ok_or_else(|| NotUnderstood::here("is missing").inside(name))
    }

    /// Judges what is left by the rules; what none of them names is refused.
    pub(super) fn done(self, rules: &[Rule]) -> Read<()> {
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &self.0 {
            let Some(rule) = rules.iter().find(|rule| rule.name == name) else { return Err(unknown(name)) };
            if seen.contains(&rule.name) {
                return Err(twice(rule.name));
            }
            seen.push(rule.name);
            rule.judge(value)?;
        }
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == name)
    }
}

fn twice(name: &str) -> NotUnderstood {
    NotUnderstood::here("is there twice; leave one of them out").inside(name)
}

/// A name is repeated to the caller only where it looks like one: a secret can stand anywhere.
fn unknown(name: &str) -> NotUnderstood {
    let like_a_name = name.len() <= 40 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if like_a_name {
        NotUnderstood::here("is not known here; leave it out").inside(name)
    } else {
        NotUnderstood::here("has a field that is not known here; leave it out")
    }
}

/// Text.
pub(super) fn text(json: Json<'_>) -> Read<String> {
    cow(json).map(Cow::into_owned)
}

/// Text, not copied where it need not be.
pub(super) fn cow(json: Json<'_>) -> Read<Cow<'_, str>> {
    let wrong = || NotUnderstood::here("must be text");
    match json {
        Json::Text(text) => Ok(text),
        Json::Raw(raw) => serde_json::from_str(raw.0.get()).map(Cow::Owned).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// Text that is not empty.
pub(super) fn name(json: Json<'_>) -> Read<String> {
    let name = text(json)?;
    if name.is_empty() { Err(NotUnderstood::here("is empty")) } else { Ok(name) }
}

/// `true` or `false`.
#[expect(clippy::needless_pass_by_value, reason = "has the form of the other readers")]
pub(super) fn flag(json: Json<'_>) -> Read<bool> {
    if let Json::Bool(flag) = json { Ok(flag) } else { Err(NotUnderstood::here("must be true or false")) }
}

/// A whole number.
#[expect(clippy::needless_pass_by_value, reason = "has the form of the other readers")]
pub(super) fn whole(json: Json<'_>) -> Read<i64> {
    if let Json::Whole(number) = json { Ok(number) } else { Err(NotUnderstood::here("must be a whole number")) }
}

/// A whole number above 0.
pub(super) fn count(json: Json<'_>) -> Read<u64> {
    let wrong = || NotUnderstood::here("must be a whole number above 0");
    let number = whole(json).map_err(|_| wrong())?;
    u64::try_from(number).ok().filter(|number| *number > 0).ok_or_else(wrong)
}

/// A number between two others, which are allowed too.
pub(super) fn between<'a>(least: i32, most: i32) -> impl FnOnce(Json<'a>) -> Read<f64> {
    move |json| {
        #[expect(clippy::cast_precision_loss, reason = "numbers that large are outside any bounds here")]
        let number = match json {
            Json::Whole(number) => number as f64,
            Json::Number(number) => number,
            _ => f64::NAN,
        };
        if (f64::from(least)..=f64::from(most)).contains(&number) {
            Ok(number)
        } else {
            Err(NotUnderstood::here(format!("must be a number from {least} to {most}")))
        }
    }
}

/// A list, each of whose items `item` reads.
pub(super) fn list<'a, T>(json: Json<'a>, mut item: impl FnMut(Json<'a>) -> Read<T>) -> Read<Vec<T>> {
    let Json::List(items) = json else { return Err(NotUnderstood::here("must be a list")) };
    items.into_iter().enumerate().map(|(index, json)| item(json).map_err(|error| error.at(index))).collect()
}

/// An object, as it was written; its name must be among those that `parse` was given.
#[expect(clippy::needless_pass_by_value, reason = "has the form of the other readers")]
pub(super) fn raw(json: Json<'_>) -> Read<Box<RawValue>> {
    match json {
        Json::Raw(Raw(raw)) if raw.get().starts_with('{') => Ok(raw.to_owned()),
        _ => Err(NotUnderstood::here("must be an object")),
    }
}

#[cfg(test)]
mod tests {
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
        assert!(parse(format!("[{}0]", "0,".repeat(600_000)).as_bytes(), &[]).unwrap_err().why.starts_with("is not JSON: too many values"));
    }

    #[test]
    fn names_that_may_be_secrets_are_not_repeated() {
        for (name, field) in [("foo_bar", "foo_bar"), ("sk-ant-api03-abc", ""), ("gsk_4f", ""), ("", "")] {
            assert_eq!(unknown(name).field, field);
        }
    }
}
