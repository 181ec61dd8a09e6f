//! From a part of the tree back to its tokens, in the order in which they are written.

use std::borrow::Cow;

use super::ast::{Auth, Bounded, Callee, Chain, Claim, Item, Name, Outcome, Routes, Source, Text, Url, Value, Waypoint, Whom, Word};

/// A token, with the comma behind it; its place where the tree knows it.
pub(super) struct Atom<'s> {
    pub(super) text: Cow<'s, str>,
    pub(super) start: Option<u32>,
}

/// Tokens in order.
#[derive(Default)]
pub(super) struct Written<'s>(pub(super) Vec<Atom<'s>>);

impl<'s> Written<'s> {
    /// What follows a field's keyword.
    pub(super) fn value(value: &Value<'s>) -> Self {
        let mut out = Self::default();
        out.put_value(value);
        out
    }

    /// What follows the keyword of a declaration without braces.
    pub(super) fn statement(item: &Item<'s>) -> Self {
        let mut out = Self::default();
        out.put_statement(item);
        out
    }

    fn key(&mut self, keyword: &'static str) {
        self.0.push(Atom { text: Cow::Borrowed(keyword), start: None });
    }

    fn word(&mut self, word: &Word<'s>) {
        self.0.push(Atom { text: Cow::Borrowed(word.text), start: Some(word.span.start) });
    }

    fn text(&mut self, text: &Text<'s>) {
        self.0.push(Atom { text: Cow::Borrowed(text.raw), start: Some(text.span.start) });
    }

