//! Durations, tokens, amounts, dates and counts.

use super::about::Spot;
use super::findings::Findings;
use crate::syntax::ast::Word;
use crate::units::{Date, Money, MoneyError};

/// Whether nothing at all makes sense as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    Allowed,
    Refused,
}

const DURATION: &str = "a duration is a whole number and a unit, `ms`, `s`, `min`, `h` or `d`, such as `8s`";
const TOKENS: &str = "a number of tokens is a whole number, with an optional `k` (1,000) or `M` (1,000,000), such as `20k`";

/// The digits at the start of a text, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

impl<'s> Findings<'s> {
    /// A number with a factor, where it fits.
    fn scaled(&mut self, word: Word<'s>, digits: &str, factor: u64, zero: Zero, spot: Spot<'s>) -> Option<u64> {
        let value = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        if value.is_none() {
            self.wrong(spot, word, "is too large", "write a smaller number");
        }
        if value == Some(0) && zero == Zero::Refused {
            self.wrong(spot, word, "is nothing at all", "write a number above 0, or leave the field out");
            return None;
        }
        value
    }

    /// Milliseconds.
    pub(super) fn duration(&mut self, word: Word<'s>, zero: Zero, spot: Spot<'s>) -> Option<u64> {
        let (number, unit) = digits(word.text);
        let factor = match unit {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => {
                let meant = match unit.to_ascii_lowercase().as_str() {
                    "m" | "mins" | "minute" | "minutes" => Some("min"),
                    "sec" | "secs" | "second" | "seconds" | "s" => Some("s"),
                    "msec" | "millis" | "ms" => Some("ms"),
                    "hr" | "hrs" | "hour" | "hours" | "h" => Some("h"),
                    "day" | "days" | "d" => Some("d"),
                    _ => None,
                };
                match meant {
                    _ if number.is_empty() => self.wrong(spot, word, "is not a duration", DURATION),
                    Some(meant) => self.misspelled(spot, word, "is not a duration", &format!("{number}{meant}")),
                    None if unit.is_empty() => {
                        self.wrong(spot, word, "has no unit", format!("write `{number}s` for seconds, `{number}ms` for milliseconds"));
                    }
                    None => self.wrong(spot, word, "is not a duration", DURATION),
                }
                return None;
            }
        };
        if number.is_empty() {
            self.wrong(spot, word, "is not a duration", DURATION);
            return None;
        }
        self.scaled(word, number, factor, zero, spot)
    }

    /// Tokens.
    pub(super) fn tokens(&mut self, word: Word<'s>, zero: Zero, spot: Spot<'s>) -> Option<u64> {
        let (number, unit) = digits(word.text);
        let factor = match unit {
            "" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "K" if !number.is_empty() => {
                self.misspelled(spot, word, "is not a number of tokens", &format!("{number}k"));
                return None;
            }
            _ => 0,
        };
        if number.is_empty() || factor == 0 {
            self.wrong(spot, word, "is not a number of tokens", TOKENS);
            return None;
        }
        self.scaled(word, number, factor, zero, spot)
    }

    /// US dollars.
    pub(super) fn money(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Money> {
        const AMOUNT: &str = "an amount is `$` and a decimal number of US dollars, such as `$0.60`";
        let amount = word.text.strip_prefix('$');
        match Money::parse(amount.unwrap_or(word.text)) {
            Ok(money) if amount.is_some() => return Some(money),
            Ok(_) => self.misspelled(spot, word, "is not an amount", &format!("${}", word.text)),
            Err(MoneyError::NotANumber) => self.wrong(spot, word, "is not an amount", AMOUNT),
            Err(MoneyError::TooPrecise) => {
                self.wrong(spot, word, "has too many decimals", "write at most six decimals, such as `$0.000001`");
            }
            Err(MoneyError::TooLarge) => self.wrong(spot, word, "is too large", "write a smaller amount"),
        }
        None
    }

    /// A day.
    pub(super) fn date(&mut self, word: Word<'s>, spot: Spot<'s>) -> Option<Date> {
        let date = Date::parse(word.text);
        if date.is_none() {
            self.wrong(spot, word, "is not a date", "a date is a year, a month and a day that exist, such as `2027-01-31`");
        }
        date
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, word: Word<'s>, least: u64, most: u64, spot: Spot<'s>) -> Option<u64> {
        let range = if most == u64::MAX { format!("a whole number from {least} up") } else { format!("a number from {least} to {most}") };
        let (number, rest) = digits(word.text);
        if number.is_empty() || !rest.is_empty() {
            self.wrong(spot, word, "is not a whole number", format!("write {range}"));
            return None;
        }
        let value = number.parse::<u64>().ok();
        let within = value.filter(|value| (least..=most).contains(value));
        if within.is_none() {
            let problem = match value {
                Some(value) if value < least => format!("is less than {least}"),
                _ if most == u64::MAX => "is too large".to_owned(),
                _ => format!("is more than {most}"),
            };
            self.wrong(spot, word, &problem, format!("write {range}"));
        }
        within
    }
}
