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
        Action::Rename(model, name) => models::rename(document, model, &name),
        Action::SetGenerator(generator) => trainings::set_generator(document, generator),
        Action::SetTraining(config) => trainings::set_config(document, config),
        Action::Import(wish, before) => trainings::import(document, wish, before),
        Action::LearnFromOwn(own) => trainings::learn_from_own(document, own),
        Action::Train(spec) => trainings::train(document, spec),
        Action::TrainNewSeed(spec) => trainings::train_new_seed(document, spec),
        Action::TrainHeads(model, of, quantities) => {
            trainings::train_heads(document, model, of, quantities)
        }
        Action::Retrain(model, spec) => trainings::retrain(document, model, spec),
        Action::Sweep(data, config, betas) => trainings::sweep(document, data, config, betas),
        Action::SetSearch(config) => searches::set_config(document, config),
        Action::SetStarts(starts) => searches::set_starts(document, starts),
        Action::ToggleContender(contender) => searches::toggle_contender(document, contender),
        Action::Search(model, of, config) => searches::search(document, model, of, config),
        Action::RemoveSearch(run) => searches::remove(document, run),
        Action::Race(model, of, config) => searches::race(document, model, of, config),
        Action::RemoveRace => searches::remove_race(document),
        Action::Rediscover(model, of, quantity, goal) => {
            searches::rediscover(document, (model, of), quantity, goal)
        }
        Action::RemoveRediscovery => searches::remove_rediscovery(document),
        Action::BeginLesson => searches::begin_lesson(document),
        Action::LessonSearch(model, of, config) => {
            searches::lesson_search(document, model, of, config)
        }
        Action::EndLesson => searches::end_lesson(document),
        Action::Pin(model, point) => points::pin(document, model, point),
        Action::Unpin(model, index) => points::unpin(document, model, index),
        Action::Draw(model, of, line) => points::draw(document, model, of, line),
        Action::RemoveDrawing => points::remove_drawing(document),
        Action::PlanPath(model, plan) => paths::plan(document, model, plan),
        Action::ShowPath(model, plan) => paths::show(document, model, plan),
        Action::RemovePath(model) => paths::remove(document, model),
        Action::Sample(model, seed) => paths::sample(document, model, seed),
        Action::StepThrough(model, of, start) => searches::step_through(document, model, of, start),
        Action::RemoveStepThrough => searches::remove_step_through(document),
    }
}
