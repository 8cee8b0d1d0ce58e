use super::Position;

/// WGS-84: semi-major axis in metres, squared eccentricity.
const A_M: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_3;
/// Degrees of latitude beyond which the plane stays as it is there, and radians (1,270 km) by which a latitude counts in it at most.
const LAT_DEG_MAX: f64 = 80.0;
const HALF_WAY_MAX: f64 = 0.1;

/// The surroundings of a position as a plane in which a line that is straight in latitude and longitude is straight. Distances
/// take a degree of longitude for what it has half way, so that they are right within 0.1 % over hundreds of kilometres.
pub(super) struct Plane {
    lat_deg: f64,
    lon_deg: f64,
    north_m: f64,
    east_m: f64,
    /// How quickly a degree of longitude shrinks to the north, by radian.
    shrinks: f64,
}

/// Where a side comes nearest.
pub(super) struct Foot {
    pub squared_m: f64,
    /// 0 at the side's start, 1 at its end.
    pub part: f64,
    /// Would a ray to the east leave through this side?
    pub crosses: bool,
}

impl Plane {
    /// `beside` says which of the meridians that are the same is meant: the nearest to it.
    pub fn around(position: Position, beside: Position) -> Self {
        let lat_deg = position.lat_deg();
        let bounded = lat_deg.clamp(-LAT_DEG_MAX, LAT_DEG_MAX);
        let (north_m, east_m) = metres_a_degree(bounded);
        Self {
            lat_deg,
            lon_deg: near(position.lon_deg(), beside.lon_deg()),
            north_m,
            east_m,
            shrinks: bounded.to_radians().tan(),
        }
    }

    pub fn foot(&self, start: Position, end: Position) -> Foot {
        let from = self.to(start);
        let to = self.to(end);
        let (east, north) = (to.0 - from.0, to.1 - from.1);
        let crosses = (from.1 > 0.0) != (to.1 > 0.0) && from.0 - from.1 * east / north > 0.0;
        let (x, y) = (from.0 * self.east_m, from.1 * self.north_m);
        let (dx, dy) = (east * self.east_m, north * self.north_m);
        let part = (-(x * dx + y * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        // Sought with the longitude's degree of here, measured with that of half way.
        let east_m = self.east_m_half_way(from.1 + part * north);
        let foot = ((from.0 + part * east) * east_m, y + part * dy);
        Foot {
            squared_m: foot.0 * foot.0 + foot.1 * foot.1,
            part,
            crosses,
        }
    }

    /// Degrees to the east and to the north.
    fn to(&self, position: Position) -> (f64, f64) {
        (
            position.lon_deg() - self.lon_deg,
            position.lat_deg() - self.lat_deg,
        )
    }

    /// Metres that a degree of longitude has half way to a latitude so many degrees to the north.
    fn east_m_half_way(&self, north_deg: f64) -> f64 {
        let half_way = (north_deg.to_radians() / 2.0).clamp(-HALF_WAY_MAX, HALF_WAY_MAX);
        self.east_m * (1.0 - self.shrinks * half_way - half_way * half_way / 2.0)
    }
}

/// Metres that a degree of latitude and one of longitude have at a latitude.
pub(super) fn metres_a_degree(lat_deg: f64) -> (f64, f64) {
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let squared = 1.0 - E2 * sin * sin;
    let across_m = A_M / squared.sqrt();
    let meridian_m = across_m * (1.0 - E2) / squared;
    (meridian_m.to_radians(), (across_m * cos).to_radians())
}

/// The same meridian, counted so that it is at most half a turn away from another.
fn near(lon_deg: f64, other_deg: f64) -> f64 {
    let apart = lon_deg - other_deg;
    if apart > 180.0 {
        lon_deg - 360.0
    } else if apart < -180.0 {
        lon_deg + 360.0
    } else {
        lon_deg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_have_the_lengths_that_wgs84_gives_them() {
        // One hundredth of a degree at 40 N, held against the ellipsoid.
        let at = |lat, lon| Position::new(lat, lon).expect("a position on earth");
        let (north_m, east_m) = metres_a_degree(40.0);
        let north = at(39.995, 116.0).distance_m(at(40.005, 116.0));
        let east = at(40.0, 116.0).distance_m(at(40.0, 116.01));
        assert!((north - north_m / 100.0).abs() < 1e-5, "{north}");
        assert!((east - east_m / 100.0).abs() < 1e-5, "{east}");
    }

    #[test]
    fn meridians_are_counted_on_the_side_of_the_other() {
        for (lon, other, expected) in [
            (179.9, -179.9, -180.1),
            (-179.9, 179.9, 180.1),
            (10.0, -10.0, 10.0),
        ] {
            assert!((near(lon, other) - expected).abs() < 1e-9);
        }
    }
}
