//! What a policy means: names resolved, units computed, defaults applied; every value keeps its place. Only `resolve` makes one.

use std::borrow::Cow;

use crate::catalogue::{Capabilities, Capability, Protocol};
use crate::diagnostic::SubjectKind;
use crate::source::{FileId, Span};
use crate::syntax::ast;
use crate::units::{Date, Money};

use super::class::{ClassSet, Classes};
use super::failure::{Failure, Failures};

/// Text that is borrowed from the source where it can be.
pub type Str<'s> = Cow<'s, str>;

/// A value with the place where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it is said.
    pub span: Span,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $table:ident: $item:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);

            impl<'s> std::ops::Index<$name> for Policy<'s> {
                type Output = $item<'s>;

                #[expect(clippy::indexing_slicing, reason = "only `resolve` makes ids, each for an entry of its own policy")]
                fn index(&self, id: $name) -> &$item<'s> {
                    &self.$table[id.0 as usize]
                }
            }
        )*
    };
}

ids! {
    /// A provider of the policy.
    ProviderId => providers: Provider,
    /// A distinct target `provider/model` that a chain or pool names.
    TargetId => targets: Target,
    /// A named allowlist.
    AllowId => allows: Allow,
    /// A pool.
    PoolId => pools: Pool,
    /// A route.
    RouteId => routes: Route,
    /// A tool.
    ToolId => tools: Tool,
    /// A source.
    SourceId => sources: DataSource,
    /// A workflow.
    WorkflowId => workflows: Workflow,
}

/// A whole policy: one root file and everything that it imports. Tables stand in source order, imported files first.
#[derive(Debug, Default)]
pub struct Policy<'s> {
    /// The files of the policy; the first is the root.
    pub files: Vec<FileId>,
    /// The data classes.
    pub classes: Classes,
    /// Providers.
    pub providers: Vec<Provider<'s>>,
    /// Declared facts about models.
    pub models: Vec<Model<'s>>,
    /// Every distinct target that a chain or pool names, in order of first mention.
    pub targets: Vec<Target<'s>>,
    /// Named allowlists, `default` among them.
    pub allows: Vec<Allow<'s>>,
    /// Denies.
    pub denies: Vec<Deny<'s>>,
    /// Pools.
    pub pools: Vec<Pool<'s>>,
    /// Routes.
    pub routes: Vec<Route<'s>>,
    /// Tools.
    pub tools: Vec<Tool<'s>>,
    /// Sources.
    pub sources: Vec<DataSource<'s>>,
    /// Workflows.
    pub workflows: Vec<Workflow<'s>>,
    /// Callers.
    pub callers: Vec<Caller<'s>>,
    /// Approvers.
    pub approvers: Vec<Approver<'s>>,
    /// Assertions, names checked.
    pub assertions: Vec<Assertion<'s>>,
    /// Tests, names checked.
    pub tests: Vec<Test<'s>>,
    /// Waivers.
    pub waivers: Vec<Waiver<'s>>,
}

impl Policy<'_> {
    /// The root file.
    pub fn root(&self) -> FileId {
        self.files.first().copied().unwrap_or(FileId(0))
    }

    /// Whether a place is in the root file; what is unused is reported for those only.
    pub fn is_own(&self, span: Span) -> bool {
        span.file == self.root()
    }
}

/// An account at a company that serves models.
#[derive(Debug)]
pub struct Provider<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// How it is spoken to. `None` only where that was an error.
    pub protocol: Option<Protocol>,
    /// Where its API is. `None` only where that was an error.
    pub base_url: Option<BaseUrl<'s>>,
    /// The place of the field, where there is one.
    pub base_url_span: Option<Span>,
    /// The reason given for `http` to another host.
    pub plaintext: Option<At<Str<'s>>>,
    /// The company behind it.
    pub vendor: Str<'s>,
    /// The place of `vendor`, where it is said.
    pub vendor_span: Option<Span>,
    /// Whether the catalogue's facts hold for it: it is at its vendor's own host.
    pub known_host: bool,
    /// Where its key is. `None`: it has none, and serves no route.
    pub key: Option<At<KeySource<'s>>>,
    /// The word `managed`: the key is owned or paid for by somebody else.
    pub managed: Option<Span>,
    /// What it may receive, everything below included.
    pub clearance: ClassSet,
    /// The place of `clearance`, where it is said.
    pub clearance_span: Option<Span>,
    /// Every region it may process in; `None`: unknown, anywhere.
    pub region: Option<At<Vec<Slug<'s>>>>,
    /// How long it keeps requests; `None`: unknown.
    pub retention: Option<At<Retention>>,
    /// That it does not train on them; `None`: unknown.
    pub training_never: Option<Span>,
    /// Who may serve behind it.
    pub upstreams: Upstreams<'s>,
    /// The place of `upstreams`, where it is said.
    pub upstreams_span: Option<Span>,
    /// `api_version`.
    pub api_version: Option<At<Str<'s>>>,
    /// Further headers.
    pub headers: Vec<Header<'s>>,
    /// The name that people read.
    pub title: Str<'s>,
    /// The place of `title`, where it is said.
    pub title_span: Option<Span>,
}

