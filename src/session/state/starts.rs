//! The starts of the next search: chosen in the panel, computed when it begins.

use crate::error::{Error, Result};
use crate::optimise::{SearchConfig, Starts};
use crate::session::document::{StartChoice, StartOrigin};
use crate::session::state::State;
use crate::text;

impl State {
    /// The settings of the next search, with computed starts.
    ///
    /// # Errors
    /// If the starts are to lie around a point and none is selected.
    pub fn next_search(&self) -> Result<SearchConfig> {
        let mut config = self.search_config().into_owned();
        let StartChoice { origin, spread } = self.document.search.starts;
        let point = match origin {
            StartOrigin::Stated => {
                config.starts = Starts::Stated;
                return Ok(config);
            }
            StartOrigin::StandardNormal => {
                config.starts = Starts::StandardNormal;
                return Ok(config);
            }
            StartOrigin::Chosen => {
                let rows: Vec<usize> = self.chosen_rows().collect();
                let Some((_, entry)) = self.shown().filter(|_| !rows.is_empty()) else {
                    return Err(Error::mismatch(text!(
                        "choose rows to start from: Ctrl-drag around their points on the map, or Ctrl-click them in the data"
                    )));
                };
                let mu = &entry.prepared.model.encoded.mu;
                let points: Vec<Vec<f64>> = rows.iter().map(|&row| mu.row(row).to_vec()).collect();
                if spread == 0.0 {
                    config.restarts = points.len();
                }
                config.starts = Starts::Around { points, spread };
                return Ok(config);
            }
            StartOrigin::Point => self.looked_at().map(|z| z.to_vec()),
            StartOrigin::Neighbour => self.looked_at().and_then(|z| self.nearest(z)),
        };
        let missing = text!("click the map to keep the point around which to start");
        let point = point.ok_or_else(|| Error::mismatch(missing))?;
        if spread == 0.0 {
            // More restarts would be copies.
            config.restarts = 1;
        }
        config.starts = Starts::Around { points: vec![point], spread };
        Ok(config)
    }

    /// The selected latent point, or else the one under the mouse.
    fn looked_at(&self) -> Option<&[f64]> {
        let probe = self.map.picked.as_ref().or(self.map.probe.as_ref())?;
        Some(&probe.z)
    }
}
