//! The commands of the window: what a person can do by a key, a menu or a main button, given what is shown and selected.
//! Keys, menus, buttons and the list of keys read this table.

use super::listed::listed;
use crate::explore::scene::map_layer::MapLayer;
use crate::optimise::Rule;
use crate::session::commands::command::Touring;
use crate::session::jobs::learn::training::{Portion, TrainingPhase};
use crate::session::preferences::{TextScale, ThemeChoice};
use crate::session::results::step_through::StepThroughRun;
use crate::session::screen::selection::MapPoint;
use crate::session::{Activity, Command, State};
use crate::text;
use crate::text::Text;
use crate::ui::request::{Dialog, Request, Requests};

/// The distance by which an arrow key moves the selected point, as a fraction of the view.
const NUDGE: f64 = 0.02;

listed! {
    /// A command of the window.
    UiCommand {
        /// Switch to exploring, training or optimising.
        Turn(Activity): [Explore, Train, Optimise],
        /// Open a model.
        Open,
        /// Save the shown model.
        Save,
        /// Show the networks and the settings of the shown model.
        Model,
        /// Close the shown model.
        CloseModel,
        /// Begin as for a new person.
        StartFresh,
        /// Open the export dialog.
        Export,
        /// Take the last action back.
        Undo,
        /// Carry out again what was taken back last.
        Redo,
        /// Select a point by its name.
        GoTo,
        /// Fit the view to the data.
        Fit,
        /// Show or hide the left panel.
        LeftPanel,
        /// Choose the theme.
        Theme(ThemeChoice): [System, Light, Dark],
        /// Make texts and controls smaller.
        TextSmaller,
        /// Give texts and controls their usual size.
        TextUsual,
        /// Make texts and controls larger.
        TextLarger,
        /// Begin the lesson on how an optimiser exploits a model.
        Lesson,
        /// List the keys.
        Keys,
        /// Switch the projector mode.
        Present,
        /// Switch the full screen on or off.
        FullScreen,
        /// Copy a picture of the window.
        CopyPicture,
        /// Open or close the list of running jobs.
        Jobs,
        /// Cancel a job, or deselect.
        Cancel,
        /// Show another model beside the present one, or remove it.
        Compare,
        /// Switch a layer on or off.
        Layer(MapLayer): [Shapes, Heat, Data, Paths, Trust, Gradient, Axes],
        /// Play, or pause.
        PlayOrPause,
        /// Go one step of the playback back.
        StepBack,
        /// Go one step of the playback on.
        StepOn,
        /// Halve the speed of the playback.
        Slower,
        /// Double the speed of the playback.
        Faster,
        /// Move the selected point to the left.
        NudgeLeft,
        /// Move the selected point to the right.
        NudgeRight,
        /// Move the selected point down.
        NudgeDown,
        /// Move the selected point up.
        NudgeUp,
        /// Pin the selected point.
        Pin,
        /// Draw a freehand shape.
        DrawShape,
        /// Make the latent path and play it.
        PlayPath,
        /// Sample new shapes.
        NewShapes,
        /// Search from all starts.
        Optimise,
        /// Search from the point under the mouse, or else from the selected point.
        OptimiseFrom,
        /// Run a search step by step.
        StepByStep,
        /// Run several optimisers side by side.
        Race,
        /// Remove the search.
        ClearSearch,
        /// Show the search as a program.
        ShowCode,
        /// Choose the data of the next training.
        Data,
        /// Begin a training.
        Train,
        /// Do one update of a training, then pause.
        OneBatch,
        /// Do the rest of an epoch, then pause.
        OneEpoch,
        /// Begin the same training again.
        ResetTraining,
        /// Continue the training of the shown model.
        GoOn,
        /// Train a new model that shares the past of the shown one.
        Branch,
        /// Begin a training with the next seed.
        NewSeed,
    }
}

/// A section of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuSection {
    /// Files and the history.
    Files,
    /// Layers and views of the window.
    View,
    /// The theme.
    Theme,
    /// The size of texts and controls.
    TextScale,
    /// Help.
    Help,
}