impl<'s> Provider<'s> {
    /// Whether it routes requests to other companies by itself.
    pub fn is_router(&self) -> bool {
        self.protocol == Some(Protocol::Openrouter) || self.vendor == "openrouter" || self.upstreams_span.is_some()
    }

    /// The variable that holds its address, where the environment says where it is: then nothing is known of where it processes, whatever `region` says.
    pub fn address_variable(&self) -> Option<&'s str> {
        match self.base_url {
            Some(BaseUrl::Variable(name)) => Some(name),
            _ => None,
        }
    }

    /// The host's name, where it is known.
    pub fn host(&self) -> Option<&str> {
        match &self.base_url {
            Some(BaseUrl::Address { host, .. }) => Some(host),
            _ => None,
        }
    }
}

/// Where a provider's API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseUrl<'s> {
    /// At this address.
    Address {
        /// The whole address.
        url: Str<'s>,
        /// Its host, lower case, without port.
        host: String,
        /// Whether that is a literal loopback address or `localhost`.
        loopback: bool,
    },
    /// In this environment variable, looked up at run time.
    Variable(&'s str),
}

/// Where a key or token is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeySource<'s> {
    /// An environment variable.
    Env(&'s str),
    /// A file.
    File(Str<'s>),
    /// The system's keyring: service, account.
    Keyring(Str<'s>, Str<'s>),
    /// The output of a program.
    Exec(Vec<Str<'s>>),
    /// A request's header.
    PerRequest,
    /// None is needed.
    None,
}

impl KeySource<'_> {
    /// The source's name for people, never a key: `OPENAI_API_KEY`, `file keys/openai`.
    pub fn describe(&self) -> String {
        match self {
            Self::Env(name) => (*name).to_owned(),
            Self::File(path) => format!("file {path}"),
            Self::Keyring(service, account) => format!("keyring {service} {account}"),
            Self::Exec(words) => format!("exec {}", words.first().map_or("", |word| word)),
            Self::PerRequest => "per_request".to_owned(),
            Self::None => "none".to_owned(),
        }
    }
}

/// A region or an upstream: parts joined by `/`.
pub type Slug<'s> = ast::Word<'s>;

/// How long requests are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retention {
    /// Not at all.
    None,
    /// At most so many milliseconds.
    AtMost(u64),
}

/// Who may serve behind a provider that routes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstreams<'s> {
    /// These only.
    Only(Vec<Slug<'s>>),
    /// Anybody but these.
    AnyExcept(Vec<Slug<'s>>),
}

/// A header that is sent along.
#[derive(Clone, Debug)]
pub struct Header<'s> {
    /// Its name.
    pub name: At<Str<'s>>,
    /// Its value.
    pub value: At<Str<'s>>,
}

/// Facts that the policy states about a model.
#[derive(Debug)]
pub struct Model<'s> {
    /// The target they are about, as written.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Its provider, where it is declared.
    pub provider: Option<ProviderId>,
    /// The model's id at that provider.
    pub id: Str<'s>,
    /// `is`: vendor and id of the catalogue's model that it is.
    pub is: Option<At<(Str<'s>, Str<'s>)>>,
    /// Window, in tokens.
    pub context: Option<At<u64>>,
    /// Output limit, in tokens.
    pub output: Option<At<u64>>,
    /// Capabilities that it has.
    pub supports: Option<At<Capabilities>>,
    /// Dollars for a million input tokens.
    pub input_price: Option<At<Money>>,
    /// Dollars for a million output tokens.
    pub output_price: Option<At<Money>>,
    /// The first day without it.
    pub until: Option<At<Date>>,
}

