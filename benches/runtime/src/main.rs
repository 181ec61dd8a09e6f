//! What `byokc serve` costs beside a direct call and a minimal proxy. `run` starts it; `run --help` tells how.

mod bench;
mod load;
mod options;
mod process;
mod proxy;
mod report;
mod upstream;
mod words;

use std::process::ExitCode;

use tokio::task::LocalSet;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return ExitCode::FAILURE };
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["upstream"] => {
            end_with_parent();
            runtime.block_on(upstream::serve()).map_err(Into::into)
        }
        ["proxy", upstream] => {
            end_with_parent();
            match upstream.parse() {
                Ok(upstream) => runtime.block_on(proxy::serve(upstream)).map_err(Into::into),
                Err(error) => Err(error.into()),
            }
        }
        _ => options::read(&arguments).and_then(|options| LocalSet::new().block_on(&runtime, bench::run(&options))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benches/runtime: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ends this process when its standard input does, so that no child outlives the benchmark, however that ends.
fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
}
