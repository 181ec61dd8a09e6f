//! Address and case -> many requests over kept connections, one at a time on each, every answer read and judged.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use memchr::memmem::Finder;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::words::Case;

type Failure = Box<dyn std::error::Error>;

/// What one run shows.
pub struct Run {
    /// Nanoseconds from sending a request to the end of its answer, sorted.
    pub whole: Vec<u64>,
    /// Nanoseconds from sending a request to the first bytes of its answer, sorted.
    pub first: Vec<u64>,
    /// From the first request to the end of the last answer.
    pub took: Duration,
}

/// Connections that have been used once each, and what is asked on them.
pub struct Load {
    connections: Vec<SendRequest<Full<Bytes>>>,
    asked: Rc<Asked>,
}

struct Asked {
    body: Bytes,
    host: String,
    expected: Vec<Finder<'static>>,
}

impl Load {
    /// Opens the connections and asks once on each, all at a time.
    pub async fn open(address: SocketAddr, case: Case, model: &str, connections: usize) -> Result<Self, Failure> {
        let expected = case.expected().iter().map(|text| Finder::new(text).into_owned()).collect();
        let asked = Rc::new(Asked { body: case.request(model).into(), host: address.to_string(), expected });
        let mut load = Self { connections: Vec::new(), asked };
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::task::spawn_local(connection);
            load.connections.push(sender);
        }
        load.run(Duration::ZERO, 1).await?;
        Ok(load)
    }

    /// Asks on all connections until `time` is over or each has been used `most` times, once at least.
    pub async fn run(&mut self, time: Duration, most: usize) -> Result<Run, Failure> {
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            let asked = Rc::clone(&self.asked);
            tasks.spawn_local(async move {
                let (mut whole, mut first) = (Vec::new(), Vec::new());
                loop {
                    let (to_first, to_end) = asked.once(&mut connection).await?;
                    first.push(to_first);
                    whole.push(to_end);
                    if began.elapsed() >= time || whole.len() >= most {
                        return Ok::<_, Failure>((connection, whole, first));
                    }
                }
            });
        }
        let mut run = Run { whole: Vec::new(), first: Vec::new(), took: Duration::ZERO };
        while let Some(task) = tasks.join_next().await {
            let (connection, whole, first) = task??;
            self.connections.push(connection);
            run.whole.extend(whole);
            run.first.extend(first);
        }
        run.took = began.elapsed();
        run.whole.sort_unstable();
        run.first.sort_unstable();
        Ok(run)
    }
}

impl Asked {
    /// One request: nanoseconds to the first bytes of the answer's body, and to its end.
    async fn once(&self, connection: &mut SendRequest<Full<Bytes>>) -> Result<(u64, u64), Failure> {
        let request = Request::post("/v1/chat/completions")
            .header("host", &self.host)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", "OpenAI/Python 2.8.1")
            .header("authorization", "Bearer sk-not-a-key-0123456789abcdef")
            .header("x-stainless-lang", "python")
            .header("x-stainless-retry-count", "0")
            .body(Full::new(self.body.clone()))?;
        let sent = Instant::now();
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let status = response.status();
        let mut body = response.into_body();
        let (mut answer, mut first) = (Vec::with_capacity(1024), None);
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                first.get_or_insert_with(|| sent.elapsed());
                answer.extend_from_slice(&data);
            }
        }
        let whole = sent.elapsed();
        self.judge(status, &answer)?;
        Ok((nanoseconds(first.unwrap_or(whole)), nanoseconds(whole)))
    }

    fn judge(&self, status: StatusCode, answer: &[u8]) -> Result<(), Failure> {
        let mut rest = answer;
        let whole = self.expected.iter().all(|text| {
            let found = text.find(rest);
            rest = found.and_then(|at| rest.get(at + text.needle().len()..)).unwrap_or_default();
            found.is_some()
        });
        if status == StatusCode::OK && whole {
            return Ok(());
        }
        Err(format!("a wrong answer: status {status}, {}", String::from_utf8_lossy(answer)).into())
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
