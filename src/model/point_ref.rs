//! One syntax to name a point of the latent space, on the command line and in the window: `z:0.1,-0.3`, `row:17`,
//! `name:naca2412`, `family:star`, `pin:1`, `mean` or `file:shape.csv`.

use super::Model;
use crate::data::names::index::NameIndex;
use crate::data::outline::conform;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::data::table::{NamedRows, TableForm, TableSchema, read_as};
use crate::error::{Error, Result};
use crate::text;
use crate::text::{Text, suggestion};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The forms of a point's name, for the help of every command that takes one.
pub fn syntax() -> Text {
    text!(
        "A POINT is one of\n  \
        z:0.1,-0.3        a latent point; the numbers alone will do\n  \
        row:17            row 17 of the data, counted from 1\n  \
        name:naca2412     the row of the data with this name; imported shapes have names\n  \
        family:star       the mean of a family's encoded shapes\n  \
        mean              the mean of all encoded shapes\n  \
        file:shape.csv    an outline of your own (.csv, .dat or .svg), in any position, size and number of points; \
                          for a model of a table a row of your own (.csv with a header)\n\
        Shapes of a file, and rows that were imported, have a frame: where and as large as they stood. What a table \
        gives of them or of what began with them stands in that frame; everything else is in data units."
    )
}

/// The name of a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PointRef {
    /// A latent point, `[latent]`.
    Latent(Vec<f64>),
    /// A row of the data, counted from 1.
    Row(usize),
    /// The row of the data with this name.
    Name(String),
    /// The mean of a family's encoded data.
    Family(String),
    /// A pin of the window, counted from 1.
    Pin(usize),
    /// The mean of all encoded data.
    Mean,
    /// The outline, or outlines, of a file.
    File(PathBuf),
}

impl FromStr for PointRef {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let text = text.trim();
        let no_point = || {
            text!(
                "'{text}' names no point; name it as z:NUMBERS, row:N, name:NAME, family:NAME, mean or file:PATH",
                text
            )
        };
        let Some((kind, rest)) = text.split_once(':') else {
            return match text {
                "mean" => Ok(Self::Mean),
                _ if text.contains(',') || text.parse::<f64>().is_ok() => {
                    numbers(text).map(Self::Latent)
                }
                _ => Err(no_point()),
            };
        };
        let place = rest.trim().parse().ok().filter(|place: &usize| *place > 0);
        match kind {
            "z" => numbers(rest).map(Self::Latent),
            "row" => place
                .map(Self::Row)
                .ok_or_else(|| text!("'{rest}' is no row; rows are counted from 1", rest)),
            "pin" => place
                .map(Self::Pin)
                .ok_or_else(|| text!("'{rest}' is no pin; pins are counted from 1", rest)),
            "name" if !rest.is_empty() => Ok(Self::Name(rest.to_owned())),
            "family" if !rest.is_empty() => Ok(Self::Family(rest.to_owned())),
            "mean" if rest.is_empty() => Ok(Self::Mean),
            "file" if !rest.is_empty() => Ok(Self::File(PathBuf::from(rest))),
            _ => Err(no_point()),
        }
    }
}

impl From<PointRef> for String {
    fn from(point: PointRef) -> Self {
        point.to_string()
    }
}

impl TryFrom<String> for PointRef {
    type Error = Text;

    fn try_from(text: String) -> std::result::Result<Self, Text> {
        text.parse()
    }
}

/// Finite numbers with commas between them.
fn numbers(text: &str) -> std::result::Result<Vec<f64>, Text> {
    let number = |word: &str| {
        let number = word.trim().parse().ok().filter(|v: &f64| v.is_finite());
        number.ok_or_else(|| text!("'{word}' is not a finite number", word = word.trim()))
    };
    text.split(',').map(number).collect()
}

