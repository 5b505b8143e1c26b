//! Formatting of numbers on the screen: three significant digits, durations in words.

/// The text, or its beginning and an ellipsis if it has more than `most` characters.
pub fn brief(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let begin: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", begin.trim_end())
}

/// `value` with three significant digits: `0.785`, `12.3`, `1230`, `1.2e6`; `–` for NaN, `∞` and `-∞` for infinities.
pub fn three_digits(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounding may carry into the next power of ten (9.996 is 10.0), so it comes first.
    let scientific = format!("{value:.2e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-3..6).contains(&exponent) {
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        return format!("{mantissa}e{exponent}");
    }
    let rounded: f64 = scientific.parse().unwrap_or(value);
    format!("{rounded:.*}", usize::try_from(2 - exponent).unwrap_or(0))
}

/// A number of a file in single precision with as many digits as it takes to tell it from every other: `2007`, `39.1`,
/// `1.5e-7`.
pub fn shortest(value: f32) -> String {
    match value.abs() {
        0.0 | 1e-4..1e7 => value.to_string(),
        _ if value.is_finite() => format!("{value:e}"),
        _ => three_digits(f64::from(value)),
    }
}

/// `value` of a column between `low` and `high`, to a thousandth of that range or three significant digits, whichever is
/// finer, without trailing zeros: `2007.25` of years from 2004 to 2011, `39.1` of lengths from 32 to 60.
pub fn to_a_thousandth(value: f64, low: f64, high: f64) -> String {
    let span = high - low;
    if value == 0.0 || !value.is_finite() || !span.is_finite() {
        return three_digits(value);
    }
    if span <= 0.0 {
        return shortest(value as f32);
    }
    let first = value.abs().log10().floor() as i32;
    let last = ((span / 1000.0).log10().floor() as i32).min(first - 2);
    let without_zeros =
        |digits: &str| digits.trim_end_matches('0').trim_end_matches('.').to_owned();
    if (1e-3..1e6).contains(&value.abs()) {
        let decimals = usize::try_from(-last).unwrap_or(0);
        let shown = format!("{value:.decimals$}");
        return if decimals > 0 { without_zeros(&shown) } else { shown };
    }
    let digits = usize::try_from(first - last).unwrap_or(0).min(8);
    let shown = format!("{value:.digits$e}");
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let mantissa = if digits > 0 { without_zeros(mantissa) } else { mantissa.to_owned() };
    format!("{mantissa}e{exponent}")
}

/// The label of an axis tick: at most three digits, without trailing zeros: `2` and not `2.00`.
pub fn tick(value: f64) -> String {
    let shown = three_digits(value);
    if !shown.contains('.') || shown.contains('e') {
        return shown;
    }
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with a thousands separator: `25,050`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds as a short duration, for planning; "–" if unknown.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "–".to_owned();
    }
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_files_keep_their_digits() {
        let shown = [2007.0, 39.1, -0.5, 0.0, 1.5e-7, 3e12, f32::NAN].map(shortest);
        assert_eq!(shown, ["2007", "39.1", "-0.5", "0", "1.5e-7", "3e12", "\u{2013}"]);
    }

    #[test]
    fn numbers_of_a_column_have_the_digits_that_tell_its_rows_apart() {
        for (value, low, high, shown) in [
            (2007.0, 2007.0, 2009.0, "2007"),
            (2007.25, 2004.0, 2011.0, "2007.25"),
            (39.1, 32.1, 59.6, "39.1"),
            (4207.4, 2700.0, 6300.0, "4207"),
            (1_234_567.0, 0.0, 2e6, "1.235e6"),
            (1.2346e-7, 0.0, 1e-6, "1.23e-7"),
            (1.23e-9, 0.0, 1.0, "1.23e-9"),
            (0.0213, 0.0, 5000.0, "0.0213"),
            (0.5, 0.5, 0.5, "0.5"),
            (0.0, -1.0, 1.0, "0"),
            (f64::NAN, 0.0, 1.0, "\u{2013}"),
        ] {
            assert_eq!(to_a_thousandth(value, low, high), shown);
        }
    }

    #[test]
    fn ticks_are_as_short_as_they_can_be() {
        let shown = [2.0, 0.5, 0.25, 100.0, 0.0, -1.5, 1e6, 0.1 + 0.2, f64::NAN].map(tick);
        assert_eq!(shown, ["2", "0.5", "0.25", "100", "0", "-1.5", "1e6", "0.3", "\u{2013}"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1000, 25_050, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "25,050", "1,234,567"]);
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(0.42), "0.4 s");
        assert_eq!(duration(59.7), "1 min 0 s");
        assert_eq!(duration(185.0), "3 min 5 s");
        assert_eq!(duration(7800.0), "2 h 10 min");
        assert_eq!(duration(f64::INFINITY), "–");
    }

    #[test]
    fn three_digits_are_shown_whatever_the_size() {
        for (value, shown) in [
            (0.784_6, "0.785"),
            (12.345, "12.3"),
            (1234.0, "1230"),
            (123_456.0, "123000"),
            (1.2e6, "1.2e6"),
            (-4.567e-9, "-4.57e-9"),
            (0.001_234, "0.00123"),
            (-0.5, "-0.500"),
            (9.996, "10.0"),
            (999_999.0, "1e6"),
            (0.0, "0"),
            (-0.0, "0"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "-∞"),
        ] {
            assert_eq!(three_digits(value), shown);
        }
    }
}
