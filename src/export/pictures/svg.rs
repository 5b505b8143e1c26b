//! A scene as SVG: every layer as the window paints it, in points, y down.

use super::colour_bar::{self, ColourBar};
use super::png::encode_pixels;
use super::svg_elements::{FONT, circle, escaped, n, paint, path, rectangle, stroked};
use crate::error::Result;
use crate::explore::colour::{Palette, Rgba};
use crate::explore::layers::trust_overlay::TrustOverlay;
use crate::explore::scene::glyphs;
use crate::explore::scene::items::{
    Arrows, Dots, Mark, MarkKind, SceneImage, SceneItem, SceneLine, SceneShapes, SceneText,
};
use crate::explore::{Bounds, Scene};
use base64::Engine;

/// The margin around the map, in points.
pub(in crate::export) const MARGIN: f64 = 20.0;
/// The width of a casing beyond its line, on each side, in points.
const CASING: f64 = 1.4;
/// The distance between the lines of a hatching, in points.
const HATCH: f64 = 6.0;
/// Coordinates are clamped to this, because renderers fail at extreme ones; in points.
const FARTHEST: f64 = 1e5;

/// A picture to be written.
#[derive(Clone, Debug)]
pub struct SvgPicture<'a> {
    /// The content of the map.
    pub scene: &'a Scene,
    /// The part of the map that is shown, extended to the aspect ratio of the available area.
    pub view: Bounds,
    /// Width and height of the whole picture, in points.
    pub size: [f64; 2],
    /// Pixels per point.
    pub scale: f64,
    /// The colours around the map.
    pub palette: &'a Palette,
    /// The colour bar, if colour has a meaning.
    pub bar: Option<ColourBar>,
    /// A line of text in the upper left corner of the map.
    pub caption: Option<&'a str>,
}

/// Width and height of the map in a picture of `size`, with or without a colour bar; in points.
pub fn map_size(size: [f64; 2], with_bar: bool) -> [f64; 2] {
    let beside = if with_bar { colour_bar::WIDTH } else { 0.0 };
    [size[0] - 2.0 * MARGIN - beside, size[1] - 2.0 * MARGIN].map(|side| side.max(1.0))
}

/// The picture as SVG.
///
/// # Errors
/// Only when an image in it cannot be encoded.
pub fn svg(picture: &SvgPicture<'_>) -> Result<String> {
    let SvgPicture { scene, view, size, scale, palette, bar, caption } = picture;
    let frame = Frame::new(*view, map_size(*size, bar.is_some()));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" font-family=\"{FONT}\">\n",
        n(scale * size[0]),
        n(scale * size[1]),
        n(size[0]),
        n(size[1]),
    );
    out += &rectangle([0.0, 0.0], *size, &paint("fill", palette.canvas));
    let [width, height] = frame.size;
    let map = rectangle([MARGIN, MARGIN], [MARGIN + width, MARGIN + height], "");
    out += &format!("<clipPath id=\"map\">{}</clipPath>\n", map.trim_end());
    out += "<g clip-path=\"url(#map)\">\n";
    for layer in &scene.layers {
        out += &frame.layer(layer, palette)?;
    }
    out += "</g>\n";
    if let Some(caption) = caption {
        let [x, y] = [MARGIN + 10.0, MARGIN + 22.0].map(n);
        let (ink, halo) = (paint("fill", palette.text), paint("stroke", palette.canvas));
        let text = escaped(caption);
        out += &format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"16\" font-weight=\"600\" paint-order=\"stroke\" \
             stroke-width=\"4\" stroke-linejoin=\"round\" {halo} {ink}>{text}</text>\n"
        );
    }
    if let Some(bar) = bar {
        out += &bar.svg(MARGIN + width, size[1], palette);
    }
    out += "</svg>\n";
    Ok(out)
}

/// The map within the picture.
struct Frame {
    view: Bounds,
    size: [f64; 2],
}

impl Frame {
    fn new(view: Bounds, size: [f64; 2]) -> Self {
        Self { view: view.with_aspect(size[0] / size[1]), size }
    }

    /// Points per map unit.
    fn unit(&self) -> f64 {
        self.size[0] / self.view.size()[0]
    }

