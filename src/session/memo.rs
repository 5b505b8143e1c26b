//! Memos: what is derived, by the inputs that it was derived from. Views look it up in each frame.

use std::cell::RefCell;
use std::collections::VecDeque;

/// The most recently computed values, each with its inputs.
#[derive(Debug)]
pub struct Memo<K, V> {
    known: RefCell<VecDeque<(K, V)>>,
    most: usize,
}

impl<K: PartialEq, V: Clone> Memo<K, V> {
    /// A memo of at most so many values.
    pub fn new(most: usize) -> Self {
        Self { known: RefCell::default(), most }
    }

    /// The value for these inputs, which is computed if it is not known.
    pub fn get(&self, inputs: K, compute: impl FnOnce(&K) -> V) -> V {
        let known =
            self.known.borrow().iter().find(|(of, _)| *of == inputs).map(|(_, v)| v.clone());
        if let Some(value) = known {
            return value;
        }
        let value = compute(&inputs);
        let mut known = self.known.borrow_mut();
        known.push_front((inputs, value.clone()));
        known.truncate(self.most);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_inputs_are_computed_once_and_the_oldest_are_forgotten() {
        let memo = Memo::new(2);
        let computed = RefCell::new(Vec::new());
        let square = |n: i32| {
            memo.get(n, |&n| {
                computed.borrow_mut().push(n);
                n * n
            })
        };
        assert_eq!([2, 3, 2, 3].map(square), [4, 9, 4, 9]);
        assert_eq!([4, 3, 2].map(square), [16, 9, 4]);
        assert_eq!(*computed.borrow(), [2, 3, 4, 2]);
    }
}
