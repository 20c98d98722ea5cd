//! A mail server on loopback that keeps what it is given.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Runs until it is dropped.
pub struct Mailbox {
    pub address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
    _task: JoinSet<()>,
}

/// A letter as it came: to whom, and all of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub text: String,
}

impl Mailbox {
    /// `busy`: so many letters are put off before the first is taken.
    pub async fn start(busy: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let (kept, busy) = (Arc::clone(&letters), Arc::new(Mutex::new(busy)));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut talks = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                talks.spawn(talk(stream, Arc::clone(&kept), Arc::clone(&busy)));
            }
        });
        Self { address, letters, _task: task }
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }
}

/// One connection (RFC 5321), as far as a client needs it.
async fn talk(stream: TcpStream, letters: Arc<Mutex<Vec<Letter>>>, busy: Arc<Mutex<usize>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await.ok()?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let put_off = line.starts_with("RCPT") && {
            let mut left = busy.lock().unwrap();
            let put_off = *left > 0;
            *left = left.saturating_sub(1);
            put_off
        };
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-mail.example\r\n250 8BITMIME",
            "RCPT" if put_off => "451 come again later",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    text.extend([line.strip_prefix('.').unwrap_or(&line), "\n"]);
                }
                letters.lock().unwrap().push(Letter { to: std::mem::take(&mut to), text });
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
