//! Reads a catalogue from JSON; what is wrong with a file is a value with its line and what to do.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use sha2::{Digest as _, Sha256};

use super::vocabulary::{Capabilities, Capability, Constraint, Constraints, Mode};
use super::{Catalogue, Change, Endpoints, Entry, Str, Tier};
use crate::units::{Date, Money};

/// Why a text is not a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.message, self.help)
    }
}

impl std::error::Error for CatalogueError {}

pub(super) fn read(text: &str) -> Result<Catalogue, CatalogueError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file: File = serde_json::from_str(text).map_err(|error| describe(&error))?;
    let digest = digest(text).map_err(|error| describe(&error))?;
    Ok(Catalogue::new(file.date.0, digest, file.models))
}

fn digest(text: &str) -> serde_json::Result<String> {
    let data: serde_json::Value = serde_json::from_str(text)?;
    let hash = Sha256::digest(serde_json_canonicalizer::to_vec(&data)?);
    Ok(hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")))
}

fn describe(error: &serde_json::Error) -> CatalogueError {
    let mut message = error.to_string();
    if let Some(place) = message.rfind(" at line ") {
        message.truncate(place);
    }
    let help = if error.is_data() {
        "write it as the built-in catalogue does (see docs/catalogue.md)"
    } else {
        "the file must be one JSON object with a date and models (see docs/catalogue.md)"
    };
    CatalogueError { line: error.line().max(1), message, help: help.to_owned() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    date: Day,
    #[serde(deserialize_with = "models")]
    models: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    vendor: String,
    id: String,
    mode: Word<Mode>,
    maker: Option<String>,
    base: Option<String>,
    context: Option<u64>,
    max_input: Option<u64>,
    max_output: Option<u64>,
    input_price: Option<Price>,
    output_price: Option<Price>,
    #[serde(default)]
    tiers: Vec<TierRecord>,
    #[serde(default)]
    changes: Vec<ChangeRecord>,
    #[serde(default)]
    capabilities: Vec<Word<Capability>>,
    #[serde(default)]
    unknown: Vec<Word<Capability>>,
    #[serde(default)]
    constraints: Vec<Word<Constraint>>,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
    until: Option<Day>,
    zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierRecord {
    above: u64,
    input: Option<Price>,
    output: Option<Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRecord {
    from: Day,
    input: Option<Price>,
    output: Option<Price>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Endpoint {
    ChatCompletions,
    Responses,
}

impl Record {
    /// The entry, or what is wrong with it.
    fn entry(self) -> Result<Entry, String> {
        let who = format!("`{}/{}`", self.vendor, self.id);
        if self.vendor.is_empty() || self.id.is_empty() {
            return Err(format!("{who} has no vendor or no id"));
        }
        let maker_of_base = self.base.as_deref().map(|base| base.split_once('/').map_or("", |(maker, _)| maker));
        if maker_of_base.is_some_and(|maker| maker.is_empty() || self.maker.as_deref() != Some(maker)) {
            return Err(format!("the base of {who} does not begin with its maker and a slash"));
        }
        if !self.tiers.is_sorted_by(|one, next| one.above < next.above) || !self.changes.is_sorted_by(|one, next| one.from.0 < next.from.0)
        {
            return Err(format!("the tiers or price changes of {who} do not rise"));
        }
        let price = |price: Option<Price>| price.map(|price| price.0);
        let set = |words: Vec<Word<Capability>>| words.into_iter().map(|word| word.0).collect::<Capabilities>();
        Ok(Entry {
            vendor: self.vendor.into(),
            id: self.id.into(),
            mode: self.mode.0,
            maker: self.maker.map(Into::into),
            base: self.base.map(Into::into),
            context: self.context,
            max_input: self.max_input,
            max_output: self.max_output,
            input_price: price(self.input_price),
            output_price: price(self.output_price),
            tiers: self
                .tiers
                .into_iter()
                .map(|tier| Tier { above: tier.above, input: price(tier.input), output: price(tier.output) })
                .collect(),
            changes: self
                .changes
                .into_iter()
                .map(|one| Change { from: one.from.0, input: price(one.input), output: price(one.output) })
                .collect(),
            capabilities: set(self.capabilities),
            unknown: set(self.unknown),
            constraints: self.constraints.into_iter().map(|word| word.0).collect::<Constraints>(),
            endpoints: Endpoints {
                chat_completions: self.endpoints.contains(&Endpoint::ChatCompletions),
                responses: self.endpoints.contains(&Endpoint::Responses),
            },
            until: self.until.map(|day| day.0),
            zone: self.zone.map(Into::into),
        })
    }
}

/// Reads the models one by one.
fn models<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    struct Models;
    impl<'de> Visitor<'de> for Models {
        type Value = Vec<Entry>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of models")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<Self::Value, A::Error> {
            let mut seen = BTreeSet::new();
            let mut entries = Vec::new();
            while let Some(entry) = records.next_element_seed(One(&mut seen))? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_seq(Models)
}

/// Reads one model and judges it while the reader still knows its line.
struct One<'a>(&'a mut BTreeSet<(Str, Str)>);

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a model")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Entry, A::Error> {
        let entry = Record::deserialize(MapAccessDeserializer::new(&mut fields))?.entry().map_err(de::Error::custom)?;
        if self.0.insert((entry.vendor.clone(), entry.id.clone())) {
            Ok(entry)
        } else {
            Err(de::Error::custom(format!("`{}/{}` is listed twice", entry.vendor, entry.id)))
        }
    }
}

struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Date::parse(&text).map(Self).ok_or_else(|| de::Error::custom(format!("`{text}` is not a day such as 2027-01-31")))
    }
}

