//! Settings that are saved between two sessions.

use crate::data::outline::generator::GeneratorConfig;
use crate::error::{Error, Result, check_range};
use crate::model::training_config::TrainingConfig;
use crate::numerics::{atomic_file, runtime};
use crate::optimise::{Contenders, MAX_SPREAD, Race, SearchConfig};
use crate::session::document::{Document, NextSearch, NextTraining, StartChoice};
use crate::session::preferences::{Pace, Preferences, RestartColumns, TextScale, ThemeChoice};
use crate::session::view::{Layers, View};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The most bytes of the file of settings.
const MAX_BYTES: u64 = 4 << 20;
/// The name of the file of settings.
const FILE: &str = "settings.json";
/// The file beside the program that keeps the settings there, so that a folder on a stick takes its settings along.
const PORTABLE: &str = "portable";

/// The saved settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The theme of the window.
    pub theme: ThemeChoice,
    /// The size of texts and controls.
    #[serde(deserialize_with = "known_or_usual")]
    pub text_scale: TextScale,
    /// Files that were opened or saved, newest first.
    pub recent: Vec<PathBuf>,
    /// The data of the next training.
    #[serde(deserialize_with = "known_or_usual")]
    #[serde(rename = "recipe")]
    pub generator: GeneratorConfig,
    /// The settings of the next training.
    #[serde(deserialize_with = "known_or_usual")]
    pub training: TrainingConfig,
    /// The settings of the next search.
    #[serde(deserialize_with = "known_or_usual")]
    pub search: SearchConfig,
    /// The optimisers of the next race.
    #[serde(deserialize_with = "known_or_usual")]
    pub race: Contenders,
    /// The starts of the next search.
    #[serde(deserialize_with = "known_or_usual")]
    pub starts: StartChoice,
    /// The layers of the map in each activity, in the order of [`Activity`](crate::session::view::Activity).
    #[serde(deserialize_with = "known_or_usual")]
    pub layers: Layers,
    /// True if training runs without a limit of pace.
    pub full_speed: bool,
    /// The pace limit of a training.
    #[serde(deserialize_with = "known_or_usual")]
    pub pace: Pace,
    /// True once the user has followed the first hint.
    pub hint_followed: bool,
    /// The columns of the table of restarts.
    #[serde(deserialize_with = "known_or_usual")]
    pub restart_columns: RestartColumns,
}

/// A value that this version of the program does not understand is replaced by its default; the other values stay.
fn known_or_usual<'de, D, T>(deserializer: D) -> std::result::Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// Replaces a part by its default if it is wrong.
fn mended<T: Default>(checked: Result<()>, part: &mut T) -> Option<Error> {
    let error = checked.err()?;
    *part = T::default();
    Some(error)
}

impl Settings {
    /// The settings to save: those for generated outlines, since the ones for imported shapes are not saved, and those of
    /// searches without the changes of a lesson.
    pub fn from_stores(document: &Document, view: &View, preferences: &Preferences) -> Self {
        let Preferences {
            theme,
            text_scale,
            recent,
            full_speed,
            pace,
            hint_followed,
            restart_columns,
        } = preferences.clone();
        let NextSearch { config, starts, contenders } = document.search.clone();
        let before = document.lesson.as_ref().map(|lesson| lesson.before.clone());
        Self {
            theme,
            text_scale,
            recent,
            generator: document.training.generator.clone(),
            training: document.training.config.clone(),
            search: before.unwrap_or(config),
            race: contenders,
            starts,
            layers: view.layers,
            full_speed,
            pace,
            hint_followed,
            restart_columns,
        }
    }

    /// The parts of the stores that are saved.
    pub fn into_parts(self) -> (NextTraining, NextSearch, Layers, Preferences) {
        let Self { theme, text_scale, recent, full_speed, pace, hint_followed, .. } = self;
        let restart_columns = self.restart_columns;
        let training = NextTraining {
            generator: self.generator,
            config: self.training,
            ..NextTraining::default()
        };
        let search = NextSearch { config: self.search, starts: self.starts, contenders: self.race };
        let preferences = Preferences {
            theme,
            text_scale,
            recent,
            full_speed,
            pace,
            hint_followed,
            restart_columns,
        };
        (training, search, self.layers, preferences)
    }