impl fmt::Display for PointRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latent(z) => {
                let numbers: Vec<String> = z.iter().map(f64::to_string).collect();
                write!(f, "z:{}", numbers.join(","))
            }
            Self::Row(row) => write!(f, "row:{row}"),
            Self::Name(name) => write!(f, "name:{name}"),
            Self::Family(name) => write!(f, "family:{name}"),
            Self::Pin(pin) => write!(f, "pin:{pin}"),
            Self::Mean => f.write_str("mean"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// A named point with its latent coordinates and its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// The name of the shape: that of a row or a family, or the name in its file; empty if it has none.
    pub name: String,
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// The shape, `[input]` in data units: the outline that was encoded as `z`, else the outline that `z` decodes to.
    pub outline: Vec<f32>,
    /// The frame of the shape before it was converted to data units; none if it always was in data units.
    pub frame: Option<SimilarityTransform>,
}

impl PointRef {
    /// The file to read, if the name is that of a file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }

    /// The row of the data, counted from 0, if the name is that of a row.
    ///
    /// # Errors
    /// When the data have no such row.
    fn sample(&self, model: &Model) -> Result<Option<usize>> {
        match self {
            Self::Row(row) => sample_of_number(model, *row).map(Some),
            Self::Name(name) => sample_of_name(model, name).map(Some),
            _ => Ok(None),
        }
    }

    /// The encoded row, counted from 0, if the name is that of a row whose point the model keeps.
    ///
    /// # Errors
    /// When the data have no such row.
    pub fn row(&self, model: &Model) -> Result<Option<usize>> {
        Ok(self.sample(model)?.and_then(|sample| encoded_row(model, sample)))
    }

    /// The single point of this name; `pins` are the pins of the window, `[pins][latent]`.
    ///
    /// # Errors
    /// As [`Self::all`], and when a file holds several outlines.
    pub fn one(&self, model: &Model, pins: &[Vec<f64>]) -> Result<Endpoint> {
        let mut all = self.all(model, pins)?;
        match (all.len(), self.file()) {
            (count, Some(path)) if count > 1 => {
                let problem =
                    text!("holds {number} outlines; name a file with one", number = count);
                Err(Error::file(path, problem))
            }
            _ => Ok(all.swap_remove(0)),
        }
    }

    /// Every point of this name, at least one: for a file one for each outline, otherwise one.
    ///
    /// # Errors
    /// Names the file that cannot be read, or the missing point and the points that exist.
    pub fn all(&self, model: &Model, pins: &[Vec<f64>]) -> Result<Vec<Endpoint>> {
        let one = match self {
            Self::Latent(z) => Endpoint::of_latent(model, z.clone()),
            Self::Row(_) | Self::Name(_) => {
                let sample = self.sample(model)?.unwrap_or_default();
                match encoded_row(model, sample) {
                    Some(row) => Endpoint::of_row(model, row),
                    None => Endpoint::of_sample(model, sample),
                }
            }
            Self::Family(name) => Endpoint::of_family(model, name),
            Self::Mean => Endpoint::of_latent(model, data_mean(model))
                .map(|point| Endpoint { name: "mean".to_owned(), ..point }),
            Self::Pin(pin) => match pins.get(pin - 1) {
                Some(z) => Endpoint::of_latent(model, z.clone()),
                None => Err(no_pin(*pin, pins.len())),
            },
            Self::File(path) => return of_file(model, path),
        };
        one.map(|point| vec![point])
    }
}

fn no_pin(pin: usize, pins: usize) -> Error {
    let there_are = match pins {
        0 => text!("there are no pins: a right-click on the map of the window makes one"),
        1 => text!("there is pin 1"),
        pins => text!("there are pins 1 to {pins}", pins),
    };
    Error::mismatch(Text::joined([text!("there is no pin {pin}", pin), there_are], "; "))
}

/// The encoded row for a row of the data, both counted from 0, if the model keeps its point.
fn encoded_row(model: &Model, sample: usize) -> Option<usize> {
    model.encoded.samples.iter().position(|&own| own as usize == sample)
}

