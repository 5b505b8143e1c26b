//! The choice of the layers of a picture: one of them has full colour, the others are paler.

use super::axes::LatentFrame;
use super::glyphs;
use super::items::{
    Arrows, Dots, Mark, MarkKind, Scene, SceneImage, SceneItem, SceneLine, SceneShapes, SceneText,
};
use super::map_layer::{MapLayer, MapLayers};
use crate::data::glyph::NOT_FINITE;
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Palette, Rgba, faded, scale};
use crate::explore::latent_path::trail::trail;
use crate::explore::layers::gradient_field::Arrow;
use crate::explore::layers::grid::ShapeGrid;
use crate::explore::layers::map_content::MapContent;
use crate::explore::layers::trajectories::Trajectories;
use crate::numerics::statistics::quantile::distance;
use std::sync::Arc;

/// Encoded data on the map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EncodedPoints {
    /// Their positions, at most 1,500.
    pub positions: Arc<Vec<[f64; 2]>>,
    /// The row in the data of each point.
    pub rows: Arc<Vec<usize>>,
    /// The family of each point, by its number.
    pub families: Arc<Vec<u16>>,
    /// The centre and the name of each family.
    pub names: Vec<([f64; 2], String)>,
}

/// Attributes of a trajectory besides its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrajectoryStyle {
    /// The local optimum that it reached, if any.
    pub group: Option<usize>,
    /// True if any of its points is feasible; without one the trajectory ends in a cross.
    pub has_answer: bool,
}

/// A search at one step of its playback.
#[derive(Clone, Debug)]
pub struct SearchView {
    /// The trajectories.
    pub paths: Arc<Trajectories>,
    /// The (fractional) step that is shown.
    pub step: f64,
    /// The step before which trajectories are faded.
    pub fresh_from: f64,
    /// Attributes of the trajectories, `[trajectories]`; empty while they grow.
    pub trajectories: Arc<Vec<TrajectoryStyle>>,
    /// The selected trajectory, which is emphasised.
    pub chosen: Option<usize>,
    /// The trajectory under the mouse pointer, in this view or in another one.
    pub hovered: Option<usize>,
    /// The group whose trajectories are emphasised.
    pub group: Option<usize>,
    /// The position of the answer, once there is one.
    pub star: Option<[f64; 2]>,
    /// True if the search ran on an older version of the model than the map shows.
    pub stale: bool,
}

/// A step-by-step search up to its current point.
#[derive(Clone, Debug)]
pub struct StepThroughView {
    /// The visited points, the current one last.
    pub path: Vec<[f64; 2]>,
    /// The next step.
    pub step: Option<Arrow>,
}

/// Annotations on the map from the user's actions: the same in the window and in an exported picture.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    /// A search.
    pub search_run: Option<SearchView>,
    /// A step-by-step search.
    pub walk: Option<StepThroughView>,
    /// The selected point and the slope there: the direction in which the objective improves, in loss per map unit.
    pub uphill: Option<([f64; 2], [f64; 2])>,
    /// The points of a latent path on the map, and the current position on it.
    pub tour: Option<(Vec<[f64; 2]>, [f64; 2])>,
    /// The selected point, where no other mark shows it.
    pub kept: Option<[f64; 2]>,
    /// The chosen rows of the data.
    pub chosen: Arc<Vec<[f64; 2]>>,
}

/// The data for one picture of the map.
#[derive(Clone, Copy, Debug)]
pub struct MapData<'a> {
    /// The layers that are computed from the model.
    pub content: &'a MapContent,
    /// The reach of a typical picture of a row, see [`Glyphs::reach`](crate::data::glyph::Glyphs::reach).
    pub reach: f64,
    /// The range of the colour scale.
    pub range: (f64, f64),
    /// The encoded data.
    pub points: &'a EncodedPoints,
    /// The values of the encoded data that are drawn, in the quantity of the colours, NaN where unknown; empty if the data
    /// have no such colours.
    pub values: &'a [f64],
    /// The annotations.
    pub annotations: &'a Annotations,
    /// Points of the picture per map unit.
    pub unit: f64,
    /// The place of the latent coordinates.
    pub frame: LatentFrame,
    /// Pinned points.
    pub pins: &'a [[f64; 2]],
}

