//! Volumes and masks as NIfTI-1 files (`.nii`, `.nii.gz`).
//!
//! Positions are turned from LPS to RAS, which NIfTI asks for, by the sign of x and y. Voxels are written in
//! the order of the stack (i fastest, then j, then k) and in their unit; padding is written as its rescaled
//! value, for NIfTI has no word for "no image here". The same volume always gives the same bytes.

use crate::geometry::{Grid, PatientVector};
use crate::volume::{SliceData, Volume};
use flate2::{Compression, GzBuilder};
use nalgebra::{Matrix3, Rotation3, UnitQuaternion, Vector3};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How voxels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoxelType {
    /// Unsigned byte, for masks.
    Uint8,
    /// 16-bit whole numbers: every value is one.
    Int16,
    /// Single precision.
    Float32,
}

impl VoxelType {
    /// The NIfTI code and the bits of a voxel.
    const fn code(self) -> (i16, i16) {
        match self {
            Self::Uint8 => (2, 8),
            Self::Int16 => (4, 16),
            Self::Float32 => (16, 32),
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NiftiError {
    /// A stack that is no volume.
    #[error("This series is shown as single pictures; it has no regular grid to write as a volume.")]
    NotAVolume,
    /// Colour.
    #[error("Colour pictures cannot be written as a volume.")]
    Colour,
    /// Not all read yet.
    #[error("Slice {slice} has not been read, so the volume cannot be written. Read the whole series first.")]
    NotRead {
        /// Slice number, from 1.
        slice: u64,
    },
    /// Too large for the format.
    #[error("The image size {0:?} does not fit a NIfTI-1 file, which takes at most 32767 along each axis.")]
    TooLarge([u32; 3]),
    /// A mask that does not fit its grid.
    #[error("The mask has {found} voxels, its grid {needed}.")]
    MaskSize {
        /// Voxels of the grid.
        needed: u64,
        /// Voxels given.
        found: u64,
    },
    /// A name with another ending.
    #[error("\"{0}\" does not end in .nii or .nii.gz.")]
    Name(String),
    /// The system refused.
    #[error("\"{path}\" could not be written: {source}.")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Writes a volume in its unit: `int16` where every value is a whole number in range, else `float32`.
///
/// The file appears only when it is complete. Compressed when the name ends in `.gz`.
///
/// # Errors
/// Refuses picture stacks, colour, volumes with slices not read, and names that are not `.nii` or `.nii.gz`.
pub fn write_volume(volume: &Volume, path: &Path) -> Result<VoxelType, NiftiError> {
    if !volume.is_volume {
        return Err(NiftiError::NotAVolume);
    }
    let slices = slices(volume)?;
    let voxel_type = voxel_type(volume, &slices);
    let header = header(&volume.grid, voxel_type)?;
    write_file(path, &header, |out| {
        let mut bytes = Vec::with_capacity(volume.grid.slice_len() * 4);
        for (data, rescale) in slices.iter().zip(&volume.rescale) {
            bytes.clear();
            for offset in 0..data.len() {
                let value = rescale.apply(data.stored(offset).unwrap_or_default());
                match voxel_type {
                    VoxelType::Int16 => bytes.extend((value as i16).to_le_bytes()),
                    _ => bytes.extend((value as f32).to_le_bytes()),
                }
            }
            out.write_all(&bytes)?;
        }
        Ok(())
    })?;
    Ok(voxel_type)
}

/// Writes a mask on a grid as bytes; voxels come with i fastest, then j, then k.
///
/// # Errors
/// Refuses a mask with another number of voxels than its grid, and names that are not `.nii` or `.nii.gz`.
pub fn write_mask(grid: &Grid, voxels: impl IntoIterator<Item = u8>, path: &Path) -> Result<(), NiftiError> {
    let header = header(grid, VoxelType::Uint8)?;
    let voxels: Vec<u8> = voxels.into_iter().collect();
    let needed = grid.slice_len() as u64 * u64::from(grid.dims[2]);
    let found = voxels.len() as u64;
    if needed != found {
        return Err(NiftiError::MaskSize { needed, found });
    }
    write_file(path, &header, |out| out.write_all(&voxels))
}

/// All slices, when all were read and are grey.
fn slices(volume: &Volume) -> Result<Vec<&SliceData>, NiftiError> {
    let read = |k: u32| volume.slice(k).ok_or(NiftiError::NotRead { slice: u64::from(k) + 1 });
    let slices = (0..volume.grid.dims[2]).map(read).collect::<Result<Vec<_>, _>>()?;
    if slices.iter().any(|slice| matches!(slice, SliceData::Rgb8(_))) {
        return Err(NiftiError::Colour);
    }
    Ok(slices)
}

fn voxel_type(volume: &Volume, slices: &[&SliceData]) -> VoxelType {
    let whole = |value: f64| value.fract() == 0.0 && (f64::from(i16::MIN)..=f64::from(i16::MAX)).contains(&value);
    let all_whole = slices.iter().zip(&volume.rescale).all(|(data, rescale)| {
        (0..data.len()).all(|offset| data.stored(offset).is_some_and(|stored| whole(rescale.apply(stored))))
    });
    if all_whole { VoxelType::Int16 } else { VoxelType::Float32 }
}

/// The 348 bytes of the header and the four that say "no extension".
fn header(grid: &Grid, voxel_type: VoxelType) -> Result<Vec<u8>, NiftiError> {
    let mut dims = [0i16; 3];
    for (dim, n) in dims.iter_mut().zip(grid.dims) {
        *dim = i16::try_from(n).ok().filter(|n| *n > 0).ok_or(NiftiError::TooLarge(grid.dims))?;
    }
    let [nx, ny, nz] = dims;
    let [sx, sy, sz] = grid.spacing_mm.map(|s| s as f32);
    let (code, bits) = voxel_type.code();
    let rows = affine_ras(grid);
    let (qform, qfac, quaternion) = quaternion(grid);
    let mut out = Vec::with_capacity(352);
    let floats = |out: &mut Vec<u8>, values: &[f32]| out.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    let shorts = |out: &mut Vec<u8>, values: &[i16]| out.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    out.extend(348i32.to_le_bytes());
    out.resize(40, 0);
    shorts(&mut out, &[3, nx, ny, nz, 1, 1, 1, 1]);
    out.resize(70, 0);
    shorts(&mut out, &[code, bits]);
    out.resize(76, 0);
    floats(&mut out, &[qfac, sx, sy, sz, 0.0, 0.0, 0.0, 0.0]);
    floats(&mut out, &[352.0, 1.0, 0.0]); // voxels start here; slope 1, intercept 0
    out.resize(123, 0);
    out.push(2); // millimetres
    out.resize(252, 0);
    shorts(&mut out, &[qform, 1]); // 1: scanner coordinates
    floats(&mut out, &quaternion);
    let shifts = rows.map(|[.., shift]| shift);
    floats(&mut out, &shifts);
    floats(&mut out, rows.as_flattened());
    out.resize(344, 0);
    out.extend(b"n+1\0");
    out.resize(352, 0);
    Ok(out)
}

/// From (i, j, k, 1) to RAS mm, row by row.
fn affine_ras(grid: &Grid) -> [[f32; 4]; 3] {
    let [x, y, z] = grid.affine_lps();
    [x.map(|v| -v as f32), y.map(|v| -v as f32), z.map(|v| v as f32)]
}

/// The rotation as the quaternion (b, c, d) with `qfac`, and the qform code: 0 when the axes are not at
/// right angles, which a quaternion cannot say.
fn quaternion(grid: &Grid) -> (i16, f32, [f32; 3]) {
    let [i, j, k] = grid.axes;
    if [i.cosine(j), j.cosine(k), k.cosine(i)].iter().any(|cosine| cosine.abs() > 1e-4) {
        return (0, 1.0, [0.0; 3]);
    }
    let ras = |v: PatientVector| Vector3::new(-v.x, -v.y, v.z);
    let (a, b) = (ras(i.vector()), ras(j.vector()));
    // NIfTI's rotation is right-handed; qfac turns the third axis where the grid is not.
    let qfac = if a.cross(&b).dot(&ras(k.vector())) < 0.0 { -1.0 } else { 1.0 };
    let matrix = Matrix3::from_columns(&[a, b, a.cross(&b)]);
    let q = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(matrix));
    let sign = if q.w < 0.0 { -1.0 } else { 1.0 };
    (1, qfac, [q.i, q.j, q.k].map(|v| (v * sign) as f32))
}

/// Writes beside the place and renames, so that a file that is there is whole.
fn write_file(
    path: &Path,
    header: &[u8],
    voxels: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), NiftiError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let lower = name.to_ascii_lowercase();
    let compressed = lower.ends_with(".nii.gz");
    if !compressed && !lower.ends_with(".nii") {
        return Err(NiftiError::Name(name));
    }
    let part: PathBuf = path.with_file_name(format!(".{name}.part"));
    let write = || {
        let mut file = BufWriter::new(File::create(&part)?);
        if compressed {
            // No time and no name in it: the same voxels give the same file.
            let mut gz = GzBuilder::new().mtime(0).operating_system(255).write(&mut file, Compression::new(6));
            gz.write_all(header)?;
            voxels(&mut gz)?;
            gz.finish()?;
        } else {
            file.write_all(header)?;
            voxels(&mut file)?;
        }
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, path)
    };
    write().map_err(|source| {
        std::fs::remove_file(&part).ok();
        NiftiError::Io { path: path.display().to_string(), source }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::StackKey;
    use crate::geometry::{PatientDirection, PatientPoint, SpaceId};
    use crate::volume::{Rescale, Unit};
    use std::io::Read;

    fn coronal() -> Volume {
        Volume {
            key: StackKey([1; 16]),
            grid: Grid {
                origin: PatientPoint::new(-180.0, -60.0, 150.0),
                axes: [PatientDirection::LEFT, -PatientDirection::SUPERIOR, PatientDirection::POSTERIOR],
                spacing_mm: [1.5, 2.0, 8.0],
                dims: [2, 3, 2],
                space: SpaceId("1".into()),
            },
            slices: vec![
                SliceData::I16(vec![0, 1, 2, 3, 4, 5].into()).into(),
                SliceData::U16(vec![6, 7, 8, 9, 10, 11].into()).into(),
            ],
            rescale: vec![Rescale { slope: 1.0, intercept: -1024.0 }, Rescale { slope: 2.0, intercept: 0.0 }],
            unit: Unit::Hu,
            padding: None,
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
        }
    }

    fn short(bytes: &[u8], at: usize) -> i16 {
        i16::from_le_bytes([bytes[at], bytes[at + 1]])
    }

    fn float(bytes: &[u8], at: usize) -> f32 {
        f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    }

    #[test]
    fn header_and_voxels_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nii");
        assert_eq!(write_volume(&coronal(), &path).unwrap(), VoxelType::Int16);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 352 + 24);
        assert_eq!(&bytes[344..348], b"n+1\0");
        assert_eq!((0..4).map(|n| short(&bytes, 40 + 2 * n)).collect::<Vec<_>>(), [3, 2, 3, 2]);
        assert_eq!((short(&bytes, 70), short(&bytes, 72)), (4, 16));
        assert_eq!((short(&bytes, 252), short(&bytes, 254)), (1, 1));
        // LPS to RAS: x and y change sign. i: left -> -x; j: foot -> -z; k: back -> -y.
        let rows: Vec<f32> = (0..12).map(|n| float(&bytes, 280 + 4 * n)).collect();
        assert_eq!(rows, [-1.5, 0.0, 0.0, 180.0, 0.0, 0.0, -8.0, 60.0, 0.0, -2.0, 0.0, 150.0]);
        let voxels: Vec<i16> = (0..12).map(|n| short(&bytes, 352 + 2 * n)).collect();
        assert_eq!(voxels, [-1024, -1023, -1022, -1021, -1020, -1019, 12, 14, 16, 18, 20, 22]);
        // The quaternion says the same rotation (nifti1.h, method 2; a half turn has a = 0 but for rounding).
        let (b, c, d) = (float(&bytes, 256), float(&bytes, 260), float(&bytes, 264));
        let a = 1.0 - b * b - c * c - d * d;
        let a = if a < 1e-6 { 0.0 } else { a.sqrt() };
        let qfac = float(&bytes, 76);
        let first = [a * a + b * b - c * c - d * d, 2.0 * (b * c + a * d), 2.0 * (b * d - a * c)];
        let third =
            [2.0 * (b * d + a * c) * qfac, 2.0 * (c * d - a * b) * qfac, (a * a + d * d - c * c - b * b) * qfac];
        for (got, want) in first.iter().chain(&third).zip([-1.0, 0.0, 0.0, 0.0, -1.0, 0.0]) {
            assert!((got - want).abs() < 1e-6, "{first:?} {third:?}");
        }
    }

    #[test]
    fn fractions_and_large_values_are_floats() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nii");
        let mut v = coronal();
        v.rescale[1].slope = 0.5;
        assert_eq!(write_volume(&v, &path).unwrap(), VoxelType::Float32);
        assert_eq!(float(&std::fs::read(&path).unwrap(), 352 + 4 * 7), 3.5);
        v.rescale[1] = Rescale { slope: 10_000.0, intercept: 0.0 };
        assert_eq!(write_volume(&v, &path).unwrap(), VoxelType::Float32);
    }

