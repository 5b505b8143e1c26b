//! Tables of Apache Parquet.

use super::builder::{NamesFrom, ReadingPlan, SheetBuilder};
use super::cell::RawCell;
use super::foreign::damaged;
use super::sheet::Sheet;
use crate::data::records::brief;
use crate::text;
use crate::text::Text;
use bytes::Bytes;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, reader::RowIter};
use parquet::schema::types::Type;

/// The most rows of a file: their numbers are kept in 32 bits.
const MAX_ROWS: u32 = u32::MAX;

/// Reads the table of a Parquet file. Columns of lists and structures are left out.
///
/// # Errors
/// When the file is incomplete, damaged or packed in another way, or its table cannot be used.
pub fn read(bytes: &Bytes, plan: ReadingPlan<'_>) -> Result<Sheet, Text> {
    if bytes.len() < 12 || !bytes.ends_with(b"PAR1") {
        return Err(text!(
            "is a Parquet file without its end, so it is incomplete; copy or write it again"
        ));
    }
    let reader = SerializedFileReader::new(bytes.clone()).map_err(refuse)?;
    let schema = reader.metadata().file_metadata().schema_descr().root_schema();
    let (plain, nested): (Vec<_>, Vec<_>) =
        schema.get_fields().iter().cloned().partition(|field| is_plain(field));
    let names: Vec<String> = plain.iter().map(|field| field.name().to_owned()).collect();
    let are_times: Vec<bool> = plain.iter().map(|field| is_nanoseconds(field)).collect();
    if plain.is_empty() {
        return Err(text!("has no column of plain values; write numbers and words as columns"));
    }
    let projection =
        Type::group_type_builder(schema.name()).with_fields(plain).build().map_err(refuse)?;
    let rows = RowIter::from_file(Some(projection), &reader).map_err(refuse)?;
    let mut builder = SheetBuilder::new(plan, NamesFrom::File(names), true);
    for (row, values) in (1..MAX_ROWS).zip(rows) {
        let values = values.map_err(refuse)?;
        let cells: Vec<RawCell<'_>> = values
            .get_column_iter()
            .zip(&are_times)
            .map(|((_, value), is_time)| cell(value, *is_time))
            .collect();
        builder.push(row, &cells)?;
    }
    let mut sheet = builder.finish()?;
    sheet.about.insert(0, text!("Parquet"));
    for field in nested {
        sheet.remarks.push(text!(
            "column '{name}' holds lists or structures, which are not read; write its parts as columns of their own",
            name = brief(field.name())
        ));
    }
    Ok(sheet)
}

/// True if a field has at most one number or word in a row.
fn is_plain(field: &Type) -> bool {
    let info = field.get_basic_info();
    field.is_primitive() && info.has_repetition() && info.repetition() != Repetition::REPEATED
}

/// True for times in nanoseconds, which the reader gives as whole numbers.
fn is_nanoseconds(field: &Type) -> bool {
    match field.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => time.unit == TimeUnit::NANOS,
        _ => false,
    }
}

fn refuse(error: ParquetError) -> Text {
    match error {
        ParquetError::NYI(_) => unknown_compression(),
        ParquetError::General(problem) if problem.contains("feature") => unknown_compression(),
        _ => damaged(),
    }
}

fn unknown_compression() -> Text {
    text!(
        "is compressed in a way that is not read; write it with snappy or zstd, or without compression"
    )
}

/// A cell that is kept. Dates are words, so that nobody takes their numbers for a quantity.
fn cell(value: &Field, is_time: bool) -> RawCell<'_> {
    /// The most of a whole number that a double holds exactly.
    const EXACT: u64 = 1 << 53;
    let whole = |number: i128| match number.unsigned_abs() <= u128::from(EXACT) {
        true => RawCell::Number(number as f64),
        false => RawCell::Text(number.to_string().into()),
    };
    match value {
        Field::Null => RawCell::Blank,
        Field::Bool(value) => RawCell::Text(value.to_string().into()),
        Field::Long(time) if is_time => {
            RawCell::Text(Field::TimestampMicros(time / 1000).to_string().into())
        }
        Field::Byte(number) => whole((*number).into()),
        Field::Short(number) => whole((*number).into()),
        Field::Int(number) => whole((*number).into()),
        Field::Long(number) => whole((*number).into()),
        Field::UByte(number) => whole((*number).into()),
        Field::UShort(number) => whole((*number).into()),
        Field::UInt(number) => whole((*number).into()),
        Field::ULong(number) => whole((*number).into()),
        Field::Float16(number) => RawCell::Number(number.to_f64()),
        Field::Float(number) => RawCell::Number(f64::from(*number)),
        Field::Double(number) => RawCell::Number(*number),
        Field::Str(words) => RawCell::Text(words.trim().into()),
        Field::Bytes(bytes) => match bytes.as_utf8() {
            Ok(words) => RawCell::Text(words.trim().into()),
            Err(_) => RawCell::Text(
                bytes.data().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
            ),
        },
        other => RawCell::Text(other.to_string().into()),
    }
}
