//! Parameters while they are learned: networks read their storage, Adam changes it in place.

use crate::error::{Error, Result};
use crate::numerics::adam::Adam;
use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp1, Layout, Storage, Tensor, Var};
use std::cell::RefCell;
use std::ops::Range;

/// The parameters of one or more networks and the optimiser that all of them share.
pub struct Variables {
    variables: Vec<Var>,
    adam: RefCell<Adam<f32>>,
}

impl Variables {
    /// Variables with these first values, all with one learning `rate`.
    pub fn new(initial: &[Tensor], rate: f64) -> Result<Self> {
        let variables: candle_core::Result<_> = initial.iter().map(Var::from_tensor).collect();
        let adam = Adam::new(initial.iter().map(Tensor::elem_count), rate);
        Ok(Self { variables: variables?, adam: RefCell::new(adam) })
    }

    /// Tensors on the variables' own storage: a network made of them learns as they change.
    pub fn shared(&self) -> Vec<Tensor> {
        self.variables.iter().map(|v| v.as_tensor().clone()).collect()
    }

    /// Copies of the values as they are now, free of the variables' storage.
    pub fn copies(&self) -> Result<Vec<Tensor>> {
        self.variables.iter().map(|v| Ok(v.as_detached_tensor().copy()?)).collect()
    }

    /// The optimiser as it is now.
    pub fn adam(&self) -> Adam<f32> {
        self.adam.borrow().clone()
    }

    /// Puts other values and another optimiser's memory in, at a learning `rate`.
    ///
    /// # Errors
    /// When they are not as many, or not of the same shapes.
    pub fn restore(&self, values: &[Tensor], adam: Adam<f32>, rate: f64) -> Result<()> {
        let fits = values.len() == self.variables.len()
            && values.iter().zip(&self.variables).all(|(value, own)| value.dims() == own.dims())
            && adam.lengths().eq(values.iter().map(Tensor::elem_count));
        if !fits {
            let problem =
                "what was learned is of another network; go on with the settings it was made with";
            return Err(Error::Mismatch(problem.to_owned()));
        }
        for (variable, value) in self.variables.iter().zip(values) {
            let value: Vec<f32> = value.flatten_all()?.to_vec1()?;
            variable.inplace_op1(&Overwrite(&value))?;
        }
        *self.adam.borrow_mut() = adam;
        self.set_rate(rate);
        Ok(())
    }

    /// Sets the learning rate of all of them.
    pub fn set_rate(&self, rate: f64) {
        let mut adam = self.adam.borrow_mut();
        (0..self.variables.len()).for_each(|row| adam.set_rate(row, rate));
    }

    /// Lets `work` read the values where they are.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn read<R>(&self, work: impl FnOnce(&[&[f32]]) -> R) -> Result<R> {
        let held: Vec<_> = self.variables.iter().map(|v| v.storage_and_layout()).collect();
        let values = held.iter().map(|(storage, layout)| match &**storage {
            Storage::Cpu(CpuStorage::F32(values)) => Ok(&values[range(layout)?]),
            _ => Err(candle_core::Error::Msg("variables are f32 tensors".to_owned())),
        });
        Ok(work(&values.collect::<candle_core::Result<Vec<_>>>()?))
    }

    /// Moves every variable one step of Adam against its gradient.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn descend_along(&self, gradients: &[Vec<f32>]) -> Result<()> {
        for ((row, variable), gradient) in self.variables.iter().enumerate().zip(gradients) {
            variable.inplace_op1(&Update { adam: &self.adam, row, gradient })?;
        }
        Ok(())
    }

    /// Moves every variable that `loss` depends on one step of Adam against its gradient.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn descend(&self, loss: &Tensor) -> Result<()> {
        let gradients = self.gradients(&loss.backward()?)?;
        for (row, gradient) in gradients.iter().enumerate() {
            if let Some(gradient) = gradient {
                let update = Update { adam: &self.adam, row, gradient };
                self.variables[row].inplace_op1(&update)?;
            }
        }
        Ok(())
    }

    /// The gradient of each variable, row-major; none of one that has no part in it.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn gradients(&self, of: &GradStore) -> Result<Vec<Option<Vec<f32>>>> {
        let flat = |variable: &Var| {
            let gradient = of.get(variable).map(|gradient| gradient.flatten_all()?.to_vec1());
            Ok(gradient.transpose()?)
        };
        self.variables.iter().map(flat).collect()
    }
}

/// The first value that is not finite.
pub fn first_not_finite(parameters: &[Tensor]) -> Result<Option<f64>> {
    for tensor in parameters {
        let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        if let Some(&bad) = values.iter().find(|v| !v.is_finite()) {
            return Ok(Some(f64::from(bad)));
        }
    }
    Ok(None)
}

/// Where the numbers of a contiguous tensor are in its storage.
fn range(layout: &Layout) -> candle_core::Result<Range<usize>> {
    let refused = || candle_core::Error::Msg("variables are contiguous tensors".to_owned());
    layout.contiguous_offsets().map(|(from, to)| from..to).ok_or_else(refused)
}

/// The numbers of a contiguous f32 tensor, to be changed.
fn numbers<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> candle_core::Result<&'a mut [f32]> {
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[range(layout)?]),
        _ => Err(candle_core::Error::Msg("variables are f32 tensors".to_owned())),
    }
}

/// Other values for one variable, in its own storage, so that the networks on it see them.
struct Overwrite<'a>(&'a [f32]);

impl InplaceOp1 for Overwrite<'_> {
    fn name(&self) -> &'static str {
        "overwrite"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        numbers(storage, layout)?.copy_from_slice(self.0);
        Ok(())
    }
}

/// One Adam step of one variable in its own storage: no tensor is allocated for it.
struct Update<'a> {
    adam: &'a RefCell<Adam<f32>>,
    row: usize,
    gradient: &'a [f32],
}

impl InplaceOp1 for Update<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        self.adam.borrow_mut().step(self.row, numbers(storage, layout)?, self.gradient);
        Ok(())
    }
}
