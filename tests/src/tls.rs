//! TLS for tests: a certificate authority made for the run, and a front that ends TLS before a node, as a reverse proxy does.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The authority of this run, and one certificate for the names that most tests use.
pub struct Tls {
    pub ca_pem: String,
    folder: TempDir,
    acceptor: TlsAcceptor,
    issuer: Issuer<'static, KeyPair>,
}

impl Tls {
    /// Made once for the process.
    pub fn shared() -> &'static Self {
        static TLS: OnceLock<Tls> = OnceLock::new();
        TLS.get_or_init(Self::make)
    }

    fn make() -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.distinguished_name.push(rcgen::DnType::CommonName, "Outloud tests");
        let ca_cert = ca.clone().self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(ca, ca_key);
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "*.localhost", "127.0.0.1"].map(str::to_owned);
        let cert = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("ca.pem", &ca_cert.pem());
        write("cert.pem", &cert.pem());
        write("key.pem", &key.serialize_pem());
        let acceptor = acceptor(&cert, &key);
        Self { ca_pem: ca_cert.pem(), folder, acceptor, issuer }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends TLS for one host. Verifiers take no wildcard right below a top-level domain, so each name has its own certificate.
    pub fn acceptor_for(&self, host: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        acceptor(&cert, &key)
    }

    /// Ends TLS on `listener` and passes everything on to `to`, for as long as the runtime lives.
    pub fn front(&self, host: &str, listener: TcpListener, to: SocketAddr) {
        let acceptor = if host == "localhost" { self.acceptor.clone() } else { self.acceptor_for(host) };
        tokio::runtime::Handle::current().spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::runtime::Handle::current().spawn(async move {
                    let Ok(mut outside) = acceptor.accept(stream).await else { return };
                    let Ok(mut inside) = TcpStream::connect(to).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
    }
}

fn acceptor(cert: &Certificate, key: &KeyPair) -> TlsAcceptor {
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(cert.der().to_vec())],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    // Nobody resumes a session here, so that none needs to be kept.
    config.session_storage = Arc::new(tokio_rustls::rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    TlsAcceptor::from(Arc::new(config))
}
