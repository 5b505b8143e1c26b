//! Actions of the user.

use super::{
    ComparisonModel, Exportable, JobKind, MapLayer, ModelRef, Page, PathPlan, RowChoice, SearchRef,
    Starts, Theme,
};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::outline::import::ImportOptions;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::table::TableOptions;
use latent_explorer::explore::LatentPlane;
use latent_explorer::model::PointRef;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::optimise::{Contender, SearchConfig};
use latent_explorer::session::commands::command::Touring;
use latent_explorer::session::document::ImportWish;
use latent_explorer::session::jobs::keep::export::Export;
use latent_explorer::session::jobs::learn::training::Portion;
use latent_explorer::session::results::step_through::StepThroughRun;
use latent_explorer::session::screen::selection::MapPoint;
use latent_explorer::session::view::USUALLY_COVERED;
use latent_explorer::session::{Command, State};
use std::path::PathBuf;

/// An act of a person; points are in map coordinates, indices count from 0.
#[derive(Clone, Debug)]
pub enum Act {
    // Models and files.
    Turn(Page),
    Open(PathBuf),
    OpenBundled(usize),
    ShowModel(ModelRef),
    CloseModel(ModelRef),
    Save(ModelRef, PathBuf),
    SetTheme(Theme),
    DismissNotice(u64),
    /// Ends the jobs of a kind, as their buttons do.
    Stop(JobKind),
    Cancel,
    Undo,
    Redo,
    // The map.
    ColourBy(Quantity),
    ToggleLayer(MapLayer),
    ToggleRangeLock,
    Resize([f64; 2]),
    Zoom([f64; 2], f64),
    Fit,
    Hover(Option<[f64; 2]>),
    Select([f64; 2]),
    SelectLatent(Vec<f64>),
    SelectRow(usize),
    SelectNamed(PointRef),
    Pin([f64; 2]),
    Unpin(usize),
    SetPlane(LatentPlane),
    ChooseRows(RowChoice),
    TrainOnChosen,
    // Two models.
    ToggleComparison,
    CompareWith(ComparisonModel),
    Sweep(Vec<f64>),
    OpenSwept {
        index: usize,
        beside: bool,
    },
    // Latent paths and new shapes.
    PlanPath(PathPlan),
    PlayPath,
    PathTo([f64; 2]),
    EndPath,
    DrawSamples,
    DrawSamplesWith {
        seed: u64,
    },
    SelectSample(usize),
    // Data and training.
    SetRecipe(GeneratorConfig),
    Import {
        paths: Vec<PathBuf>,
        values: Option<PathBuf>,
        options: ImportOptions,
    },
    ImportTable(PathBuf, TableOptions),
    LearnFromOwn(bool),
    Draw(Vec<[f64; 2]>),
    ClearDrawn,
    SetTraining(TrainingConfig),
    SetFullSpeed(bool),
    Train,
    ResetTraining,
    PauseTraining(bool),
    TrainBatch,
    TrainEpoch,
    TrainWithNewSeed,
    ResumeTraining,
    Branch,
    TrainHeads(Vec<Quantity>),
    Rediscover(Quantity),
    ClearRediscovery,
    // Searches.
    SetSearch(SearchConfig),
    SetStarts(Starts),
    Search,
    SearchFrom([f64; 2]),
    SearchFromSelected,
    ChooseSearch(SearchRef),
    ClearSearch,
    BeginLesson,
    ContinueLesson,
    SelectRestart(Option<usize>),
    SelectBasin(Option<usize>),
    HoverRestart(Option<usize>),
    ReadLabResults(PathBuf),
    Race,
    ClearRace,
    ToggleContender(Contender),
    SelectContender(Option<usize>),
    StepThrough(StepThrough),
    // The timeline.
    TogglePlay,
    Scrub(f64),
    StepBy(i64),
    FollowNewest,
    Speed(f64),
    // Files that leave.
    Export {
        what: Exportable,
        path: PathBuf,
        pixels: [u32; 2],
        dark: bool,
    },
    ExportCandidates(PathBuf, usize),
}

/// Stepping through one restart by hand.
#[derive(Clone, Copy, Debug)]
pub enum StepThrough {
    Begin,
    NextStage,
    Steps(usize),
    Reset,
    End,
}

