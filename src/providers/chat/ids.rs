//! The ids of tool calls in the form that a server takes: a conversation may hold those of another provider.

use std::borrow::Cow;

use crate::providers::Target;

/// How long an id is at Mistral, which takes letters and digits alone and no other length.
const MISTRALS: usize = 9;

/// The id as this target takes it. The same id always becomes the same one, so a result still belongs to its call.
pub(super) fn call_id<'r>(target: &Target<'_>, id: &'r str) -> Cow<'r, str> {
    let fits = id.len() == MISTRALS && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if target.provider.vendor == "mistral" && !fits { Cow::Owned(shortened(id)) } else { Cow::Borrowed(id) }
}

/// FNV-1a, in letters and digits: two calls of one conversation get the same by a chance of one in some 10¹⁴.
fn shortened(id: &str) -> String {
    let mut hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut digit = || {
        let digit = u32::try_from(hash % 36).unwrap_or_default();
        hash /= 36;
        char::from_digit(digit, 36).unwrap_or('0')
    };
    (0..MISTRALS).map(|_| digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::testing::With;

    #[test]
    fn mistral_is_given_nine_letters_and_digits() {
        With::compatible("m").vendor("mistral").target(|target| {
            assert_eq!(call_id(target, "D681PevKs"), "D681PevKs");
            let made = call_id(target, "toolu_01A09q90qw90lq917835lq9");
            assert_eq!(made, call_id(target, "toolu_01A09q90qw90lq917835lq9"));
            assert!(made.len() == 9 && made.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");
            assert_ne!(made, call_id(target, "toolu_01A09q90qw90lq917835lqa"));
            assert_eq!(call_id(target, "").len(), 9);
        });
        With::openai("m").target(|target| assert_eq!(call_id(target, "toolu_1"), "toolu_1"));
    }
}
