//! The socket, and how it is closed: nobody who has come through it is turned away without an answer.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// How long connections stay open after the socket: what was sent over them a moment ago has still to arrive.
const SETTLE: Duration = Duration::from_millis(100);

/// A socket that is closed by itself, before connections are.
pub struct Door {
    listener: Option<TcpListener>,
    address: SocketAddr,
    stop: CancellationToken,
    shut: CancellationToken,
}

impl Door {
    /// Takes connections until `stop`, and then those that had been made by then.
    pub fn open(listener: TcpListener, address: SocketAddr, stop: CancellationToken) -> Self {
        Self { listener: Some(listener), address, stop, shut: CancellationToken::new() }
    }

    /// When connections over which nothing comes are to be closed.
    pub fn shut(&self) -> impl Future<Output = ()> + Send + use<> {
        let shut = self.shut.clone();
        async move {
            shut.cancelled().await;
            tokio::time::sleep(SETTLE).await;
        }
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let Some(listener) = &mut self.listener else { return std::future::pending().await };
            tokio::select! {
                // First those that wait in the queue: to close the socket would cut them off.
                biased;
                connection = Listener::accept(listener) => return connection,
                () = self.stop.cancelled() => {
                    self.listener = None;
                    self.shut.cancel();
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
