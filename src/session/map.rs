//! The map as the window sees it, and its one worker, which computes its pictures.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::Bounds;
use crate::explore::layers::grid::Lattice;
use crate::explore::layers::map_content::{MapContent, MapPlan};
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::numerics::cancel_token::CancelToken;
use crate::objective::{Objective, ObjectiveSpec, Space};
use crate::session::document::ids::ModelId;
use crate::session::results::models::Prepared;
use crate::session::results::probe::Probe;
use crate::text;
use crate::text::Text;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The smallest size of a shape on the map, in points.
const MIN_CELL: f64 = 46.0;
/// At most this many shapes side by side.
const MAX_SHAPES: f64 = 24.0;
/// Heat cells along the longer side: at once, and later in the finer picture.
const HEAT_CELLS: [usize; 2] = [96, 256];
/// The picture extends this far beyond the edges, as a share of the view, so that a small pan shows no gap.
const MARGIN: f64 = 0.12;

/// The origin of the selected point, which decides whether it has a mark of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PickedAs {
    /// The user selected it.
    #[default]
    Kept,
    /// The marker of a latent path is there.
    PathMarker,
    /// A step-by-step search begins there.
    Start,
}

/// The map.
#[derive(Debug)]
pub struct LatentMap {
    /// The visible part.
    pub view: Bounds,
    /// The bounds that the view was last fitted to, until the user moves it.
    fitted: Option<Bounds>,
    /// Its size on the screen, in points.
    pub size: [f64; 2],
    /// True once the size is known; until then nothing is painted and the view is not the user's.
    pub measured: bool,
    /// The last picture of the worker; it stays until the next one arrives.
    pub picture: MapPictures,
    /// The key of the last request to the worker.
    pub asked: Option<MapKey>,
    /// The point under the mouse or the arrow keys.
    pub probe: Option<Probe>,
    /// The selected point; the inspector shows it while the mouse is elsewhere.
    pub picked: Option<Probe>,
    /// The origin of that point.
    pub picked_as: PickedAs,
    /// Pinned points, all in the shown model.
    pub pins: Vec<Probe>,
    /// The objective, and the number of its changes so far.
    spec: (Arc<ObjectiveSpec>, u64),
}

impl LatentMap {
    /// The latent points of the pins, `[pins][latent]`.
    pub fn pinned(&self) -> Vec<Vec<f64>> {
        self.pins.iter().map(|pin| pin.z.clone()).collect()
    }

    /// An empty map over `view`.
    pub fn new(view: Bounds) -> Self {
        Self {
            view,
            fitted: None,
            size: [720.0, 600.0],
            measured: false,
            picture: MapPictures::default(),
            asked: None,
            probe: None,
            picked: None,
            picked_as: PickedAs::Kept,
            pins: Vec::new(),
            spec: (Arc::default(), 0),
        }
    }

    /// The objective.
    pub fn spec(&self) -> Arc<ObjectiveSpec> {
        self.spec.0.clone()
    }

    /// Sets the objective.
    pub fn set_spec(&mut self, spec: &ObjectiveSpec) {
        if *self.spec.0 != *spec {
            self.spec = (Arc::new(spec.clone()), self.spec.1 + 1);
        }
    }

    /// Zooms by `factor` around the map point `fixed`.
    pub fn zoom(&mut self, fixed: [f64; 2], factor: f64) {
        let scale = 1.0 / factor.clamp(0.1, 10.0);
        let [w, h] = self.view.size();
        if w * scale < 1e-4 || w * scale > 1e4 {
            return;
        }
        let centre = self.view.centre();
        let centre = [0, 1].map(|k| fixed[k] + (centre[k] - fixed[k]) * scale);
        self.view = Bounds::centred(centre, [w * scale, h * scale]);
        self.fitted = None;
    }

    /// Moves the view by map units.
    pub fn pan(&mut self, by: [f64; 2]) {
        let centre = self.view.centre();
        let centre = [0, 1].map(|k| (centre[k] + by[k]).clamp(-1e4, 1e4));
        self.view = Bounds::centred(centre, self.view.size());
        self.fitted = None;
    }

    /// Moves the view as little as needed to show a point, a tenth of the view from its edges; a visible point moves
    /// nothing.
    pub fn reveal(&mut self, at: [f64; 2]) {
        if self.view.contains(at) || !at.iter().all(|v| v.is_finite()) {
            return;
        }
        let (inner, centre) = (self.view.size().map(|side| 0.4 * side), self.view.centre());
        self.pan([0, 1].map(|k| {
            let off = at[k] - centre[k];
            off - off.clamp(-inner[k], inner[k])
        }));
    }

    /// Fits the view to `bounds` with the aspect ratio of the window.
    pub fn fit(&mut self, bounds: Bounds) {
        self.view = bounds.with_aspect(self.size[0] / self.size[1]);
        self.fitted = Some(bounds);
    }

    /// True if the view was fitted and not moved since.
    pub fn is_fitted(&self) -> bool {
        self.fitted.is_some()
    }

