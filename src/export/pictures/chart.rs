//! Charts of curves and dots: losses of a training, values of a search, lab results against predicted values.

use super::map::PictureSize;
use super::svg_elements::{FONT, escaped, n, paint, path};
use crate::data::quantity::Quantity;
use crate::explore::colour::{Palette, Rgba, faded};
use crate::explore::tick;
use crate::model::heads::judge::Prediction;
use crate::model::training_config::EpochRecord;
use crate::optimise::{LabComparison, Restart, RestartReport, SearchReport};
use crate::text;
use crate::text::Text;

/// Margins around the curves for text: left, top, right, bottom; in points.
const MARGINS: [f64; 4] = [84.0, 60.0, 32.0, 58.0];
/// The most points of a curve; more would overlap.
const MAX_POINTS: usize = 1000;
/// The most curves of a search; more cannot be distinguished.
const MAX_CURVES: usize = 200;

/// A polyline through points.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartCurve {
    /// Its name in the legend; a curve without a name is not in the legend.
    pub name: Text,
    /// x and y; the curve is interrupted where y is not finite.
    pub points: Vec<[f64; 2]>,
    /// Its colour.
    pub colour: Rgba,
    /// Line width, in points.
    pub width: f64,
    /// True for a dashed line.
    pub dashed: bool,
}

/// A dot with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// The position: x and y.
    pub at: [f64; 2],
    /// The text beside it.
    pub name: Text,
    /// Its colour.
    pub colour: Rgba,
}

/// Curves and dots over one pair of axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The title of the horizontal axis.
    pub x: Text,
    /// The title of the vertical axis.
    pub y: Text,
    /// True for a logarithmic y axis, on which small curves stay visible; values that are not positive are left out.
    pub logarithmic: bool,
    /// The curves, back to front.
    pub curves: Vec<ChartCurve>,
    /// The dots, on top of the curves.
    pub dots: Vec<Dot>,
}

impl Chart {
    /// The losses of a training over its epochs.
    pub fn losses(history: &[EpochRecord], palette: &Palette) -> Self {
        let [blue, orange, green] = palette.curves();
        type Series = (Text, Rgba, bool, fn(&EpochRecord) -> Option<f64>);
        let series: [Series; 7] = [
            (text!("Total"), palette.text, false, |r| Some(r.total)),
            (text!("Reconstruction loss"), blue, false, |r| Some(r.reconstruction)),
            (text!("Reconstruction loss (validation)"), blue, true, |r| r.held_out_reconstruction),
            (text!("Reconstruction loss (stopping)"), green, true, |r| r.stopping_reconstruction),
            (text!("KL"), orange, false, |r| Some(r.kl)),
            (text!("KL (validation)"), orange, true, |r| r.held_out_kl),
            (text!("Heads"), green, false, |r| r.heads),
        ];
        let every = history.len().div_ceil(MAX_POINTS).max(1);
        let curve = |(name, colour, dashed, value): Series| {
            let kept = history.iter().enumerate();
            let kept = kept.filter(|(i, _)| i % every == 0 || i + 1 == history.len());
            let points = kept.filter_map(|(_, r)| Some([r.epoch as f64, value(r)?])).collect();
            ChartCurve { name, points, colour, width: 2.0, dashed }
        };
        let drawn =
            |curve: &ChartCurve| curve.points.iter().any(|[_, y]| y.is_finite() && *y > 0.0);
        let curves = series.into_iter().map(curve).filter(drawn).collect();
        Self { x: text!("epoch"), y: text!("loss"), logarithmic: true, curves, dots: Vec::new() }
    }

