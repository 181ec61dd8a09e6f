//! BYOK307: a header that authenticates, steers transport, or breaks lines.

use super::{Check, Context, Run};
use crate::diagnostic::{Code, Diagnostic, Edit, Grade, Rule, Severities, SubjectKind};
use crate::edit;
use crate::policy::model::{Header, Provider};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        code: Code(307),
        name: "unsafe-header",
        severities: Severities::Error,
        judged_on: "provider",
        summary: "header that authenticates, steers transport or breaks lines",
        fix: Some(Grade::Review),
        page: include_str!("unsafe_header.md"),
    },
    run: Run::Policy(check),
};

fn check(context: &Context<'_, '_>, found: &mut Vec<Diagnostic>) {
    for provider in &context.policy.providers {
        found.extend(provider.headers.iter().filter_map(|header| finding(context, provider, header)));
    }
}

fn finding(context: &Context<'_, '_>, provider: &Provider<'_>, header: &Header<'_>) -> Option<Diagnostic> {
    let (account, written) = (provider.name.text, header.name.value.trim());
    let name = written.to_ascii_lowercase();
    let shown = written.escape_debug();
    let at = |span, message: String| Diagnostic::new(&CHECK.rule, span, message).about(SubjectKind::Provider, account);
    let mut finding = if name.is_empty() || !header.name.value.bytes().all(is_token) {
        at(header.name.span, format!("provider `{account}` has a header whose name is `{shown}`, which is no header name"))
            .label("not a header name")
            .help("a header's name is made of letters, digits and `-`, such as `x-title`")
    } else if authenticates(&name) {
        let instead = match &provider.key {
            Some(key) => format!("take it out: byokc sends the key in `{}` in the header that the protocol asks for", key.value.describe()),
            None => format!("take it out, and name where the key is in provider `{account}`: `key env NAME`"),
        };
        at(header.name.span, format!("provider `{account}` has a header `{shown}`, which authenticates: only `key` may do that"))
            .label("a second way to authenticate")
            .help(instead)
    } else if credentials(&header.value.value) {
        at(header.value.span, format!("the value of header `{shown}` of provider `{account}` is a credential: only `key` may authenticate"))
            .label("a credential, written down")
            .help("take it out; name where the key is, such as `key env NAME`")
    } else if steers(&name) {
        at(header.name.span, format!("provider `{account}` has a header `{shown}`, which steers how requests are carried"))
            .label("set by the connection, never by a policy")
            .help("take it out; where requests go and how is decided by `base_url` and `protocol`")
    } else if header.value.value.chars().any(|letter| letter.is_control() && letter != '\t') {
        at(
            header.value.span,
            format!("the value of header `{shown}` of provider `{account}` breaks lines: it could add headers of its own"),
        )
        .label("holds a line break or another control character")
        .help("write the value on one line, without `\\n` and `\\u{…}` of control characters")
    } else {
        return None;
    };
    if authenticates(&name) || credentials(&header.value.value) {
        finding.hide.push(header.value.span);
    }
    Some(match edit::with_keyword(context.sources, "header", header.name.span, header.value.span) {
        Some(field) => {
            let Edit { span, text } = edit::remove(context.sources, field);
            finding.fix(format!("take the header out of `{account}`"), Grade::Review, vec![Edit { span, text }])
        }
        None => finding,
    })
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a value is what an authorization header holds.
fn credentials(value: &str) -> bool {
    let value = value.trim_start().to_ascii_lowercase();
    ["bearer ", "basic "].iter().any(|scheme| value.starts_with(scheme))
}

/// Whether a header proves who asks. Its name tells by its parts: `x-goog-api-key`, `cf-aig-authorization`.
fn authenticates(name: &str) -> bool {
    #[rustfmt::skip]
    const PARTS: [&str; 17] = [
        "apikey", "auth", "authentication", "authorization", "bearer", "cookie", "cookie2", "credential", "credentials", "jwt", "key",
        "passwd", "password", "secret", "session", "signature", "token",
    ];
    // It names a request, not who asks; one that never changes is a mistake of another kind.
    name != "idempotency-key" && name.split(['-', '_', '.']).any(|part| PARTS.contains(&part))
}

/// Whether a header says how a request is carried, where to, or how its body is read.
fn steers(name: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: [&str; 33] = [
        "accept", "accept-charset", "accept-encoding", "alt-svc", "alt-used", "connection", "content-encoding", "content-length",
        "content-location", "content-range", "content-type", "date", "expect", "forwarded", "host", "http2-settings", "keep-alive",
        "max-forwards", "origin", "proxy-connection", "proxy-authenticate", "range", "te", "trailer", "trailers", "transfer-encoding",
        "upgrade", "via", "x-forwarded", "x-host", "x-original-url", "x-real-ip", "x-rewrite-url",
    ];
    const STARTS: [&str; 6] = ["proxy-", "sec-", "x-byok-", "x-forwarded-", "x-http-method", "x-method-"];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_header_does() {
        for name in [
            "authorization",
            "proxy-authorization",
            "x-api-key",
            "api-key",
            "x-goog-api-key",
            "cookie",
            "helicone-auth",
            "x-amz-security-token",
        ] {
            assert!(authenticates(name), "{name}");
        }
        for name in ["host", "content-length", "transfer-encoding", "te", "x-forwarded-host", "x-byok-data"] {
            assert!(steers(name), "{name}");
        }
        for name in
            ["x-title", "http-referer", "openai-organization", "openai-project", "anthropic-beta", "x-author", "x-keyboard", "user-agent"]
        {
            assert!(!authenticates(name) && !steers(name), "{name}");
        }
    }
}
