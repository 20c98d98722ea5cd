//! A cable to a server that can be pulled out and plugged in again, or fall silent.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes connections on. It ends when this is dropped.
pub struct Cable {
    pub address: SocketAddr,
    state: watch::Sender<State>,
    _tasks: JoinSet<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Plugged,
    Out,
    Silent,
}

impl Cable {
    /// Before a server, `host:port`.
    pub async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, state) = watch::channel(State::Plugged);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server, state));
        Self { address, state: sender, _tasks: tasks }
    }

    /// Breaks every connection, and takes none that lasts until [`Cable::plug_in`].
    pub fn pull_out(&self) {
        self.state.send_replace(State::Out);
    }

    /// Breaks nothing, and passes nothing on: as a network does that swallows what is sent.
    pub fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Passes on what comes over new connections.
    pub fn plug_in(&self) {
        self.state.send_replace(State::Plugged);
    }
}

async fn accept(listener: TcpListener, server: String, state: watch::Receiver<State>) {
    let mut connections = JoinSet::new();
    while let Ok((mut outside, _)) = listener.accept().await {
        let (server, mut state) = (server.clone(), state.clone());
        connections.spawn(async move {
            let ended = async { state.wait_for(|state| *state != State::Plugged).await.map(|state| *state) };
            let passing = async {
                let Ok(mut inside) = TcpStream::connect(server).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            };
            let silent = tokio::select! {
                biased;
                ended = ended => ended.is_ok_and(|state| state == State::Silent),
                () = passing => false,
            };
            if silent {
                std::future::pending::<()>().await;
            }
        });
    }
}
