//! Leaves out of a request what the plan says is not sent (language reference, section 3: `minimize`).
//!
//! **`history N`** sends the last N messages and no more, with two rules that keep a conversation one that a provider takes:
//!
//! - System text is always sent, wherever it stands, and does not count. Every other message counts as one, consecutive ones of one role too.
//! - What is sent begins with a message of the user that holds no result of a tool: so no result comes without its call, and no answer without
//!   its question. Of N messages those before the first such message are left out too. Where there is none among them (a loop of tools is open,
//!   or N is 0), the turn that is being answered is sent whole: from the last such message on, or everything where there is none at all. A model
//!   that does not see which tools it has called calls them again.
//!
//! So never more than N messages are sent, or that one turn. Where the request has no more than N, nothing happens.
//!
//! **`strip`** leaves out: `user`, the client's name for the person; `metadata`, its notes; `images` and `files`, in results of tools too. Where
//! nothing else is left of a message or result, a note in words stands there, so that no turn is lost and no result is empty. Hints that a
//! request names beside these go to nobody in any case.

use std::collections::BTreeSet;

use crate::exchange::{Message, Part, Request, Role};
use crate::plan::Minimize;

/// Stands where nothing was but pictures.
const IMAGE: &str = "[image left out]";
/// Stands where nothing was but documents, or both.
const FILE: &str = "[file left out]";

/// Leaves it out.
pub fn minimize(request: &mut Request, minimize: &Minimize<'_>) {
    if let Some(history) = minimize.history {
        keep_last(&mut request.messages, usize::try_from(history).unwrap_or(usize::MAX));
    }
    let strips = |field: &str| minimize.strip.contains(field);
    if strips("user") {
        request.user = None;
    }
    if strips("metadata") {
        request.metadata.clear();
    }
    let (images, files) = (strips("images"), strips("files"));
    if images || files {
        request.messages.iter_mut().for_each(|message| strip(&mut message.parts, images, files));
    }
}

/// Keeps system text and the last so many messages.
fn keep_last(messages: &mut Vec<Message>, history: usize) {
    let start = start(messages, history);
    if start == 0 {
        return;
    }
    let mut place = 0..;
    messages.retain(|message| place.next() >= Some(start) || message.role == Role::System);
    cut_orphans(messages);
}

/// The first message that is sent, system text aside.
fn start(messages: &[Message], history: usize) -> usize {
    let spoken = || messages.iter().enumerate().filter(|(_, message)| message.role != Role::System);
    let Some(cut) = spoken().count().checked_sub(history).filter(|cut| *cut > 0) else { return 0 };
    let begins = |(_, message): &(usize, &Message)| begins_turn(message);
    let (within, before) = (spoken().skip(cut).find(begins), spoken().take(cut).filter(begins).last());
    within.or(before).map_or(0, |(place, _)| place)
}

/// Whether this is a message of the user that needs nothing before it.
fn begins_turn(message: &Message) -> bool {
    let result = |part: &Part| matches!(part, Part::ToolResult(_));
    message.role == Role::User && !message.parts.is_empty() && !message.parts.iter().any(result)
}

/// Takes out results whose calls were cut: a client may bring them later than its next message.
fn cut_orphans(messages: &mut Vec<Message>) {
    let mut called: BTreeSet<String> = BTreeSet::new();
    messages.retain_mut(|message| {
        let before = message.parts.len();
        message.parts.retain(|part| match part {
            Part::ToolCall(call) => {
                called.insert(call.id.clone());
                true
            }
            Part::ToolResult(result) => called.contains(&result.id),
            _ => true,
        });
        before == 0 || !message.parts.is_empty()
    });
}

/// Takes pictures and documents out of a message or a result.
fn strip(parts: &mut Vec<Part>, images: bool, files: bool) {
    let (mut image, mut file) = (false, false);
    parts.retain_mut(|part| match part {
        Part::Image(_) if images => {
            image = true;
            false
        }
        Part::File(_) if files => {
            file = true;
            false
        }
        Part::ToolResult(result) => {
            strip(&mut result.parts, images, files);
            true
        }
        _ => true,
    });
    // Text of nothing but space is refused by providers where it stands alone.
    let empty = |part: &Part| matches!(part, Part::Text(text) if text.trim().is_empty());
    if (image || file) && parts.iter().all(empty) {
        *parts = vec![Part::Text(if file { FILE } else { IMAGE }.to_owned())];
    }
}

#[cfg(test)]
mod tests;
