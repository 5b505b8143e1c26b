//! The character between the cells of a text.

/// The number of lines from which the delimiter is guessed.
pub const SAMPLED: usize = 20;

/// The delimiter that a line such as `sep=;` gives to spreadsheets; none for another line.
pub fn told_delimiter(line: &str) -> Option<char> {
    let begins = line.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep="));
    line.chars().nth(4).filter(|_| begins && line.chars().count() == 5)
}

/// The delimiter of these lines. A comma may also be a decimal point, so a semicolon or tab that leaves numbers on
/// every line is preferred.
pub fn delimiter_of(lines: &[&str]) -> char {
    let is_number = |cell: &str| cell.trim().replacen(',', ".", 1).parse::<f64>().is_ok();
    let numbers = |line: &str, by: char| line.split(by).filter(|cell| is_number(cell)).count();
    let fits = |by: &char| {
        lines.iter().all(|line| line.contains(*by))
            && lines.last().is_some_and(|line| 2 * numbers(line, *by) >= line.split(*by).count())
    };
    let many = |c: char| lines.first().map_or(0, |line| line.matches(c).count());
    let most = || [',', ';', '\t', '|'].into_iter().rev().max_by_key(|&c| many(c)).unwrap_or(',');
    ['\t', ';'].into_iter().find(fits).unwrap_or_else(most)
}
