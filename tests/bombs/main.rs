//! Scripts, pictures and paths that mean harm: each ends with a sentence on its tile, the tiles beside
//! it go on, and the memory of the process stays where it was.

#[path = "../behaviours/bench.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod bench;

use std::io::Cursor;

use bench::Bench;
use image::{Frame, ImageFormat, RgbImage, RgbaImage, codecs::gif::GifEncoder};
use mqtt_dash::{
    app::{Event, TileAt},
    picture::decode,
};

/// The most memory that the process has ever held, in MiB; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}

/// Does something and sees to it that the process never holds so many MiB.
fn within(most: u64, work: impl FnOnce()) {
    work();
    if let Some(peak) = peak() {
        assert!(peak < most, "{peak} MiB");
    }
}

/// What the screen says, without the lines' ends and borders.
fn told(bench: &Bench) -> String {
    let screen = bench.screen();
    let words: Vec<&str> =
        screen.split(|c: char| c.is_whitespace() || "┃│".contains(c)).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

const TIME: &str = "was stopped: it ran for more than 50 ms";
const MEMORY: &str = "was stopped: it took more than 16 MiB";

/// The script of each bomb, and what its tile says.
const SCRIPTS: &[(&str, &str)] = &[
    ("for (;;);", TIME),
    ("while (true) try { nothing.here } catch (e) {}", TIME),
    ("while (true) try { throw 1 } finally { continue }", TIME),
    ("/^(a+)+$/.test('a'.repeat(40) + 'b')", TIME),
    ("new ArrayBuffer(2e9)", MEMORY),
    ("'x'.repeat(2e9)", "invalid string length"),
    ("new Array(2e9).fill(0)", ""),
    ("let s = 'x'; for (;;) s += s", ""),
    ("let a = []; for (;;) a.push(new Array(1000).fill(1))", "was stopped"),
    ("(function f() { f() })()", "RangeError"),
    ("(function f() { try { f() } finally { f() } })()", TIME),
    ("throw null", "threw null"),
    ("throw undefined", "threw undefined"),
    ("throw {toString() { for (;;); }}", ""),
];

#[test]
fn bombs_in_scripts_are_told_on_their_tile_and_the_others_go_on() {
    within(400, || {
        for (script, wanted) in SCRIPTS {
            for key in ["jsOnReceive", "jsOnDisplay", "jsOnTap"] {
                let text = serde_json::Value::from(*script).to_string();
                let mut bench = Bench::exported(&format!(
                    r#"[{{"type":1,"name":"Bomb","topic":"t","enablePub":false,"mainTextSize":"SMALL","{key}":{text}}},
                        {{"type":1,"name":"Good","topic":"t","mainTextSize":"SMALL","jsOnDisplay":"event.text = 'fine ' + event.text"}}]"#
                ));
                bench.comes("t", "1");
                bench.press();
                bench.comes("t", "2");
                bench.shows(&["Bomb", "Good", "fine 2"]);
                let told = told(&bench);
                assert!(told.contains("! on_") && told.contains(wanted), "{script}: {told}");
            }
        }
    });
}

#[test]
fn a_blink_expression_may_be_a_bomb_too() {
    for (expression, wanted) in
        [("(function () { for (;;); })()", TIME), ("val >", "blink"), ("nothing > 1", "nothing")]
    {
        let mut bench = Bench::exported(&format!(
            r#"{{"type":1,"name":"B","topic":"t","mainTextSize":"SMALL","jsBlinkExpression":"{expression}"}}"#
        ));
        bench.comes("t", "still here");
        bench.shows(&["still here"]);
        let told = told(&bench);
        assert!(told.contains("! blink") && told.contains(wanted), "{expression}: {told}");
    }
}

fn written(side: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let noise = RgbImage::from_fn(side, side, |x, y| {
        image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], (x * y).to_le_bytes()[0]])
    });
    noise.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// The checksum of PNG and of zlib's sibling.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

