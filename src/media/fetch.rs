//! Fetches images over HTTP and HTTPS, with limits on size, time and redirects. Conditional requests avoid
//! transferring unchanged images.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::crypto::CryptoProvider;
use ureq::{
    Agent, Body, Error,
    http::{HeaderMap, Response, StatusCode, header},
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};
use url::Url;

use crate::model::{
    access::Access,
    error::FetchError,
    media::{CacheValidator, FetchOptions},
};

/// The maximum size of a response body, in bytes.
pub(crate) const MAX_FETCH_BYTES: usize = 8 << 20;
/// The maximum number of redirects.
const MAX_REDIRECTS: usize = 5;
/// The maximum size of the response headers, in bytes.
const MAX_HEADER_BYTES: usize = 32 << 10;
/// The `User-Agent` header.
const USER_AGENT: &str = concat!("mqtt-dash/", env!("CARGO_PKG_VERSION"), " (images for a terminal)");

/// The result of a fetch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FetchOutcome {
    /// The image, and its validator for the next conditional request.
    Modified(Vec<u8>, CacheValidator),
    /// The image has not changed.
    NotModified,
}

/// Creates an HTTP agent. Blocks while it reads the system's CA certificates.
pub(crate) fn new_agent() -> Agent {
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let native_certs = rustls_native_certs::load_native_certs();
    let roots: Vec<Certificate<'static>> =
        native_certs.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .user_agent(USER_AGENT)
        .accept("image/png, image/jpeg, image/gif, image/webp, image/bmp")
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(MAX_HEADER_BYTES)
        .max_idle_connections(8)
        .build()
        .into()
}

/// Fetches an image. If there is a validator, the body is transferred only if the image has changed.
/// `timeout` covers all redirects.
///
/// # Errors
/// When the URL is invalid, a limit is exceeded or the request fails.
pub(crate) fn fetch(
    agent: &Agent,
    url: &str,
    options: &FetchOptions,
    timeout: Duration,
) -> Result<FetchOutcome, FetchError> {
    let validator = options.validator.as_ref();
    let deadline = Instant::now() + timeout;
    let mut current_url = parse_url(url)?;
    for _ in 0..=MAX_REDIRECTS {
        let remaining = deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(FetchError::Timeout(timeout));
        }
        let response = send_request(agent, &current_url, validator, remaining)
            .map_err(|error| fetch_error(&error, &current_url, timeout))?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED && validator.is_some() {
            return Ok(FetchOutcome::NotModified);
        }
        if status.is_redirection() {
            current_url = redirect_target(&current_url, response.headers())?;
            check_host(url, &current_url, &options.hosts)?;
            continue;
        }
        if !status.is_success() {
            return Err(FetchError::Status(status.as_u16(), status.canonical_reason().unwrap_or_default()));
        }
        return read_response(response).map_err(|error| fetch_error(&error, &current_url, timeout));
    }
    Err(FetchError::TooManyRedirects(MAX_REDIRECTS))
}

fn send_request(
    agent: &Agent,
    url: &Url,
    validator: Option<&CacheValidator>,
    remaining: Duration,
) -> Result<Response<Body>, Error> {
    let mut request = agent.get(url.as_str()).config().timeout_global(Some(remaining)).build();
    if let Some(validator) = validator {
        if let Some(tag) = &validator.etag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        if let Some(modified) = &validator.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
    }
    request.call()
}

fn read_response(response: Response<Body>) -> Result<FetchOutcome, Error> {
    let validator = validator_from_headers(response.headers());
    let limit = MAX_FETCH_BYTES as u64;
    if response.body().content_length().is_some_and(|length| length > limit) {
        return Err(Error::BodyExceedsLimit(limit));
    }
    let body = response.into_body().into_with_config().limit(limit).read_to_vec()?;
    Ok(FetchOutcome::Modified(body, validator))
}

fn validator_from_headers(headers: &HeaderMap) -> CacheValidator {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    CacheValidator { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) }
}

/// Parses a URL and checks its scheme.
fn parse_url(text: &str) -> Result<Url, FetchError> {
    let url = Url::parse(text.trim()).map_err(FetchError::InvalidUrl)?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => Err(FetchError::UnsupportedScheme(other.to_owned())),
    }
}

/// Returns the target of a redirect, unless it must not be followed.
fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or(FetchError::RedirectWithoutLocation)?;
    let to = from.join(location).map_err(FetchError::InvalidRedirect)?;
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err(FetchError::InsecureRedirect),
        (_, "http" | "https") => Ok(to),
        (_, other) => Err(FetchError::RedirectToScheme(other.to_owned())),
    }
}

/// Checks whether a redirect may lead to a URL: to the host of the first URL, and to those that the user has agreed to.
///
/// # Errors
/// When it is another host.
fn check_host(first: &str, target: &Url, hosts: &[String]) -> Result<(), FetchError> {
    match Access::host_of(target.as_str()) {
        Some(host) if Access::host_of(first).as_ref() != Some(&host) && !hosts.contains(&host) => {
            Err(FetchError::RedirectToHost(host))
        }
        _ => Ok(()),
    }
}

/// Converts an error of the HTTP client.
fn fetch_error(error: &Error, url: &Url, timeout: Duration) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    match error {
        Error::Timeout(_) => FetchError::Timeout(timeout),
        Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => FetchError::Timeout(timeout),
        Error::BodyExceedsLimit(_) => FetchError::TooLarge(MAX_FETCH_BYTES),
        Error::HostNotFound => FetchError::HostNotFound(host),
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_)) => FetchError::UntrustedCertificate(host),
            Some(_) => FetchError::TlsFailed(host),
            None => FetchError::Unreachable(host, error.to_string()),
        },
        other => FetchError::Protocol(host, other.to_string()),
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
