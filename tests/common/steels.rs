//! A table of steels, the same in every run, and models of it.
#![allow(dead_code, reason = "each binary of tests uses a part")]

use super::command_line::{succeed, words};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The rows of the table.
pub const ROWS: usize = 120;

/// A number between 0 and 1 of a row and a column.
fn noise(row: usize, column: usize) -> f64 {
    let mixed = (row * 7919 + column * 104_729 + 1).wrapping_mul(2_654_435_761) % 1_000_003;
    mixed as f64 / 1_000_003.0
}

/// A table of so many numbers, a category and a target, all of which follow three numbers that are not in it; one cell in
/// 29 is blank.
pub fn steels(numbers: usize) -> String {
    let mut text = "name,strength [MPa],lattice".to_owned();
    (0..numbers).for_each(|column| _ = write!(text, ",d{column} [unit{column}]"));
    text.push('\n');
    for row in 0..ROWS {
        let hidden = [noise(row, 100), noise(row, 101), noise(row, 102)];
        let strength = 300.0 + 200.0 * hidden[0] - 150.0 * hidden[1] + 80.0 * hidden[2];
        let lattice = if hidden[0] > 0.5 { "bcc" } else { "fcc" };
        let _ = write!(text, "S{row},{strength:.3},{lattice}");
        for column in 0..numbers {
            let own = hidden[column % 3] + 0.1 * noise(row, column);
            match (row + 3 * column) % 29 {
                28 => text.push(','),
                _ => _ = write!(text, ",{:.5}", 10.0 * column as f64 + own),
            }
        }
        text.push('\n');
    }
    text
}

/// Writes the table to `steels.csv` of a folder and trains a model of it, `steels.safetensors`.
pub fn train(folder: &Path, numbers: usize, latent: usize) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("steels.csv"), steels(numbers)).unwrap();
    let model = folder.join("steels.safetensors");
    let line = format!(
        "train --data F/steels.csv --target strength --latent-dim {latent} --hidden 24 --updates 900 \
         --batch-size 16 --latent gaussian --beta 0.02 --activation relu --holdout 0.2 --early-stopping 2000 \
         --head-weight 0.1 --head-widths 64,32 --dropout 0 --weight-decay 0 --seed 2 --out M"
    );
    succeed(&words(&line, folder, &model));
    model
}
