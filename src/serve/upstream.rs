//! Calls of providers over HTTP: what was decided goes out, what came back is told by its class. Follows no redirect, sends nothing that a client brought.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::Service;
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::service::TowerToHyperService;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::providers::{Failed, Outgoing, Reply, Target, classify, join};

use super::pool::{Answering, Sender};
use super::service::Account;

/// The longest whole answer, in bytes.
const ANSWER: usize = 64 << 20;
/// So much of an error's body is read to find out its class, in bytes.
const ERROR: usize = 256 << 10;
/// So long it is waited for.
const SLOW_ERROR: Duration = Duration::from_millis(1500);
/// A connection that is not made in this time counts as none.
const CONNECT: Duration = Duration::from_secs(10);

/// Makes connections, encrypted ones too where that is asked for.
pub(super) fn connector(tls: bool) -> std::io::Result<HttpsConnector<HttpConnector>> {
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
        let config = config.map_err(std::io::Error::other)?.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        builder.with_tls_config(config)
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(http))
}

/// Calls providers.
pub(super) struct Upstream {
    connector: TowerToHyperService<HttpsConnector<HttpConnector>>,
}

impl Upstream {
    /// Certificates are those of the system, read only where they will be needed.
    pub(super) fn new(tls: bool) -> std::io::Result<Self> {
        Ok(Self { connector: TowerToHyperService::new(connector(tls)?) })
    }

    /// Sends a request. `Ok` is an answer with a status of success, whose body is still to come.
    pub(super) async fn send(
        &self,
        target: &Target<'_>,
        account: &Account,
        key: Option<HeaderValue>,
        outgoing: Outgoing,
    ) -> Result<Answering, Failed> {
        let request = request(account, key, outgoing).ok_or_else(|| Failed::of(Failure::BadRequest))?;
        let (response, sender) = self.call(account, request).await?;
        let (head, body) = response.into_parts();
        let body = Answering::new(body, sender, &account.pool);
        if head.status.is_success() {
            return Ok(body);
        }
        let body = beginning(body).await;
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        Err(classify(target, &Reply { status: head.status.as_u16(), headers: &header, body: &body, now: now() }))
    }

    /// Sends a request over a connection that was kept, or over a new one.
    async fn call(&self, account: &Account, mut request: Request<Full<Bytes>>) -> Result<(Response<Incoming>, Sender), Failed> {
        if let Some(mut sender) = account.pool.take() {
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, sender)),
                // The other side has ended the connection meanwhile. Only what never went out comes back here, so nothing is asked twice.
                Err(mut error) => request = error.take_message().ok_or_else(|| Failed::of(Failure::ServerError))?,
            }
        }
        // Boxed, as it is large and rare: every call would have room for it otherwise.
        let connected = Box::pin(self.connect(&account.origin)).await;
        let mut sender = connected.ok_or_else(|| Failed::of(Failure::Network))?;
        let response = sender.send_request(request).await.map_err(|_| Failed::of(Failure::ServerError))?;
        Ok((response, sender))
    }

    /// A new connection; `None` where it cannot be made, or ends at once.
    async fn connect(&self, origin: &Uri) -> Option<Sender> {
        let stream = self.connector.call(origin.clone()).await.ok()?;
        let (mut sender, connection) = http1::handshake(stream).await.ok()?;
        tokio::spawn(async move {
            // Whoever waits for an answer is told what became of it.
            let _ = connection.await;
        });
        sender.ready().await.ok()?;
        Some(sender)
    }
}

/// The beginning of an error's body. The status is known already, so nobody waits for the rest: a rejected key that comes slowly is no timeout.
async fn beginning(mut body: Answering) -> Vec<u8> {
    let mut begun = Vec::new();
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            if let Ok(bytes) = frame.into_data() {
                begun.extend_from_slice(bytes.get(..ERROR.saturating_sub(begun.len())).unwrap_or(&bytes));
            }
            if begun.len() >= ERROR {
                break;
            }
        }
    };
    let _ = timeout(SLOW_ERROR, read).await;
    begun
}

/// The whole body of an answer.
pub(super) async fn whole(body: Answering) -> Result<Bytes, Failed> {
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
    let path = join(&account.path, &outgoing.path);
    let mut request = Request::new(Full::new(Bytes::from(outgoing.body)));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::try_from(path).ok()?;
    let headers = request.headers_mut();
    headers.clone_from(&account.headers);
    for (name, value) in outgoing.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).ok()?);
    }
    if let Some(key) = key {
        headers.insert(account.header.clone(), key);
    }
    Some(request)
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
