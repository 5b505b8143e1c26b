//! The kind of the rows that a model is of: what can be computed from a row, and when a row is valid.
//!
//! All quantities that are computed go through a few numbers of each row, its *base* `[n, k]`: signed area and perimeter
//! of outlines, and for a table every value of the row itself. A quantity is a scalar function of the base, so that the
//! gradient of any number of quantities goes back to the rows at once.

use super::outline::canonical::form_distance;
use super::outline::polygon::Polygons;
use super::outline::quantities::{OutlineQuantity, Slopes};
use super::outline::{geometry, geometry_graph};
use super::quantity::Quantity;
use super::rows::Rows;
use super::scaling::{Scaling, clip, fill_blanks};
use super::table::{OutsideValue, TableDomain, TableSchema};
use crate::numerics::format::three_digits;
use crate::numerics::statistics::quantile::quantile;
use crate::text;
use crate::text::Text;
use candle_core::Tensor;
use serde::{Deserialize, Serialize};

/// The kind of the rows of a data set or a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Outlines of ordered points.
    Outline(OutlineDomain),
    /// Rows of the columns of a table.
    Table(TableDomain),
}

/// The facts on all outlines of a model that quantities need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutlineDomain {
    /// The median area of the outlines of the data, in squared data units.
    pub median_area: f64,
}

impl OutlineDomain {
    /// The area at and below which heat shedding means nothing; as a divisor, above 0.
    fn least_area(self, quantity: OutlineQuantity) -> f64 {
        quantity.least_area(self.median_area).unwrap_or(0.0).max(1e-30)
    }
}

/// Rows as they were measured; made once, used often.
#[derive(Debug, Default)]
pub struct Measures {
    /// The base of each row, `[n, k]`.
    pub base: Vec<f32>,
    polygons: Polygons,
}

/// The validity of one row, each number with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Validity {
    /// The validity of an outline.
    Outline(OutlineValidity),
    /// The validity of a row of a table.
    Table(TableValidity),
}

/// The validity of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OutlineValidity {
    /// True if the outline is finite and does not cross itself.
    pub simple: bool,
    /// The [roughness](geometry::roughness) of the outline.
    pub roughness: f64,
    /// The limit of the roughness: that of 99 % of the held-out data.
    pub usual_roughness: f64,
}

/// The validity of a row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TableValidity {
    /// The value that is farthest outside the training data of its column; none if all lie within them.
    pub outside: Option<OutsideValue>,
}

/// The defect of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// An outline that crosses itself.
    Crossing,
    /// An outline that is rougher than the data.
    Roughness,
    /// A value outside the training data of its column.
    Range,
}

impl Validity {
    /// The first defect; none if the row is valid.
    pub fn defect(&self) -> Option<Defect> {
        match self {
            Self::Outline(OutlineValidity { simple: false, .. }) => Some(Defect::Crossing),
            Self::Outline(OutlineValidity { roughness, usual_roughness, .. }) => {
                // NaN fails.
                let is_rough = roughness.is_nan() || roughness > usual_roughness;
                is_rough.then_some(Defect::Roughness)
            }
            Self::Table(TableValidity { outside }) => outside.map(|_| Defect::Range),
        }
    }

    /// The validity of an outline; none for a row of a table.
    pub fn outline(&self) -> Option<OutlineValidity> {
        match self {
            Self::Outline(outline) => Some(*outline),
            Self::Table(_) => None,
        }
    }
}

impl Default for Domain {
    fn default() -> Self {
        Self::Outline(OutlineDomain::default())
    }
}

impl Domain {
    /// The domain of rows of these columns.
    ///
    /// # Errors
    /// As [`TableDomain::new`].
    pub fn of_table(schema: TableSchema) -> Result<Self, Text> {
        TableDomain::new(schema).map(Self::Table)
    }

    /// The columns of a table; none for outlines.
    pub fn table(&self) -> Option<&TableSchema> {
        match self {
            Self::Outline(_) => None,
            Self::Table(table) => Some(table.schema()),
        }
    }