/// A distinct `provider/model`.
#[derive(Debug)]
pub struct Target<'s> {
    /// As written, `anthropic/claude-sonnet-5-5`.
    pub text: &'s str,
    /// The account.
    pub provider: ProviderId,
    /// The model's id at that account, quotes taken off.
    pub id: Str<'s>,
    /// Its first mention.
    pub span: Span,
    /// The declaration of facts about it (an index of `Policy::models`).
    pub model: Option<u32>,
}

/// A target, or a pattern of targets, as a list names it.
#[derive(Clone, Debug)]
pub struct Pattern<'s> {
    /// As written.
    pub text: &'s str,
    /// Its place.
    pub span: Span,
    /// The part before the first slash: an account or, in `deny` and assertions, a vendor too.
    pub owner: &'s str,
    /// The declared account of that name.
    pub provider: Option<ProviderId>,
    /// The part behind the slash, quotes taken off; `*` stands for any run of characters but `:`.
    pub id: Str<'s>,
}

/// A named allowlist.
#[derive(Debug)]
pub struct Allow<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// What it admits.
    pub patterns: Vec<Pattern<'s>>,
    /// What it takes back.
    pub except: Vec<Pattern<'s>>,
}

/// A deny.
#[derive(Debug)]
pub struct Deny<'s> {
    /// The declaration.
    pub span: Span,
    /// What is forbidden.
    pub patterns: Vec<Pattern<'s>>,
    /// For these routes only; `None` for all.
    pub routes: Option<Vec<RouteId>>,
    /// Why.
    pub because: Option<Str<'s>>,
}

/// A pool.
#[derive(Debug)]
pub struct Pool<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Whether a run may start at any member.
    pub spread: bool,
    /// Its members, in order.
    pub members: Vec<At<TargetId>>,
}

/// What a route serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum RouteKind {
    #[default]
    Chat,
    Embedding,
    Transcription,
    Speech,
    Image,
}

impl RouteKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Embedding, Self::Transcription, Self::Speech, Self::Image];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embedding => "embedding",
            Self::Transcription => "transcription",
            Self::Speech => "speech",
            Self::Image => "image",
        }
    }
}

/// One kind of task.
#[derive(Debug)]
pub struct Route<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read: `policy review`.
    pub title: Str<'s>,
    /// Why it is as it is.
    pub because: Option<Str<'s>>,
    /// What it serves.
    pub kind: RouteKind,
    /// Further names under which clients ask for it.
    pub answers: Vec<At<Str<'s>>>,
    /// The data it takes, everything below included.
    pub accepts: At<ClassSet>,
    /// Its allowlist: names and patterns that unite.
    pub allow: Vec<Allowing<'s>>,
    /// The place of `allow`, where it is said.
    pub allow_span: Option<Span>,
    /// `byok require` (false) or `byok prefer` (true).
    pub prefers_byok: At<bool>,
    /// Capabilities that it needs, beyond `tools` where it offers any.
    pub needs: Vec<At<Capability>>,
    /// Tokens of window and of output that it needs: all must be met.
    pub needs_context: Option<At<u64>>,
    /// See `needs_context`.
    pub needs_output: Option<At<u64>>,
    /// Region demands; each must be met.
    pub region: Vec<At<Vec<Slug<'s>>>>,
    /// The strictest retention demand.
    pub retention: Option<At<Retention>>,
    /// The demand `training never`.
    pub training_never: Option<Span>,
    /// The primary, then the fallbacks. Alternatives with an unknown name are left out (they have been reported).
    pub chain: Vec<Alternative>,
    /// What it says of fallbacks.
    pub fallback: Fallback,
    /// For each attempt, in milliseconds.
    pub timeout: u64,
    /// How often an attempt is repeated.
    pub retry: u8,
    /// For the whole run, in milliseconds.
    pub deadline: Option<At<u64>>,
    /// The largest prompt, in tokens.
    pub max_input: Option<At<u64>>,
    /// The longest answer, in tokens.
    pub max_output: Option<At<u64>>,
    /// The most that one run may cost.
    pub cost: Option<At<Money>>,
    /// What is masked before anything leaves.
    pub redact: Vec<At<Detector>>,
    /// What that makes of the data.
    pub lowers: Vec<Lowers<'s>>,
    /// `minimize history N`.
    pub history: Option<At<u64>>,
    /// `minimize strip FIELD…`.
    pub strip: Vec<At<Strip>>,
    /// The tools a model may be offered.
    pub tools: Vec<At<ToolId>>,
    /// The approval gate before the first attempt.
    pub approve: Option<Gate<'s>>,
    /// What a record holds.
    pub audit: At<Audit>,
    /// Whether something in it was wrong in a way that makes verdicts about its chain meaningless (already reported).
    pub broken: bool,
    /// Whether the parser could read all of it, and all that may say something for it: the defaults, and every declaration of the policy.
    pub whole: bool,
}

