//! No more files can be opened.

use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use suite::node::eventually;
use suite::on_both;
use suite::process::{NodeProcess, client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{acknowledged, are_there, id};

fn allow(node: &NodeProcess, files: u64) {
    let process = Pid::from_raw(i32::try_from(node.id()).unwrap());
    let maximum = getrlimit(Resource::Nofile).maximum;
    prlimit(process, Resource::Nofile, Rlimit { current: Some(files), maximum }).unwrap();
}

on_both! {
    async fn a_node_that_may_open_few_files_lives_within_them(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        node.start_within(&[], "ulimit -n 96; exec \"$@\"");
        // Nobody is a proxy, so that they are counted.
        node.set("OUTLOUD_TRUSTED_PROXIES", "192.0.2.1/32");
        node.start(&http).await;
        let alice = node.member(&http, "alice").await;
        let mut posts = vec![acknowledged(&alice, "Before").await];
        let mut crowd = Vec::new();
        for _ in 0..150 {
            crowd.push(TcpStream::connect(node.address).await.unwrap());
        }
        // On the connection that she has; one that she makes anew is sent away.
        let said = eventually("she is heard", || alice.says("In the crowd", &[])).await;
        posts.push(id(&said.json()));
        let film = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");
        let upload = id(&eventually("it is taken", || alice.uploads("film.webm", film)).await.json());
        let with_film = [upload];
        let said = eventually("she is heard", || alice.says("With a film", &with_film)).await;
        assert_eq!(said.status, 200);
        posts.push(id(&said.json()));
        drop(crowd);
        eventually("there is room again", || async { node.is_healthy(&client()).await.then_some(()) }).await;
        are_there(&alice, &posts).await;
        node.is_whole().await;
        node.kill().await;
    }

    async fn while_no_file_can_be_opened_it_lives_on_what_it_has_and_then_all_goes_on(db: Db) {
        let http = client();
        let mut node = NodeProcess::prepare(&db).await;
        node.start(&http).await;
        let alice = node.member(&http, "alice").await;
        let mut posts = vec![acknowledged(&alice, "Before").await];
        let usual = getrlimit(Resource::Nofile).maximum.unwrap_or(4_096);
        allow(&node, 1);
        // The system lets them in, and the node cannot take them.
        let mut waiting = TcpStream::connect(node.address).await.unwrap();
        waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        // On the connection that it has. Whoever makes another waits for long.
        let patience = Duration::from_secs(2);
        for n in 0..5 {
            let text = format!("Meanwhile {n}");
            let said = tokio::time::timeout(patience, alice.says(&text, &[])).await;
            let Ok(Some(said)) = said else { break };
            match said.status {
                200 => posts.push(id(&said.json())),
                status => assert_eq!(status, 503, "{}", String::from_utf8_lossy(&said.body)),
            }
        }
        let film = include_bytes!("../../../../crates/node/src/media/fixtures/film.webm");
        if let Ok(Some(said)) = tokio::time::timeout(patience, alice.uploads("film.webm", film)).await {
            assert_eq!(said.status, 503, "{}", String::from_utf8_lossy(&said.body));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        allow(&node, usual);
        let mut answer = String::new();
        tokio::time::timeout(Duration::from_secs(5), waiting.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.contains("200 OK"), "whoever waited is served: {answer}");
        posts.push(acknowledged(&alice, "After").await);
        are_there(&alice, &posts).await;
        node.is_whole().await;
        assert!(!node.log().contains("panicked"), "{}", node.log());
        node.kill().await;
    }
}
