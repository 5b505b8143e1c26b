//! Properties of a shape: computed by geometry, or predicted by heads.

use super::head::{HeadCard, TaskHead};
use super::judge::{Judge, JudgeCard, JudgedData, Prediction};
use super::{Model, Value, predicted};
use crate::data::dataset::Target;
use crate::data::property::{Property, check_among};
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use std::sync::Arc;

impl Model {
    /// Its properties: the geometric ones, then the target columns.
    pub fn properties(&self) -> Vec<Property> {
        let measured = self.encoded.measured.iter().map(Target::property);
        Property::ALL.into_iter().chain(measured).collect()
    }

    /// The unit of a property; empty if it is not known.
    pub fn unit(&self, property: Property) -> &str {
        self.encoded.column(property).map_or("", |column| column.unit.as_str())
    }

    /// The title of a property at the head of a column or beside a colour bar: with its unit if known, and marked as
    /// predicted if only a head gives it.
    pub fn title(&self, property: Property) -> Text {
        match self.title_lines(property) {
            (title, Some(_)) => predicted(title),
            (title, None) => title,
        }
    }

    /// The [`title`](Self::title) on two short lines: the name with its unit, and the mark of a prediction if it is
    /// one.
    pub fn title_lines(&self, property: Property) -> (Text, Option<Text>) {
        let title = match self.unit(property) {
            "" => property.label(),
            unit => text!("{property} [{unit}]", property = property.label(), unit),
        };
        (title, property.is_target().then(|| text!("predicted")))
    }

    /// The text of a value of a property, with its unit if known.
    pub fn with_unit(&self, property: Property, value: &str) -> String {
        match self.unit(property) {
            "" => value.to_owned(),
            unit => format!("{value} {unit}"),
        }
    }

    /// The target value of the shape in row `row` of the encoded data, if it is known.
    pub fn measured(&self, property: Property, row: usize) -> Option<f64> {
        let value = self.encoded.column(property)?.values.get(row).copied();
        value.filter(|value| value.is_finite())
    }

    /// True if the property is available for any shape: by geometry, or by a head.
    pub fn can_tell(&self, property: Property) -> bool {
        !property.is_target() || self.head(property).is_some()
    }

    /// Fails unless the property is available for any shape.
    ///
    /// # Errors
    /// Lists the properties of the model, or says how to train the missing head.
    pub fn check_can_tell(&self, property: Property) -> Result<()> {
        check_among(property, &self.properties())?;
        if self.can_tell(property) {
            return Ok(());
        }
        let name = property.name();
        Err(Error::mismatch(text!(
            "no head predicts {name} of other shapes yet; train one with 'latent-explorer heads --property \"{name}\"', \
             or press 'Train head: {label}'",
            name,
            label = property.label()
        )))
    }

    /// A property of decoded shapes, `z [n, latent]` and `outlines [n, input]` -> `[n]`: computed from the outline, or
    /// predicted by the head at z; NaN if there is no head.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell(
        &self,
        property: Property,
        z: &Rows<f64>,
        outlines: &Rows<f32>,
    ) -> Result<Vec<f64>> {
        if !property.is_target() {
            return Ok(outlines.iter().map(|outline| property.measure(outline)).collect());
        }
        self.predict(property, z).unwrap_or_else(|| Ok(vec![f64::NAN; z.len()]))
    }

    /// The prediction of the head for a property at latent points, each with the interval of its judge,
    /// `[n, latent] -> [n]`; none without a head.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's, or the data hold too few values for a judge.
    pub fn predictions(
        &self,
        property: Property,
        z: &Rows<f64>,
    ) -> Result<Option<Vec<Prediction>>> {
        let Some(judge) = self.judge(property)? else { return Ok(None) };
        let said = self.predict(property, z).unwrap_or_else(|| Ok(Vec::new()))?;
        Ok(Some(judge.predictions(&said, z)))
    }

    /// A property of decoded shapes for display, `z [n, latent]` and `outlines [n, input]` -> `[n]`: computed from the
    /// outline, or predicted by the head at z with its interval; [`Value::NONE`] if there is no head.
    ///
    /// # Errors
    /// As [`Self::predictions`].
    pub fn values(
        &self,
        property: Property,
        z: &Rows<f64>,
        outlines: &Rows<f32>,
    ) -> Result<Vec<Value>> {
        if !property.is_target() {
            let computed = |outline| Value::Computed(property.measure(outline));
            return Ok(outlines.iter().map(computed).collect());
        }
        let predicted = self.predictions(property, z)?;
        Ok(predicted.map_or_else(
            || vec![Value::NONE; z.len()],
            |all| all.into_iter().map(Value::Predicted).collect(),
        ))
    }

    /// As [`Self::values`], for one shape.
    ///
    /// # Errors
    /// As [`Self::predictions`].
    pub fn value(&self, property: Property, z: &[f64], outline: &[f32]) -> Result<Value> {
        let z = Rows::from_flat(z.len(), z.to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(self.values(property, &z, &outline)?[0])
    }

    /// The target columns that have a head.
    pub fn predicted_properties(&self) -> impl Iterator<Item = Property> + '_ {
        let told = self.heads().iter().map(|head| head.card.property);
        told.filter(|property| property.is_target())
    }

    /// Computes the judges of all heads for target columns in advance, so that no caller waits for them later.
    ///
    /// # Errors
    /// When the data hold too few values for a judge.
    pub fn prepare_judges(&self) -> Result<()> {
        self.predicted_properties().try_for_each(|property| self.judge(property).map(drop))
    }

    /// The judge of the head for a property, computed on first use: in a fraction of a second, or in milliseconds for a
    /// head without a fitted judge. None without a head.
    ///
    /// # Errors
    /// When the data hold too few values for a judge.
    pub fn judge(&self, property: Property) -> Result<Option<Arc<Judge>>> {
        let Some(head) = self.head(property) else { return Ok(None) };
        if let Some(judge) = head.judge.get() {
            return Ok(Some(judge.clone()));
        }
        // Computed before the cell is locked, as the density is.
        let judge = Arc::new(Judge::new(self.judged_data(&head.card), head.card.judge.as_ref())?);
        Ok(Some(head.judge.get_or_init(|| judge).clone()))
    }

    /// The card of a judge that is fitted to the data of a head, which takes a fraction of a second.
    ///
    /// # Errors
    /// When the head has other latent dimensions, or the data hold too few values for a judge.
    pub fn fitted_judge(&self, head: &TaskHead) -> Result<JudgeCard> {
        Judge::fitted(self.judged_data(&head.card), &|z| head.predict_all(z))
    }

    fn judged_data(&self, head: &HeadCard) -> JudgedData<'_> {
        let (encoded, density) = (&self.encoded, self.density());
        let (property, offset, scale) = (head.property, head.offset, head.scale);
        let seed = self.card.training.seed;
        JudgedData { encoded, density, seed, property, offset, scale }
    }

    /// As [`Self::tell`], for one shape.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn tell_one(&self, property: Property, z: &[f64], outline: &[f32]) -> Result<f64> {
        let z = Rows::from_flat(z.len(), z.to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(self.tell(property, &z, &outline)?[0])
    }

    /// As [`Self::tell`], for one outline that was not decoded, at its encoded mean.
    ///
    /// # Errors
    /// When the outline has not the width of the model's input.
    pub fn tell_outline(&self, property: Property, outline: &[f32]) -> Result<f64> {
        if !property.is_target() {
            return Ok(property.measure(outline));
        }
        let (z, _) = self.encode(&Rows::from_flat(outline.len(), outline.to_vec()))?;
        self.tell_one(property, z.as_flat(), outline)
    }
}
