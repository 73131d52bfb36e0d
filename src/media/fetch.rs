//! Fetching pictures from URLs: http and https only, bounded in size, time and redirects, and only
//! when they have changed.

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

use crate::model::{error::format_bytes, media::CacheValidator};

/// The most bytes that are fetched.
pub const MOST_BYTES: usize = 8 << 20;
/// The most redirects that are followed.
const MOST_REDIRECTS: usize = 5;
/// The most bytes that the head of an answer may have.
const MOST_HEAD: usize = 32 << 10;
/// Who asks.
const NAME: &str = concat!("mqtt-dash/", env!("CARGO_PKG_VERSION"), " (pictures for a terminal)");

/// What came from a URL.
#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// These bytes, with their mark.
    New(Vec<u8>, CacheValidator),
    /// What was there before.
    Same,
}

/// Makes what fetches. Reads the system's
/// certificates, so it does not belong on a thread that must not wait.
pub fn agent() -> Agent {
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let found = rustls_native_certs::load_native_certs();
    let roots: Vec<Certificate<'static>> =
        found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .user_agent(NAME)
        .accept("image/png, image/jpeg, image/gif, image/webp, image/bmp")
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(MOST_HEAD)
        .max_idle_connections(8)
        .build()
        .into()
}

/// Fetches what is at a URL within a time; with the mark of what is known, only when it has changed.
///
/// # Errors
/// Says why it could not be had.
pub fn fetch(agent: &Agent, url: &str, known: Option<&CacheValidator>, limit: Duration) -> Result<Fetched, String> {
    let until = Instant::now() + limit;
    let mut at = address(url)?;
    for _ in 0..=MOST_REDIRECTS {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(too_slow(limit));
        }
        let answer = ask(agent, &at, known, left).map_err(|fault| sentence(&fault, &at, limit))?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED && known.is_some() {
            return Ok(Fetched::Same);
        }
        if status.is_redirection() {
            at = further(&at, answer.headers())?;
            continue;
        }
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or_default();
            return Err(format!("the server says {} {reason}", status.as_u16()).trim_end().to_owned());
        }
        return read(answer).map_err(|fault| sentence(&fault, &at, limit));
    }
    Err(format!("more than {MOST_REDIRECTS} redirects"))
}

fn ask(agent: &Agent, url: &Url, known: Option<&CacheValidator>, left: Duration) -> Result<Response<Body>, Error> {
    let mut request = agent.get(url.as_str()).config().timeout_global(Some(left)).build();
    if let Some(mark) = known {
        if let Some(tag) = &mark.etag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        if let Some(modified) = &mark.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
    }
    request.call()
}

fn read(answer: Response<Body>) -> Result<Fetched, Error> {
    let mark = mark(answer.headers());
    let limit = MOST_BYTES as u64;
    if answer.body().content_length().is_some_and(|length| length > limit) {
        return Err(Error::BodyExceedsLimit(limit));
    }
    let body = answer.into_body().into_with_config().limit(limit).read_to_vec()?;
    Ok(Fetched::New(body, mark))
}

fn mark(headers: &HeaderMap) -> CacheValidator {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    CacheValidator { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) }
}

/// The address in a text, if it is one that pictures are fetched from.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|fault| format!("the address cannot be understood: {fault}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => Err(format!("{other}: is not fetched, only http and https")),
    }
}

/// Where a redirect leads.
fn further(from: &Url, headers: &HeaderMap) -> Result<Url, String> {
    let place = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let place = place.ok_or("the server redirects to nowhere")?;
    let to = from.join(place).map_err(|fault| format!("the server redirects to nowhere: {fault}"))?;
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err("the server redirects from https to http, which is not followed".to_owned()),
        (_, "http" | "https") => Ok(to),
        (_, other) => Err(format!("the server redirects to {other}:, which is not followed")),
    }
}

fn too_slow(limit: Duration) -> String {
    format!("nothing whole came within {} s", limit.as_secs_f32())
}

fn sentence(fault: &Error, url: &Url, limit: Duration) -> String {
    let host = url.host_str().unwrap_or_default();
    match fault {
        Error::Timeout(_) => too_slow(limit),
        Error::Io(fault) if fault.kind() == std::io::ErrorKind::TimedOut => too_slow(limit),
        Error::BodyExceedsLimit(_) => format!("it has more than {}", format_bytes(MOST_BYTES)),
        Error::HostNotFound => format!("there is no host {host}"),
        Error::Io(fault) if is_untrusted(fault) => format!("the certificate of {host} is not trusted"),
        Error::Io(fault) => format!("{host} cannot be reached: {fault}"),
        other => format!("{host}: {other}"),
    }
}

fn is_untrusted(fault: &std::io::Error) -> bool {
    let inner = fault.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