/// Composes the layers that are `visible` in the part `view` of the map.
///
/// The heat map has the colours where it is on, else the shapes have them, unless `plain` asks for grey shapes (during
/// a training the data need the attention).
pub fn compose(
    subject: &MapData<'_>,
    visible: MapLayers,
    plain: bool,
    view: Bounds,
    palette: &Palette,
) -> Scene {
    let mut layers = Vec::new();
    let MapContent { grid, heat, trust_overlay, slopes } = subject.content;
    let heat = heat.as_ref().filter(|_| visible.has(MapLayer::Heat));
    if let Some((field, pixels)) = heat {
        layers.push(SceneItem::Image(SceneImage {
            bounds: field.bounds,
            size: [field.columns, field.rows],
            pixels: pixels.clone(),
        }));
    }
    if let Some(grid) = grid {
        let cells = |wanted: &dyn Fn(usize) -> bool| -> Vec<Bounds> {
            (0..grid.lattice.len()).filter(|&i| wanted(i)).map(|i| grid.lattice.cell(i)).collect()
        };
        if heat.is_some() {
            let undefined = cells(&|i| grid.values[i].is_nan());
            layers.push(SceneItem::Hatch(undefined, palette.hatch));
        }
        if visible.has(MapLayer::Shapes) {
            if heat.is_none() {
                layers.push(SceneItem::Shapes(filled(grid, subject, plain, palette)));
            }
            // Over heat only the outlines are painted. Around filled shapes they separate the lightest colours from a
            // light background, and the darkest from a dark one. Bars are too thin for that: they are painted once.
            let (ink, width) =
                if heat.is_some() { (palette.hollow, 1.0) } else { (palette.outline_stroke, 0.9) };
            if heat.is_some() || !grid.are_bars {
                layers.push(SceneItem::Shapes(hollow(grid, subject, ink, width)));
            }
            layers.extend(grid.missing.iter().map(|&cell| {
                SceneItem::Text(SceneText {
                    centre: grid.lattice.centre(cell),
                    text: NOT_FINITE.to_owned(),
                    size: 12.0,
                    colour: palette.weak_text,
                    halo: palette.canvas,
                })
            }));
        }
        if visible.has(MapLayer::Trust) {
            layers.extend(
                trust_overlay.iter().map(|fog| SceneItem::Fog(fog.clone(), palette.canvas)),
            );
            let doubtful = cells(&|i| grid.inside[i] && !grid.simple[i]);
            layers.push(SceneItem::Hatch(doubtful, palette.hatch));
        }
    }
    if visible.has(MapLayer::Axes) {
        layers.extend(subject.frame.items(&view, subject.unit, heat.is_some(), palette));
    }
    let chosen = &subject.annotations.chosen;
    if !chosen.is_empty() {
        // Rings below the points of the data, which keep their colours; a disc of the background on a wider one.
        let core = (!visible.has(MapLayer::Data)).then_some((1.8, palette.text));
        for (radius, colour) in [(4.8, palette.text), (3.4, palette.canvas)].into_iter().chain(core)
        {
            let (centres, groups) = (chosen.clone(), Arc::default());
            layers.push(SceneItem::Dots(Dots { centres, radius, groups, colours: vec![colour] }));
        }
    }
    if visible.has(MapLayer::Data) {
        let families = palette.groups();
        let many = subject.points.names.len();
        // One layer has the colours: the families have them where the property does not.
        let mut groups = subject.points.families.clone();
        let (colours, radius) = match heat {
            Some(_) => (vec![faded(palette.casing, 0.6)], 1.6),
            None if !visible.show_quantity(plain) && !subject.values.is_empty() => {
                let shade = |&value: &f64| shade_of(value, subject.range);
                groups = Arc::new(subject.values.iter().map(shade).collect());
                (shades().to_vec(), 2.4)
            }
            None if visible.show_quantity(plain) || many < 2 || many > families.len() => {
                (vec![palette.point], 1.6)
            }
            None => (families.to_vec(), 2.2),
        };
        layers.push(SceneItem::Dots(Dots {
            centres: subject.points.positions.clone(),
            radius,
            groups,
            colours,
        }));
        for (centre, name) in &subject.points.names {
            layers.push(SceneItem::Text(SceneText {
                centre: *centre,
                text: name.clone(),
                size: 14.0,
                colour: palette.text,
                halo: palette.canvas,
            }));
        }
    }
    if let Some(slopes) = slopes.as_ref().filter(|_| visible.has(MapLayer::Gradient)) {
        // White like trajectories over heat; else grey, so that only the shapes have colour.
        let (colour, casing) = if heat.is_some() {
            (faded(palette.path, 0.85), faded(palette.casing, 0.6))
        } else {
            (palette.weak_text, faded(palette.canvas, 0.7))
        };
        let arrows = slopes.arrows.clone();
        layers.push(SceneItem::Arrows(Arrows { arrows, width: 1.3, colour, casing }));
    }
    let Annotations { search_run, walk, uphill, tour, kept, .. } = subject.annotations;
    if let Some(search_run) = search_run.as_ref().filter(|_| visible.has(MapLayer::Paths)) {
        trajectories(search_run, &view, palette, &mut layers);
    }
    let arrow = |arrow: Arrow, width: f32, colour: Rgba| {
        let arrows = Arc::new(vec![arrow]);
        SceneItem::Arrows(Arrows { arrows, width, colour, casing: palette.casing })
    };
    let steepest = uphill.map(|(at, slope)| steepest(at, slope, subject.unit));
    layers.extend(steepest.map(|uphill| arrow(uphill, 2.0, palette.path)));
    if let Some(walk) = walk {
        by_hand(walk, &view, palette, &mut layers);
        layers.extend(walk.step.map(|step| arrow(step, 3.0, palette.path)));
    }
    for (index, &centre) in subject.pins.iter().enumerate() {
        layers.push(SceneItem::Text(SceneText {
            centre,
            text: (index + 1).to_string(),
            size: 17.0,
            colour: palette.text,
            halo: palette.canvas,
        }));
    }
    if let Some((line, here)) = tour {
        layers.extend(trail(line, *here, view.size()[0], palette));
    }
    layers.extend(kept.map(|centre| {
        let (kind, colour, casing) = (MarkKind::Ring, palette.text, palette.canvas);
        SceneItem::Mark(Mark { centre, kind, radius: 8.0, colour, casing })
    }));
    Scene { layers }
}

