//! Who asks, as far as the network tells: the address, and whether the way here is encrypted.
//!
//! ```text
//! peer 10.1.0.5 (a trusted proxy), X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.0.7 (trusted)  →  203.0.113.9
//! peer 203.0.113.9 (a stranger),   X-Forwarded-For: 10.1.0.5                                  →  203.0.113.9
//! ```
//!
//! A forwarding header counts only from a trusted proxy, is read from its right end, and only as far as trusted proxies
//! wrote it: anything further left may be what a stranger sent. Which one of the two headers the proxy writes is a
//! setting, since the other one would come from the stranger too. Addresses limit rates; they are not logged.

use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};

/// At most so many entries of a forwarding header are read.
const HOPS_MAX: usize = 16;

/// Who asks. An extractor that never fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    address: IpAddr,
    https: bool,
    proxied: bool,
}

impl Client {
    /// A client at this address, whose way here is encrypted or not.
    pub fn new(address: IpAddr, https: bool) -> Client {
        Client { address: address.to_canonical(), https, proxied: false }
    }

    /// The address that the client itself can't choose.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Whether the client's own connection is encrypted, here or at a trusted proxy: then cookies are `Secure`.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it came over a trusted proxy.
    pub fn is_proxied(&self) -> bool {
        self.proxied
    }

    /// Reads it from a request: the connection's other end, whether that is encrypted, and the headers.
    pub fn of(peer: Option<IpAddr>, tls: bool, headers: &HeaderMap, trust: &Proxies) -> Client {
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        if !trust.trusts(peer) {
            return Client { address: peer, https: tls, proxied: false };
        }
        let hops = match trust.header {
            ForwardedBy::XForwardedFor => x_forwarded(headers),
            ForwardedBy::Forwarded => forwarded(headers),
        };
        let (mut address, mut https) = (peer, tls);
        for hop in hops.into_iter().rev().take(HOPS_MAX) {
            https = hop.https.unwrap_or(https);
            // What is no address ends the chain: the last one that is known stays.
            let Some(from) = hop.address else { break };
            address = from;
            if !trust.trusts(from) {
                break;
            }
        }
        Client { address, https, proxied: true }
    }
}

impl FromRequest for Client {
    type Error = Error;
    type Future = Ready<Result<Client, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Client>().copied();
        ready(Ok(known.unwrap_or_else(|| {
            let peer = request.peer_addr().map(|peer| peer.ip());
            Client::of(peer, false, request.headers(), &Proxies::default())
        })))
    }
}

/// The proxies that are believed, and what they write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    networks: Vec<Network>,
    header: ForwardedBy,
}

/// The header that the trusted proxies write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`, as most do.
    #[default]
    XForwardedFor,
    /// `Forwarded` of RFC 7239.
    Forwarded,
}

impl Proxies {
    /// These proxies, which write this header.
    pub fn new(networks: Vec<Network>, header: ForwardedBy) -> Proxies {
        Proxies { networks, header }
    }

    /// Whether the address is a trusted proxy's.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Whether there are any.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }
}

/// One address, or all that begin with the same bits: `10.1.0.5`, `10.1.0.0/16`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether the address is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Network, BadNetwork> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| BadNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| BadNetwork)?;
        if bits > most || address != address.to_canonical() {
            return Err(BadNetwork);
        }
        Ok(Network { address, bits })
    }
}

/// Not an address or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadNetwork;

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address such as 10.1.0.5, or a network such as 10.1.0.0/16")
    }
}

impl std::error::Error for BadNetwork {}

/// One entry of a forwarding header.
struct Hop {
    address: Option<IpAddr>,
    https: Option<bool>,
}

fn items<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','))
}

fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let https = items(headers, "x-forwarded-proto").last().map(|proto| proto.trim() == "https");
    let mut hops: Vec<Hop> = items(headers, "x-forwarded-for")
        .map(|item| Hop { address: address(item.trim()), https: None })
        .collect();
    if let Some(last) = hops.last_mut() {
        last.https = https;
    }
    hops
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    items(headers, "forwarded").map(one_forwarded).collect()
}

fn one_forwarded(item: &str) -> Hop {
    let mut hop = Hop { address: None, https: None };
    for pair in item.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.address = address(value),
            "proto" => hop.https = Some(value.eq_ignore_ascii_case("https")),
            _ => (),
        }
    }
    hop
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare =
        text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inside, _)| inside);
    let parsed = bare.parse().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip());
    parsed.or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn asked(peer: &str, header: ForwardedBy, lines: &[(&str, &str)]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_str(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let networks = ["10.1.0.0/16", "fd00::5"].map(|text| text.parse().unwrap()).to_vec();
        Client::of(Some(ip(peer)), false, &headers, &Proxies::new(networks, header))
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let client = asked(
            "203.0.113.9",
            ForwardedBy::XForwardedFor,
            &[("x-forwarded-for", "10.1.0.5"), ("x-forwarded-proto", "https")],
        );
        assert_eq!(client, Client::new(ip("203.0.113.9"), false));
    }

    #[test]
    fn the_right_most_untrusted_address_counts() {
        for (lines, expected) in [
            (vec![("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.1.0.7")], "203.0.113.9"),
            (vec![("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
            (vec![("x-forwarded-for", "10.1.2.3")], "10.1.2.3"),
            (vec![("x-forwarded-for", "6.6.6.6, unknown")], "10.1.0.5"),
            (vec![("x-forwarded-for", "")], "10.1.0.5"),
            (vec![], "10.1.0.5"),
            // The other header comes from the stranger.
            (vec![("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ] {
            let client = asked("10.1.0.5", ForwardedBy::XForwardedFor, &lines);
            assert_eq!(client.address(), ip(expected), "{lines:?}");
            assert!(client.is_proxied());
        }
    }

    #[test]
    fn a_mapped_address_is_the_one_it_maps() {
        let client =
            asked("::ffff:10.1.0.5", ForwardedBy::XForwardedFor, &[("x-forwarded-for", "::ffff:192.0.2.1")]);
        assert_eq!(client.address(), ip("192.0.2.1"));
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let client = asked(
            "fd00::5",
            ForwardedBy::Forwarded,
            &[(
                "forwarded",
                "for=6.6.6.6;proto=http, for=\"[2001:db8::17]:4711\";proto=https;by=203.0.113.43",
            )],
        );
        assert_eq!((client.address(), client.is_https()), (ip("2001:db8::17"), true));
    }

    #[test]
    fn networks_are_parsed_and_hold_what_they_say() {
        let network = |text: &str| text.parse::<Network>();
        assert!(network("10.0.0.0/8").unwrap().holds(ip("10.255.0.1")));
        assert!(!network("10.0.0.0/8").unwrap().holds(ip("11.0.0.1")));
        assert!(network("0.0.0.0/0").unwrap().holds(ip("8.8.8.8")));
        assert!(!network("::/0").unwrap().holds(ip("8.8.8.8")));
        assert!(network("fd00::/8").unwrap().holds(ip("fdff::1")));
        assert!(network("127.0.0.1").unwrap().holds(ip("127.0.0.1")));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "localhost", "10.0.0.0/-1", "::1/129", "10.0.0.1/"] {
            assert_eq!(network(bad), Err(BadNetwork), "{bad}");
        }
    }
}
