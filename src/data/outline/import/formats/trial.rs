//! The trial of a picture in a process of its own, with limits of time and memory.
//!
//! usvg cannot be stopped once it reads, and a few bytes are enough to keep it for ever or to fill the memory:
//! references that double at every level, arcs of enormous radius. A picture that may be of this kind is first read in
//! a child process, the program itself begun with [`ARGUMENT`]. Reading is deterministic: what ended there in time is
//! then read here.
//!
//! The child takes pictures one after the other from its standard input, each as its length in 8 bytes (little-endian)
//! and its text. On standard output it says `WAIT` every `TICK` while it reads, and `READ` at the end. Beyond its limits
//! it ends.

use super::svg;
use crate::data::text_file::MAX_BYTES;
use crate::numerics::runtime;
use crate::text;
use crate::text::Text;
use cpu_time::ProcessTime;
use std::io::{Read, Write, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The only argument of the program as such a child.
pub const ARGUMENT: &str = "--try-pictures";

const WAIT: u8 = b'.';
const READ: u8 = b'!';
const TICK: Duration = Duration::from_millis(20);
/// The computing time for a small picture, the same on a busy machine; a larger one has [`TIME_PER_MB`] more.
const TIME: Duration = Duration::from_secs(1);
const TIME_PER_MB: Duration = Duration::from_millis(500);
/// The memory for a small picture, in bytes, without the stack; a larger one has [`MEMORY_PER_BYTE`] more.
const MEMORY: u64 = 128 << 20;
const MEMORY_PER_BYTE: u64 = 40;
/// The largest picture that may be read at once, in bytes: below it, times that grow with its square are short.
const SMALL: usize = 64 << 10;
/// The parts of a picture that make others be read again: references, style sheets, entities; and dashes, of which a
/// line may have any number.
const MULTIPLY: [&str; 7] =
    ["href", "url(", "<style", ":style", "<!ENTITY", "&#", "stroke-dasharray"];

/// The children that wait for a picture.
#[derive(Default)]
pub struct Trials(Mutex<Vec<Trial>>);

impl Trials {
    /// Fails if this picture cannot be read within the limits; `is_stopped` is asked meanwhile.
    ///
    /// # Errors
    /// Gives the reason.
    pub fn pass(&self, picture: &str, is_stopped: impl Fn() -> bool) -> Result<(), Text> {
        if is_harmless(picture) {
            return Ok(());
        }
        let waiting = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = waiting().pop();
        let mut trial = free.map_or_else(Trial::begin, Ok)?;
        if !trial.ends(picture, is_stopped) {
            return Err(text!(
                "takes too long or too much memory to read; save it again as plain SVG, without clip paths, masks and references"
            ));
        }
        waiting().push(trial);
        Ok(())
    }
}

/// A child, which ends when this is dropped.
struct Trial {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Trial {
    fn begin() -> Result<Self, Text> {
        let Some(program) = runtime::program() else {
            return Err(text!(
                "has references or unusual numbers, and the program that reads such pictures apart is not known"
            ));
        };
        let mut command = Command::new(program);
        // The allocator asks for a gigabyte at once, which would be inside the limit before there is one.
        command.env("MIMALLOC_ARENA_RESERVE", "0");
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let begun = command.spawn().and_then(|mut child| {
            let pipes = child.stdin.take().zip(child.stdout.take());
            let (to, from) = pipes.ok_or(std::io::ErrorKind::BrokenPipe)?;
            Ok(Self { child, to, from })
        });
        begun.map_err(|error| {
            text!(
                "cannot be read, for no process can be begun for it: {error}",
                error = error.to_string()
            )
        })
    }

    /// True if the child has read the picture within its limits.
    fn ends(&mut self, picture: &str, is_stopped: impl Fn() -> bool) -> bool {
        let length = (picture.len() as u64).to_le_bytes();
        let sent = self.to.write_all(&length).and_then(|()| self.to.write_all(picture.as_bytes()));
        let mut answer = [WAIT];
        while sent.is_ok() && answer == [WAIT] && !is_stopped() {
            if self.from.read_exact(&mut answer).is_err() {
                return false;
            }
        }
        answer == [READ]
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        // A child that has ended already is waited for all the same: it would stay as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// True if the time and the memory of reading are small: the picture is short, nothing in it multiplies, and its
/// numbers are such as drawings have.
fn is_harmless(picture: &str) -> bool {
    picture.len() <= SMALL
        && !MULTIPLY.iter().any(|part| picture.contains(part))
        && has_usual_numbers(picture.as_bytes())
}

/// True if no number has more than six digits before its point, is tiny or has an exponent. Colours (`#1e3000`) are
/// passed over.
fn has_usual_numbers(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        let run =
            |from: usize, is: fn(&u8) -> bool| text[from..].iter().take_while(|b| is(b)).count();
        if text[at] == b'#' {
            at += 1 + run(at + 1, u8::is_ascii_alphanumeric);
            continue;
        }
        let whole = run(at, u8::is_ascii_digit);
        let zeros = run(at, |b| *b == b'0');
        let point = at + whole;
        let mut end = point;
        if text.get(point) == Some(&b'.') {
            let decimals = run(point + 1, u8::is_ascii_digit);
            let small = run(point + 1, |b| *b == b'0');
            if zeros == whole && small > 3 && small < decimals {
                return false;
            }
            end += 1 + decimals;
        }
        let after = |k: usize| text.get(end + k).copied().unwrap_or_default();
        let exponent = matches!(after(0), b'e' | b'E')
            && (after(1).is_ascii_digit() || matches!(after(1), b'+' | b'-'));
        if whole > 6 || end > at && exponent {
            return false;
        }
        at = end.max(at + 1);
    }
    true
}

/// Reads pictures as a child, until there is none any more.
///
/// # Errors
/// When no thread can be begun, or the parent has ended.
pub fn serve() -> std::io::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(svg::STACK).build();
    let pool = pool.map_err(std::io::Error::other)?;
    let mut length = [0; 8];
    while stdin().read_exact(&mut length).is_ok() {
        let length = u64::from_le_bytes(length).min(MAX_BYTES);
        runtime::limit_memory(MEMORY + svg::STACK as u64 + MEMORY_PER_BYTE * length);
        let time = TIME + TIME_PER_MB * (length >> 20) as u32;
        let mut picture = String::new();
        stdin().take(length).read_to_string(&mut picture)?;
        let (begun, is_read, parent) =
            (ProcessTime::now(), AtomicBool::new(false), std::thread::current());
        pool.in_place_scope(|scope| {
            scope.spawn(|_| {
                let _ = svg::read(&picture);
                is_read.store(true, Ordering::Release);
                parent.unpark();
            });
            while !is_read.load(Ordering::Acquire) {
                // usvg does not return: only the end of the process ends it.
                if begun.elapsed() > time || say(WAIT).is_err() {
                    std::process::exit(1);
                }
                std::thread::park_timeout(TICK);
            }
        });
        say(READ)?;
    }
    Ok(())
}

fn say(answer: u8) -> std::io::Result<()> {
    let mut out = stdout();
    out.write_all(&[answer])?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_drawings_are_harmless_and_what_multiplies_is_not() {
        let picture = |inside: &str| format!("<svg viewBox='0 0 24 24'>{inside}</svg>");
        for usual in [
            "<path fill='#1e3000' d='M12.5.5-3 999999A1 1 0 0 1 2 3h10.000001z'/>",
            "<g style='fill:red;stroke-width:1em'><rect width='0.0000' height='100%'/></g>",
            "<circle id='e1' r='0.001'/>",
        ] {
            assert!(is_harmless(&picture(usual)), "{usual}");
        }
        for unusual in [
            "<path d='M1e38 0'/>",
            "<path d='M1.5E-9 0'/>",
            "<path d='M1234567 0'/>",
            "<path d='M0.00001 0'/>",
            "<path d='M.00001 0'/>",
            "<use href='#a'/>",
            "<g mask='url(#a)'/>",
            "<g mask='&#117;rl(#a)'/>",
            "<style>g{}</style>",
            &" ".repeat(SMALL),
        ] {
            assert!(!is_harmless(&picture(unusual)), "{unusual}");
        }
    }
}