/// The row of the data with this number, which is counted from 1.
fn sample_of_number(model: &Model, row: usize) -> Result<usize> {
    let rows = model.source()?.samples();
    if row == 0 || row > rows {
        return Err(Error::mismatch(text!(
            "the data have rows 1 to {rows}; there is no row {row}",
            rows,
            row
        )));
    }
    Ok(row - 1)
}

/// The row of the data with this name, counted from 0, as [`NameIndex::find`] has it.
fn sample_of_name(model: &Model, name: &str) -> Result<usize> {
    let ids = model.data.as_ref().map_or(&[][..], |set| &set.ids);
    if ids.is_empty() {
        let rows = model.source()?.samples();
        let problem =
            text!("the shapes of this model have no names; name them row:1 to row:{rows}", rows);
        return Err(Error::mismatch(problem));
    }
    match NameIndex::new(ids.iter().map(String::as_str)).find(name) {
        Some(sample) => Ok(sample),
        None => {
            let problem = text!("the data have no shape called '{name}'", name);
            Err(Error::mismatch(Text::joined([problem, suggestion(name, ids)], "; ")))
        }
    }
}

fn of_file(model: &Model, path: &Path) -> Result<Vec<Endpoint>> {
    if let Some(schema) = model.domain().table() {
        return rows_of_file(model, schema, path);
    }
    let outlines = conform::read(path, model.source()?)?;
    let flat = outlines.iter().flat_map(|o| o.outline.iter().copied()).collect();
    let (mu, _) = model.encode(&Rows::from_flat(model.input_dim(), flat))?;
    let place = |(index, (outline, z)): (usize, (conform::Conformed, &[f64]))| {
        let point = Endpoint {
            name: outline.name,
            z: z.to_vec(),
            outline: outline.outline,
            frame: Some(outline.transform),
        };
        point.is_finite().then_some(point).ok_or_else(|| {
            Error::file(
                path,
                text!("outline {index} is too large to be encoded", index = index + 1),
            )
        })
    };
    outlines.into_iter().zip(mu.iter()).enumerate().map(place).collect()
}

/// The rows of a table in a file, each at its encoding.
fn rows_of_file(model: &Model, schema: &TableSchema, path: &Path) -> Result<Vec<Endpoint>> {
    let form = TableForm::default();
    let NamedRows { names, rows, .. } = read_as(path, schema, None, model.named_by(), &form)?;
    let (mu, _) = model.encode(&rows)?;
    let point = |((name, row), z): ((String, &[f32]), &[f64])| Endpoint {
        name,
        z: z.to_vec(),
        outline: row.to_vec(),
        frame: None,
    };
    Ok(names.into_iter().zip(rows.iter()).zip(mu.iter()).map(point).collect())
}

impl Endpoint {
    /// A latent point with its decoded shape.
    ///
    /// # Errors
    /// When `z` has not the width of the latent, or is too far out to be decoded.
    pub fn of_latent(model: &Model, z: Vec<f64>) -> Result<Self> {
        if z.len() != model.latent_dim() {
            let (dim, given) = (model.latent_dim(), z.len());
            return Err(Error::mismatch(text!(
                "the model's latent has {dim} dimensions, not {given}",
                dim,
                given
            )));
        }
        let outline = model.decode(&Rows::from_flat(z.len(), z.clone()))?.into_flat();
        let point = Self { name: String::new(), z, outline, frame: None };
        point.is_finite().then_some(point).ok_or_else(|| {
            Error::mismatch(text!("the point is too far out to be decoded; choose one nearer"))
        })
    }

