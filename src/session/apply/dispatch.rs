//! Carries an action out by the function of its group.

use super::{models, paths, points, searches, trainings};
use crate::session::action::{Action, Effect};
use crate::session::document::Document;

/// Carries an action out. One that names what the document does not have changes nothing.
pub fn apply(document: &mut Document, action: Action) -> Option<Effect> {
    match action {
        Action::OpenBundled(name) => models::open_bundled(document, name),
        Action::OpenFile(path, instead_of) => models::open_file(document, path, instead_of),
        Action::OpenSwept(sweep, index) => models::open_swept(document, sweep, index),
        Action::OpenPca(of) => models::open_pca(document, of),
        Action::Close(model) => models::close(document, model),
        Action::SetGenerator(generator) => trainings::set_generator(document, generator),
        Action::SetTraining(config) => trainings::set_config(document, config),
        Action::Import(wish, before) => trainings::import(document, wish, before),
        Action::LearnFromOwn(own) => trainings::learn_from_own(document, own),
        Action::Train(spec) => trainings::train(document, spec),
        Action::Retrain(model, spec) => trainings::retrain(document, model, spec),
        Action::Sweep(data, config, betas) => trainings::sweep(document, data, config, betas),
        Action::SetSearch(config) => searches::set_config(document, config),
        Action::SetStarts(starts) => searches::set_starts(document, starts),
        Action::ToggleContender(contender) => searches::toggle_contender(document, contender),
        Action::Search(model, config) => searches::search(document, model, config),
        Action::RemoveSearch(run) => searches::remove(document, run),
        Action::Race(model, config) => searches::race(document, model, config),
        Action::RemoveRace => searches::remove_race(document),
        Action::Rediscover(model, quantity, goal) => {
            searches::rediscover(document, model, quantity, goal)
        }
        Action::RemoveRediscovery => searches::remove_rediscovery(document),
        Action::BeginLesson => searches::begin_lesson(document),
        Action::LessonSearch(model, config) => searches::lesson_search(document, model, config),
        Action::EndLesson => searches::end_lesson(document),
        Action::Pin(model, point) => points::pin(document, model, point),
        Action::Unpin(model, index) => points::unpin(document, model, index),
        Action::Draw(model, line) => points::draw(document, model, line),
        Action::RemoveDrawing => points::remove_drawing(document),
        Action::PlanPath(model, plan) => paths::plan(document, model, plan),
        Action::ShowPath(model, plan) => paths::show(document, model, plan),
        Action::RemovePath(model) => paths::remove(document, model),
        Action::Sample(model, seed) => paths::sample(document, model, seed),
        Action::StepThrough(model, start) => searches::step_through(document, model, start),
        Action::RemoveStepThrough => searches::remove_step_through(document),
    }
}
