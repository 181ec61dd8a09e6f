//! Samples -> medians over the rounds, as tables for people and as JSON lines for records.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::{BYOKC, CONNECTIONS, DIRECT, PROXY, RECORDED, REDACTED};
use crate::load::Run;
use crate::words::CASES;

/// One run of one variant.
pub struct Sample {
    pub variant: String,
    pub case: String,
    pub connections: usize,
    pub run: Run,
    /// Processor time of the process in between.
    pub used: Option<Duration>,
}

/// A process's memory after all runs, in kB.
pub struct Memory {
    pub name: String,
    pub resident: u64,
    pub most: u64,
}

/// How long a process took to be ready, each time.
pub struct Start {
    pub name: String,
    pub line: Vec<Duration>,
    pub healthy: Vec<Duration>,
}

/// All that was seen.
#[derive(Default)]
pub struct Report {
    pub samples: Vec<Sample>,
    pub memory: Vec<Memory>,
    pub starts: Vec<Start>,
    /// Rounds that were finished.
    pub rounds: usize,
    /// How much of the core's time was used by this benchmark: below some 0.9 the machine had other work, and latencies say little.
    pub share: f64,
}

/// Medians over the rounds of one variant in one case; times in microseconds.
struct Row {
    requests: usize,
    per_second: f64,
    half: f64,
    most: f64,
    first: f64,
    used: Option<f64>,
}

/// What the controls add to a request, in microseconds of processor time: in each round by itself, then the median over the rounds.
struct Added {
    connections: usize,
    case: String,
    /// The request, in bytes.
    asked: usize,
    /// The audit log.
    recorded: f64,
    /// Redaction, beside that.
    redacted: f64,
}

type Rows<'a> = BTreeMap<&'a str, Row>;

impl Report {
    /// Prints the tables to standard output.
    pub fn print(&self) {
        println!("Medians of {} rounds, which had {:.0} % of the core.", self.rounds, self.share * 100.0);
        println!("Times in microseconds, those in between added to a direct call's.");
        println!(
            "`first`: to the first bytes of the answer. `cpu`: of the process in between, for each request. `ratio`: to the minimal proxy's."
        );
        for (connections, case, rows) in self.cases() {
            println!(
                "\n{connections} connections, {case}\n{:28} {:>8} {:>9} {:>8} {:>8} {:>8} {:>6}",
                "", "p50", "p99", "first", "per s", "cpu", "ratio"
            );
            let direct = rows.get(DIRECT);
            for (name, row) in self.ordered(&rows) {
                let base = direct.filter(|_| name != DIRECT);
                let added = |of: fn(&Row) -> f64| of(row) - base.map_or(0.0, of);

                let cell = |figure: f64| if base.is_some() { format!("{figure:+.0}") } else { format!("{figure:.0}") };
                let used = row.used.map_or_else(String::new, |used| format!("{used:.1}"));
                let ratio = ratio(&rows, row).map_or_else(String::new, |ratio| format!("{ratio:.2}"));
                let (half, most, first) = (cell(added(|row| row.half)), cell(added(|row| row.most)), cell(added(|row| row.first)));
                println!("{name:28} {half:>8} {most:>9} {first:>8} {:>8.0} {used:>8} {ratio:>6}", row.per_second);
            }
        }
        println!("\nAdded to a request of byokc, in microseconds of processor time:");
        println!("{:32} {:>10} {:>10} {:>16}", "", "audit log", "redaction", "for a kilobyte");
        for Added { connections, case, asked, recorded, redacted } in self.added() {
            let each = redacted / (asked as f64 / 1000.0);
            println!("{:32} {recorded:>+10.1} {redacted:>+10.1} {each:>+16.2}", format!("{connections} connections, {case}"));
        }
        println!("\n{:28} {:>12} {:>12} {:>14} {:>14}", "", "memory, MiB", "at most", "listens, ms", "healthy, ms");
        for (memory, start) in self.memory.iter().zip(&self.starts) {
            let healthy = median(start.healthy.iter().map(milliseconds)).map_or_else(String::new, |time| format!("{time:.1}"));
            let line = median(start.line.iter().map(milliseconds)).unwrap_or_default();
            println!("{:28} {:>12.1} {:>12.1} {line:>14.1} {healthy:>14}", memory.name, mib(memory.resident), mib(memory.most));
        }
    }

