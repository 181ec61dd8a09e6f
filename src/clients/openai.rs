//! Reads what OpenAI's two shapes for conversations have in common.

use std::collections::BTreeMap;

use super::NotUnderstood;
use super::fields::{Fields, cow, flag, name, raw, text};
use super::json::{Json, Read};
use super::rule::Rule;
use crate::exchange::{Effort, Schema, Tool};

/// How much the model should think.
pub(super) fn effort(json: Json<'_>) -> Read<Effort> {
    Effort::parse(&cow(json)?).ok_or_else(|| NotUnderstood::here("must be `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`"))
}

/// A hint at how many words are wanted. No target is told it, but a wrong one is still a mistake.
pub(super) fn verbosity(json: Json<'_>) -> Read<&'static str> {
    let word = cow(json)?;
    if ["low", "medium", "high"].contains(&word.as_ref()) {
        Ok("verbosity")
    } else {
        Err(NotUnderstood::here("must be `low`, `medium` or `high`"))
    }
}

/// The client's own notes.
pub(super) fn metadata(json: Json<'_>) -> Read<BTreeMap<String, String>> {
    let Json::Object(members) = json else { return Err(NotUnderstood::here("must be an object")) };
    let mut notes = BTreeMap::new();
    for (name, value) in members {
        let value = text(value).map_err(|_| NotUnderstood::here("must hold only text"))?;
        if notes.insert(name.into_owned(), value).is_some() {
            return Err(NotUnderstood::here("has a name twice; leave one of them out"));
        }
    }
    Ok(notes)
}

/// A function: the whole tool in one shape, its `function` in the other.
pub(super) fn function(mut fields: Fields<'_>, rules: &[Rule]) -> Read<Tool> {
    let tool = Tool {
        name: fields.need("name", name)?,
        description: fields.read("description", text)?,
        parameters: fields.read("parameters", raw)?,
        strict: fields.read("strict", flag)?,
    };
    fields.done(rules)?;
    Ok(tool)
}

/// A schema for the answer.
pub(super) fn schema(mut fields: Fields<'_>) -> Read<Schema> {
    let schema = Schema {
        name: fields.need("name", name)?,
        description: fields.read("description", text)?,
        schema: fields.need("schema", raw)?,
        strict: fields.read("strict", flag)?,
    };
    fields.done(&[])?;
    Ok(schema)
}
