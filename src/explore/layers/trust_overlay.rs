//! Fog: an overlay on the parts of the map that are far from the data, or where a prediction is uncertain.

use crate::explore::bounds::Bounds;
use crate::explore::projection::Projection;
use crate::model::Model;
use crate::model::heads::judge::Judge;
use crate::numerics::cancel_token::CancelToken;
use rayon::prelude::*;
use std::sync::Arc;

/// Cells along the longer side, if the data are few enough.
const CELLS: usize = 96;
/// The fewest cells along the longer side.
const MIN_CELLS: usize = 24;
/// The most numbers that are compared, so that the user does not have to wait.
const MAX_NUMBERS: usize = 200_000_000;
/// The multiple of the typical distance at which the overlay is densest; it begins at 1.
const THICKEST: f64 = 1.5;
/// The opacity there, 0 to 1.
const COVER: f64 = 0.75;
/// The most multiplications for the intervals of a judge: about 0.3 s on one core.
const MAX_WORK: usize = 500_000_000;
/// Intervals that are computed together; between them the work can be cancelled.
const AT_ONCE: usize = 64;
/// The least half-width at which the fog of a prediction is densest, as a multiple of that at which it begins: it has no
/// edge, and does not lie over the data of a head whose usual interval is as wide as that of the data alone.
const LEAST_RISE: f64 = 1.1;

/// The opacity of the overlay on a part of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustOverlay {
    /// The part of the map.
    pub bounds: Bounds,
    /// Columns and rows.
    pub size: [usize; 2],
    /// The opacity of each cell, 0 to 255, row by row from the top.
    pub cover: Arc<Vec<u8>>,
    /// True if the uncertainty of a prediction is in it.
    pub has_uncertainty: bool,
}

impl TrustOverlay {
    /// The overlay of the distance on `bounds`: transparent where a point is as near to the data as the data are to each
    /// other, then increasing smoothly. On a map of more than two dimensions it applies to the plane of the map itself.
    pub fn of_distance(model: &Model, projection: &Projection, bounds: Bounds) -> Self {
        let numbers = model.encoded.mu.as_flat().len().max(1);
        let size = grid(&bounds, (MAX_NUMBERS as f64 / numbers as f64).sqrt(), MIN_CELLS);
        let z = projection.lift_all(centres(&bounds, size));
        let multiples = model.density().multiples(&z, THICKEST).into_iter();
        let cover = multiples.map(|multiple| cover((multiple - 1.0) / (THICKEST - 1.0))).collect();
        Self { bounds, size, cover: Arc::new(cover), has_uncertainty: false }
    }

    /// The overlay with fog where the intervals of a prediction are wide, too; each cell has the denser of both. The fog
    /// of a prediction begins at the median half-width of its intervals and is densest where they are as wide as that of
    /// somebody who knows the measured values alone: the prediction says nothing there.
    ///
    /// A judge of many rows is asked on a coarser grid. None if it was cancelled before the end.
    pub fn with_uncertainty(
        &self,
        judge: &Judge,
        projection: &Projection,
        cancel: &CancelToken,
    ) -> Option<Self> {
        let affordable = MAX_WORK / judge.quick_work().max(1);
        let longest = self.size[0].max(self.size[1]) as f64;
        let all = (self.size[0] * self.size[1]) as f64;
        let coarse = grid(&self.bounds, longest * (affordable as f64 / all).sqrt(), 2);
        let coarse = [0, 1].map(|k| coarse[k].min(self.size[k]));
        let places: Vec<[f64; 2]> = centres(&self.bounds, coarse).collect();
        let range = [judge.median_half_width(), judge.half_width_of_data()];
        let part = |places: &[[f64; 2]]| {
            let z = || projection.lift_all(places.iter().copied());
            let halves = (!cancel.is_cancelled()).then(|| judge.quick_half_widths(&z()));
            halves.map(|halves| halves.into_iter().map(|half| uncertainty(half, range)).collect())
        };
        let parts: Option<Vec<Vec<f64>>> = places.par_chunks(AT_ONCE).map(part).collect();
        let shares = resampled(&parts?.concat(), coarse, self.size);
        let denser = |(&distance, share): (&u8, f64)| distance.max(cover(share));
        let cover = self.cover.iter().zip(shares).map(denser).collect();
        Some(Self { cover: Arc::new(cover), has_uncertainty: true, ..self.clone() })
    }
}

/// Columns and rows of about square cells: at least `fewest`, at most [`CELLS`] along the longer side.
fn grid(bounds: &Bounds, along: f64, fewest: usize) -> [usize; 2] {
    let [w, h] = bounds.size();
    let cells = along.floor().clamp(fewest as f64, CELLS as f64);
    [w, h].map(|side| ((cells * side / w.max(h)).round() as usize).max(2))
}

