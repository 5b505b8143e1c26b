//! The map as the window sees it, and its one worker, which computes its pictures.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::Bounds;
use crate::explore::layers::grid::Lattice;
use crate::explore::layers::map_content::{MapContent, MapPlan};
use crate::explore::layers::trust_overlay::TrustOverlay;
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::numerics::cancel_token::CancelToken;
use crate::objective::{Objective, ObjectiveSpec, Space};
use crate::session::document::ids::ModelId;
use crate::session::results::models::Prepared;
use crate::session::results::probe::Probe;
use crate::session::view::Viewport;
use crate::text;
use crate::text::Text;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Heat cells along the longer side: at once, and later in the finer picture.
const HEAT_CELLS: [usize; 2] = [96, 256];
/// The picture extends this far beyond the edges, as a share of the view, so that a small pan shows no gap.
const MARGIN: f64 = 0.12;

/// The content of the map.
#[derive(Debug, Default)]
pub struct LatentMap {
    /// True once the size on the screen is known; until then nothing is painted and the view is not the user's.
    pub measured: bool,
    /// The last picture of the worker; it stays until the next one arrives.
    pub picture: MapPictures,
    /// The key of the last request to the worker.
    pub asked: Option<MapKey>,
    /// The point under the mouse or the arrow keys.
    pub probe: Option<Probe>,
    /// The selected point of the view; the inspector shows it while the mouse is elsewhere.
    pub picked: Option<Probe>,
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
    /// The requested layers among heat map and trust overlay; the others need no new picture.
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
        let older_model = older.key.map(|key| key.model);
        if content.slopes.is_none() && same_slopes(key) {
            content.slopes = before.slopes.filter(|_| older.key.is_some_and(same_slopes));
        }
        let same_range = older.key.is_some_and(|older| older.range == key.range);
        // The heat map and the trust overlay arrive after the shapes; the old ones stay until then.
        if content.heat.is_none() && key.layers.has(MapLayer::Heat) && same_range {
            content.heat = before.heat.filter(|_| same_map);
        }
        // So is that of a distance alone, unless it shows what the one with the uncertainty does not.
        let is_better = |older: &TrustOverlay| match &content.trust_overlay {
            None => true,
            Some(_) if older_model != Some(key.model) => false,
            Some(fog) => {
                let covers = [key.view.low, key.view.high].map(|at| older.bounds.contains(at));
                older.has_uncertainty && !fog.has_uncertainty && covers == [true; 2]
            }
        };
        if key.layers.has(MapLayer::Trust) && same_map {
            let older = before.trust_overlay.filter(is_better);
            content.trust_overlay = older.or(content.trust_overlay.take());
        }
    }
}

impl LatentMap {
    /// The key of the picture to show, if it was not requested yet.
    pub fn wanted(
        &mut self,
        view: &Viewport,
        model: (ModelId, u64),
        quantity: Quantity,
        visible: MapLayers,
        range: (f64, f64),
    ) -> Option<MapKey> {
        let key = self.key(view, model, quantity, visible, range);
        (self.measured && self.asked != Some(key)).then(|| {
            self.asked = Some(key);
            key
        })
    }

    /// The key of a picture of a model in a view.
    pub fn key(
        &self,
        view: &Viewport,
        model: (ModelId, u64),
        quantity: Quantity,
        visible: MapLayers,
        range: (f64, f64),
    ) -> MapKey {
        let slopes = visible.has(MapLayer::Gradient).then_some(self.spec.1);
        let (view, size) = (view.bounds, view.size());
        let layers = [MapLayer::Heat, MapLayer::Trust].into_iter();
        let layers = layers.filter(|&layer| visible.has(layer)).collect();
        MapKey { model, quantity, view, size, layers, range, slopes }
    }
}

/// The lattice of shapes for a view.
pub(in crate::session) fn lattice(view: &Viewport) -> Lattice {
    Lattice::covering(&view.bounds.grown(MARGIN), view.spacing())
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

/// Computes shapes and a coarse heat map at once, then the trust overlay of the distance; a fine heat map and the
/// uncertainty of a prediction if no newer request waits.
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
        trust_overlay: key.layers.has(MapLayer::Trust).then_some(bounds),
        // If the model lacks a head that the objective needs, there is no gradient.
        slopes: key.slopes.and_then(|_| objective().ok()),
    };
    let show = |content: &MapContent| {
        send(MapPictures { key: Some(*key), content: content.clone() });
    };
    let mut content = plan.compute(HEAT_CELLS[0], show)?;
    if let Some(finer) = plan.heat_map(HEAT_CELLS[1], refining)? {
        content.heat = Some(finer);
        show(&content);
    }
    if plan.add_uncertainty(&mut content, refining) {
        show(&content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: u64, view: Bounds) -> MapKey {
        MapKey {
            model: (ModelId(1), version),
            quantity: Quantity::AREA,
            view,
            size: [100.0; 2],
            layers: MapLayers::default().with(MapLayer::Trust),
            range: (0.0, 1.0),
            slopes: None,
        }
    }

    /// A picture of a view with fog a tenth beyond it.
    fn picture(key: MapKey, has_uncertainty: bool) -> MapPictures {
        let (bounds, cover) = (key.view.grown(0.1), Arc::new(vec![0; 4]));
        let fog = TrustOverlay { bounds, size: [2; 2], cover, has_uncertainty };
        let content = MapContent { trust_overlay: Some(fog), ..MapContent::default() };
        MapPictures { key: Some(key), content }
    }

    #[test]
    fn fog_with_the_uncertainty_stays_while_it_covers_the_view() {
        let view = Bounds { low: [0.0; 2], high: [1.0; 2] };
        let moved = |by: f64| Bounds { low: [by, 0.0], high: [1.0 + by, 1.0] };
        let after = |newer: MapKey, has_uncertainty: bool| {
            let mut pictures = picture(key(1, view), true);
            pictures.renew(picture(newer, has_uncertainty), Some(newer));
            let fog = pictures.content.trust_overlay.unwrap();
            assert_eq!(pictures.key, Some(newer));
            (fog.has_uncertainty, fog.bounds == newer.view.grown(0.1))
        };
        assert_eq!(after(key(1, moved(0.05)), false), (true, false), "the older one stays");
        assert_eq!(after(key(1, moved(0.2)), false), (false, true), "it does not reach there");
        assert_eq!(after(key(1, moved(0.05)), true), (true, true), "the newer one is whole");
        assert_eq!(after(key(2, view), false), (false, true), "another state of a training");
    }
}
