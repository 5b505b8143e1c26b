//! The reading of a head's outputs as one of its quantities, in double precision, with its gradient.

use crate::data::task::ClassSet;

/// The reading of the outputs of one member of a head.
#[derive(Clone, Debug, PartialEq)]
pub enum HeadReading {
    /// The output with this index, in standardised units.
    Output(usize),
    /// The probability of some classes.
    Classes(ClassReading),
}

/// The probability of some classes, `sum_{c in set} softmax(l / T)_c` with the temperature T (Guo et al. 2017). A single
/// logit is that of the second of two classes, the other's is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassReading {
    /// The classes.
    pub set: ClassSet,
    /// The temperature.
    pub temperature: f64,
}

/// A value that was read, and 1 minus it without cancellation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReadValue {
    /// The value.
    pub value: f64,
    /// `1 - value`: of a probability the sum of the probabilities of the other classes.
    pub rest: f64,
}

impl HeadReading {
    /// The value for one row of outputs; `room` is a buffer.
    pub fn read(&self, outputs: &[f32], room: &mut Vec<f64>) -> ReadValue {
        match self {
            Self::Output(index) => {
                let value = f64::from(outputs[*index]);
                ReadValue { value, rest: 1.0 - value }
            }
            Self::Classes(ClassReading { set, temperature }) => {
                softmax(outputs, *temperature, room);
                let mut read = ReadValue::default();
                for (class, p) in room.iter().enumerate() {
                    *if set.contains(class) { &mut read.value } else { &mut read.rest } += p;
                }
                read
            }
        }
    }

    /// Replaces one row of outputs by the gradient of `slope` times the value.
    pub fn pull_back(&self, outputs: &mut [f32], slope: f64, room: &mut Vec<f64>) {
        match self {
            Self::Output(index) => {
                outputs.fill(0.0);
                outputs[*index] = slope as f32;
            }
            Self::Classes(ClassReading { set, temperature }) => {
                let ReadValue { value, rest } = self.read(outputs, room);
                // dp / dl_c = p_c (1 - p) / T within the set, and -p_c p / T outside.
                let slope = slope / temperature;
                let of = |class: usize| match set.contains(class) {
                    true => slope * room[class] * rest,
                    false => -slope * room[class] * value,
                };
                let first = room.len() - outputs.len();
                outputs.iter_mut().enumerate().for_each(|(i, d)| *d = of(first + i) as f32);
            }
        }
    }
}

/// The probabilities of all classes from one row of logits, `softmax(l / T)`; a single logit is that of the second of
/// two classes.
pub fn softmax(logits: &[f32], temperature: f64, p: &mut Vec<f64>) {
    p.clear();
    if logits.len() == 1 {
        p.push(0.0);
    }
    p.extend(logits.iter().map(|&l| f64::from(l) / temperature));
    let most = p.iter().fold(f64::NEG_INFINITY, |most, l| most.max(*l));
    p.iter_mut().for_each(|l| *l = (*l - most).exp());
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|e| *e /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(count: usize, classes: &[usize], temperature: f64) -> HeadReading {
        HeadReading::Classes(ClassReading { set: ClassSet::new(count, classes), temperature })
    }

    #[test]
    fn probabilities_are_those_of_the_formula() {
        let room = &mut Vec::new();
        let [a, b, c] = [0.3f32, -1.2, 2.0].map(|l| (f64::from(l) / 1.6).exp());
        let both = reading(3, &[0, 2], 1.6).read(&[0.3, -1.2, 2.0], room);
        let sum = a + b + c;
        assert!((both.value - (a + c) / sum).abs() < 1e-15 && (both.rest - b / sum).abs() < 1e-15);
        let sigmoid = 1.0 / (1.0 + (-0.75f64).exp());
        let second = reading(2, &[1], 2.0).read(&[1.5], room);
        assert!((second.value - sigmoid).abs() < 1e-15);
        let first = reading(2, &[0], 2.0).read(&[1.5], room);
        assert_eq!((first.value, first.rest), (second.rest, second.value));
    }

    #[test]
    fn what_is_nearly_certain_keeps_its_digits() {
        let room = &mut Vec::new();
        let sure = reading(2, &[1], 1.0).read(&[200.0], room);
        assert_eq!(sure.value, 1.0);
        assert!((sure.rest / (-200f64).exp() - 1.0).abs() < 1e-12);
        // The slope of -ln(1 - p) by the logit is p, however small 1 - p is.
        let mut slope = [200.0f32];
        reading(2, &[1], 1.0).pull_back(&mut slope, 1.0 / sure.rest, room);
        assert!((slope[0] - 1.0).abs() < 1e-6, "{slope:?}");
        assert!(reading(3, &[1], 1.0).read(&[f32::NAN, 0.0, 1.0], room).value.is_nan());
    }

    #[test]
    fn gradients_agree_with_differences() {
        let room = &mut Vec::new();
        for (count, classes, logits) in [
            (2, &[1][..], &[0.4f32][..]),
            (2, &[0], &[-1.3]),
            (4, &[0, 3], &[0.5, -0.25, 1.0, -1.5]),
        ] {
            let reading = reading(count, classes, 1.7);
            let mut slopes = logits.to_vec();
            reading.pull_back(&mut slopes, 0.8, room);
            for i in 0..logits.len() {
                let mut moved = |h: f32| {
                    let mut logits = logits.to_vec();
                    logits[i] += h;
                    0.8 * reading.read(&logits, room).value
                };
                let difference = (moved(0.0078125) - moved(-0.0078125)) / 0.015625;
                assert!(
                    (f64::from(slopes[i]) - difference).abs() < 1e-5,
                    "{slopes:?} {difference}"
                );
            }
        }
    }
}
