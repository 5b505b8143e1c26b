//! SVG: each path is a shape; curves become short sides, y points up.

use super::clean::{Curve, Ends, MOST_POINTS};
use resvg::tiny_skia::{PathSegment, Point, Rect};
use resvg::usvg::{Group, ImageHrefResolver, Node, Options, Tree};

/// How far a side may be from its curve, as a share of the path's extent.
const TOLERANCE: f32 = 1e-4;
/// The most sides of one curve.
const MOST_SIDES: f32 = 256.0;
/// The stack that the deepest picture needs, in bytes: groups are followed by recursion, and usvg allows 1,024
/// within each other.
pub const STACK: usize = 64 << 20;

/// One path of a picture: its name, or its number counted from 1, and its one loop or why it cannot be used.
pub struct PathOfPicture {
    /// The path's own id; empty where it has none.
    pub id: String,
    /// Its curve, in the picture's units with y up.
    pub curve: Result<Curve, String>,
}

/// Every path that the picture shows, in order; rectangles, circles and polygons are paths too.
///
/// It wants a stack of [`STACK`] bytes.
///
/// # Errors
/// Says why there is none.
pub fn read(text: &str) -> Result<Vec<PathOfPicture>, String> {
    // A picture may name others; only what is drawn in this one is read.
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(text, &options)
        .map_err(|error| format!("is not an SVG picture ({error}); save it again as plain SVG"))?;
    let mut found = Found::default();
    walk(tree.root(), &mut found);
    if !found.paths.is_empty() {
        return Ok(found.paths);
    }
    // Text without its font leaves no trace, so the source is asked as well.
    let problem = if found.texts || text.contains("<text") {
        "holds text only; turn the text into paths in the drawing program"
    } else if found.images || text.contains("<image") {
        "holds an image only; trace it into paths in the drawing program"
    } else {
        "shows no path; draw one with a fill or a line"
    };
    Err(problem.to_owned())
}

#[derive(Default)]
struct Found {
    paths: Vec<PathOfPicture>,
    texts: bool,
    images: bool,
}

fn walk(group: &Group, found: &mut Found) {
    for node in group.children() {
        match node {
            Node::Group(group) => walk(group, found),
            Node::Path(path) => {
                let data = path.data().clone().transform(path.abs_transform());
                let curve = data.ok_or_else(|| "has no extent".to_owned());
                let curve = curve.and_then(|data| one_loop(data.segments(), extent(data.bounds())));
                found.paths.push(PathOfPicture { id: path.id().to_owned(), curve });
            }
            Node::Text(_) => found.texts = true,
            Node::Image(_) => found.images = true,
        }
    }
}

fn extent(bounds: Rect) -> f32 {
    bounds.width().max(bounds.height())
}

/// The single loop of a path.
fn one_loop(segments: impl Iterator<Item = PathSegment>, extent: f32) -> Result<Curve, String> {
    let tolerance = TOLERANCE * extent;
    let mut loops: Vec<Curve> = Vec::new();
    let mut total = 0;
    let mut at = Point::zero();
    for segment in segments {
        if let PathSegment::MoveTo(p) = segment {
            loops.push(Curve { points: vec![point(p)], ends: Ends::Apart });
            at = p;
            continue;
        }
        // After a closed loop a path goes on from where that began.
        if loops.last().is_none_or(|open| open.ends == Ends::Joined) {
            loops.push(Curve { points: vec![point(at)], ends: Ends::Apart });
        }
        let Some(open) = loops.last_mut() else { continue };
        let before = open.points.len();
        match segment {
            PathSegment::MoveTo(_) => {}
            PathSegment::LineTo(p) => {
                open.points.push(point(p));
                at = p;
            }
            PathSegment::QuadTo(b, c) => {
                flatten(&[at, b, c], tolerance, &mut open.points);
                at = c;
            }
            PathSegment::CubicTo(b, c, d) => {
                flatten(&[at, b, c, d], tolerance, &mut open.points);
                at = d;
            }
            PathSegment::Close => {
                open.ends = Ends::Joined;
                let [x, y] = open.points[0];
                at = Point::from_xy(x as f32, -y as f32);
            }
        }
        total += open.points.len() - before;
        if total > MOST_POINTS {
            return Err(format!("has more than {MOST_POINTS} points; simplify the path"));
        }
    }
    loops.retain(|curve| curve.points.len() > 1);
    match loops.len() {
        0 => Err("is empty".to_owned()),
        1 => Ok(loops.remove(0)),
        n => Err(format!(
            "has {n} loops; a shape is one loop without holes, so take the path apart or fill its holes"
        )),
    }
}

/// The picture's y points down.
fn point(p: Point) -> [f64; 2] {
    [f64::from(p.x), -f64::from(p.y)]
}

/// Adds a Bezier curve after its first point, in equal steps of its parameter.
///
/// That n = sqrt(d (d - 1) / 8 * max |p_{i+2} - 2 p_{i+1} + p_i| / tolerance) steps keep to the tolerance is
/// Wang's formula for degree d (Wang 1984; Goldman 2003, "Pyramid Algorithms", section 5.6).
fn flatten(control: &[Point], tolerance: f32, points: &mut Vec<[f64; 2]>) {
    let bend = control
        .windows(3)
        .map(|p| (p[2].x - 2.0 * p[1].x + p[0].x).hypot(p[2].y - 2.0 * p[1].y + p[0].y))
        .fold(0.0, f32::max);
    let degree = (control.len() - 1) as f32;
    let steps = (degree * (degree - 1.0) / 8.0 * bend / tolerance).sqrt().ceil();
    let steps = if steps.is_finite() { steps.clamp(1.0, MOST_SIDES) } else { 1.0 } as usize;
    for step in 1..=steps {
        let t = step as f64 / steps as f64;
        // De Casteljau's construction.
        let mut line: Vec<[f64; 2]> = control.iter().map(|&p| point(p)).collect();
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
    use crate::data::import::clean::clean;

    fn picture(inside: &str) -> String {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>{inside}</svg>")
    }

    fn only(inside: &str) -> Result<Curve, String> {
        let mut paths = read(&picture(inside))?;
        assert_eq!(paths.len(), 1);
        paths.remove(0).curve
    }

    fn area(curve: Curve) -> f64 {
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
        let names: Vec<String> = read(&two).unwrap().into_iter().map(|p| p.id).collect();
        assert_eq!(names, ["a", ""]);
        let hole = only("<path d='M0 0 H90 V90 H0 Z M30 30 H60 V60 H30 Z'/>").unwrap_err();
        assert!(hole.starts_with("has 2 loops"), "{hole}");
        let trailing = only("<path d='M0 0 H90 V90 H0 Z M30 30'/>");
        assert!(trailing.is_ok(), "{trailing:?}");
    }

    #[test]
    fn open_paths_are_open_whatever_fills_them() {
        let half = only("<path d='M0 0 H90 V90 H0'/>").unwrap();
        assert!(clean(half).unwrap_err().contains("open curve"));
    }

    #[test]
    fn pictures_without_paths_say_what_they_hold() {
        let problem = |inside: &str| read(&picture(inside)).err().unwrap();
        assert!(problem("<text x='5' y='20'>A shape</text>").contains("text only"));
        assert!(problem("").contains("shows no path"));
        assert!(read("x,y\n1,2\n").err().unwrap().contains("not an SVG picture"));
        assert!(
            read("<svg xmlns='http://www.w3.org/2000/svg'").err().unwrap().contains("not an SVG")
        );
    }
}
