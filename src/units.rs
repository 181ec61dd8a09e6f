//! Amounts that are computed exactly: US dollars and calendar days.

use std::fmt;

/// US dollars, counted in picodollars (1e-12 USD), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub u128);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not digits with at most one point between them.
    NotANumber,
    /// More than six decimals.
    TooPrecise,
    /// Larger than [`Money`] holds.
    TooLarge,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a decimal number such as 0.60",
            Self::TooPrecise => "more than six decimals",
            Self::TooLarge => "too large",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// One US dollar in picodollars.
    pub const DOLLAR: u128 = 1_000_000_000_000;

    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a decimal without sign, currency or exponent (`0.60`), at most six decimals.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return Err(MoneyError::NotANumber);
        }
        if decimals.len() > 6 {
            return Err(MoneyError::TooPrecise);
        }
        let dollars: u128 = whole.parse().map_err(|_| MoneyError::TooLarge)?;
        let micros: u128 = format!("{decimals:0<6}").parse().map_err(|_| MoneyError::TooLarge)?;
        let dollars = dollars.checked_mul(Self::DOLLAR).ok_or(MoneyError::TooLarge)?;
        dollars.checked_add(micros * (Self::DOLLAR / 1_000_000)).map(Self).ok_or(MoneyError::TooLarge)
    }

    /// The sum; `None` where it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The multiple; `None` where it does not fit.
    pub fn checked_mul(self, factor: u64) -> Option<Self> {
        self.0.checked_mul(u128::from(factor)).map(Self)
    }

    /// What `tokens` cost where `self` is the price of one million; rounded up, `None` where it does not fit.
    pub fn for_tokens(self, tokens: u64) -> Option<Self> {
        self.checked_mul(tokens).map(|total| Self(total.0.div_ceil(1_000_000)))
    }
}

/// `$0.60`: at least two decimals, and no more than are needed.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:012}", self.0 % Self::DOLLAR);
        let (cents, rest) = decimals.split_at_checked(2).unwrap_or_default();
        write!(f, "${}.{cents}{}", self.0 / Self::DOLLAR, rest.trim_end_matches('0'))
    }
}

/// A day of the calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// A day known to exist. Only for constants: any other day does not compile there.
    pub(crate) const fn constant(year: i16, month: i8, day: i8) -> Self {
        Self(jiff::civil::date(year, month, day))
    }

    /// The day of a year (1 to 9999), month and day; `None` where there is none.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().filter(|date| date.year() > 0).map(Self)
    }

    /// Reads `2027-01-31`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |len: usize| {
            let part = parts.next().filter(|part| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))?;
            part.parse::<i16>().ok()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return None;
        }
        Self::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
    }

    /// How many days `self` is after `other`; negative where it is before.
    pub fn days_since(self, other: Self) -> i64 {
        self.day_number() - other.day_number()
    }

    /// Days since an arbitrary fixed day.
    fn day_number(self) -> i64 {
        let year_before = i64::from(self.0.year()) - 1;
        year_before * 365 + year_before / 4 - year_before / 100 + year_before / 400 + i64::from(self.0.day_of_year())
    }
}

/// `2027-01-31`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_and_written_exactly() {
        for (text, shown) in [("0.60", "$0.60"), ("0", "$0.00"), ("12", "$12.00"), ("1.5", "$1.50"), ("0.000001", "$0.000001")] {
            assert_eq!(Money::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(Money(1).to_string(), "$0.000000000001");
        assert_eq!(Money::parse("0.30").unwrap().checked_add(Money::parse("0.30").unwrap()), Money::parse("0.6").ok());
    }

    #[test]
    fn what_is_no_money_says_why() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "$1", "1.2.3", " 1", "٣"] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse("0.0000001"), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse(&"9".repeat(50)), Err(MoneyError::TooLarge));
        assert_eq!(Money(u128::MAX).checked_mul(2), None);
    }

    #[test]
    fn tokens_cost_their_share_of_a_million() {
        let price = Money::parse("2.50").unwrap();
        assert_eq!(price.for_tokens(20_000), Money::parse("0.05").ok());
        assert_eq!(Money(1).for_tokens(1), Some(Money(1)));
        assert_eq!(price.for_tokens(0), Some(Money::ZERO));
    }

    #[test]
    fn dates_are_real_days_in_one_spelling() {
        let day = |text| Date::parse(text).unwrap();
        assert_eq!(day("2027-01-31").to_string(), "2027-01-31");
        for text in ["2027-02-29", "2027-1-31", "20270131", "2027-01-31T00:00", "+027-01-31", "0000-01-01", "2027-01-31-", ""] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(day("2026-11-23") < day("2027-01-01"));
        assert_eq!(day("2027-01-01").days_since(day("2026-11-23")), 39);
        assert_eq!(day("2024-02-28").days_since(day("2024-03-01")), -2);
    }
}