    /// The same as JSON, one object a line.
    pub fn lines(&self) -> String {
        let mut lines = Vec::new();
        for (connections, case, rows) in self.cases() {
            let direct = rows.get(DIRECT);
            for (name, row) in self.ordered(&rows) {
                let added = |of: fn(&Row) -> f64| direct.filter(|_| name != DIRECT).map(|direct| rounded(of(row) - of(direct)));
                lines.push(json!({
                    "connections": connections, "case": case, "variant": name, "requests": row.requests,
                    "per_second": rounded(row.per_second), "p50_us": rounded(row.half), "p99_us": rounded(row.most),
                    "first_p50_us": rounded(row.first), "added_p50_us": added(|row| row.half), "added_p99_us": added(|row| row.most),
                    "added_first_p50_us": added(|row| row.first), "cpu_us": row.used.map(rounded), "cpu_ratio": ratio(&rows, row).map(rounded),
                }));
            }
        }
        for Added { connections, case, asked, recorded, redacted } in self.added() {
            lines.push(json!({
                "connections": connections, "case": case, "asked_bytes": asked,
                "audit_added_cpu_us": rounded(recorded), "redaction_added_cpu_us": rounded(redacted),
            }));
        }
        for memory in &self.memory {
            lines.push(json!({"variant": memory.name, "rss_kib": memory.resident, "rss_most_kib": memory.most}));
        }
        for start in &self.starts {
            let time = |times: &[Duration]| median(times.iter().map(milliseconds)).map(rounded);
            lines.push(json!({"variant": start.name, "listens_ms": time(&start.line), "healthy_ms": time(&start.healthy)}));
        }
        lines.push(json!({"rounds": self.rounds, "core_share": rounded(self.share)}));
        lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"
    }

    /// The cases that were run.
    fn cases(&self) -> impl Iterator<Item = (usize, String, Rows<'_>)> {
        let all = CONNECTIONS.into_iter().flat_map(|connections| CASES.iter().map(move |case| (connections, case.name())));
        all.map(|(connections, case)| (connections, self.rows(connections, &case), case))
            .filter(|(_, rows, _)| !rows.is_empty())
            .map(|(connections, rows, case)| (connections, case, rows))
    }

    /// What the controls add, in each case.
    fn added(&self) -> Vec<Added> {
        let all = CONNECTIONS.into_iter().flat_map(|connections| CASES.iter().map(move |case| (connections, case)));
        all.filter_map(|(connections, case)| {
            let name = case.name();
            let used = |variant: &str| -> Vec<f64> {
                let of = |sample: &&Sample| sample.variant == variant && sample.connections == connections && sample.case == name;
                self.samples.iter().filter(of).filter_map(Sample::used_each).collect()
            };
            let between = |more: &[f64], less: &[f64]| median(more.iter().zip(less).map(|(more, less)| more - less));
            let (plain, recorded, redacted) = (used(BYOKC), used(RECORDED), used(REDACTED));
            Some(Added {
                connections,
                asked: case.request("chat").len(),
                recorded: between(&recorded, &plain)?,
                redacted: between(&redacted, &recorded)?,
                case: name,
            })
        })
        .collect()
    }

    fn rows(&self, connections: usize, case: &str) -> Rows<'_> {
        let mut samples: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
        for sample in self.samples.iter().filter(|sample| sample.connections == connections && sample.case == case) {
            samples.entry(&sample.variant).or_default().push(sample);
        }
        samples.into_iter().map(|(name, samples)| (name, Row::new(&samples))).collect()
    }

    /// A case's rows in the order in which the variants were first run.
    fn ordered<'a, 'r>(&'a self, rows: &'r Rows<'a>) -> Vec<(&'a str, &'r Row)> {
        let mut ordered: Vec<(&str, &Row)> = Vec::new();
        for sample in &self.samples {
            if !ordered.iter().any(|(name, _)| *name == sample.variant) {
                ordered.extend(rows.get_key_value(sample.variant.as_str()).map(|(name, row)| (*name, row)));
            }
        }
        ordered
    }
}

impl Sample {
    /// Processor time for each request, in microseconds.
    fn used_each(&self) -> Option<f64> {
        self.used.map(|used| used.as_secs_f64() * 1e6 / self.run.whole.len() as f64)
    }
}

impl Row {
    fn new(samples: &[&Sample]) -> Self {
        let of = |figure: fn(&Sample) -> f64| median(samples.iter().map(|sample| figure(sample))).unwrap_or_default();
        Self {
            requests: samples.iter().map(|sample| sample.run.whole.len()).sum(),
            per_second: of(|sample| sample.run.whole.len() as f64 / sample.run.took.as_secs_f64()),
            half: of(|sample| at(&sample.run.whole, 50)),
            most: of(|sample| at(&sample.run.whole, 99)),
            first: of(|sample| at(&sample.run.first, 50)),
            used: median(samples.iter().filter_map(|sample| sample.used_each())),
        }
    }
}

/// A row's processor time by that of the minimal proxy in the same case.
fn ratio(rows: &Rows, row: &Row) -> Option<f64> {
    Some(row.used? / rows.get(PROXY)?.used?)
}

/// The value below which `percent` of these sorted nanoseconds lie, in microseconds.
fn at(sorted: &[u64], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1000.0)
}

fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let (below, above) = (figures.get(figures.len().checked_sub(1)? / 2)?, figures.get(figures.len() / 2)?);
    Some(f64::midpoint(*below, *above))
}

fn milliseconds(time: &Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}
