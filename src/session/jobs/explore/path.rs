//! Job: makes the frames of a latent path, or new shapes. Predictions of so many points take too long for the window's
//! thread: some 20 ms from 2,000 rows, and seconds from more.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::strip::Strip;
use crate::explore::shapes::contact_sheet::ContactSheet;
use crate::explore::shapes::new_shapes::{self, NewShape};
use crate::model::Model;
use crate::session::jobs::registry::JobResult;

/// The shapes to make.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// So many frames of a latent path.
    Frames(LatentPath, usize),
    /// New shapes with this seed, in so many columns and rows.
    Shapes(u64, [usize; 2]),
}

/// The shapes that were made, and all of them side by side.
#[derive(Clone, Debug)]
pub enum Made {
    /// The frames of a latent path.
    Frames(Box<(LatentPath, Strip)>, ContactSheet),
    /// New shapes, and their seed.
    Shapes(u64, Vec<NewShape>, ContactSheet),
}

/// Makes shapes of a model with their values of `quantity` and their verdicts.
///
/// # Errors
/// Only if the tensor library fails.
pub fn make(model: &Model, quantity: Quantity, wanted: Wanted) -> Result<Made> {
    Ok(match wanted {
        Wanted::Frames(latent_path, frames) => {
            let strip = Strip::new(model, quantity, &latent_path, frames, None)?;
            let sheet = strip.rows(model, quantity, false)?;
            Made::Frames(Box::new((latent_path, strip)), sheet)
        }
        Wanted::Shapes(seed, [columns, rows]) => {
            let shapes = new_shapes::new_shapes(model, quantity, columns * rows, seed)?;
            let sheet = new_shapes::sheet(model, &shapes, columns, false);
            Made::Shapes(seed, shapes, sheet)
        }
    })
}

/// Runs the job.
///
/// # Errors
/// As [`make`].
pub fn run(model: &Model, quantity: Quantity, wanted: Wanted) -> Result<JobResult<Made>> {
    make(model, quantity, wanted).map(JobResult::Finished)
}
