//! The table of metrics of two models; the better value is marked if the difference is clear.

use crate::explore::three_digits;
use crate::session::State;
use crate::session::document::ids::ModelId;
use crate::session::results::models::ModelEntry;
use crate::session::screen::metrics_cache::CachedMetrics;
use crate::text;
use crate::text::Text;
use crate::trust::{Metric, MetricFormat, ModelMetrics};
use crate::ui::theme;
use crate::ui::widgets::{SMALLEST, fitting, note, width};
use egui::{Align, Direction, FontId, Label, Layout, RichText, ScrollArea, Ui, vec2};

/// Height of a line, and widths of the columns, in points.
const ROW: f32 = 17.0;
const LABEL: f32 = 190.0;
const FAMILY: f32 = 84.0;
const CELL: f32 = 152.0;

/// Height of the open drawer in which no family is cut off.
pub const OPEN: f32 = 304.0;

/// Shows the table of the two visible models.
pub fn show(ui: &mut Ui, state: &State) {
    let both = [state.shown(), state.beside()];
    let known = both.map(|model| {
        let (id, entry) = model?;
        Some((
            state.name(id).to_string(),
            state.metrics.get((id, entry.version)),
            &entry.prepared.model,
        ))
    });
    let [Some(first), Some(second)] = known else { return };
    let (Some(CachedMetrics::Known(a)), Some(CachedMetrics::Known(b))) = (first.1, second.1) else {
        let failed = [first.1, second.1].into_iter().flatten().find_map(|known| match known {
            CachedMetrics::Failed(why) => Some(Text::from(why)),
            _ => None,
        });
        let learns = |(id, _): (ModelId, &ModelEntry)| state.is_learning(id);
        let waiting = if both.into_iter().flatten().any(learns) {
            text!("The metrics of a model in training are computed at its end.")
        } else {
            text!("Computing metrics\u{2026}")
        };
        note(ui, failed.unwrap_or(waiting));
        return;
    };
    let same_data = first.2.card.source == second.2.card.source;
    let table = MetricsTable { names: [&first.0, &second.0], metrics: [a, b], same_data };
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.spacing_mut().interact_size.y = ROW;
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| table.whole(ui));
            ui.add_space(36.0);
            ui.vertical(|ui| table.families(ui));
        });
    });
}

/// Both models with their known metrics.
struct MetricsTable<'a> {
    names: [&'a str; 2],
    metrics: [&'a ModelMetrics; 2],
    /// True if they learned from the same data: otherwise neither is better.
    same_data: bool,
}

impl MetricsTable<'_> {
    /// The lines of the whole model.
    fn whole(&self, ui: &mut Ui) {
        let [first, second] = self.metrics.map(ModelMetrics::measures);
        let small = FontId::proportional(SMALLEST);
        let of_model = || first.iter().take_while(|metric| !metric.is_of_family());
        let names = of_model().map(|metric| width(ui.painter(), &metric.label.to_string(), &small));
        let names = names.fold(LABEL, |names, name| names.max(name.ceil() + 4.0));
        // Aligned with the names above the families.
        cell(ui, names, Align::Min, RichText::new(""), "");
        ui.horizontal(|ui| {
            cell(ui, names, Align::Min, RichText::new(""), "");
            self.names.into_iter().for_each(|name| head(ui, name));
        });
        for (a, b) in of_model().zip(&second) {
            ui.horizontal(|ui| {
                cell(
                    ui,
                    names,
                    Align::Min,
                    RichText::new(a.label.to_string()).weak(),
                    &a.about.to_string(),
                );
                self.pair(ui, a, Some(b));
            });
        }
        if !self.same_data {
            note(ui, text!("They were trained on different data; each is tested on its own."));
        }
    }

    /// Each family separately: reconstruction error and share of the map.
    fn families(&self, ui: &mut Ui) {
        let [first, second] = self.metrics.map(ModelMetrics::measures);
        let find = |name: &str, among: &[Metric]| among.iter().find(|m| m.name == name).cloned();
        let columns = [
            (text!("Reconstruction error"), "reconstruction_error"),
            (text!("Share of the map"), "share"),
        ];
        ui.horizontal(|ui| {
            cell(ui, FAMILY, Align::Min, RichText::new(""), "");
            for (what, _) in &columns {
                cell(ui, 2.0 * CELL, Align::Center, RichText::new(what.to_string()).weak(), "");
            }
        });
        ui.horizontal(|ui| {
            cell(ui, FAMILY, Align::Min, RichText::new(""), "");
            columns.iter().flat_map(|_| self.names).for_each(|name| head(ui, name));
        });
        for family in &self.metrics[0].families {
            ui.horizontal(|ui| {
                cell(ui, FAMILY, Align::Min, RichText::new(&family.name).weak(), "");
                for (_, column) in &columns {
                    let name = format!("{column}_{}", family.name);
                    if let Some(a) = find(&name, &first) {
                        self.pair(ui, &a, find(&name, &second).as_ref());
                    }
                }
            });
        }
    }

    /// A metric of both models; the better value is marked if the difference is clear.
    fn pair(&self, ui: &mut Ui, a: &Metric, b: Option<&Metric>) {
        let clear = b.and_then(|b| Metric::clearly_better(a, b)).filter(|_| self.same_data);
        for (index, measure) in [Some(a), b].into_iter().enumerate() {
            let text = RichText::new(measure.map_or("\u{2013}".to_owned(), shown));
            let text = if clear == Some(index) {
                text.color(theme::accent(ui)).family(theme::strong())
            } else {
                text
            };
            let better = (clear == Some(index)).then(|| text!("The better one."));
            let about = Text::joined(better.into_iter().chain([a.about.clone()]), " ");
            cell(ui, CELL, Align::Max, text, &about.to_string());
        }
    }
}

fn head(ui: &mut Ui, name: &str) {
    cell(ui, CELL, Align::Max, RichText::new(name).family(theme::strong()), name);
}

/// One cell of the given width; longer text is smaller, and cut only if it is too long even then.
fn cell(ui: &mut Ui, width: f32, align: Align, text: RichText, about: &str) {
    let layout = match align {
        Align::Max => Layout::right_to_left(Align::Center),
        Align::Center => Layout::centered_and_justified(Direction::LeftToRight),
        _ => Layout::left_to_right(Align::Center),
    };
    ui.allocate_ui_with_layout(vec2(width, ROW), layout, |ui| {
        ui.set_min_size(vec2(width, ROW));
        if align == Align::Max {
            ui.add_space(2.0);
        }
        let font = |size| FontId::proportional(size);
        let size = fitting(ui.painter(), text.text(), font(13.0), width - 2.0).size;
        let response = ui.add(Label::new(text.size(size)).truncate());
        if !about.is_empty() {
            response.on_hover_text(about);
        }
    });
}

/// A metric as text.
fn shown(measure: &Metric) -> String {
    match measure.form {
        MetricFormat::Number => three_digits(measure.value),
        MetricFormat::Count => format!("{:.0}", measure.value),
        MetricFormat::Share => format!("{:.1} %", 100.0 * measure.value),
    }
}
