//! The rows of the shown model: outlines, or rows of a table.

use crate::data::domain::Domain;
use crate::data::glyph::Glyphs;
use crate::data::quantity::Quantity;
use crate::data::table::TableSchema;
use crate::objective::{ColumnConstraint, Objective, ObjectiveSpec};
use crate::session::state::State;
use crate::text;
use crate::text::Text;
use std::borrow::Cow;
use std::sync::Arc;

impl State {
    /// The formula and the meaning of a quantity of the shown model, for a tooltip.
    pub fn about(&self, quantity: Quantity) -> Text {
        self.shown_domain().about(quantity)
    }

    /// The reason why no valid row of the shown model can have this value of a quantity; none if one can.
    pub fn outside_domain(&self, quantity: Quantity, value: f64) -> Option<Text> {
        self.shown_domain().outside_domain(quantity, value)
    }

    /// The pictures of the rows of the shown model.
    pub fn glyphs(&self) -> Arc<Glyphs> {
        let shown = self.shown().map(|(_, entry)| entry.prepared.model.glyphs().clone());
        shown.unwrap_or_default()
    }

    /// The columns of the shown model's table, if it is one of a table.
    pub fn shown_table(&self) -> Option<&TableSchema> {
        self.shown().and_then(|(_, entry)| entry.prepared.model.domain().table())
    }

    /// True if the shown model is one of a table.
    pub fn shows_table(&self) -> bool {
        self.shown_table().is_some()
    }

    /// The reason why something for outlines alone is not offered for the shown model; none if it is.
    pub fn only_for_outlines(&self) -> Option<Text> {
        self.shows_table()
            .then(|| text!("This is for outlines; the model shown is one of a table."))
    }

    /// Adds a condition on columns of the shown model's table to an objective.
    ///
    /// # Errors
    /// When the text is no condition, or the model cannot keep it beside the others.
    pub fn add_condition(&self, spec: &mut ObjectiveSpec, text: &str) -> Result<(), Text> {
        let mut with_it = spec.clone();
        with_it.columns.push(ColumnConstraint::parse(text)?);
        if let Some((_, entry)) = self.shown() {
            Objective::check(&entry.prepared.model, &with_it)
                .map_err(|error| text!("{error}", error))?;
        }
        *spec = with_it;
        Ok(())
    }

    fn shown_domain(&self) -> Cow<'_, Domain> {
        let shown = self.shown().map(|(_, entry)| Cow::Borrowed(entry.prepared.model.domain()));
        shown.unwrap_or_default()
    }
}
