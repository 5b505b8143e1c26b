//! Opens the window.

use super::app::{App, FIRST_SIZE};
use crate::error::{Error, Result};
use crate::session::settings::default_path;
use crate::text::Text;
use eframe::Renderer;
use std::path::PathBuf;

/// The numbers of samples per pixel to request from the driver: the driver smooths the edges of shapes, since feathered
/// edges would cost too much time in a frame. If it cannot, the window opens without.
const SAMPLES: [u16; 2] = [4, 0];

/// Opens the window, on `model` if there is one, and returns when it is closed.
///
/// # Errors
/// If there is no display, or no graphics driver, to open it on.
pub fn run(model: Option<PathBuf>) -> Result<()> {
    let open = |renderer, samples| {
        let model = model.clone();
        let create = move |cc: &eframe::CreationContext<'_>| {
            let app: Box<dyn eframe::App> = Box::new(App::new(cc, default_path(), model));
            Ok(app)
        };
        eframe::run_native("latent-explorer", options(renderer, samples), Box::new(create))
    };
    let opened = match open(Renderer::Glow, SAMPLES[0]) {
        Err(eframe::Error::NoGlutinConfigs(..)) => open(Renderer::Glow, SAMPLES[1]),
        opened => opened,
    };
    // Windows has no OpenGL over Remote Desktop, but DirectX. The test is there to compile this on other systems.
    #[cfg(any(windows, all(test, feature = "snapshots")))]
    let opened = match opened {
        Err(
            eframe::Error::Glutin(_)
            | eframe::Error::NoGlutinConfigs(..)
            | eframe::Error::OpenGL(_),
        ) => open(Renderer::Wgpu, SAMPLES[0]),
        opened => opened,
    };
    opened.map_err(|error| {
        let cause = cause(&error);
        Error::mismatch(crate::text!("the window cannot be opened: {cause} (the command line needs neither: latent-explorer --help)", cause))
    })
}

fn options(renderer: Renderer, samples: u16) -> eframe::NativeOptions {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Latent Explorer")
        .with_app_id("latent-explorer")
        .with_inner_size(FIRST_SIZE)
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png"));
    if let Ok(icon) = icon {
        viewport = viewport.with_icon(icon);
    }
    eframe::NativeOptions { viewport, multisampling: samples, renderer, ..Default::default() }
}

/// Why the window did not open, without the libraries' names of their own source files.
fn cause(error: &eframe::Error) -> Text {
    match error {
        eframe::Error::AppCreation(error) => Text::verbatim(error.to_string()),
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => {
            crate::text!("no display was found; set DISPLAY or WAYLAND_DISPLAY to one that answers")
        }
        _ => {
            crate::text!("the display offers no OpenGL; install a graphics driver, such as Mesa's")
        }
    }
}
