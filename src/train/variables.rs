//! Parameters while they are learned: networks read their storage, Adam changes it in place.

use crate::error::Result;
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
        let not_contiguous = || candle_core::Error::Msg("adam needs contiguous tensors".to_owned());
        let (from, to) = layout.contiguous_offsets().ok_or_else(not_contiguous)?;
        let (g_from, g_to) = gradient_layout.contiguous_offsets().ok_or_else(not_contiguous)?;
        match (parameters, gradient) {
            (CpuStorage::F32(p), CpuStorage::F32(g)) => {
                self.adam.borrow_mut().step(self.row, &mut p[from..to], &g[g_from..g_to]);
                Ok(())
            }
            _ => Err(candle_core::Error::Msg("adam needs f32 tensors".to_owned())),
        }
    }
}
