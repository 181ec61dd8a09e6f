//! The runtime: listens for agents, follows the plan, calls providers. The only asynchronous code; all it decides comes from `runtime`.
#![expect(clippy::disallowed_methods, reason = "the runtime touches clock, network, environment and the plan's file")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::controls::SharedKey;

mod answer;
mod app;
mod audit;
mod body;
mod callers;
mod follow;
mod heard;
mod key;
mod listen;
mod log;
mod mark;
mod metrics;
mod once;
mod place;
mod pool;
mod ready;
mod receipts;
mod redeem;
mod respond;
mod sent;
mod service;
mod stream;
mod trail;
mod understand;
mod upstream;
mod used;
mod wanted;
mod watch;
mod who;

pub use audit::{Auditing, Sync};
pub use log::Level;
pub use once::{Asking, Told, once};

use audit::Log;
use mark::Mark;
use metrics::Metrics;
use service::Service;
use used::Used;
use watch::End;

/// The code of an error that says that byokc itself has too much to do: the only one after which trying again helps.
const BUSY: &str = "busy";

/// The bodies of all requests together, in KiB.
const MEMORY: usize = 1 << 20;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// The plan's file.
    pub plan: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether everybody on this machine may call, where the plan declares no caller.
    pub open: bool,
    /// The largest request, in bytes.
    pub max_body: usize,
    /// So many requests are answered at once.
    pub max_requests: usize,
    /// How much is logged.
    pub log: Level,
    /// Where the audit log is, for routes whose policy wants a record.
    pub audit: Auditing,
    /// The file that holds the key which the instances of a runtime share; without one, each has its own.
    pub shared_key: Option<PathBuf>,
    /// The folder in which the instances of a runtime note approvals that were used; without one, each knows its own.
    pub approvals: Option<PathBuf>,
}

/// Why a plan is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Of which kind.
    pub why: Why,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Of which kind a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no plan in the file.
    NoPlan,
    /// The plan, or what it names, cannot be relied on.
    Faulty,
    /// It was asked for in a way that cannot be.
    Usage,
    /// A file, address or system call failed.
    Unreadable,
}

