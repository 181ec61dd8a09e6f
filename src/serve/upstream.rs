//! Calls of providers over HTTP: what was decided goes out, what came back is told by its class. Follows no redirect, sends nothing that a client brought.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::failure::Failure;
use crate::providers::{Failed, Outgoing, Reply, Target, classify};

use super::service::Account;

/// The longest whole answer, in bytes.
const ANSWER: usize = 64 << 20;
/// So much of an error's body is read to find out its class, in bytes.
const ERROR: usize = 256 << 10;
/// A connection that is not made in this time counts as none.
const CONNECT: Duration = Duration::from_secs(10);

/// Calls providers, and keeps connections for the next call.
pub(super) struct Upstream {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Upstream {
    /// Certificates are those of the system, read only where they will be needed.
    pub(super) fn new(tls: bool) -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        let ring = rustls::crypto::ring::default_provider();
        let builder = HttpsConnectorBuilder::new();
        let builder = if tls {
            builder.with_provider_and_native_roots(ring)?
        } else {
            let config = rustls::ClientConfig::builder_with_provider(ring.into()).with_safe_default_protocol_versions();
            let config =
                config.map_err(std::io::Error::other)?.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
            builder.with_tls_config(config)
        };
        let connector = builder.https_or_http().enable_http1().wrap_connector(http);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30));
        Ok(Self { client: client.build(connector) })
    }

    /// Sends a request. `Ok` is an answer with a status of success, whose body is still to come.
    pub(super) async fn send(
        &self,
        target: &Target<'_>,
        account: &Account,
        key: Option<HeaderValue>,
        outgoing: Outgoing,
    ) -> Result<Response<Incoming>, Failed> {
        let request = request(account, key, outgoing).ok_or_else(|| Failed::of(Failure::BadRequest))?;
        let response = match self.client.request(request).await {
            Ok(response) => response,
            // No connection at all, or one that ended without a word of HTTP.
            Err(error) if error.is_connect() => return Err(Failed::of(Failure::Network)),
            Err(_) => return Err(Failed::of(Failure::ServerError)),
        };
        if response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        // An error whose body cannot be read to its end is told by its status.
        let body = Limited::new(body, ERROR).collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        Err(classify(target, &Reply { status: head.status.as_u16(), headers: &header, body: &body, now: now() }))
    }
}

/// The whole body of an answer.
pub(super) async fn whole(body: Incoming) -> Result<Bytes, Failed> {
    match Limited::new(body, ANSWER).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        // Cut off, or larger than any answer is.
        Err(error) => {
            tracing::debug!(too_large = error.is::<LengthLimitError>(), "an answer broke off");
            Err(Failed::of(Failure::ServerError))
        }
    }
}

fn request(account: &Account, key: Option<HeaderValue>, outgoing: Outgoing) -> Option<Request<Full<Bytes>>> {
    let mut headers = HeaderMap::with_capacity(8 + account.headers.len());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("byokc/", env!("CARGO_PKG_VERSION"))));
    for (name, value) in &outgoing.headers {
        headers.insert(*name, HeaderValue::try_from(value).ok()?);
    }
    headers.extend(account.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some(key) = key {
        headers.insert(account.header.clone(), key);
    }
    let uri = [&account.base, &outgoing.path].map(String::as_str).concat();
    let mut request = Request::post(uri).body(Full::new(Bytes::from(outgoing.body))).ok()?;
    *request.headers_mut() = headers;
    Some(request)
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
