//! One word for the user on how far an answer can be believed, and why not further.

use super::statistics::inside;
use crate::data::geometry;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::statistics::distance;
use serde::{Deserialize, Serialize};

/// The word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Belief {
    /// Inside the data, a proper outline, and the model finds its way back to it.
    Believable,
    /// Inside the data, but something is wrong with the shape or the way back.
    Doubtful,
    /// Beyond the data: the decoder was never trained there.
    Outside,
}

/// What was found about one latent point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The word.
    pub belief: Belief,
    /// Whether the point is in the box of the 1st to 99th percentile of the encoded data.
    pub inside: bool,
    /// Whether the decoded outline is finite and crosses itself nowhere.
    pub simple: bool,
    /// Whether the property means something for the decoded outline.
    pub in_domain: bool,
    /// `|encode(decode(z)) - z|`, in latent units.
    pub round_trip: f64,
    /// The round trip that 99 % of held-out samples stay below, in latent units.
    pub usual_round_trip: f64,
}

impl Verdict {
    /// The word as it is shown and written.
    pub fn word(&self) -> &'static str {
        match self.belief {
            Belief::Believable => "believable",
            Belief::Doubtful => "doubtful",
            Belief::Outside => "outside the data",
        }
    }

    /// One sentence that says why.
    pub fn sentence(&self) -> String {
        match self.belief {
            Belief::Believable => {
                "Believable: inside the data, a clean outline, and encoding it leads back here."
                    .to_owned()
            }
            Belief::Outside => {
                "Outside the data: the model was never trained here, so this shape is a guess."
                    .to_owned()
            }
            Belief::Doubtful if !self.simple => "Doubtful: the outline crosses itself.".to_owned(),
            Belief::Doubtful if !self.in_domain => {
                "Doubtful: the shape is too thin for this property to mean anything.".to_owned()
            }
            Belief::Doubtful => format!(
                "Doubtful: encoding this shape leads {:.2} away; shapes like the data stay below {:.2}.",
                self.round_trip, self.usual_round_trip
            ),
        }
    }
}

/// Judges every latent point for one property; `decoded` holds the shape of each.
///
/// # Errors
/// Only when the tensor library fails.
pub fn judge(
    model: &Model,
    property: Property,
    z: &Rows<f64>,
    decoded: &Rows<f32>,
) -> Result<Vec<Verdict>> {
    let (again, _) = model.encode(decoded)?;
    let statistics = &model.card.statistics;
    let verdict = |((z, again), outline): ((&[f64], &[f64]), &[f32])| {
        let inside = inside(statistics, z);
        let simple = geometry::is_simple(outline);
        let in_domain = property.in_domain(model.card.statistics.median_area, outline);
        let round_trip = distance(z, again);
        let returns = round_trip <= statistics.round_trip;
        let belief = match (inside, simple && in_domain && returns) {
            (false, _) => Belief::Outside,
            (true, false) => Belief::Doubtful,
            (true, true) => Belief::Believable,
        };
        Verdict {
            belief,
            inside,
            simple,
            in_domain,
            round_trip,
            usual_round_trip: statistics.round_trip,
        }
    };
    Ok(z.iter().zip(again.iter()).zip(decoded.iter()).map(verdict).collect())
}
