//! What redaction finds in the texts of `tests/redaction`, counted by detector: the figures of `docs/redaction.md`, with every miss and false alarm by name.
//!
//! In a file, texts are parted by lines of `%%`, and what is to be found stands between brackets: `⟦email:ann@example.com⟧`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use byokc::redact::{Detector, Detectors, find};

use crate::byokc::project;

/// A text and what is in it.
struct Sample {
    file: String,
    text: String,
    expected: Vec<(Detector, Range<usize>)>,
}

fn samples() -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(project().join("tests/redaction")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut samples = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let whole = std::fs::read_to_string(&file).unwrap();
        samples.extend(whole.trim_end().split("\n%%\n").map(|marked| sample(&name, marked)));
    }
    samples
}

fn sample(file: &str, marked: &str) -> Sample {
    let (mut text, mut expected) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, behind)) = rest.split_once('⟦') {
        let (inside, after) = behind.split_once('⟧').unwrap();
        let (detector, value) = inside.split_once(':').unwrap();
        text.push_str(before);
        let start = text.len();
        text.push_str(value);
        expected.push((Detector::parse(detector).unwrap(), start..text.len()));
        rest = after;
    }
    text.push_str(rest);
    Sample { file: file.to_owned(), text, expected }
}

/// What came of one detector. What is found only in part is a miss and a false alarm.
#[derive(Default)]
struct Tally {
    expected: usize,
    right: usize,
    missed: Vec<String>,
    false_alarms: Vec<String>,
}

fn tallies() -> BTreeMap<Detector, Tally> {
    let mut all: BTreeMap<Detector, Tally> = Detector::ALL.into_iter().map(|detector| (detector, Tally::default())).collect();
    for Sample { file, text, expected } in samples() {
        let found: Vec<_> = find(&text, Detectors::ALL).into_iter().map(|found| (found.detector, found.range)).collect();
        let said = |range: &Range<usize>| {
            let line_start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
            let before: String = text[line_start..range.start].chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
            let shown: String = text[range.clone()].chars().take(40).collect();
            format!("{file}: {before}⟦{}⟧", shown.replace('\n', "⏎"))
        };
        for (detector, range) in &expected {
            let tally = all.get_mut(detector).unwrap();
            tally.expected += 1;
            if found.contains(&(*detector, range.clone())) {
                tally.right += 1;
            } else {
                tally.missed.push(said(range));
            }
        }
        for (detector, range) in found.iter().filter(|found| !expected.contains(found)) {
            all.get_mut(detector).unwrap().false_alarms.push(said(range));
        }
    }
    all
}

/// The table and the lists, as they stand in the documentation.
fn report() -> String {
    let percent = |part: usize, whole: usize| format!("{}.{} %", part * 100 / whole, part * 1000 / whole % 10);
    let mut report = String::from("| detector | in the texts | found | precision | recall |\n| --- | ---: | ---: | ---: | ---: |\n");
    let tallies = tallies();
    for (detector, tally) in &tallies {
        let (precision, recall) = (percent(tally.right, tally.right + tally.false_alarms.len()), percent(tally.right, tally.expected));
        writeln!(report, "| `{}` | {} | {} | {precision} | {recall} |", detector.as_str(), tally.expected, tally.right).unwrap();
    }
    report
}

fn by_name() -> String {
    let mut list = String::new();
    for (detector, tally) in tallies() {
        for (kind, places) in [("missed", &tally.missed), ("false alarm", &tally.false_alarms)] {
            for place in places {
                writeln!(list, "{} {kind}: {place}", detector.as_str()).unwrap();
            }
        }
    }
    list
}

#[test]
fn the_figures_of_the_documentation_are_what_comes_out() {
    let document = std::fs::read_to_string(project().join("docs/redaction.md")).unwrap();
    let report = report();
    assert!(document.contains(&report), "docs/redaction.md has other figures than these:\n\n{report}");
}

#[test]
fn each_miss_and_each_false_alarm_is_written_down() {
    let known = std::fs::read_to_string(project().join("tests/redaction/misses.list")).unwrap();
    let found = by_name();
    assert!(known == found, "tests/redaction/misses.list should be:\n\n{found}");
}

#[test]
fn the_texts_hold_something_of_everything_and_much_of_nothing() {
    let samples = samples();
    assert!(samples.len() > 350, "{}", samples.len());
    assert!(samples.iter().filter(|sample| sample.expected.is_empty()).count() > 120);
    for detector in Detector::ALL {
        assert!(samples.iter().flat_map(|sample| &sample.expected).filter(|(of, _)| *of == detector).count() >= 20, "{detector:?}");
    }
}
