//! The catalogues of translations, from `assets/text/`, and the language of the program.

use super::key::Key;
use polib::catalog::Catalog;
use std::sync::{OnceLock, RwLock};

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The language of the keys, which needs no catalogue.
    #[default]
    English,
    /// English with accents, and half as long again: it shows what a translation will find too narrow or left out. The
    /// release program does not have it.
    Pseudo,
}

/// The language in which texts are shown.
static LANGUAGE: RwLock<Language> = RwLock::new(Language::English);

/// The language in which texts are shown.
pub fn language() -> Language {
    *LANGUAGE.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Shows all texts in another language, those that were made before too.
pub fn speak(language: Language) {
    *LANGUAGE.write().unwrap_or_else(std::sync::PoisonError::into_inner) = language;
}

impl Language {
    /// The languages that a person can choose.
    pub const ALL: &[Self] =
        if cfg!(debug_assertions) { &[Self::English, Self::Pseudo] } else { &[Self::English] };

    /// The name in the environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "english",
            Self::Pseudo => "pseudo",
        }
    }

    /// The tag by which documents name it (BCP 47); `XA` is the region of pseudo-accents.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Pseudo => "en-XA",
        }
    }

    /// Its catalogue. A message that it lacks is shown in English.
    fn catalogue(self) -> Option<&'static Catalog> {
        static PSEUDO: OnceLock<Option<Catalog>> = OnceLock::new();
        let read = |po: &'static [u8]| polib::po_file::parse_from_reader(po).ok();
        match self {
            Self::English => None,
            Self::Pseudo if !cfg!(debug_assertions) => None,
            Self::Pseudo => {
                PSEUDO.get_or_init(|| read(include_bytes!("../../assets/text/pseudo.po"))).as_ref()
            }
        }
    }

    /// The index of the form for a count, among those of a message.
    fn form(self, count: u64) -> usize {
        match self {
            Self::English | Self::Pseudo => usize::from(count != 1),
        }
    }
}

/// The sentence for a key in the present language.
pub(super) fn translation(key: &'static Key, count: Option<u64>) -> &'static str {
    let language = language();
    let form = count.map_or(0, |count| language.form(count));
    translated(language, key, form).unwrap_or(match key.plural {
        Some(plural) if count != Some(1) => plural,
        _ => key.english,
    })
}

/// The translation of a text that is no key of the source, such as the help of the command line; none in English.
pub fn words_for(english: &str) -> Option<&'static str> {
    let message = language().catalogue()?.find_message(None, english, None)?;
    message.msgstr().ok().filter(|words| !words.is_empty())
}

fn translated(language: Language, key: &Key, form: usize) -> Option<&'static str> {
    let message = language.catalogue()?.find_message(key.context, key.english, key.plural)?;
    let sentence = match key.plural {
        Some(_) => message.msgstr_plural().ok()?.get(form)?,
        None => message.msgstr().ok()?,
    };
    Some(sentence).filter(|sentence| !sentence.is_empty())
}
