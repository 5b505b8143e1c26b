//! SVG: each painted path of one loop is a shape; curves are flattened into short sides, y points up.

use super::cover::{Cover, covers};
use crate::data::outline::import::repair::{
    Ends, MAX_POINTS, Note, RawCurve, extent, three_digits,
};
use crate::data::outline::unit::LengthUnit;
use crate::text;
use crate::text::Text;
use resvg::tiny_skia::{Path, PathSegment, Point, Transform};
use resvg::usvg::roxmltree::{Document, Node as XmlNode, ParsingOptions};
use resvg::usvg::{
    self, ClipPath, Group, ImageHrefResolver, Mask, MaskType, Node, Options, Paint, Tree,
};
use std::collections::HashMap;

/// The largest distance of a side from its curve, as a share of the path's extent.
const TOLERANCE: f64 = 1e-4;
/// The most sides of one curve.
const MAX_SIDES: f64 = 256.0;
/// Paint with an opacity of less than half a step of 8 bits is invisible.
const INVISIBLE: f32 = 0.5 / 255.0;
/// A path whose points may be off by more than this share of its extent is refused; from [`TOLERANCE`] on a note
/// reports the error.
const SPOILT: f64 = 1e-3;
/// The most elements that are visited to count the shapes of a picture; beyond it they are not counted.
const MAX_ELEMENTS: usize = 100_000;
/// The stack that the deepest picture needs, in bytes: groups are visited by recursion, and usvg allows 1,024 levels.
pub const STACK: usize = 64 << 20;

/// The contents of a picture.
#[derive(Debug)]
pub struct SvgContents {
    /// The paths that are painted, in order.
    pub paths: Vec<PathOfPicture>,
    /// The parts that are not shown, a sentence each.
    pub aside: Vec<Text>,
    /// The unit of the view box, if the picture has a physical size.
    pub unit: LengthUnit,
}

/// One path of a picture: its name, and its one loop or the reason why it cannot be used.
#[derive(Debug)]
pub struct PathOfPicture {
    /// The path's own id; empty if it has none.
    pub id: String,
    /// Its curve, in the units of the picture's view box with y up; or the reason why it cannot be used.
    pub curve: Result<RawCurve, Text>,
    /// The loss of precision, if it is notable.
    pub note: Option<Note>,
}

/// Reads every path that the picture shows, in order; rectangles, circles and polygons are paths too. Paths that are
/// not painted are counted in `aside`; paths that a clip path or a mask cuts are refused.
///
/// The caller needs a stack of [`STACK`] bytes.
///
/// # Errors
/// Gives the reason why there is no path.
pub fn read(text: &str) -> Result<SvgContents, Text> {
    // A picture may refer to other pictures; these are not read.
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let refuse = |error: usvg::Error| {
        text!(
            "is not an SVG picture ({error}); save it again as plain SVG",
            error = error.to_string()
        )
    };
    let with_entities = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, with_entities);
    let document = document.map_err(usvg::Error::from).map_err(refuse)?;
    let tree = Tree::from_xmltree(&document, &options).map_err(refuse)?;
    let mut found = FoundPaths { view: view(&document, &tree), ..FoundPaths::default() };
    walk(tree.root(), 1.0, &mut found);
    let undisplayed = drawn(&document).saturating_sub(found.met);
    let mut aside = Vec::new();
    if found.unpainted > 0 {
        aside.push(text!(
            "{count} path that is not painted" | "{count} paths that are not painted",
            count = found.unpainted
        ));
    }
    if undisplayed > 0 {
        aside.push(text!(
            "{count} path that is not displayed or has no size"
                | "{count} paths that are not displayed or have no size",
            count = undisplayed
        ));
    }
    if !found.paths.is_empty() {
        return Ok(SvgContents { paths: found.paths, aside, unit: unit(&document) });
    }
    // The parser drops text without its font, so the source is searched as well.
    Err(if !aside.is_empty() {
        let aside = Text::list(aside);
        text!("shows no path beside {aside}; draw one with a fill or a line", aside)
    } else if found.texts || text.contains("<text") {
        text!("holds text only; turn the text into paths in the drawing program")
    } else if found.images || text.contains("<image") {
        text!("holds an image only; trace it into paths in the drawing program")
    } else {
        text!("shows no path; draw one with a fill or a line")
    })
}

