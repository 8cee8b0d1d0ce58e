//! What paper, a screen or a cut mask leaves in a picture of a face, whoever shows on it. Plain numbers of light, no network.
//!
//! - A print's darkest ink and a screen's black are far from black: pupils and nostrils are pale against the skin.
//! - A display's grid and a print's dots beat with the sensor's: peaks in the spectrum, and in colours, where skin has none.
//! - What was small or compressed before it was shown lacks fine structure, or has it in other proportions.
//! - The edge of a cut sheet is a thin bright line all round the face.
//!
//! All is measured on the face at one size, so that nothing hangs on how many pixels a camera has. Colours are taken as ratios to green, and
//! how saturated they are is no part of it: that is a matter of somebody's skin and of the lamp.

mod rim;
mod spectrum;

use domain::evidence::FaceFacts;
use image::{RgbImage, imageops, imageops::FilterType};

use crate::picture::{LINEAR, Picture};

/// Numbers of one face.
pub const COUNT: usize = DARKNESS + BANDS * PLANES + spectrum::COUNT * PLANES + rim::COUNT;
const DARKNESS: usize = 3;
const PLANES: usize = 3;
/// Scales of fine structure: 1, 2, 4 and 8 pixels.
const BANDS: usize = 4;

/// The face's box is so wide, pixels.
const FACE: f32 = 208.0;
/// What is looked at: the box and what is around it, pixels.
const WIDTH: usize = 260;
const HEIGHT: usize = 390;
/// Light below which a logarithm would be noise.
const LIGHT_MIN: f32 = 0.01;
/// Of a half box, the ellipse in which darkness is looked for.
const WITHIN: [f32; 2] = [0.84, 0.92];
/// Left, top, right and bottom of skin, shares of the box: forehead and cheeks.
const SKIN: [[f32; 4]; 3] = [
    [0.30, 0.12, 0.70, 0.26],
    [0.14, 0.52, 0.32, 0.72],
    [0.68, 0.52, 0.86, 0.72],
];
/// Quantiles of luminance within the ellipse that are held against its median.
const QUANTILES: [f32; DARKNESS] = [0.005, 0.03, 0.99];

/// Numbers of one face, in this order: logarithms of three quantiles of its luminance against the median; the spread of the skin's fine
/// structure at four scales, of luminance, red and blue (logarithms); five numbers of the spectrum of each of these; two of a thin line round the face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traces(pub [f32; COUNT]);

/// `face` as [`super::quality`] measured it. None where half of what is looked at lies outside the picture.
pub fn traces(picture: &Picture, face: &FaceFacts) -> Option<Traces> {
    let view = View::of(picture, face)?;
    let mut numbers = Vec::with_capacity(COUNT);
    let planes = view.planes();
    let scales = planes.each_ref().map(Plane::scales);
    numbers.extend(view.darkness());
    for (plane, scales) in planes.iter().zip(&scales) {
        numbers.extend(view.bands(plane, scales));
    }
    for (plane, [_, _, coarse, _]) in planes.iter().zip(&scales) {
        numbers.extend(spectrum::of(plane, coarse));
    }
    numbers.extend(rim::of(&planes[0], view.half));
    let finite = numbers.iter().all(|number| number.is_finite());
    numbers.try_into().ok().filter(|_| finite).map(Traces)
}

/// A raster of numbers, [`WIDTH`] × [`HEIGHT`], by rows; the box has its centre in the middle.
pub(super) struct Plane(Vec<f32>);

impl Plane {
    fn at(&self, x: usize, y: usize) -> f32 {
        self.0[y * WIDTH + x]
    }

