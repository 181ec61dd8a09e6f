//! All detectors on texts of every kind that goes through a model: prose, which is most of it, what is full of digits and signs, and texts made to take long.
#![allow(missing_docs, reason = "a bench has no users")]

extern crate alloc;

use std::hint::black_box;

use byokc::redact::{Detectors, find};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// How long each text is, in bytes.
const LENGTH: usize = 1 << 20;

const PROSE: &str = "The committee met again on Tuesday to talk about the bridge. Nobody had expected the river to rise so early, and \
the engineer - who has worked on it for 11 years - asked for more time: the northern pier, she said, would have to be looked at first. \
It was agreed to close the road for two weeks; buses go by the old mill. \"We would rather be late than sorry\", the mayor said.\n\n";
const GERMAN: &str = "Die Überprüfung des nördlichen Pfeilers dauert länger als gedacht – frühestens im März weiß man mehr. Die Straße bleibt \
bis dahin gesperrt, Busse fahren über die alte Mühle; „lieber spät als gar nicht“, sagte die Bürgermeisterin.\n\n";
const CODE: &str = "impl Cache {\n    /// Looks a page up; `None` where it was never read.\n    pub fn get(&mut self, key: &Key) -> Option<&Page> {\n        \
let slot = self.index.get(key).copied()?;\n        self.uses[slot] += 1;\n        if self.uses[slot] % 64 == 0 {\n            \
self.order.touch(slot);\n        }\n        Some(&self.pages[slot])\n    }\n}\n\n";
const JSON: &str = "{\"id\":\"3f2b8c1e-77aa-4d10-9c35-5b0e6f1d2a90\",\"name\":\"Left valve\",\"price\":1249.5,\"stock\":37,\
\"created_at\":\"2026-11-24T08:15:30Z\",\"tags\":[\"valve\",\"brass\"],\"size\":{\"w\":120,\"h\":45},\"token_count\":512},\n";
const LOG: &str =
    "2026-11-24T08:15:30.512Z INFO  worker-7 request_id=9f86d081884c7d65 GET /v1/items/48213 200 17ms bytes=10482 cache=hit\n";
const CONTACTS: &str = "Ann Example;ann@mail.example.com;+49 30 1234567;4111 1111 1111 1111;DE89 3704 0044 0532 0130 00;203.0.113.77\n";

fn texts() -> Vec<(&'static str, String)> {
    let of = |piece: &str| piece.repeat(LENGTH / piece.len() + 1);
    vec![
        ("prose", of(PROSE)),
        ("prose, German", of(GERMAN)),
        ("code", of(CODE)),
        ("json", of(JSON)),
        ("log", of(LOG)),
        ("contacts", of(CONTACTS)),
        ("base64", of("iVBORw0KGgoAAAANSUhEUgAAAOEAAADhCAMAAAAJbSJIAAAAh1BMVEX9xZqf0JYkV3pT7uLmQw2rGdB8")),
        ("worst: digits", of("4")),
        ("worst: short numbers", of("411 ")),
        ("worst: dots", of("1.2.")),
        ("worst: at signs", of("a@a.")),
        ("worst: assignments", of("password=")),
        ("worst: addresses", of("http://a:")),
        ("worst: keys", of("-----BEGIN PRIVATE KEY-----")),
        ("worst: prefixes", of("sk-ant-")),
        ("worst: web tokens", of("eyJhbGciOiJIUzI1NiJ9.")),
        ("worst: colons", of("2001:")),
        ("worst: brackets", of("\\\"(+1-")),
    ]
}

fn detectors(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redact");
    group.sample_size(10);
    for (name, text) in texts() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| black_box(find(black_box(&text), Detectors::ALL)).len());
        });
    }
    group.finish();
}

criterion_group!(benches, detectors);
criterion_main!(benches);
