//! Each limit of fetching, against a server of a few lines on this machine.

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

/// Long enough for a machine that is busy, where an answer is expected.
const AMPLE: Duration = Duration::from_secs(20);

/// A server that answers each request as it is told; gives its address and counts what it was asked.
struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
}

fn server(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/p.png", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), count, answer) = (stream, Arc::clone(&count), Arc::clone(&answer)) else { return };
            thread::spawn(move || {
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") {
                    if stream.read(&mut byte).unwrap_or_default() == 0 {
                        return;
                    }
                    request.push(byte[0]);
                }
                count.fetch_add(1, Ordering::SeqCst);
                answer(&String::from_utf8_lossy(&request), &mut stream);
            });
        }
    });
    Server { url, asked }
}

fn says(answer: &'static str) -> Server {
    server(move |_, stream| drop(stream.write_all(answer.as_bytes())))
}

fn try_fetch(url: &str, limit: Duration) -> Result<Fetched, String> {
    fetch(&agent(), url, None, limit)
}

fn refusal(server: &Server) -> String {
    try_fetch(&server.url, AMPLE).unwrap_err()
}

#[test]
fn what_is_there_is_had_and_the_question_is_an_honest_one() {
    let server = server(|request, stream| {
        let head = request.to_lowercase();
        assert!(head.starts_with("get /p.png http/1.1") && head.contains("user-agent: mqtt-dash/"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
    });
    let agent = agent();
    for _ in 0..2 {
        assert_eq!(
            fetch(&agent, &server.url, None, AMPLE),
            Ok(Fetched::New(b"abc".to_vec(), CacheValidator::default()))
        );
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 2);
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = server(|request, stream| {
        let answer: &[u8] = if request.to_lowercase().contains("if-none-match: \"v1\"") {
            b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
        } else {
            b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nLast-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
        };
        let _ = stream.write_all(answer);
    });
    let agent = agent();
    let Ok(Fetched::New(_, mark)) = fetch(&agent, &server.url, None, AMPLE) else { panic!() };
    assert_eq!(mark.etag.as_deref(), Some("\"v1\""));
    assert!(mark.last_modified.is_some());
    for _ in 0..3 {
        assert_eq!(fetch(&agent, &server.url, Some(&mark), AMPLE), Ok(Fetched::Same));
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 4);
}

#[test]
fn redirects_are_followed_five_times_and_never_to_another_scheme() {
    for (place, wanted) in [
        ("file:///etc/passwd", "the server redirects to file:, which is not followed"),
        ("ftp://127.0.0.1/p.png", "the server redirects to ftp:, which is not followed"),
        ("data:image/png;base64,AAAA", "the server redirects to data:, which is not followed"),
        ("/again", "more than 5 redirects"),
    ] {
        let server = server(move |_, stream| {
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        });
        assert_eq!(refusal(&server), wanted);
        assert_eq!(server.asked.load(Ordering::SeqCst), if place == "/again" { 6 } else { 1 });
    }
    let once = server(|request, stream| {
        let answer: &[u8] = if request.starts_with("GET /there ") {
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
        } else {
            b"HTTP/1.1 301 Moved\r\nLocation: there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        };
        let _ = stream.write_all(answer);
    });
    assert!(matches!(try_fetch(&once.url, AMPLE), Ok(Fetched::New(body, _)) if body == b"x"));
}

#[test]
fn encryption_is_never_given_up_on_the_way() {
    let secret = Url::parse("https://h/p.png").unwrap();
    let to = |place: &str| {
        let headers = HeaderMap::from_iter([(header::LOCATION, place.parse().unwrap())]);
        further(&secret, &headers).map(|url| url.to_string())
    };
    assert_eq!(to("/q.png"), Ok("https://h/q.png".to_owned()));
    assert!(to("http://h/p.png").unwrap_err().contains("from https to http"));
    assert!(further(&secret, &HeaderMap::new()).is_err());
}

#[test]
fn an_endless_picture_ends_at_eight_mebibytes() {
    let endless = server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[0; 8_192]).is_ok() {}
    });
    assert_eq!(refusal(&endless), "it has more than 8.0 MiB");
    let boast = says("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\nConnection: close\r\n\r\n");
    assert_eq!(refusal(&boast), "it has more than 8.0 MiB");
    let head = server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n").is_ok() {}
    });
    assert!(try_fetch(&head.url, AMPLE).is_err());
}

#[test]
fn a_slow_server_is_not_waited_for() {
    const LIMIT: Duration = Duration::from_millis(300);
    let drip = server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(b".").is_ok() {
            thread::yield_now();
            let _ = stream.flush();
        }
    });
    let silent = server(|_, stream| drop(stream.read(&mut [0])));
    for server in [drip, silent] {
        let began = Instant::now();
        let said = try_fetch(&server.url, LIMIT).unwrap_err();
        assert!(said == "nothing whole came within 0.3 s" || said.starts_with("it has more than"), "{said}");
        assert!(began.elapsed() < AMPLE, "{:?}", began.elapsed());
    }
}

#[test]
fn what_is_refused_says_why() {
    let missing = says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(refusal(&missing), "the server says 404 Not Found");
    let unasked = says("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    assert!(refusal(&unasked).starts_with("the server"));
    let short = says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc");
    assert!(try_fetch(&short.url, AMPLE).is_err());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(try_fetch(&format!("http://{closed}/"), AMPLE).unwrap_err().contains("127.0.0.1"));
    for (url, wanted) in [
        ("file:///etc/passwd", "file: is not fetched, only http and https"),
        ("ftp://h/p", "ftp: is not fetched, only http and https"),
        ("p.png", "the address cannot be understood"),
        ("http://", "the address cannot be understood"),
    ] {
        assert!(try_fetch(url, AMPLE).unwrap_err().starts_with(wanted), "{url}");
    }
}
