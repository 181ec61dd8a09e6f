//! Accounts: who they are with, where, with whose key, and what each may see.

use std::borrow::Cow;

use super::Resolver;
use super::about::About;
use super::declare::{BlockEntry, block_name};
use super::findings::Seen;
use super::number::Zero;
use super::word::words;
use crate::catalogue::Protocol;
use crate::catalogue::address as url;
use crate::catalogue::{WellKnown, host, providers};
use crate::diagnostic::{Diagnostic, Edit, Grade};
use crate::policy::class::ClassSet;
use crate::policy::model::{At, BaseUrl, Header, KeySource, Provider, Retention, Upstreams};
use crate::policy::rules;
use crate::source::Span;
use crate::syntax::ast::{Block, Field, Text, Url, Value, Word};
use crate::syntax::keyword::Key;

impl<'s> Resolver<'s> {
    /// Resolves every provider, and learns whose vendors there are.
    pub(super) fn providers(&mut self, entries: &[BlockEntry<'_, 's>]) {
        self.names.learn_vendors(self.catalogue);
        for entry in entries {
            let provider = self.provider(entry.block, entry.span);
            if let Cow::Borrowed(vendor) = provider.vendor {
                self.names.vendors.insert(vendor);
            }
            if let Upstreams::Only(slugs) = &provider.upstreams {
                self.names.vendors.extend(slugs.iter().flat_map(|slug| [slug.text, providers::upstream_vendor(slug.text)]));
            }
            if entry.stands {
                self.policy.providers.push(provider);
            }
        }
    }

