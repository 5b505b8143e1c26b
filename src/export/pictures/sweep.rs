//! A sweep as a picture: reconstruction error against KL, a point for each beta, and a small map of each below.

use super::svg_elements::{FONT, escaped, n, paint, path, rectangle};
use crate::explore::colour::{Palette, faded};
use crate::explore::scene::labels::beside;
use crate::explore::shapes::miniature::{Miniature, ticks};
use crate::explore::{three_digits, tick};
use crate::text;
use crate::trust::reconstruction_error_label;

/// Width of the picture, in points.
const WIDTH: f64 = 960.0;
/// The corners of the chart.
const CHART: [[f64; 2]; 2] = [[84.0, 28.0], [WIDTH - 28.0, 368.0]];
/// The top of the small maps, and the height of the two lines of text below each; in points.
const MAPS: (f64, f64) = (436.0, 46.0);
/// The distance between small maps, and the largest width of one; in points.
const GAP: f64 = 24.0;
const WIDEST: f64 = 196.0;
/// The upper end of an axis, as a multiple of its greatest value.
const AXIS_MARGIN: f64 = 1.1;

/// One model of the sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweptModel<'a> {
    /// The weight of its KL term.
    pub beta: f64,
    /// KL in nats; NaN without latent noise.
    pub kl: f64,
    /// The reconstruction error, in squared data units.
    pub error: f64,
    /// Its map.
    pub map: &'a Miniature,
}

/// The picture as SVG.
pub fn svg(points: &[SweptModel<'_>], palette: &Palette) -> String {
    let columns = points.len().clamp(1, 8);
    let [[left, top], [right, bottom]] = CHART;
    let side = ((right - left + GAP) / columns as f64 - GAP).min(WIDEST);
    let row_height = side + MAPS.1 + GAP;
    let height = MAPS.0 + points.len().div_ceil(columns) as f64 * row_height;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" \
         font-family=\"{FONT}\">\n",
        n(WIDTH),
        n(height),
        n(WIDTH),
        n(height)
    );
    out += &rectangle([0.0, 0.0], [WIDTH, height], &paint("fill", palette.canvas));
    let shown: Vec<&SweptModel<'_>> =
        points.iter().filter(|p| p.kl.is_finite() && p.error.is_finite()).collect();
    let most = |value: fn(&SweptModel<'_>) -> f64| {
        let greatest = shown.iter().map(|p| value(p)).fold(0.0, f64::max);
        if greatest > 0.0 { AXIS_MARGIN * greatest } else { 1.0 }
    };
    let (most_kl, most_error) = (most(|p| p.kl), most(|p| p.error));
    let place = |kl: f64, error: f64| {
        [left + (right - left) * kl / most_kl, bottom - (bottom - top) * error / most_error]
    };
    let line = |from: [f64; 2], to: [f64; 2], share: f64| {
        let colour = paint("stroke", faded(palette.weak_text, share));
        format!("<path d=\"{}\" stroke-width=\"1\" {colour}/>\n", path([from, to].into_iter()))
    };
    for value in ticks(most_kl) {
        let [x, _] = place(value, 0.0);
        out += &line([x, top], [x, bottom], 0.2);
        out += &word([x, bottom + 20.0], "middle", 13.0, &tick(value), palette);
    }
    for value in ticks(most_error) {
        let [_, y] = place(0.0, value);
        out += &line([left, y], [right, y], 0.2);
        out += &word([left - 10.0, y + 4.5], "end", 13.0, &tick(value), palette);
    }
    let middle = 0.5 * (left + right);
    out += &word(
        [middle, bottom + 44.0],
        "middle",
        14.0,
        &text!("Information (KL), nats").to_string(),
        palette,
    );
    let (x, y) = (26.0, 0.5 * (top + bottom));
    out += &format!("<g transform=\"rotate(-90 {} {})\">", n(x), n(y));
    out += &word([x, y], "middle", 14.0, &reconstruction_error_label().to_string(), palette);
    out += "</g>\n";
    let mut ordered = shown.clone();
    ordered.sort_by(|a, b| a.kl.total_cmp(&b.kl));
    let way = path(ordered.iter().map(|p| place(p.kl, p.error)));
    out += &format!(
        "<path d=\"{way}\" fill=\"none\" stroke-width=\"2\" {}/>\n",
        paint("stroke", faded(palette.text, 0.45))
    );
    let plot = [[left, top], [right, bottom]];
    let places = shown.iter().map(|point| place(point.kl, point.error));
    let mut taken: Vec<_> = places.map(|[x, y]| [[x - 5.0, y - 5.0], [x + 5.0, y + 5.0]]).collect();
    for point in &shown {
        let [x, y] = place(point.kl, point.error);
        let fill = paint("fill", palette.star);
        out += &format!("<circle cx=\"{}\" cy=\"{}\" r=\"5\" {fill}/>\n", n(x), n(y));
        let name = text!("beta {beta}", beta = point.beta.to_string()).to_string();
        // The width suffices for any text of this many letters.
        let size = [7.4 * name.chars().count() as f64, 16.0];
        if let Some([[x, _], [_, bottom]]) = beside([x, y], size, plot, &mut taken) {
            out += &word([x, bottom - 3.5], "start", 14.0, &name, palette);
        }
    }
    for (index, point) in points.iter().enumerate() {
        let (column, row) = ((index % columns) as f64, (index / columns) as f64);
        let corner = [left + column * (side + GAP), MAPS.0 + row * row_height];
        out += &map(point, corner, side, palette);
    }
    out + "</svg>\n"
}

/// A small map with its beta and its metrics below.
fn map(point: &SweptModel<'_>, [x, y]: [f64; 2], side: f64, palette: &Palette) -> String {
    let mut out = format!("<g {}>\n", paint("fill", palette.text));
    for shape in point.map.shapes() {
        let points = shape.into_iter().map(|[u, v]| [x + side * u, y + side * v]);
        out += &format!("<path d=\"{}Z\"/>\n", path(points));
    }
    out += "</g>\n";
    let middle = x + 0.5 * side;
    out += &word(
        [middle, y + side + 20.0],
        "middle",
        14.0,
        &text!("beta {beta}", beta = point.beta.to_string()).to_string(),
        palette,
    );
    let metrics = text!(
        "{error} at {kl} nats",
        error = three_digits(point.error),
        kl = three_digits(point.kl)
    );
    let metrics = metrics.to_string();
    out + &word([middle, y + side + 39.0], "middle", 12.0, &metrics, palette)
}

fn word([x, y]: [f64; 2], anchor: &str, size: f64, text: &str, palette: &Palette) -> String {
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\" {}>{}</text>\n",
        n(x),
        n(y),
        n(size),
        paint("fill", palette.text),
        escaped(text)
    )
}
