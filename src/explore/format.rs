//! Numbers as they are shown: three significant digits.

/// `0.785`, `12.3`, `1230`, `1.2e6`; a dash for what is not finite.
pub fn three_digits(value: f64) -> String {
    if !value.is_finite() {
        return "\u{2013}".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-3..6).contains(&magnitude) {
        return format!("{value:.1e}");
    }
    let decimals = (2 - magnitude).clamp(0, 5) as usize;
    format!("{value:.decimals$}")
}
