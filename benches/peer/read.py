"""Reads a series with SimpleITK for benches/loading.rs: prints seconds, slices, bytes of voxels, peak memory."""

import resource
import sys
import time

import SimpleITK as sitk


def main(kind, folder=None):
    seconds, slices, size = 0.0, 0, 0
    if kind == "once":
        sitk.ProcessObject.SetGlobalWarningDisplay(False)
        start = time.perf_counter()
        try:
            names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(folder)
            reader = sitk.ImageSeriesReader()
            reader.SetFileNames(names)
            image = reader.Execute()
            seconds, slices = time.perf_counter() - start, image.GetDepth()
            size = image.GetNumberOfPixels() * image.GetSizeOfPixelComponent()
        except RuntimeError:
            pass  # a syntax it does not read: no slices
    print(seconds, slices, size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


main(*sys.argv[1:])
