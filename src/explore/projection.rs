//! Projection between the latent space and the plane of the map: the identity in two dimensions; in more PCA, two
//! coordinates, or a plane through three points.

use crate::data::rows::Rows;
use crate::numerics::linear_algebra::pca::PrincipalAxes;

/// The map from a point (u, v) of the plane to `z = origin + u * axis_0 + v * axis_1`, with orthogonal axes of length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    origin: Vec<f64>,
    axes: [Vec<f64>; 2],
    /// The share of the variance of the data that lies in the plane, 0 to 1.
    explained: f64,
}

/// The least length of a direction across a line through two points, as a share of its length before that part of it
/// which lies along the line was taken away: less is rounding.
const LEAST_ACROSS: f64 = 1e-9;

impl Projection {
    /// The projection for a model with the encoded data `mu`, `[n, latent]`: the coordinates themselves for up to two
    /// dimensions or without data, else the two directions of largest variance (Pearson 1901).
    pub fn from_mu(mu: &Rows<f64>) -> Self {
        let dim = mu.width();
        if dim > 2 && !mu.is_empty() {
            return Self::principal(mu);
        }
        Self { origin: vec![0.0; dim], axes: [unit(dim, 0), unit(dim, 1)], explained: 1.0 }
    }

    /// The plane of two different coordinates below the width of `mu [n, latent]`; the others are those of the mean, and
    /// the coordinates of the map are the two themselves.
    pub fn of_axes(mu: &Rows<f64>, axes: [usize; 2]) -> Self {
        let mut origin = mean(mu);
        axes.into_iter().for_each(|axis| origin[axis] = 0.0);
        Self { origin, axes: axes.map(|axis| unit(mu.width(), axis)), explained: 0.0 }.measured(mu)
    }

    /// The plane through three points, `[latent]` each: its origin is their mean, its first axis leads from the first
    /// point to the second, and the second axis towards the side of the third (Gram-Schmidt). None if they lie on a
    /// line.
    pub fn through(mu: &Rows<f64>, [a, b, c]: [Vec<f64>; 3]) -> Option<Self> {
        let from_a = |to: &[f64]| -> Vec<f64> { to.iter().zip(&a).map(|(to, a)| to - a).collect() };
        let first = normalised(from_a(&b), 0.0)?;
        let to_third = from_a(&c);
        let (along, length) = (dot(&to_third, &first), dot(&to_third, &to_third).sqrt());
        let across = to_third.iter().zip(&first).map(|(c, axis)| c - along * axis).collect();
        let second = normalised(across, LEAST_ACROSS * length)?;
        let origin = (0..a.len()).map(|k| (a[k] + b[k] + c[k]) / 3.0).collect();
        Some(Self { origin, axes: [first, second], explained: 0.0 }.measured(mu))
    }

    /// The same plane with the share of the variance of the data in it.
    fn measured(mut self, mu: &Rows<f64>) -> Self {
        let centre = mean(mu);
        let (mut within, mut total) = (0.0, 0.0);
        for z in mu.iter() {
            let off: Vec<f64> = z.iter().zip(&centre).map(|(z, centre)| z - centre).collect();
            total += dot(&off, &off);
            within += self.axes.iter().map(|axis| dot(&off, axis).powi(2)).sum::<f64>();
        }
        self.explained = if total > 0.0 { (within / total).min(1.0) } else { 1.0 };
        self
    }

    /// The plane of the two principal axes.
    fn principal(mu: &Rows<f64>) -> Self {
        let mut principal = PrincipalAxes::new(mu.iter(), mu.width(), 2);
        while principal.step() {}
        let [first, second] = [0, 1].map(|k| principal.axes().swap_remove(k));
        let origin = principal.mean().to_vec();
        Self { origin, axes: [first, second], explained: 0.0 }.measured(mu)
    }

    /// The number of latent dimensions.
    pub fn latent_dim(&self) -> usize {
        self.origin.len()
    }

    /// Returns whether every latent point lies in the plane of the map.
    pub fn is_exact(&self) -> bool {
        self.origin.len() <= 2
    }

    /// The share of the variance of the data that lies in the plane, 0 to 1.
    pub fn explained(&self) -> f64 {
        self.explained
    }

    /// The distance of a latent point from the plane, in latent units.
    pub fn distance(&self, z: &[f64]) -> f64 {
        let nearest = self.lift(self.project(z));
        z.iter().zip(&nearest).map(|(z, near)| (z - near).powi(2)).sum::<f64>().sqrt()
    }

    /// The latent point at a point of the map.
    pub fn lift(&self, at: [f64; 2]) -> Vec<f64> {
        self.moved(&self.origin, at)
    }

    /// The latent points at points of the map, `[n, latent]`.
    pub fn lift_all(&self, points: impl IntoIterator<Item = [f64; 2]>) -> Rows<f64> {
        let mut rows = Rows::new(self.latent_dim());
        for point in points {
            rows.push(&self.lift(point));
        }
        rows
    }

    /// The latent point that is `by` away from `z [latent]` on the map, with the same offset from the plane of the map.
    pub fn moved(&self, z: &[f64], [u, v]: [f64; 2]) -> Vec<f64> {
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        z.iter().zip(axes).map(|(z, (a, b))| z + u * a + v * b).collect()
    }

    /// The position of a latent point on the map.
    pub fn project(&self, z: &[f64]) -> [f64; 2] {
        let centred = || z.iter().zip(&self.origin).map(|(z, o)| z - o);
        [0, 1].map(|k| centred().zip(&self.axes[k]).map(|(z, a)| z * a).sum())
    }