impl UiCommand {
    /// The name on buttons and in menus.
    pub fn label(self) -> Text {
        match self {
            Self::Turn(Activity::Explore) => text!("Explore"),
            Self::Turn(Activity::Train) | Self::Train => text!("Train"),
            Self::Turn(Activity::Optimise) | Self::Optimise => text!("Optimise"),
            Self::Open => text!("Open\u{2026}"),
            Self::Save => text!("Save\u{2026}"),
            Self::Model => text!("Model\u{2026}"),
            Self::CloseModel => text!("Close"),
            Self::StartFresh => text!("Start fresh\u{2026}"),
            Self::Export => text!("Export\u{2026}"),
            Self::Undo => text!("Undo"),
            Self::Redo => text!("Redo"),
            Self::GoTo => text!("Go to a point\u{2026}"),
            Self::Fit => text!("Fit view"),
            Self::LeftPanel => text!("Left panel"),
            Self::Theme(ThemeChoice::System) => text!("System"),
            Self::Theme(ThemeChoice::Light) => text!("Light"),
            Self::Theme(ThemeChoice::Dark) => text!("Dark"),
            Self::TextSmaller => text!("Smaller"),
            Self::TextUsual => text!("100 %"),
            Self::TextLarger => text!("Larger"),
            Self::Lesson => text!("Lesson: how a search cheats"),
            Self::Keys => text!("Keys"),
            Self::Present => text!("Present"),
            Self::FullScreen => text!("Full screen"),
            Self::CopyPicture => text!("Copy picture"),
            Self::Jobs => text!("Jobs"),
            Self::Cancel => text!("Cancel"),
            Self::Compare => text!("Compare"),
            Self::Layer(layer) => layer.label(),
            Self::PlayOrPause => text!("Play or pause"),
            Self::StepBack => text!("One step back"),
            Self::StepOn => text!("One step on"),
            Self::Slower => text!("Slower"),
            Self::Faster => text!("Faster"),
            Self::NudgeLeft => text!("Point to the left"),
            Self::NudgeRight => text!("Point to the right"),
            Self::NudgeDown => text!("Point down"),
            Self::NudgeUp => text!("Point up"),
            Self::Pin => text!("Pin this point"),
            Self::DrawShape => text!("Draw a shape\u{2026}"),
            Self::PlayPath => text!("Walk"),
            Self::NewShapes => text!("New samples"),
            Self::OptimiseFrom => text!("Optimise from here"),
            Self::StepByStep => text!("By hand"),
            Self::Race => text!("Race"),
            Self::ClearSearch => text!("Clear"),
            Self::ShowCode => text!("Show code\u{2026}"),
            Self::Data => text!("Data\u{2026}"),
            Self::OneBatch => text!("One batch"),
            Self::OneEpoch => text!("One epoch"),
            Self::ResetTraining => text!("Reset"),
            Self::GoOn => text!("Go on"),
            Self::Branch => text!("Branch"),
            Self::NewSeed => text!("New seed"),
        }
    }

    /// The name with what the command acts on now.
    pub fn title(self, state: &State) -> Text {
        match (self, state.history.undoable(), state.history.redoable()) {
            (Self::Undo, Some(action), _) => text!("Undo: {action}", action),
            (Self::Redo, _, Some(action)) => text!("Redo: {action}", action),
            (Self::NewShapes, ..) if state.tours.drawn.is_some() => text!("New sample"),
            _ => self.label(),
        }
    }

