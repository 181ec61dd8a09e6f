//! Sends a copy of each record to a collector, over OTLP/HTTP. It is never waited for: what a collector does not take is counted and forgotten, and the file has it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, SystemTime};

use hyper::Uri;
use jiff::Timestamp;
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter as _, LogProcessor, SdkLogRecord, SdkLogger, SdkLoggerProvider};
use prometheus_client::metrics::counter::Counter;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use crate::serve::upstream::connector;
use crate::serve::{Refusal, Why};

use super::writer::Copies;

/// So many copies wait to be sent at most, of so many bytes together.
const LINES: usize = 4096;
const BYTES: usize = 16 << 20;
/// So many are sent at once.
const BATCH: usize = 512;
/// So long a collector has to take them, in all that is tried.
const SLOW: Duration = Duration::from_secs(10);
/// So long the end of the process waits for what is left to be sent.
const END: Duration = Duration::from_secs(3);

/// Copies that no collector took, in the life of the process.
pub(in crate::serve) static NOT_SENT: LazyLock<Counter> = LazyLock::new(Counter::default);

/// The copies of a log, on their way.
struct Export {
    queue: SyncSender<Vec<u8>>,
    shared: Arc<Shared>,
    /// Tells that the thread has ended.
    ended: Mutex<Receiver<()>>,
}

struct Shared {
    /// How many bytes wait.
    waiting: AtomicUsize,
    ending: AtomicBool,
}

/// Begins to send copies to a collector. An address without a path is that of its usual one.
pub(super) fn start(address: &str) -> Result<Copies, Refusal> {
    let refused = |why: String| Refusal::new(Why::Usage, format!("--otlp {address}: {why}")).help("such as http://localhost:4318/v1/logs");
    let uri: Uri = address.parse().map_err(|_| refused("this is no address".to_owned()))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
        return Err(refused("the address of a collector starts with http:// or https://".to_owned()));
    }
    let endpoint = if uri.path() == "/" { format!("{}/v1/logs", address.trim_end_matches('/')) } else { address.to_owned() };
    let connector = connector(uri.scheme_str() == Some("https")).map_err(|error| refused(format!("no connection can be made: {error}")))?;
    let exporter = LogExporter::builder()
        .with_http()
        .with_http_client(HyperClient::new(connector, SLOW, None))
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(SLOW)
        .build()
        .map_err(|error| refused(error.to_string()))?;
    let cannot = |error: &std::io::Error| Refusal::new(Why::Unreadable, format!("cannot start: {}", error.kind()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| cannot(&error))?;
    let (queue, lines) = sync_channel::<Vec<u8>>(LINES);
    let (end, ended) = sync_channel(1);
    let shared = Arc::new(Shared { waiting: AtomicUsize::new(0), ending: AtomicBool::new(false) });
    let of_thread = Arc::clone(&shared);
    let thread = Builder::new().name("otlp".to_owned()).spawn(move || {
        send_all(&lines, &of_thread, Batch { runtime, exporter, records: Mutex::default() });
        let _ = end.send(());
    });
    thread.map_err(|error| cannot(&error))?;
    let export = Export { queue, shared, ended: Mutex::new(ended) };
    Ok(Box::new(move |line| export.offer(line)))
}

impl Export {
    /// Queues a copy, or forgets it.
    fn offer(&self, line: &[u8]) {
        let waiting = self.shared.waiting.fetch_add(line.len(), Ordering::Relaxed);
        if waiting > BYTES || self.queue.try_send(line.to_vec()).is_err() {
            self.shared.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            NOT_SENT.inc();
        }
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        self.shared.ending.store(true, Ordering::Relaxed);
        // Wakes it.
        let _ = self.queue.try_send(Vec::new());
        let _ = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(END);
    }
}

