//! The latent path of the shown model.

use crate::explore::data_sheet::DataSheet;
use crate::session::document::PathPlan;
use crate::session::results::planned_path::NamedPoints;
use crate::session::screen::tours::ShownTour;
use crate::session::state::State;
use crate::session::view::ExplorePage;
use std::sync::Arc;

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
    pub fn explore_page(&self) -> Option<ExplorePage> {
        use ExplorePage::{Data, Frames, NewShapes};
        let asked = self.view.page;
        let all = [asked, Frames, NewShapes, Data];
        all.into_iter().find(|page| self.has_explore_page(*page))
    }

    /// True if a page below the strip has content.
    pub fn has_explore_page(&self, page: ExplorePage) -> bool {
        match page {
            ExplorePage::Frames => self.tours.tour.is_some(),
            ExplorePage::NewShapes => self.tours.drawn.is_some(),
            ExplorePage::Data => self.data_sheet().is_some(),
        }
    }

    /// The rows that the shown model learned from, if it holds them.
    pub fn data_sheet(&self) -> Option<&Arc<DataSheet>> {
        self.shown().and_then(|(_, entry)| entry.prepared.sheet.as_ref())
    }

    /// The row of the data that is nearest to the selected point, counted from 0.
    pub fn nearest_row(&self) -> Option<usize> {
        let (_, entry) = self.shown()?;
        let nearest = self.map.picked.as_ref()?.nearest.as_ref()?;
        Some(entry.prepared.model.row_number(nearest.row) - 1)
    }

    pub(in crate::session) fn points(&self) -> NamedPoints {
        let kept = self.map.picked.as_ref().map(|picked| picked.z.clone());
        NamedPoints { kept, pins: self.map.pinned() }
    }
}