/// The number of colours of the encoded data, and the grey of an unknown value after them.
const SHADES: u16 = 64;

/// The colours of the encoded data by their values.
fn shades() -> [Rgba; SHADES as usize + 1] {
    std::array::from_fn(|shade| match shade as u16 {
        SHADES => scale(f64::NAN, (0.0, 1.0)),
        shade => scale((f64::from(shade) + 0.5) / f64::from(SHADES), (0.0, 1.0)),
    })
}

/// The place of a value's colour in [`shades`].
fn shade_of(value: f64, (low, high): (f64, f64)) -> u16 {
    let share = (value - low) / if high > low { high - low } else { 1.0 };
    match share.is_nan() {
        true => SHADES,
        false => ((f64::from(SHADES) * share) as u16).min(SHADES - 1),
    }
}

/// The arrow from a point in the direction in which the objective improves; its length in points shows the steepness.
fn steepest(at: [f64; 2], slope: [f64; 2], unit: f64) -> Arrow {
    let steepness = slope[0].hypot(slope[1]);
    let length = glyphs::slope_length(steepness) / unit;
    [at, [0, 1].map(|k| at[k] + length * slope[k] / steepness)]
}

/// The reach of a typical shape, as a share of the distance to its neighbours.
const FULLNESS: f64 = 0.46;

fn filled(
    grid: &Arc<ShapeGrid>,
    subject: &MapData<'_>,
    plain: bool,
    palette: &Palette,
) -> SceneShapes {
    let colour = |i: usize| {
        let presence = grid.presence[i];
        if plain || grid.values[i].is_nan() {
            faded(palette.shape, 0.75 * presence)
        } else {
            faded(scale(grid.values[i], subject.range), presence)
        }
    };
    let colours = (0..grid.lattice.len()).map(colour).collect();
    SceneShapes { colours, hollow: None, ..hollow(grid, subject, palette.outline_stroke, 1.0) }
}

fn hollow(grid: &Arc<ShapeGrid>, subject: &MapData<'_>, ink: Rgba, width: f32) -> SceneShapes {
    SceneShapes {
        grid: grid.clone(),
        scale: FULLNESS * grid.lattice.spacing / subject.reach,
        // Outlines fade faster than filled shapes: far from the data they cross each other and cannot be read.
        colours: grid.presence.iter().map(|&p| faded(ink, p * p)).collect(),
        hollow: (!grid.are_bars).then_some(width),
    }
}

/// The most trajectories that are painted, because more of them cover each other; of a larger search they are chosen at
/// even intervals.
const MAX_TRAJECTORIES: usize = 300;

