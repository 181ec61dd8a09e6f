//! The key of a person who approves, and what they sign with it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use zeroize::Zeroizing;

use super::super::digest::hex;
use super::{APPROVAL, ASK, Ask, SKEW, Signed, message};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410, section 7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// An approver's private key.
pub struct ApproverKey(Ed25519KeyPair);

/// Why an approval is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSigned {
    /// It is not `byok-approval-request/1`.
    Format,
    /// It asks for another role.
    OtherRole,
    /// It was asked for later than now.
    NotYet,
    /// The time in which an approval counts is over.
    TooLate,
    /// The system has no random bytes.
    NoRandom,
}

impl ApproverKey {
    /// A new key: the text of the file that holds it, PKCS#8 in PEM, and the public key as the policy has it.
    pub fn generate() -> Result<(Zeroizing<String>, String), Unspecified> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(seed.as_mut())?;
        let key = Self(Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| Unspecified)?);
        let mut der = Zeroizing::new([0; PKCS8.len() + 32]);
        der.iter_mut().zip(PKCS8.iter().chain(seed.iter())).for_each(|(to, from)| *to = *from);
        let body = Zeroizing::new(STANDARD.encode(der.as_ref()));
        Ok((Zeroizing::new(format!("{BEGIN}\n{}\n{END}\n", body.as_str())), key.public()))
    }

    /// Reads the text of the file that holds it: Ed25519 in PKCS#8 in PEM. The error ends `the file …`.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err("is locked with a password, which byokc does not ask for");
        }
        let body = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).ok_or("holds no `BEGIN PRIVATE KEY`")?.0;
        let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
        let der = STANDARD.decode(body.as_bytes()).map(Zeroizing::new).map_err(|_| "is not PEM: its lines are no base64")?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(Self).map_err(|_| "holds a private key that is not Ed25519")
    }

    /// The public key as the policy has it: base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.public_key())
    }

    /// Signs that somebody agrees, in a role, to what is asked. `now` is in seconds since 1970, and so many seconds it counts; never longer than it
    /// may take.
    pub fn sign(&self, ask: &Ask<'_>, role: &str, now: u64, lifetime: u64) -> Result<String, NotSigned> {
        if ask.format != ASK {
            return Err(NotSigned::Format);
        }
        if ask.role != role {
            return Err(NotSigned::OtherRole);
        }
        if ask.asked > now.saturating_add(SKEW) {
            return Err(NotSigned::NotYet);
        }
        let expires = now.saturating_add(lifetime).min(ask.asked.saturating_add(ask.within_ms / 1000));
        if expires <= now {
            return Err(NotSigned::TooLate);
        }
        let mut id = [0; 16];
        SystemRandom::new().fill(&mut id).map_err(|_| NotSigned::NoRandom)?;
        Ok(self.write(&Signed {
            asked: ask.asked,
            digest: ask.digest.as_ref().into(),
            expires,
            format: APPROVAL.into(),
            id: hex("", &id).into(),
            issued: now,
            key: self.public().into(),
            plan: ask.plan.as_ref().into(),
            role: role.into(),
            shown: ask.shown().into(),
        }))
    }

    /// What is signed, and its signature.
    pub(super) fn write(&self, signed: &Signed<'_>) -> String {
        // Text and numbers always serialise.
        let payload = serde_json::to_vec(signed).unwrap_or_default();
        let signature = self.0.sign(&message(&payload));
        format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 8410, section 10: what OpenSSL writes too.
    const EXAMPLE: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

    #[test]
    fn keys_are_written_and_read() {
        let (pem, public) = ApproverKey::generate().unwrap();
        let key = ApproverKey::read(&pem).unwrap();
        assert_eq!((key.public(), public.len()), (public, 44));
        assert_ne!(ApproverKey::generate().unwrap().1, key.public());
        let windows = format!("\u{feff}words before\r\n{}", pem.replace('\n', "\r\n"));
        assert_eq!(ApproverKey::read(&windows).unwrap().public(), key.public());
    }

    #[test]
    fn keys_of_other_programs_are_read() {
        let key = ApproverKey::read(&format!("{BEGIN}\n{EXAMPLE}\n{END}\n")).unwrap();
        assert_eq!(key.public(), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
    }

    #[test]
    fn what_is_no_key_is_said() {
        let rsa = format!("{BEGIN}\n{}\n{END}", STANDARD.encode([0x30, 0x00]));
        for (text, why) in [
            ("", "holds no `BEGIN PRIVATE KEY`"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "holds no `BEGIN PRIVATE KEY`"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n", "is locked with a password, which byokc does not ask for"),
            ("-----BEGIN PRIVATE KEY-----\nä\n-----END PRIVATE KEY-----", "is not PEM: its lines are no base64"),
            (&rsa, "holds a private key that is not Ed25519"),
        ] {
            assert_eq!(ApproverKey::read(text).err(), Some(why), "{text}");
        }
    }
}
