//! Texts as bytes, each with its length before it, and back.

/// Stands for the length of what is not there.
const NOTHING: u16 = u16::MAX;

/// Adds a text.
pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    // Names are short. A text that is too long is cut, and then does not come back as what it was: it fits nothing.
    let length = u16::try_from(text.len()).unwrap_or(NOTHING - 1).min(NOTHING - 1);
    out.extend(length.to_be_bytes());
    out.extend(text.as_bytes().iter().take(usize::from(length)));
}

/// Adds a text that may not be there.
pub(super) fn put_option(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => put(out, text),
        None => out.extend(NOTHING.to_be_bytes()),
    }
}

/// Takes a text off the front.
pub(super) fn take(bytes: &mut &[u8]) -> Option<String> {
    take_option(bytes)?
}

/// Takes a text that may not be there off the front.
pub(super) fn take_option(bytes: &mut &[u8]) -> Option<Option<String>> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = u16::from_be_bytes(*length);
    *bytes = rest;
    if length == NOTHING {
        return Some(None);
    }
    let (text, rest) = bytes.split_at_checked(usize::from(length))?;
    *bytes = rest;
    Some(Some(std::str::from_utf8(text).ok()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(texts in proptest::collection::vec(proptest::option::of(".{0,80}"), 0..6)) {
            let mut bytes = Vec::new();
            texts.iter().for_each(|text| put_option(&mut bytes, text.as_deref()));
            let mut rest = bytes.as_slice();
            for text in texts {
                prop_assert_eq!(take_option(&mut rest), Some(text));
            }
            prop_assert_eq!((rest, take(&mut &*rest)), (&[][..], None));
        }

        #[test]
        fn anything_is_read_without_harm(bytes: Vec<u8>) {
            let mut rest = bytes.as_slice();
            while take_option(&mut rest).is_some() {}
        }
    }

    #[test]
    fn a_text_that_is_too_long_does_not_spoil_the_next() {
        let mut bytes = Vec::new();
        put(&mut bytes, &"x".repeat(70_000));
        put(&mut bytes, "y");
        let mut rest = bytes.as_slice();
        assert_eq!((take(&mut rest).unwrap().len(), take(&mut rest)), (65_534, Some("y".to_owned())));
    }
}
