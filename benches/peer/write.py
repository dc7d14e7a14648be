"""Writes a CT of 512 x 512 x 120 in every transfer syntax: what `cargo bench --bench loading` reads.

    benches/peer/setup FOLDER/venv
    FOLDER/venv/bin/python benches/peer/write.py FOLDER/ct [SLICES]

One folder for each syntax; the voxels of all lossless ones are the same. A body with organs, bone and air, and
noise of 12 HU whose grain is that of a soft kernel: noise is what a lossless coder spends its bits on.
"""

import pathlib
import sys

import gdcm
import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

SIZE = 512
ROOT = "1.2.826.0.1.3680043.10.543"


def slice_hu(k, slices, rng):
    """One slice in HU: an ellipse with liver, spine, bowel gas and vessels."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    z = k / max(slices - 1, 1) - 0.5
    inside = lambda cx, cy, rx, ry: ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
    hu = np.full((SIZE, SIZE), -1000.0, np.float32)
    hu[inside(256, 262, 205 - 30 * z * z, 150)] = -95  # fat
    hu[inside(256, 262, 188 - 30 * z * z, 133)] = 45  # muscle
    hu[inside(190 + 10 * z, 245, 105 - 60 * abs(z), 85)] = 105  # liver
    hu[inside(340, 240, 40, 55 - 40 * abs(z))] = 125  # spleen
    hu[inside(256, 340, 34, 28)] = 380  # spine
    hu[inside(256, 340, 26, 20)] = 190
    hu[inside(262, 297, 12, 12)] = 210  # aorta
    for n in range(9):
        cx, cy = 250 + 75 * np.sin(5 * n + 9 * z), 215 + 40 * np.cos(3 * n + 7 * z)
        hu[inside(cx, cy, 9, 7)] = -850 if n % 3 == 0 else 60  # bowel
    noise = rng.standard_normal((SIZE + 2, SIZE + 2)).astype(np.float32)
    for axis in (0, 1):
        a = [np.roll(noise, s, axis) for s in (-1, 0, 1)]
        noise = 0.25 * a[0] + 0.5 * a[1] + 0.25 * a[2]
    noise = noise[1:-1, 1:-1]
    hu += noise / noise.std() * np.where(hu < -900, 6, 12)
    return np.clip(np.round(hu), -1024, 3071).astype(np.int16)


def header(k, syntax, pixels):
    ds = Dataset()
    ds.preamble, ds.file_meta = bytes(128), FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.FileMetaInformationVersion, ds.file_meta.ImplementationClassUID = b"\0\1", f"{ROOT}.9"
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = f"{ROOT}.3.{k + 1}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = f"{ROOT}.1", f"{ROOT}.2", f"{ROOT}.4"
    ds.ImageType, ds.Modality, ds.PatientID, ds.PatientName = ["ORIGINAL", "PRIMARY", "AXIAL"], "CT", "BENCH", "Bench"
    ds.StudyDate, ds.SeriesDescription, ds.SeriesNumber, ds.InstanceNumber = "20250101", "Bench", 1, k + 1
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-180, -180, 1.25 * k], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.703125, 0.703125], 1.25
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "HU"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = pixels.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    return ds


def codestream(kind, hu):
    words = hu.view(np.uint16)
    match kind:
        case "jpeg_ls":
            return imagecodecs.jpegls_encode(words)
        case "htj2k":
            return imagecodecs.htj2k_encode(hu, reversible=True)
        case "jpeg_xl":
            return imagecodecs.jpegxl_encode(words, lossless=True, effort=3)
    raise ValueError(kind)


UIDS = {
    "explicit": ExplicitVRLittleEndian,
    "jpeg_ls": "1.2.840.10008.1.2.4.80",
    "htj2k": "1.2.840.10008.1.2.4.201",
    "jpeg_xl": "1.2.840.10008.1.2.4.110",
}
WITH_GDCM = {
    "rle": gdcm.TransferSyntax.RLELossless,
    "jpeg_lossless": gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    "jpeg_2000": gdcm.TransferSyntax.JPEG2000Lossless,
}


def main(folder, slices):
    rng = np.random.default_rng(20250101)
    for k in range(slices):
        hu = slice_hu(k, slices, rng)
        for kind, uid in UIDS.items():
            ds = header(k, uid, hu)
            ds.PixelData = hu.tobytes() if kind == "explicit" else encapsulate([codestream(kind, hu)])
            ds["PixelData"].VR = "OW" if kind == "explicit" else "OB"
            ds["PixelData"].is_undefined_length = kind != "explicit"
            path = folder / kind / f"{k:04}.dcm"
            path.parent.mkdir(parents=True, exist_ok=True)
            pydicom.dcmwrite(path, ds, implicit_vr=False, little_endian=True, force_encoding=True)
        for kind, syntax in WITH_GDCM.items():
            reader = gdcm.ImageReader()
            reader.SetFileName(str(folder / "explicit" / f"{k:04}.dcm"))
            assert reader.Read()
            change = gdcm.ImageChangeTransferSyntax()
            change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
            change.SetInput(reader.GetImage())
            assert change.Change(), kind
            writer = gdcm.ImageWriter()
            path = folder / kind / f"{k:04}.dcm"
            path.parent.mkdir(parents=True, exist_ok=True)
            writer.SetFileName(str(path))
            writer.SetFile(reader.GetFile())
            writer.SetImage(change.GetOutput())
            assert writer.Write(), kind


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 120)
