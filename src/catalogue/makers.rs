//! Who makes models, and how each maker's ids are brought to one spelling.

/// The maker of that name.
pub(super) fn is_maker(name: &str) -> Option<&'static str> {
    MAKERS.iter().copied().find(|maker| *maker == name)
}

/// A maker's name here for the one by which sellers and model hubs call it.
pub(super) fn of_author(author: &str) -> Option<&'static str> {
    let other = AUTHORS.iter().find(|(name, _)| *name == author).map(|(_, maker)| *maker);
    other.or_else(|| is_maker(author))
}

/// The maker of a model by the first word of its name.
pub(super) fn of_family(slug: &str) -> Option<&'static str> {
    FAMILIES.iter().find(|(start, _)| slug.starts_with(start)).map(|(_, maker)| *maker)
}

/// The one spelling of a maker's model, without a snapshot's date; `None` where an id may stand for several models.
pub(super) fn canonical(maker: &str, slug: &str) -> Option<String> {
    let slug = without_at(slug)?;
    if let Some((_, _, model)) = SPELLINGS.iter().find(|(of, spelling, _)| *of == maker && *spelling == slug) {
        return model.map(str::to_owned);
    }
    let plain = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
    if !plain || !slug.starts_with(|first: char| first.is_ascii_alphanumeric()) || slug.len() > 100 {
        return None;
    }
    let slug = without_iso_date(&slug);
    let model = match maker {
        "openai" => openai(slug),
        "anthropic" => anthropic(slug),
        "gemini" => gemini(slug),
        "mistral" => mistral(slug),
        "deepseek" => Some(deepseek(slug)),
        "meta" => meta(slug),
        "amazon" => Some(amazon(slug)),
        "cohere" => Some(cohere(slug)),
        "xai" => Some(dotted(without_month_day(slug), "grok-")).filter(|slug| slug.starts_with("grok-")),
        "zai" => Some(dotted(without_month_day(slug), "glm-")),
        _ => Some(without_month_day(slug).to_owned()),
    }?;
    // A name with no number in it tends to move from one model to the next.
    let numbered = maker == "amazon" || model.bytes().any(|byte| byte.is_ascii_digit());
    let moving = model.split(['-', '.', '_']).any(|part| matches!(part, "latest" | "default" | "exp" | "experimental"));
    (numbered && !moving).then_some(model)
}

fn openai(slug: &str) -> Option<String> {
    // The model behind ChatGPT has a name of its own, with or without `latest`.
    let slug = if slug.ends_with("-chat-latest") { slug.strip_suffix("-latest")? } else { slug };
    Some(without_month_day(slug).to_owned())
}

fn anthropic(slug: &str) -> Option<String> {
    // `claude-3-5-haiku-latest` is the newest snapshot of that one model.
    let slug = without_day_stamp(slug.strip_suffix("-latest").unwrap_or(slug)).replace('.', "-");
    // A family and a version of one or two numbers, in either order; what else may follow need not be the same model.
    let parts: Vec<&str> = slug.strip_prefix("claude-")?.split('-').collect();
    let version = |part: &&str| part.len() <= 2 && digits(part);
    let family = |part: &&str| part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let form = match parts.as_slice() {
        [one, two] => (family(one) && version(two)) || (version(one) && family(two)),
        [one, two, three] => version(two) && ((family(one) && version(three)) || (version(one) && family(three))),
        _ => false,
    };
    form.then_some(slug)
}

fn gemini(slug: &str) -> Option<String> {
    let numbered = slug.strip_prefix("gemini-").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    if !numbered {
        // Vectors of a preview need not compare with those of the release.
        let named = !slug.starts_with("gemini-") || slug.starts_with("gemini-embedding-");
        return (named && !slug.ends_with("-preview")).then(|| slug.to_owned());
    }
    let release = slug.rsplit_once('-').filter(|(_, count)| count.len() == 3 && digits(count)).map_or(slug, |(slug, _)| slug);
    let release = release.strip_suffix("-customtools").unwrap_or(release);
    let preview = release.rsplit_once("-preview").filter(|(_, date)| date.is_empty() || is_preview_date(date));
    Some(preview.map_or(release, |(slug, _)| slug).to_owned())
}

