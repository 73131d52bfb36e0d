//! The authority of a URL (RFC 3986, section 3.2) of a broker or a proxy.

use url::{Host, ParseError};

/// Returns the host of a URL as a name in ASCII or an IP address, without brackets. `url` converts only the hosts of
/// schemes that it knows.
pub(super) fn parse_host(host: &str) -> Result<String, ParseError> {
    Ok(match Host::parse(host)? {
        Host::Ipv6(ip) => ip.to_string(),
        host => host.to_string(),
    })
}

/// Returns a host as written in a URL: an IPv6 address in brackets.
pub(super) fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
