//! Shapes of one's own, as files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Writes ellipses of different proportions as CSV of x,y columns, `count` of them, somewhere and of some size.
pub fn write_ellipses(folder: &Path, count: usize) {
    for index in 0..count {
        let mut text = String::from("x,y\n");
        let long = 1.0 + index as f64 / count as f64;
        for i in 0..60 {
            let t = std::f64::consts::TAU * f64::from(i) / 60.0;
            writeln!(text, "{},{}", 40.0 + 9.0 * long * t.cos(), 7.0 + 9.0 * t.sin()).unwrap();
        }
        std::fs::write(folder.join(format!("e{index:03}.csv")), text).unwrap();
    }
}

/// The number of shapes.
pub const SHAPES: usize = 120;

/// One of so many shapes was not measured.
pub const UNKNOWN: usize = 6;

/// The length of the ellipse with this index, 1 to 2; it is measured of the ellipse besides.
pub fn stiffness(index: usize) -> f64 {
    1.0 + index as f64 / SHAPES as f64
}

/// Writes ellipses a row each, and a table of values measured of most of them: `stiffness`, and of three `rare`.
pub fn write_rows(folder: &Path) -> [PathBuf; 2] {
    let [shapes, values] = ["shapes.csv", "values.csv"].map(|name| folder.join(name));
    let mut text = String::from("id");
    (0..32).for_each(|i| write!(text, ",x{i},y{i}").unwrap());
    let mut table = String::from("name,stiffness [N/m],rare\n");
    for index in 0..SHAPES {
        write!(text, "\ne{index}").unwrap();
        for i in 0..32 {
            let t = std::f64::consts::TAU * f64::from(i) / 32.0;
            write!(text, ",{},{}", stiffness(index) * t.cos(), t.sin()).unwrap();
        }
        if index % UNKNOWN != 0 {
            let rare = if index < 4 { "1" } else { "" };
            writeln!(table, "e{index},{},{rare}", 10.0 * stiffness(index)).unwrap();
        }
    }
    std::fs::write(&shapes, text).unwrap();
    std::fs::write(&values, table).unwrap();
    [shapes, values]
}