/// Trajectories in white with a dark casing: faded where they are old, a dot at the start, a ring at the current point
/// (a cross where none was feasible), one star on the answer. The edge of the view counts the trajectories that left
/// it.
fn trajectories(
    search_run: &SearchView,
    view: &Bounds,
    palette: &Palette,
    layers: &mut Vec<SceneItem>,
) {
    let mut edges = [0; 4];
    let count = search_run.paths.len();
    let lifted = |trajectory: usize| {
        search_run.chosen == Some(trajectory) || search_run.hovered == Some(trajectory)
    };
    let strength = |trajectory: usize| match (search_run.group, search_run.chosen) {
        _ if lifted(trajectory) => 1.0,
        (Some(group), _)
            if search_run.trajectories.get(trajectory).is_none_or(|w| w.group != Some(group)) =>
        {
            0.2
        }
        (None, Some(_)) => 0.25,
        (None, None) if search_run.hovered.is_some() => 0.4,
        _ if search_run.stale => 0.35,
        _ => 1.0,
    };
    let line = |points: Vec<[f64; 2]>, alpha: f64, wide: bool| {
        SceneItem::Line(SceneLine {
            points,
            width: if wide { 2.6 } else { 1.6 },
            colour: faded(palette.path, alpha),
            casing: Some(faded(palette.casing, alpha)),
        })
    };
    let stride = count.div_ceil(MAX_TRAJECTORIES).max(1);
    let drawn = |index: &usize| index.is_multiple_of(stride) || lifted(*index);
    // Emphasised trajectories lie on top.
    let back_to_front = || {
        let all = move |top: bool| (0..count).filter(move |&index| lifted(index) == top);
        all(false).chain(all(true))
    };
    for index in back_to_front().filter(drawn) {
        let wide = lifted(index);
        let old = search_run.paths.section(index, 0.0, search_run.fresh_from.min(search_run.step));
        if old.len() > 1 {
            layers.push(line(old, 0.4 * strength(index), wide));
        }
        let fresh = search_run.paths.section(
            index,
            search_run.fresh_from.min(search_run.step),
            search_run.step,
        );
        if fresh.len() > 1 {
            layers.push(line(fresh, strength(index), wide));
        }
    }
    let mark = |centre, kind, radius, alpha| {
        let (colour, casing) = (faded(palette.path, alpha), faded(palette.casing, alpha));
        SceneItem::Mark(Mark { centre, kind, radius, colour, casing })
    };
    for index in back_to_front().filter(drawn) {
        let start = search_run.paths.head(index, 0.0);
        layers.extend(start.map(|start| mark(start, MarkKind::Dot, 2.2, 0.8 * strength(index))));
    }
    for index in back_to_front() {
        let Some(head) = search_run.paths.head(index, search_run.step) else { continue };
        let alpha = strength(index);
        match edge_of(view, head) {
            Some(edge) => edges[edge] += 1,
            None if drawn(&index) => {
                let has_answer = search_run
                    .trajectories
                    .get(index)
                    .is_none_or(|trajectory| trajectory.has_answer);
                let kind = if has_answer { MarkKind::Ring } else { MarkKind::Cross };
                layers.push(mark(head, kind, if lifted(index) { 6.0 } else { 4.0 }, alpha));
            }
            None => (),
        }
    }
    if let Some(centre) = search_run.star {
        let star = if search_run.stale { faded(palette.star, 0.4) } else { palette.star };
        let (colour, casing) = (star, [255, 255, 255, 255]);
        layers.push(SceneItem::Mark(Mark {
            centre,
            kind: MarkKind::Star,
            radius: 12.0,
            colour,
            casing,
        }));
    }
    layers.push(SceneItem::EdgeCounts(edges));
}

/// The steps so far in white with a dark casing: a dot at the start and at every visited point, if the dots are far
/// enough apart, and a ring at the current point.
fn by_hand(walk: &StepThroughView, view: &Bounds, palette: &Palette, layers: &mut Vec<SceneItem>) {
    let (colour, casing) = (palette.path, palette.casing);
    if walk.path.len() > 1 {
        let points = walk.path.to_vec();
        layers.push(SceneItem::Line(SceneLine {
            points,
            width: 2.0,
            colour,
            casing: Some(casing),
        }));
    }
    let Some((&here, past)) = walk.path.split_last() else { return };
    let mark =
        |centre, kind, radius| SceneItem::Mark(Mark { centre, kind, radius, colour, casing });
    let apart = view.size()[0] / 120.0;
    let mut last: Option<[f64; 2]> = None;
    for &point in past {
        if last.is_none_or(|last| distance(&last, &point) > apart) {
            let radius = if last.is_none() { 3.6 } else { 1.8 };
            layers.push(mark(point, MarkKind::Dot, radius));
            last = Some(point);
        }
    }
    layers.push(mark(here, MarkKind::Ring, 6.0));
}

