//! A command -> a child that listens: where, its processor time, its memory; ended when dropped.

use std::io::{BufRead, BufReader, Error, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// How long a child may take until it listens.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running child of ours.
pub struct Process {
    child: Child,
    clock: ClockId,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the call that started it to the line that says where it listens.
    pub until_line: Duration,
    /// The same to the first answer 200 from `/healthz`, if that was asked for.
    pub until_healthy: Option<Duration>,
}

impl Process {
    /// Starts a command and waits until it says on standard error where it listens; with `healthy` until it says that it is well, too.
    /// Its standard input is a pipe that stays open as long as this value.
    pub fn start(command: &mut Command, healthy: bool) -> Result<Self, Error> {
        let began = Instant::now();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let listened = child.stderr.take().map_or_else(|| Err(Error::other("no standard error")), |stderr| address(BufReader::new(stderr)));
        let until_line = began.elapsed();
        let clock = clock_getcpuclockid(Pid::from_raw(child.id().cast_signed())).map_err(Error::from);
        let (address, clock) = match (listened, clock) {
            (Ok(address), Ok(clock)) => (address, clock),
            (Err(error), _) | (_, Err(error)) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        let mut process = Self { child, clock, address, until_line, until_healthy: None };
        if healthy {
            process.wait_until_healthy(began)?;
        }
        Ok(process)
    }

    fn wait_until_healthy(&mut self, began: Instant) -> Result<(), Error> {
        while began.elapsed() < PATIENCE {
            if let Ok(true) = health(self.address) {
                self.until_healthy = Some(began.elapsed());
                return Ok(());
            }
        }
        Err(Error::other("/healthz did not answer 200"))
    }

    /// Processor time of all its threads since it started, those that have ended included.
    pub fn processor(&self) -> Duration {
        self.clock.now().map_or(Duration::ZERO, Duration::from)
    }

    /// Memory in kB: what is resident now, and the most that ever was.
    pub fn memory(&self) -> Result<(u64, u64), Error> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).ok_or_else(|| Error::other(format!("no {name}")))
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }
}

/// Processor time of this process since it started.
pub fn own() -> Duration {
    ClockId::CLOCK_PROCESS_CPUTIME_ID.now().map_or(Duration::ZERO, Duration::from)
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the line that says where, then leaves a thread to read the rest, lest the child block on a full pipe.
fn address(mut stderr: impl BufRead + Send + 'static) -> Result<SocketAddr, Error> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if stderr.read_line(&mut line)? == 0 {
            return Err(Error::other(format!("it ended before it listened: {}", said.trim())));
        }
        if let Some((_, address)) = line.split_once("listening on http://") {
            std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
            return address.trim().trim_end_matches('/').parse().map_err(Error::other);
        }
        said.push_str(&line);
    }
}

fn health(address: SocketAddr) -> Result<bool, Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    Ok(status.ends_with(b" 200"))
}
