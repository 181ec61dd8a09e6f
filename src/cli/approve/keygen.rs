//! `byokc approve keygen`: a key for an approver. The private half goes to a file that only its owner reads, the public half to standard output.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::controls::approval::ApproverKey;

use super::super::{Exit, Failure, Outcome, files, output};

/// Make the key of an approver: the private key to a file, the line with the public key for the policy to standard output
#[derive(Args)]
pub(super) struct Keygen {
    /// Write the private key to FILE, which must not be there yet
    #[arg(short, value_name = "FILE", default_value = "approver.pem")]
    output: PathBuf,
}

pub(super) fn run(args: &Keygen) -> Outcome {
    if args.output.as_os_str() == "-" {
        return Err(Failure::usage("a private key is not printed").help("name a file for it with -o"));
    }
    let (private, public) = ApproverKey::generate().map_err(|_| Failure::new("the system has no random bytes"))?;
    write(&args.output, private.as_bytes())?;
    output::say(&format!("the private key is in {}: keep it, and show it to nobody", files::shown(&args.output)));
    output::say("the public key goes into the policy, into your `approver`:");
    output::print(&format!("public_key \"{public}\"\n"))?;
    Ok(Exit::Clean)
}

/// Writes the file whole or not at all, never over another, and for nobody else to read.
fn write(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return Failure::new(format!("{} is there already", files::shown(path)))
                .help("a key is never overwritten: name another file with -o");
        }
        Failure::new(format!("{} cannot be written: {error}", files::shown(path)))
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o600));
    }
    let mut file = builder.prefix(".byokc-").tempfile_in(folder).map_err(|error| failed(&error))?;
    file.write_all(text).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist_noclobber(path).map_err(|error| failed(&error.error))?;
    Ok(())
}
