//! A written file as a small JSON value: its numbers, exactly where they are few and by summaries where they are many.
//!
//! Wording is no part of it. Text of a few words must stay, as keys and enumerations do; of a sentence the numbers count.

use base64::Engine;
use resvg::usvg::roxmltree::Document;
use safetensors::SafeTensors;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Lists up to this length are kept as they are.
const MAX_LISTED: usize = 8;
/// Text up to this length is a word of a file format; longer text is a sentence.
const MAX_WORD: usize = 24;
/// Letters of a line of a stored record, where there is a choice.
const MAX_LINE: usize = 160;
/// Keys whose values differ between machines or follow from the others: sizes of files, names of runs.
const LEFT_OUT: [&str; 3] = ["bytes", "run", "program"];

/// Reads a file by its ending.
pub fn file(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    let text = || String::from_utf8(bytes.clone()).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    match path.extension().unwrap_or_default().to_str().unwrap() {
        "csv" => table(&text()),
        "svg" => scene(&text()),
        "png" => json!({"width": number(16), "height": number(20)}),
        "gif" => film(path),
        "safetensors" => checkpoint(&bytes),
        "html" => scene(&as_xml(&text())),
        _ => output(&text()),
    }
}

/// Text that was printed or written: JSON where it is some, else the numbers in it.
pub fn output(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => condensed(value),
        _ => condensed(Value::Array(numbers_in(text).map(Value::from).collect())),
    }
}

/// A table by its columns; those of an outline, `x0,y0,x1,..`, are one.
fn table(text: &str) -> Value {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let is_coordinate = |name: &str| {
        name.strip_prefix(['x', 'y']).is_some_and(|digits| digits.parse::<u32>().is_ok())
    };
    let (mut columns, mut rows) = (Map::new(), 0);
    for record in reader.records() {
        rows += 1;
        for (name, cell) in header.iter().zip(record.unwrap().iter()) {
            let name = if is_coordinate(name) { "outline" } else { name };
            let cell = cell.parse().map_or_else(|_| Value::from(cell), |number: f64| number.into());
            let column = columns.entry(name).or_insert_with(|| json!([]));
            column.as_array_mut().unwrap().push(cell);
        }
    }
    condensed(json!({"rows": rows, "columns": columns}))
}

/// Attributes that are places or sizes in a picture.
const PLACES: [&str; 12] =
    ["cx", "cy", "d", "height", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2"];

/// The elements of one kind in a picture or a page.
#[derive(Default)]
struct Elements {
    count: usize,
    /// Numbers in [`PLACES`], which are written with few decimals.
    places: Vec<f64>,
    /// Numbers in other attributes.
    numbers: Vec<f64>,
    /// Red, green and blue of fills and strokes.
    colours: Vec<f64>,
    /// Numbers in texts.
    texts: Vec<f64>,
    /// Pictures within a page.
    pictures: Vec<Value>,
}

/// A picture or a page, by the kinds of its elements.
fn scene(text: &str) -> Value {
    let document = Document::parse(text).unwrap();
    let mut kinds: BTreeMap<&str, Elements> = BTreeMap::new();
    for node in document.descendants().filter(|node| node.is_element()) {
        let kind = kinds.entry(node.tag_name().name()).or_default();
        kind.count += 1;
        for attribute in node.attributes() {
            let value = attribute.value();
            match attribute.name() {
                "href" | "src" | "srcset" => kind.pictures.extend(embedded(value)),
                "fill" | "stroke" | "stop-color" => kind.colours.extend(channels(value)),
                name if PLACES.contains(&name) => kind.places.extend(numbers_in(value)),
                _ => kind.numbers.extend(numbers_in(value)),
            }
        }
        if node.tag_name().name() != "style" {
            let texts =
                node.children().filter_map(|child| child.text().filter(|_| child.is_text()));
            kind.texts.extend(texts.flat_map(numbers_in));
        }
    }
    let kinds = kinds.into_iter().map(|(name, kind)| {
        let mut record = Map::from_iter([("count".to_owned(), kind.count.into())]);
        let lists = [("numbers", kind.numbers), ("colours", kind.colours), ("texts", kind.texts)];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            record.insert(key.to_owned(), condensed(list.into()));
        }
        if !kind.places.is_empty() {
            // Beyond nine, decimals are those of numbers in full.
            let decimals = kind.places.iter().copied().map(decimals).fold(2, usize::max).min(9);
            let numbers = condensed(kind.places.into());
            record.insert("places".to_owned(), json!({"decimals": decimals, "numbers": numbers}));
        }
        if !kind.pictures.is_empty() {
            record.insert("pictures".to_owned(), kind.pictures.into());
        }
        (name.to_owned(), Value::Object(record))
    });
    Value::Object(kinds.collect())
}

