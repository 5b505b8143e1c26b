//! Pins, and the freehand shape.

use crate::model::PointRef;
use crate::session::action::Effect;
use crate::session::document::ids::ModelId;
use crate::session::document::{Document, DrawingSpec, ModelRef};
use std::sync::Arc;

pub(super) fn pin(document: &mut Document, model: ModelId, point: PointRef) -> Option<Effect> {
    document.models.get_mut(&model)?.pins.push(point);
    None
}

pub(super) fn unpin(document: &mut Document, model: ModelId, index: usize) -> Option<Effect> {
    let pins = &mut document.models.get_mut(&model)?.pins;
    if index < pins.len() {
        pins.remove(index);
    }
    None
}

pub(super) fn draw(
    document: &mut Document,
    model: ModelId,
    of: ModelRef,
    line: Vec<[f64; 2]>,
) -> Option<Effect> {
    document.models.get(&model)?;
    let run = document.new_run();
    document.drawing = Some(Arc::new(DrawingSpec { run, model, of, line }));
    Some(Effect::Draw)
}

pub(super) fn remove_drawing(document: &mut Document) -> Option<Effect> {
    document.drawing = None;
    None
}
