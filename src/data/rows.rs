//! Vectors of one width, stored one after the other.

use serde::{Deserialize, Serialize};

/// `n` vectors of `width` numbers in one flat buffer, `[n, width]` row-major.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows<T> {
    width: usize,
    values: Vec<T>,
}

impl<T: Copy> Rows<T> {
    /// No vectors yet; each will have `width` numbers.
    pub fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    /// No vectors of this width, with room for `count` of them.
    pub fn with_capacity(width: usize, count: usize) -> Self {
        Self { width, values: Vec::with_capacity(width * count) }
    }

    /// Takes a flat buffer, whose length must be a multiple of `width`.
    pub fn from_flat(width: usize, values: Vec<T>) -> Self {
        debug_assert!(width > 0 && values.len().is_multiple_of(width));
        Self { width, values }
    }

    /// Appends one vector of the right width.
    pub fn push(&mut self, row: &[T]) {
        debug_assert_eq!(row.len(), self.width);
        self.values.extend_from_slice(row);
    }

    /// Appends all vectors of others, which must have the same width.
    pub fn extend(&mut self, others: &Self) {
        debug_assert_eq!(others.width, self.width);
        self.values.extend_from_slice(&others.values);
    }

    /// Removes one vector; those after it move up.
    pub fn remove(&mut self, index: usize) {
        self.values.drain(index * self.width..(index + 1) * self.width);
    }

    /// The length of every vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of vectors.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// True if there are no vectors.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Vector `index`.
    pub fn row(&self, index: usize) -> &[T] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    /// Vector `index`, to be changed.
    pub fn row_mut(&mut self, index: usize) -> &mut [T] {
        &mut self.values[index * self.width..(index + 1) * self.width]
    }

    /// All vectors in order.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, T> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The vectors of the given indices, in their order.
    pub fn select(&self, indices: &[usize]) -> Self {
        let mut selected = Self::new(self.width);
        selected.values.reserve(indices.len() * self.width);
        for &index in indices {
            selected.push(self.row(index));
        }
        selected
    }

    /// The flat buffer.
    pub fn as_flat(&self) -> &[T] {
        &self.values
    }

    /// The flat buffer, by value.
    pub fn into_flat(self) -> Vec<T> {
        self.values
    }
}
