//! Paints a scene: the same layers as in an exported picture.

use super::discs::Discs;
use super::strokes::{self, Strokes};
use crate::data::glyph::{Glyphs, NOT_FINITE};
use crate::explore::colour::Rgba;
use crate::explore::layers::grid::ShapeGrid;
use crate::explore::scene::glyphs;
use crate::explore::scene::items::{Arrows, Mark, MarkKind, Scene, SceneItem, SceneShapes};
use crate::explore::scene::mesh::{Mesh as Fill, MeshPart};
use crate::explore::scene::outline_stroke::OutlineStroke;
use crate::ui::map::transform::Transform;
use crate::ui::map::transform::vertex;
use crate::ui::theme::colour;
use crate::ui::widgets::paint_whole;
use egui::epaint::Mesh;
use egui::{
    Align2, Color32, ColorImage, FontId, Painter, Pos2, Rect, Shape, Stroke, TextureHandle,
    TextureOptions, pos2, vec2,
};
use std::sync::Arc;

/// The opacity, of 255, up to which lines and fillings are invisible: most of the shapes far from the data have less.
const INVISIBLE: u8 = 2;
/// The least reach of a shape that can be seen, in points.
const SEEN: f32 = 1.5;
/// Distance of hatching lines, in points.
const HATCH: f64 = 7.0;

/// All of an image.
const WHOLE: Rect = Rect { min: Pos2::ZERO, max: pos2(1.0, 1.0) };

/// Cells as a texture, and the data that it was made from.
struct Texture<T>(Option<(Arc<Vec<T>>, TextureHandle)>);

impl<T> Default for Texture<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Texture<T> {
    /// The texture of some cells, made again only if they have changed.
    fn made(
        &mut self,
        painter: &Painter,
        name: &str,
        size: [usize; 2],
        cells: &Arc<Vec<T>>,
        ink: impl Fn(&T) -> Color32,
    ) -> egui::TextureId {
        if let Some((known, texture)) = &self.0
            && Arc::ptr_eq(known, cells)
        {
            return texture.id();
        }
        let colours = ColorImage::new(size, cells.iter().map(ink).collect());
        let options = TextureOptions::LINEAR;
        let texture = match self.0.take() {
            Some((_, mut texture)) => {
                texture.set(colours, options);
                texture
            }
            None => painter.ctx().load_texture(name, colours, options),
        };
        let id = texture.id();
        self.0 = Some((cells.clone(), texture));
        id
    }
}

/// Data kept between frames: textures and meshes that have not changed.
#[derive(Default)]
pub struct Cache {
    heat: Texture<Rgba>,
    trust_overlay: Texture<u8>,
    dots: Discs,
    strokes: Strokes,
    /// One for each layer of shapes: fillings, and lines around them.
    shapes: [Option<(SceneShapes, Transform, Arc<Mesh>)>; 2],
}

impl Cache {
    /// The mesh of the shapes, made again only if they, their colours or the view have changed.
    fn mesh(&mut self, shapes: &SceneShapes, transform: Transform) -> Arc<Mesh> {
        let slot = usize::from(shapes.hollow.is_some());
        if let Some((known, at, mesh)) = &self.shapes[slot] {
            let same = Arc::ptr_eq(&known.grid, &shapes.grid)
                && *at == transform
                && known.colours == shapes.colours
                && known.scale == shapes.scale
                && known.hollow == shapes.hollow;
            if same {
                return mesh.clone();
            }
        }
        let mesh = Arc::new(shapes_mesh(shapes, transform));
        self.shapes[slot] = Some((shapes.clone(), transform, mesh.clone()));
        mesh
    }
}

/// Paints every layer, back to front; consecutive strokes are one mesh.
pub fn paint(painter: &Painter, scene: &Scene, transform: Transform, cache: &mut Cache) {
    let mut strokes = 0;
    for run in scene.layers.chunk_by(|a, b| strokes::is_stroke(a) && strokes::is_stroke(b)) {
        match run {
            [layer, ..] if strokes::is_stroke(layer) => {
                painter.add(Shape::Mesh(cache.strokes.mesh(strokes, run, transform)));
                strokes += 1;
            }
            _ => run.iter().for_each(|layer| paint_layer(painter, layer, transform, cache)),
        }
    }
    cache.strokes.forget_after(strokes);
}