    /// Reads settings; a missing file gives the defaults.
    ///
    /// # Errors
    /// Names an existing file that cannot be understood; the file is renamed so that nothing is lost.
    pub fn load(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = atomic_file::read_at_most(path, MAX_BYTES)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let aside = path.with_extension("damaged.json");
            let problem = match std::fs::rename(path, &aside) {
                Ok(()) => text!(
                    "the settings are damaged ({error}), so the defaults are used; the file was set aside as {aside}",
                    error = error.to_string(),
                    aside = aside.display().to_string()
                ),
                Err(_) => text!(
                    "the settings are damaged ({error}), so the defaults are used",
                    error = error.to_string()
                ),
            };
            Error::file(path, problem)
        })
    }

    /// Replaces each part with a value out of its range by its default; returns the first problem.
    pub fn mend(&mut self) -> Option<Text> {
        let Self { generator, training, search, race, starts, pace, .. } = self;
        let is_race = Race::check(race);
        let spread = check_range("perturb", starts.spread, 0.0, MAX_SPREAD);
        let is_paced = check_range("pace", pace.0, 1e-3, 1e9);
        let problems = [
            mended(generator.check(), generator),
            mended(training.check(), training),
            mended(search.check(), search),
            mended(is_race, race),
            mended(spread, starts),
            mended(is_paced, pace),
        ];
        let problem = problems.into_iter().flatten().next()?;
        Some(text!(
            "a saved setting was out of its range, so its default is used ({problem})",
            problem
        ))
    }

    /// Writes the settings, completely or not at all; makes the folder if it is missing.
    ///
    /// # Errors
    /// Names the file if it cannot be written; an old one is then unchanged.
    pub fn save(&self, path: &Path) -> Result<()> {
        self.write(path).map_err(|cause| {
            Error::mismatch(text!(
                "the settings cannot be kept, so those of now last until the window is closed ({cause})",
                cause
            ))
        })
    }

    fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        }
        atomic_file::write_whole(path, |out| Ok(serde_json::to_writer_pretty(out, self)?))
    }
}

/// The file of the settings: beside the program if a file named `portable` lies there, or else in the system's folder for
/// settings, if there is one.
pub fn default_path() -> Option<PathBuf> {
    runtime::program().and_then(path_beside).or_else(|| {
        let places = directories::ProjectDirs::from("", "", "latent-explorer")?;
        Some(places.config_dir().join(FILE))
    })
}

/// The file of the settings beside a program that is portable.
fn path_beside(program: &Path) -> Option<PathBuf> {
    let is_portable = program.with_file_name(PORTABLE).is_file();
    is_portable.then(|| program.with_file_name(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::preferences::RestartColumn;

    #[test]
    fn settings_survive_and_damage_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/settings.json");
        assert_eq!(Settings::load(&path).unwrap(), Settings::default());
        let mut preferences = Preferences { theme: ThemeChoice::Dark, ..Preferences::default() };
        ["a", "b", "a"].iter().for_each(|file| preferences.remember(Path::new(file)));
        assert_eq!(preferences.recent, [PathBuf::from("a"), PathBuf::from("b")]);
        preferences.restart_columns.toggle(RestartColumn::Shift);
        let settings = Settings::from_stores(&Document::default(), &View::default(), &preferences);
        assert!(settings.restart_columns.has(RestartColumn::Shift));
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), settings);
        let part = r#"{"theme":"dark","search":{"steps":"many"}}"#;
        std::fs::write(&path, part).unwrap();
        let kept = Settings::load(&path).unwrap();
        assert_eq!((kept.theme, kept.search), (ThemeChoice::Dark, SearchConfig::default()));
        // An older version had fewer settings of a search, and none of its starts.
        std::fs::write(&path, r#"{"search":{"restarts":7,"property":"area"}}"#).unwrap();
        let older = Settings::load(&path).unwrap();
        assert_eq!(older.search, SearchConfig { restarts: 7, ..SearchConfig::default() });
        assert_eq!(older.starts, StartChoice::default());
        std::fs::write(&path, r#"{"full_speed":true,"starts":{"origin":"moon"}}"#).unwrap();
        let newer = Settings::load(&path).unwrap();
        assert!(newer.full_speed && newer.starts == StartChoice::default());
        let out_of_range =
            r#"{"search":{"keep_every":0},"pace":-1,"full_speed":true,"starts":{"spread":-1}}"#;
        std::fs::write(&path, out_of_range).unwrap();
        let mut kept = Settings::load(&path).unwrap();
        let problem = kept.mend().unwrap().to_string();
        assert!(problem.contains("trajectory"), "{problem}");
        assert_eq!(kept, Settings { full_speed: true, ..Settings::default() });
        assert_eq!(kept.mend(), None);
        std::fs::write(&path, "{").unwrap();
        assert!(Settings::load(&path).unwrap_err().to_string().contains("set aside"));
        assert!(path.with_extension("damaged.json").exists());
    }

    #[test]
    fn a_portable_program_keeps_its_settings_beside_itself() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("latent-explorer");
        assert_eq!(path_beside(&program), None);
        std::fs::write(folder.path().join("portable"), "").unwrap();
        let path = path_beside(&program).unwrap();
        assert_eq!(path, folder.path().join("settings.json"));
        let dark = Settings { theme: ThemeChoice::Dark, ..Settings::default() };
        dark.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), dark);
    }
}
