//! Imported data within a checkpoint: the outlines or the rows of a table themselves, and all that is known of each.

use super::tensors::{Written, bytes, numbers, tensor};
use crate::data::column_name::LONGEST_UNIT;
use crate::data::dataset::{Dataset, MAX_TARGETS, Target};
use crate::data::outline::transform::SimilarityTransform;
use crate::data::quantity::Quantity;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::data::source::{Imported, Source, TableSource, fingerprint};
use crate::data::task::Task;
use crate::model::card::{Encoded, ModelCard};
use crate::text;
use crate::text::Text;
use safetensors::tensor::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

/// The header of a target column.
#[derive(Serialize, Deserialize)]
pub struct TargetHeader {
    name: String,
    unit: String,
    #[serde(default)]
    task: Task,
}

/// The names and units of the target columns.
pub fn columns(set: &Dataset) -> Vec<TargetHeader> {
    let column = |m: &Target| TargetHeader {
        name: m.name.to_string(),
        unit: m.unit.clone(),
        task: m.task.clone(),
    };
    set.measured.iter().map(column).collect()
}

/// The tensors of a data set.
pub fn tensors(set: &Dataset) -> Vec<Written> {
    let (count, width) = (set.rows.len(), set.rows.width());
    let ids = set.ids.join("\n").into_bytes();
    let transforms =
        set.transforms.iter().flat_map(|p| [p.origin[0], p.origin[1], p.scale, p.rotation]);
    let measured = set.measured.iter().flat_map(|m| &m.values);
    let named = |name: &str, dtype, shape, data| (format!("data.{name}"), dtype, shape, data);
    let groups = (!set.groups.is_empty()).then(|| {
        let numbers = bytes(set.groups.iter().map(|v| v.to_le_bytes()));
        named("groups", Dtype::U32, vec![count], numbers)
    });
    let split = (!set.split.is_empty()).then(|| {
        let place = |role: &Role| Role::ALL.iter().position(|own| own == role).unwrap_or(0) as u8;
        named("roles", Dtype::U8, vec![count], set.split.iter().map(place).collect())
    });
    let is_table = set.domain.table().is_some();
    let frames = (!is_table).then(|| {
        let numbers = bytes(transforms.map(f64::to_le_bytes));
        named("placements", Dtype::F64, vec![count, 4], numbers)
    });
    let always = vec![
        named(
            if is_table { "rows" } else { "outlines" },
            Dtype::F32,
            vec![count, width],
            bytes(set.rows.as_flat().iter().map(|v| v.to_le_bytes())),
        ),
        named("labels", Dtype::U16, vec![count], bytes(set.labels.iter().map(|v| v.to_le_bytes()))),
        named("ids", Dtype::U8, vec![ids.len()], ids),
        named(
            "measured",
            Dtype::F32,
            vec![set.measured.len(), count],
            bytes(measured.map(|&v| (v as f32).to_le_bytes())),
        ),
    ];
    always.into_iter().chain(frames).chain(groups).chain(split).collect()
}

