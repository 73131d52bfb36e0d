//! Tests the limits of `fetch` against a minimal HTTP server on this machine.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::*;

/// A timeout for requests that are expected to succeed, long enough for a busy machine.
const AMPLE_TIMEOUT: Duration = Duration::from_secs(20);

/// A server that answers each request with a given function and counts the requests.
struct TestHttpServer {
    url: String,
    request_count: Arc<AtomicUsize>,
}

fn spawn_server(respond: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> TestHttpServer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/p.png", listener.local_addr().unwrap());
    let request_count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&request_count);
    let respond = Arc::new(respond);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), counter, respond) = (stream, Arc::clone(&counter), Arc::clone(&respond)) else {
                return;
            };
            thread::spawn(move || {
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") {
                    if stream.read(&mut byte).unwrap_or_default() == 0 {
                        return;
                    }
                    request.push(byte[0]);
                }
                counter.fetch_add(1, Ordering::SeqCst);
                respond(&String::from_utf8_lossy(&request), &mut stream);
            });
        }
    });
    TestHttpServer { url, request_count }
}

fn server_responding(response: &'static str) -> TestHttpServer {
    spawn_server(move |_, stream| drop(stream.write_all(response.as_bytes())))
}

fn try_fetch(url: &str, limit: Duration) -> Result<FetchOutcome, String> {
    fetch(&new_agent(), url, &FetchOptions::default(), limit).map_err(|error| error.to_string())
}

fn fetch_failure(server: &TestHttpServer) -> String {
    try_fetch(&server.url, AMPLE_TIMEOUT).unwrap_err()
}

#[test]
fn fetch_returns_body_and_sends_no_cookie_or_referer() {
    let server = spawn_server(|request, stream| {
        let request_head = request.to_lowercase();
        assert!(
            request_head.starts_with("get /p.png http/1.1") && request_head.contains("user-agent: mqtt-dash/"),
            "{request_head}"
        );
        assert!(!request_head.contains("cookie") && !request_head.contains("referer"), "{request_head}");
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
    });
    let agent = new_agent();
    for _ in 0..2 {
        assert_eq!(
            fetch(&agent, &server.url, &FetchOptions::default(), AMPLE_TIMEOUT),
            Ok(FetchOutcome::Modified(b"abc".to_vec(), CacheValidator::default()))
        );
    }
    assert_eq!(server.request_count.load(Ordering::SeqCst), 2);
}

#[test]
fn fetch_sends_validator_and_reports_not_modified() {
    let server = spawn_server(|request, stream| {
        let response: &[u8] = if request.to_lowercase().contains("if-none-match: \"v1\"") {
            b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
        } else {
            b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nLast-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
        };
        let _ = stream.write_all(response);
    });
    let agent = new_agent();
    let Ok(FetchOutcome::Modified(_, validator)) = fetch(&agent, &server.url, &FetchOptions::default(), AMPLE_TIMEOUT)
    else {
        panic!()
    };
    assert_eq!(validator.etag.as_deref(), Some("\"v1\""));
    assert!(validator.last_modified.is_some());
    let options = FetchOptions { validator: Some(validator), ..FetchOptions::default() };
    for _ in 0..3 {
        assert_eq!(fetch(&agent, &server.url, &options, AMPLE_TIMEOUT), Ok(FetchOutcome::NotModified));
    }
    assert_eq!(server.request_count.load(Ordering::SeqCst), 4);
}

#[test]
fn fetch_follows_five_redirects_over_http_or_https_only() {
    for (location, expected) in [
        ("file:///etc/passwd", "refused to follow a redirect to file:"),
        ("ftp://127.0.0.1/p.png", "refused to follow a redirect to ftp:"),
        ("data:image/png;base64,AAAA", "refused to follow a redirect to data:"),
        ("/again", "more than 5 redirects"),
    ] {
        let server = spawn_server(move |_, stream| {
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        });
        assert_eq!(fetch_failure(&server), expected);
        assert_eq!(server.request_count.load(Ordering::SeqCst), if location == "/again" { 6 } else { 1 });
    }
    let redirecting = spawn_server(|request, stream| {
        let response: &[u8] = if request.starts_with("GET /there ") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
        } else {
            b"HTTP/1.1 301 Moved\r\nLocation: there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        };
        let _ = stream.write_all(response);
    });
    assert!(matches!(try_fetch(&redirecting.url, AMPLE_TIMEOUT), Ok(FetchOutcome::Modified(body, _)) if body == b"x"));
}

