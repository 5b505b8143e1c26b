//! The latent path of the shown model.

use crate::session::document::PathPlan;
use crate::session::results::planned_path::NamedPoints;
use crate::session::screen::tours::ShownTour;
use crate::session::state::State;
use crate::session::view::TourPage;

impl State {
    /// The plan of the latent path in the shown model: its own, or the default one with the kind of the last path.
    pub fn path_plan(&self) -> PathPlan {
        let Some((id, entry)) = self.shown() else { return PathPlan::default() };
        if let Some(plan) = self.document.models.get(&id).and_then(|model| model.path.clone()) {
            return plan;
        }
        let plan = PathPlan::through(&entry.prepared);
        match self.document.path_style {
            Some((kind, turns)) => PathPlan { kind, turns, ..plan },
            None => plan,
        }
    }

    /// The latent path on the map, as it is looked at.
    pub fn tour(&self) -> Option<ShownTour<'_>> {
        Some(ShownTour::new(self.tours.tour.as_ref()?, self.view.path()))
    }

    /// True while the marker of the latent path moves.
    pub fn is_path_playing(&self) -> bool {
        self.tour().is_some_and(|tour| tour.playback.playing)
    }

    /// The shown page below the strip, if it has content.
    pub fn tour_page(&self) -> Option<TourPage> {
        match (self.view.page, &self.tours.tour, &self.tours.drawn) {
            (TourPage::NewShapes, _, Some(_)) | (_, None, Some(_)) => Some(TourPage::NewShapes),
            (_, Some(_), _) => Some(TourPage::Frames),
            (_, None, None) => None,
        }
    }

    pub(in crate::session) fn points(&self) -> NamedPoints {
        let kept = self.map.picked.as_ref().map(|picked| picked.z.clone());
        NamedPoints { kept, pins: self.map.pinned() }
    }
}
