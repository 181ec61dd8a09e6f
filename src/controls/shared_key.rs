//! The key that the instances of a runtime share: it signs receipts and seals calls of tools, so that no instance needs to remember them.

use std::fmt;
use std::sync::Arc;

use ring::aead::{self, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

/// The fewest characters of a key.
const SHORTEST: usize = 32;
/// The length of a tag, in bytes.
pub(super) const TAG: usize = 32;

/// Keys derived from it, one for each use.
#[derive(Clone)]
pub struct SharedKey(Arc<Lines>);

/// The lines of the file that holds it.
struct Lines {
    first: Derived,
    others: Vec<Derived>,
}

/// What is derived from one line.
struct Derived {
    /// Signs receipts.
    tags: hmac::Key,
    /// Makes nonces.
    nonces: hmac::Key,
    /// Seals calls.
    seals: LessSafeKey,
}

impl Derived {
    fn new(secret: &[u8]) -> Result<Self, Unspecified> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"byokc shared key 1").extract(secret);
        let mac = |use_: &'static [u8]| root.expand(&[use_], hmac::HMAC_SHA256).map(hmac::Key::from);
        let seals = UnboundKey::from(root.expand(&[b"seal"], &aead::AES_256_GCM)?);
        Ok(Self { tags: mac(b"tag")?, nonces: mac(b"nonce")?, seals: LessSafeKey::new(seals) })
    }
}

impl SharedKey {
    /// Reads the text of the file that holds it: a key of at least 32 characters on each line, space around it aside. Empty lines, and those
    /// that begin with `#`, are no keys. The first key signs and seals, and what any of them signed or sealed counts. The error ends `the file …`.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (line, number) in text.trim_start_matches('\u{feff}').lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.chars().count() < SHORTEST {
                return Err(format!("has a key of fewer than {SHORTEST} characters on line {number}"));
            }
            keys.push(Derived::new(line.as_bytes()).map_err(|_| format!("has a key on line {number} that cannot be used"))?);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or("holds no key")?;
        Ok(Self(Arc::new(Lines { first, others: keys.collect() })))
    }

    /// One that only this process knows. Fails where the system has no random bytes.
    pub fn random() -> Result<Self, Unspecified> {
        let mut secret = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(secret.as_mut())?;
        Ok(Self(Arc::new(Lines { first: Derived::new(secret.as_ref())?, others: Vec::new() })))
    }

    fn lines(&self) -> impl Iterator<Item = &Derived> {
        std::iter::once(&self.0.first).chain(&self.0.others)
    }

    /// Signs.
    pub(super) fn tag(&self, data: &[u8]) -> [u8; TAG] {
        let mut tag = [0; TAG];
        tag.iter_mut().zip(hmac::sign(&self.0.first.tags, data).as_ref()).for_each(|(to, from)| *to = *from);
        tag
    }

    /// Whether this was signed with any of the keys; the time does not depend on where a tag is wrong.
    pub(super) fn signed(&self, data: &[u8], tag: &[u8]) -> bool {
        self.lines().any(|key| hmac::verify(&key.tags, data, tag).is_ok())
    }

    /// Encrypts. The nonce is made from the text under a key of its own, so that it comes twice only where all is the same.
    pub(super) fn seal(&self, kind: &[u8], plain: Vec<u8>) -> Option<Vec<u8>> {
        let key = &self.0.first;
        let mut nonce = [0; NONCE_LEN];
        nonce.iter_mut().zip(hmac::sign(&key.nonces, &plain).as_ref()).for_each(|(to, from)| *to = *from);
        let mut sealed = plain;
        key.seals.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(kind), &mut sealed).ok()?;
        sealed.splice(..0, nonce);
        Some(sealed)
    }

    /// Decrypts what was encrypted with any of the keys.
    pub(super) fn open(&self, kind: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        self.lines().find_map(|key| {
            let mut plain = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let length = key.seals.open_in_place(nonce, Aad::from(kind), &mut plain).ok()?.len();
            plain.truncate(length);
            Some(plain)
        })
    }
}

impl fmt::Debug for SharedKey {
    /// Never shows a key.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("SharedKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0123456789abcdef0123456789abcdef";
    const B: &str = "0123456789abcdef0123456789abcdeF";

    fn read(text: &str) -> SharedKey {
        SharedKey::read(text).unwrap()
    }

    #[test]
    fn the_first_key_signs_and_all_are_taken() {
        let (a, b) = (read(A), read(&format!("\u{feff}# new\n\n  {B}  \r\n")));
        let both = read(&format!("{B}\n# the one before\n{A}\n"));
        assert_ne!(a.tag(b"x"), b.tag(b"x"), "every character counts");
        assert_eq!(both.tag(b"x"), b.tag(b"x"));
        assert!(both.signed(b"x", &a.tag(b"x")) && both.signed(b"x", &b.tag(b"x")));
        assert!(!b.signed(b"x", &a.tag(b"x")) && !a.signed(b"y", &a.tag(b"x")) && !a.signed(b"x", &[]));

        let sealed = a.seal(b"k", b"plain".to_vec()).unwrap();
        assert_eq!(both.open(b"k", &sealed).as_deref(), Some(&b"plain"[..]));
        assert_eq!((b.open(b"k", &sealed), a.open(b"other", &sealed), a.open(b"k", &[])), (None, None, None));
        assert!(!sealed.windows(5).any(|bytes| bytes == b"plain"));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(a.open(b"k", &changed), None, "byte {place}");
        }
    }

    #[test]
    fn the_uses_have_keys_of_their_own() {
        let a = read(A);
        let tag = hmac::sign(&a.0.first.tags, b"x");
        assert_ne!(tag.as_ref(), hmac::sign(&a.0.first.nonces, b"x").as_ref());
        assert_ne!(tag.as_ref(), hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, A.as_bytes()), b"x").as_ref());
    }

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        for (text, why) in [
            ("", "holds no key"),
            ("# only words\n\n", "holds no key"),
            (&A[1..], "has a key of fewer than 32 characters on line 1"),
            (&format!("{A}\n\n  short  \n"), "has a key of fewer than 32 characters on line 3"),
        ] {
            assert_eq!(SharedKey::read(text).err().as_deref(), Some(why));
        }
    }

    #[test]
    fn one_of_this_process_is_nobody_elses() {
        let (one, other) = (SharedKey::random().unwrap(), SharedKey::random().unwrap());
        assert!(one.signed(b"x", &one.clone().tag(b"x")) && !other.signed(b"x", &one.tag(b"x")));
        assert_eq!(format!("{:?}", read(A)), "SharedKey(..)");
    }
}
