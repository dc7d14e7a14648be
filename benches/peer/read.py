"""Reads a series with SimpleITK for benches/loading.rs: prints wall seconds, CPU seconds, slices, bytes of voxels,
peak memory in bytes, and a sum that says which voxels they are."""

import resource
import sys
import time

import SimpleITK as sitk


def main(kind, folder=None):
    image, wall, cpu = None, 0.0, 0.0
    if kind == "once":
        sitk.ProcessObject.SetGlobalWarningDisplay(False)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(folder)
            reader = sitk.ImageSeriesReader()
            reader.SetFileNames(names)
            image = reader.Execute()
        except RuntimeError:
            pass  # a syntax it does not read: no slices
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    slices, size, total = 0, 0, 0
    if image is not None:
        import numpy as np

        values = sitk.GetArrayViewFromImage(image)
        slices, size = image.GetDepth(), values.nbytes
        total = sum(int((s.ravel().astype(np.int64) * (np.arange(s.size) % 251 + k)).sum()) for k, s in enumerate(values))
    print(wall, cpu, slices, size, peak, total)


main(*sys.argv[1:])