    /// Between pixels; the edge goes on for ever.
    fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (
            x.clamp(0.0, (WIDTH - 1) as f32),
            y.clamp(0.0, (HEIGHT - 1) as f32),
        );
        let (column, row) = (x as usize, y as usize);
        let (right, below) = ((column + 1).min(WIDTH - 1), (row + 1).min(HEIGHT - 1));
        let (dx, dy) = (x - column as f32, y - row as f32);
        let along = |row: usize| {
            let (a, b) = (self.at(column, row), self.at(right, row));
            a + (b - a) * dx
        };
        let (above, under) = (along(row), along(below));
        above + (under - above) * dy
    }

    /// With a cubic B-spline whose taps stand `step` apart: the starlet transform's smoothing (Starck & Murtagh 2006, "Astronomical
    /// Image and Data Analysis", §2.1); edges are mirrored.
    fn smoothed(&self, step: usize) -> Self {
        let mut down = vec![0.0; self.0.len()];
        for (y, out) in down.chunks_exact_mut(WIDTH).enumerate() {
            let rows: [&[f32]; 5] = std::array::from_fn(|tap| {
                let from = mirrored(y, tap, step, HEIGHT) * WIDTH;
                &self.0[from..from + WIDTH]
            });
            spline(out, rows);
        }
        let mut across = vec![0.0; self.0.len()];
        let inner = 2 * step..WIDTH - 2 * step;
        let edges = (0..inner.start).chain(inner.end..WIDTH);
        let rows = down.chunks_exact(WIDTH).zip(across.chunks_exact_mut(WIDTH));
        for (row, out) in rows {
            let taps = std::array::from_fn(|tap| &row[tap * step..tap * step + inner.len()]);
            spline(&mut out[inner.clone()], taps);
            for x in edges.clone() {
                let at = |tap| row[mirrored(x, tap, step, WIDTH)];
                out[x] = TAPS
                    .iter()
                    .enumerate()
                    .map(|(tap, weight)| weight * at(tap))
                    .sum();
            }
        }
        Self(across)
    }

    /// Smoothed at 1, 1 and 2, then also 4, then also 8 pixels.
    fn scales(&self) -> [Self; BANDS] {
        let first = self.smoothed(1);
        let second = first.smoothed(2);
        let third = second.smoothed(4);
        let fourth = third.smoothed(8);
        [first, second, third, fourth]
    }
}

const TAPS: [f32; 5] = [0.0625, 0.25, 0.375, 0.25, 0.0625];

/// Where the tap of a place lies along a side whose ends are mirrors.
const fn mirrored(at: usize, tap: usize, step: usize, side: usize) -> usize {
    let at = (at + tap * step).abs_diff(2 * step);
    if at < side { at } else { 2 * (side - 1) - at }
}

fn spline(out: &mut [f32], taps: [&[f32]; 5]) {
    let [first, second, middle, fourth, fifth] = taps;
    let outer = first.iter().zip(fifth);
    let inner = second.iter().zip(fourth);
    for (((value, outer), inner), middle) in out.iter_mut().zip(outer).zip(inner).zip(middle) {
        *value = TAPS[0] * (outer.0 + outer.1) + TAPS[1] * (inner.0 + inner.1) + TAPS[2] * middle;
    }
}

/// A face at one size.
struct View {
    levels: Vec<[u8; 3]>,
    /// Half of the box, pixels.
    half: [f32; 2],
}

impl View {
    fn of(picture: &Picture, face: &FaceFacts) -> Option<Self> {
        let pixels = picture.pixels();
        let factor = picture.reduction() as f32;
        let [left, top, width, height] = face.bounds.map(|length| length / factor);
        let scale = width / FACE;
        let (wide, tall) = (WIDTH as f32 * scale, HEIGHT as f32 * scale);
        if !(wide >= 2.0 && tall >= 2.0 && wide.is_finite() && tall.is_finite()) {
            return None;
        }
        let (x0, y0) = (
            left + width / 2.0 - wide / 2.0,
            top + height / 2.0 - tall / 2.0,
        );
        let share = |start: f32, length: f32, side: u32| {
            let (from, to) = (start.max(0.0), (start + length).min(side as f32));
            (to - from).max(0.0) / length
        };
        if share(x0, wide, pixels.width()) * share(y0, tall, pixels.height()) < 0.5 {
            return None;
        }
        // What lies outside repeats the edge.
        let clamped = |at: f32, side: u32| (at.max(0.0) as u32).min(side - 1);
        let region = RgbImage::from_fn(wide as u32, tall as u32, |x, y| {
            *pixels.get_pixel(
                clamped(x0 + x as f32, pixels.width()),
                clamped(y0 + y as f32, pixels.height()),
            )
        });
        let sized = imageops::resize(&region, WIDTH as u32, HEIGHT as u32, FilterType::Triangle);
        let (rgb, _) = sized.as_raw().as_chunks::<3>();
        Some(Self {
            levels: rgb.to_vec(),
            half: [FACE / 2.0, height / scale / 2.0],
        })
    }