    /// The effect of the command, in a sentence.
    pub fn about(self) -> Text {
        match self {
            Self::Turn(Activity::Explore) => text!("Move over the map and see what it holds"),
            Self::Turn(Activity::Train) => text!("Train a model and watch the map take shape"),
            Self::Turn(Activity::Optimise) => {
                text!("Search for the best points of the latent space")
            }
            Self::Open => text!("Open a model, or starts for a search"),
            Self::Save => text!("Save the shown model to a file"),
            Self::Model => text!(
                "The networks of the shown model, what moves in this mode, its settings, its name"
            ),
            Self::CloseModel => text!("Close the shown model"),
            Self::StartFresh => {
                text!("Forget the models, results and settings of the person before")
            }
            Self::Export => text!("Curves, a film, a report or the map as files"),
            Self::Undo => text!("Take the last action back"),
            Self::Redo => text!("Carry out again what was taken back last"),
            Self::GoTo => text!("Go to a point by its name"),
            Self::Fit => text!("Fit view; again: with outliers"),
            Self::LeftPanel => text!("Show or hide the left panel"),
            Self::Theme(_) => text!("Choose the colours of the window"),
            Self::TextSmaller => text!("Smaller texts and controls"),
            Self::TextUsual => text!("Texts and controls in their usual size"),
            Self::TextLarger => {
                text!("Larger texts and controls, as far as the window has room for them")
            }
            Self::Lesson => {
                text!("Three searches on the shown model that teach when to believe an answer")
            }
            Self::Keys => text!("List all keys"),
            Self::Present => text!("Projector mode: a large map and large text"),
            Self::FullScreen => text!("Switch the full screen on or off"),
            Self::CopyPicture => text!("Copy a picture of the window"),
            Self::Jobs => text!("What runs now, how far it is, and how to end it"),
            Self::Cancel => text!("Cancel, deselect"),
            Self::Compare => text!("Two models on two maps: the same point, seen by both"),
            Self::Layer(layer) => layer.about(),
            Self::PlayOrPause => text!("Play from the beginning if at the end, or pause"),
            Self::StepBack => text!("Show the step before"),
            Self::StepOn => text!("Show the next step"),
            Self::Slower => text!("Play at half the speed"),
            Self::Faster => text!("Play at twice the speed"),
            Self::NudgeLeft | Self::NudgeRight | Self::NudgeDown | Self::NudgeUp => {
                text!("Move the kept point")
            }
            Self::Pin => text!("Keep it beside the map to compare (right-click does the same)"),
            Self::DrawShape => text!("Draw one by hand and see where the model places it"),
            Self::PlayPath => {
                text!("Follow the path from its beginning and see what is decoded on it")
            }
            Self::NewShapes => {
                text!("Draw points from the latent distribution of the model and decode them")
            }
            Self::Optimise => text!("Start all restarts at once"),
            Self::OptimiseFrom => text!("Start a search from this point"),
            Self::StepByStep => text!(
                "Step-by-step Adam: one restart from the kept point (or a drawn start) through every stage of the \
                 update, with its numbers and its code"
            ),
            Self::Race => text!(
                "Let several methods search from the same starts with the same budget, side by side. None of them stops early."
            ),
            Self::ClearSearch => text!(
                "Take the trajectories off the map; {keys} brings them back",
                keys = Self::Undo.keys()
            ),
            Self::ShowCode => text!("The lines of PyTorch and the command line that do the same"),
            Self::Data => text!("Choose families and how they vary, or shapes of your own"),
            Self::Train => text!("Train a new model; the open ones stay"),
            Self::OneBatch => text!("One update of the weights, then pause"),
            Self::OneEpoch => text!("The rest of one pass over the data, then pause"),
            Self::ResetTraining => text!("Train again from the beginning, with the same seed"),
            Self::GoOn => text!(
                "Go on from the snapshot that is shown: to the end of the training, or, from its end, as many \
                     updates again as are set above. Settings, order and noise stay."
            ),
            Self::Branch => text!(
                "A new model that shares its past with this one up to the snapshot that is shown, and goes on with the \
                      settings above and the same noise: change one, such as beta, and watch what it does."
            ),
            Self::NewSeed => {
                text!("Train again with the next seed: other outlines, weights and noise")
            }
        }
    }

    /// The section of the menu that has the command.
    pub fn menu_section(self) -> Option<MenuSection> {
        match self {
            Self::Open | Self::Save | Self::Export | Self::Undo | Self::Redo | Self::StartFresh => {
                Some(MenuSection::Files)
            }
            Self::GoTo | Self::Fit | Self::LeftPanel | Self::FullScreen | Self::CopyPicture => {
                Some(MenuSection::View)
            }
            Self::Theme(_) => Some(MenuSection::Theme),
            Self::TextSmaller | Self::TextUsual | Self::TextLarger => Some(MenuSection::TextScale),
            Self::Lesson | Self::Keys => Some(MenuSection::Help),
            _ => None,
        }
    }