impl Refusal {
    fn new(why: Why, message: impl Into<String>) -> Self {
        Self { why, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What every request needs.
struct Server {
    service: RwLock<Arc<Service>>,
    metrics: Arc<Metrics>,
    /// A permit for each request that is being answered.
    places: Arc<Semaphore>,
    /// A permit for each KiB of a request's body.
    memory: Arc<Semaphore>,
    max_body: usize,
    /// Whether everybody on this machine may call.
    open: bool,
    /// Whether the process has been asked to end.
    ending: AtomicBool,
    /// The audit log; `None` as long as no plan wants a record.
    log: RwLock<Option<Arc<Log>>>,
    controls: Controls,
}

/// What watches over requests, beside the plan.
struct Controls {
    key: SharedKey,
    used: Arc<Used>,
}

impl Controls {
    /// Reads what the options name.
    fn new(options: &Options) -> Result<Self, Refusal> {
        let key = match &options.shared_key {
            None => own_key()?,
            Some(file) => {
                let help = "write a line of at least 32 random characters into it, such as `openssl rand -base64 32` prints";
                let text = std::fs::read_to_string(file).map(Zeroizing::new);
                let text = text.map_err(|error| {
                    Refusal::new(Why::Unreadable, format!("{} cannot be read: {}", file.display(), error.kind())).help(help)
                })?;
                SharedKey::read(&text).map_err(|why| Refusal::new(Why::Faulty, format!("the file {} {why}", file.display())).help(help))?
            }
        };
        if let Some(folder) = options.approvals.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(
                Refusal::new(Why::Unreadable, format!("{} is no folder", folder.display())).help("make it, or leave --approvals out")
            );
        }
        Ok(Self { key, used: Arc::new(Used::new(options.approvals.clone())) })
    }
}

impl Server {
    /// The plan in service now. A request keeps the one with which it began.
    fn service(&self) -> Arc<Service> {
        Arc::clone(&self.service.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The audit log, where there is one.
    fn log(&self) -> Option<Arc<Log>> {
        self.log.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another plan into service.
    fn replace(&self, service: Arc<Service>) {
        *self.service.write().unwrap_or_else(PoisonError::into_inner) = service;
    }
}

/// Serves a plan until the process is asked to end. `listening` is told the address once, as soon as requests are taken.
pub fn serve(options: &Options, listening: impl FnOnce(SocketAddr)) -> Result<(), Refusal> {
    let _written = log::start(options.log);
    let mark = Mark::of(&options.plan);
    let service = Service::load(&options.plan)?;
    may_serve(&service, options)?;
    let controls = Controls::new(options)?;
    let log = open_log(&service, &options.audit)?;
    let runtime = start()?;
    let served = runtime.block_on(async {
        let cannot = |error: std::io::Error| {
            Refusal::new(Why::Unreadable, format!("cannot listen on {}: {}", options.listen, error.kind()))
                .help("choose another address with --listen")
        };
        let listener = TcpListener::bind(options.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        warn_of(&service);
        let server = Arc::new(Server {
            service: RwLock::new(service),
            metrics: Metrics::new(),
            places: Arc::new(Semaphore::new(options.max_requests.min(Semaphore::MAX_PERMITS))),
            memory: Arc::new(Semaphore::new(MEMORY)),
            max_body: options.max_body,
            open: options.open,
            ending: AtomicBool::new(false),
            log: RwLock::new(log),
            controls,
        });
        let end = End::new();
        watch::start(Arc::clone(&server), options.clone(), mark);
        listening(address);
        listen::serve(listener, Arc::clone(&server), end).await;
        if let Some(log) = server.log() {
            log.close();
        }
        Ok(())
    });
    // Nobody waits for a program or file that does not answer.
    runtime.shutdown_background();
    served
}

/// The audit log, where a route of the plan wants a record.
fn open_log(service: &Service, auditing: &Auditing) -> Result<Option<Arc<Log>>, Refusal> {
    let plan = service.router.plan();
    let wanted = plan.routes.values().any(|route| route.audit != "none");
    wanted.then(|| Log::open(auditing, &plan.digest).map(Arc::new)).transpose()
}

/// A shared key that nobody shares.
fn own_key() -> Result<SharedKey, Refusal> {
    SharedKey::random().map_err(|_| Refusal::new(Why::Unreadable, "this system gives no random bytes"))
}

/// Names a request in logs and records.
fn new_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// Tells of callers that cannot call.
fn warn_of(service: &Service) {
    for caller in &service.without_token {
        tracing::warn!(caller, "the token of this caller is nowhere to be found: it cannot call");
    }
}

/// Whether a plan may be served here: to whom it names, or to everybody on this machine where that was asked for.
fn may_serve(service: &Service, options: &Options) -> Result<(), Refusal> {
    if !service.router.plan().callers.is_empty() {
        return Ok(());
    }
    if !options.open {
        return Err(Refusal::new(Why::Usage, "the plan names no caller, so nobody may call").help(
            "declare one in the policy (`caller NAME { token env NAME  routes all }`), or add --open to serve everybody on this machine",
        ));
    }
    if !options.listen.ip().is_loopback() {
        return Err(Refusal::new(
            Why::Usage,
            format!("--open serves everybody, and {} can be reached from other machines", options.listen),
        )
        .help("listen on 127.0.0.1, or declare callers in the policy"));
    }
    Ok(())
}

/// With one processor one thread does everything: more would only take turns.
fn start() -> Result<tokio::runtime::Runtime, Refusal> {
    let alone = std::thread::available_parallelism().is_ok_and(|processors| processors.get() == 1);
    let mut builder = if alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    let started = builder.enable_all().build();
    started.map_err(|error| Refusal::new(Why::Unreadable, format!("cannot start: {}", error.kind())))
}