#[test]
fn redirect_to_a_host_that_the_user_has_not_agreed_to_is_refused() {
    let target = spawn_server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    });
    let location = target.url.clone();
    let redirecting = spawn_server(move |_, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    });
    let host = Access::host_of(&target.url).unwrap();
    let refused = fetch(&new_agent(), &redirecting.url, &FetchOptions::default(), AMPLE_TIMEOUT);
    assert_eq!(refused, Err(FetchError::RedirectToHost(host.clone())));
    assert_eq!(target.request_count.load(Ordering::SeqCst), 0);
    let options = FetchOptions { hosts: [host].into(), ..FetchOptions::default() };
    let allowed = fetch(&new_agent(), &redirecting.url, &options, AMPLE_TIMEOUT);
    assert!(matches!(allowed, Ok(FetchOutcome::Modified(body, _)) if body == b"x"));
}

#[test]
fn redirect_from_https_to_http_is_refused() {
    let https_url = Url::parse("https://h/p.png").unwrap();
    let target = |location: &str| {
        let headers = HeaderMap::from_iter([(header::LOCATION, location.parse().unwrap())]);
        redirect_target(&https_url, &headers).map(|url| url.to_string())
    };
    assert_eq!(target("/q.png"), Ok("https://h/q.png".to_owned()));
    assert_eq!(target("http://h/p.png"), Err(FetchError::InsecureRedirect));
    assert!(redirect_target(&https_url, &HeaderMap::new()).is_err());
}

#[test]
fn fetch_limits_body_to_8_mib_and_bounds_headers() {
    let endless = spawn_server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[0; 8_192]).is_ok() {}
    });
    assert_eq!(fetch_failure(&endless), "it is larger than 8.0 MiB");
    let oversized = server_responding("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\nConnection: close\r\n\r\n");
    assert_eq!(fetch_failure(&oversized), "it is larger than 8.0 MiB");
    let endless_headers = spawn_server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n").is_ok() {}
    });
    assert!(try_fetch(&endless_headers.url, AMPLE_TIMEOUT).is_err());
}

#[test]
fn fetch_times_out_on_slow_or_silent_server() {
    const LIMIT: Duration = Duration::from_millis(300);
    let slow = spawn_server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(b".").is_ok() {
            thread::yield_now();
            let _ = stream.flush();
        }
    });
    let silent = spawn_server(|_, stream| drop(stream.read(&mut [0])));
    for server in [slow, silent] {
        let started = Instant::now();
        let error = try_fetch(&server.url, LIMIT).unwrap_err();
        assert!(error == "no complete response within 0.3 s" || error.starts_with("it is larger than"), "{error}");
        assert!(started.elapsed() < AMPLE_TIMEOUT, "{:?}", started.elapsed());
    }
}

#[test]
fn fetch_error_names_the_reason() {
    let missing = server_responding("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(fetch_failure(&missing), "the server answered 404 Not Found");
    let unexpected_not_modified = server_responding("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    assert!(fetch_failure(&unexpected_not_modified).starts_with("the server"));
    let truncated = server_responding("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc");
    assert!(try_fetch(&truncated.url, AMPLE_TIMEOUT).is_err());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(try_fetch(&format!("http://{closed}/"), AMPLE_TIMEOUT).unwrap_err().contains("127.0.0.1"));
    for (url, expected) in [
        ("file:///etc/passwd", "unsupported URL scheme file: use http or https"),
        ("ftp://h/p", "unsupported URL scheme ftp: use http or https"),
        ("p.png", "invalid URL"),
        ("http://", "invalid URL"),
    ] {
        assert!(try_fetch(url, AMPLE_TIMEOUT).unwrap_err().starts_with(expected), "{url}");
    }
}

#[test]
fn failed_tls_is_told_in_a_sentence() {
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/p.png", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4_096]);
            // The alert "handshake failure".
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]);
        }
    });
    assert!(
        try_fetch(&url, AMPLE_TIMEOUT).unwrap_err().starts_with("127.0.0.1 and this program cannot agree on TLS: ")
    );
}
