//! The choice of rows of the data: on the map, in the sheet, and their use as data of the next training.

use crate::error::Error;
use crate::session::commands::learn::import::import;
use crate::session::core::Core;
use crate::session::notices::Cause;
use crate::session::view::RowChoice;

/// Chooses rows.
pub(in crate::session) fn choose_rows(core: &mut Core, choice: RowChoice) {
    let state = &mut core.state;
    let mut rows = match choice {
        RowChoice::These(rows) => rows,
        RowChoice::Toggle(row) => {
            let mut rows = state.view.chosen.to_vec();
            match rows.iter().position(|&own| own == row) {
                Some(place) => _ = rows.remove(place),
                None => rows.push(row),
            }
            rows
        }
        RowChoice::Within(line, besides) => {
            state.view.draws_lasso = false;
            let Some((_, entry)) = state.shown() else { return };
            let (encoded, projection) = (&entry.prepared.model.encoded, &entry.prepared.projection);
            let within = encoded.mu.iter().zip(&encoded.samples);
            let within = within.filter(|(z, _)| encloses(&line, projection.project(z)));
            let before = if besides { &state.view.chosen[..] } else { &[] };
            within.map(|(_, &sample)| sample).chain(before.iter().copied()).collect()
        }
    };
    rows.sort_unstable();
    rows.dedup();
    state.view.chosen = rows.into();
}

/// True if a closed line encloses a point: a ray from it crosses the line an odd number of times (Shimrat 1962,
/// algorithm 112).
fn encloses(line: &[[f64; 2]], [u, v]: [f64; 2]) -> bool {
    let ends = line.iter().zip(line.iter().cycle().skip(1));
    let crosses = |([a, b], [c, d]): &(&[f64; 2], &[f64; 2])| {
        (*b > v) != (*d > v) && u < a + (v - b) / (d - b) * (c - a)
    };
    ends.filter(crosses).count() % 2 == 1
}

/// Lets the next training learn from the chosen rows alone.
pub(in crate::session) fn train_on_chosen(core: &mut Core) {
    match core.state.import_of_chosen() {
        Ok(wish) => import(core, wish),
        Err(why) => core.state.notices.error(Cause::Model, Error::mismatch(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_encloses_what_lies_inside() {
        // A U, open above.
        let line = [
            [0.0, 0.0],
            [3.0, 0.0],
            [3.0, 3.0],
            [2.0, 3.0],
            [2.0, 1.0],
            [1.0, 1.0],
            [1.0, 3.0],
            [0.0, 3.0],
        ];
        for (at, inside) in [
            ([0.5, 2.0], true),
            ([2.5, 2.0], true),
            ([1.5, 0.5], true),
            ([1.5, 2.0], false),
            ([-0.1, 0.5], false),
            ([1.5, 4.0], false),
        ] {
            assert_eq!(encloses(&line, at), inside, "{at:?}");
        }
        assert!(!encloses(&[], [0.0, 0.0]) && !encloses(&line[..1], [0.0, 0.0]));
    }
}
