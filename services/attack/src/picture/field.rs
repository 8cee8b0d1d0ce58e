//! Smooth random fields: mottled walls, paper, uneven light.

use super::light::smoothstep;
use crate::chance::Chance;

/// Values at the knots of a grid, smooth between them.
pub struct Field {
    columns: usize,
    rows: usize,
    knots: Vec<f32>,
}

impl Field {
    /// `columns` × `rows` cells of normal values.
    pub fn new(columns: usize, rows: usize, chance: &mut Chance) -> Self {
        let knots = (columns + 1) * (rows + 1);
        Self {
            columns,
            rows,
            knots: (0..knots).map(|_| chance.normal()).collect(),
        }
    }

    /// At a share of the width and of the height; what lies beyond 0..=1 is as its edge.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let cell = |share: f32, cells: usize| {
            let place = share.clamp(0.0, 1.0) * cells as f32;
            let index = (place as usize).min(cells - 1);
            (index, smoothstep(0.0, 1.0, place - index as f32))
        };
        let ((column, across), (row, down)) = (cell(x, self.columns), cell(y, self.rows));
        let knot = |column: usize, row: usize| self.knots[row * (self.columns + 1) + column];
        let between = |row| {
            let (left, right) = (knot(column, row), knot(column + 1, row));
            left + (right - left) * across
        };
        let (upper, lower) = (between(row), between(row + 1));
        upper + (lower - upper) * down
    }
}
