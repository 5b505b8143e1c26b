//! A latent path on the map: a cased polyline with an arrow at its end, and a bead at the current position.

use super::curve::LatentPath;
use crate::explore::colour::Palette;
use crate::explore::projection::Projection;
use crate::explore::scene::items::{Arrows, Mark, MarkKind, SceneItem, SceneLine};
use crate::numerics::statistics::quantile::distance;
use std::sync::Arc;

/// The number of pieces of a curved path, enough for spirals of many turns.
const PIECES: usize = 600;
/// The distance from the beginning of the arrow to the end, as a share of the width of the view.
const ARROW: f64 = 0.03;

/// The points of a latent path on the map, dense enough to look smooth.
pub fn on_map(latent_path: &LatentPath, projection: &Projection) -> Vec<[f64; 2]> {
    // Two points are enough for a straight path.
    let pieces = if latent_path.is_straight() { 1 } else { PIECES };
    let share = |piece| piece as f64 / pieces as f64;
    (0..=pieces).map(|piece| projection.project(&latent_path.at(share(piece)))).collect()
}

/// The layers of a latent path through `points`, on a map that shows `width` units across, with the bead at `here`.
pub fn trail(points: &[[f64; 2]], here: [f64; 2], width: f64, palette: &Palette) -> Vec<SceneItem> {
    let (colour, casing) = (palette.path, palette.casing);
    let mut layers = Vec::new();
    let Some((&start, &end)) = points.first().zip(points.last()) else { return layers };
    let line = SceneLine { points: points.to_vec(), width: 2.2, colour, casing: Some(casing) };
    layers.push(SceneItem::Line(line));
    // The arrow begins at the last point that is far enough from the end, on the piece that leads away from that point.
    let far = points.iter().rposition(|point| distance(point, &end) >= ARROW * width);
    if let Some(tail) = far.map(|index| towards(&end, &points[index], ARROW * width)) {
        let arrows = Arc::new(vec![[tail, end]]);
        layers.push(SceneItem::Arrows(Arrows { arrows, width: 3.0, colour, casing }));
    }
    let dot = |centre, radius, colour, casing| {
        SceneItem::Mark(Mark { centre, kind: MarkKind::Dot, radius, colour, casing })
    };
    layers.push(dot(start, 3.2, colour, casing));
    layers.push(dot(here, 6.0, palette.text, palette.canvas));
    layers
}

/// The point at the distance `far` from `from` on the line to `to`.
fn towards(from: &[f64; 2], to: &[f64; 2], far: f64) -> [f64; 2] {
    let share = far / distance(from, to);
    [0, 1].map(|k| from[k] + share * (to[k] - from[k]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows::Rows;
    use crate::explore::latent_path::curve::PathShape;

    #[test]
    fn an_arrow_points_to_the_end_and_a_dot_is_at_the_start() {
        let plane = Projection::from_mu(&Rows::from_flat(2, vec![0.0, 0.0]));
        let form = PathShape::Line { from: vec![-1.0, 0.0], to: vec![1.0, 0.0] };
        let latent_path = LatentPath::new(form, &plane).unwrap();
        let points = on_map(&latent_path, &plane);
        assert_eq!(points, [[-1.0, 0.0], [1.0, 0.0]]);
        let layers = trail(&points, [0.5, 0.0], 10.0, &Palette::LIGHT);
        let [
            SceneItem::Line(_),
            SceneItem::Arrows(arrows),
            SceneItem::Mark(start),
            SceneItem::Mark(here),
        ] = layers.as_slice()
        else {
            panic!("{layers:?}")
        };
        let [tail, tip] = arrows.arrows[0];
        assert!(tip == [1.0, 0.0] && (tail[0] - 0.7).abs() < 1e-12, "{tail:?}");
        assert_eq!((start.centre, here.centre), ([-1.0, 0.0], [0.5, 0.0]));
        // A path of length 0 has no direction.
        let still = trail(&[[0.0; 2], [0.0; 2]], [0.0; 2], 10.0, &Palette::LIGHT);
        assert!(!still.iter().any(|layer| matches!(layer, SceneItem::Arrows(_))));
        assert!(trail(&[], [0.0; 2], 1.0, &Palette::LIGHT).is_empty());
    }
}