    /// The value of every restart of a search over its steps, with the answer on top.
    pub fn values(report: &SearchReport, palette: &Palette) -> Self {
        let answer = report.best_believable.or(report.best);
        let curve = |index: usize| {
            let restart = &report.restarts[index].restart;
            let every = restart.values.len().div_ceil(MAX_POINTS).max(1);
            let kept = restart.kept_steps().zip(&restart.values).enumerate();
            let kept = kept.filter(|(i, _)| i % every == 0 || i + 1 == restart.values.len());
            let points = kept.map(|(_, (step, &value))| [step as f64, value]).collect();
            let is_answer = answer == Some(index);
            ChartCurve {
                name: if is_answer { text!("The answer") } else { Text::default() },
                points,
                colour: if is_answer { palette.star } else { faded(palette.weak_text, 0.45) },
                width: if is_answer { 2.4 } else { 1.0 },
                dashed: false,
            }
        };
        // Curves are painted worst first, so that the best lie on top and the answer above all.
        let mut order = report.best_first();
        order.truncate(MAX_CURVES);
        order.retain(|&index| Some(index) != answer);
        let mut curves: Vec<ChartCurve> = order.into_iter().rev().map(curve).collect();
        curves.extend(answer.map(curve));
        curves.extend(answer.and_then(|index| interval(&report.restarts[index], palette)));
        if report.config.spec.is_penalised() {
            curves.extend(answer.map(|index| objective(&report.restarts[index].restart, palette)));
        }
        Self {
            x: text!("step"),
            y: report.config.spec.title(),
            logarithmic: false,
            curves,
            dots: Vec::new(),
        }
    }

    /// The lab results of one quantity against the predicted values, with the line on which both agree; a head's
    /// prediction has its interval to both sides.
    pub fn comparisons(quantity: Quantity, all: &[LabComparison], palette: &Palette) -> Self {
        let [blue, ..] = palette.curves();
        let of: Vec<&LabComparison> =
            all.iter().filter(|comparison| comparison.predicted.quantity == quantity).collect();
        let title = of.first().map_or_else(|| quantity.word(), |first| first.title());
        // Both axes have the same range.
        let values = || {
            let ends = |c: &&LabComparison| [c.predicted.low, c.predicted.high];
            let ends = of.iter().flat_map(ends).flatten();
            of.iter().flat_map(|c| [c.predicted.value, c.measured]).chain(ends)
        };
        let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
        let line = |points, colour, dashed| ChartCurve {
            name: Text::default(),
            points,
            colour,
            width: 1.4,
            dashed,
        };
        let mut curves = vec![line(vec![[low, low], [high, high]], palette.weak_text, true)];
        curves.extend(of.iter().filter_map(|c| {
            let ends = [c.predicted.low?, c.predicted.high?].map(|x| [x, c.measured]);
            Some(line(ends.to_vec(), faded(blue, 0.6), false))
        }));
        let dot = |c: &&LabComparison| Dot {
            at: [c.predicted.value, c.measured],
            name: Text::verbatim(&c.id),
            colour: blue,
        };
        Self {
            x: text!("predicted: {quantity}", quantity = title.clone()),
            y: text!("measured: {quantity}", quantity = title),
            logarithmic: false,
            curves,
            dots: of.iter().map(dot).collect(),
        }
    }