/// Sends what is queued until nothing more comes.
fn send_all(lines: &Receiver<Vec<u8>>, shared: &Shared, batch: Batch) {
    let resource = Resource::builder_empty()
        .with_attributes([KeyValue::new("service.name", "byokc"), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))])
        .build();
    let provider = SdkLoggerProvider::builder().with_resource(resource).with_log_processor(batch).build();
    let logger = provider.logger("byokc.audit");
    let mut failing = false;
    loop {
        let pause = if shared.ending.load(Ordering::Relaxed) { Duration::ZERO } else { Duration::from_mins(1) };
        let first = match lines.recv_timeout(pause) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) if !pause.is_zero() => continue,
            Err(_) => return,
        };
        let mut sent = 0;
        for line in std::iter::once(first).chain(lines.try_iter().take(BATCH - 1)).filter(|line| !line.is_empty()) {
            shared.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            sent += 1;
            emit(&logger, &line);
        }
        if sent == 0 {
            continue;
        }
        let failed = provider.force_flush().is_err();
        if failed {
            NOT_SENT.inc_by(sent);
        }
        match (std::mem::replace(&mut failing, failed), failed) {
            (false, true) => tracing::warn!("the collector takes no copies of audit records; they are in the file"),
            (true, false) => tracing::info!("the collector takes copies of audit records again"),
            _ => {}
        }
    }
}

/// Makes a log record of a line: its members are the attributes.
fn emit(logger: &SdkLogger, line: &[u8]) {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(line) else { return };
    let mut record = logger.create_log_record();
    record.set_event_name(event(members.get("byokc.record").and_then(Value::as_str).unwrap_or_default()));
    record.set_severity_number(Severity::Info);
    let time = members.get("byokc.time").and_then(|time| time.as_str()?.parse::<Timestamp>().ok());
    if let Some(since) = time.and_then(|time| u64::try_from(time.as_millisecond()).ok()) {
        record.set_timestamp(SystemTime::UNIX_EPOCH + Duration::from_millis(since));
    }
    record.add_attributes(members.into_iter().filter_map(|(name, value)| Some((name, any(value)?))));
    logger.emit(record);
}

fn event(kind: &str) -> &'static str {
    match kind {
        "opened" => "byokc.opened",
        "planned" => "byokc.planned",
        "denied" => "byokc.denied",
        "attempt" => "byokc.attempt",
        "end" => "byokc.end",
        "redeemed" => "byokc.redeemed",
        "closed" => "byokc.closed",
        _ => "byokc.record",
    }
}

fn any(value: Value) -> Option<AnyValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => value.into(),
        Value::Number(number) => number.as_i64().map_or_else(|| number.to_string().into(), AnyValue::Int),
        Value::String(text) => text.into(),
        Value::Array(list) => AnyValue::ListAny(Box::new(list.into_iter().filter_map(any).collect())),
        Value::Object(members) => {
            AnyValue::Map(Box::new(members.into_iter().filter_map(|(name, value)| Some((name.into(), any(value)?))).collect()))
        }
    })
}

/// Sends what was emitted together when it is told to.
#[derive(Debug)]
struct Batch {
    runtime: Runtime,
    exporter: LogExporter,
    records: Mutex<Vec<(SdkLogRecord, InstrumentationScope)>>,
}