    /// True if the view was fitted to these bounds and not moved since.
    pub fn is_fitted_to(&self, bounds: Bounds) -> bool {
        self.fitted == Some(bounds)
    }

    /// After a change of the window's size, fits a fitted view again; otherwise keeps the scale.
    pub fn resize(&mut self, size: [f64; 2]) {
        let [w, _] = self.view.size();
        let unit = w / self.size[0];
        self.size = size.map(|s| s.max(50.0));
        match self.fitted {
            Some(bounds) => self.fit(bounds),
            None => self.view = Bounds::centred(self.view.centre(), self.size.map(|s| s * unit)),
        }
    }

    /// The spacing of shapes for the present zoom, one of fixed steps, so that shapes stay in place during small
    /// changes of zoom.
    pub(in crate::session) fn spacing(&self) -> f64 {
        let unit = self.view.size()[0] / self.size[0];
        let least = MIN_CELL.max(self.size[0].min(self.size[1]) / MAX_SHAPES) * unit;
        // Four steps for a factor of two.
        2f64.powf((least.log2() * 4.0).ceil() / 4.0)
    }
}

/// The inputs of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapKey {
    /// The model and its version.
    pub model: (ModelId, u64),
    /// The quantity of the colours.
    pub quantity: Quantity,
    /// The visible part of the map.
    pub view: Bounds,
    /// The size on the screen, in points.
    pub size: [f64; 2],
    /// The requested layers among heat map and distance overlay; the others need no new picture.
    pub layers: MapLayers,
    /// The range of the colour scale.
    pub range: (f64, f64),
    /// The number of the objective whose gradient is requested, if any: it counts the changes so far.
    pub slopes: Option<u64>,
}

/// A picture from the worker.
#[derive(Clone, Debug, Default)]
pub struct MapPictures {
    /// The key that it was computed for.
    pub key: Option<MapKey>,
    /// The computed layers.
    pub content: MapContent,
}

impl MapPictures {
    /// Accepts a newer picture if it is for the model and quantity that were `asked` for; one of an older view is used
    /// until the right one arrives.
    pub fn renew(&mut self, newer: MapPictures, asked: Option<MapKey>) {
        // A picture of another model or quantity is too late.
        let matches =
            |k: MapKey| asked.is_some_and(|c| c.model.0 == k.model.0 && c.quantity == k.quantity);
        let same_slopes = |k: MapKey| k.slopes == asked.and_then(|c| c.slopes);
        let Some(key) = newer.key.filter(|&key| matches(key)) else { return };
        let older = std::mem::replace(self, newer);
        let (content, before) = (&mut self.content, older.content);
        let same_map = older.key.is_some_and(matches);
        if content.slopes.is_none() && same_slopes(key) {
            content.slopes = before.slopes.filter(|_| older.key.is_some_and(same_slopes));
        }
        let same_range = older.key.is_some_and(|older| older.range == key.range);
        // The heat map and the distance overlay arrive after the shapes; the old ones stay until then.
        if content.heat.is_none() && key.layers.has(MapLayer::Heat) && same_range {
            content.heat = before.heat.filter(|_| same_map);
        }
        if content.distance_overlay.is_none() && key.layers.has(MapLayer::Trust) {
            content.distance_overlay = before.distance_overlay.filter(|_| same_map);
        }
    }
}

impl LatentMap {
    /// The key of the picture to show, if it was not requested yet.
    pub fn wanted(
        &mut self,
        model: (ModelId, u64),
        quantity: Quantity,
        visible: MapLayers,
        range: (f64, f64),
    ) -> Option<MapKey> {
        let key = self.key(model, quantity, visible, range);
        (self.measured && self.asked != Some(key)).then(|| {
            self.asked = Some(key);
            key
        })
    }

    /// The key of a picture of a model in the present view.
    pub fn key(
        &self,
        model: (ModelId, u64),
        quantity: Quantity,
        visible: MapLayers,
        range: (f64, f64),
    ) -> MapKey {
        let slopes = visible.has(MapLayer::Gradient).then_some(self.spec.1);
        let (view, size) = (self.view, self.size);
        let layers = [MapLayer::Heat, MapLayer::Trust].into_iter();
        let layers = layers.filter(|&layer| visible.has(layer)).collect();
        MapKey { model, quantity, view, size, layers, range, slopes }
    }

    /// The lattice for a key that was just requested.
    pub fn lattice(&self) -> Lattice {
        Lattice::covering(&self.view.grown(MARGIN), self.spacing())
    }
}

/// A request to the worker.
#[derive(Debug)]
pub struct MapRequest {
    /// The inputs of the picture.
    pub key: MapKey,
    /// The positions of the shapes.
    pub lattice: Lattice,
    /// The objective.
    pub spec: Arc<ObjectiveSpec>,
    /// The model.
    pub prepared: Arc<Prepared>,
}

/// The worker's picture, or why there is none.
pub type DrawnMap = std::result::Result<MapPictures, Text>;