/// The edge (left, right, bottom, top) from which a point lies farthest outside.
fn edge_of(view: &Bounds, [x, y]: [f64; 2]) -> Option<usize> {
    let beyond = [view.low[0] - x, x - view.high[0], view.low[1] - y, y - view.high[1]];
    (0..4).filter(|&k| beyond[k] > 0.0).max_by(|&a, &b| beyond[a].total_cmp(&beyond[b]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::glyph::Glyphs;
    use crate::data::rows::Rows;
    use crate::explore::layers::gradient_field::GradientField;
    use crate::explore::layers::grid::Lattice;
    use crate::explore::projection::Projection;

    #[test]
    fn ways_that_leave_the_view_are_counted_at_its_edges() {
        let away = Rows::from_flat(2, vec![0.0, 0.0, 9.0, 2.0]);
        let home = Rows::from_flat(2, vec![0.0, 0.0, 0.5, 0.5]);
        let paths =
            Trajectories::from_trajectories([&away, &home], &Projection::from_mu(&home), 0.0, 1);
        let search_run = SearchView {
            paths: Arc::new(paths),
            step: 1.0,
            fresh_from: 0.0,
            trajectories: Arc::default(),
            chosen: None,
            hovered: None,
            group: None,
            star: None,
            stale: false,
        };
        let view = Bounds { low: [-1.0, -1.0], high: [1.0, 1.0] };
        let drawn = |search_run: &SearchView| {
            let mut layers = Vec::new();
            trajectories(search_run, &view, &Palette::LIGHT, &mut layers);
            layers
        };
        let layers = drawn(&search_run);
        assert_eq!(layers.last(), Some(&SceneItem::EdgeCounts([0, 1, 0, 0])));
        let marks = |layers: &[SceneItem], kind: MarkKind| {
            let is_one = |l: &&SceneItem| matches!(l, SceneItem::Mark(m) if m.kind == kind);
            layers.iter().filter(is_one).count()
        };
        assert_eq!((marks(&layers, MarkKind::Ring), marks(&layers, MarkKind::Cross)), (1, 0));
        let without = Arc::new(vec![TrajectoryStyle { group: None, has_answer: false }; 2]);
        let layers = drawn(&SearchView { trajectories: without, ..search_run });
        assert_eq!((marks(&layers, MarkKind::Ring), marks(&layers, MarkKind::Cross)), (0, 1));
    }

    #[test]
    fn what_is_lifted_out_is_wide_and_on_top_and_others_step_back() {
        let a = Rows::from_flat(2, vec![0.0, 0.0, 0.5, 0.2]);
        let b = Rows::from_flat(2, vec![0.0, 0.0, 0.5, 0.5]);
        let paths = Trajectories::from_trajectories([&a, &b], &Projection::from_mu(&a), 0.0, 1);
        let one = |group| TrajectoryStyle { group: Some(group), has_answer: true };
        let still = SearchView {
            paths: Arc::new(paths),
            step: 1.0,
            fresh_from: 0.0,
            trajectories: Arc::new(vec![one(0), one(1)]),
            chosen: None,
            hovered: None,
            group: None,
            star: None,
            stale: false,
        };
        let lines = |search_run: SearchView| -> Vec<(f32, bool)> {
            let mut layers = Vec::new();
            trajectories(
                &search_run,
                &Bounds { low: [-1.0; 2], high: [1.0; 2] },
                &Palette::LIGHT,
                &mut layers,
            );
            let line = |layer: &SceneItem| match layer {
                SceneItem::Line(line) => Some((line.width, line.colour == Palette::LIGHT.path)),
                _ => None,
            };
            layers.iter().filter_map(line).collect()
        };
        assert_eq!(lines(still.clone()), [(1.6, true), (1.6, true)]);
        assert_eq!(
            lines(SearchView { hovered: Some(0), ..still.clone() }),
            [(1.6, false), (2.6, true)]
        );
        assert_eq!(
            lines(SearchView { chosen: Some(0), ..still.clone() }),
            [(1.6, false), (2.6, true)]
        );
        assert_eq!(
            lines(SearchView { group: Some(0), ..still.clone() }),
            [(1.6, true), (1.6, false)]
        );
    }

    #[test]
    fn only_what_is_visible_is_composed() {
        let points =
            EncodedPoints { positions: Arc::new(vec![[0.0, 0.0]]), ..EncodedPoints::default() };
        let subject = MapData {
            content: &MapContent::default(),
            reach: 1.0,
            range: (0.0, 1.0),
            points: &points,
            values: &[],
            annotations: &Annotations::default(),
            unit: 100.0,
            frame: LatentFrame::default(),
            pins: &[],
        };
        let view = Bounds { low: [-1.0, -1.0], high: [1.0, 1.0] };
        let all = MapLayers::from_iter(MapLayer::ALL);
        assert_eq!(
            compose(&subject, MapLayers::default(), false, view, &Palette::DARK).layers.len(),
            0
        );
        let without_axes = all.without(MapLayer::Axes);
        assert_eq!(compose(&subject, without_axes, false, view, &Palette::DARK).layers.len(), 1);
        let with_axes = compose(&subject, all, false, view, &Palette::DARK).layers.len();
        assert!(with_axes > 3, "two axes and the origin: {with_axes}");
    }

    #[test]
    fn a_cell_without_a_picture_has_a_word() {
        let bounds = Bounds { low: [0.0, 0.0], high: [1.0, 0.0] };
        let lattice = Lattice::covering(&bounds, 1.0);
        let rows = Rows::from_flat(
            6,
            vec![0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0, 0.0, 0.0],
        );
        let grid = Arc::new(ShapeGrid::new(lattice, rows, &Glyphs::of_outlines(1.0)));
        let content = MapContent { grid: Some(grid), ..MapContent::default() };
        let subject = MapData {
            content: &content,
            reach: 1.0,
            range: (0.0, 1.0),
            points: &EncodedPoints::default(),
            values: &[],
            annotations: &Annotations::default(),
            unit: 100.0,
            frame: LatentFrame::default(),
            pins: &[],
        };
        let visible = MapLayers::default().with(MapLayer::Shapes);
        let layers = compose(&subject, visible, false, bounds, &Palette::LIGHT).layers;
        let words = layers.iter().filter_map(|layer| match layer {
            SceneItem::Text(word) => Some((word.centre, word.text.as_str())),
            _ => None,
        });
        assert_eq!(words.collect::<Vec<_>>(), [([1.0, 0.0], NOT_FINITE)]);
    }

    #[test]
    fn arrows_and_a_walk_lie_over_the_rest() {
        let slopes = Arc::new(GradientField { arrows: Arc::new(vec![[[0.0, 0.0], [0.1, 0.0]]]) });
        let content = MapContent { slopes: Some(slopes.clone()), ..MapContent::default() };
        let path = [[0.0, 0.0], [0.2, 0.1], [0.3, 0.1]];
        let step = [[0.3, 0.1], [0.35, 0.12]];
        let points = EncodedPoints::default();
        let annotations = Annotations {
            walk: Some(StepThroughView { path: path.to_vec(), step: Some(step) }),
            uphill: Some((path[2], [1.0, 0.0])),
            ..Annotations::default()
        };
        let subject = MapData {
            content: &content,
            reach: 1.0,
            range: (0.0, 1.0),
            points: &points,
            values: &[],
            annotations: &annotations,
            unit: 100.0,
            frame: LatentFrame::default(),
            pins: &[],
        };
        let view = Bounds { low: [-1.0, -1.0], high: [1.0, 1.0] };
        let palette = &Palette::LIGHT;
        let layers = |visible| compose(&subject, visible, false, view, palette).layers;
        let on = layers(MapLayers::default().with(MapLayer::Gradient));
        let SceneItem::Arrows(field) = &on[0] else { panic!("{on:?}") };
        assert!(Arc::ptr_eq(&field.arrows, &slopes.arrows));
        assert_eq!(field.colour, palette.weak_text, "without heat the arrows are grey");
        let Some(SceneItem::Arrows(last)) = on.last() else { panic!("{on:?}") };
        assert_eq!(*last.arrows, [step]);
        let ring = |layer: &&SceneItem| matches!(layer, SceneItem::Mark(m) if m.kind == MarkKind::Ring && m.centre == path[2]);
        assert_eq!(on.iter().filter(ring).count(), 1);
        assert_eq!(layers(MapLayers::default()).len(), on.len() - 1, "the field alone is a layer");
    }
}
