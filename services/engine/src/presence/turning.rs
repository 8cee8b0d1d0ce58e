use domain::challenge::Side;

/// How far a head is turned to the person's own side, against the middle one of the frontal pictures, degrees; negative to the other side.
/// Yaws are positive to the picture's right, which is the person's left: pictures are taken as the camera sees, not as a mirror does.
/// None without a frontal one.
pub fn towards(side: Side, yaw_deg: f32, ahead_deg: &[f32]) -> Option<f64> {
    let mut ahead = ahead_deg.to_vec();
    ahead.sort_unstable_by(f32::total_cmp);
    let middle = *ahead.get(ahead.len() / 2)?;
    let turned = f64::from(yaw_deg) - f64::from(middle);
    let turned = match side {
        Side::Left => turned,
        Side::Right => -turned,
    };
    turned.is_finite().then_some(turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_left_is_the_pictures_right() {
        let table = [
            (Side::Left, 30.0, vec![2.0], Some(28.0)),
            (Side::Right, 30.0, vec![2.0], Some(-28.0)),
            (Side::Right, -25.0, vec![-3.0, 5.0, 40.0], Some(30.0)),
            (Side::Left, 30.0, vec![], None),
            (Side::Left, f32::NAN, vec![0.0], None),
        ];
        for (side, yaw, ahead, expected) in table {
            assert_eq!(
                towards(side, yaw, &ahead),
                expected,
                "{side} {yaw} {ahead:?}"
            );
        }
    }
}
