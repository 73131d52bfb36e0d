//! Pictures from a server: only after the person has agreed, and with the reason where there is none.

use std::{
    io::{Cursor, Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use image::{ImageFormat, Rgb, RgbImage};
use mqtt_dash::store::write_whole;

use crate::{
    desk::Desk,
    pty::{Key, Program},
};

/// A server with a red picture at `/p.png` and a web page everywhere else; counts what it is asked.
fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(8, 8, Rgb([255, 0, 0])).write_to(&mut png, ImageFormat::Png).expect("a picture");
    let png = png.into_inner();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 2_048];
            let length = stream.read(&mut request).unwrap_or_default();
            count.fetch_add(1, Ordering::SeqCst);
            let body: &[u8] = if request[..length].starts_with(b"GET /p.png ") { &png } else { b"<html></html>" };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    (url, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_fetched_once_the_person_agrees() {
    let desk = Desk::new().await;
    let (url, asked) = server();
    let board = format!(
        "[[tile]]\nkind = \"image\"\nname = \"Red\"\nurl = \"{url}/p.png\"\nreload = 0\nopen_url = \"{url}/page\"\n\
         [[tile]]\nkind = \"image\"\nname = \"Page\"\nurl = \"{url}/page\"\nreload = 0\n"
    );
    let mut program = Program::new(&["open", "bench", "--url", &desk.url()])
        .file("dashboards/bench.toml", &board)
        .env("COLORTERM", "truecolor")
        .size(120, 24)
        .start();
    program.wait_text("then it is fetched");
    program.wait_text("● connected");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    program.type_text("T");
    program.wait_text("/p.png");
    program.key(Key::Enter);
    program.wait_text("▀");
    program.wait_text("no picture: it is");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    program.key(Key::Enter);
    program.wait_text("Open in the browser?");
    program.type_text("z");
    program.wait_no_text("Open in the browser?");
    program.wait_for("the picture, large", |screen| screen.contents().matches('▀').count() > 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_sent_in_the_terminals_own_protocol_where_that_is_wished() {
    let mut desk = Desk::new().await;
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(8, 8, Rgb([255, 0, 0])).write_to(&mut png, ImageFormat::Png).expect("a picture");
    desk.keep("cam", png.into_inner()).await;
    let board = "[[tile]]\nkind = \"image\"\nname = \"Cam\"\ntopic = \"cam\"\nsource = \"payload\"\n";
    for (images, begins) in [("kitty", "\x1b_Gq=2,"), ("sixel", "\x1bP"), ("iterm2", "\x1b]1337;File=inline=1;")] {
        let program = Program::new(&["open", "bench", "--url", &desk.url(), "--images", images])
            .file("dashboards/bench.toml", board)
            .start();
        let has = |bytes: &[u8]| bytes.windows(begins.len()).any(|part| part == begins.as_bytes());
        program.wait_bytes(images, has);
    }
    // The settings say so for good; a save is taken over, and what the command line says goes first.
    let settings = |how: &str| format!("images = \"{how}\"\n");
    let has =
        |begins: &'static str| move |bytes: &[u8]| bytes.windows(begins.len()).any(|part| part == begins.as_bytes());
    let mut program = desk.board(board).file("settings.toml", &settings("kitty")).start();
    program.wait_bytes("kitty", has("\x1b_Gq=2,"));
    write_whole(&program.path("config/settings.toml"), settings("sixel").as_bytes()).expect("saved");
    program.wait_bytes("sixel", has("\x1bP"));
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    let mut program = Program::new(&["open", "bench", "--url", &desk.url(), "--images", "half-blocks"])
        .file("dashboards/bench.toml", board)
        .file("settings.toml", &settings("kitty"))
        .start();
    program.wait_text("▀");
    assert!(!has("\x1b_Gq=2,")(&program.bytes()));
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}

/// A server that speaks TLS, and answers every request with this head and then this body, again and
/// again if so wished; gives its address and its certificate, which is its own authority.
fn encrypted(head: &'static str, body: Vec<u8>, endless: bool) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let chain = vec![made.cert.der().clone()];
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .expect("a server");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), config, body) = (stream, Arc::clone(&config), body.clone()) else { return };
            thread::spawn(move || {
                let Ok(session) = rustls::ServerConnection::new(config) else { return };
                let mut tls = rustls::StreamOwned::new(session, stream);
                let mut request = [0; 2_048];
                let mut going = tls.read(&mut request).is_ok_and(|length| length > 0)
                    && tls.write_all(head.as_bytes()).is_ok()
                    && tls.write_all(&body).is_ok();
                while endless && going {
                    going = tls.write_all(&body).is_ok();
                }
                tls.conn.send_close_notify();
                // Whoever has had enough does not listen any more.
                let _ = tls.flush();
            });
        }
    });
    (format!("https://localhost:{port}/p.png"), made.cert.pem())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_fetched_over_tls_where_the_certificate_is_trusted_and_never_without_end() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let desk = Desk::new().await;
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_pixel(8, 8, Rgb([255, 0, 0])).write_to(&mut png, ImageFormat::Png).expect("a picture");
    let (good, authority) = encrypted(HEAD, png.clone().into_inner(), false);
    let (endless, other_authority) = encrypted(HEAD, vec![7; 1 << 16], true);
    let (stranger, _) = encrypted(HEAD, png.into_inner(), false);
    let tile = |url: &str| format!("[[tile]]\nkind = \"image\"\nurl = \"{url}\"\nreload = 0\n");
    let board = format!("tile_size = \"large\"\n{}{}{}", tile(&good), tile(&endless), tile(&stranger));
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("roots.pem");
    mqtt_dash::store::write_whole(&roots, (authority + &other_authority).as_bytes()).expect("it can be written");
    let mut program = Program::new(&["open", "bench", "--url", &desk.url()])
        .file("dashboards/bench.toml", &board)
        .env("SSL_CERT_FILE", roots.to_str().expect("a plain name"))
        .env("COLORTERM", "truecolor")
        .size(120, 24)
        .start();
    program.wait_text("● connected");
    program.type_text("T");
    program.wait_text("https://localhost");
    program.key(Key::Enter);
    program.wait_text("▀");
    program.wait_text("it has more than 8.0");
    program.wait_text("the certificate of");
}
