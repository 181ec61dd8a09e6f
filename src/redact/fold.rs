//! Writes letters that only look different (full width, no-break, Arabic digits) as the plain ones, and leaves out those that nobody sees.

use super::mapped::Mapped;

/// A text in plain letters; `None`: it is that already.
pub(super) fn fold(text: &str) -> Option<Mapped> {
    if text.is_ascii() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut mapped = None;
    let (mut kept, mut at) = (0, 0);
    while let Some(&lead) = bytes.get(at) {
        let Some(length) = length(lead) else {
            let next = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes);
            // Eight plain letters at once, or those before the first that is none.
            at += next.map_or(1, |eight| ((eight & 0x8080_8080_8080_8080).trailing_zeros() as usize / 8).max(1));
            continue;
        };
        // Only these begin a letter that is folded.
        if matches!(lead, 0xc2 | 0xcd | 0xd9 | 0xdb | 0xe0..=0xe3 | 0xef)
            && let Some(new) = text.get(at..at + length).and_then(|letter| letter.chars().next()).and_then(plain)
        {
            let mapped = mapped.get_or_insert_with(|| Mapped::with_capacity(text.len()));
            mapped.keep(text.get(kept..at).unwrap_or_default());
            kept = at + length;
            let mut one = [0; 4];
            let new = match new {
                Plain::Letter(letter) => &*letter.encode_utf8(&mut one),
                Plain::Nothing => "",
            };
            mapped.replace(at..kept, new);
        }
        at += length;
    }
    let mut mapped: Mapped = mapped?;
    mapped.keep(text.get(kept..).unwrap_or_default());
    Some(mapped)
}

/// How many bytes a letter has that is not ASCII, by its first.
fn length(lead: u8) -> Option<usize> {
    match lead {
        0xc0..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0.. => Some(4),
        _ => None,
    }
}

/// What a letter stands for.
enum Plain {
    Letter(char),
    Nothing,
}

/// What a letter stands for, if it is not itself.
fn plain(letter: char) -> Option<Plain> {
    let digit = |zero: u32| char::from_digit(u32::from(letter) - zero, 10).map(Plain::Letter);
    match letter {
        '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            Some(Plain::Nothing)
        }
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(Plain::Letter(' ')),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some(Plain::Letter('-')),
        '\u{fe6b}' => Some(Plain::Letter('@')),
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        '\u{966}'..='\u{96f}' => digit(0x966),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).map(Plain::Letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_become_plain_letters() {
        let folded = |text| fold(text).map(|mapped| mapped.text);
        assert_eq!(folded("４１１１\u{a0}１１\u{200b}１１").as_deref(), Some("4111 1111"));
        assert_eq!(folded("415\u{2011}555").as_deref(), Some("415-555"));
        assert_eq!(folded("é＠ü.de").as_deref(), Some("é@ü.de"));
        assert_eq!(folded("٠٩۰۹०९").as_deref(), Some("090909"));
        assert_eq!(folded("a\u{feff}b\u{ad}c").as_deref(), Some("abc"));
        assert_eq!(folded("Grüße, 你好 🎉"), None);
    }
}
