//! The same search as code for other programs: a few lines of PyTorch, and a command line.

mod command;
mod line;
mod preamble;
mod pytorch;
mod table;

pub use command::command_line;
pub use line::CodeLine;
pub use preamble::preamble;
pub use pytorch::pytorch;

#[cfg(test)]
mod tests;
