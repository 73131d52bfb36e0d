//! Connects to the broker through a proxy, which looks up the name of the broker.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hyper::{
    HeaderMap, Request, StatusCode,
    client::conn::http1,
    header::{HOST, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION},
};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_socks::{Error as SocksError, tcp::Socks5Stream};
use zeroize::Zeroizing;

use super::{Stream, addresses, status_text};
use crate::{
    model::{
        password::Password,
        profile::{BrokerUrl, Profile, ProxyScheme, ProxyServer, ProxySetting, SecretKey},
    },
    mqtt::{Login, endpoint::Endpoint, error::MqttError},
};

/// The user name and the password for a proxy.
#[derive(Clone, Copy)]
struct Credentials<'a> {
    username: &'a str,
    password: &'a str,
}

/// The part of the `connect_timeout` that a proxy has: the rest is for TLS and the broker.
const PROXY_SHARE: f64 = 0.8;

/// Connects to a proxy, and through it to the broker.
///
/// # Errors
/// When the proxy cannot be reached, or does not connect to the broker. `endpoint` is the broker.
pub(super) async fn connect(
    server: &ProxyServer,
    profile: &Profile,
    login: &Login,
    endpoint: &Endpoint,
) -> Result<Box<dyn Stream>, MqttError> {
    let is_from_environment = matches!(profile.proxy, Some(ProxySetting::Environment(_)));
    let origin = if is_from_environment { " (of the environment variables)" } else { "" };
    let address = format!("{}{origin}", server.address());
    let proxy = Endpoint { address: format!("the proxy {address}"), ..endpoint.clone() };
    let tcp = addresses::connect(&server.host, server.port, &proxy).await.map_err(|error| match error {
        MqttError::NoSuchHost(_) => MqttError::NoSuchHost(proxy.address.clone()),
        MqttError::LookupFailed(_) => MqttError::LookupFailed(proxy.address.clone()),
        other => other,
    })?;
    let credentials = profile.proxy_username.as_deref().map(|username| Credentials {
        username,
        password: login.secrets.get(&SecretKey::ProxyPassword).map(Password::as_str).unwrap_or_default(),
    });
    let tunnel = Tunnel { address, is_from_environment, broker: &endpoint.address, url: &profile.url, credentials };
    let stream = Box::new(tcp);
    let limit = profile.connect_timeout.to_duration().mul_f64(PROXY_SHARE);
    let opened = timeout(limit, async {
        match server.scheme {
            ProxyScheme::Http => tunnel.open_with_http(stream).await,
            ProxyScheme::Socks5 => tunnel.open_with_socks(stream).await,
        }
    });
    opened.await.unwrap_or_else(|_| {
        let other = match server.scheme {
            ProxyScheme::Http => "a SOCKS proxy? then use socks5://",
            ProxyScheme::Socks5 => "an HTTP proxy? then use http://",
        };
        let seconds = limit.as_secs_f64();
        let broker = &endpoint.address;
        Err(tunnel.error(format!("has not connected to {broker} within {seconds:.1} s: is it {other}")))
    })
}

/// What is asked of a proxy.
struct Tunnel<'a> {
    /// The address of the proxy.
    address: String,
    /// Whether an environment variable names it.
    is_from_environment: bool,
    /// The address of the broker, for messages.
    broker: &'a str,
    url: &'a BrokerUrl,
    credentials: Option<Credentials<'a>>,
}

