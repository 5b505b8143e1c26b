//! Colours of the map: viridis for values, grey for other items, vermilion for the answer.

use std::sync::LazyLock;

/// Red, green, blue, opacity; not premultiplied.
pub type Rgba = [u8; 4];

/// Viridis in 256 steps: perceptually uniform, and readable in print and with colour vision deficiency.
static VIRIDIS: LazyLock<[Rgba; 256]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let colour = colorous::VIRIDIS.eval_rational(i, 256);
        [colour.r, colour.g, colour.b, 255]
    })
});

/// The colour of `value` on a scale over `range`: clamped at both ends; grey for NaN.
pub fn scale(value: f64, (low, high): (f64, f64)) -> Rgba {
    if !value.is_finite() {
        return [128, 128, 128, 255];
    }
    let span = if high > low { high - low } else { 1.0 };
    let step = (255.0 * (value - low) / span).clamp(0.0, 255.0);
    VIRIDIS[step as usize]
}

/// The same colour with its opacity multiplied by `factor`, 0 to 1.
pub fn faded([r, g, b, a]: Rgba, factor: f64) -> Rgba {
    [r, g, b, (f64::from(a) * factor.clamp(0.0, 1.0)).round() as u8]
}

/// The colours of the map in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The background.
    pub canvas: Rgba,
    /// Text on the canvas.
    pub text: Rgba,
    /// Text of less importance.
    pub weak_text: Rgba,
    /// Shapes that have no value.
    pub shape: Rgba,
    /// Encoded data.
    pub point: Rgba,
    /// The outline of filled shapes.
    pub outline_stroke: Rgba,
    /// Unfilled shapes over the heat map.
    pub hollow: Rgba,
    /// Trajectories and latent paths.
    pub path: Rgba,
    /// The casing (the wider line beneath) that keeps lines readable on any colour.
    pub casing: Rgba,
    /// The star on the answer.
    pub star: Rgba,
    /// Hatching over cells that cannot be trusted.
    pub hatch: Rgba,
}

impl Palette {
    /// Colours for the light theme.
    pub const LIGHT: Self = Self {
        canvas: [250, 250, 248, 255],
        text: [32, 36, 42, 255],
        weak_text: [96, 102, 112, 255],
        shape: [168, 172, 180, 255],
        point: [44, 62, 92, 150],
        outline_stroke: [32, 36, 42, 80],
        hollow: [255, 255, 255, 64],
        path: [255, 255, 255, 255],
        casing: [16, 18, 24, 200],
        star: [227, 66, 32, 255],
        hatch: [16, 18, 24, 90],
    };

    /// Colours for the dark theme.
    pub const DARK: Self = Self {
        canvas: [24, 26, 30, 255],
        text: [232, 234, 238, 255],
        weak_text: [160, 166, 176, 255],
        shape: [104, 110, 120, 255],
        point: [190, 206, 232, 150],
        outline_stroke: [236, 238, 242, 90],
        hollow: [255, 255, 255, 64],
        path: [255, 255, 255, 255],
        casing: [8, 9, 12, 210],
        star: [255, 92, 51, 255],
        hatch: [236, 238, 242, 80],
    };
}

impl Palette {
    /// Nine colours for groups of points that also readers with colour vision deficiency can distinguish: the schemes "light"
    /// on a dark background and "muted" on a light one (Tol, "Colour Schemes", SRON/EPS/TN/09-002, 2021).
    pub fn groups(&self) -> [Rgba; 9] {
        let rgb = if *self == Self::DARK {
            [
                0x77AADD, 0xEE8866, 0xEEDD88, 0xFFAABB, 0x99DDFF, 0x44BB99, 0xBBCC33, 0xAAAA00,
                0xDDDDDD,
            ]
        } else {
            [
                0xCC6677, 0x332288, 0xDDCC77, 0x117733, 0x88CCEE, 0x882255, 0x44AA99, 0x999933,
                0xAA4499,
            ]
        };
        rgb.map(|rgb: u32| [(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, 255])
    }

    /// Three colours for curves that also readers with colour vision deficiency can distinguish: blue, orange, green.
    pub fn curves(&self) -> [Rgba; 3] {
        if *self == Self::DARK {
            [[120, 174, 255, 255], [240, 184, 84, 255], [104, 208, 160, 255]]
        } else {
            [[24, 95, 190, 255], [180, 95, 0, 255], [20, 130, 90, 255]]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_its_ends_and_greys_nan() {
        assert_eq!(scale(-5.0, (0.0, 1.0)), scale(0.0, (0.0, 1.0)));
        assert_eq!(scale(9.0, (0.0, 1.0)), VIRIDIS[255]);
        assert_eq!(scale(f64::NAN, (0.0, 1.0)), [128, 128, 128, 255]);
        assert_eq!(scale(1.0, (1.0, 1.0)), VIRIDIS[0]);
    }
}
