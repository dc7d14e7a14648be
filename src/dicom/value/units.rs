//! Units as headers write them.

use crate::volume::Unit;

/// A unit, and what a number in the words of the header is multiplied with to be in it.
pub(in crate::dicom) type Scaled = (Unit, f64);

/// A unit from a UCUM code (PS3.16 CID 7181 to 7183), from Rescale Type or from Units; `None` when it is none
/// of those that this program names.
pub(in crate::dicom) fn unit_of(code: &str) -> Option<Scaled> {
    let plain: String =
        code.chars().filter(|c| !c.is_whitespace() && !matches!(c, '^' | '*' | '.' | '(' | ')')).collect();
    let plain = plain.replace('²', "2").replace(['µ', 'μ'], "u").replace('⁻', "-").replace('⁶', "6").replace('³', "3");
    match plain.as_str() {
        "HU" | "[hnsf'U]" => return Some((Unit::Hu, 1.0)),
        "{SUVbw}g/ml" | "g/ml{SUVbw}" | "{SUVbw}" => return Some((Unit::SuvBw, 1.0)),
        "BQML" | "Bq/ml" | "Bq/mL" => return Some((Unit::BqMl, 1.0)),
        "kBq/ml" | "kBq/mL" => return Some((Unit::BqMl, 1e3)),
        _ => {}
    }
    diffusivity(&plain.to_ascii_lowercase()).map(|scale| (Unit::Mm2PerS, scale))
}

/// What a unit of diffusivity is in mm2/s: `mm2/s`, `um2/s`, and powers of ten of these.
fn diffusivity(plain: &str) -> Option<f64> {
    let (number, unit) = match plain.find(['m', 'u']) {
        Some(at) => plain.split_at_checked(at)?,
        None => return None,
    };
    let unit = match unit {
        "mm2/s" | "mm2/sec" | "mm2s-1" => 1.0,
        "um2/s" | "um2/sec" | "um2s-1" => 1e-6,
        "um2/ms" => 1e-3,
        _ => return None,
    };
    let power = match number.trim_start_matches(['x', '[']) {
        "" => 0,
        text => text
            .strip_prefix("10")
            .or_else(|| text.strip_prefix("1e"))
            .or_else(|| text.strip_prefix('e'))?
            .parse()
            .ok()?,
    };
    (-12..=0).contains(&power).then(|| unit * 10f64.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_real_headers() {
        let adc = |code| unit_of(code).filter(|(unit, _)| *unit == Unit::Mm2PerS).map(|(_, scale)| scale);
        for code in ["mm2/s", "mm^2/s", "mm²/s", "MM2/S"] {
            assert_eq!(adc(code), Some(1.0), "{code}");
        }
        for code in ["um2/s", "µm2/s", "10-6.mm2/s", "10*-6.mm2/s", "10^-6 mm^2/s", "1e-6 mm2/s", "x10-6mm2/s"] {
            let scale = adc(code).unwrap_or_else(|| panic!("{code}"));
            assert!((scale - 1e-6).abs() < 1e-18, "{code}: {scale}");
        }
        assert_eq!(adc("10-3 mm2/s"), Some(1e-3));
        assert_eq!(unit_of("[hnsf'U]"), Some((Unit::Hu, 1.0)));
        // Both orders of the annotation are written.
        assert_eq!(unit_of("{SUVbw}g/ml"), Some((Unit::SuvBw, 1.0)));
        assert_eq!(unit_of("g/ml{SUVbw}"), Some((Unit::SuvBw, 1.0)));
        assert_eq!(unit_of("kBq/ml"), Some((Unit::BqMl, 1e3)));
    }

    #[test]
    fn anything_else_has_no_unit() {
        for code in ["", "US", "1", "ms", "mm2", "{SUVlbm}g/ml", "10", "m", "10-6", "99mm2/s", "10-400mm2/s", "é²"] {
            assert_eq!(unit_of(code), None, "{code}");
        }
    }
}
