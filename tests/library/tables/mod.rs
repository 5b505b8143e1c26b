//! Tables from files of every kind: what is recognised, and what is told where something is wrong.

mod files;
mod formats;
mod splits;
mod text;
mod trouble;

use files::{read_file, shown};
