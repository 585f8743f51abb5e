"""Joins images that show one photograph to one group, as src/training/dataset/groups.ts does.

The lit disc of a fundus and its rim are alike in all of them, so only the fine structure of the picture's middle counts.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

from cataract.data import Example

from . import fundus

SIDE = 32
RIM = 0.18
WINDOW = 5
CORRELATION = 0.9


def structure(pixels: np.ndarray) -> np.ndarray:
    """Grey middle of the picture less its local mean: float32 [SIDE, SIDE]."""
    pixels = fundus.cropped(pixels)
    height, width = pixels.shape[:2]
    y, x = int(height * RIM), int(width * RIM)
    middle = Image.fromarray(pixels[y : height - y, x : width - x]).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    grey = np.asarray(middle, np.float32)
    return grey - uniform_filter(grey, WINDOW, mode="reflect")


def turned(views: np.ndarray) -> np.ndarray:
    """Zero mean and unit length in all 8 rotations and mirror images: float32 [8, n, SIDE * SIDE]."""
    flat = np.stack([np.rot90(v, k, axes=(1, 2)).reshape(len(views), -1) for v in (views, views[:, :, ::-1]) for k in range(4)])
    flat = flat - flat.mean(-1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-6)


def join(examples: list[Example]) -> list[Example]:
    """The same examples; a look-alike pair shares the group that sorts first."""
    views = turned(np.stack([structure(e.pixels) for e in examples]))
    best = np.max([v @ views[0].T for v in views], axis=0)
    name = {e.group: e.group for e in examples}

    def root(group: str) -> str:
        return group if name[group] == group else root(name[group])

    for i, j in zip(*np.nonzero(np.triu(best >= CORRELATION, 1)), strict=True):
        low, high = sorted((root(examples[i].group), root(examples[j].group)))
        name[high] = low
    return [dataclasses.replace(e, group=root(e.group)) for e in examples]
