"""Writes a CT of 512 x 512 x 120 in every transfer syntax: what `cargo bench --bench loading` reads.

    benches/peer/setup FOLDER/venv
    cargo bench --bench loading -- voxels FOLDER/voxels
    FOLDER/venv/bin/python benches/peer/write.py FOLDER/voxels FOLDER/ct

The voxels are the sample study's on a fine grid, with noise of 11 HU in every pixel. One folder for each syntax; all of
them hold the same values.
"""

import pathlib
import sys
import zlib

# GDCM puts a zlib of its own in the place of Python's; what was called before is not replaced.
packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
packer.compress(b"a")
packer.flush()

import gdcm
import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

SIZE = 512
ROOT = "1.2.826.0.1.3680043.10.543"


def header(k, syntax):
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
    ds.Rows = ds.Columns = SIZE
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    return ds


def with_gdcm(explicit, path, syntax):
    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(explicit))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    assert change.Change(), path
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write(), path


PLAIN = {"explicit": "1.2.840.10008.1.2.1", "deflated": "1.2.840.10008.1.2.1.99"}
CODED = {
    # Any process 14 but SV1: predicted from left, above and the corner between (selection value 6).
    "jpeg_lossless_14": (
        "1.2.840.10008.1.2.4.57",
        lambda hu: imagecodecs.jpeg8_encode(hu.view(np.uint16), lossless=True, predictor=6, bitspersample=16),
    ),
    "jpeg_ls": ("1.2.840.10008.1.2.4.80", lambda hu: imagecodecs.jpegls_encode(hu.view(np.uint16))),
    "htj2k": ("1.2.840.10008.1.2.4.201", lambda hu: imagecodecs.htj2k_encode(hu, reversible=True)),
    "jpeg_xl": (
        "1.2.840.10008.1.2.4.110",
        lambda hu: imagecodecs.jpegxl_encode(hu.view(np.uint16), lossless=True, effort=3),
    ),
}
WITH_GDCM = {
    "rle": gdcm.TransferSyntax.RLELossless,
    "jpeg_lossless_sv1": gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    "jpeg_2000": gdcm.TransferSyntax.JPEG2000Lossless,
}


def write(kind, voxels, folder):
    (folder / kind).mkdir(parents=True)
    for k, hu in enumerate(np.fromfile(voxels, np.int16).reshape(-1, SIZE, SIZE)):
        path = folder / kind / f"{k:04}.dcm"
        if kind in PLAIN:
            ds = header(k, PLAIN[kind])
            ds.PixelData = hu.tobytes()
            ds["PixelData"].VR = "OW"
            pydicom.dcmwrite(path, ds, enforce_file_format=True)
        elif kind in CODED:
            uid, encode = CODED[kind]
            ds = header(k, uid)
            ds.PixelData = encapsulate([encode(hu)])
            ds["PixelData"].VR = "OB"
            ds["PixelData"].is_undefined_length = True
            # Its layout is named, for pydicom does not know JPEG XL.
            pydicom.dcmwrite(path, ds, implicit_vr=False, little_endian=True, force_encoding=True)
        else:
            with_gdcm(folder / "explicit" / path.name, path, WITH_GDCM[kind])


if __name__ == "__main__":
    for kind in [*PLAIN, *CODED, *WITH_GDCM]:
        write(kind, pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
