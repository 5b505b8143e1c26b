//! The elements of an SVG picture, with its numbers, colours and words as they may stand in one.

use crate::explore::colour::Rgba;

/// The font of all text; the SVG also names a fallback for systems without it.
pub(in crate::export) const FONT: &str = "'Open Sans', sans-serif";

/// A circle around a point.
pub(in crate::export) fn circle([x, y]: [f64; 2], radius: f64, attributes: &str) -> String {
    format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {attributes}/>\n", n(x), n(y), n(radius))
}

/// A rectangle between its upper left and its lower right corner.
pub(in crate::export) fn rectangle(low: [f64; 2], high: [f64; 2], attributes: &str) -> String {
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {attributes}/>\n",
        n(low[0]),
        n(low[1]),
        n(high[0] - low[0]),
        n(high[1] - low[1]),
    )
}

/// Opens a group of lines without fill.
pub(in crate::export) fn stroked(width: f64) -> String {
    format!(
        "<g fill=\"none\" stroke-width=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n",
        n(width)
    )
}

/// `M x y L x y ..` through the points.
pub(in crate::export) fn path(points: impl Iterator<Item = [f64; 2]>) -> String {
    let mut d = String::new();
    for (index, [x, y]) in points.enumerate() {
        let command = match index {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        d += &format!("{command}{} {}", n(x), n(y));
    }
    d
}

/// `fill` or `stroke` with a colour, and with its opacity if it is not 1.
pub(in crate::export) fn paint(kind: &str, [r, g, b, a]: Rgba) -> String {
    let colour = format!("{kind}=\"#{r:02x}{g:02x}{b:02x}\"");
    match a {
        255 => colour,
        _ => format!("{colour} {kind}-opacity=\"{}\"", n(f64::from(a) / 255.0)),
    }
}

/// A number with at most two decimals.
pub(in crate::export) fn n(value: f64) -> String {
    // The sum turns a negative zero into a zero.
    format!("{}", (100.0 * value).round() / 100.0 + 0.0)
}

/// Text escaped for use between tags. What XML 1.0 has no way to say, control characters and two that are none, becomes
/// the sign for a character that cannot be shown.
pub(in crate::export) fn escaped(text: &str) -> String {
    let is_unspeakable =
        |c: char| c.is_control() && c != '\t' || matches!(c, '\u{fffe}' | '\u{ffff}');
    let text = text.replace(['\n', '\r'], " ").replace(is_unspeakable, "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_label_holds_a_picture_is_xml() {
        let all: String =
            (0..0x3000_u32).chain([0xfffe, 0xffff]).filter_map(char::from_u32).collect();
        let picture = format!("<svg>{}</svg>", escaped(&all));
        let document = resvg::usvg::roxmltree::Document::parse(&picture).unwrap();
        assert!(document.root_element().text().unwrap().contains('&'));
        assert_eq!(escaped("a\n\u{1b}[31m"), "a \u{fffd}[31m");
    }
}
