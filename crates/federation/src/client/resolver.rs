//! Names to addresses, with the address check inside: what this resolver answers is what the client connects to, so a
//! name cannot point elsewhere between the check and the connection (DNS rebinding).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::AddressPolicy;

/// Where names are looked up; the system's resolver outside of tests.
pub trait Lookup: Send + Sync {
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

/// How far a connection may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Any address the policy allows: https on its usual port.
    Allowed,
    /// Only networks the operator named: plain http and explicit ports.
    NamedPrivate,
}

#[derive(Clone)]
pub(super) struct GuardedResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) policy: Arc<AddressPolicy>,
    pub(super) reach: Reach,
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("the name leads only to addresses that federation must not reach")]
    Forbidden,
    #[error("the name has no address")]
    NoAddress,
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let name = name.to_owned();
        async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) }.boxed()
    }
}

impl Reach {
    pub(super) fn includes(self, policy: &AddressPolicy, address: IpAddr) -> bool {
        match self {
            Self::Allowed => policy.is_allowed(address),
            Self::NamedPrivate => policy.is_allowed_private(address),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            if addresses.is_empty() {
                return Err(ResolveError::NoAddress.into());
            }
            let allowed: Vec<SocketAddr> = addresses
                .into_iter()
                .filter(|address| resolver.reach.includes(&resolver.policy, *address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if allowed.is_empty() {
                return Err(ResolveError::Forbidden.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl GuardedResolver {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        if is_localhost(name) {
            return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
        }
        self.lookup.lookup(name).await
    }
}

/// `localhost` and everything below it, which RFC 6761 binds to loopback but not every system resolves.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Vec<IpAddr>);

    impl Lookup for Fixed {
        fn lookup(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let answer = self.0.clone();
            async move { Ok(answer) }.boxed()
        }
    }

    async fn answer(name: &str, dns: &[&str], allowed: &[&str], reach: Reach) -> Result<Vec<String>, String> {
        let resolver = GuardedResolver {
            lookup: Arc::new(Fixed(dns.iter().map(|text| text.parse().unwrap()).collect())),
            policy: Arc::new(AddressPolicy {
                allowed_private: allowed.iter().map(|text| text.parse().unwrap()).collect(),
            }),
            reach,
        };
        match resolver.resolve(name.parse().unwrap()).await {
            Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(format!("{:?}", error.downcast_ref::<ResolveError>().unwrap())),
        }
    }

    #[tokio::test]
    async fn forbidden_answers_are_dropped_and_none_left_is_an_error() {
        let mixed = ["10.0.0.1", "1.1.1.1", "::1"];
        assert_eq!(answer("a.example", &mixed, &[], Reach::Allowed).await, Ok(vec!["1.1.1.1".to_owned()]));
        assert_eq!(answer("a.example", &["10.0.0.1"], &[], Reach::Allowed).await, Err("Forbidden".to_owned()));
        assert_eq!(answer("a.example", &[], &[], Reach::Allowed).await, Err("NoAddress".to_owned()));
    }

    #[tokio::test]
    async fn plain_connections_reach_named_networks_only() {
        let both = ["10.0.0.1", "1.1.1.1"];
        let named = ["10.0.0.0/8"];
        assert_eq!(answer("a.example", &both, &named, Reach::NamedPrivate).await, Ok(vec!["10.0.0.1".to_owned()]));
        let public = answer("a.example", &["1.1.1.1"], &named, Reach::NamedPrivate).await;
        assert_eq!(public, Err("Forbidden".to_owned()));
    }

    #[tokio::test]
    async fn localhost_names_are_loopback_whatever_dns_says() {
        for name in ["localhost", "a.localhost", "A.B.LocalHost", "a.localhost."] {
            let dns = ["1.1.1.1"];
            assert_eq!(answer(name, &dns, &[], Reach::Allowed).await, Err("Forbidden".to_owned()), "{name}");
            let named = answer(name, &dns, &["127.0.0.0/8"], Reach::Allowed).await;
            assert_eq!(named, Ok(vec!["127.0.0.1".to_owned()]), "{name}");
        }
        let other = answer("notlocalhost", &["1.1.1.1"], &[], Reach::Allowed).await;
        assert_eq!(other, Ok(vec!["1.1.1.1".to_owned()]));
    }
}
