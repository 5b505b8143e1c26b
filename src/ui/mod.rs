//! What is drawn. Views read the state and push actions; nothing here computes or waits.

mod action;
mod app;
mod curves;
mod dialogs;
mod drawer;
mod inspector;
mod keys;
mod map;
mod painting;
mod panels;
mod sheets;
mod table;
mod theme;
mod top_bar;
mod widgets;

pub use app::App;

use crate::error::{Error, Result};
use std::path::PathBuf;

/// Opens the window, on `model` if one is named, and returns when it is closed.
///
/// # Errors
/// When there is no display, or no graphics driver, to open it on.
pub fn run(model: Option<PathBuf>) -> Result<()> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")).ok();
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Latent Explorer")
        .with_app_id("latent-explorer")
        .with_inner_size([1280.0, 720.0])
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    if let Some(icon) = icon {
        viewport = viewport.with_icon(icon);
    }
    // Shapes are filled without feathered edges, which would cost a frame; the driver smooths them.
    let options = eframe::NativeOptions { viewport, multisampling: 4, ..Default::default() };
    let settings = crate::session::settings::default_path();
    let create = move |cc: &eframe::CreationContext<'_>| {
        let app: Box<dyn eframe::App> = Box::new(App::new(cc, settings, model));
        Ok(app)
    };
    eframe::run_native("latent-explorer", options, Box::new(create)).map_err(|error| {
        Error::Mismatch(format!(
            "the window cannot be opened ({error}); a display and a graphics driver are needed, or use the command line: latent-explorer --help"
        ))
    })
}
