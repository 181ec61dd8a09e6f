//! Takes connections, and lets those under way end when the process is asked to.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use super::Server;
use super::app::app;
use super::watch::End;

/// The headers of a request, in bytes. Of their number hyper takes 100 at most.
const HEADERS: usize = 64 << 10;
/// A client that takes longer to send its headers is cut off, and an idle connection too.
const SLOW: Duration = Duration::from_secs(75);
/// A client that takes nothing of an answer for so long has gone, or might as well have.
const STUCK: Duration = Duration::from_mins(1);
/// So many connections there are at once.
const CONNECTIONS: usize = 8192;
/// So long answers under way may take when the process is asked to end.
const GRACE: Duration = Duration::from_secs(30);

/// Serves until the process is asked to end.
pub(super) async fn serve(listener: TcpListener, server: Arc<Server>, mut end: End) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let service = TowerToHyperService::new(app(Arc::clone(&server)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SLOW).max_buf_size(HEADERS);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = end.asked() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                // One too many is closed at once.
                let Ok(place) = Arc::clone(&connections).try_acquire_owned() else { continue };
                let _ = stream.set_nodelay(true);
                let mut stream = TimeoutStream::new(stream);
                stream.set_write_timeout(Some(STUCK));
                let connection = graceful.watch(http.serve_connection(TokioIo::new(Box::pin(stream)), service.clone()));
                tokio::spawn(async move {
                    // How a client ends a connection is its own affair.
                    let _ = connection.await;
                    drop(place);
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
    server.ending.store(true, Ordering::Relaxed);
    tracing::info!("ending: answers under way have {} s", GRACE.as_secs());
    tokio::select! {
        ended = timeout(GRACE, graceful.shutdown()) => {
            if ended.is_err() {
                tracing::warn!("answers under way were cut off");
            }
        }
        () = end.asked() => tracing::warn!("asked to end a second time: answers under way are cut off"),
    }
}
