//! Images from servers and payloads.

use mqtt_dash::config::write_atomic;

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture,
    http_server::{HttpServerFixture, HttpsServerFixture},
    images::red_png,
    key::Key,
    terminal_program::TerminalProgram,
};

/// Whether the output contains this sequence.
fn contains(sequence: &str) -> impl Fn(&[u8]) -> bool {
    move |output| output.windows(sequence.len()).any(|window| window == sequence.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn image_is_fetched_only_after_user_agrees() {
    let broker = EmbeddedBrokerFixture::start().await;
    let server = HttpServerFixture::start(red_png());
    let url = &server.url;
    let dashboard = format!(
        "[[tile]]\nkind = \"image\"\nname = \"Red\"\nurl = \"{url}/p.png\"\nreload = 0\nopen_url = \"{url}/page\"\n\
         [[tile]]\nkind = \"image\"\nname = \"Page\"\nurl = \"{url}/page\"\nreload = 0\n"
    );
    let mut program = TerminalProgram::new(&["open", "bench", "--url", &broker.url()])
        .file("dashboards/bench.toml", &dashboard)
        .env("COLORTERM", "truecolor")
        .size(120, 24)
        .start();
    program.wait_text("image blocked");
    program.wait_connected("");
    assert_eq!(server.requests(), 0);
    program.type_text("T");
    program.wait_text("Allow the following");
    program.press(Key::Enter);
    program.wait_text("▀");
    program.wait_text("no image: it is");
    assert_eq!(server.requests(), 2);
    program.press_after_dialog(Key::Enter);
    program.wait_text("Open in the browser?");
    program.type_text("z");
    program.wait_no_text("Open in the browser?");
    program.wait_for_screen("the enlarged image", |screen| screen.contents().matches('▀').count() > 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn image_uses_configured_terminal_protocol() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("cam", red_png()).await;
    let dashboard = "[[tile]]\nkind = \"image\"\nname = \"Cam\"\ntopic = \"cam\"\nsource = \"payload\"\n";
    for (images, begin) in [("kitty", "\x1b_Gq=2,"), ("sixel", "\x1bP"), ("iterm2", "\x1b]1337;File=inline=1;")] {
        let program = TerminalProgram::new(&["open", "bench", "--url", &broker.url(), "--images", images])
            .file("dashboards/bench.toml", dashboard)
            .start();
        program.wait_for_output(images, contains(begin));
    }
    // The protocol can be set in the settings, changes apply at once, and the command line has priority.
    let settings = |protocol: &str| format!("images = \"{protocol}\"\n");
    let mut program = broker.program(dashboard).file("settings.toml", &settings("kitty")).start();
    program.wait_for_output("kitty", contains("\x1b_Gq=2,"));
    write_atomic(&program.path("config/settings.toml"), settings("sixel").as_bytes()).expect("the file can be written");
    program.wait_for_output("sixel", contains("\x1bP"));
    program.quit();
    let mut program = TerminalProgram::new(&["open", "bench", "--url", &broker.url(), "--images", "half-blocks"])
        .file("dashboards/bench.toml", dashboard)
        .file("settings.toml", &settings("kitty"))
        .start();
    program.wait_text("▀");
    assert!(!contains("\x1b_Gq=2,")(&program.output()));
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn image_over_tls_needs_trusted_certificate_and_limited_size() {
    let broker = EmbeddedBrokerFixture::start().await;
    let trusted = HttpsServerFixture::start(red_png(), false);
    let endless = HttpsServerFixture::start(vec![7; 1 << 16], true);
    let untrusted = HttpsServerFixture::start(red_png(), false);
    let tile = |url: &str| format!("[[tile]]\nkind = \"image\"\nurl = \"{url}\"\nreload = 0\n");
    let dashboard =
        format!("tile_size = \"large\"\n{}{}{}", tile(&trusted.url), tile(&endless.url), tile(&untrusted.url));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let roots = folder.path().join("roots.pem");
    mqtt_dash::config::write_atomic(&roots, (trusted.certificate + &endless.certificate).as_bytes())
        .expect("the file can be written");
    let mut program = TerminalProgram::new(&["open", "bench", "--url", &broker.url()])
        .file("dashboards/bench.toml", &dashboard)
        .env("SSL_CERT_FILE", roots.to_str().expect("the path is UTF-8"))
        .env("COLORTERM", "truecolor")
        .size(120, 24)
        .start();
    program.wait_connected("");
    program.type_text("T");
    program.wait_text("Enter allow");
    program.press(Key::Enter);
    program.wait_text("▀");
    program.wait_text("it is larger than 8.0");
    program.wait_text("the certificate of");
}
