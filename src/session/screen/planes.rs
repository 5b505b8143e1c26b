//! The planes of the maps: a model on the screen is put on the plane that the view asks for.

use crate::session::core::Core;
use crate::session::map::MapPictures;
use crate::session::notices::Cause;
use crate::session::results::models::ModelEntry;
use crate::session::screen::derived::ModelKey;
use crate::session::screen::shown_planes::OnPlane;
use std::sync::Arc;

/// Puts the models on the screen on their planes, if they are not there. A plane that a model cannot have, such as one
/// through a row that it lacks, is reported and forgotten.
pub(in crate::session) fn refresh_planes(core: &mut Core) {
    let view = &core.state.view;
    for id in [view.shown, view.compared.map(|compared| compared.model)].into_iter().flatten() {
        let state = &mut core.state;
        let Some(result) = state.result_of(id) else { continue };
        let (plane, of) = (state.view.plane(id), ModelKey::from(&result.prepared));
        let before = state.planes.0.get(&id).map_or(&result.prepared.plane, |on| &on.plane).clone();
        if result.prepared.plane == plane {
            state.planes.0.remove(&id);
        } else {
            let known = state.planes.0.get(&id);
            if known.is_some_and(|known| known.plane == plane && known.of == of) {
                continue;
            }
            match result.prepared.on_plane(&plane) {
                Ok(prepared) => {
                    let entry = ModelEntry { prepared: Arc::new(prepared), ..result.clone() };
                    let on_plane = OnPlane { plane: plane.clone(), of, entry };
                    state.planes.0.insert(id, on_plane);
                }
                Err(error) => {
                    state.view.planes.remove(&id);
                    state.planes.0.remove(&id);
                    state.notices.error(Cause::Model, error);
                }
            }
        }
        let now = state.model(id).map(|entry| entry.prepared.clone());
        if let Some(now) = now.filter(|now| now.plane != before)
            && state.view.shown == Some(id)
        {
            // A picture of the other plane would have wrong positions.
            state.map.picture = MapPictures::default();
            state.map.probe = None;
            state.view.map.fit(now.home);
        }
    }
}
