use super::*;
use crate::data::outline::family::Family;
use crate::data::rows::Rows;
use crate::explore::layers::grid::{Lattice, ShapeGrid};
use crate::explore::scene::mesh::Mesh;
use crate::explore::scene::outline_stroke::OutlineStroke;
use crate::export::pictures::png::png;
use std::sync::Arc;

const VIEW: Bounds = Bounds { low: [-1.0, -1.0], high: [1.0, 1.0] };
const RED: Rgba = [255, 0, 0, 255];

/// A grid of stars at the four corners of the unit square.
fn grid() -> Arc<ShapeGrid> {
    let lattice = Lattice::covering(&Bounds { low: [0.0; 2], high: [1.0; 2] }, 1.0);
    let star = Family::Star.path(1.0).resample(40);
    let mut glyphs = Rows::new(star.len());
    for index in 0..lattice.len() {
        glyphs.push(&if index == 3 { vec![f32::NAN; star.len()] } else { star.clone() });
    }
    Arc::new(ShapeGrid {
        mesh: Mesh::default(),
        outline_stroke: OutlineStroke::default(),
        values: vec![0.5; 4],
        simple: vec![true; 4],
        inside: vec![true; 4],
        presence: vec![1.0; 4],
        missing: vec![3],
        glyphs,
        are_bars: false,
        lattice,
    })
}

fn shapes(hollow: Option<f32>) -> SceneItem {
    SceneItem::Shapes(SceneShapes { grid: grid(), scale: 0.2, colours: vec![RED; 4], hollow })
}

/// Red trust overlay of uniform density.
fn trust_overlay(bounds: Bounds, cover: u8) -> SceneItem {
    let cover = Arc::new(vec![cover; 4]);
    SceneItem::Fog(TrustOverlay { bounds, size: [2, 2], cover, has_uncertainty: false }, RED)
}

fn mark(kind: MarkKind) -> SceneItem {
    let centre = [0.0, 0.0];
    SceneItem::Mark(Mark { centre, kind, radius: 9.0, colour: RED, casing: [0, 0, 0, 200] })
}

fn written(layers: Vec<SceneItem>, bar: Option<ColourBar>) -> String {
    let scene = Scene { layers };
    let palette = &Palette::LIGHT;
    svg(&SvgPicture {
        scene: &scene,
        view: VIEW,
        size: [200.0; 2],
        scale: 2.0,
        palette,
        bar,
        caption: None,
    })
    .unwrap()
}

/// The colour of a pixel of the rendered picture, at 2 pixels a point.
fn pixel(svg: &str, [x, y]: [u32; 2]) -> [u8; 3] {
    let picture = resvg::tiny_skia::Pixmap::decode_png(&png(svg).unwrap()).unwrap();
    assert_eq!((picture.width(), picture.height()), (400, 400));
    let pixel = picture.pixel(2 * x, 2 * y).unwrap();
    [pixel.red(), pixel.green(), pixel.blue()]
}