/// What a route says of fallbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: none, with a finding.
    Unsaid,
    /// `fallback none`, here or in the defaults.
    None(Span),
    /// One or more.
    Some,
}

/// One entry of a route's allowlist.
#[derive(Clone, Debug)]
pub enum Allowing<'s> {
    /// A named list; the place is where the route names it (the list's own, for `allow default` unsaid).
    List(At<AllowId>),
    /// A pattern.
    Pattern(Pattern<'s>),
}

/// One place of a route's chain.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The whole field.
    pub span: Span,
    /// After which failures it is entered. For a primary pool: after which its further members are.
    pub on: Failures,
    /// The place of `on CLASS…`, where it is said.
    pub on_span: Option<Span>,
    /// Who is called.
    pub callee: Callee,
    /// The place of the target's, pool's or route's name.
    pub callee_span: Span,
    /// `within DURATION`, in milliseconds.
    pub within: Option<At<u64>>,
    /// `up to TOKENS`.
    pub up_to: Option<At<u64>>,
}

/// Who is called at one place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A target.
    Target(TargetId),
    /// The members of a pool.
    Pool(PoolId),
    /// Another route's chain.
    Route(RouteId),
}

/// What redaction looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the detector of its name")]
pub enum Detector {
    Email,
    Phone,
    CreditCard,
    Iban,
    IpAddress,
    Ssn,
    Secret,
}

impl Detector {
    /// Every detector.
    pub const ALL: [Self; 7] = [Self::Email, Self::Phone, Self::CreditCard, Self::Iban, Self::IpAddress, Self::Ssn, Self::Secret];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::CreditCard => "credit_card",
            Self::Iban => "iban",
            Self::IpAddress => "ip_address",
            Self::Ssn => "ssn",
            Self::Secret => "secret",
        }
    }
}

/// A part of a request that is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the field of its name")]
pub enum Strip {
    User,
    Metadata,
    Images,
    Files,
}

impl Strip {
    /// Every field that can be stripped.
    pub const ALL: [Self; 4] = [Self::User, Self::Metadata, Self::Images, Self::Files];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Metadata => "metadata",
            Self::Images => "images",
            Self::Files => "files",
        }
    }
}

/// What a record of the audit log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the level of its name")]
pub enum Audit {
    None,
    #[default]
    Metadata,
    Full,
}

impl Audit {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::None, Self::Metadata, Self::Full];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Metadata => "metadata",
            Self::Full => "full",
        }
    }
}

/// `lowers FROM to TO because …`.
#[derive(Clone, Debug)]
pub struct Lowers<'s> {
    /// The field.
    pub span: Span,
    /// This class and all below.
    pub from: usize,
    /// Become this one.
    pub to: usize,
    /// Why that is so.
    pub because: Str<'s>,
}

/// An approval gate.
#[derive(Clone, Debug)]
pub struct Gate<'s> {
    /// The field.
    pub span: Span,
    /// Who must agree.
    pub role: ast::Word<'s>,
    /// By when, in milliseconds.
    pub within: u64,
}

/// What calling a tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the effect of its name")]
pub enum Effect {
    None,
    Read,
    Write,
    External,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 4] = [Self::None, Self::Read, Self::Write, Self::External];

    /// The name in the language and in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
            Self::External => "external",
        }
    }
}

/// How a tool authenticates.
#[derive(Clone, Debug)]
pub enum Auth<'s> {
    /// Not at all.
    None,
    /// With a token.
    Token(KeySource<'s>),
    /// With an `OAuth` scope.
    Oauth(Str<'s>),
}

/// A tool that a model may be offered.
#[derive(Debug)]
pub struct Tool<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// How it authenticates.
    pub auth: At<Auth<'s>>,
    /// What it does.
    pub effect: At<Effect>,
    /// The data it takes, everything below included.
    pub accepts: At<ClassSet>,
    /// The classes of what it returns, as written.
    pub returns: At<ClassSet>,
    /// The approval gate before each call.
    pub approve: Option<Gate<'s>>,
}

