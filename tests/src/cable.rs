//! A cable to a server that can be pulled out and plugged in again.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes connections on. It ends when this is dropped.
pub struct Cable {
    pub address: SocketAddr,
    plugged: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Cable {
    /// Before a server, `host:port`.
    pub async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (plugged, state) = watch::channel(true);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server, state));
        Self { address, plugged, _tasks: tasks }
    }

    /// Breaks every connection, and takes none that lasts until [`Cable::plug_in`].
    pub fn pull_out(&self) {
        self.plugged.send_replace(false);
    }

    pub fn plug_in(&self) {
        self.plugged.send_replace(true);
    }
}

async fn accept(listener: TcpListener, server: String, state: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    while let Ok((mut outside, _)) = listener.accept().await {
        let (server, mut state) = (server.clone(), state.clone());
        connections.spawn(async move {
            let broken = async { drop(state.wait_for(|plugged| !plugged).await) };
            let passing = async {
                let Ok(mut inside) = TcpStream::connect(server).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            };
            tokio::select! {
                biased;
                () = broken => {}
                () = passing => {}
            }
        });
    }
}