fn paint_layer(painter: &Painter, layer: &SceneItem, transform: Transform, cache: &mut Cache) {
    match layer {
        SceneItem::Image(image) => {
            let id = cache.heat.made(painter, "heat", image.size, &image.pixels, |&p| colour(p));
            painter.image(id, transform.rect_of(&image.bounds), WHOLE, Color32::WHITE);
        }
        SceneItem::Shapes(shapes) => {
            painter.add(Shape::Mesh(cache.mesh(shapes, transform)));
        }
        SceneItem::Fog(trust_overlay, ink) => {
            // White with the opacity of the overlay; the painter multiplies it with the colour.
            let id = cache.trust_overlay.made(
                painter,
                "fog",
                trust_overlay.size,
                &trust_overlay.cover,
                |&cover| Color32::from_white_alpha(cover),
            );
            painter.image(id, transform.rect_of(&trust_overlay.bounds), WHOLE, colour(*ink));
        }
        SceneItem::Hatch(cells, ink) => {
            for cell in cells {
                hatch(painter, transform.rect_of(cell), colour(*ink));
            }
        }
        SceneItem::Dots(dots) => {
            let mesh = cache.dots.mesh(painter, dots, transform);
            painter.add(Shape::Mesh(mesh));
        }
        SceneItem::Arrows(arrows) => {
            painter.add(Shape::mesh(arrow_mesh(arrows, transform)));
        }
        // Strokes, which are one mesh with adjacent strokes.
        SceneItem::Line(_) => (),
        SceneItem::Mark(mark) => paint_mark(painter, mark, transform),
        SceneItem::Text(text) => {
            let font = FontId::new(text.size, crate::ui::theme::strong());
            let at = transform.to_screen(text.centre);
            haloed(
                painter,
                at,
                Align2::CENTER_CENTER,
                &text.text,
                font,
                colour(text.colour),
                colour(text.halo),
            );
        }
        SceneItem::EdgeCounts(counts) => edge_counts(painter, *counts, transform.rect),
    }
}

/// Text with a soft halo that keeps it legible on any background.
pub fn haloed(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    text: &str,
    font: FontId,
    ink: Color32,
    halo: Color32,
) {
    for (dx, dy) in [
        (-1.0, 0.0),
        (1.0, 0.0),
        (0.0, -1.0),
        (0.0, 1.0),
        (-1.0, -1.0),
        (1.0, 1.0),
        (-1.0, 1.0),
        (1.0, -1.0),
    ] {
        painter.text(at + 1.2 * vec2(dx, dy), anchor, text, font.clone(), halo);
    }
    painter.text(at, anchor, text, font, ink);
}

/// The position of every shape on the screen; none for invisible ones, which would only be copied in every frame.
fn places(shapes: &SceneShapes, transform: Transform) -> Vec<Option<Pos2>> {
    let scale = (shapes.scale * transform.unit()) as f32;
    let ShapeGrid { lattice, glyphs, .. } = &*shapes.grid;
    let place = |(centre, glyph): ([f64; 2], &[f32])| {
        let centre = transform.to_screen(centre);
        let reach = || scale * glyph.iter().fold(0f32, |reach, v| reach.max(v.abs()));
        let is_seen = transform.rect.contains(centre)
            || transform.rect.expand(reach() + 2.0).contains(centre);
        is_seen.then_some(centre)
    };
    lattice.centres().zip(glyphs.iter()).map(place).collect()
}

/// Places the triangles of outlines: `at` returns the centre of each one on the screen and its colour, or none to skip
/// it. With a width, each vertex is moved by half of it along `across`, `[vertices]`.
fn place(
    fill: &Fill,
    scale: f32,
    across: Option<(f32, &[[f32; 2]])>,
    at: impl Fn(usize) -> Option<(Pos2, Color32)>,
) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.vertices.reserve(fill.vertices.len());
    mesh.indices.reserve(fill.indices.len());
    for MeshPart { owner, vertices, indices } in &fill.parts {
        let Some((middle, ink)) = at(*owner) else { continue };
        let base = mesh.vertices.len() as u32;
        let corners = &fill.vertices[vertices.clone()];
        let corner = |&[x, y]: &[f32; 2]| middle + scale * vec2(x, -y);
        match across {
            None => mesh.vertices.extend(corners.iter().map(|p| vertex(corner(p), ink))),
            Some((width, across)) => {
                let corners = corners.iter().zip(&across[vertices.clone()]);
                let moved = corners.map(|(p, &[x, y])| corner(p) + 0.5 * width * vec2(x, -y));
                mesh.vertices.extend(moved.map(|at| vertex(at, ink)));
            }
        }
        mesh.indices.extend(fill.indices[indices.clone()].iter().map(|i| base + i));
    }
    mesh
}

/// The filled shapes, or outlines of one width around them.
fn shapes_mesh(shapes: &SceneShapes, transform: Transform) -> Mesh {
    let scale = (shapes.scale * transform.unit()) as f32;
    let places = places(shapes, transform);
    let at = |owner: usize| {
        let ink = colour(shapes.colours[owner]);
        places[owner].filter(|_| ink.a() > INVISIBLE).map(|place| (place, ink))
    };
    let OutlineStroke { mesh, across } = &shapes.grid.outline_stroke;
    match shapes.hollow {
        None => place(&shapes.grid.mesh, scale, None, at),
        Some(width) => place(mesh, scale, Some((width, across)), at),
    }
}

