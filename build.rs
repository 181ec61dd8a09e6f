//! Turns `src/catalogue/models.json` into a sorted static table, so that a start costs no parsing.
#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, error, fs};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

const DATA: &str = "src/catalogue/models.json";

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed={DATA}");
    println!("cargo::rerun-if-changed=build.rs");
    let data: Value = serde_json::from_str(&fs::read_to_string(DATA)?)?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("catalogue.rs"), table(&data)?)?;
    Ok(())
}

fn table(data: &Value) -> Result<String, Box<dyn error::Error>> {
    let mut models: Vec<&Value> = list(data, "models").iter().collect();
    models.sort_by_key(|model| (text(model, "vendor"), text(model, "id")));
    let mut bases: Vec<&str> = models.iter().filter_map(|model| text(model, "base")).collect();
    bases.sort_unstable();
    bases.dedup();
    let digest = Sha256::digest(serde_json_canonicalizer::to_vec(data)?);
    let digest = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));

    let mut lists = String::new();
    let mut entries = String::new();
    for (number, model) in models.iter().enumerate() {
        entry(&mut entries, &mut lists, number, model)?;
    }
    let bases: Vec<_> = bases.iter().map(|base| format!("Cow::Borrowed({base:?})")).collect();
    let collected = date(text(data, "date").ok_or("the catalogue has no date")?);
    Ok(format!(
        "{lists}static ENTRIES: [Entry; {}] = [\n{entries}];\nstatic BASES: &[Str] = &[{}];\n\
         static BUILTIN: Catalogue = Catalogue {{ date: {collected}, digest: Cow::Borrowed({digest:?}), \
         entries: Cow::Borrowed(&ENTRIES), bases: Cow::Borrowed(BASES) }};\n",
        models.len(),
        bases.join(", "),
    ))
}

fn entry(out: &mut String, lists: &mut String, number: usize, model: &Value) -> Result<(), Box<dyn error::Error>> {
    let required = |field: &str| text(model, field).ok_or_else(|| format!("a model has no {field}: {model}"));
    let name = |field: &str| option(text(model, field).map(|text| format!("Cow::Borrowed({text:?})")));
    let tokens = |field: &str| option(model.get(field).map(digits));
    let set = |field: &str, set: &str, of: &str| {
        list(model, field)
            .iter()
            .filter_map(Value::as_str)
            .fold(format!("{set}::NONE"), |all, one| all + &format!(".with({of}::{})", camel(one)))
    };
    let endpoint = |one: &str| list(model, "endpoints").iter().any(|endpoint| endpoint == one);
    let mut part = |field: &str, kind: &str, first: fn(&Value) -> String| {
        let all = list(model, field);
        if all.is_empty() {
            return "Cow::Borrowed(&[])".to_owned();
        }
        let name = format!("{}_{number}", field.to_uppercase());
        let values: Vec<_> = all
            .iter()
            .map(|one| format!("{kind} {{ {}, input: {}, output: {} }}", first(one), money(one, "input"), money(one, "output")))
            .collect();
        lists.extend(["const ", &name, ": &[", kind, "] = &[", &values.join(", "), "];\n"]);
        format!("Cow::Borrowed({name})")
    };
    writeln!(
        out,
        "    Entry {{ vendor: Cow::Borrowed({:?}), id: Cow::Borrowed({:?}), mode: Mode::{}, maker: {}, base: {}, context: {}, max_input: {}, \
         max_output: {}, input_price: {}, output_price: {}, tiers: {}, changes: {}, capabilities: {}, unknown: {}, constraints: {}, \
         endpoints: Endpoints {{ chat_completions: {}, responses: {} }}, until: {}, zone: {} }},",
        required("vendor")?,
        required("id")?,
        camel(required("mode")?),
        name("maker"),
        name("base"),
        tokens("context"),
        tokens("max_input"),
        tokens("max_output"),
        money(model, "input_price"),
        money(model, "output_price"),
        part("tiers", "Tier", |tier| format!("above: {}", tier.get("above").map(digits).unwrap_or_default())),
        part("changes", "Change", |change| format!("from: {}", date(text(change, "from").unwrap_or_default()))),
        set("capabilities", "Capabilities", "Capability"),
        set("unknown", "Capabilities", "Capability"),
        set("constraints", "Constraints", "Constraint"),
        endpoint("chat_completions"),
        endpoint("responses"),
        option(text(model, "until").map(date)),
        name("zone"),
    )?;
    Ok(())
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}

/// `200000` as `200_000`.
fn digits(number: &Value) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// `"0.60"`, dollars, as picodollars. The crate's tests compare the table with what its own reader makes of the same file.
fn money(value: &Value, field: &str) -> String {
    option(text(value, field).map(|price| {
        let (whole, decimals) = price.split_once('.').unwrap_or((price, ""));
        let picodollars = format!("{whole}{decimals:0<12}");
        let picodollars = picodollars.trim_start_matches('0');
        format!("Money({})", grouped(if picodollars.is_empty() { "0" } else { picodollars }))
    }))
}

/// `2027-01-31`, checked when the table is compiled.
fn date(text: &str) -> String {
    let parts: Vec<_> = text.split('-').map(|part| part.trim_start_matches('0')).collect();
    format!("Date::constant({})", parts.join(", "))
}

/// The enum's name for a word.
fn camel(word: &str) -> String {
    match word {
        "forced_tool_choice" => "ForcedTools".to_owned(),
        "sampling_params" => "Sampling".to_owned(),
        _ => word.split('_').map(|part| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default()).collect(),
    }
}
