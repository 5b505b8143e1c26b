//! The layers of the map that can be switched on and off, and sets of them.

use crate::text;
use crate::text::Text;
use clap::ValueEnum;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A layer of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MapLayer {
    /// Decoded shapes
    Shapes,
    /// The property at every point
    Heat,
    /// The encoded data
    Data,
    /// The trajectories of a search
    Paths,
    /// Fog and hatching over answers that cannot be trusted
    Trust,
    /// Arrows in the direction in which the objective improves
    Gradient,
    /// The axes of the map, z = 0, and circles of the prior
    Axes,
}

impl MapLayer {
    /// All layers, in the order of the buttons on the map.
    pub const ALL: [Self; 7] = [
        Self::Shapes,
        Self::Heat,
        Self::Data,
        Self::Paths,
        Self::Trust,
        Self::Gradient,
        Self::Axes,
    ];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shapes => "shapes",
            Self::Heat => "heat",
            Self::Data => "data",
            Self::Paths => "paths",
            Self::Trust => "trust",
            Self::Gradient => "gradient",
            Self::Axes => "axes",
        }
    }

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Shapes => text!("Shapes"),
            Self::Heat => text!("Heat"),
            Self::Data => text!("Data"),
            Self::Paths => text!("Paths"),
            Self::Trust => text!("Trust"),
            Self::Gradient => text!("Gradient"),
            Self::Axes => text!("Axes"),
        }
    }

    /// A description for a tooltip.
    pub fn about(self) -> Text {
        match self {
            Self::Shapes => text!("The shape that every place decodes to"),
            Self::Heat => text!("The property at every place"),
            Self::Data => text!(
                "Where the model puts the shapes it was trained on; click one to see its reconstruction"
            ),
            Self::Paths => text!("The trajectories of the last search"),
            Self::Trust => {
                text!(
                    "Fog beyond the data and where a prediction is uncertain, hatching where outlines cross themselves"
                )
            }
            Self::Gradient => text!(
                "Arrows along which the objective improves; the longer the steeper, by the square root, up to the \
                 steepest tenth"
            ),
            Self::Axes => text!(
                "The axes through z = 0, and around it circles of one and two standard deviations of N(0, 1), from which a \
                 VAE draws: 39 % and 86 % of the draws of two numbers lie within"
            ),
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of layers; in files an object with a boolean for each.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<String, bool>")]
pub struct MapLayers(u8);

impl MapLayers {
    /// Returns whether a layer is in the set.
    pub fn has(self, layer: MapLayer) -> bool {
        self.0 & layer.bit() != 0
    }

    /// The set with a layer.
    #[must_use]
    pub fn with(self, layer: MapLayer) -> Self {
        Self(self.0 | layer.bit())
    }

    /// The set without a layer.
    #[must_use]
    pub fn without(self, layer: MapLayer) -> Self {
        Self(self.0 & !layer.bit())
    }

    /// The set with a layer that it lacks, or without one that it has.
    #[must_use]
    pub fn toggled(self, layer: MapLayer) -> Self {
        Self(self.0 ^ layer.bit())
    }

    /// The layers of the set, in the order of [`MapLayer::ALL`].
    pub fn iter(self) -> impl Iterator<Item = MapLayer> {
        MapLayer::ALL.into_iter().filter(move |&layer| self.has(layer))
    }

    /// Returns whether a layer is coloured by the property: the heat map, or the shapes unless they are `plain`.
    pub fn show_quantity(self, plain: bool) -> bool {
        self.has(MapLayer::Heat) || (self.has(MapLayer::Shapes) && !plain)
    }
}

impl FromIterator<MapLayer> for MapLayers {
    fn from_iter<I: IntoIterator<Item = MapLayer>>(layers: I) -> Self {
        layers.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Debug for MapLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for MapLayers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(MapLayer::ALL.map(|layer| (layer.name(), self.has(layer))))
    }
}

impl From<BTreeMap<String, bool>> for MapLayers {
    /// A layer that is not named is off; names that this version of the program does not know have no effect.
    fn from(named: BTreeMap<String, bool>) -> Self {
        let is_on = |layer: &MapLayer| named.get(layer.name()) == Some(&true);
        MapLayer::ALL.into_iter().filter(is_on).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_is_switched_alone() {
        for layer in MapLayer::ALL {
            let alone = MapLayers::default().with(layer);
            assert_eq!(alone.iter().collect::<Vec<_>>(), [layer]);
            assert_eq!(alone.with(layer), alone);
            assert_eq!(alone.toggled(layer), MapLayers::default());
            let others = MapLayers::from_iter(MapLayer::ALL).without(layer);
            assert_eq!(others.iter().count(), MapLayer::ALL.len() - 1);
            assert!(!others.has(layer) && others.without(layer) == others);
            assert_eq!(others.toggled(layer).iter().collect::<Vec<_>>(), MapLayer::ALL);
        }
        let some = MapLayers::from_iter([MapLayer::Data, MapLayer::Shapes]);
        assert_eq!(format!("{some:?}"), "{Shapes, Data}");
    }

    #[test]
    fn the_command_line_knows_the_names() {
        for layer in MapLayer::ALL {
            assert_eq!(MapLayer::from_str(layer.name(), false), Ok(layer));
        }
    }

    #[test]
    fn files_have_a_boolean_for_each_layer() {
        let layers = MapLayers::from_iter([MapLayer::Shapes, MapLayer::Trust]);
        let json = r#"{"shapes":true,"heat":false,"data":false,"paths":false,"trust":true,"gradient":false,"axes":false}"#;
        assert_eq!(serde_json::to_string(&layers).unwrap(), json);
        assert_eq!(serde_json::from_str::<MapLayers>(json).unwrap(), layers);
        let older = r#"{"heat":true,"rain":true}"#;
        let heat = MapLayers::default().with(MapLayer::Heat);
        assert_eq!(serde_json::from_str::<MapLayers>(older).unwrap(), heat);
    }
}
