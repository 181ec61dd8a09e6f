//! Every keyword of the language: the kinds of declaration, their fields, and what each field takes, in words that a message can use.

/// A keyword that begins a declaration, or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the keyword of its name")]
pub enum Kind {
    Language,
    Import,
    Data,
    Provider,
    Model,
    Allow,
    Deny,
    Pool,
    Defaults,
    Route,
    Tool,
    Source,
    Workflow,
    Step,
    Caller,
    Approver,
    Assert,
    Test,
    Waive,
}

impl Kind {
    /// Every kind that stands at the top of a file, in the order of the language reference.
    pub const DECLARATIONS: &'static [Self] = &[
        Self::Language,
        Self::Import,
        Self::Data,
        Self::Provider,
        Self::Model,
        Self::Allow,
        Self::Deny,
        Self::Pool,
        Self::Defaults,
        Self::Route,
        Self::Tool,
        Self::Source,
        Self::Workflow,
        Self::Caller,
        Self::Approver,
        Self::Assert,
        Self::Test,
        Self::Waive,
    ];

    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Import => "import",
            Self::Data => "data",
            Self::Provider => "provider",
            Self::Model => "model",
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Pool => "pool",
            Self::Defaults => "defaults",
            Self::Route => "route",
            Self::Tool => "tool",
            Self::Source => "source",
            Self::Workflow => "workflow",
            Self::Step => "step",
            Self::Caller => "caller",
            Self::Approver => "approver",
            Self::Assert => "assert",
            Self::Test => "test",
            Self::Waive => "waive",
        }
    }

    /// The kind of a keyword.
    pub fn parse(word: &str) -> Option<Self> {
        Self::DECLARATIONS.iter().copied().chain([Self::Step]).find(|kind| kind.as_str() == word)
    }

    /// How the declaration is written, for messages.
    pub fn form(self) -> &'static str {
        match self {
            Self::Language => "language 1",
            Self::Import => "import \"guardrails.byok\"",
            Self::Data => "data public < internal < confidential",
            Self::Provider => "provider openai { key env OPENAI_API_KEY }",
            Self::Model => "model lab/my-model { context 128k }",
            Self::Allow => "allow production { openai/gpt-6* }",
            Self::Deny => "deny openai/*-pro because \"too expensive\"",
            Self::Pool => "pool fast { openai/gpt-6-luna anthropic/claude-haiku-5-5 }",
            Self::Defaults => "defaults { timeout 30s }",
            Self::Route => "route support { accepts internal  primary openai/gpt-6-luna  fallback none }",
            Self::Tool => "tool search { auth none  effect read  accepts internal  returns internal }",
            Self::Source => "source tickets { holds confidential }",
            Self::Workflow => "workflow support { step draft { route reasoning } }",
            Self::Step => "step draft { route reasoning }",
            Self::Caller => "caller agent { token env AGENT_TOKEN  routes all }",
            Self::Approver => "approver lead { roles support_lead  public_key \"…\" }",
            Self::Assert => "assert restricted reaches only anthropic",
            Self::Test => "test \"OpenAI is down\" { down openai  expect support -> anthropic/claude-haiku-5-5 }",
            Self::Waive => "waive BYOK504 on route support because \"moving in May\" until 2027-05-31",
        }
    }

    /// The fields that may stand in the braces of this kind.
    pub fn fields(self) -> &'static [Key] {
        use Key as K;
        match self {
            Self::Provider => &[
                K::Key,
                K::Protocol,
                K::BaseUrl,
                K::Plaintext,
                K::Vendor,
                K::Clearance,
                K::Region,
                K::Retention,
                K::Training,
                K::Upstreams,
                K::ApiVersion,
                K::Header,
                K::Title,
            ],
            Self::Model => &[K::Is, K::Context, K::Output, K::Supports, K::InputPrice, K::OutputPrice, K::Until],
            Self::Route => &[
                K::Title,
                K::Because,
                K::Kind,
                K::Answers,
                K::Accepts,
                K::Allow,
                K::Byok,
                K::Needs,
                K::Region,
                K::Retention,
                K::Training,
                K::Primary,
                K::Fallback,
                K::Timeout,
                K::Retry,
                K::Deadline,
                K::MaxInput,
                K::MaxOutput,
                K::Cost,
                K::Redact,
                K::Lowers,
                K::Minimize,
                K::Tools,
                K::Approve,
                K::Audit,
            ],
            Self::Defaults => &[
                K::Accepts,
                K::Allow,
                K::Byok,
                K::Needs,
                K::Region,
                K::Retention,
                K::Training,
                K::Fallback,
                K::Timeout,
                K::Retry,
                K::Deadline,
                K::Cost,
                K::Redact,
                K::Audit,
            ],
            Self::Tool => &[K::Auth, K::Effect, K::Accepts, K::Returns, K::Approve],
            Self::Source => &[K::Holds],
            Self::Step => &[K::After, K::Reads, K::Judges, K::Route, K::AtMost, K::Lowers],
            Self::Caller => &[K::Title, K::Token, K::Routes, K::Workflows],
            Self::Approver => &[K::Title, K::Roles, K::PublicKey],
            Self::Test => &[K::Down, K::Fail, K::Missing, K::Refuse, K::Expect],
            _ => &[],
        }
    }
}