impl LogProcessor for Batch {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).push((record.clone(), scope.clone()));
    }

    fn force_flush(&self) -> OTelSdkResult {
        let records = std::mem::take(&mut *self.records.lock().unwrap_or_else(PoisonError::into_inner));
        let records: Vec<_> = records.iter().map(|(record, scope)| (record, scope)).collect();
        self.runtime.block_on(self.exporter.export(LogBatch::new(&records)))
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Instant;

    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::common::v1::any_value;
    use opentelemetry_proto::tonic::logs::v1::LogRecord;
    use prost::Message;

    use super::super::{Auditing, Log, Sync};
    use super::*;
    use crate::audit::{Denied, Entry};

    /// Takes what a client sends, to this path.
    fn received(stream: &TcpStream, path: &str) -> Option<ExportLogsServiceRequest> {
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        assert!(line.starts_with(&format!("POST {path} HTTP/1.1")), "{line}");
        while line.trim() != "" {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let header = line.to_lowercase();
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            assert!(!header.starts_with("content-type") || header.contains("application/x-protobuf"), "{header}");
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        Some(ExportLogsServiceRequest::decode(&*body).unwrap())
    }

    fn auditing(folder: &tempfile::TempDir, collector: String) -> Auditing {
        Auditing { file: folder.path().join("audit.jsonl"), sync: Sync::Never, rotate: 1 << 20, collector: Some(collector) }
    }

    fn denied(reason: &str) -> Entry<'_> {
        Entry::Denied(Denied { code: "refused".into(), reason: Some(reason.into()), ..Denied::default() })
    }

    fn attribute(record: &LogRecord, name: &str) -> Option<any_value::Value> {
        record.attributes.iter().find(|attribute| attribute.key == name)?.value.clone()?.value
    }

    #[test]
    fn a_collector_gets_what_is_in_the_file() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let collector = std::thread::spawn(move || {
            let mut records = Vec::new();
            while !records.last().is_some_and(|record: &LogRecord| record.event_name == "byokc.closed") {
                let (mut stream, _) = listener.accept().unwrap();
                while let Some(request) = received(&stream, "/v1/logs") {
                    for resource in request.resource_logs {
                        let name = resource.resource.unwrap().attributes.into_iter().find(|attribute| attribute.key == "service.name");
                        assert!(format!("{name:?}").contains("byokc"));
                        records.extend(resource.scope_logs.into_iter().flat_map(|scope| scope.log_records));
                    }
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n").unwrap();
                    if records.last().unwrap().event_name == "byokc.closed" {
                        break;
                    }
                }
            }
            records
        });
        let folder = tempfile::tempdir().unwrap();
        let auditing = auditing(&folder, address);
        let log = Log::open(&auditing, "plan").unwrap();
        for count in 0..1000 {
            log.record(&denied(&count.to_string())).map(drop).unwrap();
        }
        log.close();
        let records = collector.join().unwrap();
        let file = std::fs::read_to_string(&auditing.file).unwrap();
        assert_eq!(records.len(), 1002);
        for (record, line) in records.iter().zip(file.lines()) {
            let members: Map<String, Value> = serde_json::from_str(line).unwrap();
            assert_eq!(record.event_name, format!("byokc.{}", members["byokc.record"].as_str().unwrap()));
            let time: Timestamp = members["byokc.time"].as_str().unwrap().parse().unwrap();
            assert_eq!(i128::from(record.time_unix_nano), time.as_nanosecond());
            assert_eq!(record.attributes.len(), members.len());
            for (name, value) in &members {
                match attribute(record, name) {
                    Some(any_value::Value::StringValue(text)) => assert_eq!(value, &Value::from(text)),
                    Some(any_value::Value::IntValue(number)) => assert_eq!(value, &Value::from(number)),
                    other => panic!("{name}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn values_of_every_kind_are_sent() {
        let value = serde_json::json!({"list": ["one", 2, null], "map": {"email": 3}, "yes": true, "large": u64::MAX, "none": null});
        let Some(AnyValue::Map(members)) = any(value) else { panic!() };
        assert_eq!(members.len(), 4);
        assert_eq!(members["list"], AnyValue::ListAny(Box::new(vec!["one".into(), AnyValue::Int(2)])));
        assert!(matches!(&members["map"], AnyValue::Map(counts) if counts["email"] == AnyValue::Int(3)));
        assert_eq!((&members["yes"], &members["large"]), (&AnyValue::Boolean(true), &AnyValue::String("18446744073709551615".into())));
    }

    #[test]
    fn nothing_waits_for_a_collector_that_answers_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let auditing = auditing(&folder, format!("http://{}/v1/logs", listener.local_addr().unwrap()));
        let (started, before) = (Instant::now(), NOT_SENT.get());
        let log = Log::open(&auditing, "plan").unwrap();
        let long = "x".repeat(1 << 20);
        for _ in 0..40 {
            log.begin(&denied(&long)).map(drop).unwrap();
        }
        for _ in 0..5000 {
            log.begin(&denied("short")).map(drop).unwrap();
        }
        assert!(NOT_SENT.get() - before > 500, "{}", NOT_SENT.get() - before);
        log.close();
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        let lines: usize = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().lines().count())
            .sum();
        assert!(lines > 5042, "the file has all: {lines}");
    }

    #[test]
    fn what_is_no_address_of_a_collector_is_refused() {
        for address in ["", "collector", "ftp://collector", "/v1/logs", "http://"] {
            let refusal = start(address).err().unwrap();
            assert!(refusal.why == Why::Usage && refusal.message.starts_with("--otlp"), "{refusal:?}");
        }
    }
}