    fn provider(&mut self, block: &Block<'s>, span: Span) -> Provider<'s> {
        let about = About::block(block);
        let name = block_name(block);
        let lowest = self.policy.classes.lowest().map_or(ClassSet::NONE, ClassSet::one);
        let mut provider = Provider {
            name,
            span,
            protocol: None,
            base_url: None,
            base_url_span: None,
            plaintext: None,
            vendor: Cow::Borrowed(name.text),
            vendor_span: None,
            known_host: false,
            key: None,
            managed: None,
            clearance: lowest,
            clearance_span: None,
            region: None,
            retention: None,
            training_never: None,
            upstreams: Upstreams::AnyExcept(Vec::new()),
            upstreams_span: None,
            api_version: None,
            headers: Vec::new(),
            title: Cow::Borrowed(name.text),
            title_span: None,
        };
        let mut seen = Seen::default();
        let mut address = None;
        for field in &block.fields {
            if self.out.repeated(&mut seen, field, &block.fields, about) {
                continue;
            }
            match &field.value {
                Value::Url(url) => {
                    provider.base_url_span = Some(field.span);
                    address = Some(url);
                }
                _ => self.provider_field(&mut provider, field, about),
            }
        }
        let known = providers::well_known(name.text);
        if !seen.has(Key::Protocol) {
            provider.protocol = known.map(|known| known.protocol);
        }
        let home = home(known, provider.protocol);
        let mut missing = Vec::new();
        if !seen.has(Key::Protocol) && known.is_none() {
            missing.push(Key::Protocol);
        }
        match address {
            Some(Url::Text(text)) => provider.base_url = self.address(text, &provider, about),
            Some(Url::Env(word)) => {
                provider.base_url = self.out.variable(*word, about.field(Key::BaseUrl)).map(BaseUrl::Variable);
            }
            None if seen.has(Key::BaseUrl) => {}
            None => match home.and_then(|home| home.base_url) {
                Some(url) => provider.base_url = url::parse(url).ok().map(|found| base_url(Cow::Borrowed(url), found)),
                // Without a protocol it is not known whether an address is missing too.
                None if provider.protocol.is_some() => missing.push(Key::BaseUrl),
                None => {}
            },
        }
        self.out.missing(&missing, block, about);
        self.check_plaintext(&provider, about);
        who(&mut provider, known, home.filter(|_| address.is_none()));
        provider
    }

    fn provider_field(&mut self, provider: &mut Provider<'s>, field: &Field<'s>, about: About<'s>) {
        let spot = about.field(field.key);
        match (field.key, &field.value) {
            (Key::Protocol, Value::Word(word)) => {
                provider.protocol = self.out.choice(*word, &Protocol::ALL.map(|protocol| (protocol.as_str(), protocol)), spot);
            }
            (Key::Plaintext, Value::Because(text)) => {
                provider.plaintext = Some(At { value: self.out.reason(text, spot), span: field.span });
            }
            (Key::Vendor, Value::Word(word)) => {
                if let Some(word) = self.out.free_name(*word, spot) {
                    provider.vendor = Cow::Borrowed(word.text);
                    provider.vendor_span = Some(word.span);
                }
            }
            (Key::Key, Value::Key { source, managed }) => {
                provider.key = Some(At { value: self.out.key_source(source, spot), span: field.span });
                provider.managed = *managed;
            }
            (Key::Clearance, value) => {
                let (set, known) = self.classes(words(value), about);
                // What is not known has been reported; nothing more is to follow from it.
                provider.clearance = if known { self.policy.classes.closure(set) } else { self.policy.classes.all() };
                provider.clearance_span = Some(field.span);
            }
            (Key::Region, value) => provider.region = Some(At { value: self.out.slugs(words(value), spot), span: field.span }),
            (Key::Retention, Value::Word(word)) => {
                let value = self.retention(*word, about).unwrap_or(Retention::None);
                provider.retention = Some(At { value, span: field.span });
            }
            (Key::Training, Value::Word(word)) => {
                self.out.choice(*word, &[("never", ())], spot);
                provider.training_never = Some(field.span);
            }
            (Key::Upstreams, Value::Upstreams { only, slugs }) => {
                let slugs = self.out.slugs(slugs, spot);
                provider.upstreams = if *only { Upstreams::Only(slugs) } else { Upstreams::AnyExcept(slugs) };
                provider.upstreams_span = Some(field.span);
            }
            (Key::ApiVersion, Value::Text(text)) => provider.api_version = self.out.text(text, spot),
            (Key::Header, Value::Header(name, value)) => {
                let at = |text: &Text<'s>| At { value: text.value(), span: text.span };
                provider.headers.push(Header { name: at(name), value: at(value) });
            }
            (Key::Title, Value::Text(text)) => {
                if let Some(title) = self.out.text(text, spot) {
                    provider.title = title.value;
                    provider.title_span = Some(title.span);
                }
            }
            _ => {}
        }
    }

    /// `none`, or a duration above 0.
    pub(super) fn retention(&mut self, word: Word<'s>, about: About<'s>) -> Option<Retention> {
        if word.text == "none" {
            return Some(Retention::None);
        }
        self.out.duration(word, Zero::Refused, about.field(Key::Retention)).map(Retention::AtMost)
    }

    /// Reads a `base_url`. What is written there is not repeated: it may hold a password.
    fn address(&mut self, text: &Text<'s>, provider: &Provider<'s>, about: About<'s>) -> Option<BaseUrl<'s>> {
        let value = text.value();
        let spot = about.field(Key::BaseUrl);
        let found = match url::parse(&value) {
            Ok(found) => found,
            Err(fault) => {
                let (problem, help) = fault.describe();
                let mut finding = Diagnostic::new(&rules::BAD_ADDRESS, text.span, format!("{spot} {problem}")).label(problem).help(help);
                if fault.may_hold_a_secret() {
                    finding.hide.push(text.span);
                }
                self.out.add(about, finding);
                return None;
            }
        };
        if !found.secure && !found.loopback && provider.plaintext.is_none() {
            let message = format!("{spot} sends prompts and key unencrypted to `{}`", found.host);
            let finding = Diagnostic::new(&rules::BAD_ADDRESS, text.span, message)
                .label("`http` is not encrypted")
                .help("write `https`; plain `http` is for `localhost` and loopback addresses")
                .help("for a server without a key on a private network, add `plaintext because \"…\"`");
            let scheme = Span { start: text.span.start + 1, end: text.span.start + 5, ..text.span };
            let written = text.raw.get(1..5).is_some_and(|written| written.eq_ignore_ascii_case("http"));
            let edit = Edit { span: scheme, text: "https".to_owned() };
            let finding = if written { finding.fix("write `https`", Grade::Review, vec![edit]) } else { finding };
            self.out.add(about, finding);
        }
        Some(base_url(value, found))
    }

    /// `plaintext` goes with `key none` only.
    fn check_plaintext(&mut self, provider: &Provider<'s>, about: About<'s>) {
        let Some(plaintext) = &provider.plaintext else { return };
        let keyless = provider.key.as_ref().is_some_and(|key| key.value == KeySource::None);
        if !keyless {
            let finding =
                Diagnostic::new(&rules::BAD_ADDRESS, plaintext.span, format!("{about} allows `plaintext`, but has a key to send"))
                    .label("lets prompts and key go out unencrypted");
            let finding = provider.key.iter().fold(finding, |finding, key| finding.at(key.span, "its key would go out unencrypted"));
            self.out.add(about, finding.help("use `https`; plain `http` is for servers with `key none`"));
        }
    }
}

fn base_url(url: Cow<'_, str>, found: url::Address) -> BaseUrl<'_> {
    BaseUrl::Address { url, host: found.host, loopback: found.loopback }
}

/// The well-known account whose address stands where none is said: of the same name and protocol, else of the protocol.
fn home(known: Option<&'static WellKnown>, protocol: Option<Protocol>) -> Option<&'static WellKnown> {
    let protocol = protocol?;
    known.filter(|known| known.protocol == protocol).or_else(|| providers::well_known(protocol.as_str()))
}

/// Whose account it is, whether it is at that company's own host, and what people call it. `home`: whose public address it has.
fn who(provider: &mut Provider<'_>, known: Option<&'static WellKnown>, home: Option<&'static WellKnown>) {
    let host_vendor = provider.host().and_then(host).map(|facts| facts.vendor);
    let at = host_vendor.or(home.map(|home| home.vendor));
    if provider.vendor_span.is_none()
        && let Some(vendor) = at.or(known.map(|known| known.vendor))
    {
        provider.vendor = Cow::Borrowed(vendor);
    }
    provider.known_host = at.is_some_and(|at| at == provider.vendor);
    if provider.title_span.is_none()
        && let Some(known) = known.filter(|known| provider.known_host && known.vendor == provider.vendor)
    {
        provider.title = Cow::Borrowed(known.title);
    }
}
