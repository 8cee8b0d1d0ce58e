//! Every way a picture can be bad, and every way it can lie.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

#[path = "support/turned.rs"]
mod turned;

use std::io::Cursor;

use domain::evidence::MediaFault;
use engine::picture::{FILE_BYTES_MAX, Picture, SIDE_KEPT, decode, decode_greymap};
use image::{DynamicImage, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba};
use proptest::prelude::*;

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 60])
    })
}

/// A PNG chunk: length, kind, data, CRC-32.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checked = kind.to_vec();
    checked.extend(data);
    let crc = !checked.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    });
    let mut bytes = (data.len() as u32).to_be_bytes().to_vec();
    bytes.extend(checked);
    bytes.extend(crc.to_be_bytes());
    bytes
}

/// A PNG that claims a size, with hardly any data.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(*b"IHDR", &header));
    bytes.extend(chunk(
        *b"IDAT",
        &[0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01],
    ));
    bytes.extend(chunk(*b"IEND", &[]));
    bytes
}

#[test]
fn no_bytes_are_no_picture() {
    assert_eq!(decode(&[]), Err(MediaFault::Empty));
}

#[test]
fn a_text_named_jpg_is_unknown() {
    assert_eq!(
        decode("I am not a picture.".as_bytes()),
        Err(MediaFault::UnknownFormat)
    );
    assert_eq!(decode(&[0xFF]), Err(MediaFault::UnknownFormat));
    assert_eq!(
        decode(b"GIF89a..............."),
        Err(MediaFault::UnknownFormat)
    );
}

#[test]
fn a_cut_picture_is_damaged_wherever_it_was_cut() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encode(gradient(200, 150), format);
        assert!(decode(&whole).is_ok(), "{format:?}");
        for share in [5, 30, 60, 90, 99] {
            let cut = &whole[..whole.len() * share / 100];
            assert_eq!(
                decode(cut),
                Err(MediaFault::Damaged),
                "{format:?} cut at {share} %"
            );
        }
    }
}

#[test]
fn a_huge_picture_is_refused_from_its_header() {
    assert_eq!(decode(&bomb(10_000, 10_000)), Err(MediaFault::TooLarge));
    assert_eq!(
        decode(&bomb(u32::MAX >> 1, u32::MAX >> 1)),
        Err(MediaFault::TooLarge)
    );
    let mut jpeg = encode(gradient(64, 64), ImageFormat::Jpeg);
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(decode(&jpeg), Err(MediaFault::TooLarge));
}

#[test]
fn a_real_bomb_of_a_hundred_megapixels_costs_nothing() {
    let black = encode(image::GrayImage::new(10_000, 10_000), ImageFormat::Png);
    assert!(black.len() < 1 << 20, "{}", black.len());
    let started = std::time::Instant::now();
    assert_eq!(decode(&black), Err(MediaFault::TooLarge));
    assert!(
        started.elapsed().as_millis() < 100,
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    let mut bytes = encode(gradient(64, 64), ImageFormat::Jpeg);
    bytes.resize(FILE_BYTES_MAX + 1, 0);
    assert_eq!(decode(&bytes), Err(MediaFault::TooLarge));
}

#[test]
fn grey_sixteen_bits_and_alpha_are_read() {
    let grey = encode(
        image::GrayImage::from_pixel(40, 30, Luma([90])),
        ImageFormat::Jpeg,
    );
    let deep = image::ImageBuffer::from_pixel(40, 30, Rgb([90_u16 << 8; 3]));
    let deep_grey = image::ImageBuffer::from_pixel(40, 30, LumaA([90_u16 << 8, u16::MAX]));
    let glass = image::RgbaImage::from_pixel(40, 30, Rgba([10, 20, 30, 0]));
    for (bytes, luma) in [
        (grey, 90),
        (encode(deep, ImageFormat::Png), 90),
        (encode(deep_grey, ImageFormat::Png), 90),
        (encode(glass.clone(), ImageFormat::Png), 255),
        (encode(glass, ImageFormat::WebP), 255),
    ] {
        let picture = decode(&bytes).unwrap();
        let expected = Picture::from_rgb(40, 30, vec![luma; 40 * 30 * 3]).unwrap();
        assert_eq!(picture, expected);
    }
}

#[test]
fn every_orientation_gives_the_same_upright_picture() {
    let upright = RgbImage::from_fn(64, 32, |x, y| {
        Rgb(if x < 32 && y < 16 {
            [250, 40, 40]
        } else {
            [20, 20, 200]
        })
    });
    let expected = decode(&encode(upright.clone(), ImageFormat::Png)).unwrap();
    for orientation in 1..=8 {
        let jpeg = encode(turned::stored(&upright, orientation), ImageFormat::Jpeg);
        let picture = decode(&turned::with_orientation(&jpeg, orientation)).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (64, 32),
            "orientation {orientation}"
        );
        let differences = picture
            .rgb()
            .iter()
            .zip(expected.rgb())
            .map(|(a, b)| a.abs_diff(*b));
        assert!(differences.max().unwrap() < 60, "orientation {orientation}");
    }
    let upside_up = encode(upright, ImageFormat::Jpeg);
    assert_eq!(
        decode(&turned::with_orientation(&upside_up, 77)),
        decode(&upside_up)
    );
}

#[test]
fn a_large_picture_is_reduced_and_keeps_its_size() {
    let picture = decode(&encode(gradient(4_000, 3_000), ImageFormat::Jpeg)).unwrap();
    assert_eq!(
        (picture.width(), picture.height(), picture.reduction()),
        (4_000, 3_000, 4_000 / SIDE_KEPT)
    );
    let thin = Picture::from_rgb(9_000, 1, vec![7; 27_000]).unwrap();
    assert_eq!(
        (thin.width(), thin.height(), thin.reduction()),
        (9_000, 1, 1)
    );
}

#[test]
fn a_greymap_of_a_data_set_is_read() {
    let mut bytes = b"P5\n# a comment\n3 2\n255\n".to_vec();
    bytes.extend([0, 50, 100, 150, 200, 250]);
    let spread = [0, 50, 100, 150, 200, 250]
        .iter()
        .flat_map(|&luma| [luma; 3])
        .collect();
    assert_eq!(
        decode_greymap(&bytes),
        Ok(Picture::from_rgb(3, 2, spread).unwrap())
    );
    for length in 0..bytes.len() {
        assert!(decode_greymap(&bytes[..length]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn decoding_never_panics(
        format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = encode(gradient(48, 40), format);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = decode(&bytes);
    }
}

#[test]
fn a_picture_is_shrunk_to_a_side_and_never_enlarged() {
    let rgb = (0..640 * 480).flat_map(|at| [if at % 640 < 320 { 40 } else { 200 }; 3]);
    let picture = Picture::from_rgb(640, 480, rgb.collect()).unwrap();
    let small = picture.shrunk(320);
    assert_eq!(
        (small.width(), small.height(), small.reduction()),
        (320, 240, 1)
    );
    let at = |x: u32| small.pixels().get_pixel(x, 120).0;
    assert_eq!((at(20), at(300)), ([40; 3], [200; 3]));
    assert_eq!(small.clone().shrunk(400), small);
}
