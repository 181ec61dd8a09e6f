//! Files, catalogue and places.

use sha2::{Digest, Sha256};

use crate::compile::Compilation;
use crate::plan::{CatalogueMark, FileMark, Mark, Provenance};
use crate::source::Sources;

pub(super) fn provenance<'a>(sources: &'a Sources, compilation: &'a Compilation<'_>) -> Provenance<'a> {
    let policy = &compilation.policy;
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let mark = |span: crate::source::Span| {
        let start = sources.start(span);
        Mark { column: start.column, file: policy.files.iter().position(|file| *file == span.file).unwrap_or_default(), line: start.line }
    };
    Provenance {
        as_of: compilation.options.today.to_string().into(),
        catalogue: CatalogueMark {
            date: compilation.options.catalogue.date().to_string().into(),
            sha256: compilation.options.catalogue.digest().to_owned().into(),
        },
        compiler: concat!("byokc ", env!("CARGO_PKG_VERSION")).into(),
        files: policy
            .files
            .iter()
            .map(|file| FileMark {
                path: sources.name(*file).into(),
                sha256: hex(&Sha256::digest(sources.get(*file).map_or("", |source| source.text()).as_bytes())).into(),
            })
            .collect(),
        routes: policy.routes.iter().map(|route| (route.name.text.into(), mark(route.name.span))).collect(),
    }
}