/// Fills one row; a typical one reaches `reach` points from its centre, and none much farther. One that is too small to
/// be seen is a dot, and in place of one with numbers that are not finite there is a word. Returns the factor by which it
/// is drawn smaller than it is.
pub fn fill_shape(
    painter: &Painter,
    glyphs: &Glyphs,
    row: &[f32],
    centre: Pos2,
    reach: f32,
    ink: Color32,
) -> f32 {
    let corners = glyphs.corners(row);
    let Some(factor) = glyphs.fit(&corners) else {
        let (font, middle) = (FontId::proportional(13.0), Align2::CENTER_CENTER);
        paint_whole(painter, centre, middle, NOT_FINITE, font, ink, 2.0 * reach);
        return 1.0;
    };
    let scale = reach / glyphs.reach as f32;
    let corners: Vec<f32> = corners.iter().map(|v| factor * v).collect();
    if corners.iter().all(|v| scale * v.abs() < SEEN) {
        painter.circle_filled(centre, SEEN, ink);
    }
    let fill = Fill::fill([&*corners]);
    painter.add(Shape::mesh(place(&fill, scale, None, |_| Some((centre, ink)))));
    factor
}

/// One row, as a smooth line; a typical one reaches `reach` points from its centre.
pub fn outline_shape(
    glyphs: &Glyphs,
    row: &[f32],
    centre: Pos2,
    reach: f32,
    stroke: Stroke,
) -> Shape {
    let scale = reach / glyphs.reach as f32;
    let corners = glyphs.corners(row);
    let finite = corners.chunks_exact(2).filter(|p| p[0].is_finite() && p[1].is_finite());
    Shape::closed_line(finite.map(|p| centre + scale * vec2(p[0], -p[1])).collect(), stroke)
}

fn hatch(painter: &Painter, cell: Rect, ink: Color32) {
    let cell = cell.intersect(painter.clip_rect());
    if cell.is_positive() {
        for line in glyphs::hatch(pair(cell.min), pair(cell.max), HATCH) {
            painter.line_segment(line.map(point), Stroke::new(1.0, ink));
        }
    }
}

fn pair(at: Pos2) -> [f64; 2] {
    [f64::from(at.x), f64::from(at.y)]
}

fn point([x, y]: [f64; 2]) -> Pos2 {
    pos2(x as f32, y as f32)
}

/// The additional width of an arrow's casing on each side, in points.
const ARROW_CASING: f64 = 1.2;

/// All casings, then all arrows, so that no casing covers an arrow.
fn arrow_mesh(arrows: &Arrows, transform: Transform) -> Mesh {
    let mut mesh = Mesh::default();
    let width = f64::from(arrows.width);
    for (casing, ink) in [(ARROW_CASING, arrows.casing), (0.0, arrows.colour)] {
        for ends in arrows.arrows.iter() {
            let [tail, tip] = ends.map(|end| pair(transform.to_screen(end)));
            let base = mesh.vertices.len() as u32;
            let corners = glyphs::arrow(tail, tip, width, casing);
            mesh.vertices.extend(corners.map(|corner| vertex(point(corner), colour(ink))));
            mesh.indices.extend(glyphs::ARROW_TRIANGLES.map(|i| base + i));
        }
    }
    mesh
}

fn paint_mark(painter: &Painter, mark: &Mark, transform: Transform) {
    let at = transform.to_screen(mark.centre);
    let (ink, casing) = (colour(mark.colour), colour(mark.casing));
    let r = mark.radius;
    match mark.kind {
        MarkKind::Dot => {
            painter.circle_filled(at, r + 1.0, casing);
            painter.circle_filled(at, r, ink);
        }
        MarkKind::Ring | MarkKind::Cross => (),
        MarkKind::Star => star(painter, at, r, ink, casing),
    }
}

/// A five-pointed star; all of its edge is visible from its centre, so a triangle fan fills it.
fn star(painter: &Painter, at: Pos2, radius: f32, ink: Color32, casing: Color32) {
    let corners = glyphs::star(pair(at), f64::from(radius)).map(point);
    painter.add(Shape::closed_line(corners.to_vec(), Stroke::new(4.0, casing)));
    let mut mesh = Mesh::default();
    mesh.vertices.push(vertex(at, ink));
    mesh.vertices.extend(corners.map(|corner| vertex(corner, ink)));
    mesh.indices.extend((0..10u32).flat_map(|i| [0, 1 + i, 1 + (i + 1) % 10]));
    painter.add(Shape::mesh(mesh));
}

/// An arrowhead and a number at the middle of each edge that trajectories have crossed.
fn edge_counts(painter: &Painter, counts: [usize; 4], rect: Rect) {
    // Without the layer buttons at the top.
    let rect = rect.with_min_y(rect.top() + 44.0);
    let (dark, light) = (Color32::from_black_alpha(200), Color32::WHITE);
    for (edge, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        let arrow = glyphs::edge_arrow(edge, pair(rect.min), pair(rect.max));
        let corners = arrow.corners.map(point).to_vec();
        painter.add(Shape::closed_line(corners.clone(), Stroke::new(3.0, dark)));
        painter.add(Shape::convex_polygon(corners, light, Stroke::NONE));
        let font = FontId::new(15.0, crate::ui::theme::strong());
        haloed(
            painter,
            point(arrow.number),
            Align2::CENTER_CENTER,
            &count.to_string(),
            font,
            light,
            dark,
        );
    }
}
