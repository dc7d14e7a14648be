//! Series in every position of the patient, through the program itself, against SimpleITK
//! (`tests/fixtures/geometry/make.py`).

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Deserialize)]
struct Expected {
    affine_lps: [[f64; 4]; 3],
    shape_kji: [usize; 3],
    values_kji: Vec<f64>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/geometry")
}

fn expected() -> BTreeMap<String, Expected> {
    serde_json::from_str(&std::fs::read_to_string(fixtures().join("expected.json")).unwrap()).unwrap()
}

fn run(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ablation-review")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A NIfTI-1 file: sizes, affine in RAS, values.
struct Nifti {
    dims: [usize; 3],
    affine_ras: [[f64; 4]; 3],
    /// As given back by the quaternion, for programs that read that.
    from_quaternion: [[f64; 4]; 3],
    whole: bool,
    values: Vec<f64>,
}

impl Nifti {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let short = |at: usize| i16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
        let float = |at: usize| f64::from(f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
        assert_eq!((&bytes[344..348], short(40)), (b"n+1\0".as_slice(), 3));
        assert!(short(254) > 0 && short(252) > 0, "both transforms are in scanner coordinates");
        let rows: [[f64; 4]; 3] = std::array::from_fn(|r| std::array::from_fn(|c| float(280 + 16 * r + 4 * c)));
        let [b, c, d] = [256, 260, 264].map(float);
        // Half a turn has no first part but for rounding, which readers take off (nifti1_io.c, nifti_quatern_to_mat44).
        let square = 1.0 - b * b - c * c - d * d;
        let (a, [b, c, d]) = if square < 1e-7 {
            let length = (b * b + c * c + d * d).sqrt();
            (0.0, [b, c, d].map(|part| part / length))
        } else {
            (square.sqrt(), [b, c, d])
        };
        let turn = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
            [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
            [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ];
        let size = [float(80), float(84), float(88) * if float(76) < 0.0 { -1.0 } else { 1.0 }];
        let offset = [268, 272, 276].map(float);
        let from_quaternion =
            std::array::from_fn(|r| std::array::from_fn(|c| if c == 3 { offset[r] } else { turn[r][c] * size[c] }));
        let data = &bytes[float(108) as usize..];
        let values = match short(70) {
            4 => data.as_chunks::<2>().0.iter().map(|v| f64::from(i16::from_le_bytes(*v))).collect(),
            16 => data.as_chunks::<4>().0.iter().map(|v| f64::from(f32::from_le_bytes(*v))).collect(),
            other => panic!("voxels of type {other}"),
        };
        assert_eq!((float(112), float(116)), (1.0, 0.0), "values need no further scale");
        Self {
            dims: [42, 44, 46].map(|at| short(at) as usize),
            affine_ras: rows,
            from_quaternion,
            whole: short(70) == 4,
            values,
        }
    }
}

#[test]
fn every_position_of_the_patient_agrees_with_simpleitk() {
    let out = tempfile::tempdir().unwrap();
    let all = expected();
    for name in ["axial", "sagittal", "coronal", "oblique", "axial_feet_first", "scaled"] {
        assert!(all.contains_key(name));
    }
    for (name, expected) in all {
        let folder = fixtures().join(&name);
        let folder = folder.to_str().unwrap();
        let inspected = run(&["inspect", folder]);
        let [series] = inspected["series"].as_array().unwrap().as_slice() else { panic!("{name}: {inspected}") };
        assert_eq!((&series["shape"], &series["warnings"]), (&"volume".into(), &Value::Array(Vec::new())), "{name}");
        let file = out.path().join(format!("{name}.nii"));
        run(&["volume", folder, "--series", series["id"].as_str().unwrap(), "--out", file.to_str().unwrap()]);
        let nifti = Nifti::read(&file);
        let [slices, rows, columns] = expected.shape_kji;
        assert_eq!(nifti.dims, [columns, rows, slices], "{name}");
        // Origin and direction as `inspect` tells them, and both transforms of the file.
        let number = |field: &str, n: usize| series[field][n].as_f64().unwrap();
        for row in 0..3 {
            for column in 0..4 {
                let theirs = expected.affine_lps[row][column];
                let told = match column {
                    3 => number("origin_mm", row),
                    axis => number("direction", 3 * axis + row) * number("spacing_mm", axis),
                };
                let sign = if row < 2 { -1.0 } else { 1.0 };
                for ours in [told, sign * nifti.affine_ras[row][column], sign * nifti.from_quaternion[row][column]] {
                    assert!((ours - theirs).abs() < 1e-3, "{name} row {row} column {column}: {ours} {theirs}");
                }
            }
        }
        assert_eq!(nifti.whole, name != "scaled");
        assert_eq!(nifti.values.len(), expected.values_kji.len());
        for (n, (ours, theirs)) in nifti.values.iter().zip(&expected.values_kji).enumerate() {
            let within = if nifti.whole { 0.0 } else { 1e-4 * theirs.abs() };
            assert!((ours - theirs).abs() <= within, "{name} at {n}: {ours} {theirs}");
        }
    }
}
