//! Principal component analysis as a model: the baseline without a network.

use super::build_model::assemble;
use crate::data::roles::Validation;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::TrainingData;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::card::{LatentStatistics, ModelCard, StartDistribution};
use crate::model::origin::{Origin, TrainingRecord};
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Latent, Output, architecture};
use crate::nn::loss::Reconstruction;
use crate::numerics::cancel_token::CancelToken;
use crate::numerics::linear_algebra::pca::PrincipalAxes;
use crate::text;

/// The logarithm of the encoder's variance: PCA has no noise, and a standard deviation of 3e-7 is negligible.
const LOG_VARIANCE: f32 = -30.0;
/// The least share of the greatest variance that an axis needs: less is rounding error, and the axis is not used.
const MIN_SHARE: f64 = 1e-12;

/// The least share of the squared size of the mean shape that a variance needs: less is rounding error too, as in
/// shapes that are all the same.
const MIN_OF_SIZE: f64 = 1e-12;

/// The approximate share of the work that computes the covariance of the data.
const MEASURING: f64 = 0.6;

/// The computation of the principal axes of a data set, one iteration at a time: of outlines as they are, of a table as a
/// network reads it, each column standardised, blanks at its mean.
///
/// The resulting model has one layer on either side: `mu = W (x - mean)` and `x' = mean + V z`, with the principal axes
/// as the columns of `V`, scaled so that z has variance 1 along each: the map of PCA is then as wide as that of a
/// variational autoencoder. Of all linear models it has the least squared error (Eckart & Young 1936).
pub struct Pca {
    data: TrainingData,
    config: TrainingConfig,
    held_out: Vec<bool>,
    validation: Validation,
    scaling: Scaling,
    principal: PrincipalAxes,
}

impl Pca {
    /// Prepares the computation on the training rows. Of the settings only split, seed and latent dimensions count;
    /// rows that early stopping would use are left out of the error here too, so that the baseline is compared on the
    /// same rows.
    ///
    /// # Errors
    /// Names a setting that is out of range: a latent may have no more dimensions than a shape has numbers.
    pub fn new(data: TrainingData, config: &TrainingConfig) -> Result<Self> {
        let measured = Self::new_unless(data, config, &CancelToken::default(), &mut |_| ())?;
        Ok(measured.expect("nobody cancels it"))
    }

    /// As [`Self::new`]; `progress` receives the share that is done, 0 to 1. None if it was cancelled.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn new_unless(
        data: TrainingData,
        config: &TrainingConfig,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Option<Self>> {
        let stops = config.early_stopping.is_some();
        let config = TrainingConfig {
            loss: Reconstruction::Mse,
            output: Output::Linear,
            beta: 0.0,
            kl_warmup: 0,
            sigma_vae: false,
            early_stopping: None,
            latent: Latent::Gaussian,
            latent_noise: false,
            heads: Vec::new(),
            ..config.clone()
        };
        config.check()?;
        let rows = &data.set.rows;
        if config.latent_dim > rows.width() {
            let problem = text!(
                "PCA of {width} numbers has at most as many dimensions, not {latent_dim}",
                width = rows.width(),
                latent_dim = config.latent_dim
            );
            return Err(Error::setting("latent-dim", problem));
        }
        let held_out = data.set.held_out(config.held_out_of(rows.len()), config.seed);
        let validation = Validation::new(&data.set.roles(&held_out, config.seed), stops);
        let training: Vec<usize> = (0..rows.len()).filter(|&i| !held_out[i]).collect();
        let (width, count) = (rows.width(), config.latent_dim);
        let seen = training.iter().map(|&i| rows.row(i));
        let (scaling, principal) = match data.set.domain.table() {
            Some(schema) => {
                let scaling = Scaling::by_column(seen, &schema.forms());
                let read = data.set.domain.read(&rows.select(&training), &scaling);
                let read = read.iter();
                let principal = PrincipalAxes::new_unless(read, width, count, cancel, progress);
                (scaling, principal)
            }
            None => {
                let principal = PrincipalAxes::new_unless(seen, width, count, cancel, progress);
                (Scaling::identity(width), principal)
            }
        };
        Ok(principal.map(|principal| Self {
            data,
            config,
            held_out,
            validation,
            scaling,
            principal,
        }))
    }

    /// The PCA model of the data behind `model`, with the same split and as many dimensions.
    ///
    /// # Errors
    /// When the latent has more dimensions than a shape has numbers, or the data are not available.
    pub fn rival_of(model: &Model) -> Result<Model> {
        let rival = Self::rival_unless(model, &CancelToken::default(), &mut |_| ())?;
        Ok(rival.expect("nobody cancels it"))
    }

