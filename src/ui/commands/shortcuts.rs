//! The keys of the commands.

use super::command::UiCommand;
use crate::explore::scene::map_layer::MapLayer;
use crate::session::Activity;
use crate::text;
use crate::text::Text;
use egui::{Key, KeyboardShortcut, Modifiers};

impl UiCommand {
    /// The keys; the first is the one that is written.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const fn plain(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::NONE, key)
        }
        const fn ctrl(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::COMMAND, key)
        }
        const fn ctrl_shift(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
        }
        match self {
            Self::Turn(Activity::Explore) => const { &[plain(Key::Num1)] },
            Self::Turn(Activity::Train) => const { &[plain(Key::Num2)] },
            Self::Turn(Activity::Optimise) => const { &[plain(Key::Num3)] },
            Self::Open => const { &[ctrl(Key::O)] },
            Self::Save => const { &[ctrl(Key::S)] },
            Self::Model => const { &[plain(Key::M)] },
            Self::Export => const { &[ctrl(Key::E)] },
            Self::Undo => const { &[ctrl(Key::Z)] },
            Self::Redo => const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] },
            Self::GoTo => const { &[ctrl(Key::G)] },
            Self::Fit => const { &[plain(Key::F)] },
            Self::LeftPanel => const { &[plain(Key::L)] },
            Self::TextSmaller => const { &[ctrl(Key::Minus)] },
            Self::TextUsual => const { &[ctrl(Key::Num0)] },
            Self::TextLarger => const { &[ctrl(Key::Plus), ctrl(Key::Equals)] },
            Self::Keys => const { &[plain(Key::F1)] },
            Self::Present => const { &[plain(Key::F5)] },
            Self::FullScreen => const { &[plain(Key::F11)] },
            Self::CopyPicture => const { &[ctrl_shift(Key::C)] },
            Self::Jobs => const { &[plain(Key::J)] },
            Self::Cancel => const { &[plain(Key::Escape)] },
            Self::Compare => const { &[plain(Key::K)] },
            Self::Layer(MapLayer::Shapes) => const { &[plain(Key::G)] },
            Self::Layer(MapLayer::Heat) => const { &[plain(Key::H)] },
            Self::Layer(MapLayer::Data) => const { &[plain(Key::D)] },
            Self::Layer(MapLayer::Paths) => const { &[plain(Key::P)] },
            Self::Layer(MapLayer::Trust) => const { &[plain(Key::T)] },
            Self::Layer(MapLayer::Gradient) => const { &[plain(Key::V)] },
            Self::Layer(MapLayer::Axes) => const { &[plain(Key::A)] },
            Self::PlayOrPause => const { &[plain(Key::Space)] },
            Self::StepBack => const { &[plain(Key::Comma)] },
            Self::StepOn => const { &[plain(Key::Period)] },
            Self::Slower => const { &[plain(Key::OpenBracket)] },
            Self::Faster => const { &[plain(Key::CloseBracket)] },
            Self::NudgeLeft => const { &[plain(Key::ArrowLeft)] },
            Self::NudgeRight => const { &[plain(Key::ArrowRight)] },
            Self::NudgeDown => const { &[plain(Key::ArrowDown)] },
            Self::NudgeUp => const { &[plain(Key::ArrowUp)] },
            Self::PlayPath => const { &[plain(Key::W)] },
            Self::NewShapes => const { &[plain(Key::N)] },
            Self::Optimise => const { &[plain(Key::R)] },
            Self::OptimiseFrom => const { &[plain(Key::C)] },
            Self::StepByStep => const { &[plain(Key::B)] },
            Self::CloseModel
            | Self::StartFresh
            | Self::Theme(_)
            | Self::Lesson
            | Self::Pin
            | Self::DrawShape
            | Self::Race
            | Self::ClearSearch
            | Self::ShowCode
            | Self::Data
            | Self::Train
            | Self::OneBatch
            | Self::OneEpoch
            | Self::ResetTraining
            | Self::GoOn
            | Self::Branch
            | Self::NewSeed => &[],
        }
    }

    /// The first shortcut as people write it; empty if there is none.
    pub fn keys(self) -> Text {
        self.shortcuts().first().map_or_else(Text::default, written)
    }

    /// A sentence with the keys of the command behind it in brackets.
    pub fn with_keys(self, sentence: Text) -> Text {
        match self.shortcuts() {
            [] => sentence,
            _ => text!("{sentence} ({keys})", sentence, keys = self.keys()),
        }
    }

    /// The tooltip: what the command does, and its keys.
    pub fn tooltip(self) -> Text {
        self.with_keys(self.about())
    }
}

/// A shortcut as people write it: `Ctrl+Shift+Z`.
fn written(shortcut: &KeyboardShortcut) -> Text {
    let key = match shortcut.logical_key {
        Key::Space => text!("Space"),
        Key::Escape => Text::verbatim("Esc"),
        key @ (Key::ArrowLeft | Key::ArrowRight | Key::ArrowDown | Key::ArrowUp) => {
            Text::verbatim(key.name())
        }
        key => Text::verbatim(key.symbol_or_name()),
    };
    let modifiers = [
        (shortcut.modifiers.command, Text::verbatim("Ctrl")),
        (shortcut.modifiers.shift, Text::verbatim("Shift")),
    ];
    let held = modifiers.into_iter().filter(|(held, _)| *held).map(|(_, name)| name);
    Text::joined(held.chain([key]), "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_for_one_command() {
        let keys: Vec<_> = UiCommand::all().flat_map(|command| command.shortcuts()).collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key:?} stands for two commands");
        }
    }

    #[test]
    fn keys_are_written_as_people_write_them() {
        let written = |command: UiCommand| command.keys().to_string();
        assert_eq!(written(UiCommand::Redo), "Ctrl+Shift+Z");
        assert_eq!(written(UiCommand::Cancel), "Esc");
        assert_eq!(written(UiCommand::Slower), "[");
        assert_eq!(written(UiCommand::Train), "");
    }
}
