//! Dollars as a plan writes them, counted exactly.

/// One dollar; the unit is 1e-12 dollars.
const DOLLAR: u128 = 1_000_000_000_000;

/// Reads a decimal without sign and exponent, `0.60`, at most twelve decimals; what is too large for any count is the largest.
pub(super) fn parse(text: &str) -> Option<u128> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 12 {
        return None;
    }
    let part: u128 = format!("{decimals:0<12}").parse().ok()?;
    Some(whole.parse().unwrap_or(u128::MAX).saturating_mul(DOLLAR).saturating_add(part))
}

/// `$0.60`.
pub(super) fn dollars(amount: u128) -> String {
    let decimals = format!("{:012}", amount % DOLLAR);
    let (cents, rest) = decimals.split_at_checked(2).unwrap_or_default();
    format!("${}.{cents}{}", amount / DOLLAR, rest.trim_end_matches('0'))
}

/// What so many tokens cost at a price for a million, rounded up.
pub(super) fn of_tokens(price: u128, tokens: u64) -> u128 {
    price.saturating_mul(u128::from(tokens)).div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_written_exactly() {
        assert_eq!(parse("0.60").map(dollars), Some("$0.60".to_owned()));
        assert_eq!(parse("12").map(dollars), Some("$12.00".to_owned()));
        assert_eq!(dollars(of_tokens(parse("2.50").unwrap(), 20_001)), "$0.0500025");
        for text in ["", ".5", "1.", "-1", "1e3", "$1", "1,5", "0.1234567890123"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse(&"9".repeat(60)).is_some_and(|amount| amount > parse("1000000").unwrap()));
    }
}
