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

/// There is no such text: the bytes end before, or are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut;

/// Takes a text off the front.
pub(super) fn take(bytes: &mut &[u8]) -> Result<String, Cut> {
    take_option(bytes)?.ok_or(Cut)
}

/// Takes a text that may not be there off the front.
pub(super) fn take_option(bytes: &mut &[u8]) -> Result<Option<String>, Cut> {
    let (length, rest) = bytes.split_first_chunk().ok_or(Cut)?;
    let length = u16::from_be_bytes(*length);
    *bytes = rest;
    if length == NOTHING {
        return Ok(None);
    }
    let (text, rest) = bytes.split_at_checked(usize::from(length)).ok_or(Cut)?;
    *bytes = rest;
    std::str::from_utf8(text).map(|text| Some(text.to_owned())).map_err(|_| Cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(texts in proptest::collection::vec(proptest::option::of(".{0,80}"), 0..6)) {
            let mut bytes = Vec::new();
            for text in &texts {
                put_option(&mut bytes, text.as_deref());
            }
            let mut rest = bytes.as_slice();
            for text in texts {
                prop_assert_eq!(take_option(&mut rest), Ok(text));
            }
            prop_assert_eq!((rest, take(&mut &*rest)), (&[][..], Err(Cut)));
        }

        #[test]
        fn anything_is_read_without_harm(bytes: Vec<u8>) {
            let mut rest = bytes.as_slice();
            while take_option(&mut rest).is_ok() {}
        }
    }

    #[test]
    fn a_text_that_is_too_long_does_not_spoil_the_next() {
        let mut bytes = Vec::new();
        put(&mut bytes, &"x".repeat(70_000));
        put(&mut bytes, "y");
        let mut rest = bytes.as_slice();
        assert_eq!((take(&mut rest).unwrap().len(), take(&mut rest)), (65_534, Ok("y".to_owned())));
    }
}