    fn comma(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.text.to_mut().push(',');
        }
    }

    fn list<T>(&mut self, items: &[T], put: impl Fn(&mut Self, &T)) {
        for (item, number) in items.iter().zip(0..) {
            if number > 0 {
                self.comma();
            }
            put(self, item);
        }
    }

    fn words(&mut self, words: &[Word<'s>]) {
        self.list(words, Self::word);
    }

    /// A keyword and a word, where there is one.
    fn option(&mut self, keyword: &'static str, word: Option<&Word<'s>>) {
        if let Some(word) = word {
            self.key(keyword);
            self.word(word);
        }
    }

    fn put_value(&mut self, value: &Value<'s>) {
        match value {
            Value::Word(word) => self.word(word),
            Value::Words(words) => self.words(words),
            Value::Text(text) | Value::Url(Url::Text(text)) => self.text(text),
            Value::Texts(texts) => self.list(texts, Self::text),
            Value::Chain(chain) => self.chain(chain),
            Value::Key { source, managed } => {
                self.source(source);
                if managed.is_some() {
                    self.key("managed");
                }
            }
            Value::Url(Url::Env(word)) => self.option("env", Some(word)),
            Value::Because(text) => {
                self.key("because");
                self.text(text);
            }
            Value::Upstreams { only, slugs } => {
                self.key(if *only { "only" } else { "any" });
                if !only && !slugs.is_empty() {
                    self.key("except");
                }
                self.words(slugs);
            }
            Value::Header(name, value) => {
                self.text(name);
                self.text(value);
            }
            Value::Needs(needs) => self.list(needs, |out, need| {
                out.word(&need.what);
                need.tokens.iter().for_each(|tokens| out.word(tokens));
            }),
            Value::Lowers { from, to, because } => {
                self.word(from);
                self.option("to", Some(to));
                self.key("because");
                self.text(because);
            }
            Value::History(count) => self.option("history", Some(count)),
            Value::Strip(fields) => {
                self.key("strip");
                self.words(fields);
            }
            Value::Approve { role, within } => {
                self.word(role);
                self.option("within", within.as_ref());
            }
            Value::Auth(auth) => match auth {
                Auth::None(_) => self.key("none"),
                Auth::Token(source) => {
                    self.key("token");
                    self.source(source);
                }
                Auth::Oauth(scope) => {
                    self.key("oauth");
                    self.text(scope);
                }
            },
            Value::Times(count) => {
                self.word(count);
                self.key("times");
            }
            Value::Fail { subject, class } => {
                self.word(subject);
                self.option("with", Some(class));
            }
            Value::Expect { route, outcome } => {
                self.word(route);
                self.outcome(outcome);
            }
        }
    }

    fn chain(&mut self, chain: &Chain<'s>) {
        match &chain.what {
            Callee::None(_) => self.key("none"),
            Callee::Target(target) => self.word(target),
            Callee::Pool(name) => self.option("pool", Some(name)),
            Callee::Route(name) => self.option("route", Some(name)),
        }
        self.option("within", chain.within.as_ref());
        self.option("up to", chain.up_to.as_ref());
        if !chain.on.is_empty() {
            self.key("on");
            self.words(&chain.on);
        }
    }

    fn source(&mut self, source: &Source<'s>) {
        match source {
            Source::Env(name) => self.option("env", Some(name)),
            Source::File(path) => {
                self.key("file");
                self.text(path);
            }
            Source::Keyring(service, account) => {
                self.key("keyring");
                self.text(service);
                self.text(account);
            }
            Source::Exec(arguments) => {
                self.key("exec");
                self.list(arguments, Self::text);
            }
            Source::PerRequest(_) => self.key("per_request"),
            Source::None(_) => self.key("none"),
        }
    }

    fn outcome(&mut self, outcome: &Outcome<'s>) {
        match outcome {
            Outcome::Serves(targets) => {
                self.key("->");
                self.words(targets);
            }
            Outcome::Tries(targets) => {
                self.key("tries");
                self.words(targets);
            }
            Outcome::Fails { class, says } => {
                self.option("fails", Some(class));
                if let Some(says) = says {
                    self.key("says");
                    self.text(says);
                }
            }
        }
    }

    fn put_statement(&mut self, item: &Item<'s>) {
        match item {
            Item::Language(edition) => self.word(edition),
            Item::Import(path) => self.text(path),
            Item::Data(chains) => self.list(chains, |out, chain| {
                for (class, number) in chain.iter().zip(0..) {
                    if number > 0 {
                        out.key("<");
                    }
                    out.word(class);
                }
            }),
            Item::Deny { patterns, routes, because } => {
                self.words(patterns);
                if !routes.is_empty() {
                    self.key("for route");
                    self.words(routes);
                }
                if let Some(because) = because {
                    self.key("because");
                    self.text(because);
                }
            }
            Item::Assert { title, claim } => {
                if let Some(title) = title {
                    self.text(title);
                }
                self.claim(claim);
            }
            Item::Waive { code, kind, name, because, until } => {
                self.word(code);
                self.option("on", Some(kind));
                match name {
                    Name::Word(name) => self.word(name),
                    Name::Text(name) => self.text(name),
                }
                self.key("because");
                self.text(because);
                self.option("until", Some(until));
            }
            // These have braces.
            Item::Block(_) | Item::Allow { .. } | Item::Pool { .. } | Item::Workflow { .. } => {}
        }
    }

    fn claim(&mut self, claim: &Claim<'s>) {
        match claim {
            Claim::ReachesOnly { classes, whom } => {
                self.words(classes);
                self.key("reaches only");
                self.list(whom, Self::whom);
            }
            Claim::NeverReaches { classes, whom } => {
                self.key("never");
                self.words(classes);
                self.key("reaches");
                self.list(whom, Self::whom);
            }
            Claim::OnlyServe { patterns, routes } => {
                self.key("only");
                self.words(patterns);
                self.key("serve");
                self.routes(routes);
            }
            Claim::Passes { to, through } => {
                self.key("every path to");
                self.waypoint(to);
                self.key("passes");
                self.waypoint(through);
            }
            Claim::Survives { routes, count, what } => {
                self.routes(routes);
                self.option("survives losing any", Some(count));
                self.word(what);
            }
            Claim::Independent { route, of, by } => {
                self.word(route);
                self.option("independent of", Some(of));
                self.option("by", by.as_ref());
            }
            Claim::Bound { what, of, limit } => {
                self.word(what);
                self.key("of");
                match of {
                    Bounded::Routes(routes) => self.routes(routes),
                    Bounded::Workflow(name) => self.option("workflow", Some(name)),
                }
                self.option("<=", Some(limit));
            }
            Claim::OwnKeys(routes) => {
                self.key("own keys on");
                self.routes(routes);
            }
            Claim::NoFallback(routes) => {
                self.key("no fallback on");
                self.routes(routes);
            }
        }
    }

    fn routes(&mut self, routes: &Routes<'s>) {
        match routes {
            Routes::All(_) => self.key("all routes"),
            Routes::Named(names) => self.words(names),
        }
    }

    fn whom(&mut self, whom: &Whom<'s>) {
        match whom {
            Whom::Word(word) => self.word(word),
            Whom::Region(slug) => self.option("region", Some(slug)),
        }
    }

    fn waypoint(&mut self, waypoint: &Waypoint<'s>) {
        match waypoint {
            Waypoint::Tool(name) => self.option("tool", Some(name)),
            Waypoint::Step(name) => self.option("step", Some(name)),
            Waypoint::Provider(name) => self.option("provider", Some(name)),
            Waypoint::Approval(_, role) => {
                self.key("approval");
                self.option("by", role.as_ref());
            }
            Waypoint::Redaction(detectors) => {
                self.key("redaction of");
                self.words(detectors);
            }
        }
    }
}
