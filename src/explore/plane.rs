//! The choice of the plane through the latent space that a map shows, where the latent has more than two dimensions.

use super::projection::Projection;
use crate::error::{Error, Result};
use crate::model::{Model, PointRef};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A plane through the latent space: `pca`, `axes:3,7` or `points:row:1,row:5,mean`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum LatentPlane {
    /// The two directions of the largest variance of the data, through their mean.
    #[default]
    Pca,
    /// Two coordinates, counted from 0; the others are those of the mean of the data.
    Axes([usize; 2]),
    /// Through three points.
    Points([PointRef; 3]),
}

impl LatentPlane {
    /// The projection between the latent space of a model and this plane.
    ///
    /// # Errors
    /// When a model has a latent of two dimensions, which has no other plane; when an axis or a point does not exist; or
    /// when three points lie on a line.
    pub fn projection(&self, model: &Model) -> Result<Projection> {
        let (mu, dim) = (&model.encoded.mu, model.latent_dim());
        if *self != Self::Pca && dim <= 2 {
            return Err(Error::mismatch(text!(
                "the latent of this model has {count} dimension, which the map shows as it is"
                    | "the latent of this model has {count} dimensions, which the map shows as they are",
                count = dim
            )));
        }
        match self {
            Self::Pca => Ok(Projection::from_mu(mu)),
            Self::Axes([first, second]) if first == second || first.max(second) >= &dim => {
                Err(Error::mismatch(text!(
                    "there is no plane of the axes {first} and {second}; choose two different ones from 0 to {last}",
                    first,
                    second,
                    last = dim - 1
                )))
            }
            Self::Axes(axes) => Ok(Projection::of_axes(mu, *axes)),
            Self::Points(points) => {
                let place = |point: &PointRef| -> Result<Vec<f64>> { Ok(point.one(model, &[])?.z) };
                let [a, b, c] = points.each_ref().map(place);
                Projection::through(mu, [a?, b?, c?]).ok_or_else(|| {
                    Error::mismatch(text!(
                        "the three points lie on one line, through which there are many planes; choose another point"
                    ))
                })
            }
        }
    }

    /// The name on the screen.
    pub fn label(&self) -> Text {
        match self {
            Self::Pca => Text::verbatim("PCA"),
            Self::Axes([first, second]) => text!("Axes z{first}, z{second}", first, second),
            Self::Points(_) => text!("Three points"),
        }
    }

    /// The names of the two directions.
    pub fn axis_names(&self) -> [Text; 2] {
        match self {
            Self::Axes(axes) => axes.map(|axis| Text::verbatim(format!("z{axis}"))),
            Self::Pca | Self::Points(_) => [text!("First axis"), text!("Second axis")],
        }
    }
}

impl FromStr for LatentPlane {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let unknown = || {
            text!(
                "'{text}' names no plane; name it as pca, axes:3,7 (counted from 0) or points:POINT,POINT,POINT",
                text
            )
        };
        match text.trim().split_once(':') {
            None if text.trim() == "pca" => Ok(Self::Pca),
            Some(("axes", axes)) => {
                let axes: Option<Vec<usize>> =
                    axes.split(',').map(|axis| axis.trim().parse().ok()).collect();
                axes.and_then(|axes| axes.try_into().ok()).map(Self::Axes).ok_or_else(unknown)
            }
            Some(("points", points)) => {
                let points = points_of(points).into_iter().map(|point| point.parse());
                let points = points.collect::<std::result::Result<Vec<PointRef>, Text>>()?;
                points.try_into().map(Self::Points).map_err(|_| unknown())
            }
            _ => Err(unknown()),
        }
    }
}

/// The names of points between commas. A part that begins no point continues the one before: the numbers of `z:0.1,-0.3`,
/// or a name with a comma in it.
fn points_of(text: &str) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for part in text.split(',') {
        match points.last_mut() {
            Some(last) if !part.contains(':') && part.trim() != "mean" => {
                last.push(',');
                last.push_str(part);
            }
            _ => points.push(part.to_owned()),
        }
    }
    points
}

impl fmt::Display for LatentPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pca => f.write_str("pca"),
            Self::Axes([first, second]) => write!(f, "axes:{first},{second}"),
            Self::Points([a, b, c]) => write!(f, "points:{a},{b},{c}"),
        }
    }
}

impl From<LatentPlane> for String {
    fn from(plane: LatentPlane) -> Self {
        plane.to_string()
    }
}

impl TryFrom<String> for LatentPlane {
    type Error = Text;

    fn try_from(text: String) -> std::result::Result<Self, Text> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn a_plane_is_written_and_read() {
        for text in ["pca", "axes:3,7", "points:row:1,z:0.1,-2,mean", "points:name:a, b,row:2,mean"]
        {
            let plane: LatentPlane = text.parse().unwrap();
            assert_eq!(plane.to_string(), text);
        }
        for text in
            ["", "axes:1", "axes:1,2,3", "axes:-1,2", "points:row:1,row:2", "pca:2", "plane"]
        {
            let problem = text.parse::<LatentPlane>().unwrap_err().to_string();
            assert!(problem.contains("axes:3,7"), "{text}: {problem}");
        }
        assert!("points:row:1,row:0,mean".parse::<LatentPlane>().is_err());
    }

    #[test]
    fn a_latent_of_two_dimensions_has_one_plane() {
        let model = BUNDLED[0].load().unwrap();
        assert!(LatentPlane::Pca.projection(&model).unwrap().is_exact());
        let problem = LatentPlane::Axes([0, 1]).projection(&model).unwrap_err().to_string();
        assert!(problem.contains("2 dimensions"), "{problem}");
    }
}
