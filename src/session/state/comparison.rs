//! The two models of a comparison, and the view that shows both.

use crate::explore::Bounds;
use crate::session::document::ids::ModelId;
use crate::session::results::models::{ModelEntry, Prepared};
use crate::session::state::State;
use crate::session::view::Compared;
use crate::text;

impl State {
    /// The model on the second map.
    pub fn beside(&self) -> Option<(ModelId, &ModelEntry)> {
        let id = self.view.compared?.model;
        Some((id, self.model(id)?))
    }

    /// The part of the map that shows the data of all visible models, without the outliers.
    pub fn home(&self) -> Option<Bounds> {
        self.around(|prepared| prepared.home)
    }

    /// The smallest part of the map that contains the `part` of each visible model.
    fn around(&self, part: impl Fn(&Prepared) -> Bounds) -> Option<Bounds> {
        let first = part(&self.shown()?.1.prepared);
        let second = self.beside().map(|(_, entry)| part(&entry.prepared));
        let corners = second.into_iter().chain([first]).flat_map(|b| [b.low, b.high]);
        Some(Bounds::around(&corners.collect::<Vec<_>>()))
    }

    /// Fits the view to the data of one model, or of all visible ones; if it is fitted to them already, includes the
    /// outliers.
    pub(in crate::session) fn fit(&mut self, model: Option<ModelId>) {
        let (home, whole) = match model {
            Some(id) => {
                let prepared = self.model(id).map(|entry| &entry.prepared);
                (prepared.map(|p| p.home), prepared.map(|p| p.whole))
            }
            None => (self.home(), self.around(|prepared| prepared.whole)),
        };
        let Some((home, whole)) = home.zip(whole) else { return };
        let again = self.view.map.is_fitted_to(home);
        self.view.map.fit(if again { whole } else { home });
    }

    /// Shows an open model on the second map.
    pub(in crate::session) fn put_beside(&mut self, id: ModelId) {
        let Some(first) = self.shown().map(|(shown, _)| shown).filter(|shown| *shown != id) else {
            return;
        };
        match &mut self.view.compared {
            Some(compared) => compared.model = id,
            None => self.view.compared = Some(Compared { model: id, first }),
        }
        if let Some(home) = self.home() {
            self.view.map.fit(home);
        }
    }

    /// The open model, other than the shown one, that was opened last.
    pub(in crate::session) fn another(&self) -> Option<ModelId> {
        let shown = self.shown().map(|(id, _)| id);
        self.models().map(|(id, _)| id).filter(|id| Some(*id) != shown).last()
    }

    /// Keeps an open model on the second map that is not on the first one.
    pub(in crate::session) fn settle_comparison(&mut self) {
        let shown = self.shown().map(|(id, _)| id);
        let Some(Compared { model: second, first }) = self.view.compared else { return };
        let is_open = |id: ModelId| self.model(id).is_some() && Some(id) != shown;
        if !is_open(second) {
            // If the second model was chosen as the first, the two change places.
            match Some(first).filter(|id| is_open(*id)).or_else(|| self.another()) {
                Some(id) => self.view.compared = Some(Compared { model: id, first }),
                None => {
                    self.view.compared = None;
                    self.notices.info(text!("Nothing is left to compare with."));
                }
            }
        }
        if let (Some(compared), Some(shown)) = (&mut self.view.compared, shown) {
            compared.first = shown;
        }
    }
}