    /// Encoded row `row`, counted from 0, at its encoded mean; an imported shape has the frame of its file.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn of_row(model: &Model, row: usize) -> Result<Self> {
        let rows = model.encoded.mu.len();
        if row >= rows {
            let problem =
                text!("the data have rows 1 to {rows}; there is no row {row}", rows, row = row + 1);
            return Err(Error::mismatch(problem));
        }
        let sample = model.encoded.samples[row] as usize;
        let set = model.data.as_ref();
        let transforms = set.map_or(&[][..], |set| &set.transforms);
        Ok(Self {
            name: model
                .row_id(row)
                .map_or_else(|| format!("row {}", model.row_number(row)), str::to_owned),
            z: model.encoded.mu.row(row).to_vec(),
            outline: model.training_row(row),
            frame: transforms.get(sample).copied(),
        })
    }

    /// Row `sample` of the data, counted from 0, at the mean that it is encoded as now; an imported shape has the frame of
    /// its file.
    ///
    /// # Errors
    /// When the model holds no such data.
    fn of_sample(model: &Model, sample: usize) -> Result<Self> {
        let data = model.training_data()?;
        let outline = data.set.rows.row(sample).to_vec();
        let row = Rows::from_flat(outline.len(), outline.clone());
        let name = data.set.ids.get(sample).cloned();
        Ok(Self {
            name: name.unwrap_or_else(|| format!("row {}", sample + 1)),
            z: model.encode(&row)?.0.into_flat(),
            outline,
            frame: data.set.transforms.get(sample).copied(),
        })
    }

    /// The mean of a family's encoded data with its decoded shape.
    ///
    /// # Errors
    /// Lists the families of the model when `name` is none of them, or has no data.
    pub fn of_family(model: &Model, name: &str) -> Result<Self> {
        let names = &model.encoded.names;
        let label = names.iter().position(|other| other.eq_ignore_ascii_case(name));
        match label.and_then(|label| Some((label, family_mean(model, label)?))) {
            Some((label, mean)) => {
                Ok(Self { name: names[label].clone(), ..Self::of_latent(model, mean)? })
            }
            None => {
                let problem = text!("'{name}' is no family of the model", name);
                Err(Error::mismatch(Text::joined([problem, suggestion(name, names)], "; ")))
            }
        }
    }

    fn is_finite(&self) -> bool {
        self.z.iter().all(|v| v.is_finite()) && self.outline.iter().all(|v| v.is_finite())
    }
}

/// The frames of shapes at these shares of the distance between two points, `[shares]`: interpolated from one frame to
/// the other. If one end has no frame, all have that of the other; none if neither has one.
pub fn frames_between(ends: &[Endpoint; 2], shares: &[f64]) -> Vec<Option<SimilarityTransform>> {
    let [from, to] = ends.each_ref().map(|end| end.frame);
    let frame = |&share: &f64| Some(from.or(to)?.towards(&to.or(from)?, share));
    shares.iter().map(frame).collect()
}

/// The mean of the encoded data with a label, `[latent]`; none without such data.
pub fn family_mean(model: &Model, label: usize) -> Option<Vec<f64>> {
    let labels = model.encoded.labels.iter();
    mean_of(model, labels.map(|&l| usize::from(l) == label))
}

/// The mean of all encoded data, `[latent]`; the origin without data.
pub fn data_mean(model: &Model) -> Vec<f64> {
    mean_of(model, std::iter::repeat(true)).unwrap_or_else(|| vec![0.0; model.latent_dim()])
}

fn mean_of(model: &Model, counts: impl Iterator<Item = bool>) -> Option<Vec<f64>> {
    let (mut sum, mut count) = (vec![0.0; model.latent_dim()], 0);
    for (z, _) in model.encoded.mu.iter().zip(counts).filter(|(_, counts)| *counts) {
        sum.iter_mut().zip(z).for_each(|(sum, z)| *sum += z);
        count += 1;
    }
    (count > 0).then(|| sum.into_iter().map(|s| s / f64::from(count)).collect())
}

impl Model {
    /// The name of the shape in encoded row `row`, counted from 0; none if shapes have no names.
    pub fn row_id(&self, row: usize) -> Option<&str> {
        let sample = *self.encoded.samples.get(row)? as usize;
        self.data.as_ref()?.ids.get(sample).map(String::as_str)
    }

