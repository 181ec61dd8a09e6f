//! From a conversation to the messages of a chat completion: results of tools become messages of their own.

use std::borrow::Cow;

use serde::Serialize;

use super::ids::call_id;
use crate::exchange::{Message, Part, Request, Role, ToolCall, ToolResult};
use crate::providers::Target;
use crate::providers::media::{Address, detail, file_name};

/// One message.
#[derive(Serialize)]
pub(super) struct Turn<'r> {
    role: &'static str,
    content: Content<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<Cow<'r, str>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'r> {
    Null,
    Text(&'r str),
    Joined(String),
    Forms(Vec<Form<'r>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Form<'r> {
    Text { text: &'r str },
    ImageUrl { image_url: ImageUrl<'r> },
    File { file: FileForm<'r> },
}

#[derive(Serialize)]
struct ImageUrl<'r> {
    url: Address<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'r str>,
}

#[derive(Serialize)]
struct FileForm<'r> {
    filename: &'r str,
    file_data: Address<'r>,
}

#[derive(Serialize)]
struct Call<'r> {
    id: Cow<'r, str>,
    r#type: &'static str,
    function: Called<'r>,
}

#[derive(Serialize)]
struct Called<'r> {
    name: &'r str,
    arguments: &'r str,
}

/// The messages, in order.
pub(super) fn turns<'r>(target: &Target<'_>, request: &'r Request) -> Vec<Turn<'r>> {
    let mut turns = Vec::with_capacity(request.messages.len());
    for message in &request.messages {
        match message.role {
            Role::System => turns.push(Turn { content: content(target, message), ..Turn::of("system") }),
            Role::User => add_user(target, message, &mut turns),
            Role::Assistant => turns.extend(assistant(target, message)),
        }
    }
    turns
}

impl Turn<'_> {
    fn of(role: &'static str) -> Self {
        Self { role, content: Content::Null, refusal: None, reasoning: None, tool_calls: Vec::new(), tool_call_id: None }
    }
}

/// Results of tools have to follow the calls at once, so they come first.
fn add_user<'r>(target: &Target<'_>, message: &'r Message, turns: &mut Vec<Turn<'r>>) {
    let mut results = 0;
    for part in &message.parts {
        if let Part::ToolResult(result) = part {
            turns.push(result_turn(target, result));
            results += 1;
        }
    }
    if results == 0 || results < message.parts.len() {
        turns.push(Turn { content: content(target, message), ..Turn::of("user") });
    }
}

/// That a tool failed has no field in this shape: the tool's own words have to say it.
fn result_turn<'r>(target: &Target<'_>, result: &'r ToolResult) -> Turn<'r> {
    let forms = result.parts.iter().filter_map(form).collect();
    Turn { content: fold(target, forms, Role::System), tool_call_id: Some(call_id(target, &result.id)), ..Turn::of("tool") }
}

/// `None`: nothing of it can be said to this target.
fn assistant<'r>(target: &Target<'_>, message: &'r Message) -> Option<Turn<'r>> {
    let knows_refusals = target.provider.protocol == "openai";
    let mut turn = Turn::of("assistant");
    let mut forms = Vec::new();
    for part in &message.parts {
        match part {
            Part::ToolCall(call) => turn.tool_calls.push(call_form(target, call)),
            Part::Refusal(text) if knows_refusals && turn.refusal.is_none() => turn.refusal = Some(text),
            Part::Refusal(text) => forms.push(Form::Text { text }),
            // OpenRouter gives a model its thoughts back. Nobody else has a field for them.
            Part::Thinking(thinking) if target.provider.protocol == "openrouter" && thinking.target.as_deref() == Some(target.name) => {
                turn.reasoning.get_or_insert_default().push_str(&thinking.text);
            }
            _ => forms.extend(form(part)),
        }
    }
    let says_something = !forms.is_empty() || turn.refusal.is_some() || !turn.tool_calls.is_empty() || turn.reasoning.is_some();
    if !forms.is_empty() {
        turn.content = fold(target, forms, Role::Assistant);
    }
    says_something.then_some(turn)
}

fn call_form<'r>(target: &Target<'_>, call: &'r ToolCall) -> Call<'r> {
    let arguments = if call.arguments.is_empty() { "{}" } else { &call.arguments };
    Call { id: call_id(target, &call.id), r#type: "function", function: Called { name: &call.name, arguments } }
}

fn content<'r>(target: &Target<'_>, message: &'r Message) -> Content<'r> {
    fold(target, message.parts.iter().filter_map(form).collect(), message.role)
}

/// One text stands alone: every server reads that. Several in another's message than the user's are a list, where the server is known to read it.
fn fold<'r>(target: &Target<'_>, forms: Vec<Form<'r>>, role: Role) -> Content<'r> {
    match &*forms {
        [] => Content::Text(""),
        [Form::Text { text }] => Content::Text(text),
        _ if role != Role::User && target.provider.protocol == "openai_compatible" => {
            let texts: Vec<&str> =
                forms.iter().filter_map(|form| if let Form::Text { text } = form { Some(*text) } else { None }).collect();
            Content::Joined(texts.join("\n\n"))
        }
        _ => Content::Forms(forms),
    }
}

fn form(part: &Part) -> Option<Form<'_>> {
    Some(match part {
        Part::Text(text) | Part::Refusal(text) => Form::Text { text },
        Part::Image(image) => Form::ImageUrl { image_url: ImageUrl { url: Address::of_image(image), detail: detail(image) } },
        Part::File(file) => Form::File { file: FileForm { filename: file_name(file), file_data: Address::of_file(file) } },
        Part::ToolCall(_) | Part::ToolResult(_) | Part::Thinking(_) => return None,
    })
}
