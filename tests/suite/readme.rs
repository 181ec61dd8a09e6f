//! Every command and output that the documents show: `console` blocks are run as they stand.

use crate::byokc::project;

#[test]
fn commands_and_outputs_in_the_documents() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("byokc", std::path::PathBuf::from(env!("CARGO_BIN_EXE_byokc")));
    cases.case(project().join("README.md"));
    cases.case(project().join("docs/*.md"));
    cases.run();
}
