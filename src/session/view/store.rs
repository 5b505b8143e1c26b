//! The view: where one looks. It is never undone.

use super::search_look::SearchLook;
use super::selection::Selection;
use super::training_look::TrainingLook;
use super::viewport::Viewport;
use crate::explore::LatentPlane;
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::session::document::ids::{ModelId, RunId};
use crate::session::results::playback::Playback;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The user's activity; each has its own panel and its own choice of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExplorePage {
    /// The frames of a latent path.
    #[default]
    Frames,
    /// New shapes.
    NewShapes,
    /// The rows of the data.
    Data,
}

/// The model on the second map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The model.
    pub model: ModelId,
    /// The model that was on the first map last: the two models change places when the second one is shown.
    pub(in crate::session) first: ModelId,
}

/// The places that a person looks at: plain data, by identities and names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// The model to compare with the shown one, if there is a second map.
    pub compared: Option<Compared>,
    /// The part of the map that is seen.
    pub map: Viewport,
    /// The planes of the latent spaces of models that were chosen in place of PCA.
    pub planes: BTreeMap<ModelId, LatentPlane>,
    /// The selected point, in the shown model.
    pub selection: Option<Selection>,
    /// The chosen rows of the data of the shown model, counted from 0, ascending.
    pub chosen: Arc<[u32]>,
    /// True if the next drag over the map draws a line around rows.
    pub draws_lasso: bool,
    /// The shown place of the latent path of each model.
    paths: BTreeMap<ModelId, Playback>,
    /// The place that is looked at in each training.
    pub trainings: BTreeMap<RunId, TrainingLook>,
    /// The selected contender, and its race.
    pub contender: Option<(RunId, usize)>,
    /// The search that is looked at.
    pub search: Option<RunId>,
    /// The search that was looked at last in each model.
    searches: BTreeMap<ModelId, RunId>,
    /// Place in each search that is looked at.
    pub looks: BTreeMap<RunId, SearchLook>,
    /// The range of the colour scale that the user holds.
    pub held_range: Option<(f64, f64)>,
    /// The range during a training, which would otherwise change all the time; the range held by the user takes
    /// precedence.
    pub training_range: Option<(f64, f64)>,
    /// True if curves and results are open below the strip.
    pub drawer_open: bool,
    /// The page below the strip while exploring.
    pub page: ExplorePage,
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

    /// The plane of the latent space of a model.
    pub fn plane(&self, model: ModelId) -> LatentPlane {
        self.planes.get(&model).cloned().unwrap_or_default()
    }

    /// The shown place of the latent path of the shown model.
    pub fn path(&self) -> Playback {
        let known = self.shown.and_then(|id| self.paths.get(&id));
        known.copied().unwrap_or(Playback::BEGINNING)
    }

    /// As [`Self::path`], to be changed.
    pub fn path_mut(&mut self) -> Option<&mut Playback> {
        Some(self.paths.entry(self.shown?).or_insert(Playback::BEGINNING))
    }

    /// Stops the marker of the latent path at its present place.
    pub fn pause_path(&mut self) {
        self.path_mut().into_iter().for_each(|path| path.playing = false);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PointRef;
    use crate::session::view::PickedAs;

    #[test]
    fn a_view_is_written_and_read_as_a_whole() {
        let (model, run) = (ModelId(3), RunId(7));
        let mut view = View::new(Layers::default());
        view.look_at_search(model, run);
        view.trainings.entry(run).or_default();
        view.shown = Some(model);
        view.path_mut().unwrap().hold(0.25);
        view.compared = Some(Compared { model, first: ModelId(1) });
        view.contender = Some((run, 2));
        let point = PointRef::Latent(vec![0.1, -1.0 / 3.0]);
        view.selection = Some(Selection { point, picked_as: PickedAs::Start });
        view.map.pan([0.1, 0.2]);
        view.planes.insert(model, "points:row:1,z:0.5,2,mean".parse().unwrap());
        let written = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<View>(&written).unwrap(), view);
    }
}