    /// The number of encoded row `row` in the data, counted from 1, as in `row:17`.
    pub fn row_number(&self, row: usize) -> usize {
        self.encoded.samples.get(row).map_or(row, |&sample| sample as usize) + 1
    }

    /// The title of a row: `naca2412 (row 17)`, or `row 17` if shapes have no names.
    pub fn row_title(&self, row: usize) -> Text {
        let number = self.row_number(row);
        match self.row_id(row) {
            Some(id) if id != number.to_string() => text!("{id} (row {number})", id, number),
            _ => text!("row {number}", number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn names_are_read_and_written_in_one_form() {
        let point = |text: &str| text.parse::<PointRef>();
        for (text, expected) in [
            ("z:0.1,-0.3", PointRef::Latent(vec![0.1, -0.3])),
            ("row:17", PointRef::Row(17)),
            ("name:naca 2412", PointRef::Name("naca 2412".to_owned())),
            ("family:star", PointRef::Family("star".to_owned())),
            ("pin:1", PointRef::Pin(1)),
            ("mean", PointRef::Mean),
            ("file:a:b.csv", PointRef::File("a:b.csv".into())),
        ] {
            assert_eq!(point(text).as_ref(), Ok(&expected));
            assert_eq!(expected.to_string(), text);
        }
        assert_eq!(point("-0.5, 2e-1"), Ok(PointRef::Latent(vec![-0.5, 0.2])));
        assert_eq!(point("0.5"), Ok(PointRef::Latent(vec![0.5])));
        assert!(point("row:0").unwrap_err().to_string().contains("counted from 1"));
        assert!(point("row:x").unwrap_err().to_string().contains("'x'"));
        assert!(point("z:a").unwrap_err().to_string().contains("'a'"));
        for wrong in ["", "star", "file:", "zz:1", "name:", "mean:3"] {
            assert!(point(wrong).unwrap_err().to_string().contains("row:N"), "{wrong}");
        }
    }

    #[test]
    fn a_row_is_the_shape_itself_and_a_point_what_it_decodes_to() {
        let model = BUNDLED[0].load().unwrap();
        let row = PointRef::Row(17).one(&model, &[]).unwrap();
        assert_eq!((row.outline.clone(), row.frame), (model.training_row(16), None));
        assert_eq!(model.row_title(16).to_string(), "row 17");
        let point = Endpoint::of_latent(&model, row.z.clone()).unwrap();
        assert_eq!(point.outline, model.decode(&Rows::from_flat(2, row.z)).unwrap().into_flat());
        let pin = PointRef::Pin(1).one(&model, std::slice::from_ref(&point.z)).unwrap();
        assert_eq!(pin, point);
    }

    #[test]
    fn a_family_stands_at_the_middle_of_its_data() {
        let model = BUNDLED[0].load().unwrap();
        let star = Endpoint::of_family(&model, "Star").unwrap();
        let label = model.encoded.names.iter().position(|name| name == "star").unwrap();
        let rows: Vec<usize> = (0..model.encoded.mu.len())
            .filter(|&i| usize::from(model.encoded.labels[i]) == label)
            .collect();
        let mean: f64 = rows.iter().map(|&i| model.encoded.mu.row(i)[1]).sum::<f64>();
        assert!((star.z[1] - mean / rows.len() as f64).abs() < 1e-12);
    }

    #[test]
    fn points_that_there_are_not_are_named_with_those_there_are() {
        let model = BUNDLED[0].load().unwrap();
        let message = |text: &str| {
            text.parse::<PointRef>().unwrap().one(&model, &[]).unwrap_err().to_string()
        };
        assert!(says(&message("z:0,0,0"), "2 .. 3"));
        assert!(message("z:1e300,0").contains("too far out"));
        assert!(says(&message("row:5001"), "1 to 5000 .. 5001"));
        assert!(message("family:boat").contains("circle, ellipse"));
        assert!(message("family:trangle").contains("'triangle'"));
        assert!(says(&message("name:a"), "row:1 .. row:5000"));
        assert!(message("pin:2").contains("pin 2"));
    }
}