    /// Draws far values of rows in network units, `[n, input]`, nearer, as a network reads and learns them; of outlines none.
    pub fn clip(&self, network: &mut [f32]) {
        match self {
            Self::Outline(_) => {}
            Self::Table(_) => clip(network),
        }
    }

    /// Replaces the blanks of rows in network units, `[n, input]`, as a network reads them. Outlines have none.
    pub fn fill_blanks(&self, network: &mut [f32]) {
        match self {
            Self::Outline(_) => {}
            Self::Table(_) => fill_blanks(network),
        }
    }

    /// Rows `[n, width]` as a network reads them: in its units, clipped, without blanks.
    pub fn read(&self, rows: &Rows<f32>, scaling: &Scaling) -> Rows<f32> {
        let mut read = scaling.apply(rows).into_flat();
        self.clip(&mut read);
        self.fill_blanks(&mut read);
        Rows::from_flat(rows.width(), read)
    }

    /// The same domain with the facts on these rows of the data: for quantities of outlines those of all rows, and the
    /// ranges of a table are those of the rows that are not `held_out [rows]`.
    pub fn fitted(&self, rows: &Rows<f32>, held_out: &[bool]) -> Self {
        match self {
            Self::Table(table) => {
                let both = rows.iter().zip(held_out);
                Self::Table(table.with_ranges(both.filter(|(_, held)| !**held).map(|(row, _)| row)))
            }
            Self::Outline(_) => {
                let median_area = quantile(rows.iter().map(geometry::area), 0.5).unwrap_or(0.0);
                Self::Outline(OutlineDomain { median_area })
            }
        }
    }

    /// The facts on the data, each with its name.
    pub fn facts(&self) -> Vec<(Text, Text)> {
        match self {
            Self::Outline(OutlineDomain { median_area }) => {
                vec![(text!("median area"), Text::verbatim(three_digits(*median_area)))]
            }
            Self::Table(table) => {
                let columns = &table.schema().columns;
                let numbers = columns.iter().filter(|column| column.is_number()).count();
                let numbers_in_words = text!(
                    "{count} column of numbers" | "{count} columns of numbers",
                    count = numbers
                );
                let categories = text!(
                    "{count} category" | "{count} categories",
                    count = columns.len() - numbers
                );
                vec![(text!("columns"), Text::joined([numbers_in_words, categories], ", "))]
            }
        }
    }