impl Tunnel<'_> {
    fn error(&self, reason: String) -> MqttError {
        MqttError::ProxyFailed(self.address.clone(), reason)
    }

    fn unreachable(&self, reason: String) -> MqttError {
        MqttError::UnreachableFromProxy(self.address.clone(), reason)
    }

    /// Returns the error for a login that is missing or wrong.
    fn login_error(&self, reason: &str) -> MqttError {
        let advice = match (self.is_from_environment, self.credentials.is_some()) {
            (true, true) => "is the login in the variable right?",
            (true, false) => "write http://USER:PASSWORD@HOST:PORT or socks5://USER:PASSWORD@HOST:PORT",
            (false, true) => "are `proxy_username` and `proxy_password` right?",
            (false, false) => "set `proxy_username` and `proxy_password`",
        };
        MqttError::ProxyLoginRefused(self.address.clone(), format!("{reason}: {advice}"))
    }

    /// Opens the tunnel with the method CONNECT (RFC 9110, section 9.3.6).
    async fn open_with_http(&self, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, MqttError> {
        let request = self.request().map_err(|error| self.error(format!("cannot be asked: {error}")))?;
        let connected = async {
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            // It ends with the tunnel, or when the response is dropped.
            tokio::spawn(connection.with_upgrades());
            let response = sender.send_request(request).await?;
            if !response.status().is_success() {
                return Ok(Err(self.refusal(response.status(), response.headers())));
            }
            hyper::upgrade::on(response).await.map(Ok)
        };
        let upgraded = connected.await.map_err(|error| self.http_error(&error))??;
        Ok(Box::new(TokioIo::new(upgraded)))
    }

    fn request(&self) -> Result<Request<String>, hyper::http::Error> {
        let target = format!("{}:{}", self.url.bracketed_host(), self.url.port);
        let mut request = Request::connect(&target).header(HOST, &target);
        if let Some(Credentials { username, password }) = self.credentials {
            request = request.header(PROXY_AUTHORIZATION, basic_credentials(username, password)?);
        }
        request.body(String::new())
    }

    /// Returns why a proxy refuses the tunnel.
    fn refusal(&self, status: StatusCode, headers: &HeaderMap) -> MqttError {
        let broker = self.broker;
        let answer = |hint: &str| format!("answered {}", status_text(status, hint));
        match status {
            // tinyproxy answers 401.
            StatusCode::PROXY_AUTHENTICATION_REQUIRED | StatusCode::UNAUTHORIZED => {
                if headers.get(PROXY_AUTHENTICATE).is_some_and(|it| !is_basic(it)) {
                    self.error(answer("it wants a login, but not HTTP Basic, the only one that is supported"))
                } else if self.credentials.is_some() {
                    self.login_error(&answer("it refuses the login"))
                } else {
                    self.login_error(&answer("it wants a login"))
                }
            }
            StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED => {
                self.error(answer(&format!("it does not allow connections to {broker}")))
            }
            status if status.is_server_error() => {
                self.unreachable(answer(&format!("it cannot reach {broker}; is the address right?")))
            }
            _ => self.error(answer("is this the address of an HTTP proxy?")),
        }
    }

    fn http_error(&self, error: &hyper::Error) -> MqttError {
        if error.is_parse() {
            return self.error("does not speak HTTP: is it a SOCKS proxy? then use socks5://".to_owned());
        }
        self.error("closed the connection without an answer: are its kind and port right?".to_owned())
    }

    /// Opens the tunnel with SOCKS 5 (RFC 1928).
    async fn open_with_socks(&self, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, MqttError> {
        let target = (self.url.host.as_str(), self.url.port);
        let connected = match self.credentials {
            Some(Credentials { username, password }) => {
                Socks5Stream::connect_with_password_and_socket(stream, target, username, password).await
            }
            None => Socks5Stream::connect_with_socket(stream, target).await,
        };
        Ok(connected.map_err(|error| self.socks_error(&error))?.into_inner())
    }

    fn socks_error(&self, error: &SocksError) -> MqttError {
        let broker = self.broker;
        match error {
            SocksError::PasswordAuthFailure(_) => self.login_error("refuses the login"),
            SocksError::NoAcceptableAuthMethods | SocksError::AuthorizationRequired if self.credentials.is_none() => {
                self.login_error("wants a login")
            }
            SocksError::NoAcceptableAuthMethods => {
                self.error("wants another login than a user name and a password".to_owned())
            }
            SocksError::ConnectionNotAllowedByRuleset => self.error(format!("does not allow connections to {broker}")),
            SocksError::ConnectionRefused => self.unreachable(format!("says that nothing listens on {broker}")),
            SocksError::HostUnreachable | SocksError::NetworkUnreachable | SocksError::TtlExpired => {
                self.unreachable(format!("cannot reach {broker}: is the address right?"))
            }
            SocksError::GeneralSocksServerFailure => {
                self.unreachable(format!("has failed to connect to {broker}: its log may say why"))
            }
            SocksError::InvalidResponseVersion => {
                self.error("does not speak SOCKS 5: is it an HTTP proxy? then use http://".to_owned())
            }
            SocksError::InvalidAuthValues(_) => MqttError::InvalidSetting(format!(
                "the proxy {} cannot be asked: its user name and password have 1 to 255 bytes each",
                self.address
            )),
            SocksError::Io(_) => {
                self.error("closed the connection without an answer: are its kind and port right?".to_owned())
            }
            other => self.error(format!("has failed ({other})")),
        }
    }
}

/// Returns the value of a header with credentials for the Basic scheme (RFC 7617).
pub(super) fn basic_credentials(username: &str, password: &str) -> Result<HeaderValue, hyper::http::Error> {
    let plain = Zeroizing::new(format!("{username}:{password}"));
    let encoded = Zeroizing::new(format!("Basic {}", BASE64.encode(plain.as_bytes())));
    let mut value = HeaderValue::from_str(&encoded)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_basic(value: &HeaderValue) -> bool {
    value.as_bytes().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic"))
}
