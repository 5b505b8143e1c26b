//! Would it have pointed there? The share of hidden rows near an answer, and the distance to the nearest one.

use crate::data::rows::Rows;
use crate::numerics::statistics::nearest::NearestNeighbours;
use crate::numerics::statistics::quantile::quantile;
use serde::Serialize;

/// The number of nearest rows of a point.
pub const NEAREST: usize = 10;

/// The neighbourhood of some points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pointing {
    /// The number of points.
    pub points: usize,
    /// The mean share of hidden rows among the ten nearest rows of each point, 0 to 1; none without points.
    pub hidden_share: Option<f64>,
    /// The median distance to the nearest hidden row, in standard deviations of the data; none without points.
    pub distance: Option<f64>,
}

impl Pointing {
    /// The neighbourhood of `points [n, dim]` among `rows [m, dim]`, of which the ones with `hidden [m]` were hidden.
    /// `own` returns the index of a point that is itself a row, so that it is not its own neighbour.
    pub fn from_points(
        points: &Rows<f64>,
        own: impl Fn(usize) -> Option<usize>,
        rows: &Rows<f64>,
        hidden: &[bool],
    ) -> Self {
        let dim = rows.width();
        let all = NearestNeighbours::new(rows.as_flat(), dim);
        let unseen: Vec<usize> = (0..hidden.len()).filter(|&row| hidden[row]).collect();
        let unseen = NearestNeighbours::new(rows.select(&unseen).as_flat(), dim);
        let (mut shares, mut distances) = (Vec::new(), Vec::new());
        for (i, point) in points.iter().enumerate() {
            let near = all.nearest(point, NEAREST + 1, f64::INFINITY);
            let near = near.iter().map(|(_, row)| *row).filter(|row| own(i) != Some(*row));
            let near: Vec<usize> = near.take(NEAREST).collect();
            let found = near.iter().filter(|row| hidden[**row]).count();
            if !near.is_empty() {
                shares.push(found as f64 / near.len() as f64);
            }
            let nearest = unseen.nearest(point, 1, f64::INFINITY);
            distances.extend(nearest.first().map(|(distance, _)| *distance));
        }
        let hidden_share =
            (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
        Self { points: points.len(), hidden_share, distance: quantile(distances, 0.5) }
    }
}

/// One repeat: the answers, with the baselines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pointed {
    /// The seed.
    pub seed: u64,
    /// The number of hidden rows.
    pub hidden: usize,
    /// The number of rows that were not learned from either, because they are in small groups with hidden ones.
    pub left_out: usize,
    /// The number of all rows.
    pub rows: usize,
    /// The neighbourhood of the different believable answers.
    pub answers: Pointing,
    /// The neighbourhood of the best answer alone.
    pub best_answer: Pointing,
    /// The share of hidden rows at which the model, which has not seen them, lets a prediction be believed. The best rows
    /// mostly lie at the edge of all rows, and without them the data end before it: a search that stays among the data
    /// can point towards them at most.
    pub within_reach: f64,
    /// The neighbourhood of the best training rows.
    pub best_training: Pointing,
    /// The neighbourhood of random samples.
    pub random: Pointing,
    /// The share of hidden rows among all rows: the expectation for ten rows chosen at random.
    pub chance: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_are_counted_about_each_point() {
        // Twenty rows on a line; the last five are hidden.
        let rows = Rows::from_flat(1, (0..20).map(f64::from).collect());
        let hidden: Vec<bool> = (0..20).map(|i| i >= 15).collect();
        let points = Rows::from_flat(1, vec![19.0, 5.0]);
        let of = Pointing::from_points(&points, |_| None, &rows, &hidden);
        // Rows 10 to 19 are nearest to the first point, and 5 of these 10 are hidden; none near the second point is
        // hidden.
        assert_eq!(of.hidden_share, Some(0.25));
        assert_eq!(of.distance, Some(5.0));
        // Without row 19 itself the nearest are rows 9 to 18.
        let of = Pointing::from_points(&points, |i| (i == 0).then_some(19), &rows, &hidden);
        assert_eq!(of.hidden_share, Some(0.2));
        let none = Pointing::from_points(&Rows::new(1), |_| None, &rows, &hidden);
        assert_eq!((none.points, none.hidden_share, none.distance), (0, None, None));
    }
}
