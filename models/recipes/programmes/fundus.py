"""Preparation of fundus photographs, pixel by pixel as src/workers/{disc-box,equalise}.ts do it when serving."""

from __future__ import annotations

import numpy as np
from PIL import Image

from cataract.data import SIDE, squash

LIT = 16
LIT_SHARE = 0.02
SIDE_SHARE = 0.3
RIM_SHARE = 0.02
TILES = 8
CLIP = 2


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Rec. 601 in 1/256: uint8 [..., 3] to int32 [...]."""
    p = pixels.astype(np.int32)
    return (77 * p[..., 0] + 150 * p[..., 1] + 29 * p[..., 2]) >> 8


def disc_box(pixels: np.ndarray) -> tuple[float, float, float, float] | None:
    """Lit disc of a whole picture squeezed to [SIDE, SIDE, 3] as (left, top, right, bottom) in shares; None without a frame."""
    lit = luminance(pixels) >= LIT
    rows, columns = lit.sum(1) >= SIDE * LIT_SHARE, lit.sum(0) >= SIDE * LIT_SHARE
    if not rows.any() or not columns.any():
        return None
    top, bottom = int(np.argmax(rows)), SIDE - int(np.argmax(rows[::-1]))
    left, right = int(np.argmax(columns)), SIDE - int(np.argmax(columns[::-1]))
    rim = max(left, top, SIDE - right, SIDE - bottom) / SIDE
    if min(right - left, bottom - top) / SIDE < SIDE_SHARE or rim < RIM_SHARE:
        return None
    return left / SIDE, top / SIDE, right / SIDE, bottom / SIDE


def cropped(pixels: np.ndarray) -> np.ndarray:
    """The picture without its black frame, at its own resolution."""
    box = disc_box(squash(pixels))
    if box is None:
        return pixels
    height, width = pixels.shape[:2]
    left, top = rounded(box[0] * width), rounded(box[1] * height)
    right, bottom = max(left + 1, rounded(box[2] * width)), max(top + 1, rounded(box[3] * height))
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def rounded(value: float) -> int:
    """As JavaScript rounds: halves go up."""
    return int(np.floor(value + 0.5))


def equalised(pixels: np.ndarray) -> np.ndarray:
    """CLAHE of the luminance; each channel is shifted by what the luminance gained. uint8 [h, w, 3]."""
    height, width = pixels.shape[:2]
    level = luminance(pixels)
    tables = np.stack([table(level[rows, columns]) for rows in edges(height) for columns in edges(width)]).reshape(TILES, TILES, 256)
    top, bottom, down = between(height)
    left, right, across = between(width)

    def at(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return tables[rows[:, None], columns[None, :], level].astype(np.float64)

    upper = at(top, left) * (1 - across) + at(top, right) * across
    lower = at(bottom, left) * (1 - across) + at(bottom, right) * across
    new = np.floor(upper * (1 - down[:, None]) + lower * down[:, None] + 0.5).astype(np.int32)
    return np.clip(pixels.astype(np.int32) + (new - level)[..., None], 0, 255).astype(np.uint8)


def edges(length: int) -> list[slice]:
    return [slice(t * length // TILES, (t + 1) * length // TILES) for t in range(TILES)]


def table(level: np.ndarray) -> np.ndarray:
    """Clipped histogram of one tile, summed up: uint8 [256]."""
    counts, area = np.bincount(level.ravel(), minlength=256), level.size
    limit = max(1, CLIP * area // 256)
    cut = int(np.maximum(0, counts - limit).sum())
    share, rest = divmod(cut, 256)
    steps = np.arange(257) * rest // 256
    total = np.cumsum(np.minimum(counts, limit) + share + np.diff(steps))
    return ((total * 255 + (area >> 1)) // area).astype(np.uint8)


def between(length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two nearest tile centres of each pixel and how far it lies between them."""
    place = (np.arange(length) + 0.5) * TILES / length - 0.5
    first = np.floor(place).astype(int)
    return np.clip(first, 0, TILES - 1), np.clip(first + 1, 0, TILES - 1), place - first


def serving_view(pixels: np.ndarray) -> np.ndarray:
    """What the networks see of a decoded photograph: uint8 [SIDE, SIDE, 3]."""
    return equalised(np.asarray(Image.fromarray(squash(cropped(pixels)))))
