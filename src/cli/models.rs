//! `byokc models`: the catalogue.

use clap::Args;

use crate::catalogue::{Capability, Catalogue, Entry};
use crate::policy::matching::covers;
use crate::text::{Table, count, tokens};

use super::{Exit, Failure, Global, Outcome, output};

/// List what the catalogue knows of models: windows, prices, abilities, end dates
#[derive(Args)]
pub(super) struct Models {
    /// Only models of this name: `vendor/id`, where `*` stands for any characters, or a part of it [default: all]
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
}

pub(super) fn run(args: &Models, global: &Global) -> Outcome {
    let catalogue = global.catalogue()?;
    let mut table = Table::new(&["model", "window", "output", "in $/1M", "out $/1M", "can", "until"]).right(&[1, 2, 3, 4]);
    let mut listed = 0;
    for entry in catalogue.iter().filter(|entry| args.pattern.as_ref().is_none_or(|pattern| wanted(pattern, entry))) {
        listed += 1;
        table.row(row(entry));
    }
    if listed == 0 {
        let pattern = args.pattern.as_deref().unwrap_or("*");
        return Err(
            Failure::nothing(format!("the catalogue of {} has no model like `{pattern}`", catalogue.date())).help(help(catalogue, pattern))
        );
    }
    output::print(&format!("{}, as known on {}\n{}", count(listed, "model"), catalogue.date(), table.render(0)))?;
    Ok(Exit::Clean)
}

fn wanted(pattern: &str, entry: &Entry) -> bool {
    let name = name(entry);
    if pattern.contains('*') { covers(pattern, &name) } else { name.to_lowercase().contains(&pattern.to_lowercase()) }
}

fn name(entry: &Entry) -> String {
    format!("{}/{}", entry.vendor, entry.id)
}

fn row(entry: &Entry) -> [String; 7] {
    let unknown = || "?".to_owned();
    let price =
        |price: Option<crate::units::Money>| price.map_or_else(unknown, |price| price.to_string().trim_start_matches('$').to_owned());
    let can: Vec<&str> = entry.capabilities.iter().map(Capability::in_policy).collect();
    [
        name(entry),
        entry.context.or(entry.max_input).map_or_else(unknown, tokens),
        entry.max_output.map_or_else(unknown, tokens),
        price(entry.input_price),
        price(entry.output_price),
        can.join(" "),
        entry.until.map_or_else(String::new, |day| day.to_string()),
    ]
}

fn help(catalogue: &Catalogue, pattern: &str) -> String {
    let (vendor, id) = pattern.split_once('/').unwrap_or((pattern, ""));
    match catalogue.nearest(vendor, id) {
        Some(near) => format!("did you mean `{vendor}/{near}`?"),
        None => format!("it knows models of {}", vendors(catalogue).join(", ")),
    }
}

fn vendors(catalogue: &Catalogue) -> Vec<&str> {
    let mut vendors: Vec<&str> = catalogue.iter().map(|entry| &*entry.vendor).collect();
    vendors.dedup();
    vendors
}
