//! The annotations of the map, for the window and for exported pictures.

use crate::explore::layers::trajectories::Trajectories;
use crate::explore::scene::compose::{Annotations, SearchView, StepThroughView};
use crate::export::pictures::film::TrajectoryFilm;
use crate::session::State;
use crate::session::screen::derived::ModelKey;
use crate::session::view::PickedAs;
use std::sync::Arc;

impl State {
    /// All annotations that do not come from the model. A step-by-step search replaces a search, and the selected
    /// answer of a race replaces that of a search.
    pub fn annotations(&self) -> Annotations {
        let walk = self.walk().filter(|_| self.is_walking());
        let search_run = self.shown_race().or_else(|| self.shown_search());
        let tour = self.tour().filter(|_| self.is_touring());
        let projection = self.shown().map(|(_, entry)| &entry.prepared.projection);
        // The start of a step-by-step search and the point of a latent path have marks of their own.
        let has_mark = match self.view.selection.as_ref().map(|selection| selection.picked_as) {
            Some(PickedAs::PathMarker) => tour.is_some(),
            Some(PickedAs::Start) => walk.is_some(),
            Some(PickedAs::Kept) | None => false,
        };
        let kept = self.map.picked.as_ref().filter(|_| !has_mark);
        Annotations {
            search_run: search_run.filter(|_| walk.is_none()),
            walk: walk.zip(projection).map(|(walk, projection)| StepThroughView {
                path: walk.path(projection),
                step: walk.step(projection),
            }),
            uphill: self.uphill(),
            tour: tour
                .zip(projection)
                .map(|(tour, projection)| (tour.line.clone(), projection.project(&tour.here()))),
            kept: kept.map(|picked| picked.at),
            chosen: self.chosen_places(),
        }
    }

    /// The search at the shown step; none if it belongs to another model's latent space.
    pub fn shown_search(&self) -> Option<SearchView> {
        let search_run = self.search()?;
        let (id, entry) = self.shown()?;
        if search_run.model.0 != id || search_run.paths.is_empty() {
            return None;
        }
        let prepared = &entry.prepared;
        let paths = match &search_run.findings {
            _ if search_run.plane == prepared.plane => search_run.paths.clone(),
            Some(findings) => {
                let key = (self.view.search?, None, ModelKey::from(prepared));
                self.derived.on_planes.get(key, |_| {
                    let report = &findings.report;
                    let film = TrajectoryFilm::new(report, &prepared.projection, prepared.detail());
                    film.paths
                })
            }
            // The trajectories of a search that runs grow on the plane that was shown when it began.
            None => return None,
        };
        let star = search_run.star().zip(search_run.report()).map(|(index, report)| {
            entry.prepared.projection.project(report.restarts[index].restart.best_z())
        });
        let trajectories =
            search_run.findings.as_ref().map(|findings| findings.trajectories.clone());
        Some(SearchView {
            paths,
            step: search_run.shown_step(),
            fresh_from: search_run.fresh_from(),
            trajectories: trajectories.unwrap_or_default(),
            chosen: search_run.look.chosen,
            hovered: search_run.hovered,
            group: search_run.look.basin,
            star,
            stale: self.is_search_stale(),
        })
    }

    /// The trajectory to the selected answer of the race.
    pub fn shown_race(&self) -> Option<SearchView> {
        let contest = self.race()?;
        let (id, entry) = self.shown().filter(|(id, _)| contest.model.0 == *id)?;
        let (race, prepared) = (self.document.race.as_ref()?.run, &entry.prepared);
        let contender = self.chosen_contender()?;
        let (paths, restart) = contest.trajectory(contender)?;
        let paths = match contest.plane == prepared.plane {
            true => paths.clone(),
            false => {
                let key = (race, Some(contender), ModelKey::from(prepared));
                let projected = |_: &_| {
                    Arc::new(Trajectories::from_trajectories(
                        [&restart.trajectory],
                        &prepared.projection,
                        prepared.detail(),
                        restart.stride,
                    ))
                };
                self.derived.on_planes.get(key, projected)
            }
        };
        let z = restart.best_z();
        Some(SearchView {
            step: paths.last_step() as f64,
            paths,
            fresh_from: 0.0,
            trajectories: Arc::default(),
            chosen: None,
            hovered: None,
            group: None,
            star: Some(prepared.projection.project(z)),
            stale: contest.model != (id, entry.version),
        })
    }
}
