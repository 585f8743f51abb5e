"""Small made-up eyes, so that the tests need no data set; set CATARACT_EYE to its folder to check the real folds too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cataract import data  # noqa: E402


def eye(seed: int) -> np.ndarray:
    """uint8 [120, 160, 3]: smooth skin, an iris and a pupil that is cloudy for odd seeds."""
    rng = np.random.default_rng(seed)
    skin = np.repeat(np.repeat(rng.integers(90, 220, (6, 8, 3)), 20, 0), 20, 1).astype(np.float32)
    y, x = np.ogrid[:120, :160]
    from_middle = (y - rng.integers(50, 70)) ** 2 + (x - rng.integers(70, 90)) ** 2
    skin[from_middle < 38**2] = rng.integers(40, 140, 3)
    skin[from_middle < 16**2] = 210 if seed % 2 else 15
    return np.clip(skin + rng.normal(0, 6, skin.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="package")
def examples() -> list[data.Example]:
    torch.set_num_threads(2)
    return [data.Example(f"{i + 1:064x}", i % 2, "train", f"g{i}", eye(i)) for i in range(16)]


@pytest.fixture(scope="package")
def real() -> list[data.Example]:
    folder = os.environ.get("CATARACT_EYE")
    if not folder:
        pytest.skip("CATARACT_EYE is not set")
    return data.load(Path(folder), ("train", "val", "test"))