/// A page without its doctype, and with its elements that have no end closed, as XML wants them.
fn as_xml(page: &str) -> String {
    let mut xml = String::new();
    for part in page.trim_start_matches("<!DOCTYPE html>").split('<').skip(1) {
        let is_void = ["meta", "img", "source"].iter().any(|name| part.starts_with(name));
        xml += &format!("<{}", if is_void { part.replacen('>', "/>", 1) } else { part.to_owned() });
    }
    xml
}

/// The picture in a link that holds one as SVG; pixels are bytes, which no number tells.
fn embedded(link: &str) -> Option<Value> {
    let code = link.strip_prefix("data:image/svg+xml;base64,")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(code).unwrap();
    Some(scene(&String::from_utf8(bytes).unwrap()))
}

/// Red, green and blue of `#rrggbb`; nothing where a paint is no colour.
fn channels(paint: &str) -> Vec<f64> {
    let channel = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16);
    let digits = paint.strip_prefix('#').unwrap_or_default().as_bytes();
    digits.chunks(2).map(|digits| channel(digits).unwrap().into()).collect()
}

/// Decimals with which a number was written, without zeros at their end.
fn decimals(number: f64) -> usize {
    number.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn film(path: &Path) -> Value {
    let mut decoder =
        gif::DecodeOptions::new().read_info(std::fs::File::open(path).unwrap()).unwrap();
    let (width, height) = (decoder.width(), decoder.height());
    let mut delays = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        delays.push(frame.delay);
    }
    condensed(json!({"width": width, "height": height, "frames": delays.len(), "delays": delays}))
}

/// A model: the figures of its description, and of each tensor shape and numbers.
fn checkpoint(bytes: &[u8]) -> Value {
    let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
    let described = header.metadata().iter().flatten().map(|(key, text)| {
        (key.clone(), serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()))
    });
    let described: Map<String, Value> = described.collect();
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let tensors = tensors.iter().map(|(name, tensor)| {
        let kind = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
        (name.to_owned(), json!({"kind": kind, "numbers": elements(tensor.dtype(), tensor.data())}))
    });
    let tensors: Map<String, Value> = tensors.collect();
    condensed(json!({"described": described, "tensors": tensors}))
}

fn elements(kind: safetensors::Dtype, data: &[u8]) -> Vec<f64> {
    use safetensors::Dtype;
    fn each<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        data.chunks_exact(N).map(|bytes| number(bytes.try_into().unwrap())).collect()
    }
    match kind {
        Dtype::F32 => each(data, |bytes| f32::from_le_bytes(bytes).into()),
        Dtype::F64 => each(data, f64::from_le_bytes),
        Dtype::U32 => each(data, |bytes| u32::from_le_bytes(bytes).into()),
        Dtype::I64 => each(data, |bytes| i64::from_le_bytes(bytes) as f64),
        _ => each(data, |[byte]| byte.into()),
    }
}

/// The numbers in a text, whatever stands between them; digits within a word are none.
fn numbers_in(text: &str) -> impl Iterator<Item = f64> {
    let apart = |c: char| !(c.is_alphanumeric() || ['.', '-', '+', '_'].contains(&c));
    let words = text.split(apart).map(|word| word.trim_end_matches('.'));
    // The commands of a path stand before its first number.
    let words = words.map(|word| word.trim_start_matches(['M', 'L', 'C', 'A', 'H', 'V', 'Q', 'Z']));
    words.filter_map(|word| word.parse().ok()).filter(|number: &f64| number.is_finite())
}

