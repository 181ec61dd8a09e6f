//! Pictures and documents as data URLs, written without copying them first.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::exchange::{File, Image};

/// Where a picture or document is, as one text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Address<'r> {
    /// At an address.
    At(&'r str),
    /// Here.
    Here { media_type: &'r str, data: &'r str },
}

impl<'r> Address<'r> {
    /// Of a picture.
    pub(super) fn of_image(image: &'r Image) -> Self {
        match image {
            Image::Url { url, .. } => Self::At(url),
            Image::Data { media_type, data, .. } => Self::Here { media_type, data },
        }
    }

    /// Of a document.
    pub(super) fn of_file(file: &'r File) -> Self {
        Self::Here { media_type: &file.media_type, data: &file.data }
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(url) => out.write_str(url),
            Self::Here { media_type, data } => write!(out, "data:{media_type};base64,{data}"),
        }
    }
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How closely a picture is looked at.
pub(super) fn detail(image: &Image) -> Option<&str> {
    match image {
        Image::Url { detail, .. } | Image::Data { detail, .. } => detail.as_deref(),
    }
}

/// A document's name: OpenAI wants one.
pub(super) fn file_name(file: &File) -> &str {
    match (&file.name, &*file.media_type) {
        (Some(name), _) => name,
        (None, "application/pdf") => "document.pdf",
        (None, _) => "document",
    }
}
