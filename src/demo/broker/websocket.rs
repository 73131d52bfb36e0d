//! The handshake of a WebSocket: which web pages and host names are accepted.
//!
//! A browser lets every web page connect to every address, also to the computer of its user, and tells the page's
//! origin. Without a check, any page that the user visits could talk to this broker. Programs send no origin.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use mqtt5::broker::websocket_server::WebSocketStreamWrapper;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    accept_hdr_async_with_config,
    tungstenite::{
        self,
        handshake::server::{ErrorResponse, Request, Response},
        http::{HeaderMap, HeaderValue, StatusCode, header},
        protocol::WebSocketConfig,
    },
};
use url::Url;

use super::limits::MAX_WEBSOCKET_PACKET_BYTES;

/// The path of the broker on its WebSocket port.
const PATH: &str = "/mqtt";
/// The subprotocol of MQTT.
const SUBPROTOCOL: &str = "mqtt";

/// The origin of a web page: scheme, host and port, as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin(Url);

/// A text is not the origin of a web page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the beginning of a web page's address, such as https://example.org or http://localhost:8080")]
pub struct InvalidWebOrigin;

impl FromStr for WebOrigin {
    type Err = InvalidWebOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidWebOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidWebOrigin)?;
        let has_only_origin = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let has_login = !url.username().is_empty() || url.password().is_some();
        let is_web_page = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        if is_web_page && has_only_origin && !has_login { Ok(Self(url)) } else { Err(InvalidWebOrigin) }
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl WebOrigin {
    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

/// Which WebSocket handshakes are accepted.
#[derive(Debug)]
pub(super) struct WebSocketPolicy {
    /// The origins that are accepted besides those of the broker's own host.
    allowed_origins: Vec<WebOrigin>,
    /// Whether the broker can be reached from this machine only.
    is_loopback_only: bool,
}

impl WebSocketPolicy {
    /// Creates a policy for a broker that listens on `ip`.
    pub(super) fn new(allowed_origins: Vec<WebOrigin>, ip: IpAddr) -> Self {
        Self { allowed_origins, is_loopback_only: ip.to_canonical().is_loopback() }
    }

    /// Returns whether the headers are those of a program or an accepted web page.
    ///
    /// A page can give its own host name the address of the broker (DNS rebinding), so that name and origin agree. So a
    /// host name is accepted only if it cannot be somebody else's: an IP address, `localhost`, or one that was allowed.
    fn accepts(&self, headers: &HeaderMap) -> bool {
        let Some(host) = single(headers, &header::HOST).and_then(|host| host_name(host.to_str().ok()?)) else {
            return false;
        };
        let has_origin = headers.contains_key(header::ORIGIN);
        if (self.is_loopback_only || has_origin) && !self.is_own_host(&host) {
            return false;
        }
        if !has_origin {
            return true;
        }
        let origin =
            single(headers, &header::ORIGIN).and_then(|origin| origin.to_str().ok()?.parse::<WebOrigin>().ok());
        origin.is_some_and(|origin| self.allowed_origins.contains(&origin) || is_same_host(origin.host(), &host))
    }

    fn is_own_host(&self, host: &str) -> bool {
        let is_allowed = self.allowed_origins.iter().any(|origin| origin.host() == host);
        match ip_address(host) {
            Some(ip) => !self.is_loopback_only || ip.to_canonical().is_loopback() || is_allowed,
            None => host == "localhost" || is_allowed,
        }
    }
}

/// Returns the value of a header that occurs once.
fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Returns the host of a `Host` header, normalized and without its port.
fn host_name(host: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    let is_host = url.path() == "/" && url.query().is_none() && url.username().is_empty() && url.password().is_none();
    url.host_str().filter(|_| is_host).map(|host| host.trim_end_matches('.').to_owned())
}

fn ip_address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Returns whether two host names are the same host. The names of this machine are: a page of it is not foreign.
fn is_same_host(one: &str, other: &str) -> bool {
    let is_local =
        |host: &str| host == "localhost" || ip_address(host).is_some_and(|ip| ip.to_canonical().is_loopback());
    one == other || is_local(one) && is_local(other)
}

/// Performs the handshake.
///
/// # Errors
/// When the client sends no valid request, or it is refused; then it got 403 or 404.
pub(super) async fn accept(
    stream: TcpStream,
    policy: Arc<WebSocketPolicy>,
) -> Result<WebSocketStreamWrapper<TcpStream>, tungstenite::Error> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_WEBSOCKET_PACKET_BYTES))
        .max_frame_size(Some(MAX_WEBSOCKET_PACKET_BYTES));
    // The signature is that of the library.
    #[allow(clippy::result_large_err)]
    let check = move |request: &Request, response: Response| respond(&policy, request, response);
    accept_hdr_async_with_config(stream, check, Some(config)).await.map(WebSocketStreamWrapper::new)
}

