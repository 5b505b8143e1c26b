//! How a model was or will be trained: the settings and the history that a checkpoint keeps.

use super::head::{USUAL_WIDTHS, check_widths};
use super::losses::Reconstruction;
use super::vae::Output;
use crate::data::property::Property;
use crate::error::{Error, Result, check_range};
use serde::{Deserialize, Serialize};

/// The settings of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// Passes over the data.
    pub epochs: usize,
    /// Samples of one update.
    pub batch_size: usize,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// The reconstruction loss.
    pub loss: Reconstruction,
    /// The weight of the KL term (Higgins et al. 2017); 0 leaves a plain autoencoder.
    pub beta: f64,
    /// Whether z is drawn from N(mu, sigma) while training; without noise it is mu itself.
    pub latent_noise: bool,
    /// What the decoder ends in.
    pub output: Output,
    /// Numbers of the latent.
    pub latent_dim: usize,
    /// Width of the hidden layers.
    pub hidden: usize,
    /// The share of samples that is held out of training, 0 to 0.5.
    pub held_out: f64,
    /// The seed of weights, order, noise and split.
    pub seed: u64,
    /// The properties for which task heads are trained along, none of them twice.
    #[serde(default)]
    pub heads: Vec<Property>,
    /// The hidden layers of those heads.
    #[serde(default = "usual_widths")]
    pub head_widths: Vec<usize>,
    /// The weight of the heads' errors beside the other losses: how much the latent yields to them.
    #[serde(default = "usual_head_weight")]
    pub head_weight: f64,
}

fn usual_widths() -> Vec<usize> {
    USUAL_WIDTHS.to_vec()
}

fn usual_head_weight() -> f64 {
    0.1
}

/// The weight of KL was chosen by measurement, which `sample_models/README.md` shows.
impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 50,
            batch_size: 32,
            learning_rate: 1e-3,
            loss: Reconstruction::Mse,
            beta: Reconstruction::Mse.usual_beta(),
            latent_noise: true,
            output: Output::Linear,
            latent_dim: 2,
            hidden: 128,
            held_out: 0.1,
            seed: 0,
            heads: Vec::new(),
            head_widths: usual_widths(),
            head_weight: usual_head_weight(),
        }
    }
}

impl TrainingConfig {
    /// The ranges that every training must keep to.
    ///
    /// # Errors
    /// Names the first setting that is outside its range or does not go with another.
    pub fn check(&self) -> Result<()> {
        check_range("epochs", self.epochs, 1, 1_000_000)?;
        check_range("batch-size", self.batch_size, 1, 100_000)?;
        check_range("lr", self.learning_rate, 1e-8, 10.0)?;
        check_range("beta", self.beta, 0.0, 1000.0)?;
        check_range("latent-dim", self.latent_dim, 1, 1024)?;
        check_range("hidden", self.hidden, 1, 8192)?;
        check_range("held-out", self.held_out, 0.0, 0.5)?;
        check_widths("head-widths", &self.head_widths)?;
        check_range("head-weight", self.head_weight, 1e-6, 1e6)?;
        let twice = |i: usize| self.heads[..i].contains(&self.heads[i]);
        if let Some(i) = (0..self.heads.len()).find(|&i| twice(i)) {
            let name = self.heads[i].name();
            return Err(Error::setting("heads", format!("'{name}' is named twice; name it once")));
        }
        if self.loss == Reconstruction::Bce && self.output == Output::Linear {
            return Err(Error::setting(
                "loss",
                "bce needs outputs between 0 and 1, which a linear output does not keep to; choose the sigmoid output, or mse",
            ));
        }
        Ok(())
    }
}

/// The losses of one epoch: sums over dimensions, means over samples; bce less the target's entropy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// `reconstruction + beta * kl + head_weight * heads` on the training samples.
    pub total: f64,
    /// The reconstruction loss on the training samples.
    pub reconstruction: f64,
    /// KL on the training samples, in nats.
    pub kl: f64,
    /// The reconstruction loss of held-out samples decoded from mu, where some are held out.
    pub held_out_reconstruction: Option<f64>,
    /// KL of held-out samples, in nats.
    pub held_out_kl: Option<f64>,
    /// The squared errors of the heads in standardised units, summed over the heads, on the training
    /// samples; none where no head is trained along.
    pub heads: Option<f64>,
    /// The same on held-out samples, predicted from mu.
    pub held_out_heads: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_settings_are_refused_by_name() {
        let bad = |change: fn(&mut TrainingConfig)| {
            let mut config = TrainingConfig::default();
            change(&mut config);
            config.check().unwrap_err().to_string()
        };
        assert!(bad(|c| c.epochs = 0).starts_with("epochs"));
        assert!(bad(|c| c.epochs = 1_000_000_000).starts_with("epochs"));
        assert!(bad(|c| c.learning_rate = -1.0).starts_with("lr"));
        assert!(bad(|c| c.learning_rate = f64::INFINITY).starts_with("lr"));
        assert!(bad(|c| c.latent_dim = 0).starts_with("latent-dim"));
        assert!(bad(|c| c.beta = f64::NAN).starts_with("beta"));
        assert!(bad(|c| c.loss = Reconstruction::Bce).contains("sigmoid"));
        assert!(bad(|c| c.head_weight = 0.0).starts_with("head-weight"));
        assert!(bad(|c| c.head_widths = vec![64, 0]).starts_with("head-widths"));
        assert!(bad(|c| c.heads = vec![Property::Area; 2]).contains("'area' is named twice"));
        assert!(TrainingConfig::default().check().is_ok());
    }

    #[test]
    fn settings_from_before_there_were_heads_are_understood() {
        let mut old = serde_json::to_value(TrainingConfig::default()).unwrap();
        for key in ["heads", "head_widths", "head_weight"] {
            old.as_object_mut().unwrap().remove(key).unwrap();
        }
        let read: TrainingConfig = serde_json::from_value(old).unwrap();
        assert_eq!(read, TrainingConfig::default());
    }
}