    /// The action; none if it would do nothing. What the session refuses is an action: the refusal has a reason, which is
    /// shown.
    pub fn action(self, state: &State) -> Option<Request> {
        let shown = state.shown().map(|(id, entry)| (id, entry.unsaved));
        let command = match self {
            Self::Open => return Some(Request::Show(Dialog::Open(String::new()))),
            Self::Save => {
                let (id, _) = shown?;
                return Some(Request::Show(Dialog::Save(id, state.suggested_path(id))));
            }
            Self::Model => {
                let (id, _) = shown?;
                return Some(Request::Show(Dialog::Model(id, state.name(id).to_string())));
            }
            Self::CloseModel => match shown? {
                (id, true) => return Some(Request::Show(Dialog::CloseUnsaved(id))),
                (id, false) => Command::CloseModel(id),
            },
            Self::StartFresh => return Some(Request::Show(Dialog::StartFresh)),
            Self::Export => return Some(Request::ShowExport(None)),
            Self::GoTo => return Some(Request::Show(Dialog::GoTo(String::new()))),
            Self::LeftPanel => return Some(Request::TogglePanel),
            Self::Keys => return Some(Request::Show(Dialog::Keys)),
            Self::Present => return Some(Request::TogglePresent),
            Self::FullScreen => return Some(Request::ToggleFullScreen),
            Self::CopyPicture => return Some(Request::CopyPicture),
            Self::Jobs => return Some(Request::ToggleJobs),
            Self::DrawShape => return Some(Request::Show(Dialog::Draw)),
            Self::Race => return Some(Request::Race),
            Self::ShowCode => return Some(Request::Show(Dialog::Code)),
            Self::Data => return Some(Request::Show(Dialog::Data)),
            Self::Turn(activity) => Command::Turn(activity),
            Self::Undo => Command::Undo,
            Self::Redo => Command::Redo,
            Self::Fit => Command::Fit,
            Self::Theme(choice) => Command::SetTheme(choice),
            Self::TextSmaller => Command::SetTextScale(state.preferences.text_scale.smaller()),
            Self::TextUsual => Command::SetTextScale(TextScale::default()),
            Self::TextLarger => Command::SetTextScale(state.preferences.text_scale.larger()),
            Self::Lesson => Command::BeginLesson,
            Self::Cancel => Command::Cancel,
            Self::Compare => Command::ToggleComparison,
            Self::Layer(layer) => Command::ToggleLayer(layer),
            Self::PlayOrPause => Command::TogglePlay,
            Self::StepBack => Command::StepBy(-1),
            Self::StepOn => Command::StepBy(1),
            Self::Slower => Command::Speed(0.5),
            Self::Faster => Command::Speed(2.0),
            Self::NudgeLeft => Command::Nudge([-NUDGE, 0.0]),
            Self::NudgeRight => Command::Nudge([NUDGE, 0.0]),
            Self::NudgeDown => Command::Nudge([0.0, -NUDGE]),
            Self::NudgeUp => Command::Nudge([0.0, NUDGE]),
            Self::Pin => {
                state.map.picked.as_ref()?;
                Command::Pin(MapPoint::Selected)
            }
            Self::PlayPath => Command::Tour(Touring::Begin),
            Self::NewShapes => Command::Tour(Touring::Draw),
            Self::Optimise => Command::Climb,
            Self::OptimiseFrom => match (&state.map.probe, &state.map.picked) {
                (Some(_), _) => Command::SearchFrom(MapPoint::Hovered),
                (None, Some(_)) => Command::SearchFrom(MapPoint::Selected),
                (None, None) => return None,
            },
            Self::StepByStep => Command::Walk(StepThroughRun::Begin),
            Self::ClearSearch => {
                state.search()?;
                Command::ClearClimb
            }
            Self::Train => Command::Train,
            Self::OneBatch => Command::Learn(Portion::Batch),
            Self::OneEpoch => Command::Learn(Portion::Epoch),
            Self::ResetTraining => Command::ResetTraining,
            Self::GoOn => Command::GoOn,
            Self::Branch => Command::Branch,
            Self::NewSeed => Command::TrainWithNewSeed,
        };
        Some(Request::Do(command))
    }

    /// True if the command can be chosen now: a menu lists it, its button is enabled.
    pub fn is_offered(self, state: &State) -> bool {
        let phase = state.training().phase;
        match self {
            Self::Undo => state.history.undoable().is_some(),
            Self::Redo => state.history.redoable().is_some(),
            Self::Layer(MapLayer::Paths) => state.search().is_some(),
            Self::DrawShape | Self::Lesson | Self::ShowCode if state.shows_table() => false,
            Self::PlayPath | Self::NewShapes => state.shown().is_some(),
            Self::StepByStep => Rule::from_method(state.search_config().method).is_some(),
            Self::Race => state.race().is_none_or(|race| race.job.is_none()),
            Self::Train | Self::NewSeed => phase == TrainingPhase::Idle,
            Self::OneBatch | Self::OneEpoch => phase != TrainingPhase::Finishing,
            Self::ResetTraining => state.training().plan.is_some(),
            Self::GoOn | Self::Branch => {
                phase == TrainingPhase::Idle && state.cannot_go_on().is_none()
            }
            _ => self.action(state).is_some(),
        }
    }

    /// Requests the command, if it does anything.
    pub fn request(self, state: &State, actions: &mut Requests) {
        self.action(state).into_iter().for_each(|action| actions.push(action));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_is_a_command() {
        let layers = UiCommand::all().filter(|command| matches!(command, UiCommand::Layer(_)));
        assert!(layers.eq(MapLayer::ALL.map(UiCommand::Layer)));
    }
}
