//! The colour bar beside a map, which explains its colours.

use super::svg_elements::{escaped, n, paint, path, rectangle};
use crate::explore::colour::{Palette, faded, scale};
use crate::explore::{brief, three_digits};
use crate::text::Text;

/// The width that a bar takes beside the map, in points.
pub(in crate::export) const WIDTH: f64 = 112.0;
/// Distance from the map to the bar, in points.
const GAP: f64 = 20.0;
/// Width of the coloured strip, in points.
const STRIP: f64 = 14.0;
/// Height of the arrows at the ends, in points.
const ARROW: f64 = 10.0;
/// Stops of the gradient: enough that no step between colours is visible.
const STOPS: usize = 32;

/// The legend of a map's colours.
#[derive(Clone, Debug, PartialEq)]
pub struct ColourBar {
    /// The quantity's name on the screen.
    pub label: Text,
    /// The mark of a prediction, if the values are predictions.
    pub mark: Option<Text>,
    /// The values at the ends of the scale; values beyond have the colour of the end.
    pub range: (f64, f64),
}

impl ColourBar {
    /// The bar beside a map that ends at `left`, in a picture of the given height.
    pub(in crate::export) fn svg(&self, left: f64, height: f64, palette: &Palette) -> String {
        let (low, high) = self.range;
        let x = left + GAP;
        let length = (height - 160.0).clamp(20.0, 360.0);
        let top = 0.5 * (height - length);
        let bottom = top + length;
        let mut out =
            "<linearGradient id=\"bar\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">\n".to_owned();
        for stop in 0..=STOPS {
            let share = stop as f64 / STOPS as f64;
            let [r, g, b, _] = scale(share, (0.0, 1.0));
            out += &format!(
                "<stop offset=\"{}\" stop-color=\"#{r:02x}{g:02x}{b:02x}\"/>\n",
                (10_000.0 * share).round() / 10_000.0
            );
        }
        out += "</linearGradient>\n";
        out += &rectangle([x, top], [x + STRIP, bottom], "fill=\"url(#bar)\"");
        let (left, middle, right) = (x, x + 0.5 * STRIP, x + STRIP);
        for (edge, tip, value) in [(top, top - ARROW, 1.0), (bottom, bottom + ARROW, 0.0)] {
            let corners = [[left, edge], [right, edge], [middle, tip]];
            let colour = paint("fill", scale(value, (0.0, 1.0)));
            out += &format!("<path d=\"{}Z\" {colour}/>\n", path(corners.into_iter()));
        }
        // The frame keeps the dark end visible on a dark canvas.
        let around = [
            [left, top],
            [middle, top - ARROW],
            [right, top],
            [right, bottom],
            [middle, bottom + ARROW],
            [left, bottom],
        ];
        let colour = paint("stroke", faded(palette.weak_text, 0.6));
        out += &format!(
            "<path d=\"{}Z\" fill=\"none\" stroke-width=\"0.75\" {colour}/>\n",
            path(around.into_iter())
        );
        for (y, value) in [(top, high), (0.5 * (top + bottom), 0.5 * (low + high)), (bottom, low)] {
            let tick = [[x + STRIP + 2.0, y], [x + STRIP + 6.0, y]];
            let colour = paint("stroke", palette.weak_text);
            out +=
                &format!("<path d=\"{}\" stroke-width=\"1\" {colour}/>\n", path(tick.into_iter()));
            out += &label([x + STRIP + 11.0, y + 4.5], 13.0, 400, &three_digits(value), palette);
        }
        // The remark that a value is predicted has a line of its own, so that it is never cut off.
        let (name, mark) = (self.label.to_string(), self.mark.as_ref().map(Text::to_string));
        let above = if mark.is_some() { 16.0 } else { 0.0 };
        out += &label([x, top - ARROW - 14.0 - above], 14.0, 600, &brief(&name, 16), palette);
        let mark = mark.map(|mark| label([x, top - ARROW - 14.0], 13.0, 400, &mark, palette));
        out + &mark.unwrap_or_default()
    }
}

/// Text that begins at a point of its base line.
fn label([x, y]: [f64; 2], size: f64, weight: u32, text: &str, palette: &Palette) -> String {
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{weight}\" {}>{}</text>\n",
        n(x),
        n(y),
        n(size),
        paint("fill", palette.text),
        escaped(text)
    )
}
