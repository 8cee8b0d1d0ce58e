use image::RgbImage;

/// One output pixel along one axis: the two input pixels around its centre.
struct Between {
    near: usize,
    far: usize,
    near_share: u32,
    far_share: u32,
}

/// Shares are whole 2048ths.
const SHARE_ONE: f32 = 2_048.0;

/// Scales a part of the picture (left, top, width, height; within the picture, not empty) to a size, bilinear between the centres of
/// pixels; also when it shrinks, where pixels between are left out. In whole numbers with cut-off fractions, as `OpenCV` does it for
/// bytes, which the networks were trained with.
pub(super) fn bilinear(
    rgb: &RgbImage,
    [left, top, width, height]: [usize; 4],
    [to_width, to_height]: [usize; 2],
    write: &mut impl FnMut(usize, usize, [u8; 3]),
) {
    let columns = betweens(width, to_width);
    let (pixels, _) = rgb.as_raw().as_chunks::<3>();
    for (y, row) in betweens(height, to_height).iter().enumerate() {
        let line = |at: usize| &pixels[(top + at) * rgb.width() as usize + left..][..width];
        let (upper, lower) = (line(row.near), line(row.far));
        for (x, column) in columns.iter().enumerate() {
            let blend = |line: &[[u8; 3]], channel: usize| {
                let (near, far) = (
                    u32::from(line[column.near][channel]),
                    u32::from(line[column.far][channel]),
                );
                (near * column.near_share + far * column.far_share) >> 4
            };
            let value = |channel: usize| {
                let above = (row.near_share * blend(upper, channel)) >> 16;
                let below = (row.far_share * blend(lower, channel)) >> 16;
                ((above + below + 2) >> 2).min(255) as u8
            };
            write(x, y, [value(0), value(1), value(2)]);
        }
    }
}

fn betweens(from: usize, to: usize) -> Vec<Between> {
    let scale = from as f64 / to as f64;
    let between = |index: usize| {
        let centre = ((index as f64 + 0.5) * scale - 0.5) as f32;
        let (near, far_share) = if centre < 0.0 {
            (0, 0.0)
        } else {
            (centre as usize, centre.fract())
        };
        // Beyond the last centre the last pixel holds.
        let (near, far_share) = if near + 1 >= from {
            (from - 1, 0.0)
        } else {
            (near, far_share)
        };
        let whole = |share: f32| (share * SHARE_ONE).round_ties_even() as u32;
        Between {
            near,
            far: (near + 1).min(from - 1),
            near_share: whole(1.0 - far_share),
            far_share: whole(far_share),
        }
    };
    (0..to).map(between).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_takes_the_pixels_at_the_centres_and_nothing_beyond_the_part() {
        let rgb = RgbImage::from_fn(8, 4, |x, y| image::Rgb([x as u8 * 10, y as u8 * 10, 255]));
        let mut seen = Vec::new();
        bilinear(&rgb, [2, 0, 6, 3], [2, 1], &mut |x, y, pixel| {
            seen.push((x, y, pixel));
        });
        assert_eq!(seen, [(0, 0, [30, 10, 255]), (1, 0, [60, 10, 255])]);
    }
}
