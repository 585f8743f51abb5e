"""Images, labels, groups and folds of the cataract_eye set."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.model_selection import StratifiedGroupKFold

SIDE = 224
LABELS = ("normal", "cataract")
POSITIVE = "cataract"
SMALL_SIDE = 200
"""Pixels of the longest side below which an image counts as small in the subgroup figures."""


@dataclass(frozen=True)
class Example:
    """One labelled image. `pixels` is uint8 [height, width, 3], RGB; `group` never crosses a fold."""

    sha256: str
    label: int
    split: str
    group: str
    pixels: np.ndarray

    @property
    def longest_side(self) -> int:
        return max(self.pixels.shape[:2])


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_pixels(path: Path) -> np.ndarray:
    """Decoded image, uint8 [height, width, 3], RGB."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def squash(pixels: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The serving view: uint8 [side, side, 3], Catmull-Rom with antialiasing, no crop and no letterbox."""
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC))


def load(folder: Path, splits: tuple[str, ...]) -> list[Example]:
    """Examples of the named splits in the order of their digests, look-alikes joined to one group."""
    with (folder / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] in splits]
    examples = [
        Example(
            sha256=sha256_of(folder / row["file"]),
            label=LABELS.index(row["label"]),
            split=row["split"],
            group=row["group"],
            pixels=read_pixels(folder / row["file"]),
        )
        for row in rows
    ]
    return join_lookalikes(sorted(examples, key=lambda e: e.sha256))


def folder_images(folder: Path, splits: tuple[str, ...]) -> np.ndarray:
    """Serving views of another set's images, uint8 [n, 224, 224, 3]."""
    with (folder / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] in splits]
    return np.stack([squash(read_pixels(folder / row["file"])) for row in sorted(rows, key=lambda r: r["file"])])


def views(examples: list[Example]) -> np.ndarray:
    """Serving views, uint8 [n, 224, 224, 3]."""
    return np.stack([squash(e.pixels) for e in examples])


def labels(examples: list[Example]) -> np.ndarray:
    """1 = cataract, 0 = normal; int64 [n]."""
    return np.array([e.label for e in examples])


def groups(examples: list[Example]) -> np.ndarray:
    """Group names [n]."""
    return np.array([e.group for e in examples])


def files_digest(examples: list[Example]) -> str:
    """One digest of a set of images: over their sorted digests, a line each."""
    return hashlib.sha256("".join(f"{s}\n" for s in sorted(e.sha256 for e in examples)).encode()).hexdigest()


def thumbnails(examples: list[Example], side: int = 24) -> np.ndarray:
    """Grey thumbnails with zero mean and unit length in all 8 rotations and flips, float32 [8, n, side * side]."""
    grey = np.stack(
        [np.asarray(Image.fromarray(e.pixels).convert("L").resize((side, side), Image.Resampling.BOX), np.float32) for e in examples]
    )
    turned = [np.rot90(g, k, axes=(1, 2)) for g in (grey, grey[:, :, ::-1]) for k in range(4)]
    flat = np.stack([t.reshape(len(examples), -1) for t in turned])
    flat = flat - flat.mean(-1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-6)


def lookalike_pairs(examples: list[Example], correlation: float = 0.95) -> list[tuple[int, int]]:
    """Pairs whose thumbnails correlate at least this much in some rotation or flip."""
    turned = thumbnails(examples)
    best = np.max([t @ turned[0].T for t in turned], axis=0)
    first, second = np.nonzero(np.triu(best >= correlation, 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def join_lookalikes(examples: list[Example]) -> list[Example]:
    """The same examples; a look-alike pair shares the group that sorts first."""
    name = {e.group: e.group for e in examples}

    def root(group: str) -> str:
        return group if name[group] == group else root(name[group])

    for i, j in lookalike_pairs(examples):
        low, high = sorted((root(examples[i].group), root(examples[j].group)))
        name[high] = low
    return [Example(e.sha256, e.label, e.split, root(e.group), e.pixels) for e in examples]


def fold_numbers(examples: list[Example], folds: int, seed: int) -> np.ndarray:
    """Fold of each example, int64 [n]; groups stay whole, label shares are kept."""
    fold = np.zeros(len(examples), np.int64)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for k, (_, left_out) in enumerate(splitter.split(fold, labels(examples), groups(examples))):
        fold[left_out] = k
    return fold
