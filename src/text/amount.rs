//! Times and token counts as a policy would write them, and numbers as a sentence says them.

/// So many milliseconds: `8s`, `1min 30s`.
pub fn duration(milliseconds: u64) -> String {
    const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];
    let mut rest = milliseconds;
    let mut parts = Vec::new();
    for (unit, size) in UNITS {
        if rest >= size {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// So many tokens: `20k`, `1M`, `200001`.
pub fn tokens(number: u64) -> String {
    match number {
        0 => "0".to_owned(),
        _ if number.is_multiple_of(1_000_000) => format!("{}M", number / 1_000_000),
        _ if number.is_multiple_of(1000) => format!("{}k", number / 1000),
        _ => number.to_string(),
    }
}

/// A number with a comma between its thousands: `400,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!([0, 8000, 90_000, 86_400_001].map(duration), ["0s", "8s", "1min 30s", "1d 1ms"]);
        assert_eq!([0, 20_000, 3_000_000, 1_050_000, 200_001].map(tokens), ["0", "20k", "3M", "1050k", "200001"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 400_000, 1_050_000].map(grouped), ["0", "999", "1,000", "400,000", "1,050,000"]);
    }
}