    /// Fails where the facts are those of no data.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), Text> {
        match self {
            Self::Outline(OutlineDomain { median_area })
                if !(median_area.is_finite() && *median_area > 0.0) =>
            {
                Err(text!("its statistics are not those of outlines"))
            }
            Self::Table(table) if !table.schema().is_sound() => {
                Err(text!("its columns are not those of a table"))
            }
            Self::Outline(_) | Self::Table(_) => Ok(()),
        }
    }

    /// The quantities that are computed from a row, in the order of menus.
    pub fn quantities(&self) -> Vec<Quantity> {
        match self {
            Self::Outline(_) => OutlineQuantity::ALL.map(Quantity::from).to_vec(),
            Self::Table(table) => table.names().iter().copied().map(Quantity::computed).collect(),
        }
    }

    /// The index of a quantity in [`Self::quantities`]; none if it is not computed.
    pub fn index(&self, quantity: Quantity) -> Option<usize> {
        match self {
            Self::Outline(_) => {
                OutlineQuantity::ALL.into_iter().position(|known| Quantity::from(known) == quantity)
            }
            Self::Table(table) => {
                let place = table.names().iter().position(|name| *name == quantity.column());
                place.filter(|_| !quantity.is_predicted())
            }
        }
    }

    /// The numbers of a row that its quantities are functions of: `k`.
    pub fn base_width(&self) -> usize {
        match self {
            Self::Outline(_) => 2,
            Self::Table(table) => table.names().len(),
        }
    }

    /// Measures `rows [n, input]` in network units, for the way back too if `there_and_back`.
    pub fn measure(
        &self,
        rows: &[f32],
        units: &Scaling,
        measures: &mut Measures,
        there_and_back: bool,
    ) {
        let Measures { base, polygons } = measures;
        match self {
            Self::Outline(_) => polygons.measure(rows, units, base, there_and_back),
            Self::Table(_) => {
                base.resize(rows.len(), 0.0);
                units.undo(rows, base);
            }
        }
    }

    /// From the gradient by the base, `[n, k]`, to that by the rows, `[n, input]` in network units.
    pub fn pull_back(
        &self,
        units: &Scaling,
        measures: &Measures,
        of_base: &[f32],
        of_rows: &mut Vec<f32>,
    ) {
        match self {
            Self::Outline(_) => measures.polygons.pull_back(units, of_base, of_rows),
            Self::Table(_) => {
                of_rows.clone_from(&measures.base);
                units.slopes(of_rows);
                of_rows.iter_mut().zip(of_base).for_each(|(slope, of_base)| *slope *= of_base);
            }
        }
    }

    /// The value of the quantity with this index for a row with this base, `[k]`.
    pub fn value_at(&self, index: usize, base: &[f32]) -> f64 {
        match self {
            Self::Outline(outlines) => outline_slopes(*outlines, index, base).value,
            Self::Table(_) => f64::from(base[index]),
        }
    }

    /// Adds to the gradient by the base, `[k]`, that of the quantity with this index times `slope`.
    pub fn add_slope(&self, index: usize, base: &[f32], slope: f64, of_base: &mut [f32]) {
        match self {
            Self::Outline(outlines) => {
                let Slopes { by_area, by_perimeter, .. } = outline_slopes(*outlines, index, base);
                of_base[0] += (slope * by_area) as f32;
                of_base[1] += (slope * by_perimeter) as f32;
            }
            Self::Table(_) => of_base[index] += slope as f32,
        }
    }

    /// True if the quantity with this index is defined for a row with this base.
    pub fn is_defined_at<T: Copy + Into<f64>>(&self, index: usize, base: &[T]) -> bool {
        match self {
            Self::Outline(outlines) => {
                let least = OutlineQuantity::ALL[index].least_area(outlines.median_area);
                least.is_none_or(|least| base[0].into() > least)
            }
            Self::Table(_) => base[index].into().is_finite(),
        }
    }

    /// [`Self::measure`] as a graph, of rows in data units: `[n, input] -> [n, k]`.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn measure_graph(&self, rows: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Self::Outline(_) => geometry_graph::measure(rows),
            Self::Table(_) => Ok(rows.clone()),
        }
    }

    /// [`Self::value_at`] as a graph: `[n, k] -> [n]`.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn value_graph(&self, index: usize, base: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Self::Outline(outlines) => {
                let quantity = OutlineQuantity::ALL[index];
                geometry_graph::value(quantity, base, outlines.least_area(quantity))
            }
            Self::Table(_) => base.narrow(1, index, 1)?.squeeze(1),
        }
    }

    /// The value of a quantity for one row in data units; NaN where it is not computed.
    pub fn value(&self, quantity: Quantity, row: &[f32]) -> f64 {
        let Some(index) = self.index(quantity) else { return f64::NAN };
        match self {
            Self::Outline(_) => OutlineQuantity::ALL[index].measure(row),
            Self::Table(_) => f64::from(row[index]),
        }
    }

    /// The quantities of every row, `[n, input] -> [n, quantities]`, in the precision of the rows.
    pub fn values_of(&self, rows: &Rows<f32>) -> Rows<f64> {
        match self {
            Self::Outline(_) => {
                let all = OutlineQuantity::ALL;
                let values = rows.iter().flat_map(|row| all.map(|quantity| quantity.measure(row)));
                Rows::from_flat(all.len(), values.map(|v| f64::from(v as f32)).collect())
            }
            Self::Table(_) => {
                let values = rows.as_flat().iter().copied().map(f64::from).collect();
                Rows::from_flat(rows.width(), values)
            }
        }
    }

    /// The least divisor of a relative change of the computed quantity with this index: 0 for outlines, whose quantities
    /// are above 0; the range of a column, whose values may lie near 0.
    pub fn change_scale(&self, index: usize) -> f64 {
        match self {
            Self::Outline(_) => 0.0,
            Self::Table(table) => table.range_at(index),
        }
    }

    /// The indices of the computed quantities in which two rows of a table differ most, in shares of their ranges,
    /// greatest first; none for outlines, whose rows are points.
    pub fn most_different(&self, a: &[f32], b: &[f32], most: usize) -> Vec<usize> {
        let Self::Table(table) = self else { return Vec::new() };
        let (a, b) = (table.normalised(a), table.normalised(b));
        let apart = |index: &usize| (a[*index] - b[*index]).abs();
        let mut order: Vec<usize> = (0..a.len()).collect();
        order.sort_by(|x, y| apart(y).total_cmp(&apart(x)));
        order.truncate(most);
        order
    }

    /// The unit of the computed quantity with this index, if it has one.
    pub fn unit(&self, index: usize) -> Option<&str> {
        match self {
            Self::Outline(_) => None,
            Self::Table(table) => {
                let column = table.schema().places().find(|(_, place)| place.contains(&index));
                column.and_then(|(column, _)| column.unit.as_deref())
            }
        }
    }

    /// The reconstruction error of what is known of a row, both in data units, `[input]`: of an outline the sum of the
    /// squared differences; of a table their mean, in the units of `scaling`, which are standard deviations of each
    /// column (of its logarithm, if that is what is scaled) and probabilities of a category.
    pub fn error(&self, row: &[f32], rebuilt: &[f32], scaling: &Scaling) -> f64 {
        let squares = |a: &[f32], b: &[f32]| -> (f64, usize) {
            let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
            let known = squares.filter(|square| !square.is_nan());
            known.fold((0.0, 0), |(sum, count), square| (sum + square, count + 1))
        };
        match self {
            Self::Outline(_) => squares(row, rebuilt).0,
            Self::Table(_) => {
                let scaled = |row: &[f32]| {
                    scaling.apply(&Rows::from_flat(row.len(), row.to_vec())).into_flat()
                };
                let (sum, count) = squares(&scaled(row), &scaled(rebuilt));
                sum / count.max(1) as f64
            }
        }
    }

    /// The unit of [`Self::error`], in words.
    pub fn error_unit(&self) -> Text {
        match self {
            Self::Outline(_) => text!("sum of squares in data units"),
            Self::Table(_) => text!("mean square in standard deviations of each column"),
        }
    }

    /// True if a computed quantity is above 0 for every valid row.
    pub fn is_positive(&self, quantity: Quantity) -> bool {
        self.computed(quantity).is_some_and(OutlineQuantity::is_positive)
    }

    /// True if `value` is finite and, where the quantity is computed, defined for this row.
    pub fn is_defined(&self, quantity: Quantity, value: f64, row: &[f32]) -> bool {
        let is_within = |computed: OutlineQuantity| {
            (value > 0.0 || !computed.is_positive())
                && self.least_area(quantity).is_none_or(|least| geometry::area(row) > least)
        };
        value.is_finite() && self.computed(quantity).is_none_or(is_within)
    }

    /// The reason why no valid row can have this value of a quantity, computed or predicted; none if one can.
    pub fn outside_domain(&self, quantity: Quantity, value: f64) -> Option<Text> {
        self.computed(quantity.as_computed())?.outside_domain(value)
    }

    /// The formula and the meaning of a quantity, for a tooltip.
    pub fn about(&self, quantity: Quantity) -> Text {
        match self.computed(quantity.as_computed()) {
            Some(_) if quantity.is_predicted() => {
                text!("f(z) = head(z): what a small network predicts from z, without decoding")
            }
            Some(computed) => computed.about(),
            None if self.index(quantity).is_some() => {
                text!(
                    "The value of this column in the row that is decoded, in the unit of the file; of a level its probability."
                )
            }
            None if self.table().is_some() => {
                text!("Known of rows of the table. For any other row its task head predicts it.")
            }
            None => text!(
                "Measured on the shapes that the model was trained on. For any other shape its task head predicts it."
            ),
        }
    }

    /// The area at and below which a computed quantity means nothing, in squared data units; none if it has no such bound.
    pub fn least_area(&self, quantity: Quantity) -> Option<f64> {
        match self {
            Self::Outline(outlines) => self.computed(quantity)?.least_area(outlines.median_area),
            Self::Table(_) => None,
        }
    }

    /// The formula of a quantity that is computed from an outline.
    fn computed(&self, quantity: Quantity) -> Option<OutlineQuantity> {
        match self {
            Self::Outline(_) => Some(OutlineQuantity::ALL[self.index(quantity)?]),
            Self::Table(_) => None,
        }
    }

    /// The validity of a row; `usual_roughness` is the limit that the data of the model set.
    pub fn validity(&self, row: &[f32], usual_roughness: f64) -> Validity {
        match self {
            Self::Outline(_) => Validity::Outline(OutlineValidity {
                simple: geometry::is_simple(row),
                roughness: geometry::roughness(row),
                usual_roughness,
            }),
            Self::Table(table) => Validity::Table(TableValidity { outside: table.outside(row) }),
        }
    }

    /// True if a row is one that data can have: an outline that crosses itself nowhere, or values within the ranges of a
    /// table.
    pub fn is_valid(&self, row: &[f32]) -> bool {
        match self {
            Self::Outline(_) => geometry::is_simple(row),
            Self::Table(table) => table.outside(row).is_none(),
        }
    }

    /// The roughness of a row, which its model limits by that of its data; 0 for a row of a table.
    pub fn roughness(&self, row: &[f32]) -> f64 {
        match self {
            Self::Outline(_) => geometry::roughness(row),
            Self::Table(_) => 0.0,
        }
    }

    /// The difference of two rows, each in the form in which they are compared: the root mean square distance of the
    /// points of outlines, or of the values of a table.
    pub fn distance(&self, a: &[f32], b: &[f32]) -> f64 {
        match self {
            Self::Outline(_) => form_distance(a, b),
            Self::Table(_) => {
                let (a, b) = (self.normalised(a), self.normalised(b));
                let sum: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
                (sum / a.len().max(1) as f64).sqrt()
            }
        }
    }

    /// The distances of the parts of a row from those of its reconstruction: of an outline those of its points in data
    /// units, of a table the differences of its values in standard deviations of their columns, of levels in
    /// probability; NaN where a value is not known.
    pub fn errors(&self, row: &[f32], rebuilt: &[f32], units: &Scaling) -> Vec<f64> {
        match self {
            Self::Outline(_) => {
                let pairs = geometry::points(row).zip(geometry::points(rebuilt));
                pairs.map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect()
            }
            Self::Table(_) => {
                let both = Rows::from_flat(row.len(), [row, rebuilt].concat());
                let scaled = units.apply(&both);
                let pairs = scaled.row(0).iter().zip(scaled.row(1));
                pairs.map(|(a, b)| f64::from(a - b).abs()).collect()
            }
        }
    }

    /// A row in the form in which two rows are compared: an outline without place and size, the values of a table in
    /// shares of their ranges.
    pub fn normalised(&self, row: &[f32]) -> Vec<f32> {
        match self {
            Self::Outline(_) => geometry::normalised(row),
            Self::Table(table) => table.normalised(row),
        }
    }
}

fn outline_slopes(outlines: OutlineDomain, index: usize, base: &[f32]) -> Slopes {
    let (area, perimeter) = (f64::from(base[0]), f64::from(base[1]));
    let quantity = OutlineQuantity::ALL[index];
    quantity.at_area_and_perimeter(area, perimeter, outlines.least_area(quantity))
}
