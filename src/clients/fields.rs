//! Reads the members of objects one by one, so that none is overlooked, and the plain values in them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::NotUnderstood;
use super::json::{Json, Raw, Read};
use super::rule::Rule;

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
    fn names_that_may_be_secrets_are_not_repeated() {
        for (name, field) in [("foo_bar", "foo_bar"), ("sk-ant-api03-abc", ""), ("gsk_4f", ""), ("", "")] {
            assert_eq!(unknown(name).field, field);
        }
    }
}