    /// The direction on the map in which a loss with this gradient decreases, `[latent]` to loss per map unit.
    pub fn downhill(&self, gradient: &[f64]) -> [f64; 2] {
        [-dot(gradient, &self.axes[0]), -dot(gradient, &self.axes[1])]
    }

    /// The positions of all latent points on the map.
    pub fn project_all(&self, z: &Rows<f64>) -> Vec<[f64; 2]> {
        z.iter().map(|z| self.project(z)).collect()
    }
}

/// The axis of a coordinate, `[dim]`; of length 0 if there is no such coordinate.
fn unit(dim: usize, axis: usize) -> Vec<f64> {
    (0..dim).map(|i| if i == axis { 1.0 } else { 0.0 }).collect()
}

/// The mean of all rows.
fn mean(rows: &Rows<f64>) -> Vec<f64> {
    let mut mean = vec![0.0; rows.width()];
    for row in rows.iter() {
        mean.iter_mut().zip(row).for_each(|(mean, v)| *mean += v / rows.len() as f64);
    }
    mean
}

/// The direction at length 1; none if it is not longer than `least`.
fn normalised(direction: Vec<f64>, least: f64) -> Option<Vec<f64>> {
    let length = dot(&direction, &direction).sqrt();
    (length > least && length.is_finite()).then(|| direction.iter().map(|v| v / length).collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dimensions_are_drawn_as_they_are() {
        let projection = Projection::from_mu(&Rows::from_flat(2, vec![5.0, 1.0]));
        assert_eq!(projection.lift([0.3, -2.0]), [0.3, -2.0]);
        assert_eq!(projection.project(&[0.3, -2.0]), [0.3, -2.0]);
        let line = Projection::from_mu(&Rows::from_flat(1, vec![5.0]));
        assert_eq!(line.lift([0.3, -2.0]), [0.3]);
        assert_eq!(line.project(&[0.3]), [0.3, 0.0]);
    }

    #[test]
    fn the_plane_of_largest_variance_is_found() {
        // Points with a spread of 3 along (1, 1, 0), 1 along (0, 0, 1), and nearly 0 along (1, -1, 0).
        let mut mu = Rows::new(3);
        for i in 0..100 {
            let t = f64::from(i);
            let (a, b, c) = (3.0 * t.sin(), (1.7 * t).cos(), 0.01 * (2.3 * t).sin());
            mu.push(&[a + c + 4.0, a - c, b]);
        }
        let projection = Projection::from_mu(&mu);
        let [first, second] = &projection.axes;
        assert!((first[0] - 0.5f64.sqrt()).abs() < 0.02 && (first[1] - 0.5f64.sqrt()).abs() < 0.02);
        assert!(second[2].abs() > 0.99);
        let [u, v] = projection.project(&projection.lift([0.7, -0.2]));
        assert!((u - 0.7).abs() < 1e-9 && (v + 0.2).abs() < 1e-9);
        let [u, v] = projection.downhill(&first.iter().map(|v| -2.0 * v).collect::<Vec<_>>());
        assert!((u - 2.0).abs() < 1e-9 && v.abs() < 1e-9);
        assert!(projection.explained() > 0.999 && projection.explained() < 1.0);
    }

    #[test]
    fn two_axes_are_a_plane_through_the_mean_of_the_others() {
        // Variances 8/3, 2/3 and 0 about the mean (3, 1, 5).
        let mu = Rows::from_flat(3, vec![1.0, 0.0, 5.0, 3.0, 1.0, 5.0, 5.0, 2.0, 5.0]);
        let plane = Projection::of_axes(&mu, [2, 0]);
        assert_eq!(plane.lift([7.0, -1.0]), [-1.0, 1.0, 7.0]);
        assert_eq!(plane.project(&[-1.0, 9.0, 7.0]), [7.0, -1.0]);
        assert!((plane.explained() - 0.8).abs() < 1e-12, "{}", plane.explained());
        assert!((plane.distance(&[-1.0, 9.0, 7.0]) - 8.0).abs() < 1e-12);
        assert!((Projection::of_axes(&mu, [0, 1]).explained() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_plane_leads_through_its_three_points() {
        let mu = Rows::from_flat(4, vec![0.0; 8]);
        let points =
            [vec![1.0, 2.0, 0.0, -1.0], vec![3.0, 2.0, 0.0, -1.0], vec![2.0, 5.0, 4.0, -1.0]];
        let plane = Projection::through(&mu, points.clone()).unwrap();
        // By hand: the first axis is that of z0; the third point is 5 across it, along (0, 0.6, 0.8, 0).
        let third = 1.0 / 3.0;
        let expected = [[-1.0, -5.0 * third], [1.0, -5.0 * third], [0.0, 10.0 * third]];
        for (point, expected) in points.iter().zip(expected) {
            let [u, v] = plane.project(point);
            assert!((u - expected[0]).abs() < 1e-12 && (v - expected[1]).abs() < 1e-12, "{u} {v}");
            assert!(plane.distance(point) < 1e-12);
            let back = plane.lift([u, v]);
            assert!(back.iter().zip(point).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!(
            (plane.distance(&[0.0, 0.0, 0.0, 1.0]).powi(2) - (4.0 + 1.6f64.powi(2))).abs() < 1e-9
        );
        let [a, b, _] = points;
        let on_line = vec![5.0, 2.0, 0.0, -1.0];
        assert!(Projection::through(&mu, [a.clone(), b.clone(), on_line]).is_none());
        assert!(Projection::through(&mu, [a.clone(), a, b]).is_none());
    }
}
