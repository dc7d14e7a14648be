"""Times the `edt` package from PyPI on the shapes of `cargo bench --bench one_click -- distances`, with two threads.

    VENV/bin/pip install numpy edt
    VENV/bin/python benches/peer/distances.py
"""

import time

import edt
import numpy as np

K, J, I = np.meshgrid(np.arange(160), np.arange(256), np.arange(256), indexing="ij")


def ball(i, j, k, r):
    return (I - i) ** 2 + (J - j) ** 2 + (K - k) ** 2 < r * r


N = (K * 65536 + J * 256 + I).astype(np.uint64)
SHAPES = {
    "inside a ball": ball(128, 120, 80, 70),
    "from scattered points": (N * np.uint64(2654435761)) % np.uint64(100003) >= 40,
    "around two balls": ~(ball(100, 120, 80, 30) | ball(160, 150, 90, 15)),
}
for name, shape in SHAPES.items():
    voxels, times = np.ascontiguousarray(shape).astype(np.uint8), []
    for _ in range(9):
        start = time.perf_counter()
        far = edt.edt(voxels, anisotropy=(2.5, 0.7, 0.8), black_border=False, parallel=2)
        times.append(time.perf_counter() - start)
    print(f"{name}: median {sorted(times)[4]:.3f} s, sum {far.astype(np.float64).sum():.0f} mm")
