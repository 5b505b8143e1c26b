//! The small diagram of a search: x -> z -> x' and the quantity, weights locked, with the moving part highlighted.

use crate::objective::Space;
use crate::optimise::UpdateStage;
use crate::session::State;
use crate::session::results::step_through::StepThroughState;
use crate::text;
use crate::text::Text;
use crate::ui::map::painting::fill_shape;
use crate::ui::theme;
use crate::ui::widgets::paint_whole;
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2,
};

/// Height of the diagram.
const HEIGHT: f32 = 144.0;
/// Vertical positions of the two rows, below the top.
const ROWS: [f32; 2] = [40.0, 96.0];

/// Shows the diagram at the present stage of the step-by-step search.
pub fn show(ui: &mut Ui, walk: &StepThroughState, state: &State) {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let config = walk.by_hand.config();
    let by_head = config.spec.reads_heads_alone();
    let in_latent = config.space == Space::Latent;
    let name = text!("What moves and what is locked");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    response.on_hover_text(
        text!("The weights of the networks are locked. The gradient of y runs back through them, and only \
         the point that is lit moves."),
    );
    let stage = walk.by_hand.stage();
    let pen = DiagramPainter::new(ui, rect, Some(stage), true);
    let x_of = |share: f32| rect.left() + share * rect.width();
    let at = |share: f32, row: usize| pos2(x_of(share), rect.top() + ROWS[row]);
    let (x, encoder, z, decoder, out) =
        (at(0.07, 0), at(0.26, 0), at(0.48, 0), at(0.70, 0), at(0.92, 0));

    // Values only: the encoder only projects a shape to the map, so a search in the latent space does not need it.
    let encodes = if in_latent { FlowDirection::Idle } else { FlowDirection::Forward };
    pen.arrow(x, encoder, encodes);
    pen.arrow(encoder, z, encodes);
    let measures_shape = !by_head && in_latent;
    pen.arrow(z, decoder, if measures_shape { FlowDirection::Both } else { FlowDirection::Idle });
    pen.arrow(decoder, out, if measures_shape { FlowDirection::Both } else { FlowDirection::Idle });
    let y = if by_head {
        let (head, y) = (at(0.48, 1), at(0.80, 1));
        pen.arrow(z, head, FlowDirection::Both);
        pen.arrow(head, y, FlowDirection::Both);
        pen.network(head, Network::Head, false);
        y
    } else {
        let y = pos2(if in_latent { out.x } else { x.x }, at(0.0, 1).y);
        pen.arrow(if in_latent { out } else { x }, y, FlowDirection::Both);
        y
    };
    pen.network(encoder, Network::Encoder, in_latent);
    pen.network(decoder, Network::Decoder, false);
    let ink = pen.ink.gamma_multiply(0.75);
    pen.node(x, "x", !in_latent);
    pen.node(z, "z", in_latent);
    let first = walk.here.z.first().copied().unwrap_or(f64::NAN);
    pen.text(z, &format!("{first:.2}"), 11.0, pen.ink);
    pen.node(out, "x'", false);
    // The reconstruction of the other end is not part of this search.
    let shown = if in_latent { out } else { x };
    fill_shape(&pen.painter, &state.glyphs(), &walk.here.outline, shown, 11.0, ink);
    pen.node(y, "", false);
    pen.text(y, "y", 14.0, pen.ink);
    // The value at the new point is computed in the next update.
    let label = match stage {
        UpdateStage::Move | UpdateStage::Plateau => config.spec.title(),
        _ => Text::joined([config.spec.title(), walk.value.text()], " "),
    };
    // Beside y if there is space; below both if the head is there, from the edge because an interval is long.
    let (at, anchor) = match (by_head, in_latent) {
        (true, _) => (rect.right_bottom() - vec2(4.0, 9.0), Align2::RIGHT_CENTER),
        (false, true) => (y - vec2(22.0, 0.0), Align2::RIGHT_CENTER),
        (false, false) => (y + vec2(22.0, 0.0), Align2::LEFT_CENTER),
    };
    let room = if anchor == Align2::LEFT_CENTER { rect.right() - at.x } else { at.x - rect.left() };
    paint_whole(&pen.painter, at, anchor, label, FontId::proportional(13.0), pen.ink, room);
}

/// The direction of the flow between two parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum FlowDirection {
    /// No flow in this search.
    Idle,
    /// Values only.
    Forward,
    /// Values, and the gradient back.
    Both,
}

/// A network of the diagram.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Network {
    Encoder,
    Decoder,
    Head,
}

impl Network {
    fn label(self) -> Text {
        match self {
            Self::Encoder => text!("encoder"),
            Self::Decoder => text!("decoder"),
            Self::Head => text!("head"),
        }
    }
}