    /// As [`Self::rival_of`]; `progress` receives the share that is done, 0 to 1. None if it was cancelled.
    ///
    /// # Errors
    /// As [`Self::rival_of`].
    pub fn rival_unless(
        model: &Model,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Option<Model>> {
        let data = model.training_data()?;
        let config = model.card.training().cloned().unwrap_or_default();
        let mut measuring = |share: f64| progress(MEASURING * share);
        let pca = Self::new_unless(data, &config, cancel, &mut measuring)?;
        let Some(mut pca) = pca else { return Ok(None) };
        while pca.step() {
            progress(MEASURING + (1.0 - MEASURING) * pca.progress());
            if cancel.is_cancelled() {
                return Ok(None);
            }
        }
        pca.finish().map(Some)
    }

    /// Runs one iteration; returns whether another would improve the axes.
    pub fn step(&mut self) -> bool {
        self.principal.step()
    }

    /// The share that is done at least, 0 to 1; the computation may end sooner.
    pub fn progress(&self) -> f64 {
        self.principal.progress()
    }

    /// The model of the current axes.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn finish(self) -> Result<Model> {
        let Self { data, config, held_out, validation, scaling, principal } = self;
        let (width, latent) = (data.set.rows.width(), config.latent_dim);
        let error = self::error(&principal);
        let record = EpochRecord {
            epoch: 1,
            updates: 0,
            total: error,
            reconstruction: error,
            kl: 0.0,
            held_out_reconstruction: None,
            stopping_reconstruction: None,
            stopping_heads: None,
            held_out_kl: None,
            heads: None,
            held_out_heads: None,
            sigma: None,
        };
        let card = ModelCard {
            origin: Origin::Trained(Box::new(TrainingRecord {
                config,
                history: vec![record],
                kept: None,
            })),
            source: Some(data.source),
            domain: data.set.domain.clone(),
            layers: architecture(width, &[], Activation::Linear, latent, Output::Linear),
            scaling,
            start: StartDistribution::default(),
            statistics: LatentStatistics::default(),
        };
        let indices: Vec<usize> = (0..data.set.rows.len()).collect();
        let mut model = assemble(card, &parameters(&principal), &data.set, &indices, &held_out)?;
        let error = |of: &Vec<usize>| error_of(&model, &data.set.rows, of);
        let stopping = validation.stopping.as_ref().map(error).transpose()?.flatten();
        let held_out = error(&validation.reported)?;
        for record in model.card.trained_mut().into_iter().flat_map(|trained| &mut trained.history)
        {
            (record.held_out_reconstruction, record.stopping_reconstruction) = (held_out, stopping);
        }
        Ok(model)
    }
}

/// The squared error on the training data, where a blank counts as the mean that is read for it: the variance along all
/// axes that are left out.
fn error(principal: &PrincipalAxes) -> f64 {
    (principal.total_variance() - principal.variances().iter().sum::<f64>()).max(0.0)
}

/// The mean squared error of some rows over what is known of them, in network units; none without rows.
fn error_of(model: &Model, rows: &Rows<f32>, some: &[usize]) -> Result<Option<f64>> {
    let scaling = &model.card.scaling;
    let rebuilt = scaling.apply(&model.decode(&model.encoded.mu.select(some))?);
    let known = scaling.apply(&rows.select(some));
    let squares =
        known.as_flat().iter().zip(rebuilt.as_flat()).map(|(a, b)| f64::from(a - b).powi(2));
    let sum: f64 = squares.filter(|square| !square.is_nan()).sum();
    Ok((!some.is_empty()).then(|| sum / some.len() as f64))
}

/// Weight and bias of `mu`, `log_var` and the decoder.
fn parameters(principal: &PrincipalAxes) -> Vec<Vec<f32>> {
    let (mean, axes, variances) = (principal.mean(), principal.axes(), principal.variances());
    let (width, latent) = (mean.len(), axes.len());
    let greatest = variances.first().copied().unwrap_or(0.0);
    let size: f64 = mean.iter().map(|m| m * m).sum();
    let least = (MIN_SHARE * greatest).max(MIN_OF_SIZE * size);
    // Scales into z and back; both 0 for an axis without variance.
    let scales = variances.iter().map(|&variance| {
        let told = variance > least;
        if told { (1.0 / variance.sqrt(), variance.sqrt()) } else { (0.0, 0.0) }
    });
    let mut into = Vec::with_capacity(latent * width);
    let mut bias = Vec::with_capacity(latent);
    let mut back = vec![0f32; width * latent];
    for (k, (axis, (whiten, colour))) in axes.iter().zip(scales).enumerate() {
        into.extend(axis.iter().map(|v| (v * whiten) as f32));
        bias.push(-(axis.iter().zip(mean).map(|(a, m)| a * m).sum::<f64>() * whiten) as f32);
        let column = back.iter_mut().skip(k).step_by(latent);
        column.zip(axis).for_each(|(to, v)| *to = (v * colour) as f32);
    }
    let mean = mean.iter().map(|&v| v as f32).collect();
    vec![into, bias, vec![0.0; latent * width], vec![LOG_VARIANCE; latent], back, mean]
}
