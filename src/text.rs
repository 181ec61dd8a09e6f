//! Text for people: made safe to show, so that nothing from a policy can steer a terminal, hide, or turn the line around; amounts, lists and tables.

use std::borrow::Cow;

pub use amount::{duration, grouped, tokens};
pub use list::{and, or, some_of, tick};
pub use nearest::{alike, nearest, slips};
pub use table::Table;

mod amount;
mod list;
mod nearest;
mod table;

/// The text with every control, invisible and direction-changing character written out as `\u{1b}`. Line breaks stay, a tab is a space.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\n' => shown.push('\n'),
            '\t' => shown.push(' '),
            '\r' if chars.peek() == Some(&'\n') => {}
            _ if hidden(char) => shown.extend(char.escape_unicode()),
            _ => shown.push(char),
        }
    }
    Cow::Owned(shown)
}

/// As [`visible`], on one line: each run of white space that holds a line break becomes a space.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if !shown.contains('\n') {
        return shown;
    }
    Cow::Owned(shown.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Whether a character has no looks of its own, or spoils those of its neighbours. Joiners are left out: scripts and emoji need them.
pub fn hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(char) & 0xfffe == 0xfffe
}

/// `1 route`, `2 routes`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