/// The brush of diagrams of networks.
pub(in crate::ui) struct DiagramPainter {
    pub(in crate::ui) painter: Painter,
    /// The stage of a step-by-step search, which is lit; none outside of one.
    stage: Option<UpdateStage>,
    /// True while the weights of the networks do not change.
    locked: bool,
    ink: Color32,
    weak: Color32,
    accent: Color32,
    ground: Color32,
    chosen: Color32,
}

impl DiagramPainter {
    pub(in crate::ui) fn new(
        ui: &Ui,
        rect: Rect,
        stage: Option<UpdateStage>,
        locked: bool,
    ) -> Self {
        let visuals = ui.visuals();
        Self {
            painter: ui.painter_at(rect),
            stage,
            locked,
            ink: visuals.text_color(),
            weak: visuals.weak_text_color(),
            accent: theme::accent(ui),
            ground: visuals.extreme_bg_color,
            chosen: visuals.selection.bg_fill,
        }
    }

    pub(in crate::ui) fn text(&self, at: Pos2, text: &str, size: f32, ink: Color32) {
        self.painter.text(at, Align2::CENTER_CENTER, text, FontId::proportional(size), ink);
    }

    /// Connects the edges of two parts; highlighted while values run forwards or the gradient runs back.
    pub(in crate::ui) fn arrow(&self, from: Pos2, to: Pos2, direction: FlowDirection) {
        let along = (to - from).normalized();
        let room = if along.x.abs() > 0.5 { 19.0 } else { 16.0 };
        let (from, to) = (from + room * along, to - room * along);
        let lit = match self.stage {
            Some(UpdateStage::Value) => direction != FlowDirection::Idle,
            Some(UpdateStage::Gradient) => direction == FlowDirection::Both,
            _ => false,
        };
        let back = direction == FlowDirection::Both && self.stage == Some(UpdateStage::Gradient);
        let (tail, tip) = if back { (to, from) } else { (from, to) };
        let ink = match direction {
            FlowDirection::Idle => self.weak.gamma_multiply(0.4),
            _ if lit => self.accent,
            _ => self.weak,
        };
        let width = if lit { 2.2 } else { 1.4 };
        self.painter.arrow(tail, tip - tail, Stroke::new(width, ink));
    }

    /// A network: wide at the row, narrow at the latent, with a lock on weights that are frozen.
    pub(in crate::ui) fn network(&self, centre: Pos2, network: Network, idle: bool) {
        let (near, far) = match network {
            Network::Encoder => (17.0, 9.0),
            Network::Decoder => (9.0, 17.0),
            Network::Head => (11.0, 8.0),
        };
        let half = 17.0;
        let corner = |x: f32, y: f32| centre + vec2(x, y);
        let corners =
            vec![corner(-half, -near), corner(half, -far), corner(half, far), corner(-half, near)];
        let ink = if idle { self.weak.gamma_multiply(0.5) } else { self.weak };
        self.painter.add(Shape::convex_polygon(corners, self.ground, Stroke::new(1.2, ink)));
        if self.locked {
            self.lock(centre, ink);
        }
        let below = centre + vec2(0.0, if network == Network::Head { 19.0 } else { 25.0 });
        self.text(below, &network.label().to_string(), 12.0, ink);
    }

    fn lock(&self, centre: Pos2, ink: Color32) {
        let body = Rect::from_center_size(centre + vec2(0.0, 2.5), vec2(9.0, 7.0));
        let shackle = (0..=8).map(|i| {
            let angle = std::f32::consts::PI * (1.0 + i as f32 / 8.0);
            centre + vec2(2.8 * angle.cos(), -1.0 + 4.0 * angle.sin())
        });
        self.painter.line(shackle.collect(), Stroke::new(1.5, ink));
        self.painter.rect_filled(body, 1.5, ink);
    }

    /// A computed quantity; the one that moves is highlighted.
    pub(in crate::ui) fn node(&self, centre: Pos2, name: &str, moves: bool) {
        let rect = Rect::from_center_size(centre, vec2(34.0, 30.0));
        let moving = moves && matches!(self.stage, Some(UpdateStage::Move | UpdateStage::Plateau));
        let (fill, stroke) = match (moves, moving) {
            (_, true) => (self.chosen, Stroke::new(3.0, self.accent)),
            (true, _) => (self.chosen, Stroke::new(1.6, self.accent)),
            _ => (self.ground, Stroke::new(1.2, self.weak)),
        };
        self.painter.rect(rect, 6.0, fill, stroke, StrokeKind::Inside);
        let ink = if moves { self.accent } else { self.weak };
        self.text(centre - vec2(0.0, 24.0), name, 13.0, ink);
    }
}
