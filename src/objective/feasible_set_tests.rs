use super::*;
use crate::error::says;
use crate::numerics::random::{Purpose, stream};
use crate::objective::linear_constraint::linear;
use crate::objective::test_table::schema;
use crate::objective::{ColumnConstraint, LinearConstraint};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The scaling of rows with other means and deviations in each column.
fn scaling() -> Scaling {
    let mut rng = stream(21, Purpose::Starts, 0, 0);
    let row = |_| {
        let mut normal = || -> f32 { StandardNormal.sample(&mut rng) };
        let (a, b, c) = (0.4 + 0.2 * normal(), 30.0 + 7.0 * normal(), 1e-3 * normal());
        vec![a, b, normal().exp(), 1.0, 0.0, 0.0, c]
    };
    let rows: Vec<Vec<f32>> = (0..300).map(row).collect();
    Scaling::by_column(rows.iter().map(Vec::as_slice), &schema().forms())
}

fn asked(texts: &[&str]) -> Result<Vec<LinearConstraint>> {
    let schema = schema();
    let one = |text: &&str| {
        let (option, text) = text.split_once(' ').unwrap();
        let condition = match option {
            "lock" => ColumnConstraint::lock(text),
            "bound" => ColumnConstraint::bound(text),
            _ => ColumnConstraint::sum(text),
        };
        linear(&condition.unwrap(), &schema).map_err(|problem| Error::setting("columns", problem))
    };
    texts.iter().map(one).collect()
}

fn set(texts: &[&str], space: Space) -> Result<FeasibleSet> {
    FeasibleSet::new(&schema(), &scaling(), &asked(texts)?, space)
}

#[test]
fn the_nearest_point_keeps_the_conditions_of_karush_kuhn_and_tucker() {
    let mut rng = stream(22, Purpose::Starts, 0, 0);
    for trial in 0..300 {
        let n = rng.random_range(1..40);
        let mut some = |low: f64, high: f64| -> Vec<f64> {
            (0..n).map(|_| rng.random_range(low..high)).collect()
        };
        let (start, weights) = (some(-4.0, 4.0), some(0.01, 5.0));
        let (low, high, shares) = (some(-1.0, 0.0), some(0.0, 1.0), some(0.0, 1.0));
        let inside = low.iter().zip(&high).zip(&shares).map(|((l, h), share)| l + share * (h - l));
        let total: f64 = inside.zip(&weights).map(|(x, w)| w * x).sum();
        let mut point = start.clone();
        project_onto_sum(&mut point, &weights, [&low, &high], total);
        let sum: f64 = point.iter().zip(&weights).map(|(x, w)| w * x).sum();
        assert!(
            (sum - total).abs() < 1e-12 * (1.0 + total.abs()) * n as f64,
            "{trial}: {sum} {total}"
        );
        // start - x = shift weight + (a multiplier of each end, of its sign).
        let shifts = (0..n).map(|i| (start[i] - point[i]) / weights[i]);
        let shifts: Vec<f64> = shifts.collect();
        let is_free = |i: &usize| low[*i] < point[*i] && point[*i] < high[*i];
        let Some(shift) = (0..n).find(is_free).map(|i| shifts[i]) else { continue };
        for i in 0..n {
            let gap = shifts[i] - shift;
            match point[i] {
                x if x == low[i] => assert!(gap < 1e-9, "{trial}: {gap}"),
                x if x == high[i] => assert!(gap > -1e-9, "{trial}: {gap}"),
                _ => assert!(is_free(&i) && gap.abs() < 1e-9, "{trial}: {gap}"),
            }
        }
        let mut again = point.clone();
        project_onto_sum(&mut again, &weights, [&low, &high], total);
        assert!(again.iter().zip(&point).all(|(a, b)| (a - b).abs() < 1e-12), "it stays");
    }
}

#[test]
fn a_projected_row_keeps_every_condition_in_the_units_of_the_file() {
    let texts = [
        "sum a+b=31.5",
        "bound 0.1<=a<=0.3",
        "lock mass=2.7",
        "lock lattice=fcc",
        "bound c<=0.0005",
    ];
    let (scaling, set) = (scaling(), set(&texts, Space::Input).unwrap());
    let mut rng = stream(23, Purpose::Starts, 0, 0);
    for _ in 0..100 {
        let mut point: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(7).collect();
        set.project(&mut point);
        let single: Vec<f32> = point.iter().map(|&v| v as f32).collect();
        let mut row = [0.0; 7];
        scaling.undo(&single, &mut row);
        set.settle(&mut row);
        assert_eq!(row[2..6], [2.7, 0.0, 1.0, 0.0]);
        assert!((0.1..=0.3).contains(&row[0]) && row[6] <= 0.0005, "{row:?}");
        assert!((f64::from(row[0] + row[1]) - 31.5).abs() < 1e-5, "{row:?}");
        let broken = asked(&texts).unwrap().into_iter().filter_map(|c| c.broken(&row));
        assert!(broken.into_iter().all(|broken| broken.by < 1e-5));
    }
    let mut point = vec![f64::NAN; 7];
    set.project(&mut point);
    assert!(point[0].is_nan(), "it ends the restart");
}

