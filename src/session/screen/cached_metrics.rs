//! Metrics of the visible models, and of the shown training snapshot.

use crate::session::core::Core;
use crate::session::document::ids::ModelId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::learn::metrics;
use crate::session::jobs::registry::JobKind;
use crate::session::screen::metrics_cache::CachedMetrics;

/// Computes the visible metrics that are unknown: one version of a model at a time, so that the newest version
/// follows the running one, and the versions between them are skipped.
pub(in crate::session) fn measure_shown(core: &mut Core) {
    let state = &mut core.state;
    let open: Vec<ModelId> = state.models().map(|(id, _)| id).collect();
    state.metrics.versions.retain(|id, _| open.contains(id));
    state.metrics.moments.retain(|((id, _), _)| open.contains(id));
    for id in state.to_be_measured() {
        let state = &mut core.state;
        let Some(entry) = state.model(id) else { continue };
        let (version, model) = ((id, entry.version), entry.prepared.model.clone());
        let moment = state.shown_snapshot(id);
        if state.metrics.get(version).is_some() {
            continue;
        }
        let known = moment.and_then(|updates| {
            state.metrics.of_moment((id, updates)).map(|metrics| (updates, metrics.clone()))
        });
        if let Some((updates, metrics)) = known {
            state.metrics.keep((id, updates), metrics.clone());
            // A running computation for an old version only has to end before the next one.
            if !state.metrics.is_under_way(id) {
                state.metrics.set(version, CachedMetrics::Known(metrics));
            }
            continue;
        }
        if state.metrics.is_under_way(id) {
            continue;
        }
        let name = entry.name.clone();
        let run =
            core.start(JobKind::Metrics, name, move |_: &Handle<NoNews>| metrics::run(&model));
        core.state.metrics.set(version, CachedMetrics::UnderWay(run, moment));
    }
}