/// Reads the data set of a file, if it agrees with `card` and `encoded`; none if its data are generated.
///
/// # Errors
/// Names the part that is missing or damaged.
pub fn read(
    file: &SafeTensors<'_>,
    card: &ModelCard,
    columns: Vec<TargetHeader>,
    encoded: &Encoded,
) -> Result<Option<Dataset>, Text> {
    let damaged =
        |problem: Text| text!("is damaged: {problem}; train or save the model again", problem);
    let width = card.layers.first().map_or(0, |layer| layer.inputs);
    let (name, count, hash) = match &card.source {
        None | Some(Source::Outlines(_)) => return Ok(None),
        Some(Source::Imported(Imported { count, hash, .. })) => ("data.outlines", *count, *hash),
        Some(Source::Table(TableSource { count, hash, .. })) => ("data.rows", *count, *hash),
    };
    let is_table = card.domain.table().is_some();
    let rows = numbers(file, name, &[count, width])?;
    // Blanks of a table are NaN; an outline has none.
    if rows.iter().any(|v| v.is_infinite() || v.is_nan() && !is_table) {
        return Err(damaged(text!("its data hold values that are not finite")));
    }
    if fingerprint(&rows) != hash {
        return Err(damaged(text!("its data are not those that it was trained on")));
    }
    let transforms = if is_table { Vec::new() } else { frames(file, count)? };
    if !transforms.iter().all(SimilarityTransform::is_sound) {
        return Err(damaged(text!("it does not say where its outlines stood")));
    }
    let labels: Vec<u16> = tensor(file, "data.labels", Dtype::U16, &[count])?
        .chunks_exact(2)
        .map(|b| u16::from_le_bytes([b[0], b[1]]))
        .collect();
    if labels.iter().any(|&label| usize::from(label) >= encoded.names.len()) {
        return Err(damaged(text!("its labels do not fit its families")));
    }
    let ids = file
        .tensor("data.ids")
        .map_err(|_| text!("the tensor '{name}' is missing", name = "data.ids"))?;
    let ids =
        std::str::from_utf8(ids.data()).map_err(|_| damaged(text!("its shapes have no names")))?;
    let ids: Vec<String> = ids.split('\n').map(str::to_owned).collect();
    if ids.len() != count {
        return Err(damaged(text!("its shapes are not all named")));
    }
    if encoded.samples.iter().any(|&sample| sample as usize >= count) {
        return Err(damaged(text!("its encoded data are not those of its outlines")));
    }
    let is_unit = |column: &TargetHeader| column.unit.chars().count() <= LONGEST_UNIT;
    if columns.len() > MAX_TARGETS || !columns.iter().all(is_unit) {
        return Err(damaged(text!("it holds more measured values than there can be")));
    }
    // Missing values are NaN, so the values need not be finite.
    let values = tensor(file, "data.measured", Dtype::F32, &[columns.len(), count])?;
    let values: Vec<f64> = values
        .chunks_exact(4)
        .map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]])))
        .collect();
    if values.iter().any(|v| v.is_infinite()) {
        return Err(damaged(text!("a measured value is infinite")));
    }
    let mut measured: Vec<Target> = Vec::with_capacity(columns.len());
    for (TargetHeader { name, unit, task }, values) in
        columns.into_iter().zip(values.chunks_exact(count))
    {
        let name = match name.parse::<Quantity>() {
            Ok(quantity) if quantity.is_predicted() => quantity.column(),
            Ok(_) => {
                return Err(damaged(text!("a measured value has the name of another property")));
            }
            Err(problem) => return Err(damaged(problem)),
        };
        if measured.iter().any(|other| other.name == name) {
            return Err(damaged(text!("two measured values have one name")));
        }
        task.check(name).map_err(damaged)?;
        if !values.iter().all(|value| task.allows(*value)) {
            return Err(damaged(text!("a measured value is no class of its column")));
        }
        measured.push(Target { name, unit, task, values: values.to_vec() });
    }
    let groups = match file.tensor("data.groups") {
        Err(_) => Vec::new(),
        Ok(_) => tensor(file, "data.groups", Dtype::U32, &[count])?
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect(),
    };
    let split: Vec<Role> = match file.tensor("data.roles") {
        Err(_) => Vec::new(),
        Ok(_) => tensor(file, "data.roles", Dtype::U8, &[count])?
            .iter()
            .map(|number| Role::ALL.get(usize::from(*number)).copied())
            .collect::<Option<_>>()
            .ok_or_else(|| damaged(text!("a row has no role that there is")))?,
    };
    let set = Dataset {
        domain: card.domain.clone(),
        groups,
        split,
        rows: Rows::from_flat(width, rows),
        labels,
        names: encoded.names.clone(),
        ids,
        transforms,
        unit: card.source.as_ref().map(Source::unit).unwrap_or_default(),
        measured,
    };
    if is_table {
        set.check_names().map_err(damaged)?;
    }
    Ok(Some(set))
}

/// The frames that normalising removed from `count` outlines.
fn frames(file: &SafeTensors<'_>, count: usize) -> Result<Vec<SimilarityTransform>, Text> {
    let frames = tensor(file, "data.placements", Dtype::F64, &[count, 4])?;
    let frame = |row: &[u8]| {
        let number = |k: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&row[8 * k..8 * k + 8]);
            f64::from_le_bytes(bytes)
        };
        SimilarityTransform {
            origin: [number(0), number(1)],
            scale: number(2),
            rotation: number(3),
        }
    };
    Ok(frames.chunks_exact(32).map(frame).collect())
}
