//! Reduction of a picture to few colours: the colours of flat areas are kept exactly, the rest is reduced by median cut
//! (Heckbert 1982, "Color image quantization for frame buffer display").

use std::collections::HashMap;

/// Red, green, blue.
pub(in crate::export) type Rgb = [u8; 3];

/// Colours with the number of pixels of each.
type Counted = Vec<(Rgb, usize)>;

/// A colour that covers at least one pixel in this many is kept exactly.
const FLAT: usize = 400;
/// The most colours that are kept exactly, so that gradients get colours too.
const MAX_FLAT: usize = 64;

/// A palette of at most `most` colours (1 to 256), and the palette index of each pixel. Up to `most` different colours
/// are kept exactly.
pub(in crate::export) fn indexed(
    pixels: impl Iterator<Item = Rgb> + Clone,
    most: usize,
) -> (Vec<Rgb>, Vec<u8>) {
    let mut counts: HashMap<Rgb, usize> = HashMap::new();
    let mut total = 0;
    for pixel in pixels.clone() {
        *counts.entry(pixel).or_default() += 1;
        total += 1;
    }
    let mut colours: Counted = counts.into_iter().collect();
    // The most frequent colours come first; the order is independent of the hash table.
    colours.sort_unstable_by_key(|&(colour, count)| (std::cmp::Reverse(count), colour));
    let palette = palette(&colours, total, most);
    let places: HashMap<Rgb, u8> =
        colours.iter().map(|&(colour, _)| (colour, nearest(&palette, colour))).collect();
    (palette, pixels.map(|pixel| places[&pixel]).collect())
}

fn palette(colours: &[(Rgb, usize)], total: usize, most: usize) -> Vec<Rgb> {
    if colours.len() <= most {
        return colours.iter().map(|&(colour, _)| colour).collect();
    }
    let is_flat = |&&(_, count): &&(Rgb, usize)| count * FLAT >= total;
    let flat = colours.iter().take(MAX_FLAT.min(most / 2)).take_while(is_flat).count();
    let mut boxes = vec![colours[flat..].to_vec()];
    while boxes.len() < most - flat {
        let weight = |cell: &[(Rgb, usize)]| {
            let pixels: usize = cell.iter().map(|&(_, count)| count).sum();
            // The root gives small areas of distinct colours a fair share.
            widest(cell).1 as f64 * (pixels as f64).sqrt()
        };
        let largest = (0..boxes.len())
            .filter(|&index| boxes[index].len() > 1)
            .max_by(|&a, &b| weight(&boxes[a]).total_cmp(&weight(&boxes[b])));
        let Some(largest) = largest else { break };
        let (lower, upper) = halves(boxes.swap_remove(largest));
        boxes.extend([lower, upper]);
    }
    let exact = colours[..flat].iter().map(|&(colour, _)| colour);
    exact.chain(boxes.iter().map(|cell| mean(cell))).collect()
}

/// The channel in which colours differ most, and the difference.
fn widest(cell: &[(Rgb, usize)]) -> (usize, u8) {
    let spread = |channel: usize| {
        let values = cell.iter().map(|(colour, _)| colour[channel]);
        let (low, high) = values.fold((u8::MAX, 0), |(low, high), v| (low.min(v), high.max(v)));
        high.saturating_sub(low)
    };
    let channels = [0, 1, 2].map(|channel| (channel, spread(channel)));
    channels.into_iter().max_by_key(|&(_, spread)| spread).unwrap_or((0, 0))
}

/// Splits the colours so that each half has about as many pixels; neither is empty.
fn halves(mut cell: Counted) -> (Counted, Counted) {
    let (channel, _) = widest(&cell);
    cell.sort_unstable_by_key(|&(colour, _)| (colour[channel], colour));
    let pixels: usize = cell.iter().map(|&(_, count)| count).sum();
    let mut before = 0;
    let middle = cell.iter().position(|&(_, count)| {
        before += count;
        2 * before >= pixels
    });
    let cut = middle.map_or(1, |index| index + 1).clamp(1, cell.len() - 1);
    let upper = cell.split_off(cut);
    (cell, upper)
}

fn mean(cell: &[(Rgb, usize)]) -> Rgb {
    let pixels: usize = cell.iter().map(|&(_, count)| count).sum::<usize>().max(1);
    [0, 1, 2].map(|channel| {
        let sum: usize = cell.iter().map(|(colour, n)| usize::from(colour[channel]) * n).sum();
        ((sum + pixels / 2) / pixels) as u8
    })
}

fn nearest(palette: &[Rgb], colour: Rgb) -> u8 {
    let distance = |other: &Rgb| -> i32 {
        (0..3).map(|k| (i32::from(colour[k]) - i32::from(other[k])).pow(2)).sum()
    };
    let index = (0..palette.len()).min_by_key(|&index| distance(&palette[index]));
    index.map_or(0, |index| index as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_exactly_what_they_are() {
        let pixels = [[1, 2, 3], [250, 0, 7], [1, 2, 3]];
        let (palette, places) = indexed(pixels.into_iter(), 2);
        let back: Vec<Rgb> = places.iter().map(|&i| palette[usize::from(i)]).collect();
        assert_eq!(back, pixels);
        assert_eq!(palette.len(), 2);
    }

    #[test]
    fn flat_areas_keep_their_colour_and_gradients_come_near() {
        let flat = [251, 250, 248];
        let gradient = (0..4000u32).map(|i| {
            let [a, b] = [(i % 251) as u8, (i / 16) as u8];
            [a, b, 255 - b]
        });
        let pixels: Vec<Rgb> = std::iter::repeat_n(flat, 6000).chain(gradient).collect();
        let (palette, places) = indexed(pixels.iter().copied(), 255);
        assert!(palette.len() <= 255 && palette.contains(&flat));
        let back = |i: usize| palette[usize::from(places[i])];
        assert_eq!(back(0), flat);
        let off = |i: usize| (0..3).map(|k| pixels[i][k].abs_diff(back(i)[k])).max().unwrap();
        let worst = (0..pixels.len()).map(off).max().unwrap();
        assert!(worst <= 24, "{worst}");
    }

    #[test]
    fn nothing_has_no_colours() {
        assert_eq!(indexed(std::iter::empty(), 255), (vec![], vec![]));
    }
}
