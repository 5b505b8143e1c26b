//! Freehand strokes converted to outlines in the form of a model's own data.

use super::Normalise;
use super::canonicalise::{OutlineForm, canonical};
use super::repair::{Ends, RawCurve, clean};
use crate::data::outline::geometry;
use crate::data::source::Source;
use crate::text;
use crate::text::Text;

/// The share of a stroke at each end within which it may cross itself: a stroke that closes a shape usually overshoots.
const OVERSHOOT: f64 = 0.15;

/// The outline that a freehand stroke encloses, `[2 * points]`, in the form of the data of `source`. If the data keep
/// their sizes, the outline gets the RMS radius `typical`, in data units.
///
/// # Errors
/// Gives the reason why the stroke is no outline, and advice on drawing it again.
pub fn outline(line: &[[f64; 2]], source: &Source, typical: f64) -> Result<Vec<f32>, Text> {
    let points = without_overshoot(line);
    let cleaned = clean(RawCurve { points, ends: Ends::Joined });
    let cleaned =
        cleaned.map_err(|problem| text!("The line {problem}; draw it again.", problem))?;
    let Some(form) = source.form() else {
        return Err(text!("The model is one of a table, which has no outlines to draw."));
    };
    let normalise = Normalise { scale: true, ..form.normalise };
    let (mut outline, _) = canonical(&cleaned.points, OutlineForm { normalise, ..form });
    if !geometry::is_simple(&outline) {
        return Err(text!("The shape is too thin for its points; draw it thicker."));
    }
    if !source.has_unit_size() {
        outline.iter_mut().for_each(|v| *v *= typical as f32);
    }
    Ok(outline)
}

/// The stroke without its overshoot: the parts beyond the point where its end crosses or passes its beginning.
fn without_overshoot(line: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let reach = (OVERSHOOT * line.len() as f64) as usize;
    for i in 0..reach {
        for j in (line.len() - reach..line.len() - 1).rev() {
            if j > i + 1
                && let Some(at) = meeting(line[i], line[i + 1], line[j], line[j + 1])
            {
                return [&[at], &line[i + 1..=j]].concat();
            }
        }
    }
    // A stroke may also pass beside its beginning without crossing it: then it ends at the point nearest to the
    // beginning.
    let Some(&first) = line.first() else { return Vec::new() };
    let away = |j: &usize| minus(line[*j], first).iter().map(|v| v * v).sum::<f64>();
    let end = (line.len() - reach..line.len()).min_by(|a, b| away(a).total_cmp(&away(b)));
    line[..=end.unwrap_or(line.len() - 1)].to_vec()
}

/// The point where the segments `a b` and `c d` cross.
fn meeting(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> Option<[f64; 2]> {
    let (u, v, w) = (minus(b, a), minus(d, c), minus(c, a));
    let cross = |p: [f64; 2], q: [f64; 2]| p[0] * q[1] - p[1] * q[0];
    let denominator = cross(u, v);
    let (s, t) = (cross(w, v) / denominator, cross(w, u) / denominator);
    // Parallel segments give NaN or infinity, which no range contains.
    ((0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t))
        .then(|| [a[0] + s * u[0], a[1] + s * u[1]])
}

fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::canonical::form_distance;
    use crate::data::outline::family::Family;
    use crate::data::outline::generator::GeneratorConfig;
    use std::f64::consts::TAU;

    fn circle(share: f64, wobble: f64) -> Vec<[f64; 2]> {
        let at = |i: i32| {
            let t = share * TAU * f64::from(i) / 80.0;
            let r = 100.0 + wobble * f64::from(i);
            [300.0 + r * t.cos(), 200.0 + r * t.sin()]
        };
        (0..=80).map(at).collect()
    }

    fn source() -> Source {
        Source::Outlines(GeneratorConfig::default())
    }

    #[test]
    fn a_circle_by_hand_is_a_circle() {
        let perfect = Family::Circle.path(1.0).resample(100);
        for share in [0.97, 1.0, 1.05] {
            // A stroke longer than the circle crosses its beginning from outside in.
            let mut line = circle(share, 0.0);
            for (i, p) in line.iter_mut().enumerate() {
                p[0] += 0.1 * (i as f64 - 40.0);
            }
            let outline = outline(&line, &source(), 1.0).unwrap();
            assert!(form_distance(&outline, &perfect) < 0.1, "{share}");
            assert!((geometry::rms_radius(&outline) - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn what_is_no_shape_is_told_why() {
        let problem = |line: &[[f64; 2]]| outline(line, &source(), 1.0).unwrap_err().to_string();
        assert!(problem(&[[1.0, 1.0]]).contains("1 distinct point"));
        assert!(problem(&[]).contains("no point"));
        let eight: Vec<[f64; 2]> = (0..80)
            .map(|i| f64::from(i) / 80.0 * TAU)
            .map(|t| [t.sin() * (1.5 - t.sin()), (2.0 * t + 0.4).sin()])
            .collect();
        assert!(problem(&eight).contains("crosses or touches itself"), "{}", problem(&eight));
    }
}