#[derive(Default)]
struct FoundPaths {
    paths: Vec<PathOfPicture>,
    /// Number of paths, painted or not.
    met: usize,
    /// Number of paths that are not painted.
    unpainted: usize,
    texts: bool,
    images: bool,
    /// Clip paths and masks of the group that is being visited.
    cuts: Vec<Cut>,
    view: ViewBoxMap,
}

/// The map from pixels to the units of the picture's view box.
#[derive(Clone, Copy)]
struct ViewBoxMap {
    /// Pixels per unit.
    scale: f64,
    /// The zero of the view box, in pixels.
    zero: [f64; 2],
}

impl Default for ViewBoxMap {
    fn default() -> Self {
        Self { scale: 1.0, zero: [0.0; 2] }
    }
}

impl ViewBoxMap {
    fn take_away(&self, p: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|k| (p[k] - self.zero[k]) / self.scale)
    }
}

/// The view of a picture: the map that its width and height, in any unit, give to its view box. The identity if the
/// view is stretched or turned.
fn view(document: &Document<'_>, tree: &Tree) -> ViewBoxMap {
    let root = document.root_element();
    let numbers = |text: &str| -> Option<Vec<f32>> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
        words.map(|word| word.parse().ok()).collect()
    };
    let view_box = root.attribute("viewBox").and_then(numbers).unwrap_or_default();
    let size = tree.size();
    // usvg adds no group if the view box equals the size; then a first group is one of the picture's own.
    let is_shown_as_it_is = view_box == [0.0, 0.0, size.width(), size.height()];
    let is_one = view_box.len() == 4 && view_box[2] > 0.0 && view_box[3] > 0.0;
    let view = match tree.root().children() {
        _ if !is_one || is_shown_as_it_is || root.has_attribute("transform") => {
            return ViewBoxMap::default();
        }
        [Node::Group(all)] => all.transform(),
        _ => return ViewBoxMap::default(),
    };
    let is_even = view.sx > 0.0 && (view.sx - view.sy).abs() <= 1e-6 * view.sx;
    match is_even && view.kx == 0.0 && view.ky == 0.0 {
        true => ViewBoxMap { scale: view.sx.into(), zero: [view.tx, view.ty].map(f64::from) },
        false => ViewBoxMap::default(),
    }
}

/// The unit of length of which the view box has as many as the picture is wide; unknown if there is none.
fn unit(document: &Document<'_>) -> LengthUnit {
    let root = document.root_element();
    let [width, view_box] =
        ["width", "viewBox"].map(|name| root.attribute(name).unwrap_or_default());
    let mut view_box =
        view_box.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let across = view_box.nth(2).and_then(|word| word.parse::<f64>().ok());
    let is_it = |unit: &LengthUnit| {
        let number = width.trim().strip_suffix(unit.symbol());
        let number = number.and_then(|number| number.trim().parse::<f64>().ok());
        number.zip(across).is_some_and(|(a, b)| (a - b).abs() <= TOLERANCE * b)
    };
    // "5mm" ends in "m" too, which leaves no number.
    LengthUnit::ALL.into_iter().find(is_it).unwrap_or_default()
}

/// The kind of a [`Cut`].
#[derive(Clone, Copy)]
enum CutKind {
    ClipPath,
    Mask,
}

/// A clip path or mask: a curve is uncut if one of these shapes contains it.
struct Cut {
    kind: CutKind,
    shapes: Vec<Cover>,
}

/// Collects the paths that a group shows; `opacity` is that of all groups around it.
fn walk(group: &Group, opacity: f32, found: &mut FoundPaths) {
    let opacity = opacity * group.opacity().get();
    let cuts = found.cuts.len();
    if let Some(clip) = group.clip_path() {
        clips(clip, group.abs_transform(), found.view, &mut found.cuts);
    }
    if let Some(mask) = group.mask() {
        masks(mask, group.abs_transform(), found.view, &mut found.cuts);
    }
    for node in group.children() {
        match node {
            Node::Group(group) => walk(group, opacity, found),
            Node::Path(path) => {
                found.met += 1;
                if is_painted(path, opacity) {
                    let taken = take(path, found.view, &found.cuts);
                    found.paths.push(taken);
                } else {
                    found.unpainted += 1;
                }
            }
            Node::Text(_) => found.texts = true,
            Node::Image(_) => found.images = true,
        }
    }
    found.cuts.truncate(cuts);
}

