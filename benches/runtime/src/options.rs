//! Arguments -> what to measure.

use std::path::PathBuf;

/// What to measure, and how long.
#[derive(Default)]
pub struct Options {
    /// The program under test.
    pub byokc: PathBuf,
    /// Its plan, compiled from `policy.byok`.
    pub plan: PathBuf,
    /// Its audit log.
    pub audit: PathBuf,
    /// Fewer, shorter rounds.
    pub quick: bool,
    /// So many rounds, rather than the usual number.
    pub rounds: Option<usize>,
    /// Plain answers only: no streams.
    pub plain: bool,
    /// Where the figures go as JSON lines, if anywhere.
    pub json: Option<PathBuf>,
    /// Other programs to measure: a name and a command.
    pub also: Vec<(String, String)>,
    /// Leave the program under test out.
    pub without_byokc: bool,
}

/// Reads the arguments of `run`.
pub fn read(arguments: &[String]) -> Result<Options, Box<dyn std::error::Error>> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--byokc" => options.byokc = value()?.into(),
            "--plan" => options.plan = value()?.into(),
            "--json" => options.json = Some(value()?.into()),
            "--also" => {
                let (name, command) = value()?.split_once('=').ok_or("--also takes NAME=COMMAND")?;
                options.also.push((name.to_owned(), command.to_owned()));
            }
            "--rounds" => options.rounds = Some(value()?.parse().map_err(|_| "--rounds takes a number")?),
            "--plain" => options.plain = true,
            "--audit" => options.audit = value()?.into(),
            "--quick" => options.quick = true,
            "--without-byokc" => options.without_byokc = true,
            _ => return Err(format!("{argument} is no option; `run --help` lists them").into()),
        }
    }
    Ok(options)
}
