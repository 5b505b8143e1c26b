//! Single outlines and whole pictures within a report.

use crate::data::outline::geometry;
use crate::text::Text;
use base64::Engine;
use maud::{Markup, PreEscaped, html};

/// An outline, over a second one as a ghost if there is one; styled by the page.
pub(super) fn outline(shape: &[f32], ghost: Option<&[f32]>, title: Text) -> Markup {
    let all = shape.iter().chain(ghost.unwrap_or_default());
    let reach = all.map(|v| v.abs()).filter(|v| v.is_finite()).fold(f32::MIN_POSITIVE, f32::max);
    let side = 1.08 * f64::from(reach);
    let view = format!("{} {} {} {}", -side, -side, 2.0 * side, 2.0 * side);
    html! {
        svg.outline viewBox=(view) role="img" aria-label=(title) {
            @if let Some(ghost) = ghost {
                path.ghost d=(path(ghost)) stroke-width=(0.008 * side) {}
            }
            path.shape d=(path(shape)) stroke-width=(0.012 * side) {}
        }
    }
}

/// The SVG path of an outline with y up; empty if it is not finite.
fn path(outline: &[f32]) -> String {
    if outline.iter().any(|v| !v.is_finite()) {
        return String::new();
    }
    let corner = |(index, [x, y]): (usize, [f64; 2])| {
        format!("{}{:.4} {:.4}", if index == 0 { "M" } else { " " }, x, -y)
    };
    geometry::points(outline).enumerate().map(corner).collect::<String>() + "Z"
}

/// A picture for light pages and one for dark pages, both embedded in the file. Each is an image of its own, so ids in
/// one cannot clash with ids in the other.
pub(super) fn picture([light, dark]: [&str; 2], [width, height]: [u32; 2], about: Text) -> Markup {
    let data = |svg: &str| {
        let code = base64::engine::general_purpose::STANDARD.encode(svg);
        PreEscaped(format!("data:image/svg+xml;base64,{code}"))
    };
    html! {
        picture {
            source media="(prefers-color-scheme: dark)" srcset=(data(dark));
            img src=(data(light)) width=(width) height=(height) alt=(about);
        }
    }
}