/// True if any part of a path is visible in a group of this opacity.
fn is_painted(path: &usvg::Path, opacity: f32) -> bool {
    let shows = |paint: &Paint, own: f32| {
        let own = opacity * own;
        match paint {
            Paint::Color(_) => own >= INVISIBLE,
            Paint::LinearGradient(gradient) => {
                gradient.stops().iter().any(|stop| own * stop.opacity().get() >= INVISIBLE)
            }
            Paint::RadialGradient(gradient) => {
                gradient.stops().iter().any(|stop| own * stop.opacity().get() >= INVISIBLE)
            }
            Paint::Pattern(pattern) => shows_anything(pattern.root(), own),
        }
    };
    let fill = path.fill().is_some_and(|fill| shows(fill.paint(), fill.opacity().get()));
    let stroke = path.stroke().is_some_and(|stroke| shows(stroke.paint(), stroke.opacity().get()));
    path.is_visible() && (fill || stroke)
}

/// True if a group of this opacity shows anything.
fn shows_anything(group: &Group, opacity: f32) -> bool {
    let opacity = opacity * group.opacity().get();
    group.children().iter().any(|node| match node {
        Node::Group(group) => shows_anything(group, opacity),
        Node::Path(path) => is_painted(path, opacity),
        Node::Text(_) | Node::Image(_) => opacity >= INVISIBLE,
    })
}

/// The path as a shape, unless it is cut or too imprecise.
fn take(path: &usvg::Path, view: ViewBoxMap, cuts: &[Cut]) -> PathOfPicture {
    let to_picture = path.abs_transform();
    let place = |p: [f64; 2]| view.take_away(moved(to_picture, p));
    let curve = one_loop(path.data(), &place);
    let size = extent(&placed(path.data(), &place));
    let cut = |curve: RawCurve| match cuts.iter().find(|cut| !cut.lets_through(&curve.points, size))
    {
        Some(cut) => Err(match cut.kind {
            CutKind::ClipPath => {
                text!("is cut by a clip path; cut the path itself in the drawing program")
            }
            CutKind::Mask => text!("is cut by a mask; cut the path itself in the drawing program"),
        }),
        None => Ok(curve),
    };
    let off = coarseness(path.data(), to_picture, view.scale * size);
    let fine = |curve: RawCurve| {
        if off > SPOILT {
            return Err(text!(
                "lies so far from the origin that single precision, in which pictures are read, moves its points by \
                 {percent} % of its extent; move it near the origin",
                percent = three_digits(100.0 * off)
            ));
        }
        Ok(curve)
    };
    let note = (off > TOLERANCE).then_some(Note::Rounded(off));
    PathOfPicture { id: path.id().to_owned(), curve: curve.and_then(cut).and_then(fine), note }
}

/// The largest shift of a path's points by rounding to single precision, as a share of its extent in the picture,
/// `extent` in pixels: half a unit in the last place of the largest coordinates.
fn coarseness(data: &Path, to_picture: Transform, extent: f64) -> f64 {
    let bounds = data.bounds();
    let half_a_unit = |largest: f32| 0.5 * f64::from(largest.next_up() - largest);
    let unit = |low: f32, high: f32| half_a_unit(low.abs().max(high.abs()));
    let (x, y) = (unit(bounds.left(), bounds.right()), unit(bounds.top(), bounds.bottom()));
    let [sx, kx, ky, sy] = [to_picture.sx, to_picture.kx, to_picture.ky, to_picture.sy]
        .map(|factor| f64::from(factor.abs()));
    if extent > 0.0 { (sx * x + kx * y).max(ky * x + sy * y) / extent } else { 0.0 }
}

impl Cut {
    /// True if nothing of a curve is cut away beyond the tolerance of flattened curves.
    fn lets_through(&self, points: &[[f64; 2]], extent: f64) -> bool {
        self.shapes.iter().any(|shape| covers(shape, points, TOLERANCE * extent))
    }
}

/// Adds the shapes of a clip path, and those of the clip paths that clip it in turn.
fn clips(clip: &ClipPath, to_picture: Transform, view: ViewBoxMap, cuts: &mut Vec<Cut>) {
    let place = |p: [f64; 2]| view.take_away(moved(to_picture, moved(clip.transform(), p)));
    let mut shapes = Vec::new();
    clipping(clip.root(), &place, &mut shapes);
    cuts.push(Cut { kind: CutKind::ClipPath, shapes });
    if let Some(clip) = clip.clip_path() {
        clips(clip, to_picture, view, cuts);
    }
}

