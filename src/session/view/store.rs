//! The view: where one looks. It is never undone.

use super::search_look::SearchLook;
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::session::document::ids::{ModelId, RunId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The user's activity; each has its own panel and its own choice of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Exploring.
    #[default]
    Explore,
    /// Training a model.
    Train,
    /// Optimising in its latent space.
    Optimise,
}

/// The layers of the map in each activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers(pub [MapLayers; 3]);

impl Default for Layers {
    fn default() -> Self {
        use MapLayer::{Data, Heat, Paths, Shapes};
        Self([
            MapLayers::from_iter([Shapes]),
            MapLayers::from_iter([Shapes, Data]),
            MapLayers::from_iter([Shapes, Heat, Paths]),
        ])
    }
}

/// The page below the strip while exploring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TourPage {
    /// The frames of a latent path.
    #[default]
    Frames,
    /// New shapes.
    NewShapes,
}

/// Where one looks.
#[derive(Debug, Default)]
pub struct View {
    /// The present activity.
    pub activity: Activity,
    /// The layers of the map in each activity.
    pub layers: Layers,
    /// The shown model.
    pub shown: Option<ModelId>,
    /// The model that was shown before.
    pub before: Option<ModelId>,
    /// The model to show once there is something of it; none if the user has chosen another one since.
    pub wanted: Option<ModelId>,
    /// The model to compare with once there is something of the wanted one.
    pub wanted_beside: Option<ModelId>,
    /// The search that is looked at.
    pub search: Option<RunId>,
    /// The search that was looked at last in each model.
    searches: BTreeMap<ModelId, RunId>,
    /// Where one looks in each search.
    pub looks: BTreeMap<RunId, SearchLook>,
    /// The range of the colour scale that the user holds.
    pub held_range: Option<(f64, f64)>,
    /// The range during a training, which would otherwise change all the time; the range held by the user takes
    /// precedence.
    pub training_range: Option<(f64, f64)>,
    /// The page below the strip while exploring.
    pub page: TourPage,
}

impl View {
    /// A view of nothing yet, with these layers.
    pub fn new(layers: Layers) -> Self {
        Self { layers, ..Self::default() }
    }

    /// The layers of the present activity.
    pub fn visible(&self) -> MapLayers {
        self.layers.0[self.activity as usize]
    }

    /// Switches a layer of the present activity.
    pub fn toggle(&mut self, layer: MapLayer) {
        let visible = &mut self.layers.0[self.activity as usize];
        *visible = visible.toggled(layer);
    }

    /// Looks at a search of a model.
    pub fn look_at_search(&mut self, model: ModelId, run: RunId) {
        let speed =
            self.search.and_then(|run| self.looks.get(&run)).map_or(1.0, |l| l.playback.speed);
        self.search = Some(run);
        self.searches.insert(model, run);
        self.looks.entry(run).or_insert_with(|| SearchLook::at_speed(speed));
    }

    /// The search that was looked at last in a model.
    pub fn last_search(&self, model: ModelId) -> Option<RunId> {
        self.searches.get(&model).copied()
    }
}
