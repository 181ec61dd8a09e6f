//! Takes connections, and lets those under way end when the process is asked to.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::app::app;
use super::{Server, watch};

/// The headers of a request, in bytes. Of their number hyper takes 100 at most.
const HEADERS: usize = 64 << 10;
/// A client that takes longer to send its headers is cut off, and an idle connection too.
const SLOW: Duration = Duration::from_secs(75);
/// So long answers under way may take when the process is asked to end.
const GRACE: Duration = Duration::from_secs(30);

/// Serves until the process is asked to end.
pub(super) async fn serve(listener: TcpListener, server: Arc<Server>) {
    let service = TowerToHyperService::new(app(server));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SLOW).max_buf_size(HEADERS);
    let graceful = GracefulShutdown::new();
    let mut asked_to_end = std::pin::pin!(watch::end());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut asked_to_end => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
                tokio::spawn(async move {
                    // How a client ends a connection is its own affair.
                    let _ = connection.await;
                });
            }
            // Out of file descriptors, for instance: others will end.
            Err(error) => {
                tracing::error!(kind = %error.kind(), "cannot take a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    tracing::info!("ending: answers under way have {} s", GRACE.as_secs());
    tokio::select! {
        ended = timeout(GRACE, graceful.shutdown()) => {
            if ended.is_err() {
                tracing::warn!("answers under way were cut off");
            }
        }
        () = watch::end() => tracing::warn!("asked to end a second time: answers under way are cut off"),
    }
}
