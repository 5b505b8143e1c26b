//! What a model can tell of a shape: what geometry measures, and what its heads predict.

use super::Model;
use crate::data::dataset::Measured;
use crate::data::property::{Property, check_among};
use crate::data::rows::Rows;
use crate::error::{Error, Result};

impl Model {
    /// Its properties: those that geometry tells, then what was measured of its data.
    pub fn properties(&self) -> Vec<Property> {
        let measured = self.encoded.measured.iter().map(Measured::property);
        Property::ALL.into_iter().chain(measured).collect()
    }

    /// The unit in which a property was measured; empty where it is not known.
    pub fn unit(&self, property: Property) -> &str {
        self.encoded.column(property).map_or("", |column| column.unit.as_str())
    }

    /// What a property is called at the head of a column or beside a colour bar: with its unit where one is known.
    pub fn title(&self, property: Property) -> String {
        match self.unit(property) {
            "" => property.label().to_owned(),
            unit => format!("{} [{unit}]", property.label()),
        }
    }

    /// A value of a property as it is shown, with its unit where one is known.
    pub fn with_unit(&self, property: Property, value: &str) -> String {
        match self.unit(property) {
            "" => value.to_owned(),
            unit => format!("{value} {unit}"),
        }
    }

    /// What was measured of the shape in row `row` of the encoded data, if that was.
    pub fn measured(&self, property: Property, row: usize) -> Option<f64> {
        let value = self.encoded.column(property)?.values.get(row).copied();
        value.filter(|value| value.is_finite())
    }

    /// Whether it can tell a property of any shape: by geometry, or by a head.
    pub fn can_tell(&self, property: Property) -> bool {
        !property.is_measured() || self.head(property).is_some()
    }

    /// Fails unless it can tell a property of any shape.
    ///
    /// # Errors
    /// Names the properties that there are, or says how the head is trained that is missing.
    pub fn check_can_tell(&self, property: Property) -> Result<()> {
        check_among(property, &self.properties())?;
        if self.can_tell(property) {
            return Ok(());
        }
        let name = property.name();
        Err(Error::Mismatch(format!(
            "no head tells {name} of other shapes yet; train one with 'latent-explorer heads --property \"{name}\"', \
             or press 'Learn {name}'"
        )))
    }

    /// A property of decoded shapes, `z [n, latent]` and `outlines [n, input]` -> `[n]`: what geometry measures of the
    /// outline, or what the head predicts at z; NaN where there is no head.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell(
        &self,
        property: Property,
        z: &Rows<f64>,
        outlines: &Rows<f32>,
    ) -> Result<Vec<f64>> {
        if !property.is_measured() {
            return Ok(outlines.iter().map(|outline| property.measure(outline)).collect());
        }
        self.predict(property, z).unwrap_or_else(|| Ok(vec![f64::NAN; z.len()]))
    }

    /// As [`Self::tell`], of one shape.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell_one(&self, property: Property, z: &[f64], outline: &[f32]) -> Result<f64> {
        let z = Rows::from_flat(z.len(), z.to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(self.tell(property, &z, &outline)?[0])
    }

    /// As [`Self::tell`], of one outline that was not decoded, at the place where the model encodes it.
    ///
    /// # Errors
    /// When the outline has not the width of the model's input.
    pub fn tell_outline(&self, property: Property, outline: &[f32]) -> Result<f64> {
        if !property.is_measured() {
            return Ok(property.measure(outline));
        }
        let (z, _) = self.encode(&Rows::from_flat(outline.len(), outline.to_vec()))?;
        self.tell_one(property, z.as_flat(), outline)
    }

    /// Every property of one decoded shape, in the order of [`Self::properties`].
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell_all(&self, z: &[f64], outline: &[f32]) -> Result<Vec<(Property, f64)>> {
        let one = |property| Ok((property, self.tell_one(property, z, outline)?));
        self.properties().into_iter().map(one).collect()
    }
}
