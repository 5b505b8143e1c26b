//! Outlines as DXF of release 12, which every CAD program reads: a closed POLYLINE each, in data units, on a
//! layer with its name (Autodesk, "DXF Reference", group codes of HEADER, LAYER, POLYLINE, VERTEX and SEQEND). The unit is
//! said in a comment and in the variable that later releases have for it.

use super::outline::NamedOutline;
use crate::data::names::unique::UniqueNames;
use crate::data::outline::unit::LengthUnit;
use std::io::{Result, Write};

/// The most characters, which are ASCII, of a layer name in this release.
const LONGEST: usize = 31;

pub(super) fn write(out: &mut dyn Write, outlines: &[NamedOutline<'_>]) -> Result<()> {
    let layers = layers(outlines);
    // A group is its code on a line and its value on the next one.
    let mut group = |code: u16, value: &dyn std::fmt::Display| write!(out, "{code:>3}\n{value}\n");
    let unit = LengthUnit::common(outlines.iter().map(|o| o.frame_unit().unwrap_or_default()));
    let said = if unit.is_unknown() { "none" } else { unit.symbol() };
    group(999, &format_args!("unit: {said}"))?;
    for (code, value) in [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009")] {
        group(code, &value)?;
    }
    group(9, &"$INSUNITS")?;
    group(70, &code_of(unit))?;
    for (code, value) in [(0, "ENDSEC"), (0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LAYER")]
    {
        group(code, &value)?;
    }
    group(70, &layers.len())?;
    for layer in &layers {
        group(0, &"LAYER")?;
        group(2, layer)?;
        // Layer state: visible, white or black, continuous line.
        group(70, &0)?;
        group(62, &7)?;
        group(6, &"CONTINUOUS")?;
    }
    for (code, value) in [(0, "ENDTAB"), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")] {
        group(code, &value)?;
    }
    for (outline, layer) in outlines.iter().zip(&layers) {
        group(0, &"POLYLINE")?;
        group(8, layer)?;
        // Polyline flags: vertices follow; the polyline's own point is always zero; the polyline is closed.
        group(66, &1)?;
        for code in [10, 20, 30] {
            group(code, &"0.0")?;
        }
        group(70, &1)?;
        for [x, y] in outline.corners() {
            group(0, &"VERTEX")?;
            group(8, layer)?;
            group(10, &real(x))?;
            group(20, &real(y))?;
            group(30, &"0.0")?;
        }
        group(0, &"SEQEND")?;
        group(8, layer)?;
    }
    group(0, &"ENDSEC")?;
    group(0, &"EOF")
}

/// The code of a unit: 0 for none.
fn code_of(unit: LengthUnit) -> u8 {
    match unit {
        LengthUnit::Unknown => 0,
        LengthUnit::Inch => 1,
        LengthUnit::Millimetre => 4,
        LengthUnit::Centimetre => 5,
        LengthUnit::Metre => 6,
    }
}

/// A number with a decimal point, as readers expect of a real number.
fn real(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.1}") } else { value.to_string() }
}

/// A layer name for each outline, all different: capital letters, digits, `-`, `_` and `$`.
fn layers(outlines: &[NamedOutline<'_>]) -> Vec<String> {
    let mut taken = UniqueNames::default();
    let layer = |(place, outline): (usize, &NamedOutline<'_>)| {
        let allowed = |c: char| if c.is_ascii_alphanumeric() || "-$".contains(c) { c } else { '_' };
        let title = outline.title(place).to_ascii_uppercase();
        taken.add_short(&title.chars().map(allowed).collect::<String>(), '_', LONGEST)
    };
    outlines.iter().enumerate().map(layer).collect()
}
