//! A record that is known from elsewhere, by its hash: the head of a log at some time.

use std::str::FromStr;

use crate::audit::Head;

/// A record that is known by its hash, and perhaps by its number: `3f…` or `3f…@12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The SHA-256 of its line.
    pub hash: [u8; 32],
    /// Its number.
    pub number: Option<u64>,
}

impl Known {
    /// The hash in hexadecimal digits.
    pub fn text(&self) -> String {
        Head { records: 0, hash: self.hash }.text()
    }
}

impl FromStr for Known {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected the 64 hexadecimal digits of a record's hash, or these with `@` and its number".to_owned();
        let (digits, number) = text.split_once('@').map_or((text, None), |(digits, number)| (digits, Some(number)));
        let number = number.map(|number| number.parse().map_err(|_| wrong())).transpose()?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self { hash, number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_with_and_without_its_number() {
        let digits = Head::default().after(b"x").text();
        let known: Known = digits.parse().unwrap();
        assert_eq!((known.text(), known.number), (digits.clone(), None));
        assert_eq!(format!("{digits}@12").parse::<Known>().unwrap().number, Some(12));
        for wrong in ["", "12", &digits[1..], &format!("{digits}@"), &format!("{digits}@x"), &digits.replace(|_: char| true, "é")] {
            assert!(wrong.parse::<Known>().is_err(), "{wrong}");
        }
    }
}
