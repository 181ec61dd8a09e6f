//! Failure classes (language reference, section 4): why an attempt failed, the same in the checker, the plan and the runtime.

/// The one class of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Failure {
    /// The key's source holds nothing.
    MissingKey,
    /// The provider rejects the key.
    InvalidKey,
    /// The key may not use this model or region.
    Permission,
    /// Credit or billing is used up.
    Quota,
    /// Too many requests.
    RateLimit,
    /// The provider says that it is overloaded.
    Overloaded,
    /// Any other failure of the provider, or an answer that breaks the protocol.
    ServerError,
    /// No answer in time.
    Timeout,
    /// No connection.
    Network,
    /// The request does not fit the model's window.
    ContextLength,
    /// The provider refuses the content.
    ContentPolicy,
    /// The model does not exist for this key.
    ModelNotFound,
    /// The request itself is wrong. Never falls back.
    BadRequest,
    /// The run's time is up. Never falls back.
    Deadline,
    /// An approval was refused or ran out, or a guard could not run. Never falls back.
    Refused,
    /// The prompt is above `max_input`. Never falls back.
    TooLarge,
}

impl Failure {
    /// Every class, in the order of the language reference.
    pub const ALL: [Self; 16] = [
        Self::MissingKey,
        Self::InvalidKey,
        Self::Permission,
        Self::Quota,
        Self::RateLimit,
        Self::Overloaded,
        Self::ServerError,
        Self::Timeout,
        Self::Network,
        Self::ContextLength,
        Self::ContentPolicy,
        Self::ModelNotFound,
        Self::BadRequest,
        Self::Deadline,
        Self::Refused,
        Self::TooLarge,
    ];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingKey => "missing_key",
            Self::InvalidKey => "invalid_key",
            Self::Permission => "permission",
            Self::Quota => "quota",
            Self::RateLimit => "rate_limit",
            Self::Overloaded => "overloaded",
            Self::ServerError => "server_error",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::ContextLength => "context_length",
            Self::ContentPolicy => "content_policy",
            Self::ModelNotFound => "model_not_found",
            Self::BadRequest => "bad_request",
            Self::Deadline => "deadline",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
        }
    }

    /// What is seen to happen, behind the name of who is called: `times out`.
    pub fn happens(self) -> &'static str {
        match self {
            Self::MissingKey => "has no key",
            Self::InvalidKey => "rejects the key",
            Self::Permission => "denies permission",
            Self::Quota => "has no quota left",
            Self::RateLimit => "is rate limited",
            Self::Overloaded => "is overloaded",
            Self::ServerError => "has a server error",
            Self::Timeout => "times out",
            Self::Network => "cannot be reached",
            Self::ContextLength => "finds the prompt too long",
            Self::ContentPolicy => "refuses the content",
            Self::ModelNotFound => "does not know the model",
            Self::BadRequest => "finds the request wrong",
            Self::Deadline => "is out of time",
            Self::Refused => "is refused",
            Self::TooLarge => "is given too large a prompt",
        }
    }

    /// The class of a name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// Whether a call can fail with it: three are raised by the runtime itself, without one.
    pub fn of_a_call(self) -> bool {
        !matches!(self, Self::Deadline | Self::Refused | Self::TooLarge)
    }

    /// Whether a fallback may name it.
    pub fn falls_back(self) -> bool {
        Failures::ANY.contains(self)
    }
}

/// A set of failure classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Failures(u16);

impl Failures {
    /// No class.
    pub const NONE: Self = Self(0);
    /// `outage`: overloaded, `server_error`, timeout, network.
    pub const OUTAGE: Self = Self::of(&[Failure::Overloaded, Failure::ServerError, Failure::Timeout, Failure::Network]);
    /// `limits`: `rate_limit`, quota.
    pub const LIMITS: Self = Self::of(&[Failure::RateLimit, Failure::Quota]);
    /// `auth`: `missing_key`, `invalid_key`, permission.
    pub const AUTH: Self = Self::of(&[Failure::MissingKey, Failure::InvalidKey, Failure::Permission]);
    /// `any`: all but those that never fall back.
    pub const ANY: Self = Self(0x0fff);
    /// What no `on` means: `outage, rate_limit`.
    pub const DEFAULT: Self = Self::OUTAGE.union(Self::of(&[Failure::RateLimit]));
    /// The classes after which an attempt is repeated.
    pub const RETRIED: Self = Self::DEFAULT;

    /// The groups that `on` may name.
    pub const GROUPS: [(&'static str, Self); 4] =
        [("any", Self::ANY), ("outage", Self::OUTAGE), ("limits", Self::LIMITS), ("auth", Self::AUTH)];

    /// The set of these classes.
    pub const fn of(classes: &[Failure]) -> Self {
        let mut bits = 0;
        let mut rest = classes;
        while let [first, others @ ..] = rest {
            bits |= 1 << (*first as u16);
            rest = others;
        }
        Self(bits)
    }

    /// All that are in one of the two.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// All that are in the first only.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a class is in it.
    pub const fn contains(self, class: Failure) -> bool {
        self.0 & (1 << (class as u16)) != 0
    }

    /// Whether no class is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its classes, in the order of the language reference.
    pub fn iter(self) -> impl Iterator<Item = Failure> {
        Failure::ALL.into_iter().filter(move |class| self.contains(*class))
    }

    /// The set in words: groups where they fit, then single classes (`outage, rate_limit`).
    pub fn describe(self) -> String {
        let mut rest = self;
        let mut words = Vec::new();
        for (name, group) in Self::GROUPS {
            if !rest.is_empty() && rest.and(group) == group {
                words.push(name);
                rest = rest.without(group);
            }
        }
        words.extend(rest.iter().map(Failure::as_str));
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_is_all_but_the_four_that_never_fall_back() {
        let never: Vec<_> = Failure::ALL.into_iter().filter(|class| !class.falls_back()).map(Failure::as_str).collect();
        assert_eq!(never, ["bad_request", "deadline", "refused", "too_large"]);
        assert_eq!(Failures::DEFAULT.describe(), "outage, rate_limit");
        assert_eq!(Failures::ANY.describe(), "any");
        assert_eq!(Failures::of(&[Failure::Quota, Failure::RateLimit, Failure::Permission]).describe(), "limits, permission");
    }

    #[test]
    fn names_round_trip() {
        for class in Failure::ALL {
            assert_eq!(Failure::parse(class.as_str()), Some(class));
        }
    }
}