#[derive(Debug, Default)]
struct Slot {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

/// The next task of the worker.
#[derive(Debug, Default)]
struct Waiting {
    request: Option<MapRequest>,
    closing: bool,
    /// Cancelled when a newer request waits: a refinement is not worth finishing then.
    refining: CancelToken,
}

/// The map's worker: the newest request replaces the waiting ones.
#[derive(Debug)]
pub struct Worker {
    slot: Arc<Slot>,
}

impl Worker {
    /// Starts the worker; `post` receives its pictures.
    pub fn start(post: impl Fn(DrawnMap) + Clone + Send + 'static) -> Self {
        let slot = Arc::new(Slot::default());
        let (own, refused) = (slot.clone(), post.clone());
        let body = move || {
            while let Some((request, refining)) = own.next() {
                let draw = || draw(&request, &refining, &|picture| post(Ok(picture)));
                // A panic here must not stop the map for the rest of the session.
                let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw));
                match drawn {
                    Ok(Ok(())) => (),
                    Ok(Err(error)) => post(Err(error.text())),
                    Err(_) => post(Err(text!("something went wrong while drawing it"))),
                }
            }
        };
        let started = std::thread::Builder::new().name("map".to_owned()).spawn(body);
        if let Err(error) = started {
            refused(Err(text!("the system refused a thread ({error})", error = error.to_string())));
        }
        Self { slot }
    }

    /// Requests a picture.
    pub fn ask(&self, request: MapRequest) {
        self.slot.put(|waiting| waiting.request = Some(request));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.slot.put(|waiting| waiting.closing = true);
    }
}

impl Slot {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, change: impl FnOnce(&mut Waiting)) {
        let mut waiting = self.waiting();
        change(&mut waiting);
        waiting.refining.cancel();
        self.changed.notify_all();
    }

    /// Waits for a request; none if the program closes.
    fn next(&self) -> Option<(MapRequest, CancelToken)> {
        let mut waiting = self.waiting();
        loop {
            if waiting.closing {
                return None;
            }
            if let Some(request) = waiting.request.take() {
                waiting.refining = CancelToken::default();
                return Some((request, waiting.refining.clone()));
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Computes shapes and a coarse heat map at once, then the distance overlay, and a fine heat map if no newer request
/// waits.
fn draw(request: &MapRequest, refining: &CancelToken, send: &dyn Fn(MapPictures)) -> Result<()> {
    let MapRequest { key, lattice, spec, prepared } = request;
    let Prepared { model, projection, .. } = &**prepared;
    let bounds = key.view.grown(MARGIN);
    let objective = || Objective::new(model.clone(), (**spec).clone(), Space::Latent);
    let plan = MapPlan {
        quantity: Objective::for_quantity(model.clone(), key.quantity),
        projection,
        range: key.range,
        lattice: *lattice,
        heat: key.layers.has(MapLayer::Heat).then_some(bounds),
        distance_overlay: key.layers.has(MapLayer::Trust).then_some(bounds),
        // If the model lacks a head that the objective needs, there is no gradient.
        slopes: key.slopes.and_then(|_| objective().ok()),
    };
    let show = |content: &MapContent| {
        send(MapPictures { key: Some(*key), content: content.clone() });
    };
    let content = plan.compute(HEAT_CELLS[0], show)?;
    if let Some(finer) = plan.heat_map(HEAT_CELLS[1], refining)? {
        show(&MapContent { heat: Some(finer), ..content });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_mouse() {
        let mut map = LatentMap::new(Bounds { low: [-2.0, -1.0], high: [2.0, 1.0] });
        let share = |map: &LatentMap| (1.0 - map.view.low[0]) / map.view.size()[0];
        let before = share(&map);
        map.zoom([1.0, 0.5], 1.7);
        assert!((share(&map) - before).abs() < 1e-12);
        assert!((map.view.size()[0] - 4.0 / 1.7).abs() < 1e-12);
    }

    #[test]
    fn a_point_beyond_the_edge_is_brought_into_the_view() {
        let mut map = LatentMap::new(Bounds { low: [-2.0, -1.0], high: [2.0, 1.0] });
        let before = map.view;
        map.reveal([1.9, 0.9]);
        assert_eq!(map.view, before, "it is visible");
        map.reveal([5.0, 0.2]);
        let close = |a: [f64; 2], b: [f64; 2]| (0..2).all(|k| (a[k] - b[k]).abs() < 1e-12);
        assert!(close(map.view.centre(), [3.4, 0.0]) && close(map.view.size(), [4.0, 2.0]));
        map.reveal([f64::NAN, 0.0]);
        assert!(close(map.view.centre(), [3.4, 0.0]));
    }

    #[test]
    fn resizing_keeps_the_scale() {
        let mut map = LatentMap::new(Bounds { low: [-3.6, -3.0], high: [3.6, 3.0] });
        map.resize([1440.0, 600.0]);
        assert!((map.view.size()[0] - 14.4).abs() < 1e-12);
        assert!((map.view.size()[1] - 6.0).abs() < 1e-12);
    }
}
