//! Texts as egui takes them.

use crate::text::Text;
use egui::WidgetText;

impl From<Text> for WidgetText {
    fn from(text: Text) -> Self {
        Self::from(text.to_string())
    }
}
