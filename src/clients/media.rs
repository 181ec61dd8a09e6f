//! Turns addresses of pictures and documents, data URLs among them, into parts of a message.

use super::NotUnderstood;
use super::fields::cow;
use super::json::{Json, Read};
use crate::exchange::{File, Image};

const DATA: &str = "must be an address with https, or a data URL with base64";

/// A picture at an address or in a data URL.
pub(super) fn image(url: &str, detail: Option<String>) -> Read<Image> {
    if let Some((media_type, data)) = data_url(url) {
        if !media_type.starts_with("image/") {
            return Err(NotUnderstood::here("must be a picture"));
        }
        return Ok(Image::Data { media_type: media_type.to_owned(), data: data.to_owned(), detail });
    }
    let at_an_address = starts_with(url, "https://") || starts_with(url, "http://");
    if at_an_address { Ok(Image::Url { url: url.to_owned(), detail }) } else { Err(NotUnderstood::here(DATA)) }
}

/// A document in a data URL.
pub(super) fn file(url: &str, name: Option<String>) -> Read<File> {
    let (media_type, data) = data_url(url).ok_or_else(|| NotUnderstood::here("must be a data URL with base64"))?;
    Ok(File { media_type: media_type.to_owned(), data: data.to_owned(), name })
}

/// How closely a picture is looked at.
pub(super) fn detail(json: Json<'_>) -> Read<String> {
    let detail = cow(json)?;
    if ["low", "high", "auto", "original"].contains(&detail.as_ref()) {
        Ok(detail.into_owned())
    } else {
        Err(NotUnderstood::here("must be `low`, `high`, `auto` or `original`"))
    }
}

/// The media type and the base64 of a data URL; parameters of the type are left out.
fn data_url(url: &str) -> Option<(&str, &str)> {
    let rest = starts_with(url, "data:").then(|| url.get(5..))??;
    let (kind, data) = rest.split_once(',')?;
    let kind = kind.strip_suffix(";base64")?;
    let media_type = kind.split(';').next().unwrap_or(kind);
    (media_type.contains('/') && is_base64(data)).then_some((media_type, data))
}

/// Whether text has only the letters of base64: what else is in it would be the provider's to find fault with.
pub(super) fn is_base64(data: &str) -> bool {
    let data = data.trim_end_matches('=');
    !data.is_empty() && data.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_at_an_address_or_here() {
        let here = Image::Data { media_type: "image/png".into(), data: "aGk=".into(), detail: None };
        assert_eq!(image("data:image/png;base64,aGk=", None), Ok(here.clone()));
        assert_eq!(image("data:image/png;name=x;base64,aGk=", None), Ok(here));
        let there = Image::Url { url: "https://a.example/b.png".into(), detail: Some("low".into()) };
        assert_eq!(image("https://a.example/b.png", Some("low".into())), Ok(there));
        for wrong in ["", "file:///etc/passwd", "data:image/png,raw", "data:image/png;base64,", "data:image/png;base64,a b", "données"] {
            assert_eq!(image(wrong, None), Err(NotUnderstood::here(DATA)), "{wrong}");
        }
        assert_eq!(image("data:text/html;base64,aGk=", None), Err(NotUnderstood::here("must be a picture")));
    }
}
