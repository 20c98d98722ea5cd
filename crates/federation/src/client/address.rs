//! Which IP addresses federation may reach: the public internet, and private networks only where the operator named
//! them.
//!
//! Decided on addresses alone, at the moment of connecting; names and URLs are not its business. A URL of another
//! server must never make us talk to a machine behind our own firewall (CVE-2026-33693, CVE-2026-22245 and others).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The networks that may be reached although they are not public: the setting `OUTLOUD_ALLOW_PRIVATE_NETWORKS`.
#[derive(Clone, Debug, Default)]
pub struct AddressPolicy {
    pub allowed_private: Vec<IpNet>,
}

/// The IANA IPv4 special-purpose registry, multicast and the reserved rest, with the ranges Mastodon refuses.
const SPECIAL_V4: [Ipv4Net; 19] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([192, 175, 48, 0], 24),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
    v4([255, 255, 255, 255], 32),
];

/// All of IPv6 that is ever public. Loopback, link-local, unique local, site-local, multicast, discard,
/// IPv4-compatible and local NAT64 addresses all lie outside.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// Special ranges inside [`GLOBAL_V6`]: protocol assignments (Teredo, ORCHID, benchmarking), documentation twice,
/// 6to4, and the AS112 sink.
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0x0db8, 0], 32),
    v6([0x2002, 0, 0], 16),
    v6([0x2620, 0x004f, 0x8000], 48),
    v6([0x3fff, 0, 0], 20),
];

/// The well-known NAT64 prefix (RFC 6052): behind it stands an IPv4 address, which is the one to judge.
const NAT64: Ipv6Net = v6([0x0064, 0xff9b, 0], 96);

impl AddressPolicy {
    /// Whether federation may connect to this address.
    #[must_use]
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        self.is_allowed_private(address) || is_public(reached(address))
    }

    /// Whether the operator named a network with this address. Only there are plain http and explicit ports accepted.
    #[must_use]
    pub fn is_allowed_private(&self, address: IpAddr) -> bool {
        let reached = reached(address);
        self.allowed_private.iter().any(|network| network.contains(&address) || network.contains(&reached))
    }
}

/// The address a connection ends at: IPv4-mapped and NAT64 addresses lead to the IPv4 address inside them.
fn reached(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    if let Some(four) = six.to_ipv4_mapped() {
        return IpAddr::V4(four);
    }
    if NAT64.contains(&six) {
        let [.., a, b, c, d] = six.octets();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    address
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !SPECIAL_V4.iter().any(|network| network.contains(&four)),
        IpAddr::V6(six) => GLOBAL_V6.contains(&six) && !SPECIAL_V6.iter().any(|network| network.contains(&six)),
    }
}

const fn v4(octets: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]), length)
}

const fn v6(groups: [u16; 3], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(groups[0], groups[1], groups[2], 0, 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn public_addresses_are_allowed() {
        let policy = AddressPolicy::default();
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2a01:4f8::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(policy.is_allowed(ip(text)), "{text}");
            assert!(!policy.is_allowed_private(ip(text)), "{text}");
        }
    }

    #[test]
    fn s02_special_addresses_are_refused_in_every_disguise() {
        let policy = AddressPolicy::default();
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "192.175.48.6",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::1.1.1.1",
            "::ffff:0.0.0.0",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::192.168.1.1",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:101:101::1",
            "2620:4f:8000::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!policy.is_allowed(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_named_network_is_allowed_and_nothing_beside_it() {
        let policy =
            AddressPolicy { allowed_private: vec!["127.0.0.0/8".parse().unwrap(), "fd00:1::/32".parse().unwrap()] };
        for text in ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "fd00:1::5"] {
            assert!(policy.is_allowed(ip(text)) && policy.is_allowed_private(ip(text)), "{text}");
        }
        for text in ["10.0.0.1", "::1", "::127.0.0.1", "fd00:2::5"] {
            assert!(!policy.is_allowed(ip(text)), "{text}");
        }
    }
}
