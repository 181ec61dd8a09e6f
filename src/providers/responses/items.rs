//! From a conversation to the input items of a response: tool calls and their results are items of their own.

use serde::Serialize;

use crate::exchange::{Image, Message, Part, Request, Role, ToolCall, ToolResult};
use crate::providers::media::{Address, detail, file_name};

/// One item.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item<'r> {
    Message { role: &'static str, content: Content<'r> },
    FunctionCall { call_id: &'r str, name: &'r str, arguments: &'r str },
    FunctionCallOutput { call_id: &'r str, output: Content<'r> },
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content<'r> {
    Text(&'r str),
    Forms(Vec<Form<'r>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Form<'r> {
    InputText {
        text: &'r str,
    },
    InputImage {
        image_url: Address<'r>,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<&'r str>,
    },
    InputFile {
        filename: &'r str,
        file_data: Address<'r>,
    },
    OutputText {
        text: &'r str,
    },
    Refusal {
        refusal: &'r str,
    },
}

/// The items, in order.
pub(super) fn items(request: &Request) -> Vec<Item<'_>> {
    let mut items = Vec::with_capacity(request.messages.len());
    for message in &request.messages {
        match message.role {
            Role::System => items.push(Item::Message { role: "developer", content: content(&message.parts) }),
            Role::User => add_user(message, &mut items),
            Role::Assistant => add_assistant(message, &mut items),
        }
    }
    items
}

fn add_user<'r>(message: &'r Message, items: &mut Vec<Item<'r>>) {
    let before = items.len();
    for part in &message.parts {
        if let Part::ToolResult(ToolResult { id, parts, .. }) = part {
            items.push(Item::FunctionCallOutput { call_id: id, output: content(parts) });
        }
    }
    let results = items.len() - before;
    if results == 0 || results < message.parts.len() {
        items.push(Item::Message { role: "user", content: content(&message.parts) });
    }
}

/// What is said and the calls keep their order. Thoughts stay behind: without storage this endpoint takes none back.
fn add_assistant<'r>(message: &'r Message, items: &mut Vec<Item<'r>>) {
    let mut said = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text(text) => said.push(Form::OutputText { text }),
            Part::Refusal(refusal) => said.push(Form::Refusal { refusal }),
            Part::ToolCall(ToolCall { id, name, arguments, .. }) => {
                say(&mut said, items);
                let arguments = if arguments.is_empty() { "{}" } else { arguments };
                items.push(Item::FunctionCall { call_id: id, name, arguments });
            }
            Part::Image(_) | Part::File(_) | Part::ToolResult(_) | Part::Thinking(_) => {}
        }
    }
    say(&mut said, items);
}

fn say<'r>(said: &mut Vec<Form<'r>>, items: &mut Vec<Item<'r>>) {
    let content = match &**said {
        [] => return,
        [Form::OutputText { text }] => Content::Text(text),
        _ => Content::Forms(std::mem::take(said)),
    };
    said.clear();
    items.push(Item::Message { role: "assistant", content });
}

fn content(parts: &[Part]) -> Content<'_> {
    let forms: Vec<Form<'_>> = parts.iter().filter_map(form).collect();
    match &*forms {
        [] => Content::Text(""),
        [Form::InputText { text }] => Content::Text(text),
        _ => Content::Forms(forms),
    }
}

fn form(part: &Part) -> Option<Form<'_>> {
    Some(match part {
        Part::Text(text) | Part::Refusal(text) => Form::InputText { text },
        Part::Image(image) => picture(image),
        Part::File(file) => Form::InputFile { filename: file_name(file), file_data: Address::of_file(file) },
        Part::ToolCall(_) | Part::ToolResult(_) | Part::Thinking(_) => return None,
    })
}

fn picture(image: &Image) -> Form<'_> {
    Form::InputImage { image_url: Address::of_image(image), detail: detail(image) }
}
