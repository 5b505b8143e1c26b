//! The rows of a CSV as they are, whatever their length.

/// The records of a CSV with the line on which each begins, counted from 1: rows of any length, set apart by
/// comma, semicolon or tab.
pub fn records(
    text: &str,
) -> impl Iterator<Item = std::result::Result<(usize, csv::StringRecord), String>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let many = |c: char| first.matches(c).count();
    let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(|&c| many(c)).unwrap_or(',');
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let (mut read, mut line) = (0, 1);
    reader.into_records().map(move |record| {
        let record = record.map_err(|_| format!("the row after line {line} is not CSV"))?;
        // A record begins where the one before ended, and blank lines lie between.
        let bytes = text.as_bytes();
        let ended = record.position().map_or(read, |p| p.byte() as usize).max(read);
        let begins = ended + bytes[ended..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        line += bytes[read..begins].iter().filter(|&&b| b == b'\n').count();
        read = begins;
        Ok((line, record))
    })
}

/// As much of a text as fits into a message.
pub fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}
