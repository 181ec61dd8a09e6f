//! From the address of an account and the path of a request to where the request goes.

/// The whole address. Some write an account's address with the API's version at its end and some without: it is there once.
pub fn join(base: &str, path: &str) -> String {
    let base = base.trim_end_matches('/');
    let (_, host_and_path) = base.split_once("://").unwrap_or(("", base));
    let last = host_and_path.rsplit_once('/').map_or("", |(_, last)| last);
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let again = is_version(first) && is_version(last);
    let rest = if again { path.split_once(first).map_or(path, |(_, rest)| rest) } else { path };
    [base, rest].concat()
}

/// `v1`, `v1beta`.
fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or_default();
    number.starts_with(|digit: char| digit.is_ascii_digit()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_in_an_address_once() {
        for (base, path, whole) in [
            ("https://g.example", "/v1beta/models/m:generateContent", "https://g.example/v1beta/models/m:generateContent"),
            ("https://g.example/v1beta", "/v1beta/models/m:generateContent", "https://g.example/v1beta/models/m:generateContent"),
            ("https://g.example/v1/", "/v1beta/models/m:generateContent", "https://g.example/v1/models/m:generateContent"),
            ("https://a.example", "/v1/messages", "https://a.example/v1/messages"),
            ("https://a.example/v1", "/v1/messages", "https://a.example/v1/messages"),
            ("https://a.example/claude/", "/v1/messages", "https://a.example/claude/v1/messages"),
            ("https://o.example/v1", "/chat/completions", "https://o.example/v1/chat/completions"),
            (
                "https://z.example/openai/v1",
                "/chat/completions?api-version=1",
                "https://z.example/openai/v1/chat/completions?api-version=1",
            ),
            ("http://v1", "/v1/messages", "http://v1/v1/messages"),
            ("http://[::1]:8080", "/v1/messages", "http://[::1]:8080/v1/messages"),
        ] {
            assert_eq!(join(base, path), whole);
        }
    }
}