    /// Converts map coordinates to points.
    fn point(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        let point = [
            MARGIN + (u - self.view.low[0]) * self.unit(),
            MARGIN + (self.view.high[1] - v) * self.unit(),
        ];
        point.map(|c| c.clamp(-FARTHEST, FARTHEST))
    }

    /// The upper left and the lower right corner of a part of the map.
    fn corners(&self, bounds: &Bounds) -> [[f64; 2]; 2] {
        let (low, high) = (self.point(bounds.low), self.point(bounds.high));
        [[low[0], high[1]], [high[0], low[1]]]
    }

    fn layer(&self, layer: &SceneItem, palette: &Palette) -> Result<String> {
        Ok(match layer {
            SceneItem::Image(SceneImage { bounds, size, pixels }) => {
                self.image(bounds, *size, pixels)?
            }
            SceneItem::Shapes(shapes) => self.shapes(shapes),
            SceneItem::Fog(TrustOverlay { bounds, size, cover, .. }, [r, g, b, _]) => {
                let pixels: Vec<Rgba> = cover.iter().map(|&cover| [*r, *g, *b, cover]).collect();
                self.image(bounds, *size, &pixels)?
            }
            SceneItem::Hatch(cells, colour) => self.hatch(cells, *colour),
            SceneItem::Dots(dots) => self.dots(dots),
            SceneItem::Line(line) => self.line(line),
            SceneItem::Arrows(arrows) => self.arrows(arrows),
            SceneItem::Mark(mark) => self.mark(mark),
            SceneItem::Text(text) => self.text(text),
            SceneItem::EdgeCounts(counts) => self.edge_counts(counts, palette),
        })
    }

