//! The user's own shapes.

use crate::model::training_config::TrainingConfig;
use crate::nn::autoencoder::Latent;
use crate::session::document::ImportWish;
use crate::session::document::ids::JobId;
use crate::session::jobs::learn::import::{Brought, ended};
use crate::session::jobs::registry::JobResult;
use crate::session::state::State;
use crate::text;
use crate::text::Text;
use std::sync::Arc;

impl State {
    /// The default settings for the data of the next training.
    pub fn usual_training(&self) -> TrainingConfig {
        self.own_data().map_or_else(TrainingConfig::default, TrainingConfig::for_imported)
    }

    /// The settings of the next training with another latent: what belongs to a latent becomes as is usual for the data.
    pub fn training_with_latent(&self, latent: Latent) -> TrainingConfig {
        let plain = || TrainingConfig::default().with_latent(latent);
        let usual =
            self.own_data().map_or_else(plain, |d| TrainingConfig::for_imported_with(d, latent));
        let present = self.training_config();
        let is_table = self.own_data().is_some_and(|data| data.set.domain.table().is_some());
        TrainingConfig {
            latent,
            latent_dim: if is_table { usual.latent_dim } else { present.latent_dim },
            latent_noise: usual.latent_noise,
            beta: usual.beta,
            kl_warmup: usual.kl_warmup,
            linear_path: usual.linear_path,
            ..present
        }
    }

    /// The import of the chosen rows alone, or why they cannot be the data of a training.
    ///
    /// # Errors
    /// Says what to do in its place.
    pub fn import_of_chosen(&self) -> Result<ImportWish, Text> {
        if self.view.chosen.is_empty() {
            return Err(text!("Choose rows first."));
        }
        let own = self.shown().and_then(|(_, entry)| entry.prepared.model.data.as_ref());
        let same = self
            .imported()
            .filter(|brought| own.is_some_and(|own| Arc::ptr_eq(own, &brought.data.set)));
        if same.is_none() {
            return Err(text!(
                "The shown model was not trained on the data that are open; export the rows, and open their file."
            ));
        }
        let wish = self.import_wish();
        let chosen = self.view.chosen.iter();
        let only: Arc<[u32]> = match &wish.only {
            Some(earlier) => chosen.map(|&row| earlier[row as usize]).collect(),
            None => chosen.copied().collect(),
        };
        Ok(ImportWish { only: Some(only), ..wish })
    }

    /// Handles the result of an import.
    pub(in crate::session) fn import_ended(&mut self, job: JobId, result: JobResult<Brought>) {
        let mut imports = self.runs.imports.values_mut();
        let Some(import) = imports.find(|import| import.job == Some(job)) else { return };
        import.job = None;
        match ended(result) {
            Ok(brought) => import.brought = Some(Arc::new(brought)),
            Err(why) => import.failed = Some(why),
        }
    }
}