    /// The picture as SVG.
    pub fn svg(&self, page: &PictureSize) -> String {
        let ([width, height], palette) = (page.points(), page.palette);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" \
             font-family=\"{FONT}\">\n<rect width=\"{}\" height=\"{}\" {}/>\n",
            n(page.scale() * width),
            n(page.scale() * height),
            n(width),
            n(height),
            n(width),
            n(height),
            paint("fill", palette.canvas),
        );
        out += &self.body(page.points(), palette);
        out + "</svg>\n"
    }

    /// The picture without its canvas, in an area of `[width, height]` points.
    pub(in crate::export) fn body(&self, [width, height]: [f64; 2], palette: &Palette) -> String {
        let [left, top, right, bottom] = MARGINS;
        let (right, bottom) = (width - right, height - bottom);
        let [xs, ys] = self.ranges();
        let place = |[x, y]: [f64; 2]| {
            let share = |v: f64, (low, high): (f64, f64)| (v - low) / (high - low);
            [left + share(x, xs) * (right - left), bottom - share(y, ys) * (bottom - top)]
        };
        let line = |from, to, colour| {
            let d = path([from, to].into_iter());
            format!("<path d=\"{d}\" stroke-width=\"1\" {}/>\n", paint("stroke", colour))
        };
        let mut out = String::new();
        let grid = faded(palette.weak_text, 0.25);
        for value in ticks(ys, self.logarithmic) {
            let [_, y] = place([xs.0, value]);
            out += &line([left, y], [right, y], grid);
            let shown = if self.logarithmic { 10f64.powf(value) } else { value };
            out += &word([left - 10.0, y + 4.5], "end", 13.0, 400, &tick(shown), palette.text);
        }
        for value in ticks(xs, false) {
            let [x, _] = place([value, ys.0]);
            out += &line([x, bottom], [x, bottom + 5.0], palette.weak_text);
            out += &word([x, bottom + 22.0], "middle", 13.0, 400, &tick(value), palette.text);
        }
        out += &line([left, bottom], [right, bottom], palette.weak_text);
        for curve in &self.curves {
            out += &self.line(curve, &place);
        }
        for dot in &self.dots {
            let [x, y] = place(dot.at);
            let (fill, [cx, cy]) = (paint("fill", dot.colour), [x, y].map(n));
            out += &format!("<circle cx=\"{cx}\" cy=\"{cy}\" r=\"5\" {fill}/>\n");
            // The text stands on the side of the dot that has more space.
            let (anchor, beside) =
                if x > 0.5 * (left + right) { ("end", -9.0) } else { ("start", 9.0) };
            out += &word(
                [x + beside, y - 7.0],
                anchor,
                13.0,
                400,
                &dot.name.to_string(),
                palette.text,
            );
        }
        let middle = [0.5 * (left + right), height - 14.0];
        out += &word(middle, "middle", 14.0, 600, &self.x.to_string(), palette.text);
        out += &word([left, 28.0], "start", 14.0, 600, &self.y.to_string(), palette.text);
        out + &self.legend(right, palette)
    }

    fn line(&self, curve: &ChartCurve, place: &impl Fn([f64; 2]) -> [f64; 2]) -> String {
        let dash = if curve.dashed { " stroke-dasharray=\"7 5\"" } else { "" };
        let mut d = String::new();
        for part in curve.points.split(|[_, y]| !self.height(*y).is_finite()) {
            d += &path(part.iter().map(|&[x, y]| place([x, self.height(y)])));
        }
        format!(
            "<path d=\"{d}\" fill=\"none\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dash} {}/>\n",
            n(curve.width),
            paint("stroke", curve.colour)
        )
    }

    /// Writes the names in one row from the right end, beside the name of the axis.
    fn legend(&self, right: f64, palette: &Palette) -> String {
        let mut out = String::new();
        let mut x = right;
        for curve in self.curves.iter().rev() {
            let name = curve.name.to_string();
            if name.is_empty() {
                continue;
            }
            // The width suffices for any text of this many letters.
            let width = 7.2 * name.chars().count() as f64;
            x -= width;
            out += &word([x, 28.0], "start", 13.0, 400, &name, palette.text);
            let sample =
                ChartCurve { points: vec![[x - 30.0, 23.5], [x - 8.0, 23.5]], ..curve.clone() };
            out += &Self { logarithmic: false, ..self.clone() }.line(&sample, &|point| point);
            x -= 48.0;
        }
        out
    }

    /// The y coordinate of a value before scaling: its logarithm on a logarithmic axis, NaN where there is none.
    fn height(&self, y: f64) -> f64 {
        match self.logarithmic {
            true if y > 0.0 => y.log10(),
            true => f64::NAN,
            false => y,
        }
    }

    /// The lowest and highest coordinate of each axis, never equal.
    fn ranges(&self) -> [(f64, f64); 2] {
        let dots = || self.dots.iter().map(|dot| &dot.at);
        let points = || self.curves.iter().flat_map(|curve| &curve.points).chain(dots());
        let range = |values: &mut dyn Iterator<Item = f64>| {
            let start = (f64::INFINITY, f64::NEG_INFINITY);
            let finite = values.filter(|v| v.is_finite());
            let (low, high) = finite.fold(start, |(low, high), v| (low.min(v), high.max(v)));
            match high.partial_cmp(&low) {
                Some(std::cmp::Ordering::Greater) => (low, high),
                Some(std::cmp::Ordering::Equal) => (low - 0.5, high + 0.5),
                _ => (0.0, 1.0),
            }
        };
        let xs = range(&mut points().map(|[x, _]| *x));
        let (low, high) = range(&mut points().map(|[_, y]| self.height(*y)));
        let air = 0.04 * (high - low);
        // A curve may begin at the edge; a dot needs a margin.
        let side = if self.dots.is_empty() { 0.0 } else { 0.04 * (xs.1 - xs.0) };
        [(xs.0 - side, xs.1 + side), (low - air, high + air)]
    }
}

