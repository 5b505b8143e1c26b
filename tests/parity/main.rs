//! Held to PyTorch, number for number: the fixtures beside this file were made by `make_fixtures.py` and its neighbours,
//! and `README.md` says what is in them. No Python is needed to run these tests.

mod activations;
mod adapter;
mod checkpoints;
mod class_heads;
mod fixture;
mod formula;
mod gaussian_process;
mod geometry;
mod heads;
mod learning;
mod multi_task;
mod networks;
mod optimiser;
mod paths;
mod projection;
mod smallest;
mod table;
mod tanh;