/// `-09-2025` or `-05-06`.
fn is_preview_date(date: &str) -> bool {
    let mut parts = date.split('-').skip(1);
    let (month, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    month.len() == 2 && digits(month) && matches!(rest.len(), 2 | 4) && digits(rest) && parts.next().is_none()
}

/// At Mistral a year and month tell models of one name apart; other names move, unless a table says what they are.
fn mistral(slug: &str) -> Option<String> {
    let (_, stamp) = slug.rsplit_once('-')?;
    let (year, month) = (stamp.get(..2)?.parse::<u8>().ok()?, stamp.get(2..)?.parse::<u8>().ok()?);
    (stamp.len() == 4 && year >= 23 && (1..=12).contains(&month)).then(|| slug.to_owned())
}

fn deepseek(slug: &str) -> String {
    let slug = slug.strip_prefix("deepseek-").unwrap_or(slug);
    let slug = slug.strip_prefix("chat-").unwrap_or(slug);
    let slug = dotted(without_month_day(slug), "v");
    format!("deepseek-{slug}")
}

fn meta(slug: &str) -> Option<String> {
    let Some(rest) = slug.strip_prefix("llama") else {
        return Some(slug.strip_suffix("-contributor").unwrap_or(slug).to_owned());
    };
    let slug = dotted(&format!("llama-{}", rest.trim_start_matches('-')), "llama-").replace("-vision", "");
    match slug.as_str() {
        "llama-4-maverick" | "llama-4-maverick-17b-instruct" | "llama-4-maverick-17b-128e-instruct" => Some("llama-4-maverick".to_owned()),
        "llama-4-scout" | "llama-4-scout-17b-instruct" | "llama-4-scout-17b-16e-instruct" => Some("llama-4-scout".to_owned()),
        _ => (slug.starts_with("llama-3") && slug.ends_with("b-instruct")).then_some(slug),
    }
}

fn amazon(slug: &str) -> String {
    if !slug.starts_with("nova-") {
        return slug.to_owned();
    }
    let slug = slug.strip_suffix("-v1").unwrap_or(slug);
    let slug = without_day_stamp(slug);
    slug.strip_suffix("-preview").unwrap_or(slug).to_owned()
}

/// `embed-english-v3.0` is `embed-english-v3`, `rerank-v3-5` is `rerank-v3.5`.
fn cohere(slug: &str) -> String {
    let Some((name, version)) = slug.rsplit_once("-v") else { return slug.to_owned() };
    let version = version.replace('-', ".");
    format!("{name}-v{}", version.strip_suffix(".0").unwrap_or(&version))
}

/// Vertex writes a version after `@`.
fn without_at(slug: &str) -> Option<String> {
    let Some((name, version)) = slug.split_once('@') else { return Some(slug.to_owned()) };
    let date = version.split_once('-').map_or(version, |(date, _)| date);
    match version {
        "default" => Some(name.to_owned()),
        _ if digits(version) && matches!(version.len(), 3 | 8) => Some(name.to_owned()),
        _ if digits(date) && date.len() == 4 => Some(format!("{name}-{date}")),
        _ => None,
    }
}

/// Without `-2025-04-14`.
fn without_iso_date(slug: &str) -> &str {
    let Some((name, date)) = slug.len().checked_sub(11).and_then(|place| slug.split_at_checked(place)) else { return slug };
    let is_date = date.strip_prefix('-').is_some_and(|date| crate::units::Date::parse(date).is_some());
    if is_date { name } else { slug }
}

/// Without `-20250929`.
fn without_day_stamp(slug: &str) -> &str {
    slug.rsplit_once('-').filter(|(_, date)| date.len() == 8 && digits(date)).map_or(slug, |(name, _)| name)
}

/// Without `-0813`, a month and a day. `-2507`, a year and a month, stays: it tells models apart.
fn without_month_day(slug: &str) -> &str {
    let is_day = |date: &str| {
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<u8>().ok()).unwrap_or_default();
        let (month, day) = (number(date.get(..2)), number(date.get(2..)));
        date.len() == 4 && digits(date) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    slug.rsplit_once('-').filter(|(_, date)| is_day(date)).map_or(slug, |(name, _)| name)
}

/// `glm-5-2` as `glm-5.2`: two single digits after `start` are one version.
fn dotted(slug: &str, start: &str) -> String {
    let Some(rest) = slug.strip_prefix(start) else { return slug.to_owned() };
    let mut letters = rest.chars();
    let first: [Option<char>; 4] = std::array::from_fn(|_| letters.next());
    match first {
        [Some(major), Some('-'), Some(minor), None | Some('-')] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            format!("{start}{major}.{minor}{}", rest.get(3..).unwrap_or_default())
        }
        _ => slug.to_owned(),
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[rustfmt::skip]
const MAKERS: &[&str] = &[
    "amazon", "anthropic", "cohere", "deepseek", "gemini", "inception", "meta", "minimax", "mistral", "moonshotai", "nvidia", "openai",
    "qwen", "tencent", "xai", "xiaomi", "zai",
];

#[rustfmt::skip]
const AUTHORS: &[(&str, &str)] = &[
    ("google", "gemini"),
    ("mistralai", "mistral"),
    ("deepseek-ai", "deepseek"),
    ("meta-llama", "meta"),
    ("meta-models", "meta"),
    ("x-ai", "xai"),
    ("z-ai", "zai"),
    ("zai-org", "zai"),
    ("moonshot", "moonshotai"),
    ("minimaxai", "minimax"),
];

#[rustfmt::skip]
const FAMILIES: &[(&str, &str)] = &[
    ("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("text-embedding-3-", "openai"), ("text-embedding-ada-", "openai"),
    ("claude-", "anthropic"),
    ("gemini-", "gemini"), ("gemma-", "gemini"), ("text-embedding-0", "gemini"), ("text-multilingual-embedding-", "gemini"), ("multimodalembedding", "gemini"),
    ("mistral-", "mistral"), ("ministral-", "mistral"), ("codestral", "mistral"), ("devstral-", "mistral"), ("magistral-", "mistral"),
    ("pixtral-", "mistral"), ("open-mistral-", "mistral"),
    ("deepseek-", "deepseek"),
    ("llama", "meta"),
    ("qwen", "qwen"),
    ("grok-", "xai"),
    ("kimi-", "moonshotai"),
    ("glm-", "zai"), ("zai-glm-", "zai"),
    ("minimax-", "minimax"),
];

/// Names of a maker's own that follow no rule; `None` where the name does not tell which model it is.
#[rustfmt::skip]
static SPELLINGS: &[(&str, &str, Option<&str>)] = &[
    ("openai", "gpt-4-1106-preview", Some("gpt-4-turbo")),
    ("openai", "gpt-4-0125-preview", Some("gpt-4-turbo")),
    ("openai", "gpt-4-turbo-preview", Some("gpt-4-turbo")),
    ("openai", "o3-mini-high", Some("o3-mini")),
    ("openai", "o4-mini-high", Some("o4-mini")),
    ("openai", "text-embedding-ada-002-v2", Some("text-embedding-ada-002")),
    // From 5.6 on a generation has several models; its bare name has the price of one of them, which is no proof.
    ("openai", "gpt-5.6", None),
    ("openai", "gpt-6", None),
    ("openai", "gpt-6.1", None),
    ("openai", "gpt-6.2", None),
    ("anthropic", "claude-sonnet-4-0", Some("claude-sonnet-4")),
    ("anthropic", "claude-opus-4-0", Some("claude-opus-4")),
    ("anthropic", "claude-mythos-preview", Some("claude-mythos-preview")),
    ("cohere", "command-a-plus", Some("command-a-plus")),
    ("gemini", "multimodalembedding", Some("multimodalembedding")),
    ("meta", "muse-spark-open", Some("muse-spark-open")),
    ("qwen", "qwen3-coder", Some("qwen3-coder-480b-a35b")),
    ("mistral", "mistral-large-3", Some("mistral-large-2512")),
    ("mistral", "mistral-large-4", Some("mistral-large-4")),
    ("mistral", "mistral-large-4-0", Some("mistral-large-4")),
    ("mistral", "mistral-medium-3-5", Some("mistral-medium-2604")),
    ("mistral", "mistral-medium-3.5", Some("mistral-medium-2604")),
    ("mistral", "mistral-medium-3.1", Some("mistral-medium-2508")),
    ("mistral", "ministral-3-3b-2512", Some("ministral-3b-2512")),
    ("mistral", "ministral-3-8b-2512", Some("ministral-8b-2512")),
    ("mistral", "ministral-3-14b-2512", Some("ministral-14b-2512")),
    ("mistral", "open-mistral-nemo", Some("mistral-nemo")),
    ("mistral", "open-mistral-nemo-2407", Some("mistral-nemo")),
    ("mistral", "mistral-nemo", Some("mistral-nemo")),
    ("mistral", "mistral-nemo-2407", Some("mistral-nemo")),
    ("mistral", "mistral-embed", Some("mistral-embed")),
    ("mistral", "mistral-embed-2312", Some("mistral-embed")),
];
