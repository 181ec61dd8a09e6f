//! Addresses of the Internet protocol, of both versions. Those that name nobody (this machine, none, a mask) are left.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::bytes::{Bytes, is_alphanumeric};
use super::context;
use super::digits::Digits;

/// Words behind which four numbers are a version, a paragraph or the like.
const VERSIONS: &[&str] =
    &["version", "ver", "v", "release", "build", "firmware", "revision", "section", "chapter", "clause", "paragraph", "appversion", "sdk"];

/// An address of version 4 that begins with the first of these digits.
pub(super) fn find_v4(digits: &Digits<'_>) -> Option<Range<usize>> {
    let bytes = digits.bytes;
    if digits.groups().len() < 4 || (0..3).any(|group| digits.gap(group) != b".") {
        return None;
    }
    let mut parts = [0; 4];
    for (group, part) in parts.iter_mut().enumerate() {
        *part = part_of(digits.group(group))?;
    }
    let (start, end) = (digits.start(), digits.end(3));
    let after = bytes.get(end..end + 3).to_ascii_lowercase();
    let suffixed = matches!(&*after, [b'-', b'a' | b'b' | b'r' | b's' | b'd', b'l' | b'e' | b'c' | b'n']);
    let whole =
        !is_alphanumeric(bytes.before(start)) && !matches!(bytes.before(start), b'.' | b'_') && (digits.ends(3) || bytes.at(end) == b'-');
    (whole && !suffixed && names_someone(parts) && !is_version(bytes, start, parts)).then_some(start..end)
}

fn part_of(group: &[u8]) -> Option<u8> {
    if group.len() > 3 || (group.len() > 1 && group.first() == Some(&b'0')) {
        return None;
    }
    u8::try_from(group.iter().fold(0_u32, |all, digit| all * 10 + u32::from(digit - b'0'))).ok()
}

fn names_someone(parts: [u8; 4]) -> bool {
    !matches!(parts, [0 | 127 | 255, ..])
}

/// Four numbers can be a version too: behind a word or sign that says so, or a product's name (`Chrome/120.0.0.0`).
fn is_version(bytes: Bytes<'_>, start: usize, parts: [u8; 4]) -> bool {
    let last = bytes.before(start);
    let second = start.checked_sub(1).map_or(0, |place| bytes.before(place));
    let product = last == b'/' && second.is_ascii_alphabetic() && parts.ends_with(&[0, 0]);
    let demanded = (last == b'=' && matches!(second, b'=' | b'>' | b'<' | b'~' | b'!')) || matches!(last, b'~' | b'^');
    let paragraph = bytes.get(start.saturating_sub(3)..start).windows(2).any(|two| two == "§".as_bytes());
    product || demanded || paragraph || context::says(bytes, start, VERSIONS)
}

/// An address of version 6 that has its first colon here.
pub(super) fn find_v6(bytes: Bytes<'_>, colon: usize) -> Option<Range<usize>> {
    let start = bytes.start_of(colon, 5, |byte| byte.is_ascii_hexdigit());
    let head = bytes.get(start..colon);
    // The quick way out of nearly all colons.
    let possible = match head {
        [] => bytes.at(colon + 1) == b':',
        [b'2' | b'3', _, _, _] | [b'f' | b'F', b'c'..=b'f' | b'C'..=b'F', _, _] | b"64" => true,
        _ => false,
    };
    if !possible || is_alphanumeric(bytes.before(start)) || matches!(bytes.before(start), b'.' | b'_') || goes_on(bytes, start) {
        return None;
    }
    let mut end = bytes.end_of(colon, 45, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    // A full stop or colon behind it is the sentence's.
    while end > colon + 2 && (bytes.at(end - 1) == b'.' || (bytes.at(end - 1) == b':' && bytes.at(end - 2) != b':')) {
        end -= 1;
    }
    let address: Ipv6Addr = std::str::from_utf8(bytes.get(start..end)).ok()?.parse().ok()?;
    if is_alphanumeric(bytes.at(end)) || !is_used(address) {
        return None;
    }
    let zone = if bytes.at(end) == b'%' {
        bytes.end_of(end + 1, 16, |byte| is_alphanumeric(byte) || matches!(byte, b'.' | b'-' | b'_'))
    } else {
        end
    };
    Some(start..if zone > end + 1 { zone } else { end })
}

/// Whether there is a colon before it that is part of the same address; the one of `IPv6:` is not.
fn goes_on(bytes: Bytes<'_>, start: usize) -> bool {
    let Some(colon) = start.checked_sub(1).filter(|place| bytes.at(*place) == b':') else { return false };
    let word = bytes.start_of(colon, 8, is_alphanumeric);
    bytes.get(word..colon).iter().all(u8::is_ascii_hexdigit)
}

/// Whether an address is of a block that is in use, so that `a::b` in a program is none.
fn is_used(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return names_someone(Ipv4Addr::octets(&mapped));
    }
    let [first, second, ..] = address.segments();
    matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xffff) || (first, second) == (0x64, 0xff9b)
}
