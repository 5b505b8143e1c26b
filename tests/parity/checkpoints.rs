//! Checkpoints are what their page says: the loader of `docs/checkpoint.md` and the program make the same of a file.

use crate::fixture::{assert_close, read};
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::fnv1a;
use latent_explorer::model::format::checkpoint;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Fixture {
    /// The hash of the code that made it.
    code: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    /// In data units, without a number where blank.
    rows: Vec<Option<f64>>,
    mu: Vec<f64>,
    log_var: Option<Vec<f64>>,
    z: Vec<f64>,
    decoded: Vec<f64>,
}

#[test]
fn the_fixture_was_made_by_the_code_of_the_page() {
    let page = include_str!("../../docs/checkpoint.md");
    let code = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let hash = format!("{:016x}", fnv1a(code.bytes()));
    let fixture: Fixture = read("checkpoints");
    assert_eq!(hash, fixture.code, "docs/checkpoint.md has changed; run make_checkpoints.py");
}

#[test]
fn a_file_says_to_its_page_what_it_says_to_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/checkpoints");
    let cases = read::<Fixture>("checkpoints").cases;
    assert_eq!(
        cases.iter().filter(|case| case.log_var.is_none()).count(),
        1,
        "one is behind a tanh"
    );
    for Case { name, rows, mu, log_var, z, decoded } in cases {
        let model = checkpoint::load(&folder.join(format!("{name}.safetensors"))).unwrap();
        let single = |value: Option<f64>| value.map_or(f32::NAN, |v| v as f32);
        let rows = Rows::from_flat(model.input_dim(), rows.into_iter().map(single).collect());
        let (own_mu, own_log_var) = model.encode(&rows).unwrap();
        assert_close(&format!("{name}, mu"), own_mu.as_flat(), &mu, 1e-5);
        assert_eq!(own_log_var.is_some(), log_var.is_some(), "{name}");
        if let (Some(ours), Some(theirs)) = (own_log_var, log_var) {
            assert_close(&format!("{name}, log_var"), ours.as_flat(), &theirs, 1e-5);
        }
        let own = model.decode(&Rows::from_flat(model.latent_dim(), z)).unwrap();
        // Column by column: the units of a table differ by orders of magnitude.
        for column in 0..model.input_dim() {
            let ours: Vec<f64> = own.iter().map(|row| f64::from(row[column])).collect();
            let theirs: Vec<f64> =
                decoded.chunks_exact(model.input_dim()).map(|row| row[column]).collect();
            assert_close(&format!("{name}, decoded {column}"), &ours, &theirs, 1e-5);
        }
    }
}