/// A record as text for people: what fits stands on one line.
pub fn text(record: &Value) -> String {
    fn write(value: &Value, indent: usize, text: &mut String) {
        let short = value.to_string();
        let parts: Vec<(String, &Value)> = match value {
            Value::Object(map) => {
                map.iter().map(|(key, value)| (format!("{}: ", json!(key)), value)).collect()
            }
            Value::Array(list) => list.iter().map(|value| (String::new(), value)).collect(),
            _ => return *text += &short,
        };
        if short.len() + indent <= MAX_LINE {
            return *text += &short;
        }
        let (open, close) = if value.is_object() { ("{", "}") } else { ("[", "]") };
        for (index, (key, value)) in parts.into_iter().enumerate() {
            let sign = if index == 0 { open } else { "," };
            *text += &format!("{sign}\n{}{key}", " ".repeat(indent + 1));
            write(value, indent + 1, text);
        }
        *text += &format!("\n{}{close}", " ".repeat(indent));
    }
    let mut text = String::new();
    write(record, 0, &mut text);
    text + "\n"
}

/// The same value with long lists as summaries, numbers of nine digits, and of sentences the numbers alone.
fn condensed(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, rounded),
        Value::String(text) => word(&text),
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key, condensed(value))).collect())
        }
        Value::Array(list) => condensed_list(list),
        other => other,
    }
}

fn condensed_list(list: Vec<Value>) -> Value {
    let mut numbers = Vec::new();
    if flatten(&list, &mut numbers) && numbers.len() > MAX_LISTED {
        return summary(&numbers);
    }
    if list.len() > MAX_LISTED && list.iter().any(Value::is_string) {
        return runs(&list);
    }
    if list.len() > MAX_LISTED && list.iter().all(Value::is_object) {
        let mut columns = Map::new();
        for (index, item) in list.into_iter().enumerate() {
            let Value::Object(item) = item else { unreachable!() };
            for (key, value) in item {
                let column = columns.entry(key).or_insert_with(|| json!([]));
                let column = column.as_array_mut().unwrap();
                column.resize(index, Value::Null);
                column.push(value);
            }
        }
        return condensed(Value::Object(columns));
    }
    list.into_iter().map(condensed).collect()
}

/// Gathers the numbers of nested lists, NaN where there is none; false where there is anything else in them.
fn flatten(list: &[Value], numbers: &mut Vec<f64>) -> bool {
    list.iter().all(|item| match item {
        Value::Array(inner) => flatten(inner, numbers),
        Value::Number(number) => {
            numbers.push(number.as_f64().unwrap());
            true
        }
        Value::Bool(is_so) => {
            numbers.push(f64::from(u8::from(*is_so)));
            true
        }
        Value::Null => {
            numbers.push(f64::NAN);
            true
        }
        _ => false,
    })
}

/// Means of the numbers that are there: of themselves, of their squares, and weighted so that their order counts.
fn summary(numbers: &[f64]) -> Value {
    let known: Vec<f64> = numbers.iter().copied().filter(|v| v.is_finite()).collect();
    let mean = |weigh: &dyn Fn(usize, f64) -> f64| {
        let sum: f64 = known.iter().enumerate().map(|(i, &v)| weigh(i, v)).sum();
        rounded(sum / known.len().max(1) as f64)
    };
    let first: Vec<Value> = numbers.iter().take(2).map(|&v| rounded(v)).collect();
    json!({
        "count": numbers.len(),
        "unknown": numbers.len() - known.len(),
        "mean": mean(&|_, v| v),
        "squares": mean(&|_, v| v * v),
        "ordered": mean(&|i, v| v * (i as f64).cos()),
        "first": first,
    })
}

/// Texts in a row as `heart x10`.
fn runs(list: &[Value]) -> Value {
    let mut runs: Vec<(Value, usize)> = Vec::new();
    for item in list {
        let item = condensed(item.clone());
        match runs.last_mut() {
            Some((last, count)) if *last == item => *count += 1,
            _ => runs.push((item, 1)),
        }
    }
    let name = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    runs.iter().map(|(item, count)| Value::from(format!("{} x{count}", name(item)))).collect()
}

fn rounded(number: f64) -> Value {
    let rounded: f64 = format!("{number:.8e}").parse().unwrap();
    if rounded.fract() == 0.0 && rounded.abs() < 1e9 {
        (rounded as i64).into()
    } else {
        rounded.into()
    }
}

fn word(text: &str) -> Value {
    if text.chars().count() > MAX_WORD {
        let numbers: Vec<String> = numbers_in(text).map(|number| number.to_string()).collect();
        return format!("~ {}", numbers.join(" ")).into();
    }
    // The name of a candidate ends in that of its run.
    match text.split_once('-') {
        Some((number, run)) if run.len() == 6 && number.starts_with('c') => number.into(),
        _ => text.into(),
    }
}
