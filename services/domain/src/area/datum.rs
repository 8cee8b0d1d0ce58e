use serde::{Deserialize, Serialize};

/// What latitude and longitude are counted in.
///
/// WGS-84 is what satellites give. Maps in China show GCJ-02 (国测局坐标), WGS-84 shifted by up to some 700 m; Baidu's show BD-09, GCJ-02
/// shifted once more by some 900 m. Neither is officially published: these are the formulas in public use for a decade (Wikipedia,
/// “Restrictions on geographic data in China”; the test values of eviltransform and gcoord, with which ours agree). Against
/// positions of Chinese cities published by gcoord they are right within 1 m (GCJ-02) and 1 cm (BD-09 from GCJ-02).
///
/// Outside a rough box around China (0.8293° to 55.8271° N, 72.004° to 137.8347° E) GCJ-02 is WGS-84. The box holds neighbouring
/// countries too, and at its edge the shift ends with a jump, far from China's land: positions in the box always convert back exactly, and
/// those less than a shift outside it may come back wrong by one shift, since two positions share one pair of GCJ-02 numbers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    Wgs84,
    Gcj02,
    Bd09,
}

crate::text_enum!(Datum {
    Wgs84 = "wgs84",
    Gcj02 = "gcj02",
    Bd09 = "bd09",
});

/// Latitude and longitude in degrees.
type LatLon = (f64, f64);

/// The Krasovsky ellipsoid of 1940, on which GCJ-02's shift in metres becomes one in degrees: semi-major axis and squared eccentricity.
const KRASOVSKY_M: f64 = 6_378_245.0;
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;
/// The rough box: least and greatest latitude, least and greatest longitude.
const BOX_LAT: (f64, f64) = (0.8293, 55.8271);
const BOX_LON: (f64, f64) = (72.004, 137.8347);
/// Waves of BD-09: radians a degree.
const BAIDU_WAVE: f64 = std::f64::consts::PI * 3_000.0 / 180.0;

/// Degrees (0.01 mm) at which an inversion has arrived; each round leaves less than 3 % of the error, so that it takes 4 to 6.
const ARRIVED_DEG: f64 = 1e-10;
const ROUNDS_MAX: usize = 12;

impl Datum {
    /// What this datum's maps show for a WGS-84 position.
    pub(super) fn shift(self, wgs84: LatLon) -> LatLon {
        match self {
            Self::Wgs84 => wgs84,
            Self::Gcj02 => {
                if in_box(wgs84) {
                    gcj02(wgs84)
                } else {
                    wgs84
                }
            }
            Self::Bd09 => bd09(Self::Gcj02.shift(wgs84)),
        }
    }

    /// The WGS-84 position that this datum's maps show so.
    pub(super) fn unshift(self, shown: LatLon) -> LatLon {
        match self {
            Self::Wgs84 => shown,
            Self::Gcj02 => {
                let found = invert(gcj02, shown);
                if in_box(found) { found } else { shown }
            }
            Self::Bd09 => Self::Gcj02.unshift(invert(bd09, shown)),
        }
    }
}

fn in_box((lat, lon): LatLon) -> bool {
    (BOX_LAT.0..=BOX_LAT.1).contains(&lat) && (BOX_LON.0..=BOX_LON.1).contains(&lon)
}

/// The shift counts from 35° N 105° E, in metres to the north and to the east.
fn gcj02((lat, lon): LatLon) -> LatLon {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let common = 20.0 * wave(x, 6.0) + 20.0 * wave(x, 2.0);
    let north = 20.0 * wave(y, 1.0)
        + 40.0 * wave(y, 1.0 / 3.0)
        + 160.0 * wave(y, 1.0 / 12.0)
        + 320.0 * wave(y, 1.0 / 30.0);
    let east = 20.0 * wave(x, 1.0)
        + 40.0 * wave(x, 1.0 / 3.0)
        + 150.0 * wave(x, 1.0 / 12.0)
        + 300.0 * wave(x, 1.0 / 30.0);
    let root = x.abs().sqrt();
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (common + north) * 2.0 / 3.0;
    let east_m =
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + (common + east) * 2.0 / 3.0;
    let (sin, cos) = lat.to_radians().sin_cos();
    let squared = 1.0 - KRASOVSKY_E2 * sin * sin;
    let meridian_m = KRASOVSKY_M * (1.0 - KRASOVSKY_E2) / (squared * squared.sqrt());
    let parallel_m = KRASOVSKY_M / squared.sqrt() * cos;
    (
        lat + (north_m / meridian_m).to_degrees(),
        lon + (east_m / parallel_m).to_degrees(),
    )
}

fn wave(degrees: f64, frequency: f64) -> f64 {
    (degrees * frequency * std::f64::consts::PI).sin()
}

/// From GCJ-02: degrees taken for plane coordinates, a small wave on radius and angle, a fixed step.
fn bd09((lat, lon): LatLon) -> LatLon {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BAIDU_WAVE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BAIDU_WAVE).cos();
    (radius * angle.sin() + 0.006, radius * angle.cos() + 0.0065)
}