fn clipping(group: &Group, place: &dyn Fn([f64; 2]) -> [f64; 2], shapes: &mut Vec<Cover>) {
    for node in group.children() {
        match node {
            // A group that is clipped itself is ignored: its visible part is unknown.
            Node::Group(group) if group.clip_path().is_none() => clipping(group, place, shapes),
            Node::Path(path) if path.is_visible() => shapes.extend(cover(path, place)),
            _ => {}
        }
    }
}

/// Adds the shapes of a mask, and those of the masks that mask it in turn.
fn masks(mask: &Mask, to_picture: Transform, view: ViewBoxMap, cuts: &mut Vec<Cut>) {
    let place = |p: [f64; 2]| view.take_away(moved(to_picture, p));
    let rect = mask.rect();
    let corners = [
        [rect.left(), rect.top()],
        [rect.right(), rect.top()],
        [rect.right(), rect.bottom()],
        [rect.left(), rect.bottom()],
    ];
    let rect = corners.map(|corner| upright(place(corner.map(f64::from))));
    cuts.push(Cut { kind: CutKind::Mask, shapes: vec![Cover::new(rect.to_vec())] });
    let mut shapes = Vec::new();
    if !masking(mask.root(), mask.kind(), &place, &mut shapes) {
        shapes.clear();
    }
    cuts.push(Cut { kind: CutKind::Mask, shapes });
    if let Some(mask) = mask.mask() {
        masks(mask, to_picture, view, cuts);
    }
}

/// Adds the shapes of a mask; returns true if it consists of visible filled shapes alone.
fn masking(
    group: &Group,
    kind: MaskType,
    place: &dyn Fn([f64; 2]) -> [f64; 2],
    shapes: &mut Vec<Cover>,
) -> bool {
    let is_plain =
        group.clip_path().is_none() && group.mask().is_none() && group.filters().is_empty();
    let lets_through = |path: &usvg::Path| {
        let Some(fill) = path.fill() else { return false };
        let Paint::Color(colour) = fill.paint() else { return false };
        let light = kind == MaskType::Alpha || [colour.red, colour.green, colour.blue] != [0; 3];
        light && path.is_visible() && path.stroke().is_none() && fill.opacity().get() >= INVISIBLE
    };
    is_plain
        && group.opacity().get() >= INVISIBLE
        && group.children().iter().all(|node| match node {
            Node::Group(group) => masking(group, kind, place, shapes),
            Node::Path(path) => {
                shapes.extend(cover(path, place));
                lets_through(path)
            }
            Node::Text(_) | Node::Image(_) => false,
        })
}

/// The shape of a path in a clip path or a mask, if it is one loop.
fn cover(path: &usvg::Path, place: &dyn Fn([f64; 2]) -> [f64; 2]) -> Option<Cover> {
    let own = path.abs_transform();
    let curve = one_loop(path.data(), &|p| place(moved(own, p))).ok()?;
    Some(Cover::new(curve.points))
}

/// The number of shapes that a document would paint if all of it were displayed, repeated ones counted each time.
fn drawn(document: &Document<'_>) -> usize {
    let with_ids = document.descendants().filter_map(|node| Some((node.attribute("id")?, node)));
    let by_id: HashMap<&str, XmlNode<'_, '_>> = with_ids.collect();
    let (mut count, mut visited) = (0, 0);
    let mut todo: Vec<XmlNode<'_, '_>> = vec![document.root_element()];
    while let Some(node) = todo.pop() {
        visited += 1;
        if visited > MAX_ELEMENTS {
            return 0;
        }
        match node.tag_name().name() {
            "path" | "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" => count += 1,
            "use" => {
                const XLINK: &str = "http://www.w3.org/1999/xlink";
                let link = node.attribute("href").or_else(|| node.attribute((XLINK, "href")));
                let target = link.and_then(|link| by_id.get(link.strip_prefix('#')?));
                // A reference to a symbol paints the symbol's children.
                match target {
                    Some(symbol) if symbol.tag_name().name() == "symbol" => {
                        todo.extend(symbol.children().filter(XmlNode::is_element));
                    }
                    Some(target) => todo.push(*target),
                    None => {}
                }
            }
            "svg" | "g" | "a" | "switch" => {
                todo.extend(node.children().filter(XmlNode::is_element))
            }
            // Definitions, clip paths, masks and patterns are painted where they are used, if at all.
            _ => {}
        }
    }
    count
}

