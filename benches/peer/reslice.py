"""Times vtkImageReslice: `python reslice.py [RUNS]`, after `pip install vtk numpy`.

The volume is that of benches/reslice.rs: 512 x 512 x 120 int16 at 0.75 x 0.75 x 3 mm. A section of 512 x 512 pixels
of 0.7 mm lies obliquely through its middle; linear interpolation, two threads. Prints JSON: median ms for each angle.
"""

import json
import math
import sys
import time

import numpy as np
import vtk
from vtk.util import numpy_support

COLUMNS, ROWS, SLICES = 512, 512, 120
SPACING = (0.75, 0.75, 3.0)
SIZE, PIXEL = 512, 0.7
ANGLES = (10, 25, 40, 60, 80)


def volume():
    k, j, i = np.meshgrid(np.arange(SLICES), np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    noise = np.random.default_rng(1).integers(0, 64, size=k.shape)
    voxels = (i // 4 + j // 3 - 3 * k + noise).astype(np.int16)
    image = vtk.vtkImageData()
    image.SetDimensions(COLUMNS, ROWS, SLICES)
    image.SetSpacing(*SPACING)
    image.GetPointData().SetScalars(numpy_support.numpy_to_vtk(voxels.ravel(), deep=True, array_type=vtk.VTK_SHORT))
    return image


def turned(angle):
    """The directions of the section as columns, and the middle of the volume."""
    axis = np.array([1.0, 0.4, 0.2])
    x, y, z = axis / np.linalg.norm(axis)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    unit = np.array([x, y, z])
    rotation = c * np.eye(3) + s * cross + (1 - c) * np.outer(unit, unit)
    middle = [(n - 1) / 2 * step for n, step in zip((COLUMNS, ROWS, SLICES), SPACING)]
    return rotation, middle


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 201
    vtk.vtkMultiThreader.SetGlobalMaximumNumberOfThreads(2)
    vtk.vtkSMPTools.Initialize(2)
    image = volume()
    medians = {}
    for angle in ANGLES:
        rotation, middle = turned(angle)
        axes = vtk.vtkMatrix4x4()
        for row in range(3):
            for column in range(3):
                axes.SetElement(row, column, rotation[row, column])
            axes.SetElement(row, 3, middle[row])
        reslice = vtk.vtkImageReslice()
        reslice.SetInputData(image)
        reslice.SetResliceAxes(axes)
        reslice.SetInterpolationModeToLinear()
        reslice.SetOutputDimensionality(2)
        reslice.SetOutputSpacing(PIXEL, PIXEL, 1)
        reslice.SetOutputOrigin(-(SIZE - 1) / 2 * PIXEL, -(SIZE - 1) / 2 * PIXEL, 0)
        reslice.SetOutputExtent(0, SIZE - 1, 0, SIZE - 1, 0, 0)
        reslice.SetNumberOfThreads(2)
        times = []
        for _ in range(runs):
            reslice.Modified()
            start = time.perf_counter()
            reslice.Update()
            times.append((time.perf_counter() - start) * 1000)
        medians[str(angle)] = round(sorted(times)[len(times) // 2], 3)
    print(json.dumps({"vtk": vtk.vtkVersion.GetVTKVersion(), "median_ms": medians}))


if __name__ == "__main__":
    main()
