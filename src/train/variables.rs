//! Parameters while they are learned: networks read their storage, Adam changes it in place.

use crate::error::{Error, Result};
use crate::numerics::adam::Adam;
use candle_core::{CpuStorage, InplaceOp2, Layout, Tensor, Var};
use std::cell::RefCell;

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
            variable.inplace_op2(&value.contiguous()?, &Overwrite)?;
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

    /// Moves every variable that `loss` depends on one step of Adam against its gradient.
    pub fn descend(&self, loss: &Tensor) -> Result<()> {
        let gradients = loss.backward()?;
        for (row, variable) in self.variables.iter().enumerate() {
            if let Some(gradient) = gradients.get(variable) {
                let update = Update { adam: &self.adam, row };
                variable.inplace_op2(&gradient.contiguous()?, &update)?;
            }
        }
        Ok(())
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

/// The slices of two contiguous f32 tensors of one size.
fn slices<'a>(
    to: (&'a mut CpuStorage, &Layout),
    from: (&'a CpuStorage, &Layout),
) -> candle_core::Result<(&'a mut [f32], &'a [f32])> {
    let contiguous = |layout: &Layout| {
        let refused = || candle_core::Error::Msg("an update needs contiguous tensors".to_owned());
        layout.contiguous_offsets().ok_or_else(refused)
    };
    let ((a, b), (c, d)) = (contiguous(to.1)?, contiguous(from.1)?);
    match (to.0, from.0) {
        (CpuStorage::F32(to), CpuStorage::F32(from)) => Ok((&mut to[a..b], &from[c..d])),
        _ => Err(candle_core::Error::Msg("an update needs f32 tensors".to_owned())),
    }
}

/// Other values for one variable, in its own storage, so that the networks on it see them.
struct Overwrite;

impl InplaceOp2 for Overwrite {
    fn name(&self) -> &'static str {
        "overwrite"
    }

    fn cpu_fwd(
        &self,
        parameters: &mut CpuStorage,
        layout: &Layout,
        values: &CpuStorage,
        values_layout: &Layout,
    ) -> candle_core::Result<()> {
        let (own, other) = slices((parameters, layout), (values, values_layout))?;
        own.copy_from_slice(other);
        Ok(())
    }
}

/// One Adam step of one variable in its own storage: no tensor is allocated for it.
struct Update<'a> {
    adam: &'a RefCell<Adam<f32>>,
    row: usize,
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        parameters: &mut CpuStorage,
        layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> candle_core::Result<()> {
        let (parameters, gradient) = slices((parameters, layout), (gradient, gradient_layout))?;
        self.adam.borrow_mut().step(self.row, parameters, gradient);
        Ok(())
    }
}