/// Applies a transform to a point in double precision.
fn moved(by: Transform, [x, y]: [f64; 2]) -> [f64; 2] {
    let [sx, kx, ky, sy] = [by.sx, by.kx, by.ky, by.sy].map(f64::from);
    [sx * x + kx * y + f64::from(by.tx), ky * x + sy * y + f64::from(by.ty)]
}

/// Flips y, which points down in a picture.
fn upright([x, y]: [f64; 2]) -> [f64; 2] {
    [x, -y]
}

/// The points of a path, including the control points of its curves.
fn placed(data: &Path, place: &dyn Fn([f64; 2]) -> [f64; 2]) -> Vec<[f64; 2]> {
    data.points().iter().map(|p| upright(place([p.x, p.y].map(f64::from)))).collect()
}

/// The single loop of a path.
fn one_loop(data: &Path, place: &dyn Fn([f64; 2]) -> [f64; 2]) -> Result<RawCurve, Text> {
    let tolerance = TOLERANCE * extent(&placed(data, place));
    let point = |p: Point| upright(place([p.x, p.y].map(f64::from)));
    let mut loops: Vec<RawCurve> = Vec::new();
    let mut total = 0;
    let mut at = [0.0; 2];
    for segment in data.segments() {
        if let PathSegment::MoveTo(p) = segment {
            at = point(p);
            loops.push(RawCurve { points: vec![at], ends: Ends::Apart });
            continue;
        }
        // After a closed loop a path continues from the beginning of that loop.
        if loops.last().is_none_or(|open| open.ends == Ends::Joined) {
            loops.push(RawCurve { points: vec![at], ends: Ends::Apart });
        }
        let Some(open) = loops.last_mut() else { continue };
        let before = open.points.len();
        match segment {
            PathSegment::MoveTo(_) => {}
            PathSegment::LineTo(p) => open.points.push(point(p)),
            PathSegment::QuadTo(b, c) => {
                flatten(&[at, point(b), point(c)], tolerance, &mut open.points);
            }
            PathSegment::CubicTo(b, c, d) => {
                flatten(&[at, point(b), point(c), point(d)], tolerance, &mut open.points);
            }
            PathSegment::Close => open.ends = Ends::Joined,
        }
        at = match open.ends {
            Ends::Joined => open.points[0],
            _ => open.points[open.points.len() - 1],
        };
        total += open.points.len() - before;
        if total > MAX_POINTS {
            return Err(text!("has more than {most} points; simplify the path", most = MAX_POINTS));
        }
    }
    loops.retain(|curve| curve.points.len() > 1);
    match loops.len() {
        0 => Err(text!("is empty")),
        1 => Ok(loops.remove(0)),
        n => Err(text!(
            "has {loops} loops; a shape is one loop without holes, so take the path apart or fill its holes",
            loops = n
        )),
    }
}