#[test]
fn without_conditions_only_categories_are_moved() {
    let set = set(&[], Space::Input).unwrap();
    let mut point = vec![-7.0, 8.0, 1e3, 0.5, 0.9, -3.0, 2.0];
    set.project(&mut point);
    assert_eq!(point[..3], [-7.0, 8.0, 1e3]);
    // (0.5, 0.9) onto the line of sum 1.
    assert!((point[3] - 0.3).abs() < 1e-12 && (point[4] - 0.7).abs() < 1e-12, "{point:?}");
    assert_eq!(point[5..], [0.0, 2.0]);
}

#[test]
fn what_is_never_negative_in_the_data_stays_so_unless_a_condition_asks_for_less() {
    let far_below = |texts: &[&str]| {
        let (scaling, set) = (scaling(), set(texts, Space::Input).unwrap());
        let mut point = vec![-9.0; 7];
        set.project(&mut point);
        let single: Vec<f32> = point.iter().map(|&v| v as f32).collect();
        let mut row = [0.0; 7];
        scaling.undo(&single, &mut row);
        set.settle(&mut row);
        [row[0], row[1]]
    };
    let [a, b] = far_below(&[]);
    assert!(a < -1.0 && b == 0.0, "{a} {b}: the second column is never negative");
    assert_eq!(far_below(&["bound b<=5"])[1], 0.0);
    assert_eq!(far_below(&["bound -2<=b"])[1], -2.0);
    assert_eq!(far_below(&["lock b=-3"])[1], -3.0);
}

#[test]
fn conditions_that_contradict_each_other_are_named() {
    for (texts, part) in [
        (&["lock a=1", "lock a=2"][..], "a=2 and a=1"),
        (&["bound 0<=a", "bound a<=-1"], "a<=-1 and 0<=a"),
        (&["bound a<=1", "lock a=3"], "a=3 and a<=1"),
        (&["bound 2<=a<=1"], "2<=a<=1 .. 2 is greater than 1"),
        (&["sum a+b=9", "bound 0<=a<=1", "bound 0<=b<=2"], "a+b=9 .. 3.00 at most"),
        (&["sum a+b=9", "sum b+c=1"], "b+c=1 and a+b=9"),
        (&["sum a+a=1"], "'a' twice"),
        (&["sum a+lattice=1"], "'lattice' is a category"),
        (&["bound lattice<=1"], "'lattice' is a category"),
        (&["lock lattice=fcc", "lock lattice=bcc"], "'lattice' has one level"),
        (&["lock lattice=fc"], "'fc' is no level .. did you mean 'fcc'"),
        (&["lock a=fcc"], "'a' .. 'fcc'"),
        (&["lock mas=1"], "no column 'mas' .. did you mean 'mass'"),
        (&["bound mass<=0"], "mass<=0 .. above 0"),
        (&["sum a+mass=1"], "a+mass=1 .. logarithm"),
    ] {
        let message = set(texts, Space::Input).unwrap_err().to_string();
        assert!(says(&message, part), "{texts:?}: {message}");
    }
    assert!(set(&["sum a+mass=1"], Space::Latent).is_ok(), "a penalty can read any unit");
    assert!(set(&["sum a+b=3", "bound 0<=a<=1", "bound 0<=b<=2"], Space::Input).is_ok());
}

#[test]
fn a_lock_outside_the_training_rows_is_remarked() {
    let schema = schema();
    let remark = |text: &str| asked(&[text]).unwrap()[0].remark(&schema).map(|t| t.to_string());
    assert_eq!(
        (remark("lock a=0.3"), remark("lock a=1"), remark("bound a<=12")),
        (None, None, None)
    );
    assert_eq!(remark("lock lattice=fcc"), None);
    let message = remark("lock a=9.5").unwrap();
    assert!(says(&message, "a=9.5 .. -1.00 .. 1.00"), "{message}");
}
