//! Reads a `base_url` by hand, strictly: what two parsers could read in two ways is refused.

use std::net::{Ipv4Addr, Ipv6Addr};

/// An address that can be read in one way only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether it is `https`.
    pub secure: bool,
    /// The host, lower case, without port and brackets.
    pub host: String,
    /// Whether that is a literal loopback address or `localhost`.
    pub loopback: bool,
}

/// What is wrong with an address. None of these repeats any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It begins with neither `https://` nor `http://`.
    Scheme,
    /// It holds a user name or password.
    UserInfo,
    /// It holds a query.
    Query,
    /// It holds a fragment.
    Fragment,
    /// It holds a character that no address has.
    Character,
    /// Its host is not ASCII.
    ForeignHost,
    /// Its host is none.
    Host,
    /// Its port is none.
    Port,
}

impl Fault {
    /// Whether a key or password may stand in such an address, so that nothing may show it.
    pub fn may_hold_a_secret(self) -> bool {
        matches!(self, Self::UserInfo | Self::Query | Self::Fragment | Self::Character)
    }

    /// The end of "`base_url` of provider `x` …", and what to do.
    pub fn describe(self) -> (&'static str, &'static str) {
        const WHOLE: &str = "write the whole address, such as `https://llm.example.com/v1`";
        match self {
            Self::Scheme => ("does not begin with `https://` or `http://`", WHOLE),
            Self::UserInfo => ("holds a user name or password", "take it out; a key is named in `key`, and never written down"),
            Self::Query => ("holds a query", "take `?` and what follows out; an API version is said in `api_version`"),
            Self::Fragment => ("holds a fragment", "take `#` and what follows out"),
            Self::Character => ("holds a character that an address cannot hold", WHOLE),
            Self::ForeignHost => ("has a host with letters beyond ASCII", "write the host as it is registered, beginning with `xn--`"),
            Self::Host => ("has no host that can be read in one way only", WHOLE),
            Self::Port => ("has a port that is not a number from 1 to 65535", WHOLE),
        }
    }
}

/// Reads an address.
pub fn parse(text: &str) -> Result<Address, Fault> {
    let (scheme, rest) = text.split_once("://").ok_or(Fault::Scheme)?;
    let secure = if scheme.eq_ignore_ascii_case("https") {
        true
    } else if scheme.eq_ignore_ascii_case("http") {
        false
    } else {
        return Err(Fault::Scheme);
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err(Fault::UserInfo);
    }
    if text.chars().any(|character| character.is_whitespace() || character.is_control() || character == '\\') {
        return Err(Fault::Character);
    }
    match tail.chars().find(|character| matches!(character, '?' | '#')) {
        Some('?') => return Err(Fault::Query),
        Some(_) => return Err(Fault::Fragment),
        None => {}
    }
    if !authority.is_ascii() {
        return Err(Fault::ForeignHost);
    }
    let (host, loopback) = host_and_port(authority)?;
    Ok(Address { secure, host, loopback })
}

fn host_and_port(authority: &str) -> Result<(String, bool), Fault> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (inside, behind) = rest.split_once(']').ok_or(Fault::Host)?;
        let ip: Ipv6Addr = inside.parse().map_err(|_| Fault::Host)?;
        if !behind.is_empty() {
            port(behind.strip_prefix(':').ok_or(Fault::Host)?)?;
        }
        return Ok((ip.to_string(), ip.is_loopback()));
    }
    let (host, number) = authority.split_once(':').map_or((authority, None), |(host, number)| (host, Some(number)));
    let host = host.to_ascii_lowercase();
    let good = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !host.split('.').all(good) {
        return Err(Fault::Host);
    }
    number.map_or(Ok(()), port)?;
    let last = host.rsplit('.').next().unwrap_or_default();
    // `127.1` and `0x7f000001` are addresses to some and names to others.
    if last.starts_with(|first: char| first.is_ascii_digit()) && (last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let ip: Ipv4Addr = host.parse().map_err(|_| Fault::Host)?;
        return Ok((host, ip.is_loopback()));
    }
    let loopback = host == "localhost";
    Ok((host, loopback))
}

fn port(text: &str) -> Result<(), Fault> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<u16>().ok().filter(|number| digits && *number > 0);
    number.map(|_| ()).ok_or(Fault::Port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses() {
        for (text, host, loopback) in [
            ("https://api.openai.com/v1", "api.openai.com", false),
            ("HTTPS://API.OpenAI.com", "api.openai.com", false),
            ("http://localhost:11434/v1", "localhost", true),
            ("http://127.8.9.1:80", "127.8.9.1", true),
            ("http://[::1]:8080/", "::1", true),
            ("https://[2001:DB8::1]", "2001:db8::1", false),
            ("https://my_host:443/a", "my_host", false),
            ("http://localhost.evil.example", "localhost.evil.example", false),
            ("https://a.b/caf\u{e9}", "a.b", false),
        ] {
            let address = parse(text).unwrap();
            assert_eq!((&*address.host, address.loopback), (host, loopback), "{text}");
        }
    }

    #[test]
    fn bad_addresses() {
        for (text, fault) in [
            ("api.openai.com", Fault::Scheme),
            ("ftp://a.b", Fault::Scheme),
            ("https:/a.b", Fault::Scheme),
            ("https://me:secret@a.b/v1", Fault::UserInfo),
            ("https://@a.b", Fault::UserInfo),
            ("https://a.b/v1?key=x", Fault::Query),
            ("https://a.b?x", Fault::Query),
            ("https://a.b/#x", Fault::Fragment),
            ("https://a.b\\@evil.example", Fault::Character),
            ("https://a.b/x y", Fault::Character),
            ("https://\u{430}pi.openai.com", Fault::ForeignHost),
            ("https://", Fault::Host),
            ("https:///v1", Fault::Host),
            ("https://a..b", Fault::Host),
            ("https://a.b.", Fault::Host),
            ("https://%61.b", Fault::Host),
            ("http://127.1", Fault::Host),
            ("http://0x7f000001", Fault::Host),
            ("http://2130706433", Fault::Host),
            ("http://127.0.0.01", Fault::Host),
            ("http://[::1", Fault::Host),
            ("http://[::1]80", Fault::Host),
            ("https://a.b:", Fault::Port),
            ("https://a.b:0", Fault::Port),
            ("https://a.b:65536", Fault::Port),
            ("https://a.b:+80", Fault::Port),
            ("https://a:b:c", Fault::Port),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }
}
