//! Text for a value and its limit.

/// The number of decimals beyond which the shortest exact text is used.
const MAX_DECIMALS: usize = 9;
/// The size from which on, and below whose inverse, numbers are written with an exponent.
const LARGE: f64 = 1e6;

/// A value and its limit with the same number of decimals: as many as two significant digits of the limit need, at
/// least one, and more until the two texts differ wherever the numbers do. A value beyond its limit is never rounded to
/// "0.40, limit 0.40". Numbers that are not finite are "–".
pub fn with_limit(value: f64, limit: f64) -> [String; 2] {
    let finite = limit.is_finite() && limit != 0.0;
    let magnitude = if finite { limit.abs().log10().floor() as i32 } else { 0 };
    let exponents = [value, limit].iter().any(|v| v.abs() >= LARGE && v.is_finite())
        || (finite && limit.abs() < 1.0 / LARGE);
    let decimals = if exponents { 1 } else { (1 - magnitude).clamp(1, MAX_DECIMALS as i32) };
    let shown = |decimals: usize| [value, limit].map(|v| text(v, decimals, exponents));
    let differs = |[a, b]: &[String; 2]| a != b || value == limit || value.is_nan();
    (decimals as usize..=MAX_DECIMALS)
        .map(shown)
        .find(differs)
        .unwrap_or_else(|| [value, limit].map(|v| v.to_string()))
}

/// The same as [`with_limit`] for shares of 1, in per cent.
pub fn percent_with_limit(value: f64, limit: f64) -> [String; 2] {
    with_limit(100.0 * value, 100.0 * limit).map(|text| format!("{text} %"))
}

fn text(value: f64, decimals: usize, exponent: bool) -> String {
    match () {
        () if value.is_nan() => "\u{2013}".to_owned(),
        () if value.is_infinite() => if value > 0.0 { "\u{221e}" } else { "-\u{221e}" }.to_owned(),
        () if exponent => format!("{value:.decimals$e}"),
        () => format!("{value:.decimals$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_differ_wherever_the_numbers_do() {
        for (value, limit, expected) in [
            (0.47, 0.40, ["0.47", "0.40"]),
            (0.404, 0.402, ["0.404", "0.402"]),
            (0.400_000_4, 0.4, ["0.4000004", "0.4000000"]),
            (0.4, 0.4, ["0.40", "0.40"]),
            (0.0362, 0.0361, ["0.0362", "0.0361"]),
            (12.34, 12.3, ["12.34", "12.30"]),
            (7.1, 2.0, ["7.1", "2.0"]),
            (3.0, 0.0, ["3.0", "0.0"]),
            (f64::NAN, 0.4, ["\u{2013}", "0.40"]),
            (f64::INFINITY, 0.4, ["\u{221e}", "0.40"]),
            (2.5e8, 0.4, ["2.5e8", "4.0e-1"]),
            (1.04e-9, 1.0e-9, ["1.04e-9", "1.00e-9"]),
        ] {
            assert_eq!(with_limit(value, limit), expected, "{value} {limit}");
        }
        let nearly = 0.4 + f64::EPSILON;
        assert_ne!(with_limit(nearly, 0.4)[0], with_limit(nearly, 0.4)[1], "to the last bit");
        assert_eq!(percent_with_limit(0.0504, 0.05), ["5.04 %", "5.00 %"]);
    }

    #[test]
    fn the_texts_say_the_same_of_the_order_as_the_numbers() {
        // Values around limits of every size.
        for limit in [3e-8, 0.004, 0.0451, 0.4, 1.0, 9.996, 57.3, 1234.5] {
            for step in -400..=400_i32 {
                let value = limit * (1.0 + 1e-7 * f64::from(step).powi(3));
                let [a, b] = with_limit(value, limit).map(|text| text.parse::<f64>().unwrap());
                assert_eq!(a.partial_cmp(&b), value.partial_cmp(&limit), "{value} {limit}");
            }
        }
    }
}