struct Price(Money);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Money::parse(&text).map(Self).map_err(|error| de::Error::custom(format!("the price `{text}` is {error}")))
    }
}

struct Word<T>(T);

macro_rules! word {
    ($kind:ty, $what:literal) => {
        impl<'de> Deserialize<'de> for Word<$kind> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                <$kind>::parse(&text).map(Self).ok_or_else(|| de::Error::custom(format!(concat!("`{}` is not a ", $what), text)))
            }
        }
    };
}

word!(Mode, "mode");
word!(Capability, "capability");
word!(Constraint, "constraint");

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> CatalogueError {
        read(text).unwrap_err()
    }

    #[test]
    fn the_shipped_file_reads_as_the_table() {
        let read = read(include_str!("models.json")).unwrap();
        let builtin = Catalogue::builtin();
        assert!(read.iter().eq(builtin.iter()));
        assert_eq!((read.date(), read.digest(), &read.bases), (builtin.date(), builtin.digest(), &builtin.bases));
    }

    #[test]
    fn layout_does_not_change_the_digest() {
        let one = read("{\"date\": \"2027-01-31\",\n \"models\": []}").unwrap();
        let other = read("\u{feff}{\"models\":[],\"date\":\"2027-01-31\"}").unwrap();
        assert_eq!(one.digest(), other.digest());
    }

    #[test]
    fn errors_know_their_line() {
        let model = |rest: &str| {
            format!("{{\"date\": \"2027-01-31\", \"models\": [\n{{\"vendor\": \"a\", \"id\": \"b\", \"mode\": \"chat\"{rest}}}\n]}}")
        };
        assert!(read(&model("")).is_ok());
        for (rest, message) in [
            (", \"contxt\": 5", "unknown field `contxt`"),
            (", \"input_price\": \"1,5\"", "the price `1,5` is not a decimal number such as 0.60"),
            (", \"until\": \"2027-02-30\"", "`2027-02-30` is not a day such as 2027-01-31"),
            (", \"capabilities\": [\"flying\"]", "`flying` is not a capability"),
            (", \"base\": \"c/d\"", "the base of `a/b` does not begin with its maker and a slash"),
            (", \"context\": -1", "invalid value: integer `-1`, expected u64"),
        ] {
            let error = error(&model(rest));
            assert!(error.message.starts_with(message), "{error}");
            assert_eq!(error.line, 2, "{error}");
        }
        assert_eq!(error("{\n\n").line, 3);
        assert_eq!(error("").line, 1);
    }

    #[test]
    fn the_documented_file_reads() {
        let page = include_str!("../../docs/catalogue.md");
        let example = page.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
        let read = read(example).unwrap();
        assert_eq!(read.get("openai", "gpt-5.5").unwrap().tiers, Catalogue::builtin().get("openai", "gpt-5.5").unwrap().tiers);
        let words = Capability::ALL.iter().map(|one| one.as_str()).chain(Constraint::ALL.iter().map(|one| one.as_str()));
        for word in words {
            assert!(page.contains(&format!("`{word}`")), "{word} is not documented");
        }
    }

    #[test]
    fn a_model_is_listed_once() {
        let record = "{\"vendor\": \"a\", \"id\": \"b\", \"mode\": \"chat\"}";
        let error = error(&format!("{{\"date\": \"2027-01-31\", \"models\": [\n{record},\n{record}]}}"));
        assert_eq!((error.line, error.message.as_str()), (3, "`a/b` is listed twice"));
    }
}
