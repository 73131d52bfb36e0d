//! The handshake of a WebSocket, and why it fails.

use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error,
        client::IntoClientRequest as _,
        error::ProtocolError,
        handshake::client::Request,
        http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
        protocol::WebSocketConfig,
    },
};

use super::{Stream, proxy::basic_credentials, status_text};
use crate::{
    model::{
        password::Password,
        profile::{Profile, SecretKey},
    },
    mqtt::{
        Login,
        endpoint::Endpoint,
        error::{MqttError, broker_text},
    },
};

/// How much larger than the largest packet a message may be: it may contain several packets.
const MESSAGE_MARGIN_BYTES: usize = 1 << 20;

/// Asks the server to speak MQTT in a WebSocket.
pub(super) async fn connect(
    profile: &Profile,
    login: &Login,
    endpoint: &Endpoint,
    stream: Box<dyn Stream>,
) -> Result<WebSocketStream<Box<dyn Stream>>, MqttError> {
    let mut request =
        request(profile).map_err(|error| MqttError::InvalidSetting(format!("`url` cannot be used: {error}")))?;
    add_headers(request.headers_mut(), profile, login)?;
    let max_bytes = usize::try_from(profile.max_packet_size.bytes()).unwrap_or(usize::MAX) + MESSAGE_MARGIN_BYTES;
    let config = WebSocketConfig::default().max_message_size(Some(max_bytes)).max_frame_size(Some(max_bytes));
    let connected = client_async_with_config(request, stream, Some(config)).await;
    connected.map(|(socket, _)| socket).map_err(|error| handshake_error(endpoint, &error))
}

fn request(profile: &Profile) -> Result<Request, Error> {
    let url = &profile.url;
    let scheme = if url.scheme.is_secure() { "wss" } else { "ws" };
    let mut request = format!("{scheme}://{}:{}{}", url.bracketed_host(), url.port, url.path).into_client_request()?;
    request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("mqtt"));
    Ok(request)
}

/// Adds the headers of the profile, and the login as HTTP Basic if the profile wants that.
fn add_headers(headers: &mut HeaderMap, profile: &Profile, login: &Login) -> Result<(), MqttError> {
    for (name, value) in login.secrets.headers() {
        let invalid = || {
            MqttError::InvalidSetting(format!(
                "the header {name} cannot be sent: its value has a character that is not allowed"
            ))
        };
        let header_name = HeaderName::try_from(name).map_err(|_| invalid())?;
        let mut header_value = HeaderValue::from_str(value.as_str()).map_err(|_| invalid())?;
        header_value.set_sensitive(true);
        headers.insert(header_name, header_value);
    }
    if profile.basic_auth {
        let username = login.username.as_deref().unwrap_or_default();
        let password = login.password().map(Password::as_str).unwrap_or_default();
        let value = basic_credentials(username, password).map_err(|_| {
            MqttError::InvalidSetting("`username` and `password` cannot be sent with HTTP Basic".to_owned())
        })?;
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(())
}

/// Converts an error of the handshake.
fn handshake_error(endpoint: &Endpoint, error: &Error) -> MqttError {
    let address = endpoint.address.clone();
    let not_websocket = |reason: String| MqttError::NotWebSocket(address.clone(), reason);
    match error {
        Error::Http(response) => status_error(endpoint, response),
        Error::Protocol(ProtocolError::HandshakeIncomplete) => not_websocket(format!(
            "it closed the connection without an answer: is the port right?{}",
            tls_hint(endpoint)
        )),
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            not_websocket(format!("the WebSocket at {} is not for MQTT: is the path of the URL right?", endpoint.path))
        }
        Error::Protocol(ProtocolError::HttparseError(_)) => {
            not_websocket(format!("its answer is not HTTP: is the port right?{}", tls_hint(endpoint)))
        }
        Error::Protocol(_) | Error::Capacity(_) | Error::Url(_) | Error::HttpFormat(_) => {
            not_websocket(format!("its answer does not conform to the protocol ({error})"))
        }
        other => endpoint.transport_error(other, false),
    }
}

/// Returns the hint that a port may want TLS, if the connection has none.
fn tls_hint(endpoint: &Endpoint) -> &'static str {
    if endpoint.scheme.is_secure() { "" } else { " is this a TLS port? then use wss://" }
}

/// Returns the error for a status of HTTP.
fn status_error(endpoint: &Endpoint, response: &Response<Option<Vec<u8>>>) -> MqttError {
    let status = response.status();
    let address = endpoint.address.clone();
    match &endpoint.web_login {
        Some(key) if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            let hint = if *key == SecretKey::Password {
                "the web server refuses the login that `basic_auth` sends"
            } else {
                "the web server refuses the login in `headers`"
            };
            MqttError::WebLoginRefused(address, status_text(status, hint), key.clone())
        }
        _ => MqttError::HttpStatus(address, status_text(status, &status_hint(endpoint, response))),
    }
}

/// Returns what a status of HTTP means.
fn status_hint(endpoint: &Endpoint, response: &Response<Option<Vec<u8>>>) -> String {
    let path = &endpoint.path;
    match response.status() {
        StatusCode::UNAUTHORIZED => {
            "the web server wants a login of its own: set `basic_auth` or `headers` in the profile".to_owned()
        }
        StatusCode::FORBIDDEN => "the web server does not allow this client".to_owned(),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => "a proxy on the way wants a login".to_owned(),
        StatusCode::NOT_FOUND => format!("it has nothing at {path}: is the path of the URL right?"),
        StatusCode::BAD_REQUEST if !endpoint.scheme.is_secure() => {
            format!("is {path} the path of the broker? is this a TLS port? then use wss://")
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            "the web server is there, the broker behind it does not answer".to_owned()
        }
        status if status.is_redirection() => match response.headers().get(header::LOCATION).map(HeaderValue::to_str) {
            Some(Ok(target)) => format!("it redirects to {}: put the right address into `url`", shown_target(target)),
            _ => "it redirects to another address: put the right one into `url`".to_owned(),
        },
        status if status.is_server_error() => "the server has failed: its log may say why".to_owned(),
        _ => format!("is {path} the path of the broker?"),
    }
}

/// Returns the target of a redirect without a login and a query, which may contain secrets.
fn shown_target(target: &str) -> String {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let target = &target[..end];
    let (scheme, rest) = target.split_once("://").map_or(("", target), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    broker_text(&if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_of_a_redirect_is_shown_without_secrets() {
        for (target, shown) in [
            ("https://ann:s3cret@broker.example/mqtt?token=s3cret#x", "https://broker.example/mqtt"),
            ("/mqtt?token=s3cret", "/mqtt"),
            ("//ann@broker.example/", "broker.example/"),
            ("https://broker.example\u{1b}[2J", "https://broker.example [2J"),
        ] {
            assert_eq!(shown_target(target), shown);
        }
    }
}
