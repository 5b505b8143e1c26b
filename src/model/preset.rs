//! Presets: training settings that belong together, selected by one name.

use super::training_config::TrainingConfig;
use crate::nn::autoencoder::{Latent, Output};
use crate::nn::loss::Reconstruction;
use crate::text;
use crate::text::Text;
use clap::ValueEnum;

/// Settings that belong together. The command line and the window show the sentence beside each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Sets the MSE loss, a linear output, beta 1, sampled z, a linear path and a falling rate: begins as PCA, beta in units of its residual variance
    LinearPath,
    /// Sets the MSE loss, a linear output, beta 1, sampled z, no linear path and a constant rate: the VAE of the blog article, on whose map families vanish
    Article,
    /// Sets the BCE loss, the sigmoid output that it needs, beta 0.03, sampled z, no linear path and a constant rate: BCE of data in 0 to 1 is some four times less than MSE, hence the smaller beta
    Bce,
    /// Sets the MSE loss, a linear output, beta 0, z as it is, no linear path and a constant rate: a plain autoencoder, sharp shapes on a map with gaps
    Plain,
}

impl Preset {
    /// All presets, in the order of menus.
    pub const ALL: [Self; 4] = [Self::LinearPath, Self::Article, Self::Bce, Self::Plain];

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::LinearPath => text!("Begun as PCA"),
            Self::Article => text!("As in the article"),
            Self::Bce => text!("BCE, sigmoid output"),
            Self::Plain => text!("Plain autoencoder"),
        }
    }

    /// The sentence of the preset, as the command line shows it.
    pub fn about(self) -> Text {
        let value = self.to_possible_value();
        let english = value.and_then(|value| value.get_help().map(ToString::to_string));
        let english = english.unwrap_or_default();
        Text::verbatim(text::words_for(&english).map_or(english, str::to_owned))
    }

    /// Applies the settings of the preset to `config`; all others stay.
    pub fn apply(self, config: &mut TrainingConfig) {
        let (loss, output, beta, latent_noise) = match self {
            Self::LinearPath | Self::Article => (Reconstruction::Mse, Output::Linear, 1.0, true),
            Self::Bce => {
                let loss = Reconstruction::Bce;
                (loss, Output::Sigmoid, loss.usual_beta(), true)
            }
            Self::Plain => (Reconstruction::Mse, Output::Linear, 0.0, false),
        };
        (config.loss, config.output, config.beta) = (loss, output, beta);
        config.latent = Latent::Gaussian;
        (config.latent_noise, config.sigma_vae) = (latent_noise, false);
        let begins_as_pca = self == Self::LinearPath;
        (config.linear_path, config.falling_rate) = (begins_as_pca, begins_as_pca);
    }

    /// The preset whose settings `config` has.
    pub fn from_config(config: &TrainingConfig) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| {
            let mut same = config.clone();
            preset.apply(&mut same);
            same == *config
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_sets_what_it_says_and_nothing_else() {
        let own = TrainingConfig {
            updates: 17,
            seed: 4,
            hidden: vec![9],
            held_out: 0.3,
            sigma_vae: true,
            falling_rate: true,
            ..TrainingConfig::default()
        };
        for preset in Preset::ALL {
            let mut config = own.clone();
            preset.apply(&mut config);
            config.check().unwrap();
            let about = preset.about().to_string();
            assert!(about.contains(&format!("beta {}", config.beta)), "{about}");
            let loss = format!("{:?} loss", config.loss).to_uppercase();
            assert!(about.to_uppercase().contains(&loss), "{about}");
            let output = format!("{:?} output", config.output).to_lowercase();
            assert!(about.contains(&output), "{about}");
            assert_eq!(about.contains("sampled z"), config.latent_noise, "{about}");
            assert_eq!(
                about.contains("a linear path and a falling"),
                config.linear_path,
                "{about}"
            );
            assert_eq!(config.falling_rate, config.linear_path);
            let TrainingConfig { loss, output, beta, latent_noise, sigma_vae, .. } = own.clone();
            let back =
                TrainingConfig { loss, output, beta, latent_noise, sigma_vae, ..config.clone() };
            let TrainingConfig { linear_path, falling_rate, .. } = own.clone();
            assert_eq!(TrainingConfig { linear_path, falling_rate, ..back }, own, "{preset:?}");
            assert_eq!(Preset::from_config(&config), Some(preset));
        }
        assert_eq!(Preset::from_config(&TrainingConfig::default()), None);
    }
}
