//! The lines of a program, and what more than one writer of them says.

use crate::data::quantity::Quantity;
use crate::model::Model;
use crate::optimise::step_through::UpdateStage;

/// The most starts that are written into the code; more are read from a file.
pub(super) const MAX_STARTS: usize = 4;
/// The most numbers of a start that are written into the code.
pub(super) const MAX_NUMBERS: usize = 8;
/// The file for more starts.
pub(super) const STARTS: &str = "starts.csv";

/// A line of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// The line, indented by spaces.
    pub text: String,
    /// The stage of an update that this line computes.
    pub stage: Option<UpdateStage>,
}

/// Numbers in the precision of the network, joined.
pub(super) fn joined(numbers: &[f64], between: &str) -> String {
    numbers.iter().map(|v| format!("{:?}", *v as f32)).collect::<Vec<_>>().join(between)
}

/// Returns whether the penalty outside the data is short enough to be written into the code.
pub(super) fn can_say_outside(model: &Model) -> bool {
    let held_out = &model.encoded.held_out;
    let is_split = held_out.contains(&true) && held_out.contains(&false);
    is_split && model.latent_dim() <= MAX_NUMBERS
}

/// The name of the function of a quantity; the name of a target column may contain any characters.
pub(super) fn name(quantity: Quantity) -> String {
    quantity.name().replace(|c: char| !c.is_alphabetic() && !c.is_ascii_digit(), "_")
}
