//! Directions in all of space, spread nearly evenly, with their neighbours: the surface of a cube, blown up.

use std::sync::OnceLock;

/// Edges of the cube are cut into this many parts: 866 directions, about 7.5 degrees apart.
const PARTS: usize = 12;

/// Directions and who lies beside whom.
pub(super) struct Sphere {
    pub directions: Vec<[f64; 3]>,
    /// Pairs of neighbours along the lines of the cube.
    pub pairs: Vec<(usize, usize)>,
    /// The directions by place on the cube: face, row, column.
    faces: Vec<usize>,
}

impl Sphere {
    /// The one sphere.
    pub fn get() -> &'static Self {
        static SPHERE: OnceLock<Sphere> = OnceLock::new();
        SPHERE.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut known = std::collections::BTreeMap::new();
        let mut directions = Vec::new();
        let mut pairs = std::collections::BTreeSet::new();
        let mut faces = Vec::new();
        let last = PARTS as i32;
        for face in 0..6 {
            let axis = face / 2;
            let side = if face % 2 == 0 { 0 } else { last };
            let mut here = vec![0; (PARTS + 1) * (PARTS + 1)];
            for v in 0..=last {
                for u in 0..=last {
                    let mut at = [0; 3];
                    at[axis] = side;
                    at[(axis + 1) % 3] = u;
                    at[(axis + 2) % 3] = v;
                    let id = *known.entry(at).or_insert_with(|| {
                        // Equal angles rather than equal lengths: nearly even.
                        let along = at.map(|n| {
                            let part = 2.0 * f64::from(n) / f64::from(last) - 1.0;
                            (part * std::f64::consts::FRAC_PI_4).tan()
                        });
                        let length = along.iter().map(|c| c * c).sum::<f64>().sqrt();
                        directions.push(along.map(|c| c / length));
                        directions.len() - 1
                    });
                    here[v as usize * (PARTS + 1) + u as usize] = id;
                }
            }
            for v in 0..=PARTS {
                for u in 0..=PARTS {
                    let id = here[v * (PARTS + 1) + u];
                    if u < PARTS {
                        let next = here[v * (PARTS + 1) + u + 1];
                        pairs.insert((id.min(next), id.max(next)));
                    }
                    if v < PARTS {
                        let next = here[(v + 1) * (PARTS + 1) + u];
                        pairs.insert((id.min(next), id.max(next)));
                    }
                }
            }
            faces.extend(here);
        }
        Self { directions, pairs: pairs.into_iter().collect(), faces }
    }

    /// A value for any direction, between those of the four directions around it.
    pub fn between(&self, values: &[f64], d: [f64; 3]) -> f64 {
        let size = d.map(f64::abs);
        let axis = if size[0] >= size[1] && size[0] >= size[2] {
            0
        } else if size[1] >= size[2] {
            1
        } else {
            2
        };
        if size[axis] == 0.0 {
            return values[0];
        }
        let face = 2 * axis + usize::from(d[axis] > 0.0);
        let part = |c: f64| {
            let angle = (c / size[axis]).atan() / std::f64::consts::FRAC_PI_4;
            let at = (angle + 1.0) / 2.0 * PARTS as f64;
            let low = (at.floor().max(0.0) as usize).min(PARTS - 1);
            (low, at - low as f64)
        };
        let (u, fu) = part(d[(axis + 1) % 3]);
        let (v, fv) = part(d[(axis + 2) % 3]);
        let value = |u: usize, v: usize| values[self.faces[(face * (PARTS + 1) + v) * (PARTS + 1) + u]];
        (value(u, v) * (1.0 - fu) + value(u + 1, v) * fu) * (1.0 - fv)
            + (value(u, v + 1) * (1.0 - fu) + value(u + 1, v + 1) * fu) * fv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_direction_is_there_once_and_has_three_or_four_neighbours() {
        let sphere = Sphere::get();
        assert_eq!(sphere.directions.len(), 6 * PARTS * PARTS + 2);
        let mut count = vec![0; sphere.directions.len()];
        for (a, b) in &sphere.pairs {
            count[*a] += 1;
            count[*b] += 1;
        }
        assert_eq!(count.iter().filter(|n| **n == 3).count(), 8, "the corners of the cube");
        assert!(count.iter().all(|n| (3..=4).contains(n)));
        assert!(sphere.directions.iter().all(|d| (d.iter().map(|c| c * c).sum::<f64>() - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_smooth_function_is_met_between_the_directions() {
        let sphere = Sphere::get();
        let f = |d: [f64; 3]| 3.0 + d[0] + 0.5 * d[1] * d[2];
        let values: Vec<f64> = sphere.directions.iter().map(|d| f(*d)).collect();
        for (n, d) in sphere.directions.iter().enumerate() {
            assert!((sphere.between(&values, *d) - values[n]).abs() < 1e-9);
        }
        for n in 0..200 {
            let t = f64::from(n) * 0.73;
            let d = [t.sin() * 0.6, t.cos() * 0.6, if n % 2 == 0 { 0.8 } else { -0.8 }];
            assert!((sphere.between(&values, d) - f(d)).abs() < 0.02, "{n}");
        }
    }
}