    /// Logarithms of luminance, and of red and blue against green.
    fn planes(&self) -> [Plane; PLANES] {
        let log: [f32; 256] = std::array::from_fn(|level| (LINEAR[level] + LIGHT_MIN).ln());
        let against_green = |channel: usize| {
            let ratio =
                |pixel: &[u8; 3]| log[usize::from(pixel[channel])] - log[usize::from(pixel[1])];
            Plane(self.levels.iter().map(ratio).collect())
        };
        let log_luminance = |pixel: &[u8; 3]| (luminance(*pixel) + LIGHT_MIN).ln();
        [
            Plane(self.levels.iter().map(log_luminance).collect()),
            against_green(0),
            against_green(2),
        ]
    }

    fn darkness(&self) -> [f32; DARKNESS] {
        let soft = Plane(self.levels.iter().map(|pixel| luminance(*pixel)).collect()).smoothed(1);
        let [half_x, half_y] = [self.half[0] * WITHIN[0], self.half[1] * WITHIN[1]];
        let mut within: Vec<f32> = Vec::with_capacity(WIDTH * HEIGHT);
        for (y, row) in soft.0.chunks_exact(WIDTH).enumerate() {
            let v = (y as f32 - (HEIGHT - 1) as f32 / 2.0) / half_y;
            let inside = |x: usize| {
                let u = (x as f32 - (WIDTH - 1) as f32 / 2.0) / half_x;
                u * u + v * v < 1.0
            };
            within.extend((0..WIDTH).filter(|&x| inside(x)).map(|x| row[x]));
        }
        let median = quantile(&mut within, 0.5);
        QUANTILES.map(|share| {
            let value = quantile(&mut within, share);
            ((value + 1e-4) / (median + 1e-4)).ln()
        })
    }

    /// Half the range of the middle 68 % of what each scale adds, on skin; logarithms.
    fn bands(&self, plane: &Plane, scales: &[Plane; BANDS]) -> [f32; BANDS] {
        let [half_x, half_y] = self.half;
        let place = |share: f32, half: f32, side: usize| {
            let at = (side as f32 / 2.0 - half + share * 2.0 * half).max(0.0) as usize;
            at.min(side)
        };
        let patches = SKIN.map(|[left, top, right, bottom]| {
            [
                place(left, half_x, WIDTH),
                place(top, half_y, HEIGHT),
                place(right, half_x, WIDTH),
                place(bottom, half_y, HEIGHT),
            ]
        });
        let detail = |finer: &Plane, coarser: &Plane| {
            let mut values = Vec::new();
            for [left, top, right, bottom] in patches {
                for y in top..bottom {
                    values.extend((left..right).map(|x| finer.at(x, y) - coarser.at(x, y)));
                }
            }
            let (low, high) = (quantile(&mut values, 0.16), quantile(&mut values, 0.84));
            ((high - low) / 2.0 + 1e-5).ln()
        };
        let [first, second, third, fourth] = scales;
        [
            detail(plane, first),
            detail(first, second),
            detail(second, third),
            detail(third, fourth),
        ]
    }
}

