//! Which addresses a request may reach: none inside the house, lest whoever names a receiver makes us ask our own machines.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use crate::{Error, Reach};

/// Checks a URL when it is configured, and, as the client's resolver, every name when it is used: the client connects to the
/// addresses that were checked, and to no other.
#[derive(Debug, Clone, Copy)]
pub struct Guard(pub Reach);

/// A name led to an address that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("name leads to an address that may not be reached")]
pub struct Forbidden;

/// What kind of network an address is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Public,
    Private,
    Loopback,
    /// Link-local, metadata, multicast, documentation, unassigned.
    Other,
}

/// Cloud metadata outside link-local: that of Alibaba Cloud.
const METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

impl Guard {
    /// Check the address of a receiver that an administrator set.
    pub fn url(self, text: &str, setting: &'static str) -> Result<Url, Error> {
        let url: Url = text.parse().map_err(|_| Error::Url { setting })?;
        let user = !url.username().is_empty() || url.password().is_some();
        let Some(host) = url.host_str().filter(|_| !user && url.fragment().is_none()) else {
            return Err(Error::Url { setting });
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let ip: Option<IpAddr> = host.parse().ok();
        let loopback = ip.is_some_and(|ip| network(ip) == Network::Loopback);
        let plain = url.scheme() == "http" && loopback && self.0.loopback;
        if url.scheme() != "https" && !plain {
            return Err(Error::Plain { setting });
        }
        if ip.is_some_and(|ip| !self.allows(ip)) {
            return Err(Error::Forbidden { setting });
        }
        Ok(url)
    }

    fn allows(self, ip: IpAddr) -> bool {
        match network(ip) {
            Network::Public => true,
            Network::Private => self.0.private,
            Network::Loopback => self.0.loopback,
            Network::Other => false,
        }
    }

    /// All addresses of a name. One that may not be reached refuses them all: honest names do not mix them.
    fn check(self, addresses: &[SocketAddr]) -> Result<(), Forbidden> {
        if addresses.iter().all(|address| self.allows(address.ip())) {
            Ok(())
        } else {
            Err(Forbidden)
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            guard.check(&addresses)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn network(ip: IpAddr) -> Network {
    match ip {
        IpAddr::V4(ip) => network_v4(ip),
        IpAddr::V6(ip) => network_v6(ip),
    }
}

/// By the special-purpose registry of IPv4 (RFC 6890 and those after it).
fn network_v4(ip: Ipv4Addr) -> Network {
    match ip.octets() {
        [127, ..] => Network::Loopback,
        _ if ip == METADATA => Network::Other,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Network::Private,
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18..=19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Network::Other,
        _ => Network::Public,
    }
}

/// By the special-purpose registry of IPv6; an IPv4 address inside counts as itself.
fn network_v6(ip: Ipv6Addr) -> Network {
    if ip == Ipv6Addr::LOCALHOST {
        return Network::Loopback;
    }
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        network_v4(Ipv4Addr::new(a, b, c, d))
    };
    match ip.segments() {
        // Mapped, and translated by NAT64.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            inside(high, low)
        }
        // 6to4.
        [0x2002, high, low, ..] => inside(high, low),
        [0xfc00..=0xfdff, ..] => Network::Private,
        // Teredo, benchmarks, ORCHID and what else is below 2001:200; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Network::Other,
        [0x2000..=0x3fff, ..] => Network::Public,
        _ => Network::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: Guard = Guard(Reach {
        loopback: false,
        private: false,
    });
    const OPEN: Guard = Guard(Reach {
        loopback: true,
        private: true,
    });

    #[test]
    fn addresses_inside_the_house_are_told_from_public_ones() {
        let table = [
            (
                Network::Public,
                "1.1.1.1 100.63.0.1 100.128.0.1 172.32.0.1 192.0.1.1 223.255.255.254",
            ),
            (
                Network::Public,
                "2400:3200::1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101",
            ),
            (
                Network::Private,
                "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1",
            ),
            (
                Network::Private,
                "fc00::1 fd12::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::",
            ),
            (
                Network::Loopback,
                "127.0.0.1 127.255.0.9 ::1 ::ffff:127.0.0.1 2002:7f00:1::",
            ),
            (
                Network::Other,
                "0.0.0.0 169.254.169.254 100.100.100.200 224.0.0.1 255.255.255.255",
            ),
            (
                Network::Other,
                "192.0.0.8 198.18.0.1 203.0.113.5 ::ffff:169.254.169.254",
            ),
            (
                Network::Other,
                ":: fe80::1 fec0::1 ff02::1 2001:db8::1 2001::1 ::127.0.0.1",
            ),
        ];
        for (expected, ips) in table {
            for ip in ips.split(' ') {
                let parsed = ip.parse().expect("the table holds addresses");
                assert_eq!(network(parsed), expected, "{ip}");
            }
        }
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for host in [
            "10.0.0.1",
            "0xa.1",
            "167772161",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
        ] {
            let url = format!("https://{host}/");
            let refused = CLOSED.url(&url, "url");
            assert!(matches!(refused, Err(Error::Forbidden { .. })), "{host}");
            assert!(OPEN.url(&url, "url").is_ok(), "{host}");
        }
        let metadata = OPEN.url("https://169.254.169.254/", "url");
        assert!(matches!(metadata, Err(Error::Forbidden { .. })));
    }

    #[test]
    fn only_loopback_may_be_plain_and_only_when_allowed() {
        assert!(OPEN.url("http://127.0.0.1:8080/hook", "url").is_ok());
        assert!(OPEN.url("http://[::1]/hook", "url").is_ok());
        let closed = CLOSED.url("http://127.0.0.1/", "url");
        assert!(matches!(closed, Err(Error::Plain { .. })));
        for url in [
            "http://example.org/",
            "http://10.0.0.1/",
            "http://localhost/",
            "ftp://example.org/",
        ] {
            assert!(
                matches!(OPEN.url(url, "url"), Err(Error::Plain { .. })),
                "{url}"
            );
        }
    }

    #[test]
    fn a_url_carries_no_account_and_no_fragment() {
        for url in [
            "https://a:b@example.org/",
            "https://a@example.org/",
            "https://example.org/#a",
            "example.org",
            "",
        ] {
            assert!(
                matches!(CLOSED.url(url, "url"), Err(Error::Url { .. })),
                "{url}"
            );
        }
    }

    #[test]
    fn one_private_address_refuses_the_whole_name() {
        let addresses = ["1.1.1.1:0", "10.0.0.1:0"].map(|text| text.parse().expect("an address"));
        assert!(CLOSED.check(&addresses).is_err());
        assert!(CLOSED.check(&addresses[..1]).is_ok());
    }
}