/// The interval of an answer that is a prediction, at the step at which it was met.
fn interval(found: &RestartReport, palette: &Palette) -> Option<ChartCurve> {
    let Prediction { low, high, .. } = found.best().prediction()?;
    let step = found.restart.best.as_ref()?.step as f64;
    let points = vec![[step, low], [step, high]];
    let name = text!("Its 90 % interval");
    Some(ChartCurve { name, points, colour: palette.star, width: 2.4, dashed: false })
}

/// The objective of a restart over its steps, dashed: a penalised search maximises it.
fn objective(restart: &Restart, palette: &Palette) -> ChartCurve {
    let every = restart.losses.len().div_ceil(MAX_POINTS).max(1);
    let kept = restart.kept_steps().zip(&restart.losses).enumerate();
    let kept = kept.filter(|(i, _)| i % every == 0 || i + 1 == restart.losses.len());
    let points = kept.map(|(_, (step, &loss))| [step as f64, -loss]).collect();
    let name = text!("Its objective");
    ChartCurve { name, points, colour: palette.star, width: 1.8, dashed: true }
}

/// About five round numbers within a range: 1, 2 or 5 times a power of ten apart. On a logarithmic axis, whole powers
/// if there are at least three, else 1, 2 and 5 times them.
fn ticks((low, high): (f64, f64), logarithmic: bool) -> Vec<f64> {
    if logarithmic {
        let powers = (low.floor() as i32..=high.ceil() as i32).map(f64::from);
        let inside = |v: &f64| (low..=high).contains(v);
        let whole: Vec<f64> = powers.clone().filter(inside).collect();
        if whole.len() >= 3 {
            let every = whole.len().div_ceil(6);
            return whole.into_iter().step_by(every).collect();
        }
        let parts = powers.flat_map(|p| [1.0f64, 2.0, 5.0].map(|part| p + part.log10()));
        return parts.filter(inside).collect();
    }
    let rough = (high - low) / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0].map(|part| part * power);
    let step = nice.into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last).map(|k| k as f64 * step).collect()
}

