//! Lists of names: a name that holds a comma stands in double quotes, as in a table.

use crate::data::quantity::Quantity;
use crate::text;
use crate::text::Text;

/// The parts of one value of an option.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T>(pub Vec<T>);

/// Names separated by commas.
pub fn names(text: &str) -> Result<Listed<String>, Text> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    let names: Vec<String> = record.iter().flatten().map(str::to_owned).collect();
    if names.is_empty() {
        return Err(text!("names nothing; write names with commas between"));
    }
    Ok(Listed(names))
}

/// Quantities separated by commas.
pub fn quantities(text: &str) -> Result<Listed<Quantity>, Text> {
    let Listed(names) = names(text)?;
    names.iter().map(|name| name.parse()).collect::<Result<_, _>>().map(Listed)
}

/// All parts of all values of an option.
pub fn all<T: Clone>(lists: &[Listed<T>]) -> Vec<T> {
    lists.iter().flat_map(|Listed(parts)| parts.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_comma_stands_in_quotes() {
        let parts = |text: &str| names(text).unwrap().0;
        assert_eq!(parts("drag, lift"), ["drag", "lift"]);
        assert_eq!(parts("\"CL, clean\",CL at 0.6"), ["CL, clean", "CL at 0.6"]);
        assert!(names("").is_err() && quantities("area,").is_err());
        assert_eq!(all(&[quantities("area").unwrap(), quantities("drag,Area").unwrap()]).len(), 3);
    }
}
