//! Lines, rings and crosses as strips of triangles in one mesh. egui's own strokes have feathered edges, which need twice the
//! vertices, and it lays each one out separately in every frame; here the driver smooths the edges, as for shapes.

use super::transform::{Transform, vertex};
use crate::explore::scene::items::{Mark, MarkKind, SceneItem, SceneLine};
use crate::explore::scene::polyline_mesh::{ribbon, triangles};
use crate::ui::theme::colour;
use egui::epaint::Mesh;
use egui::{Color32, Pos2, Vec2, pos2, vec2};
use std::sync::Arc;

/// Points of a line closer than this on the screen, in points, are merged.
const FINE: f32 = 0.7;
/// The additional width of the casing of a line and of a cross, in points.
const CASING: f32 = 2.0;
/// The width of rings and crosses, in points.
const MARK: f32 = 1.7;

/// True if a layer consists of strokes.
pub fn is_stroke(layer: &SceneItem) -> bool {
    match layer {
        SceneItem::Line(_) => true,
        SceneItem::Mark(mark) => matches!(mark.kind, MarkKind::Ring | MarkKind::Cross),
        _ => false,
    }
}

/// Data kept between frames: the mesh of each run of strokes, and its inputs.
#[derive(Default)]
pub struct Strokes(Vec<(Vec<SceneItem>, Transform, Arc<Mesh>)>);

impl Strokes {
    /// The mesh of the run `index` of strokes, made again only if they or the view have changed.
    pub fn mesh(&mut self, index: usize, run: &[SceneItem], transform: Transform) -> Arc<Mesh> {
        if let Some((known, at, mesh)) = self.0.get(index)
            && *at == transform
            && known == run
        {
            return mesh.clone();
        }
        // The new mesh needs about as much memory as the old one, so its buffers are used again.
        let before = self.0.drain(index..).next().and_then(|(.., mesh)| Arc::into_inner(mesh));
        let mesh = Arc::new(StrokePainter::over(before.unwrap_or_default()).draw(run, transform));
        self.0.push((run.to_vec(), transform, mesh.clone()));
        mesh
    }

    /// Removes all runs but the first `count`.
    pub fn forget_after(&mut self, count: usize) {
        self.0.truncate(count);
    }
}

/// Paints strokes.
struct StrokePainter {
    mesh: Mesh,
    /// The points of the present line, and the vertices of its polyline mesh: a point and the vector across. Kept to use their
    /// buffers again.
    points: Vec<[f32; 2]>,
    corners: Vec<(Pos2, Vec2)>,
}

impl StrokePainter {
    /// Paints into the buffers of an old mesh.
    fn over(mut mesh: Mesh) -> Self {
        mesh.vertices.clear();
        mesh.indices.clear();
        Self { mesh, points: Vec::new(), corners: Vec::new() }
    }

    fn draw(mut self, run: &[SceneItem], transform: Transform) -> Mesh {
        for layer in run {
            match layer {
                SceneItem::Line(line) => self.line(line, transform),
                SceneItem::Mark(mark) if mark.kind == MarkKind::Ring => self.ring(mark, transform),
                SceneItem::Mark(mark) => self.cross(mark, transform),
                _ => (),
            }
        }
        self.mesh
    }

    /// A line with its casing below it.
    fn line(&mut self, line: &SceneLine, transform: Transform) {
        self.points.clear();
        for at in transform.to_screen_all(&line.points) {
            let is_far = |to: &[f32; 2]| pos2(to[0], to[1]).distance_sq(at) > FINE * FINE;
            if self.points.last().is_none_or(is_far) {
                self.points.push(at.into());
            }
        }
        // The last point is always kept, even if it is close to the previous one.
        let end = line.points.last().map(|&end| transform.to_screen(end));
        let end = end.filter(|end| end.is_finite());
        if let ([_, .., last], Some(end)) = (self.points.as_mut_slice(), end) {
            *last = end.into();
        }
        let casing = line.casing.map(|casing| (line.width + CASING, colour(casing)));
        self.stroke(false, casing.into_iter().chain([(line.width, colour(line.colour))]));
    }

