//! The list of keys.

use super::command::UiCommand;
use super::listed::listed;
use crate::text;
use crate::text::Text;

listed! {
    /// A line of the list of keys, in which related commands stand together.
    KeysLine {
        /// The pages.
        Pages,
        /// The selected point.
        Point,
        /// A path to a point, and pins; by mouse alone.
        PathAndPin,
        /// A search from one point.
        OptimiseFrom,
        /// A search from all starts.
        Optimise,
        /// A search step by step.
        StepByStep,
        /// Latent paths and new shapes.
        Tours,
        /// The playback.
        Playback,
        /// The same keys during a search step by step.
        Stages,
        /// The speed of the playback.
        Speed,
        /// The layers of the map.
        Layers,
        /// The comparison of two models.
        Comparison,
        /// The view of the data.
        Fit,
        /// The left panel.
        LeftPanel,
        /// The view of the map; by mouse alone.
        Map,
        /// The running jobs.
        Jobs,
        /// The window.
        Window,
        /// The size of texts and controls.
        TextScale,
        /// Files.
        Files,
        /// A point by its name.
        GoTo,
        /// The networks and the settings of a model.
        Model,
        /// The history.
        History,
        /// Cancelling.
        Cancel,
        /// A picture of the window.
        CopyPicture,
    }
}

impl KeysLine {
    /// The line that has a command; none for one without keys.
    fn of(command: UiCommand) -> Option<Self> {
        use UiCommand as C;
        match command {
            C::Turn(_) => Some(Self::Pages),
            C::NudgeLeft | C::NudgeRight | C::NudgeDown | C::NudgeUp => Some(Self::Point),
            C::OptimiseFrom => Some(Self::OptimiseFrom),
            C::Optimise => Some(Self::Optimise),
            C::StepByStep => Some(Self::StepByStep),
            C::PlayPath | C::NewShapes => Some(Self::Tours),
            C::PlayOrPause | C::StepBack | C::StepOn => Some(Self::Playback),
            C::Slower | C::Faster => Some(Self::Speed),
            C::Layer(_) => Some(Self::Layers),
            C::Compare => Some(Self::Comparison),
            C::Fit => Some(Self::Fit),
            C::LeftPanel => Some(Self::LeftPanel),
            C::Jobs => Some(Self::Jobs),
            C::Keys | C::Present | C::FullScreen => Some(Self::Window),
            C::TextSmaller | C::TextUsual | C::TextLarger => Some(Self::TextScale),
            C::Open | C::Save | C::Export => Some(Self::Files),
            C::GoTo => Some(Self::GoTo),
            C::Model => Some(Self::Model),
            C::Undo | C::Redo => Some(Self::History),
            C::Cancel => Some(Self::Cancel),
            C::CopyPicture => Some(Self::CopyPicture),
            _ => None,
        }
    }

    /// The keys of its commands, and what the mouse does.
    pub fn keys(self) -> Text {
        let commands = UiCommand::all().filter(|command| Self::of(*command) == Some(self));
        let keys = commands.map(|command| command.keys());
        match self {
            Self::Point => text!("Click, arrow keys"),
            Self::PathAndPin => text!("Shift-click, right-click"),
            Self::OptimiseFrom => {
                Text::joined([text!("Double-click")].into_iter().chain(keys), ", ")
            }
            Self::Stages => text!("step by step"),
            Self::Map => text!("Drag, scroll"),
            Self::Pages | Self::Layers => Text::joined(keys, "  "),
            _ => Text::joined(keys, "   "),
        }
    }

    /// Their effect.
    pub fn about(self) -> Text {
        match self {
            Self::Pages => text!("Explore, Train, Optimise"),
            Self::Point => text!("Keep a point, move it"),
            Self::PathAndPin => text!("Follow a path there, pin it"),
            Self::OptimiseFrom => text!("Optimise from there"),
            Self::Optimise => text!("Optimise from all starts"),
            Self::StepByStep => text!("Search step by step"),
            Self::Tours => text!("Follow a path over the map, draw new samples"),
            Self::Playback => text!("Play or pause, one step back, one step on"),
            Self::Stages => text!("A whole step, one stage back, one stage on"),
            Self::Speed => text!("Slower, faster"),
            Self::Layers => text!("Shapes, heat, data, paths, trust, gradient, axes"),
            Self::Comparison => text!("Compare two models"),
            Self::Fit => UiCommand::Fit.about(),
            Self::LeftPanel => UiCommand::LeftPanel.label(),
            Self::Map => text!("Move the map, zoom"),
            Self::Jobs => text!("List what runs, and end it"),
            Self::Window => text!("Keys, projector mode, full screen"),
            Self::TextScale => text!("Smaller, usual, larger texts and controls"),
            Self::Files => text!("Open, save, export"),
            Self::GoTo => UiCommand::GoTo.about(),
            Self::Model => UiCommand::Model.about(),
            Self::History => text!("Undo, redo"),
            Self::Cancel => UiCommand::Cancel.about(),
            Self::CopyPicture => UiCommand::CopyPicture.about(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_with_keys_has_a_line() {
        for command in UiCommand::all() {
            let listed = KeysLine::of(command).is_some();
            assert_eq!(listed, !command.shortcuts().is_empty(), "{command:?}");
        }
        for line in KeysLine::all() {
            assert!(!line.keys().to_string().is_empty(), "{line:?} has no keys");
        }
    }

    #[test]
    fn lines_have_the_keys_of_their_commands() {
        assert_eq!(KeysLine::Layers.keys().to_string(), "G  H  D  P  T  V  A");
        assert_eq!(KeysLine::OptimiseFrom.keys().to_string(), "Double-click, C");
        assert_eq!(KeysLine::Window.keys().to_string(), "F1   F5   F11");
    }
}