impl Act {
    pub(super) fn commands(self, state: &State) -> Vec<Command> {
        let command = match self {
            Self::Stop(kind) => {
                let jobs = state.jobs.iter().filter(|(_, job)| job.kind == kind);
                return jobs.map(|(run, _)| Command::Stop(run)).collect();
            }
            Self::Turn(page) => Command::Turn(page),
            Self::Open(path) => Command::Open(path),
            Self::OpenBundled(index) => Command::OpenSample(index),
            Self::ShowModel(model) => Command::ShowModel(model),
            Self::CloseModel(model) => Command::CloseModel(model),
            Self::Save(model, path) => Command::Save(model, path),
            Self::SetTheme(theme) => Command::SetTheme(theme),
            Self::DismissNotice(notice) => Command::Dismiss(notice),
            Self::Cancel => Command::Cancel,
            Self::Undo => Command::Undo,
            Self::Redo => Command::Redo,
            Self::ColourBy(quantity) => Command::SetQuantity(quantity),
            Self::ToggleLayer(layer) => Command::ToggleLayer(layer),
            Self::ToggleRangeLock => Command::ToggleRangeLock,
            Self::Resize(size) => Command::Resize(size, USUALLY_COVERED),
            Self::Zoom(at, factor) => Command::Zoom(at, factor),
            Self::Fit => Command::Fit,
            Self::Hover(at) => Command::Hover(at),
            Self::Select(at) => Command::Pick(at),
            Self::SelectLatent(z) => Command::PickLatent(z),
            Self::SelectRow(row) => Command::PickRow(row),
            Self::SelectNamed(point) => Command::PickNamed(point),
            Self::Pin(at) => Command::Pin(MapPoint::At(at)),
            Self::Unpin(index) => Command::Unpin(index),
            Self::SetPlane(plane) => Command::SetPlane(plane),
            Self::ChooseRows(choice) => Command::ChooseRows(choice),
            Self::TrainOnChosen => Command::TrainOnChosen,
            Self::ToggleComparison => Command::ToggleComparison,
            Self::CompareWith(model) => Command::CompareWith(model),
            Self::Sweep(betas) => Command::Sweep(betas),
            Self::OpenSwept { index, beside } => Command::OpenSwept(index, beside),
            Self::PlanPath(plan) => Command::Tour(Touring::Plan(plan)),
            Self::PlayPath => Command::Tour(Touring::Begin),
            Self::PathTo(at) => Command::Tour(Touring::To(MapPoint::At(at))),
            Self::EndPath => Command::Tour(Touring::End),
            Self::DrawSamples => Command::Tour(Touring::Draw),
            Self::DrawSamplesWith { seed } => Command::Tour(Touring::DrawWith(seed)),
            Self::SelectSample(index) => Command::Tour(Touring::Keep(index)),
            Self::SetRecipe(generator) => Command::SetRecipe(generator),
            Self::Import { paths, values, options } => {
                Command::Import(ImportWish { paths, values, options, table: None, only: None })
            }
            Self::ImportTable(path, options) => {
                let table = Some(options);
                Command::Import(ImportWish { paths: vec![path], table, ..ImportWish::default() })
            }
            Self::LearnFromOwn(own) => Command::LearnFromOwn(own),
            Self::Draw(line) => Command::Draw(line),
            Self::ClearDrawn => Command::ClearDrawn,
            Self::SetTraining(config) => Command::SetTraining(config),
            Self::SetFullSpeed(full) => Command::SetFullSpeed(full),
            Self::Train => Command::Train,
            Self::ResetTraining => Command::ResetTraining,
            Self::PauseTraining(pause) => Command::PauseTraining(pause),
            Self::TrainBatch => Command::Learn(Portion::Batch),
            Self::TrainEpoch => Command::Learn(Portion::Epoch),
            Self::TrainWithNewSeed => Command::TrainWithNewSeed,
            Self::ResumeTraining => Command::GoOn,
            Self::Branch => Command::Branch,
            Self::TrainHeads(quantities) => Command::TrainHeads(quantities),
            Self::Rediscover(quantity) => Command::Rediscover(quantity),
            Self::ClearRediscovery => Command::ClearRediscovery,
            Self::SetSearch(config) => Command::SetSearch(config),
            Self::SetStarts(starts) => Command::SetStarts(starts),
            Self::Search => Command::Climb,
            Self::SearchFrom(at) => Command::SearchFrom(MapPoint::At(at)),
            Self::SearchFromSelected => Command::SearchFrom(MapPoint::Selected),
            Self::ChooseSearch(search) => Command::ChooseSearch(search),
            Self::ClearSearch => Command::ClearClimb,
            Self::BeginLesson => Command::BeginLesson,
            Self::ContinueLesson => Command::ContinueLesson,
            Self::SelectRestart(restart) => Command::ChooseRestart(restart),
            Self::SelectBasin(basin) => Command::ChooseHill(basin),
            Self::HoverRestart(restart) => Command::HoverRestart(restart),
            Self::ReadLabResults(path) => Command::ImportLabResults(path),
            Self::Race => Command::Race,
            Self::ClearRace => Command::ClearRace,
            Self::ToggleContender(contender) => Command::ToggleLane(contender),
            Self::SelectContender(index) => Command::ChooseLane(index),
            Self::StepThrough(step) => Command::Walk(step.walking()),
            Self::TogglePlay => Command::TogglePlay,
            Self::Scrub(share) => Command::Scrub(share),
            Self::StepBy(steps) => Command::StepBy(steps),
            Self::FollowNewest => Command::FollowNewest,
            Self::Speed(factor) => Command::Speed(factor),
            Self::Export { what, path, pixels, dark } => {
                Command::Export(Export { what, path, pixels, dark })
            }
            Self::ExportCandidates(path, most) => Command::ExportCandidates(path, most),
        };
        vec![command]
    }
}

impl StepThrough {
    fn walking(self) -> StepThroughRun {
        match self {
            Self::Begin => StepThroughRun::Begin,
            Self::NextStage => StepThroughRun::GoOn,
            Self::Steps(count) => StepThroughRun::Steps(count),
            Self::Reset => StepThroughRun::Reset,
            Self::End => StepThroughRun::End,
        }
    }
}
