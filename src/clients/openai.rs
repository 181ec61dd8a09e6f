//! Reads what OpenAI's two shapes for conversations have in common.

use std::collections::BTreeMap;

use super::NotUnderstood;
use super::fields::{Fields, cow, flag, name, raw, text};
use super::json::{Json, Read};
use super::rule::{PROVIDER_TOOL, Rule};
use crate::exchange::{Effort, Schema, Tool, ToolChoice};

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

/// Whether a tool must be called: a word, or an object of which `name` reads the function's name.
pub(super) fn tool_choice<'a>(json: Json<'a>, name: impl FnOnce(&mut Fields<'a>) -> Read<String>) -> Read<ToolChoice> {
    let wrong = || NotUnderstood::here("must be `auto`, `none`, `required` or the name of a function");
    match json {
        Json::Text(word) => match word.as_ref() {
            "auto" => Ok(ToolChoice::Auto),
            "none" => Ok(ToolChoice::None),
            "required" => Ok(ToolChoice::Required),
            _ => Err(wrong()),
        },
        Json::Object(_) => {
            let mut fields = Fields::of(json)?;
            match fields.need("type", cow)?.as_ref() {
                "function" => {}
                "allowed_tools" => return Err(NotUnderstood::here(ALLOWED_TOOLS)),
                _ => return Err(NotUnderstood::here(PROVIDER_TOOL)),
            }
            let name = name(&mut fields)?;
            fields.done(&[])?;
            Ok(ToolChoice::Named(name))
        }
        _ => Err(wrong()),
    }
}

const ALLOWED_TOOLS: &str = "is not passed on: a choice among some of the tools is not supported; list only those in `tools`";

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