/// The centres of cells, row by row from the top.
fn centres(bounds: &Bounds, [columns, rows]: [usize; 2]) -> impl Iterator<Item = [f64; 2]> {
    let from_the_top = (0..rows).rev().flat_map(move |row| (0..columns).map(move |c| (c, row)));
    from_the_top.map(move |(c, row)| bounds.cell_centre(c, row, columns, rows))
}

/// The opacity at a share of what makes the overlay densest, below 0 and above 1 too.
fn cover(share: f64) -> u8 {
    let share = share.clamp(0.0, 1.0);
    // A cubic with zero slope at both ends, so that no edge is visible.
    (255.0 * COVER * share * share * (3.0 - 2.0 * share)).round() as u8
}

/// The share at an interval of this half-width, 0 to 1: 0 at the median half-width, 1 at that of the data alone and where
/// there is no interval (NaN).
fn uncertainty(half: f64, [median, of_data]: [f64; 2]) -> f64 {
    let densest = of_data.max(LEAST_RISE * median);
    let share = (half - median) / (densest - median);
    if share.is_nan() { 1.0 } else { share.clamp(0.0, 1.0) }
}

/// Values at the centres of coarse cells at those of finer ones over the same area, by cubic convolution along both sides
/// (Keys 1981); row by row both. Beyond the outermost centres they are constant.
fn resampled(values: &[f64], coarse: [usize; 2], fine: [usize; 2]) -> Vec<f64> {
    let taps = |k: usize| -> Vec<[(usize, f64); 4]> {
        let last = coarse[k] as f64 - 1.0;
        let tap = |cell: usize| {
            let at = (cell as f64 + 0.5) * coarse[k] as f64 / fine[k] as f64 - 0.5;
            let t = at - at.floor();
            let weights = [
                ((2.0 - t) * t - 1.0) * t / 2.0,
                ((3.0 * t - 5.0) * t * t + 2.0) / 2.0,
                ((4.0 - 3.0 * t) * t + 1.0) * t / 2.0,
                (t - 1.0) * t * t / 2.0,
            ];
            let index = |tap: usize| (at.floor() + tap as f64 - 1.0).clamp(0.0, last) as usize;
            [0, 1, 2, 3].map(|tap| (index(tap), weights[tap]))
        };
        (0..fine[k]).map(tap).collect()
    };
    let (across, down) = (taps(0), taps(1));
    let sum = |across: &[(usize, f64); 4], down: &[(usize, f64); 4]| -> f64 {
        let row = |row: usize| -> f64 {
            across.iter().map(|(column, weight)| weight * values[row * coarse[0] + column]).sum()
        };
        down.iter().map(|(at, weight)| weight * row(*at)).sum()
    };
    down.iter().flat_map(|down| across.iter().map(|across| sum(across, down))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows::Rows;
    use crate::explore::home_view;
    use crate::model::bundled::BUNDLED;
    use crate::model::format::checkpoint;
    use crate::model::heads::head::TaskHead;
    use crate::numerics::statistics::quantile::quantile;
    use std::path::Path;

    #[test]
    fn fog_thickens_without_an_edge() {
        // 255 * 0.75 * share^2 (3 - 2 share): 0.15625 at a quarter, a half at a half.
        assert_eq!([-2.0, 0.0, 0.25, 0.5, 1.0, 2.0].map(cover), [0, 0, 30, 96, 191, 191]);
    }

    #[test]
    fn fog_lies_where_the_data_do_not() {
        let model = BUNDLED[0].load().unwrap();
        let projection = Projection::from_mu(&model.encoded.mu);
        let view = home_view(&model, &projection).grown(0.5).with_aspect(1.5);
        let trust_overlay = TrustOverlay::of_distance(&model, &projection, view);
        assert_eq!((trust_overlay.size, trust_overlay.cover.len()), ([96, 64], 96 * 64));
        let at = |[u, v]: [f64; 2]| {
            let share = |k: usize, at: f64| (at - view.low[k]) / view.size()[k];
            let column = (96.0 * share(0, u)) as usize;
            trust_overlay.cover[column + 96 * (63 - (64.0 * share(1, v)) as usize)]
        };
        let points = projection.project_all(&model.encoded.mu);
        let covered = points.iter().filter(|&&point| at(point) > 0).count();
        assert!(covered * 50 < points.len(), "{covered} of {}", points.len());
        assert!(
            trust_overlay.cover[..96].iter().all(|&cover| cover == 191),
            "the upper edge is far away"
        );
    }

    #[test]
    fn the_fog_of_a_prediction_begins_at_the_usual_interval_and_ends_at_that_of_the_data() {
        let shares = [1.0, 2.0, 3.0, 6.0, 9.0].map(|half| uncertainty(half, [2.0, 6.0]));
        assert_eq!(shares, [0.0, 0.0, 0.25, 1.0, 1.0]);
        // A head that knows no more than the data: dense a tenth above its usual interval.
        let vague = [2.0, 2.1, 2.2].map(|half| uncertainty(half, [2.0, 1.5]));
        assert!(vague[0] == 0.0 && (vague[1] - 0.5).abs() < 1e-9 && vague[2] > 1.0 - 1e-9);
        assert_eq!(uncertainty(f64::NAN, [2.0, 6.0]), 1.0, "no interval is known");
    }

    #[test]
    fn coarse_values_are_joined_smoothly() {
        let values: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
        assert_eq!(resampled(&values, [4, 3], [4, 3]), values, "the same cells");
        assert_eq!(resampled(&[7.0; 6], [3, 2], [9, 8]), [7.0; 72]);
        // Twice as many columns: each lies a quarter of a coarse cell beside one. By hand, the weights of a cubic
        // convolution at 1/4 are -9/128, 111/128, 29/128 and -3/128.
        let fine = resampled(&[1.0, 2.0, 8.0, 5.0, 1.0, 2.0, 8.0, 5.0], [4, 2], [8, 2]);
        let third = (-9.0 * 1.0 + 111.0 * 2.0 + 29.0 * 8.0 - 3.0 * 5.0) / 128.0;
        assert!((fine[3] - third).abs() < 1e-12 && (fine[11] - third).abs() < 1e-12, "{fine:?}");
        let first = (-3.0 * 1.0 + 29.0 * 1.0 + 111.0 * 1.0 - 9.0 * 2.0) / 128.0;
        assert!((fine[0] - first).abs() < 1e-12, "the outermost value goes on: {fine:?}");
    }

    fn penguins() -> Model {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tables");
        checkpoint::load(&folder.join("penguins.safetensors")).unwrap()
    }

    #[test]
    fn each_cell_has_the_denser_of_both_fogs() {
        let model = penguins();
        let projection = Projection::from_mu(&model.encoded.mu);
        let view = home_view(&model, &projection).grown(0.4).with_aspect(1.5);
        let quantity = model.usual_quantity();
        let judge = model.judge(quantity).unwrap().unwrap();
        let distance = TrustOverlay::of_distance(&model, &projection, view);
        let never = CancelToken::default();
        let whole = distance.with_uncertainty(&judge, &projection, &never).unwrap();
        assert!(whole.has_uncertainty && !distance.has_uncertainty);
        // By the predictions of the model, which say nothing of a class where they reach from 0 to 1.
        let card = model.head(quantity).unwrap().card.output(quantity).unwrap().into_owned();
        let median = card.judge.unwrap().half_width.unwrap();
        let z = projection.lift_all(centres(&view, whole.size));
        let predictions = model.predictions(quantity, &z).unwrap().unwrap();
        let mut only = [0, 0];
        for ((prediction, &before), &after) in
            predictions.iter().zip(&**distance.cover).zip(&**whole.cover)
        {
            let share = ((prediction.half_width() - median) / (0.5 - median)).clamp(0.0, 1.0);
            let fog = 255.0 * 0.75 * (3.0 - 2.0 * share) * share * share;
            assert!((f64::from(after) - fog.max(f64::from(before))).abs() <= 0.5 + 1e-6);
            only[0] += usize::from(after > before);
            only[1] += usize::from(f64::from(before) > fog + 1.0);
        }
        assert!(
            only.iter().all(|cells| *cells > 50),
            "each fog lies where the other does not: {only:?}"
        );
        let cancelled = CancelToken::default();
        cancelled.cancel();
        assert!(distance.with_uncertainty(&judge, &projection, &cancelled).is_none());
    }

    #[test]
    fn without_test_rows_the_usual_interval_is_that_of_the_held_out_rows() {
        let model = penguins();
        let mut card = model.heads()[0].card.clone();
        card.outputs.iter_mut().for_each(|output| output.judge = None);
        let parameters: Vec<Vec<f32>> =
            model.heads()[0].parameters().map(<[f32]>::to_vec).collect();
        let quantity = card.outputs[0].quantity;
        let model = model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap();
        let held_out = model.encoded.mu.select(&model.encoded.held_out_or_all());
        assert!(held_out.len() < 300, "all of them are asked");
        let halves = model.predictions(quantity, &held_out).unwrap().unwrap();
        let halves = halves.iter().map(|prediction| prediction.half_width());
        let judge = model.judge(quantity).unwrap().unwrap();
        assert_eq!(judge.median_half_width(), quantile(halves, 0.5).unwrap());
        assert_eq!(judge.half_width_of_data(), 0.5);
        let one = Rows::from_flat(held_out.width(), held_out.row(0).to_vec());
        let prediction = model.predictions(quantity, &one).unwrap().unwrap()[0];
        assert_eq!(judge.quick_half_widths(&one), [prediction.half_width()]);
    }
}
