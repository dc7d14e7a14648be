//! The best star-shaped surface around a place: one radius for each direction, by a minimum cut.
//!
//! Optimal surface detection on columns of samples (Li, Wu, Chen, Sonka 2006, IEEE PAMI 28:119): of all surfaces whose
//! neighbours do not lie too far apart it finds the one with the least cost, wherever the search begins.

use super::cut::{FIRM, Graph};
use super::sphere::Sphere;

/// A surface around a place: radius by direction, mm, and the place relative to the click, mm.
#[derive(Clone)]
pub(super) struct Surface {
    pub centre: [f64; 3],
    pub radii: Vec<f64>,
}

/// Columns of samples: sample `k` of a direction lies at `scale * (first + k * step)`.
pub(super) struct Columns {
    pub scale: Vec<f64>,
    pub first: f64,
    pub step: f64,
    pub count: usize,
}

impl Columns {
    pub fn radius(&self, direction: usize, k: usize) -> f64 {
        self.scale[direction] * (self.first + k as f64 * self.step)
    }
}

/// How a surface is held together.
pub(super) struct Stiffness {
    /// Cost of one sample's difference between neighbours.
    pub step: f32,
    /// Neighbours differ by at most this many samples.
    pub most: usize,
}

/// The cheapest surface. `gain[d * count + k]`: above zero when sample `k` of direction `d` should lie inside; the first
/// sample always does.
pub(super) fn best(centre: [f64; 3], columns: &Columns, gain: &[f32], stiffness: &Stiffness) -> Surface {
    let sphere = Sphere::get();
    let n = columns.count;
    let mut graph = Graph::new(gain.len(), gain.len() + sphere.pairs.len() * n * 3);
    for d in 0..columns.scale.len() {
        graph.prefer(d * n, FIRM);
        for k in 0..n {
            graph.prefer(d * n + k, gain[d * n + k]);
            if k > 0 {
                // A sample lies inside only where the one before it does.
                graph.link(d * n + k, d * n + k - 1, FIRM, 0.0);
            }
        }
    }
    for (a, b) in &sphere.pairs {
        for k in 0..n {
            graph.link(a * n + k, b * n + k, stiffness.step, stiffness.step);
            if k > stiffness.most {
                let lower = k - stiffness.most;
                graph.link(a * n + k, b * n + lower, FIRM, 0.0);
                graph.link(b * n + k, a * n + lower, FIRM, 0.0);
            }
        }
    }
    let inside = graph.cut();
    let radii = inside
        .chunks_exact(n)
        .enumerate()
        .map(|(d, column)| {
            let last = column.iter().take_while(|inside| **inside).count().max(1);
            columns.scale[d] * (columns.first + (last as f64 - 0.5) * columns.step)
        })
        .collect();
    Surface { centre, radii }
}

impl Surface {
    /// Whether a place relative to the click, mm, lies inside.
    pub fn contains(&self, at: [f64; 3]) -> bool {
        let d = [0, 1, 2].map(|a| at[a] - self.centre[a]);
        let far = d.iter().map(|c| c * c).sum::<f64>().sqrt();
        far < 1e-9 || far <= Sphere::get().between(&self.radii, d)
    }

    /// Radii evened out between neighbours, which takes the steps of the samples away.
    pub fn smoothed(mut self, rounds: usize) -> Self {
        let sphere = Sphere::get();
        for _ in 0..rounds {
            let mut sum = self.radii.iter().map(|r| 2.0 * r).collect::<Vec<_>>();
            let mut weight = vec![2.0; sum.len()];
            for (a, b) in &sphere.pairs {
                sum[*a] += self.radii[*b];
                sum[*b] += self.radii[*a];
                weight[*a] += 1.0;
                weight[*b] += 1.0;
            }
            self.radii = sum.iter().zip(weight).map(|(s, w)| s / w).collect();
        }
        self
    }

    /// The middle of what lies inside, relative to the click.
    pub fn centroid(&self) -> [f64; 3] {
        let sphere = Sphere::get();
        let (mut volume, mut moment) = (0.0, [0.0; 3]);
        for (d, r) in sphere.directions.iter().zip(&self.radii) {
            volume += r * r * r / 3.0;
            (0..3).for_each(|a| moment[a] += d[a] * r * r * r * r / 4.0);
        }
        [0, 1, 2].map(|a| self.centre[a] + moment[a] / volume.max(1e-9))
    }

    /// How far the surface lies from another centre inside it, by direction.
    pub fn seen_from(&self, centre: [f64; 3]) -> Self {
        let radii = Sphere::get().directions.iter().map(|d| {
            let place = |r: f64| [0, 1, 2].map(|a| centre[a] + d[a] * r);
            let (mut low, mut high) = (0.0, 1.0);
            while self.contains(place(high)) && high < 400.0 {
                (low, high) = (high, high * 1.5);
            }
            for _ in 0..12 {
                let middle = (low + high) / 2.0;
                if self.contains(place(middle)) { low = middle } else { high = middle }
            }
            (low + high) / 2.0
        });
        Self { centre, radii: radii.collect() }
    }

    /// The even shape beneath it: harmonics up to the second order, fitted so that directions in which the surface runs
    /// off weigh little (iterated least squares, Tukey's biweight).
    pub fn evened(&self, rounds: usize) -> Vec<f64> {
        let sphere = Sphere::get();
        let terms = |d: &[f64; 3]| {
            let [x, y, z] = *d;
            [1.0, x, y, z, x * y, y * z, z * x, x * x - y * y, 3.0 * z * z - 1.0]
        };
        let mut weights = vec![1.0f64; self.radii.len()];
        let mut fitted = vec![0.0; self.radii.len()];
        for _ in 0..rounds {
            let mut normal = nalgebra::SMatrix::<f64, 9, 9>::identity() * 1e-6;
            let mut right = nalgebra::SVector::<f64, 9>::zeros();
            for ((d, r), w) in sphere.directions.iter().zip(&self.radii).zip(&weights) {
                let t = nalgebra::SVector::<f64, 9>::from(terms(d));
                normal += t * t.transpose() * *w;
                right += t * (*w * r);
            }
            let Some(solved) = normal.lu().solve(&right) else { break };
            for (to, d) in fitted.iter_mut().zip(&sphere.directions) {
                *to = terms(d).iter().zip(solved.iter()).map(|(t, c)| t * c).sum();
            }
            let mut off: Vec<f64> = self.radii.iter().zip(&fitted).map(|(r, f)| (r - f).abs()).collect();
            let half = off.len() / 2;
            let spread = (off.clone().select_nth_unstable_by(half, f64::total_cmp).1.max(0.3)) * 1.4826 * 3.0;
            off.iter_mut().for_each(|o| *o = (1.0 - (*o / spread).powi(2)).max(0.02).powi(2));
            weights = off;
        }
        let mean = self.radii.iter().sum::<f64>() / self.radii.len() as f64;
        fitted.iter().map(|r| r.max(0.35 * mean).max(1.0)).collect()
    }
}
