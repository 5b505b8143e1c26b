//! Fonts, colours and spacing of the window, in light and dark.

use crate::explore::colour::{Palette, Rgba};
use crate::export::pictures::fonts::{REGULAR, SEMIBOLD};
use crate::session::preferences::ThemeChoice;
use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke,
    TextStyle, Theme, vec2,
};
use std::sync::Arc;

/// The font of headings and main buttons.
pub fn strong() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Loads fonts and sets up both themes; called once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.style_mut_of(theme, |style| shape(style, theme));
    }
}

/// Applies the user's choice.
pub fn choose(ctx: &egui::Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
}

/// The colours of the map for the present theme.
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &Palette::DARK } else { &Palette::LIGHT }
}

/// A colour of the map as a colour of the window.
pub fn colour([r, g, b, a]: Rgba) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// The accent colour, for the main button.
pub fn accent(ui: &egui::Ui) -> Color32 {
    ui.visuals().selection.stroke.color
}

/// The colour of text on the accent colour.
pub fn on_accent(ui: &egui::Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(16, 24, 38) } else { Color32::WHITE }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let faces = [("regular", REGULAR), ("semibold", SEMIBOLD)];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // The built-in fonts are the fallback for arrows, stars and other signs.
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, face) in [(FontFamily::Proportional, "regular"), (strong(), "semibold")] {
        let mut chain = vec![face.to_owned()];
        chain.extend(fallback.iter().cloned());
        fonts.families.insert(family, chain);
    }
    fonts
}

fn shape(style: &mut egui::Style, theme: Theme) {
    let size = |size: f32| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, size(13.0)),
        (TextStyle::Body, size(15.0)),
        (TextStyle::Button, size(15.0)),
        (TextStyle::Monospace, size(15.0)),
        (TextStyle::Heading, FontId::new(17.0, strong())),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 7.0);
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.interact_size = vec2(40.0, 28.0);
    spacing.slider_width = 130.0;
    spacing.slider_rail_height = 4.0;
    spacing.combo_width = 90.0;
    spacing.menu_margin = Margin::same(8);
    spacing.window_margin = Margin::same(18);
    spacing.tooltip_width = 340.0;
    spacing.icon_width = 18.0;
    spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.35;
    // A blinking cursor would repaint the window twice a second while a field has the focus.
    style.visuals.text_cursor.blink = false;
    style.visuals.handle_shape = egui::style::HandleShape::Circle;
    style.visuals.slider_trailing_fill = true;
    style.animation_time = 0.1;
    #[cfg(debug_assertions)]
    {
        style.debug.show_unaligned = false;
    }
    colours(&mut style.visuals, theme);
}

/// Two greys for surfaces, one for lines, two for text, and one accent.
fn colours(visuals: &mut egui::Visuals, theme: Theme) {
    let grey = Color32::from_gray;
    let rgb = Color32::from_rgb;
    let dark = theme == Theme::Dark;
    let pick = |light, in_dark| if dark { in_dark } else { light };
    let text = pick(rgb(32, 36, 42), rgb(230, 232, 236));
    let weak = pick(rgb(92, 98, 108), rgb(160, 166, 176));
    let surface = pick(grey(255), rgb(32, 34, 39));
    let line = pick(rgb(224, 226, 230), rgb(54, 57, 64));
    let field = pick(rgb(241, 242, 244), rgb(45, 48, 54));
    let hover = pick(rgb(231, 234, 239), rgb(56, 60, 68));
    let press = pick(rgb(219, 224, 232), rgb(66, 71, 80));
    let accent = pick(rgb(24, 95, 190), rgb(120, 174, 255));
    let chosen = pick(rgb(222, 234, 251), rgb(38, 62, 98));
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(weak);
    visuals.panel_fill = surface;
    visuals.window_fill = surface;
    visuals.extreme_bg_color = field;
    visuals.faint_bg_color = pick(rgb(247, 248, 249), rgb(37, 39, 45));
    visuals.code_bg_color = field;
    visuals.window_stroke = Stroke::new(1.0, line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.hyperlink_color = accent;
    visuals.error_fg_color = pick(rgb(190, 40, 30), rgb(255, 128, 112));
    visuals.warn_fg_color = pick(rgb(156, 98, 0), rgb(240, 184, 84));
    visuals.selection.bg_fill = chosen;
    visuals.selection.stroke = Stroke::new(1.5, accent);
    let widgets = &mut visuals.widgets;
    let states = [
        (&mut widgets.noninteractive, surface, text),
        (&mut widgets.inactive, field, text),
        (&mut widgets.hovered, hover, text),
        (&mut widgets.active, press, text),
        (&mut widgets.open, hover, text),
    ];
    for (state, fill, fg) in states {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::NONE;
        state.fg_stroke = Stroke::new(1.0, fg);
        state.corner_radius = CornerRadius::same(6);
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, line);
    // A control with the focus of the keyboard is drawn as active.
    widgets.active.bg_stroke = Stroke::new(2.0, accent);
    // Rails of sliders and empty boxes must be visible on the surface.
    widgets.inactive.bg_fill = pick(rgb(212, 216, 222), rgb(70, 75, 84));
}
