//! Reading of tensors from a safetensors file, with the checks that every tensor needs.

use crate::text;
use crate::text::Text;
use safetensors::tensor::{Dtype, SafeTensors};

/// A tensor to be written: name, kind, shape and bytes.
pub(in crate::model) type Written = (String, Dtype, Vec<usize>, Vec<u8>);

/// Concatenates the bytes of numbers.
pub(in crate::model) fn bytes<const N: usize>(values: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    values.flatten().collect()
}

/// A tensor of f32 values, which may be blanks (NaN).
pub(in crate::model) fn numbers(
    file: &SafeTensors<'_>,
    name: &str,
    shape: &[usize],
) -> std::result::Result<Vec<f32>, Text> {
    let bytes = tensor(file, name, Dtype::F32, shape)?;
    Ok(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

/// A tensor of finite f32 values.
pub(in crate::model) fn floats(
    file: &SafeTensors<'_>,
    name: &str,
    shape: &[usize],
) -> std::result::Result<Vec<f32>, Text> {
    let values = numbers(file, name, shape)?;
    if values.iter().any(|v| !v.is_finite()) {
        return Err(text!(
            "the tensor '{name}' holds values that are not finite; train the model again",
            name
        ));
    }
    Ok(values)
}

/// The bytes of a tensor of a known kind and shape.
pub(in crate::model) fn tensor<'a>(
    file: &SafeTensors<'a>,
    name: &str,
    dtype: Dtype,
    shape: &[usize],
) -> std::result::Result<&'a [u8], Text> {
    let view = file.tensor(name).map_err(|_| text!("the tensor '{name}' is missing", name))?;
    if view.dtype() != dtype || view.shape() != shape {
        let form = |dtype: Dtype, shape: &[usize]| format!("{dtype:?} {shape:?}");
        return Err(text!(
            "the tensor '{name}' is {found} and should be {needed}",
            name,
            found = form(view.dtype(), view.shape()),
            needed = form(dtype, shape)
        ));
    }
    Ok(view.data())
}