#[test]
fn every_layer_is_written_and_drawn() {
    let cell = Bounds { low: [-0.5; 2], high: [0.5; 2] };
    let image =
        SceneImage { bounds: cell, size: [1, 2], pixels: Arc::new(vec![RED, [0, 0, 255, 255]]) };
    let line = |points: Vec<[f64; 2]>| {
        SceneItem::Line(SceneLine { points, width: 2.0, colour: RED, casing: Some([0, 0, 0, 255]) })
    };
    let centres = Arc::new(vec![[0.0; 2], [9.0; 2]]);
    let dots = Dots { centres, radius: 5.0, groups: Arc::default(), colours: vec![RED] };
    let text = SceneText {
        centre: [0.0; 2],
        text: "a < b & c".into(),
        size: 14.0,
        colour: RED,
        halo: [255; 4],
    };
    let arrows = Arrows {
        arrows: Arc::new(vec![[[-0.5, 0.0], [0.5, 0.0]]]),
        width: 2.0,
        colour: RED,
        casing: [0, 0, 0, 255],
    };
    let far = line(vec![[0.0, 0.0], [1e30, 0.0], [f64::NAN, 1.0]]);
    for (layer, parts) in [
        (SceneItem::Image(image), vec!["<image", "data:image/png;base64,"]),
        (shapes(None), vec!["fill-rule=\"nonzero\"", "fill=\"#ff0000\""]),
        (shapes(Some(1.0)), vec!["fill=\"none\"", "stroke=\"#ff0000\""]),
        (trust_overlay(cell, 100), vec!["<image", "data:image/png;base64,"]),
        (SceneItem::Hatch(vec![cell], RED), vec!["<path", "stroke-width=\"1\""]),
        (SceneItem::Dots(dots), vec!["<circle"]),
        (line(vec![[0.0; 2], [0.5; 2]]), vec!["stroke-width=\"4.8\"", "stroke-width=\"2\""]),
        (SceneItem::Arrows(arrows), vec!["paint-order=\"stroke\"", "<path d=\"M", "Z\"/>"]),
        (far, vec!["L100000 100"]),
        (mark(MarkKind::Dot), vec!["<circle"]),
        (mark(MarkKind::Ring), vec!["fill=\"none\""]),
        (mark(MarkKind::Star), vec!["paint-order=\"stroke\""]),
        (SceneItem::Text(text), vec!["a &lt; b &amp; c", "paint-order=\"stroke\""]),
        (SceneItem::EdgeCounts([3, 0, 1, 0]), vec![">3</text>", ">1</text>"]),
    ] {
        let empty = written(vec![], None);
        let svg = written(vec![layer], None);
        for part in parts {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        assert_ne!(png(&svg).unwrap(), png(&empty).unwrap(), "something is seen of {svg}");
    }
}

#[test]
fn the_map_is_the_right_way_up_and_images_too() {
    let upper = Bounds { low: [-1.0, 0.5], high: [1.0, 1.0] };
    let fogged = written(vec![trust_overlay(upper, 255)], None);
    assert_eq!(pixel(&fogged, [100, 30]), [255, 0, 0]);
    assert_ne!(pixel(&fogged, [100, 170]), [255, 0, 0]);
    let pixels = Arc::new(vec![RED, [0, 0, 255, 255]]);
    let image =
        written(vec![SceneItem::Image(SceneImage { bounds: VIEW, size: [1, 2], pixels })], None);
    assert_eq!(pixel(&image, [100, 30]), [255, 0, 0], "the first row is the upper one");
    assert_eq!(pixel(&image, [100, 170]), [0, 0, 255]);
}

#[test]
fn shapes_stand_on_their_lattice_points_and_broken_ones_are_left_out() {
    let svg = written(vec![shapes(None)], None);
    assert_eq!(svg.matches("<path").count(), 3);
    // The origin of the map is the middle of the picture.
    assert_eq!(pixel(&svg, [100, 100]), [255, 0, 0]);
}

#[test]
fn nothing_of_the_map_leaves_its_frame() {
    let everywhere = Bounds { low: [-9.0; 2], high: [9.0; 2] };
    let bar = ColourBar { label: "Heat shedding".into(), mark: None, range: (0.001_234, 1.2e6) };
    let svg = written(vec![trust_overlay(everywhere, 255)], Some(bar));
    let canvas = Palette::LIGHT.canvas;
    assert_eq!(pixel(&svg, [5, 100]), [canvas[0], canvas[1], canvas[2]]);
    assert_eq!(pixel(&svg, [198, 5]), [canvas[0], canvas[1], canvas[2]]);
    for part in ["Heat shedding", ">0.00123<", ">1.2e6<", ">600000<", "linearGradient"] {
        assert!(svg.contains(part), "{part}");
    }
}

#[test]
fn the_same_scene_gives_the_same_bytes() {
    let once = || png(&written(vec![shapes(None), mark(MarkKind::Star)], None)).unwrap();
    assert_eq!(once(), once());
}