    #[test]
    fn compressed_is_the_same_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.nii", "b.nii.gz", "c.NII.GZ"] {
            write_volume(&coronal(), &at(name)).unwrap();
        }
        assert_eq!(std::fs::read(at("b.nii.gz")).unwrap(), std::fs::read(at("c.NII.GZ")).unwrap());
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(File::open(at("b.nii.gz")).unwrap()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, std::fs::read(at("a.nii")).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn what_cannot_be_written_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.nii");
        let mut v = coronal();
        assert!(matches!(write_volume(&v, &folder.path().join("a.png")), Err(NiftiError::Name(_))));
        v.slices[1] = std::sync::OnceLock::new();
        assert!(matches!(write_volume(&v, &path), Err(NiftiError::NotRead { slice: 2 })));
        v.slices[1] = SliceData::Rgb8(vec![0; 18].into()).into();
        assert!(matches!(write_volume(&v, &path), Err(NiftiError::Colour)));
        v.is_volume = false;
        assert!(matches!(write_volume(&v, &path), Err(NiftiError::NotAVolume)));
        assert!(matches!(write_mask(&v.grid, [1u8; 11], &path), Err(NiftiError::MaskSize { needed: 12, found: 11 })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write_mask(&v.grid, (0..12).map(|n| n % 2), &path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((short(&bytes, 70), &bytes[352..356]), (2, [0u8, 1, 0, 1].as_slice()));
    }
}