/// What `forward` maps to `to`. It moves everything a little and neighbours almost alike, so that a miss, taken off, leaves a smaller one.
fn invert(forward: impl Fn(LatLon) -> LatLon, to: LatLon) -> LatLon {
    let mut found = to;
    for _ in 0..ROUNDS_MAX {
        let shown = forward(found);
        let miss = (to.0 - shown.0, to.1 - shown.1);
        found = (found.0 + miss.0, found.1 + miss.1);
        if miss.0.abs().max(miss.1.abs()) < ARRIVED_DEG {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::Position;

    fn metres(a: LatLon, b: LatLon) -> f64 {
        let at = |(lat, lon)| Position::new(lat, lon).expect("a position on earth");
        at(a).distance_m(at(b))
    }

    #[test]
    fn gcj02_has_the_values_that_eviltransform_publishes() {
        // github.com/googollee/eviltransform, the tests of all its languages: Shanghai, Shenzhen, Beijing.
        for (wgs84, gcj02) in [
            (
                (31.177_427_6, 121.527_210_6),
                (31.175_303_983_645_97, 121.531_541_859_215),
            ),
            (
                (22.543_847, 113.912_316),
                (22.540_796_131_694_766, 113.917_176_480_836_3),
            ),
            (
                (39.911_954, 116.377_817),
                (39.913_345_455_360_69, 116.384_047_224_556_57),
            ),
        ] {
            assert!(metres(Datum::Gcj02.shift(wgs84), gcj02) < 1e-6);
            assert!(metres(Datum::Gcj02.unshift(gcj02), wgs84) < 1e-4);
        }
    }

    #[test]
    fn bd09_has_the_values_that_coordtransform_and_gcoord_publish() {
        // github.com/wandergis/coordtransform, test/app.js.
        let shown = bd09((39.915, 116.404));
        assert!(metres(shown, (39.921_336_993_510_21, 116.410_369_493_710_29)) < 1e-6);
        // github.com/hujiulong/gcoord, test/unit/crs/{BD09,GCJ02}.spec.ts, five decimals there; its own inverse is rougher.
        let found = Datum::Bd09.unshift((45.0, 123.0));
        assert!(metres(found, (44.991_715_40, 122.987_622_10)) < 0.2);
        let found = Datum::Gcj02.unshift((45.0, 123.0));
        assert!(metres(found, (44.998_040_71, 122.993_955_97)) < 0.2);
    }

    #[test]
    fn cities_lie_where_their_published_positions_say() {
        // github.com/hujiulong/gcoord, test/fixtures/china-cities.json: Zhumadian, Nagqu, Xilinhot, Jiuquan, Shantou.
        for (wgs84, gcj02, bd09) in [
            (
                (33.013_355_6, 114.016_432_2),
                (33.011_532_4, 114.022_306),
                (33.017_669_7, 114.028_778_1),
            ),
            (
                (31.478_443_6, 92.049_961_9),
                (31.476_206_3, 92.051_243_8),
                (31.482_442_1, 92.057_683_2),
            ),
            (
                (43.931_280_5, 116.041_403_5),
                (43.933_457_3, 116.048_230_8),
                (43.939_778_2, 116.054_623_2),
            ),
            (
                (39.731_994_6, 98.493_717_5),
                (39.732_823_4, 98.494_359_5),
                (39.738_894_9, 98.500_844_1),
            ),
            (
                (23.356_756_9, 116.677_511_4),
                (23.354_096_4, 116.681_973_5),
                (23.359_888_4, 116.688_501_4),
            ),
        ] {
            assert!(metres(Datum::Gcj02.shift(wgs84), gcj02) < 1.0);
            assert!(metres(super::bd09(gcj02), bd09) < 0.01);
        }
    }

    #[test]
    fn tiananmen_is_shown_some_hundred_metres_to_the_east() {
        let wgs84 = (39.9087, 116.3975);
        let shown = Datum::Gcj02.shift(wgs84);
        assert!(shown.1 > wgs84.1 && (500.0..600.0).contains(&metres(wgs84, shown)));
    }

    #[test]
    fn outside_the_box_gcj02_is_wgs84() {
        for abroad in [(48.8566, 2.3522), (35.6762, 139.6503), (-33.87, 151.21)] {
            assert!(metres(Datum::Gcj02.shift(abroad), abroad) < 1e-9);
            assert!(metres(Datum::Gcj02.unshift(abroad), abroad) < 1e-9);
        }
    }

    #[test]
    fn at_the_boxs_edge_the_inside_converts_back_exactly_and_the_outside_within_a_shift() {
        let (south, north) = BOX_LAT;
        let (west, east) = BOX_LON;
        for (edge, (out_lat, out_lon)) in [
            ((30.0, west), (0.0, -1e-6)),
            ((30.0, east), (0.0, 1e-6)),
            ((south, 100.0), (-1e-6, 0.0)),
            ((north, 100.0), (1e-6, 0.0)),
        ] {
            let outside = (edge.0 + out_lat, edge.1 + out_lon);
            let back = |at| metres(Datum::Gcj02.unshift(Datum::Gcj02.shift(at)), at);
            assert!(in_box(edge) && !in_box(outside));
            assert!(back(edge) < 0.001 && back(outside) < 1_000.0);
        }
    }

    proptest! {
        /// Mainland, islands and seas.
        #[test]
        fn every_datum_converts_back(lat in 3.0..54.0, lon in 73.0..136.0) {
            for datum in Datum::ALL {
                let back = datum.unshift(datum.shift((lat, lon)));
                prop_assert!(metres(back, (lat, lon)) < 0.001);
                for other in Datum::ALL {
                    let shown = other.shift(datum.unshift((lat, lon)));
                    let back = datum.shift(other.unshift(shown));
                    prop_assert!(metres(back, (lat, lon)) < 0.001);
                }
            }
        }

        #[test]
        fn no_shift_exceeds_one_kilometre(lat in BOX_LAT.0..BOX_LAT.1, lon in BOX_LON.0..BOX_LON.1) {
            prop_assert!(metres(Datum::Gcj02.shift((lat, lon)), (lat, lon)) < 1_000.0);
        }
    }
}
