//! What redaction looks for, by name (language reference, section 3).

/// What redaction looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the detector of its name")]
pub enum Detector {
    Email,
    Phone,
    CreditCard,
    Iban,
    IpAddress,
    Ssn,
    Secret,
}

impl Detector {
    /// Every detector.
    pub const ALL: [Self; 7] = [Self::Email, Self::Phone, Self::CreditCard, Self::Iban, Self::IpAddress, Self::Ssn, Self::Secret];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::CreditCard => "credit_card",
            Self::Iban => "iban",
            Self::IpAddress => "ip_address",
            Self::Ssn => "ssn",
            Self::Secret => "secret",
        }
    }

    /// The name in placeholders: `[EMAIL_1]`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::CreditCard => "CREDIT_CARD",
            Self::Iban => "IBAN",
            Self::IpAddress => "IP_ADDRESS",
            Self::Ssn => "SSN",
            Self::Secret => "SECRET",
        }
    }

    /// The detector of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detector| detector.as_str() == name)
    }
}

/// Some of the detectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Detectors(u8);

impl Detectors {
    /// Every detector.
    pub const ALL: Self = Self((1 << Detector::ALL.len()) - 1);

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    pub fn contains(self, detector: Detector) -> bool {
        self.0 & 1 << detector as u8 != 0
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Detector> {
        Detector::ALL.into_iter().filter(move |detector| self.contains(*detector))
    }
}

impl FromIterator<Detector> for Detectors {
    fn from_iter<I: IntoIterator<Item = Detector>>(detectors: I) -> Self {
        Self(detectors.into_iter().fold(0, |all, detector| all | 1 << detector as u8))
    }
}