/// Adds a Bezier curve after its first point, in equal steps of its parameter.
///
/// The number of steps that keeps to the tolerance is Wang's formula for degree d, n = sqrt(d (d - 1) / 8 * max
/// |p_{i+2} - 2 p_{i+1} + p_i| / tolerance) (Wang 1984; Goldman 2003, "Pyramid Algorithms", section 5.6).
fn flatten(control: &[[f64; 2]], tolerance: f64, points: &mut Vec<[f64; 2]>) {
    let bend = control
        .windows(3)
        .map(|p| [0, 1].map(|k| p[2][k] - 2.0 * p[1][k] + p[0][k]))
        .map(|[x, y]| x.hypot(y))
        .fold(0.0, f64::max);
    let degree = (control.len() - 1) as f64;
    let steps = (degree * (degree - 1.0) / 8.0 * bend / tolerance).sqrt().ceil();
    let steps = if steps.is_finite() { steps.clamp(1.0, MAX_SIDES) } else { 1.0 } as usize;
    for step in 1..=steps {
        let t = step as f64 / steps as f64;
        // De Casteljau's construction.
        let mut line = control.to_vec();
        while line.len() > 1 {
            line = line
                .windows(2)
                .map(|p| [0, 1].map(|k| p[0][k] + t * (p[1][k] - p[0][k])))
                .collect();
        }
        points.push(line[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::import::repair::clean;

    fn picture(inside: &str) -> String {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>{inside}</svg>")
    }

    fn only(inside: &str) -> Result<RawCurve, Text> {
        let mut paths = read(&picture(inside))?.paths;
        assert_eq!(paths.len(), 1);
        paths.remove(0).curve
    }

    fn area(curve: RawCurve) -> f64 {
        let points = clean(curve).unwrap().points;
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).map(|(a, b)| 0.5 * (a[0] * b[1] - b[0] * a[1])).sum()
    }

    #[test]
    fn curves_are_followed_and_transforms_applied() {
        let circle =
            only("<g transform='translate(5 5) scale(2)'><circle cx='10' cy='10' r='8'/></g>");
        let expected = std::f64::consts::PI * 256.0;
        let found = area(circle.unwrap());
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
        let arc = only("<path d='M 20 50 A 30 30 0 0 1 80 50 Q 50 90 20 50 Z'/>").unwrap();
        assert!(arc.points.len() > 40 && arc.ends == Ends::Joined);
    }

    #[test]
    fn up_is_up() {
        // A triangle standing on its base has its tip at the top of the picture, where y is least.
        let points = only("<path d='M10 90 L90 90 L50 10 Z'/>").unwrap().points;
        let highest = points.iter().max_by(|a, b| a[1].total_cmp(&b[1])).unwrap();
        assert_eq!(*highest, [50.0, -10.0]);
    }

    #[test]
    fn each_path_is_a_shape_and_each_shape_one_loop() {
        let two =
            picture("<path id='a' d='M0 0 H9 V9 Z'/><rect x='20' y='20' width='9' height='5'/>");
        let names: Vec<String> = read(&two).unwrap().paths.into_iter().map(|p| p.id).collect();
        assert_eq!(names, ["a", ""]);
        let hole =
            only("<path d='M0 0 H90 V90 H0 Z M30 30 H60 V60 H30 Z'/>").unwrap_err().to_string();
        assert!(hole.starts_with("has 2 loops"), "{hole}");
        let trailing = only("<path d='M0 0 H90 V90 H0 Z M30 30'/>");
        assert!(trailing.is_ok(), "{trailing:?}");
    }

    #[test]
    fn open_paths_are_open_whatever_fills_them() {
        let half = only("<path d='M0 0 H90 V90 H0'/>").unwrap();
        assert!(clean(half).unwrap_err().to_string().contains("open curve"));
    }

    #[test]
    fn pictures_without_paths_say_what_they_hold() {
        let problem = |inside: &str| read(&picture(inside)).err().unwrap().to_string();
        assert!(problem("<text x='5' y='20'>A shape</text>").contains("text only"));
        assert!(problem("").contains("shows no path"));
        assert!(read("x,y\n1,2\n").err().unwrap().to_string().contains("not an SVG picture"));
        assert!(
            read("<svg xmlns='http://www.w3.org/2000/svg'")
                .err()
                .unwrap()
                .to_string()
                .contains("not an SVG")
        );
    }

    /// The ids of the usable shapes, the reasons of the others, and the sentences in `aside`.
    fn seen(inside: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let SvgContents { paths, aside, .. } = read(&picture(inside)).unwrap();
        let (whole, cut): (Vec<_>, Vec<_>) = paths.into_iter().partition(|p| p.curve.is_ok());
        let ids = whole.into_iter().map(|path| path.id).collect();
        let words = |text: Text| text.to_string();
        let refused = cut.into_iter().filter_map(|path| path.curve.err()).map(words).collect();
        (ids, refused, aside.into_iter().map(words).collect())
    }

    #[test]
    fn what_is_not_painted_is_left_aside_and_counted() {
        let hull = "<path id='hull' d='M20,60 c10,25,50,25,60,0 z'/>";
        let box_ = "<rect width='20' height='30'";
        for hidden in [
            format!("<g opacity='0'>{box_}/></g>"),
            format!("<g opacity='0'><g opacity='1'>{box_}/></g></g>"),
            format!("{box_} opacity='0'/>"),
            format!("{box_} fill-opacity='0'/>"),
            format!("{box_} fill='none'/>"),
            format!("{box_} style='fill:none;stroke:none'/>"),
            format!("<g fill='none'>{box_}/></g>"),
            format!("{box_} fill='none' stroke='black' stroke-width='0'/>"),
            format!("{box_} fill='none' stroke='black' stroke-opacity='0'/>"),
            format!("{box_} fill='transparent'/>"),
            format!("{box_} fill='rgba(255, 0, 0, 0)' stroke='#f000'/>"),
            format!("{box_} fill='hsla(120, 100%, 50%, 0)'/>"),
            format!("<style>.a{{fill:none}}</style>{box_} class='a'/>"),
            format!("{box_} visibility='hidden'/>"),
            format!("<g visibility='collapse'>{box_}/></g>"),
            format!("{box_} display='none'/>"),
            format!("<g style='display:none'>{box_}/></g>"),
            format!("<style>.a{{display:none}}</style><g class='a'>{box_}/></g>"),
            format!("<defs>{box_} id='d' fill='none'/></defs><use href='#d'/>"),
            format!("<symbol id='s'>{box_}/></symbol><use href='#s' opacity='0'/>"),
            format!("<symbol id='s'>{box_}/></symbol><use href='#s' display='none'/>"),
            format!("<symbol id='s'>{box_} fill='inherit'/></symbol><use href='#s' fill='none'/>"),
            "<rect width='0' height='30'/>".to_owned(),
            format!(
                "<linearGradient id='l'><stop stop-opacity='0'/><stop offset='1' stop-opacity='0'/>\
                 </linearGradient>{box_} fill='url(#l)'/>"
            ),
            format!(
                "<pattern id='p' width='9' height='9' patternUnits='userSpaceOnUse'>\
                 <rect width='4' height='4' fill='none'/></pattern>{box_} fill='url(#p)'/>"
            ),
        ] {
            let (ids, refused, aside) = seen(&format!("{hidden}{hull}"));
            assert_eq!((ids, refused.len()), (vec!["hull".to_owned()], 0), "{hidden}");
            assert!(
                aside.len() == 1 && aside[0].starts_with("1 path that is not"),
                "{hidden}: {aside:?}"
            );
            let alone = read(&picture(&hidden)).unwrap_err().to_string();
            assert!(alone.contains("shows no path beside 1 path that is not"), "{alone}");
        }
        for shown in [
            format!("{box_} fill='none' stroke='black'/>"),
            format!("<g visibility='hidden'>{box_} visibility='visible'/></g>"),
            format!("<g opacity='0.1'>{box_}/></g>"),
            format!("<defs>{box_} id='d'/></defs><use href='#d'/>"),
            format!(
                "<linearGradient id='l'><stop/><stop offset='1' stop-opacity='0'/></linearGradient>{box_} fill='url(#l)'/>"
            ),
        ] {
            let (ids, refused, aside) = seen(&shown);
            assert_eq!((ids.len(), refused.len(), aside.len()), (1, 0, 0), "{shown}");
        }
    }

    #[test]
    fn what_is_cut_is_refused_and_a_cut_around_it_cuts_nothing() {
        let rect = "<rect id='r' x='5' y='5' width='90' height='90'/>";
        let clip = |inside: &str| format!("<clipPath id='c'>{inside}</clipPath>");
        let mask = |inside: &str| {
            format!(
                "<mask id='c' maskUnits='userSpaceOnUse' x='0' y='0' width='100' height='100'>{inside}</mask>"
            )
        };
        let by = |how: &str| format!("<g {how}='url(#c)'>{rect}</g>");
        let board = "<rect width='100' height='100' fill='white'/>";
        for (definition, use_) in [
            (clip("<circle cx='50' cy='50' r='30'/>"), by("clip-path")),
            (clip("<circle cx='50' cy='50' r='30'/>"), rect.replace("<rect", "<rect clip-path='url(#c)'")),
            (clip("<rect width='0.5' height='1'/>").replace("id='c'", "id='c' clipPathUnits='objectBoundingBox'"), by("clip-path")),
            (clip(board).replace("id='c'", "id='c' transform='translate(20)'"), by("clip-path")),
            (clip(board) + "<clipPath id='d'><circle r='60'/></clipPath>", format!("<g clip-path='url(#d)'>{}</g>", by("clip-path"))),
            (clip("<path d='M0 0H100V100H50V50H0Z'/>"), by("clip-path")),
            (mask("<circle cx='50' cy='50' r='30' fill='white'/>"), by("mask")),
            (mask(&format!("{board}<circle cx='50' cy='50' r='30'/>")), by("mask")),
            (mask("<rect width='100' height='100'/>"), by("mask")),
            (mask(board).replace("width='100' height='100'>", "width='50' height='100'>"), by("mask")),
            (String::new(), format!("<svg width='40' height='40'>{rect}</svg>")),
            ("<symbol id='s' viewBox='0 0 50 50'><circle id='r' cx='40' cy='20' r='15'/></symbol>".to_owned(), "<use href='#s' width='50' height='50'/>".to_owned()),
        ] {
            let (ids, refused, aside) = seen(&format!("<defs>{definition}</defs>{use_}"));
            assert!(ids.is_empty() && aside.is_empty() && refused.len() == 1, "{definition}{use_}: {ids:?} {aside:?}");
            assert!(refused[0].starts_with("is cut by a "), "{refused:?}");
        }
        for (definition, use_) in [
            (clip(board), by("clip-path")),
            (clip("<circle cx='50' cy='50' r='80'/>"), by("clip-path")),
            (clip("<path d='M0 0H120V120H110V100H0Z'/>"), by("clip-path")),
            (clip("<rect width='1' height='1'/>").replace("id='c'", "id='c' clipPathUnits='objectBoundingBox'"), by("clip-path")),
            (mask(board), by("mask")),
            (mask(&board.replace("white", "#d9d9d9")), by("mask")),
            (mask("<rect width='100' height='100'/>").replace("id='c'", "id='c' mask-type='alpha'"), by("mask")),
            (String::new(), format!("<svg width='100' height='100'>{rect}</svg>")),
            ("<symbol id='s' viewBox='0 0 50 50'><circle id='r' cx='20' cy='20' r='15'/></symbol>".to_owned(), "<use href='#s' width='50' height='50'/>".to_owned()),
        ] {
            let (ids, refused, _) = seen(&format!("<defs>{definition}</defs>{use_}"));
            assert_eq!((ids.len(), refused), (1, vec![]), "{definition}{use_}");
        }
    }

    #[test]
    fn shapes_have_the_units_of_the_view_box() {
        let rect = "<rect x='25' y='40' width='50' height='20'/>";
        for size in [
            "",
            "width='100mm' height='100mm'",
            "width='24' height='24'",
            "width='3in'",
            "width='9' height='70'",
        ] {
            for (zero, corner) in [(0.0, [25.0, -40.0]), (-30.0, [25.0, -40.0])] {
                let text = format!(
                    "<svg xmlns='http://www.w3.org/2000/svg' {size} viewBox='{zero} {zero} 130 130'>{rect}</svg>"
                );
                let points = read(&text).unwrap().paths.remove(0).curve.unwrap().points;
                let apart = (points[0][0] - corner[0]).hypot(points[0][1] - corner[1]);
                assert!(apart < 1e-4 && (points[2][0] - 75.0).abs() < 1e-4, "{text}: {points:?}");
            }
        }
        let moved = only("<path transform='translate(30 0)' d='M0 0H9V9Z'/>").unwrap();
        assert_eq!(moved.points[0], [30.0, 0.0]);
        let text = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 99 99'>\
            <path transform='translate(30 0)' d='M0 0H9V9Z'/></svg>";
        let moved = read(text).unwrap().paths.remove(0).curve.unwrap();
        assert_eq!(moved.points[0], [30.0, 0.0]);
    }

    #[test]
    fn lost_precision_is_said_or_refused() {
        let circle = |x: f64, y: f64, r: f64| {
            let points = (0..60).map(|i| std::f64::consts::TAU * f64::from(i) / 60.0);
            let points = points.map(|t| format!("{:.3} {:.3}", x + r * t.cos(), y + r * t.sin()));
            format!("<path d='M{}Z'/>", points.collect::<Vec<_>>().join("L"))
        };
        let path = |inside: &str| read(&picture(inside)).unwrap().paths.remove(0);
        let near = path(&circle(17.0, 13.0, 4.0));
        assert!(near.note.is_none() && near.curve.is_ok());
        let far = format!(
            "<g transform='translate(-474650 -6570100)'>{}</g>",
            circle(474_667.4, 6_570_117.5, 4.0)
        );
        let problem = path(&far).curve.unwrap_err().to_string();
        assert!(problem.contains("single precision") && problem.contains("3.12 %"), "{problem}");
        let some = path(&circle(474_667.4, 13.0, 40.0));
        assert!(
            some.curve.is_ok()
                && some.note.is_some_and(|note| note.to_string().contains("0.0195 %"))
        );
        // A large drawing that is scaled down keeps all its digits.
        let office = circle(6_235_704.1, 2_260_595.5, 900_000.0);
        let small = path(&office.replace("<path", "<path transform='scale(0.0000431728)'"));
        assert!(small.note.is_none() && small.curve.is_ok());
    }
}