#[allow(clippy::result_large_err, reason = "the signature of the library")]
fn respond(policy: &WebSocketPolicy, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    if request.uri().path() != PATH {
        return Err(refuse(StatusCode::NOT_FOUND, "the broker is at /mqtt"));
    }
    if !policy.accepts(request.headers()) {
        let origin = request.headers().get(header::ORIGIN);
        tracing::warn!(?origin, "the demo broker refused a WebSocket: see --allow-origin");
        return Err(refuse(StatusCode::FORBIDDEN, "this origin or host is not allowed: see --allow-origin"));
    }
    let offered =
        request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    if offered.flat_map(|protocols| protocols.split(',')).any(|protocol| protocol.trim() == SUBPROTOCOL) {
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Ok(response)
}

fn refuse(status: StatusCode, reason: &str) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(reason.to_owned()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(policy: &WebSocketPolicy, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        policy.accepts(&headers)
    }

    fn policy(allowed: &[&str], ip: &str) -> WebSocketPolicy {
        WebSocketPolicy::new(allowed.iter().map(|origin| origin.parse().unwrap()).collect(), ip.parse().unwrap())
    }

    #[test]
    fn broker_of_this_machine_accepts_its_own_pages_and_programs() {
        let policy = policy(&["https://class.example.org", "http://pi.lan:8080"], "127.0.0.1");
        for (host, origin, expected) in [
            ("127.0.0.1:9001", None, true),
            ("localhost:9001", None, true),
            ("LOCALHOST", None, true),
            ("[::1]:9001", None, true),
            ("127.0.0.1:9001", Some("http://127.0.0.1:8080"), true),
            ("127.0.0.1:9001", Some("http://localhost:8080"), true),
            ("localhost:9001", Some("https://class.example.org"), true),
            ("pi.lan:9001", Some("http://pi.lan:8080"), true),
            ("localhost:9001", Some("https://class.example.org:444"), false),
            ("localhost:9001", Some("http://class.example.org"), false),
            ("localhost:9001", Some("https://evil.example"), false),
            ("localhost:9001", Some("null"), false),
            ("localhost:9001", Some(""), false),
            ("localhost:9001", Some("http://localhost.evil.example"), false),
            ("localhost:9001", Some("http://localhost@evil.example"), false),
            ("evil.example:9001", Some("http://evil.example:9001"), false),
            ("evil.example:9001", None, false),
            ("192.168.1.5:9001", None, false),
            ("localhost@evil.example", None, false),
            ("localhost/evil", None, false),
        ] {
            assert_eq!(accepts(&policy, host, origin), expected, "{host} {origin:?}");
        }
    }

    #[test]
    fn broker_of_a_network_accepts_pages_of_its_own_address() {
        let policy = policy(&[], "0.0.0.0");
        for (host, origin, expected) in [
            ("192.168.1.5:9001", Some("http://192.168.1.5"), true),
            ("192.168.1.5:9001", Some("http://192.168.1.6"), false),
            ("192.168.1.5:9001", Some("https://evil.example"), false),
            ("evil.example:9001", Some("http://evil.example:9001"), false),
            ("laptop.lan:9001", None, true),
        ] {
            assert_eq!(accepts(&policy, host, origin), expected, "{host} {origin:?}");
        }
    }

    #[test]
    fn repeated_or_missing_headers_are_refused() {
        let policy = policy(&[], "127.0.0.1");
        assert!(!policy.accepts(&HeaderMap::new()));
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost"));
        assert!(policy.accepts(&headers));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://evil.example"));
        assert!(!policy.accepts(&headers));
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        for text in ["example.org", "https://", "https://a/b", "https://a?b", "ws://a", "https://u@a", "null", ""] {
            assert_eq!(text.parse::<WebOrigin>(), Err(InvalidWebOrigin), "{text}");
        }
        let origin: WebOrigin = "https://Example.org:443/".parse().unwrap();
        assert_eq!(origin.to_string(), "https://example.org");
        assert_eq!(origin, "https://example.org".parse().unwrap());
    }
}