    fn image(&self, bounds: &Bounds, size: [usize; 2], pixels: &[Rgba]) -> Result<String> {
        let png = encode_pixels(size, pixels)?;
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        let [low, high] = self.corners(bounds);
        Ok(format!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             xlink:href=\"data:image/png;base64,{data}\"/>\n",
            n(low[0]),
            n(low[1]),
            n(high[0] - low[0]),
            n(high[1] - low[1]),
        ))
    }

    fn shapes(&self, shapes: &SceneShapes) -> String {
        let mut out = match shapes.hollow {
            Some(width) => stroked(f64::from(width)),
            None => "<g fill-rule=\"nonzero\">\n".to_owned(),
        };
        let kind = if shapes.hollow.is_some() { "stroke" } else { "fill" };
        let cells = shapes.grid.glyphs.iter().zip(shapes.grid.lattice.centres());
        for ((outline, [u, v]), colour) in cells.zip(&shapes.colours) {
            // A shape that is not finite is left out, as in the window.
            if outline.iter().any(|v| !v.is_finite()) || colour[3] == 0 {
                continue;
            }
            let place = |p: &[f32]| {
                [u + shapes.scale * f64::from(p[0]), v + shapes.scale * f64::from(p[1])]
            };
            let points = outline.chunks_exact(2).map(|p| self.point(place(p)));
            out += &format!("<path d=\"{}Z\" {}/>\n", path(points), paint(kind, *colour));
        }
        out + "</g>\n"
    }

    fn hatch(&self, cells: &[Bounds], colour: Rgba) -> String {
        let mut lines = String::new();
        for cell in cells {
            let [low, high] = self.corners(cell);
            for line in glyphs::hatch(low, high, HATCH) {
                lines += &path(line.into_iter());
            }
        }
        format!("<path d=\"{lines}\" stroke-width=\"1\" {}/>\n", paint("stroke", colour))
    }

    fn dots(&self, dots: &Dots) -> String {
        let mut groups = vec![String::new(); dots.colours.len()];
        let seen = dots.centres.iter().enumerate().filter(|(_, at)| self.view.contains(**at));
        for (index, at) in seen {
            groups[dots.colour(index)] += &circle(self.point(*at), f64::from(dots.radius), "");
        }
        let group = |(colour, discs)| format!("<g {}>\n{discs}</g>\n", paint("fill", colour));
        dots.colours.iter().copied().zip(groups).map(group).collect()
    }

    fn line(&self, line: &SceneLine) -> String {
        let points = line.points.iter().filter(|p| p.iter().all(|c| c.is_finite()));
        let d = path(points.map(|p| self.point(*p)));
        let stroke = |width: f64, colour: Rgba| {
            format!("{}<path d=\"{d}\" {}/></g>\n", stroked(width), paint("stroke", colour))
        };
        let width = f64::from(line.width);
        let casing = line.casing.map(|colour| stroke(width + 2.0 * CASING, colour));
        casing.unwrap_or_default() + &stroke(width, line.colour)
    }

    fn arrows(&self, arrows: &Arrows) -> String {
        let mut out = format!(
            "<g stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\" {} {}>\n",
            n(2.0 * CASING),
            paint("stroke", arrows.casing),
            paint("fill", arrows.colour),
        );
        for [tail, tip] in arrows.arrows.iter() {
            let corners =
                glyphs::arrow(self.point(*tail), self.point(*tip), f64::from(arrows.width), 0.0);
            out += &format!("<path d=\"{}Z\"/>\n", path(corners.into_iter()));
        }
        out + "</g>\n"
    }

    fn mark(&self, mark: &Mark) -> String {
        if !mark.centre.iter().all(|c| c.is_finite()) {
            return String::new();
        }
        let (centre, radius) = (self.point(mark.centre), f64::from(mark.radius));
        let edge = |width: f64, colour: Rgba| {
            format!("stroke-width=\"{}\" {}", n(width), paint("stroke", colour))
        };
        match mark.kind {
            MarkKind::Dot => {
                circle(centre, radius + 0.5 * CASING, &paint("fill", mark.casing))
                    + &circle(centre, radius, &paint("fill", mark.colour))
            }
            MarkKind::Ring => {
                let ring = |width, colour| {
                    circle(centre, radius, &format!("fill=\"none\" {}", edge(width, colour)))
                };
                ring(1.8 + 2.0 * CASING, mark.casing) + &ring(1.8, mark.colour)
            }
            MarkKind::Cross => {
                let [x, y] = centre;
                let stroke = |d: f64| {
                    path([[x - radius, y - d * radius], [x + radius, y + d * radius]].into_iter())
                };
                let cross = |width, colour| {
                    format!(
                        "<path d=\"{}{}\" {}/>\n",
                        stroke(1.0),
                        stroke(-1.0),
                        edge(width, colour)
                    )
                };
                cross(1.8 + 2.0 * CASING, mark.casing) + &cross(1.8, mark.colour)
            }
            MarkKind::Star => format!(
                "<path d=\"{}Z\" stroke-linejoin=\"round\" paint-order=\"stroke\" {} {}/>\n",
                path(glyphs::star(centre, radius).into_iter()),
                edge(2.0 * CASING, mark.casing),
                paint("fill", mark.colour),
            ),
        }
    }

    fn text(&self, text: &SceneText) -> String {
        word(self.point(text.centre), &text.text, f64::from(text.size), text.colour, text.halo)
    }

    fn edge_counts(&self, counts: &[usize; 4], palette: &Palette) -> String {
        let [low, high] = self.corners(&self.view);
        let mut out = String::new();
        for (edge, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let arrow = glyphs::edge_arrow(edge, low, high);
            out += &format!(
                "<path d=\"{}Z\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\" {} {}/>\n",
                path(arrow.corners.into_iter()),
                n(2.0 * CASING),
                paint("stroke", palette.canvas),
                paint("fill", palette.text),
            );
            out += &word(arrow.number, &count.to_string(), 13.0, palette.text, palette.canvas);
        }
        out
    }
}

/// Text centred on a point, with a halo.
fn word(centre: [f64; 2], text: &str, size: f64, colour: Rgba, halo: Rgba) -> String {
    // The middle of lower-case letters is about a third of the text size above the base line.
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"600\" text-anchor=\"middle\" \
         paint-order=\"stroke\" stroke-width=\"3.5\" stroke-linejoin=\"round\" {} {}>{}</text>\n",
        n(centre[0]),
        n(centre[1] + 0.34 * size),
        n(size),
        paint("stroke", halo),
        paint("fill", colour),
        escaped(text),
    )
}

#[cfg(test)]
#[path = "svg_tests.rs"]
mod tests;
