use super::*;
use ::gif::{ColorOutput, DecodeOptions};

const SMALL: Animation = Animation { size: [40, 30], frames_per_second: 30.0, looping: true };

/// A square on a flat canvas, `at` pixels from the left.
fn square(at: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"60\">\
         <rect width=\"80\" height=\"60\" fill=\"#fafaf8\"/>\
         <rect x=\"{}\" y=\"20\" width=\"20\" height=\"20\" fill=\"#e34220\"/></svg>",
        2 * at
    )
}

/// The picture that a viewer shows at each frame, with its duration in hundredths of a second.
fn shown(path: &Path) -> Vec<(u16, Vec<Rgb>)> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(decoder.repeat(), Repeat::Infinite);
    let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
    assert_eq!([width, height], [40, 30]);
    let mut screen = vec![[0; 3]; width * height];
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        for (index, pixel) in frame.buffer.chunks_exact(4).enumerate() {
            let (x, y) = (index % usize::from(frame.width), index / usize::from(frame.width));
            if pixel[3] == 255 {
                let at = (y + usize::from(frame.top)) * width + x + usize::from(frame.left);
                screen[at] = [pixel[0], pixel[1], pixel[2]];
            }
        }
        frames.push((frame.delay, screen.clone()));
    }
    frames
}

#[test]
fn an_animation_reads_back_as_what_was_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moves.gif");
    let mut file = GifFile::create(&path, SMALL).unwrap();
    for index in 0..6usize {
        file.push(&square(3 * index.min(4))).unwrap();
    }
    assert_eq!(file.frames(), 6);
    file.finish().unwrap();
    let frames = shown(&path);
    assert_eq!(frames.len(), 6);
    for (index, (_, screen)) in frames.iter().enumerate() {
        let drawn = opaque_pixels(&square(3 * index.min(4)), SMALL.size).unwrap();
        assert_eq!(*screen, drawn, "frame {index}");
    }
    assert_ne!(frames[0].1, frames[1].1);
    assert_eq!(frames[4].1, frames[5].1, "one that changes nothing is a frame too");
    let delays: Vec<u16> = frames.iter().map(|(delay, _)| *delay).collect();
    assert_eq!(delays, [3, 4, 3, 3, 4, 3], "thirty frames last a second");
}

#[test]
fn what_is_cancelled_or_fails_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.gif");
    std::fs::write(&path, "old").unwrap();
    let mut cancelled = GifFile::create(&path, SMALL).unwrap();
    cancelled.push(&square(1)).unwrap();
    drop(cancelled);
    let mut failed = GifFile::create(&path, SMALL).unwrap();
    assert!(failed.push("no picture").is_err());
    let none = failed.finish().unwrap_err().to_string();
    assert!(none.contains("nothing to animate"), "{none}");
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn limits_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("never.gif");
    let refused = |animation| GifFile::create(&path, animation).err().unwrap().to_string();
    assert!(refused(Animation { size: [0, 30], ..SMALL }).contains("16 and 4096"));
    assert!(refused(Animation { size: [40, 5000], ..SMALL }).contains("16 and 4096"));
    assert!(
        refused(Animation { frames_per_second: f64::NAN, ..SMALL }).contains("frames per second")
    );
    let mut file = GifFile::create(&path, SMALL).unwrap();
    file.frames = MAX_FRAMES;
    let too_many = file.push(&square(0)).unwrap_err().to_string();
    assert!(too_many.contains("2000"), "{too_many}");
    let missing = GifFile::create(&folder.path().join("no/where.gif"), SMALL).err().unwrap();
    assert!(missing.to_string().contains("folder does not exist"));
}
