//! The dots of the data: one mesh of small images of a disc, since egui would lay out separate shapes one by one in
//! every frame.

use super::transform::Transform;
use crate::explore::scene::items::Dots;
use crate::ui::theme::colour;
use egui::epaint::Mesh;
use egui::{Color32, ColorImage, Painter, Rect, TextureHandle, TextureOptions, Vec2, pos2};
use std::sync::Arc;

/// Data kept between frames.
#[derive(Default)]
pub struct Discs {
    disc: Option<Disc>,
    mesh: Option<(Dots, Transform, Arc<Mesh>)>,
}

/// The image of a disc of this radius, in pixels, and the number of its texels per pixel.
struct Disc {
    radius: f32,
    fine: f32,
    texture: TextureHandle,
}

impl Discs {
    /// The mesh of the dots, made again only if they, their colour, the view or the pixels have changed.
    pub fn mesh(&mut self, painter: &Painter, dots: &Dots, transform: Transform) -> Arc<Mesh> {
        let pixels = painter.pixels_per_point();
        let radius = dots.radius * pixels;
        if self.disc.as_ref().is_none_or(|disc| disc.radius != radius) {
            let options = TextureOptions::LINEAR;
            let texels = texels(radius);
            let texture = painter.ctx().load_texture("disc", picture(texels), options);
            (self.disc, self.mesh) = (Some(Disc { radius, fine: texels / radius, texture }), None);
        }
        let same = |(known, at, _): &&(Dots, Transform, Arc<Mesh>)| {
            Arc::ptr_eq(&known.centres, &dots.centres)
                && known.colours == dots.colours
                && known.radius == dots.radius
                && *at == transform
        };
        if let Some((.., mesh)) = self.mesh.as_ref().filter(same) {
            return mesh.clone();
        }
        let mut mesh = Mesh::default();
        if let Some(Disc { texture, fine, .. }) = &self.disc {
            mesh.texture_id = texture.id();
            let side = Vec2::splat(texture.size()[0] as f32 / (fine * pixels));
            let visible = transform.rect.expand(side.x);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            for (index, &centre) in dots.centres.iter().enumerate() {
                let centre = transform.to_screen(centre);
                if visible.contains(centre) {
                    let square = Rect::from_center_size(centre, side);
                    mesh.add_rect_with_uv(square, whole, colour(dots.colours[dots.colour(index)]));
                }
            }
        }
        let mesh = Arc::new(mesh);
        self.mesh = Some((dots.clone(), transform, mesh.clone()));
        mesh
    }
}

/// The radius in texels of the image of a disc of a radius in pixels: a half power of two that is enough for a sharp
/// edge at any position between the pixels, as for egui's own discs.
fn texels(radius: f32) -> f32 {
    (0.5 * (2.0 * radius.log2() + 0.5).ceil()).exp2()
}

/// A white disc of this radius in texels on a transparent background; its edge is smoothed over one texel.
fn picture(radius: f32) -> ColorImage {
    let side = 2 * (radius + 0.5).ceil() as usize + 1;
    let away = |at: usize| at as f32 + 0.5 - 0.5 * side as f32;
    let texel = |at: usize| {
        let far = away(at % side).hypot(away(at / side));
        Color32::from_white_alpha((255.0 * (radius + 0.5 - far).clamp(0.0, 1.0)).round() as u8)
    };
    ColorImage::new([side, side], (0..side * side).map(texel).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_covers_its_area_and_fades_within_its_picture() {
        assert_eq!(texels(1.6), 2.0);
        let disc = picture(5.0);
        let covered: f32 = disc.pixels.iter().map(|p| f32::from(p.a()) / 255.0).sum();
        assert!((covered / (25.0 * std::f32::consts::PI) - 1.0).abs() < 0.02, "{covered}");
        assert_eq!((disc.pixels[0].a(), disc.pixels[disc.pixels.len() / 2].a()), (0, 255));
    }
}