/// A PNG whose head says that it is so large.
fn png_of(side: u32) -> Vec<u8> {
    let mut bytes = written(1, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn gif(frames: usize, side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for index in 0..frames {
        let shade = index.to_le_bytes()[0];
        let picture = RgbaImage::from_pixel(side, side, image::Rgba([shade, 100, 200, 255]));
        encoder.encode_frame(Frame::new(picture)).expect("a frame");
    }
    drop(encoder);
    bytes
}

#[test]
fn bombs_in_pictures_are_told_on_their_tile() {
    let jpeg = written(256, ImageFormat::Jpeg);
    let bmp = {
        let mut bytes = written(2, ImageFormat::Bmp);
        bytes[18..22].copy_from_slice(&30_000_u32.to_le_bytes());
        bytes[22..26].copy_from_slice(&30_000_u32.to_le_bytes());
        bytes
    };
    let bombs: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a PNG of 30,000²", png_of(30_000), "30000×30000 pixels are too many"),
        ("a PNG of 2³¹", png_of(i32::MAX.unsigned_abs()), "no picture: "),
        ("a BMP of 30,000²", bmp, "30000×30000 pixels are too many"),
        ("half a JPEG", jpeg[..jpeg.len() / 2].to_vec(), "cut short"),
        ("the head of a JPEG", jpeg[..40].to_vec(), "no picture: it cannot be read"),
        ("half a PNG", written(64, ImageFormat::Png)[..200].to_vec(), "no picture: it cannot be read"),
        ("a GIF of 10,000 frames", gif(10_000, 16), "only its first 64 frames are shown"),
        ("a GIF with large frames", gif(70, 1_200), "frames are shown"),
        ("an SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><rect/></svg>".to_vec(), "SVG"),
        ("a web page", b"<!DOCTYPE html><html><body>no</body></html>".to_vec(), "it is a web page, not a picture"),
        ("rubbish", vec![7; 100_000], "no picture: it is no PNG, JPEG, GIF, WebP or BMP"),
        ("far too many bytes", [png_of(8), vec![0; 17 << 20]].concat(), "no picture: "),
    ];
    within(400, || {
        for (name, bytes, wanted) in bombs {
            let mut bench = Bench::exported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3}"#);
            bench.comes("cam", "a payload");
            bench.happens(Event::Picture(TileAt { board: 0, tile: 0 }, decode(&bytes)));
            let told = told(&bench);
            assert!(told.contains(wanted), "{name}: {told}");
        }
    });
}

#[test]
fn a_picture_that_cannot_be_read_leaves_the_last_one_where_it_was() {
    let mut bench = Bench::exported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3}"#);
    let at = TileAt { board: 0, tile: 0 };
    bench.comes("cam", "a payload");
    bench.happens(Event::Picture(at, decode(&written(8, ImageFormat::Png))));
    bench.shows(&["▀"]);
    bench.happens(Event::Picture(at, decode(&png_of(30_000))));
    bench.shows(&["▀", "! no picture: 30000×30000 pixels are too many"]);
}

#[test]
fn bombs_in_paths_are_told_on_their_tile() {
    let deep = format!("{}1{}", "{\"a\":".repeat(120), "}".repeat(120));
    let deeper = "[".repeat(100_000);
    let wide = format!("[{}0]", "0,".repeat(2 << 20));
    within(600, || {
        for (path, payload, wanted) in [
            ("$..*..*..*..*..*", &deep, "too much at $..*"),
            ("$.a", &deeper, "nested too deep"),
            ("$..*", &wide, "4.0 MiB of JSON is too much"),
        ] {
            let mut bench = Bench::exported(&format!(
                r#"{{"type":1,"name":"P","topic":"t","enablePub":false,"jsonPath":"{path}"}}"#
            ));
            bench.comes("t", payload);
            let told = told(&bench);
            assert!(told.contains(wanted), "{path}: {told}");
        }
    });
}