/// Of linear light; Rec. ITU-R BT.709.
fn luminance(pixel: [u8; 3]) -> f32 {
    let [red, green, blue] = pixel.map(|level| LINEAR[usize::from(level)]);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The value below which this share lies; 0 of nothing. The order of `values` changes.
pub(super) fn quantile(values: &mut [f32], share: f32) -> f32 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let at = ((last as f32 * share).round() as usize).min(last);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: [f32; 4] = [120.0, 90.0, 208.0, 290.0];

    /// Skin with two dark eyes before a wall; `change` is asked for every pixel.
    fn face(change: impl Fn(u32, u32, [u8; 3]) -> [u8; 3]) -> Picture {
        let rgb = RgbImage::from_fn(448, 480, |x, y| {
            let (u, v) = (
                (x as f32 - BOX[0]) / BOX[2] - 0.5,
                (y as f32 - BOX[1]) / BOX[3] - 0.5,
            );
            let eye = (u.abs() - 0.21).hypot((v + 0.1) * 1.4) < 0.05;
            let level = if eye {
                [20, 18, 18]
            } else if u.hypot(v) < 0.56 {
                [205, 160, 135]
            } else {
                [120, 125, 130]
            };
            image::Rgb(change(x, y, level))
        });
        Picture::from_rgb(448, 480, rgb.into_raw()).unwrap()
    }

    fn facts(bounds: [f32; 4]) -> FaceFacts {
        let facts = serde_json::json!({
            "bounds": [0.0, 0.0, 1.0, 1.0], "detection": 0.9, "eye_distance_px": 88.0, "sharpness": 100.0, "luma_mean": 150.0,
            "luma_std": 30.0, "overexposed": 0.0, "underexposed": 0.0, "yaw_deg": 0.0, "pitch_deg": 0.0, "roll_deg": 0.0,
        });
        let facts: FaceFacts = serde_json::from_value(facts).unwrap();
        FaceFacts { bounds, ..facts }
    }

    fn of(picture: &Picture) -> [f32; COUNT] {
        traces(picture, &facts(BOX)).unwrap().0
    }

    #[test]
    fn ink_and_glass_lift_black_against_the_skin() {
        let lift = |level: u8| (60 + u32::from(level) * 195 / 255) as u8;
        let (live, print) = (
            of(&face(|_, _, rgb| rgb)),
            of(&face(|_, _, rgb| rgb.map(lift))),
        );
        assert!(print[0] > live[0] + 0.8, "{} {}", print[0], live[0]);
    }

    #[test]
    fn a_grid_makes_a_peak_and_fine_structure_in_its_colour() {
        let grid = |x: u32, y: u32, [red, green, blue]: [u8; 3]| {
            let wave = ((x as f32 * 1.1 + y as f32 * 0.5).sin() * 8.0) as i16;
            [(i16::from(red) + wave).clamp(0, 255) as u8, green, blue]
        };
        let (live, screen) = (of(&face(|_, _, rgb| rgb)), of(&face(grid)));
        let (red_fine, red_peak) = (
            DARKNESS + BANDS,
            DARKNESS + BANDS * PLANES + spectrum::COUNT,
        );
        assert!(screen[red_fine] > live[red_fine] + 2.0);
        assert!(screen[red_peak] > live[red_peak] + 2.0);
        let (blue_fine, blue_peak) = (red_fine + BANDS, red_peak + spectrum::COUNT);
        assert!((screen[blue_fine] - live[blue_fine]).abs() < 0.1);
        assert!((screen[blue_peak] - live[blue_peak]).abs() < 0.5);
    }

    #[test]
    fn a_thin_bright_line_all_round_is_told_and_one_that_is_open_is_not() {
        let edge = |share: f32| {
            move |x: u32, y: u32, rgb: [u8; 3]| {
                let (u, v) = (
                    (x as f32 - BOX[0] - BOX[2] / 2.0) / (BOX[2] / 2.0),
                    (y as f32 - BOX[1] - BOX[3] * 0.47) / (BOX[3] * 0.58),
                );
                let on = (u.hypot(v) - 1.0).abs() < 0.012;
                let turn = 0.5 + v.atan2(u) / std::f32::consts::TAU;
                if on && turn < share {
                    [250; 3]
                } else if rgb[0] == 120 {
                    // No wall: its edge with the skin would be a line of half the height.
                    [205, 160, 135]
                } else {
                    rgb
                }
            }
        };
        let line = |share| of(&face(edge(share)))[COUNT - rim::COUNT];
        assert!(line(1.0) > 0.2, "{}", line(1.0));
        assert!(
            line(0.5) < 0.1 && line(0.0) < 0.1,
            "{} {}",
            line(0.5),
            line(0.0)
        );
    }

    #[test]
    fn how_many_pixels_a_camera_has_changes_little() {
        let picture = face(|_, _, rgb| rgb);
        let large = imageops::resize(picture.pixels(), 896, 960, FilterType::CatmullRom);
        let large = Picture::from_rgb(896, 960, large.into_raw()).unwrap();
        let twice = traces(&large, &facts(BOX.map(|length| length * 2.0)))
            .unwrap()
            .0;
        assert!((twice[0] - of(&picture)[0]).abs() < 0.2);
    }

    #[test]
    fn a_face_outside_the_picture_leaves_nothing_to_look_at() {
        let picture = face(|_, _, rgb| rgb);
        for bounds in [
            [-400.0, 0.0, 208.0, 290.0],
            [0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, f32::NAN, 10.0],
            [0.0, 0.0, 1e9, 1e9],
        ] {
            assert_eq!(traces(&picture, &facts(bounds)), None, "{bounds:?}");
        }
        assert!(traces(&picture, &facts([-60.0, -40.0, 208.0, 290.0])).is_some());
    }
}
