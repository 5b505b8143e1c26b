//! Models without data: what can be known of them is known, and the rest is said to be unknown.

use crate::imported::{of_outlines, of_table, target};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::task::Task;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::card::{HeadCard, HeadTarget};
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::origin::Origin;
use latent_explorer::nn::layer::initial_parameters;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::objective::{Goal, Objective, ObjectiveSpec, Space};
use latent_explorer::optimise::{Search, SearchConfig, SearchReport};
use latent_explorer::trust::{ModelMetrics, Reliability, assess};
use std::sync::Arc;

#[test]
fn a_model_without_data_goes_through_its_file() {
    for model in [of_outlines(), of_table()] {
        assert!(!model.has_data() && model.encoded.mu.width() == model.latent_dim());
        let bytes = checkpoint::to_bytes(&model).unwrap();
        let again = checkpoint::from_bytes(&bytes).unwrap();
        assert_eq!(again.card, model.card);
        assert!(
            matches!(&again.card.origin, Origin::Imported(from) if from.file == "elsewhere.pt")
        );
        assert_eq!(checkpoint::to_bytes(&again).unwrap(), bytes);
        let z = Rows::from_flat(model.latent_dim(), vec![0.3; 2 * model.latent_dim()]);
        assert_eq!(again.decode(&z).unwrap(), model.decode(&z).unwrap());
        let (mu, log_var) = again.encode(&model.decode(&z).unwrap()).unwrap();
        assert!(log_var.is_none() && mu.as_flat().iter().all(|v| v.abs() < 1.0));
    }
}

#[test]
fn nothing_is_believable_without_data() {
    let model = Arc::new(of_table());
    let z = Rows::from_flat(3, vec![0.0, 0.1, -0.2, 0.5, f64::NAN, 0.0]);
    let verdicts = assess(&model, &[target()], &z, &model.decode(&z).unwrap()).unwrap();
    for verdict in &verdicts {
        assert_eq!(verdict.reliability, Reliability::Unknown);
        assert_eq!(verdict.reliability.name(), "unknown: no data");
        assert_eq!(verdict.reliability_of(target()), Reliability::Unknown);
        assert!(verdict.sentence().to_string().contains("no data"));
    }
    let [predicted, _] = model.predictions(target(), &z).unwrap().unwrap()[..] else { panic!() };
    let head = model.head(target()).unwrap();
    assert_eq!(predicted.value, head.predict_all(target(), &z).unwrap()[0]);
    assert!(predicted.low.is_nan() && predicted.high.is_nan());
    assert!(ModelMetrics::from_model(&model).unwrap_err().to_string().contains("holds none"));
    assert!(model.training_data().is_err() && model.density().nearest(z.row(0)).is_none());

    let inside = ObjectiveSpec { inside: 1.0, ..ObjectiveSpec::new(target(), Goal::Max) };
    let refused = Objective::new(model.clone(), inside, Space::Latent).err().unwrap().to_string();
    assert!(refused.starts_with("inside") && refused.contains("holds none"), "{refused}");
}

#[test]
fn a_search_without_data_begins_at_the_prior_and_finds_what_it_can() {
    let model = Arc::new(of_table());
    let spec = ObjectiveSpec { align: 0.5, ..ObjectiveSpec::new(target(), Goal::Max) };
    let config = SearchConfig { spec, restarts: 5, steps: 40, ..SearchConfig::default() };
    let starts = config.draw_starts(&model).unwrap();
    let mut search = Search::new(model, config).unwrap();
    while search.advance(&CancelToken::default()).unwrap() {}
    let report = SearchReport::new(search).unwrap();
    assert!(report.best.is_some() && report.best_believable.is_none() && report.in_data.is_none());
    assert!(report.why_none().unwrap().to_string().contains("no data"));
    for (restart, start) in report.restarts.iter().zip(starts.iter()) {
        assert_eq!(restart.restart.start(), start);
        assert!(restart.restart.best_value() > restart.restart.start_value(), "it improves");
    }
}

#[test]
fn a_class_is_sought_without_data() {
    let kind: Quantity = "kind".parse().unwrap();
    let task = Task::Classes(["a", "b", "c"].map(str::to_owned).to_vec());
    let values: Vec<f64> = (0..20).map(|row| f64::from(row % 3)).collect();
    let (task, values, held_out) = (&task, &values[..], &[false; 20][..]);
    let target = HeadTarget { quantity: kind, task, is_computed: false, values, held_out };
    let card = HeadCard::for_target(target, 3, &[8], true).unwrap();
    let parameters = initial_parameters(&card.layers, 8);
    let head = TaskHead::new(card, &parameters).unwrap();
    let model = Arc::new(of_table().with_head(head).unwrap());
    let terms = vec!["kind:up=b".parse().unwrap()];
    let constraints = vec!["computed:d0<=0".parse().unwrap()];
    let spec = ObjectiveSpec { terms, constraints, ..ObjectiveSpec::default() };
    let objective = Objective::new(model, spec, Space::Latent).unwrap();
    let at = objective.evaluate(&[0.1, -0.2, 0.3], true).unwrap();
    // The constraint is broken and has its price.
    assert!(at.finite[0] && !at.feasible[0] && (0.0..1.0).contains(&at.value[0]), "{at:?}");
    assert!(at.loss[0] > -at.value[0].ln() + 1.0, "{at:?}");
}