    /// A ring around a position, outside of the mark's radius, with its casing below and around it.
    fn ring(&mut self, mark: &Mark, transform: Transform) {
        let at = transform.to_screen(mark.centre);
        let count = 8 + 2 * (mark.radius + MARK).ceil() as usize;
        for (width, ink) in [(2.0 * MARK, mark.casing), (MARK, mark.colour)] {
            let radius = mark.radius + 0.5 * width;
            let corner = |k: usize| {
                let (sin, cos) = (std::f32::consts::TAU * k as f32 / count as f32).sin_cos();
                [at.x + radius * cos, at.y + radius * sin]
            };
            self.points.clear();
            self.points.extend((0..count).map(corner));
            self.stroke(true, [(width, colour(ink))]);
        }
    }

    /// A cross at a position with its casing below it.
    fn cross(&mut self, mark: &Mark, transform: Transform) {
        let (at, r) = (transform.to_screen(mark.centre), mark.radius);
        for (width, ink) in [(MARK + CASING, mark.casing), (MARK, mark.colour)] {
            for [x, y] in [[r, r], [r, -r]] {
                self.points.clear();
                self.points.extend([[at.x - x, at.y - y], [at.x + x, at.y + y]]);
                self.stroke(false, [(width, colour(ink))]);
            }
        }
    }

    /// The line through the points in each of these widths and colours, one over the other.
    fn stroke(&mut self, closed: bool, inks: impl IntoIterator<Item = (f32, Color32)>) {
        let Self { mesh, points, corners } = self;
        corners.clear();
        ribbon(points, closed, |[x, y], [dx, dy]| corners.push((pos2(x, y), vec2(dx, dy))));
        for (width, ink) in inks {
            let base = mesh.vertices.len() as u32;
            let half = 0.5 * width;
            mesh.vertices.extend(corners.iter().flat_map(|&(at, across)| {
                [vertex(at + half * across, ink), vertex(at - half * across, ink)]
            }));
            mesh.indices.extend(triangles(base, corners.len() as u32, closed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Bounds;
    use egui::Rect;

    fn line(points: Vec<[f64; 2]>) -> SceneItem {
        let (colour, casing) = ([255; 4], Some([0, 0, 0, 255]));
        SceneItem::Line(SceneLine { points, width: 1.6, colour, casing })
    }

    fn transform() -> Transform {
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(100.0, 100.0));
        Transform { rect, view: Bounds { low: [0.0, 0.0], high: [100.0, 100.0] } }
    }

    #[test]
    fn points_that_cannot_be_told_apart_are_one_but_the_end_stays() {
        let run = [line(vec![[10.0, 10.0], [10.1, 10.0], [40.0, 10.0], [40.2, 10.0]])];
        let mesh = StrokePainter::over(Mesh::default()).draw(&run, transform());
        assert_eq!((mesh.vertices.len(), mesh.indices.len()), (8, 12), "a casing and a line");
        let xs = mesh.vertices.iter().map(|v| v.pos.x);
        assert!(xs.clone().all(|x| (x - 10.0).abs() < 1e-4 || (x - 40.2).abs() < 1e-4));
        let nowhere = [line(vec![[10.0, 10.0], [f64::NAN, 0.0]]), line(Vec::new())];
        assert!(
            StrokePainter::over(Mesh::default()).draw(&nowhere, transform()).vertices.is_empty()
        );
    }

    #[test]
    fn a_mesh_is_made_anew_only_when_its_strokes_or_the_view_change() {
        let mut strokes = Strokes::default();
        let run = [line(vec![[10.0, 10.0], [40.0, 10.0]])];
        let first = strokes.mesh(0, &run, transform());
        assert!(Arc::ptr_eq(&first, &strokes.mesh(0, &run, transform())));
        let mut panned = transform();
        panned.view.low[0] -= 1.0;
        assert!(!Arc::ptr_eq(&first, &strokes.mesh(0, &run, panned)));
        let other = [line(vec![[10.0, 10.0], [40.0, 11.0]])];
        let second = strokes.mesh(0, &other, panned);
        assert!(Arc::ptr_eq(&second, &strokes.mesh(0, &other, panned)));
    }
}
