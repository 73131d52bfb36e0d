//! Images that exceed the limits of the decoder.

use image::ImageFormat;
use mqtt_dash::{
    app::{Event, MediaEvent},
    media::decode,
};

use crate::fixtures::{
    app::AppFixture,
    cpu_lock::CpuLock,
    images::{gif, noise, png_with_declared_side},
    process::{assert_peak_memory_below, in_own_process},
};

#[test]
fn oversized_and_damaged_images_are_reported_on_their_tile() {
    let _lock = CpuLock::shared();
    in_own_process(concat!(module_path!(), "::oversized_and_damaged_images_are_reported_on_their_tile"), || {
        let jpeg = noise(256, ImageFormat::Jpeg);
        let bmp = {
            let mut bytes = noise(2, ImageFormat::Bmp);
            bytes[18..22].copy_from_slice(&30_000_u32.to_le_bytes());
            bytes[22..26].copy_from_slice(&30_000_u32.to_le_bytes());
            bytes
        };
        let images: Vec<(&str, Vec<u8>, &str)> = vec![
            ("a PNG of 30,000²", png_with_declared_side(30_000), "30000×30000 pixels are too many"),
            ("a PNG of 2³¹", png_with_declared_side(i32::MAX.unsigned_abs()), "no image: "),
            ("a BMP of 30,000²", bmp, "30000×30000 pixels are too many"),
            ("half of a JPEG", jpeg[..jpeg.len() / 2].to_vec(), "truncated"),
            ("the header of a JPEG", jpeg[..40].to_vec(), "no image: it cannot be decoded"),
            ("half of a PNG", noise(64, ImageFormat::Png)[..200].to_vec(), "no image: it cannot be decoded"),
            ("a GIF of 10,000 frames", gif(10_000, 16), "only its first 64 frames are shown"),
            ("a GIF with large frames", gif(70, 1_200), "frames are shown"),
            ("an SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><rect/></svg>".to_vec(), "SVG"),
            ("a web page", b"<!DOCTYPE html><html><body>no</body></html>".to_vec(), "it is a web page, not an image"),
            ("random bytes", vec![7; 100_000], "no image: it is not PNG, JPEG, GIF, WebP or BMP"),
            ("far too many bytes", [png_with_declared_side(8), vec![0; 17 << 20]].concat(), "no image: "),
        ];
        for (name, bytes, expected) in images {
            let mut fixture = AppFixture::imported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3}"#);
            fixture.receive("cam", "a payload");
            let id = fixture.app.dashboards[0].tile_id(0).expect("a tile");
            fixture.update(Event::Media(MediaEvent::Decoded(id, decode(&bytes))));
            let words = fixture.screen_words();
            assert!(words.contains(expected), "{name}: {words}");
        }
        assert_peak_memory_below(400);
    });
}

#[test]
fn unreadable_image_keeps_previous_image() {
    let mut fixture = AppFixture::imported(r#"{"type":5,"name":"Cam","topic":"cam","kind":3}"#);
    let id = fixture.app.dashboards[0].tile_id(0).expect("a tile");
    fixture.receive("cam", "a payload");
    fixture.update(Event::Media(MediaEvent::Decoded(id, decode(&noise(8, ImageFormat::Png)))));
    fixture.assert_shows(&["▀"]);
    fixture.update(Event::Media(MediaEvent::Decoded(id, decode(&png_with_declared_side(30_000)))));
    fixture.assert_shows(&["▀", "! no image: 30000×30000 pixels are too many"]);
}
