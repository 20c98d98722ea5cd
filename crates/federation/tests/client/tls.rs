//! Whom the client trusts: the system's store, what `SSL_CERT_FILE` puts in its place, and the extra roots of tests.

use std::sync::Arc;

use federation::client::{Budget, Client, FetchError};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use url::Url;

use crate::config;
use crate::server::{Reply, Seen, Server, ok, redirect};

/// Where [`asks_the_url_it_is_told`] finds its URL when it runs as a child.
const URL_VARIABLE: &str = "TLS_TEST_URL";

/// A server whose certificate for `peer.localhost` nobody knows, and that certificate as PEM.
async fn secure_server() -> (Server, String) {
    secure_server_that(|_| ok("text/plain", "hello")).await
}

async fn secure_server_that(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Server, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["peer.localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let server = Server::start_tls(TlsAcceptor::from(Arc::new(config)), behaviour).await;
    (server, cert.pem())
}

async fn greeting(client: &Client, url: &Url) -> Result<String, FetchError> {
    client.get_text(url, "*/*", 100, &Budget::new(1)).await.map(|text| text.text)
}

fn secure(server: &Server) -> Url {
    format!("https://peer.localhost:{}/", server.port).parse().unwrap()
}

#[tokio::test]
async fn only_known_certificates_for_the_right_name_are_trusted() {
    let (server, root) = secure_server().await;
    let unknown = Client::new(config(&["127.0.0.0/8"])).unwrap();
    let error = greeting(&unknown, &secure(&server)).await.unwrap_err();
    assert!(matches!(error, FetchError::Connect(_)) && error.is_temporary(), "{error}");

    let mut knowing = config(&["127.0.0.0/8"]);
    knowing.roots = vec![root.into_bytes()];
    let knowing = Client::new(knowing).unwrap();
    assert_eq!(greeting(&knowing, &secure(&server)).await, Ok("hello".to_owned()));
    let misnamed = format!("https://other.localhost:{}/", server.port).parse().unwrap();
    assert!(matches!(greeting(&knowing, &misnamed).await, Err(FetchError::Connect(_))));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn s14_a_redirect_does_not_lead_from_https_to_http() {
    let plain = Server::start(|_| ok("text/plain", "hello")).await;
    let target = plain.url("/").to_string();
    let (server, root) = secure_server_that(move |_| redirect(&target)).await;
    let mut knowing = config(&["127.0.0.0/8"]);
    knowing.roots = vec![root.into_bytes()];
    let error = greeting(&Client::new(knowing).unwrap(), &secure(&server)).await.unwrap_err();
    assert_eq!(error, FetchError::RefusedUrl("redirect away from https"));
    assert!(plain.seen().is_empty());
}

#[tokio::test]
async fn a_certificate_file_named_by_the_environment_is_the_store() {
    let (server, root) = secure_server().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), root).unwrap();
    let url = secure(&server);
    // The environment of this process is shared by all tests, so another process asks.
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::asks_the_url_it_is_told", "--ignored"])
        .env("SSL_CERT_FILE", file.path())
        .env_remove("SSL_CERT_DIR")
        .env(URL_VARIABLE, url.as_str())
        .output()
        .await
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert_eq!(server.seen().len(), 1, "the child reached the server");
}

#[tokio::test]
#[ignore = "the other half of the test above"]
async fn asks_the_url_it_is_told() {
    let url = std::env::var(URL_VARIABLE).unwrap().parse().unwrap();
    let client = Client::new(config(&["127.0.0.0/8"])).unwrap();
    assert_eq!(greeting(&client, &url).await, Ok("hello".to_owned()));
}