fn word([x, y]: [f64; 2], anchor: &str, size: f64, weight: u32, text: &str, ink: Rgba) -> String {
    format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"{}\" font-weight=\"{weight}\" {}>{}</text>\n",
        n(x),
        n(y),
        n(size),
        paint("fill", ink),
        escaped(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::pictures::png::png;
    use crate::optimise::PredictedValue;

    fn record(epoch: usize) -> EpochRecord {
        EpochRecord {
            epoch,
            updates: 10 * epoch,
            total: 9.0 / epoch as f64,
            reconstruction: 8.0 / epoch as f64,
            kl: 0.5 * epoch as f64,
            held_out_reconstruction: (epoch > 1).then_some(8.5 / epoch as f64),
            stopping_reconstruction: None,
            stopping_heads: None,
            held_out_kl: None,
            heads: None,
            held_out_heads: None,
            sigma: None,
        }
    }

    #[test]
    fn losses_are_drawn_as_far_as_they_were_measured() {
        let history: Vec<EpochRecord> = (1..=40).map(record).collect();
        let chart = Chart::losses(&history, &Palette::LIGHT);
        let names: Vec<String> = chart.curves.iter().map(|curve| curve.name.to_string()).collect();
        assert_eq!(
            names,
            ["Total", "Reconstruction loss", "Reconstruction loss (validation)", "KL"]
        );
        assert_eq!(chart.curves[2].points.len(), 39);
        let page = PictureSize { pixels: [900, 500], palette: &Palette::LIGHT };
        let picture = chart.svg(&page);
        assert!(
            picture.contains(">epoch<") && picture.contains(">Reconstruction loss (validation)<")
        );
        assert!(png(&picture).unwrap().len() > 5000);
    }

    #[test]
    fn what_is_no_number_breaks_a_line_and_nothing_else() {
        let points = vec![[0.0, 1.0], [1.0, f64::NAN], [2.0, 3.0]];
        let curve = ChartCurve {
            name: Text::verbatim("a<b"),
            points,
            colour: [0, 0, 0, 255],
            width: 1.0,
            dashed: false,
        };
        let page = PictureSize { pixels: [400, 300], palette: &Palette::DARK };
        let chart = |curves| Chart {
            x: Text::default(),
            y: Text::default(),
            logarithmic: false,
            curves,
            dots: vec![],
        };
        let picture = chart(vec![curve]).svg(&page);
        assert!(picture.contains("a&lt;b") && !picture.contains("NaN"), "{picture}");
        let empty = chart(vec![]).svg(&page);
        assert!(!empty.contains("NaN") && !empty.contains("inf") && png(&empty).is_ok());
    }

    #[test]
    fn measured_values_stand_over_predicted_ones_with_the_line_between() {
        let comparison = |id: &str, predicted, measured| LabComparison {
            id: id.to_owned(),
            predicted: PredictedValue {
                quantity: Quantity::AREA,
                value: predicted,
                low: Some(predicted - 0.5),
                high: Some(predicted + 0.5),
                unit: String::new(),
            },
            measured,
            unit: "m2".to_owned(),
        };
        let all = [comparison("c1-aa", 1.0, 3.0), comparison("c2-aa", 2.0, 2.0)];
        let chart = Chart::comparisons(Quantity::AREA, &all, &Palette::LIGHT);
        assert_eq!(chart.curves[0].points, [[0.5, 0.5], [3.0, 3.0]], "the diagonal");
        assert_eq!(chart.curves[1].points, [[0.5, 3.0], [1.5, 3.0]], "the interval");
        assert_eq!((chart.dots[0].at, chart.dots[1].at), ([1.0, 3.0], [2.0, 2.0]));
        let picture = chart.svg(&PictureSize { pixels: [600, 500], palette: &Palette::LIGHT });
        assert!(picture.contains(">c1-aa<") && picture.contains(">measured: area [m2]<"));
        assert_eq!(picture.matches("<circle").count(), 2);
        assert!(png(&picture).unwrap().len() > 3000);
        let none = Chart::comparisons(Quantity::AREA, &[], &Palette::LIGHT);
        assert!(
            !none
                .svg(&PictureSize { pixels: [600, 500], palette: &Palette::LIGHT })
                .contains("inf")
        );
    }

    #[test]
    fn ticks_are_round_numbers_inside() {
        assert_eq!(ticks((0.0, 50.0), false), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(ticks((-1.2, 2.1), true), [-1.0, 0.0, 1.0, 2.0]);
        let narrow: Vec<f64> =
            ticks((0.1, 0.8), true).iter().map(|v| 10f64.powf(*v).round()).collect();
        assert_eq!(narrow, [2.0, 5.0]);
    }
}
