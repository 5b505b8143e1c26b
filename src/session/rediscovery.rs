//! Start and removal of rediscoveries.

use super::Session;
use super::jobs::rediscovery::{RediscoveryRun, run};
use super::jobs::registry::JobKind;
use crate::data::property::Property;
use crate::objective::Goal;
use crate::rediscover::RediscoverConfig;
use crate::text;

impl Session {
    /// Begins a rediscovery of a property in the shown model; it looks for the smallest values if the next search
    /// minimises the property, else for the greatest.
    pub(super) fn rediscover(&mut self, property: Property) {
        let state = &mut self.state;
        let Some((id, entry)) = state.models.shown() else { return };
        if state.rediscovery.as_ref().is_some_and(|r| r.run.is_some()) {
            return state
                .notices
                .info(text!("A rediscovery is under way; wait for it or stop it first."));
        }
        if state.is_learning(id) {
            let text = text!(
                "This model is still being trained; it can be put to the test once it has finished."
            );
            return state.notices.info(text);
        }
        let sought = state.settings.search.spec.terms.iter().find(|term| term.property == property);
        let goal = match sought.map(|term| term.goal) {
            Some(Goal::Min) => Goal::Min,
            _ => Goal::Max,
        };
        let config = RediscoverConfig { goal, ..RediscoverConfig::from_property(property) };
        let (model, subject) = (entry.prepared.model.clone(), property.label());
        let run =
            self.start(JobKind::Rediscovery, subject, move |handle| run(model, config, handle));
        self.state.rediscovery =
            Some(RediscoveryRun { run: Some(run), model: id, property, report: None });
    }

    /// Removes the results, and cancels the job that would make them.
    pub(super) fn clear_rediscovery(&mut self) {
        if let Some(rediscovery) = self.state.rediscovery.take() {
            rediscovery.run.into_iter().for_each(|run| self.state.jobs.cancel(run));
        }
    }
}