/// Where data enters a workflow.
#[derive(Debug)]
pub struct DataSource<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The classes of what it holds, as written.
    pub holds: At<ClassSet>,
}

/// How routes and tools are put together.
#[derive(Debug)]
pub struct Workflow<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// Its steps, as written.
    pub steps: Vec<Step<'s>>,
}

/// A step of a workflow. Other steps are named by their index in `Workflow::steps`.
#[derive(Debug)]
pub struct Step<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The block.
    pub span: Span,
    /// The route it calls. `None` only where that was an error.
    pub route: Option<At<RouteId>>,
    /// Steps that must all have succeeded.
    pub after: Vec<At<usize>>,
    /// Sources that enter.
    pub reads: Vec<At<SourceId>>,
    /// What it makes of the data.
    pub lowers: Vec<Lowers<'s>>,
    /// The step whose output it judges.
    pub judges: Option<At<usize>>,
    /// How often the route is called at most.
    pub at_most: At<u64>,
    /// Whether something in it was wrong in a way that makes verdicts about its data and its order meaningless (already reported).
    pub broken: bool,
}

/// A client of the runtime.
#[derive(Debug)]
pub struct Caller<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read.
    pub title: Str<'s>,
    /// Its token. `None` only where that was an error.
    pub token: Option<At<KeySource<'s>>>,
    /// The routes it calls directly, each with the place that names it; every route for `all`.
    pub routes: Vec<At<RouteId>>,
    /// Whether it said `routes all`.
    pub all_routes: bool,
    /// Its workflows.
    pub workflows: Vec<At<WorkflowId>>,
}

/// Somebody who may approve.
#[derive(Debug)]
pub struct Approver<'s> {
    /// Its name.
    pub name: ast::Word<'s>,
    /// The declaration.
    pub span: Span,
    /// The name that people read.
    pub title: Str<'s>,
    /// The roles it holds.
    pub roles: Vec<ast::Word<'s>>,
    /// An Ed25519 public key, base64 of 32 bytes.
    pub public_key: Option<At<Str<'s>>>,
}

/// An assertion whose names are all known.
#[derive(Debug)]
pub struct Assertion<'s> {
    /// What people call it.
    pub title: Option<Str<'s>>,
    /// The declaration.
    pub span: Span,
    /// The claim as written, behind `assert` and the title; space may stand before it.
    pub claim_span: Span,
    /// What is claimed.
    pub claim: ast::Claim<'s>,
}

/// A test whose names are all known.
#[derive(Debug)]
pub struct Test<'s> {
    /// Its name.
    pub name: At<Str<'s>>,
    /// The declaration.
    pub span: Span,
    /// Providers whose calls fail with `server_error`.
    pub down: Vec<At<ProviderId>>,
    /// Providers whose key is missing.
    pub missing: Vec<At<ProviderId>>,
    /// Targets or providers that fail.
    pub fail: Vec<(At<Failing<'s>>, Failure)>,
    /// Roles that refuse.
    pub refuse: Vec<ast::Word<'s>>,
    /// What is expected.
    pub expect: Vec<Expectation<'s>>,
}

/// What a test makes fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing<'s> {
    /// Every target of a provider.
    Provider(ProviderId),
    /// One target: account and id.
    Target(ProviderId, Str<'s>),
}

/// What a test expects of a route.
#[derive(Debug)]
pub struct Expectation<'s> {
    /// The field.
    pub span: Span,
    /// The route.
    pub route: At<RouteId>,
    /// What becomes of it.
    pub outcome: ast::Outcome<'s>,
}

/// A waiver.
#[derive(Debug)]
pub struct Waiver<'s> {
    /// The declaration.
    pub span: Span,
    /// The code's number.
    pub code: At<u16>,
    /// The kind of declaration.
    pub kind: At<SubjectKind>,
    /// Its name, as it stands in a finding's subject.
    pub name: At<Str<'s>>,
    /// Why.
    pub because: Str<'s>,
    /// The last day.
    pub until: At<Date>,
}
