//! The passes of the compiler on policies of growing size, and the grammar by itself, to tell its share of the parser from that of the tree.
#![allow(missing_docs, reason = "a bench has no users")]
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a bench may touch the world and fail loudly")]

extern crate alloc;

use std::hint::black_box;

use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::imports::NoImports;
use byokc::plan::lower;
use byokc::source::{FileId, Source, Sources};
use byokc::syntax::{format_checked, parse};
use byokc::units::Date;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pest::Parser as _;

mod policy;

mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/byok.pest"]
    pub(crate) struct Grammar;
}

fn passes(criterion: &mut Criterion) {
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).expect("a day") };
    for routes in [10, 1_000, 10_000] {
        let text = policy::of(routes);
        let unformatted = text.replace("\n  ", "\n ");
        let mut group = criterion.benchmark_group("compiler");
        group.sample_size(20).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("grammar", routes), |bencher| {
            bencher.iter(|| black_box(grammar::Grammar::parse(grammar::Rule::file, black_box(&text))).is_ok());
        });
        group.bench_function(BenchmarkId::new("parse", routes), |bencher| bencher.iter(|| black_box(parse(FileId(0), &text))));
        group.bench_function(BenchmarkId::new("fmt", routes), |bencher| bencher.iter(|| black_box(format_checked(FileId(0), &text))));
        group.bench_function(BenchmarkId::new("fmt, not canonical", routes), |bencher| {
            bencher.iter(|| black_box(format_checked(FileId(0), &unformatted)));
        });
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", text.as_str()));
        group.bench_function(BenchmarkId::new("check", routes), |bencher| {
            bencher.iter(|| black_box(compile(&sources, root, &NoImports, options)));
        });
        let compilation = compile(&sources, root, &NoImports, options);
        let checked = compilation.checked().ok().expect("the generated policy has no error");
        group.bench_function(BenchmarkId::new("plan", routes), |bencher| {
            bencher.iter(|| lower(&sources, &checked).write_json(std::io::sink()).expect("a sink takes everything"));
        });
        group.finish();
    }
}

criterion_group!(benches, passes);
criterion_main!(benches);
