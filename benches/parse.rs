//! How long it takes to parse, and to lay out, a policy of 10,000 routes.

#![expect(clippy::unwrap_used, reason = "a benchmark may stop")]

extern crate alloc;

use std::fmt::Write as _;
use std::hint::black_box;

use byokc::source::FileId;
use byokc::syntax::{format_checked, parse};
use criterion::{Criterion, criterion_group, criterion_main};
use pest::Parser as _;

/// The grammar alone, to tell its share from that of the tree.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/byok.pest"]
    pub(crate) struct Grammar;
}

/// A policy of many routes: chains of fallbacks, allowlists, reasons, comments.
fn policy(routes: usize) -> String {
    let mut out = String::from("language 1\n\n");
    for provider in ["openai", "anthropic", "gemini", "mistral"] {
        let key = provider.to_uppercase();
        write!(out, "provider {provider} {{\n  key        env {key}_API_KEY\n  clearance  confidential\n  region     us, eu\n}}\n\n")
            .unwrap();
    }
    out.push_str("allow production {\n  openai/gpt-5*\n  openai/gpt-6*\n  anthropic/claude-*\n  gemini/gemini-*\n}\n");
    for route in 0..routes {
        write!(out, "\nroute task_{route} {{\n").unwrap();
        if route % 4 == 0 {
            out.push_str("  because   \"Cheap and fast; a wrong label costs one retry\"\n");
        }
        out.push_str("  accepts   confidential\n  allow     production\n  primary   openai/gpt-6-luna\n");
        out.push_str("  fallback  anthropic/claude-haiku-5-5 on outage, rate_limit\n");
        if route % 3 == 0 {
            out.push_str("  fallback  gemini/gemini-3.8-flash on outage # the last resort\n");
        }
        out.push_str("  timeout   8s\n}\n");
    }
    out
}

fn bench(c: &mut Criterion) {
    let text = policy(10_000);
    let mut group = c.benchmark_group("10,000 routes");
    group.sample_size(20).throughput(criterion::Throughput::Bytes(text.len() as u64));
    group.bench_function("grammar", |b| b.iter(|| grammar::Grammar::parse(grammar::Rule::file, black_box(&text)).unwrap()));
    group.bench_function("parse", |b| b.iter(|| parse(FileId(0), black_box(&text))));
    group.bench_function("format", |b| b.iter(|| format_checked(FileId(0), black_box(&text)).unwrap()));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