macro_rules! keys {
    ($($name:ident $text:literal $takes:literal,)*) => {
        /// A keyword that begins a field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is the keyword of its name")]
        pub enum Key { $($name,)* }

        impl Key {
            /// Every field keyword.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The keyword.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What follows the keyword, as the object of "`timeout` takes …".
            pub fn takes(self) -> &'static str {
                match self { $(Self::$name => $takes,)* }
            }

            /// The key of a keyword of any block.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

keys! {
    Accepts "accepts" "data classes, such as `confidential`",
    After "after" "names of steps, such as `draft, review`",
    Allow "allow" "names of allowlists or target patterns, such as `production, openrouter/mistralai/*`",
    Answers "answers" "strings, such as `\"gpt-4o\"`",
    ApiVersion "api_version" "a string, such as `\"2026-10-21\"`",
    Approve "approve" "a role, and optionally a time limit, such as `support_lead within 2h`",
    AtMost "at_most" "a number and the word `times`, such as `3 times`",
    Audit "audit" "one of `metadata`, `full`, `none`",
    Auth "auth" "`none`, `token` with a source such as `token env DOCS_TOKEN`, or `oauth` with a scope such as `oauth \"mail.send\"`",
    BaseUrl "base_url" "an address in quotes, such as `\"https://llm.example.com/v1\"`, or `env NAME`",
    Because "because" "a reason in quotes",
    Byok "byok" "`require` or `prefer`",
    Clearance "clearance" "data classes, such as `confidential`",
    Context "context" "a number of tokens, such as `128k`",
    Cost "cost" "an amount, such as `$0.60`",
    Deadline "deadline" "a duration, such as `60s`",
    Down "down" "names of providers, such as `openai, gemini`",
    Effect "effect" "one of `none`, `read`, `write`, `external`",
    Expect "expect" "a route and what becomes of it, such as `reasoning -> openai/gpt-5.2`, `reasoning tries …` or `reasoning fails missing_key`",
    Fail "fail" "a target or provider and a failure class, such as `openai with rate_limit`",
    Fallback "fallback" "a target `provider/model`, `pool NAME`, `route NAME` or `none`, and optionally `on` failure classes",
    Header "header" "a name and a value in quotes, such as `\"x-team\" \"support\"`",
    Holds "holds" "data classes, such as `confidential`",
    InputPrice "input_price" "dollars for a million tokens, such as `$2.50`",
    Is "is" "a model of the catalogue, such as `openai/gpt-5.2`",
    Judges "judges" "the name of a step, such as `draft`",
    Key "key" "a source: `env NAME`, `file \"path\"`, `keyring \"service\" \"account\"`, `exec \"program\", \"argument\"`, `per_request` or `none`",
    Kind "kind" "one of `chat`, `embedding`, `transcription`, `speech`, `image`",
    Lowers "lowers" "two classes and a reason, such as `confidential to internal because \"names are masked\"`",
    MaxInput "max_input" "a number of tokens, such as `20k`",
    MaxOutput "max_output" "a number of tokens, such as `4k`",
    Minimize "minimize" "`history` with a number, or `strip` with fields, such as `strip user, images`",
    Missing "missing" "names of providers, such as `anthropic`",
    Needs "needs" "capabilities, such as `tools, context 500k`",
    Output "output" "a number of tokens, such as `16k`",
    OutputPrice "output_price" "dollars for a million tokens, such as `$10`",
    Plaintext "plaintext" "`because` and a reason in quotes",
    Primary "primary" "a target `provider/model`, or `pool NAME`",
    Protocol "protocol" "one of `openai`, `anthropic`, `gemini`, `openrouter`, `openai_compatible`",
    PublicKey "public_key" "an Ed25519 public key in base64, in quotes",
    Reads "reads" "names of sources, such as `tickets`",
    Redact "redact" "detectors, such as `email, phone, secret`",
    Refuse "refuse" "a role, such as `support_lead`",
    Region "region" "regions, such as `eu, us/east-1`",
    Retention "retention" "`none` or a duration, such as `30d`",
    Retry "retry" "a number from 0 to 5",
    Returns "returns" "data classes, such as `internal`",
    Roles "roles" "names of roles, such as `support_lead`",
    Route "route" "the name of a route",
    Routes "routes" "names of routes, or `all`",
    Supports "supports" "capabilities, such as `tools, vision`",
    Timeout "timeout" "a duration, such as `8s`",
    Title "title" "a name in quotes",
    Token "token" "a source, such as `env AGENT_TOKEN`",
    Tools "tools" "names of tools, or `none`",
    Training "training" "`never`",
    Until "until" "a date, such as `2027-01-31`",
    Upstreams "upstreams" "`only` with upstreams such as `only mistral`, or `any`",
    Vendor "vendor" "the name of a vendor, such as `openai`",
    Workflows "workflows" "names of workflows, such as `support`",
}

impl Key {
    /// Whether the field may be given several times in one block.
    pub fn repeatable(self) -> bool {
        matches!(
            self,
            Self::Fallback
                | Self::Header
                | Self::Minimize
                | Self::Lowers
                | Self::Down
                | Self::Fail
                | Self::Missing
                | Self::Refuse
                | Self::Expect
        )
    }

    /// The key of a keyword, among those of one kind of block.
    pub fn parse(kind: Kind, word: &str) -> Option<Self> {
        kind.fields().iter().copied().find(|key| key.as_str() == word)
    }
}
