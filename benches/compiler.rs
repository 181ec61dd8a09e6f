//! The passes of the compiler on policies of growing size.
#![allow(missing_docs, reason = "a bench has no users")]
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a bench may touch the world and fail loudly")]

use std::hint::black_box;

use byokc::catalogue::Catalogue;
use byokc::compile::{Options, compile};
use byokc::imports::NoImports;
use byokc::plan::lower;
use byokc::source::{FileId, Source, Sources};
use byokc::syntax::{format_checked, parse};
use byokc::units::Date;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod generate;

fn passes(criterion: &mut Criterion) {
    let options = Options { catalogue: Catalogue::builtin(), today: Date::new(2026, 11, 24).expect("a day") };
    for routes in [10, 1_000, 10_000] {
        let text = generate::policy(routes);
        let mut group = criterion.benchmark_group("compiler");
        group.sample_size(20).throughput(Throughput::Bytes(text.len() as u64));
        group
            .bench_with_input(BenchmarkId::new("parse", routes), &text, |bencher, text| bencher.iter(|| black_box(parse(FileId(0), text))));
        group.bench_with_input(BenchmarkId::new("fmt", routes), &text, |bencher, text| {
            bencher.iter(|| black_box(format_checked(FileId(0), text)))
        });
        let sources = Sources::default();
        let root = sources.add(Source::new("policy.byok", text.as_str()));
        group.bench_with_input(BenchmarkId::new("check", routes), &root, |bencher, root| {
            bencher.iter(|| black_box(compile(&sources, *root, &NoImports, options)));
        });
        let compilation = compile(&sources, root, &NoImports, options);
        let checked = compilation.checked().ok().expect("the generated policy has no error");
        group.bench_with_input(BenchmarkId::new("plan", routes), &root, |bencher, _| {
            bencher.iter(|| black_box(lower(&sources, &checked).to_json()))
        });
        group.finish();
    }
}

criterion_group!(benches, passes);
criterion_main!(benches);
