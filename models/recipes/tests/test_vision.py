"""A small transformer with random weights, held against the same in torch."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest
import torch
from clip import vision

SHAPE = vision.Shape(side=64, patch=16, width=48, layers=3, heads=4)
EMBEDDING = 20


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    width, wide = SHAPE.width, 4 * SHAPE.width

    def normal(*size: int, scale: float = 0.15) -> np.ndarray:
        return random.normal(0, scale, size).astype(np.float32)

    made = {"conv1.weight": normal(width, 3, SHAPE.patch, SHAPE.patch), "cls": normal(width), "pos": normal(SHAPE.patches + 1, width), "proj": normal(width, EMBEDDING)}
    norms = ["ln_pre", "ln_post"] + [f"blocks.{i}.{name}" for i in range(SHAPE.layers) for name in ("ln_1", "ln_2")]
    for name in norms:
        made |= {f"{name}.weight": 1 + normal(width), f"{name}.bias": normal(width)}
    for i in range(SHAPE.layers):
        for name, rows, columns in (("qkv", 3 * width, width), ("out", width, width), ("fc", wide, width), ("proj", width, wide)):
            made |= {f"blocks.{i}.{name}.weight": normal(rows, columns), f"blocks.{i}.{name}.bias": normal(rows)}
    return made


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (9, SHAPE.side, SHAPE.side, 3), np.uint8)


def in_torch(weights: dict[str, np.ndarray], pixels: np.ndarray) -> np.ndarray:
    at = {name: torch.from_numpy(value) for name, value in weights.items()}
    functional = torch.nn.functional

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.layer_norm(x, x.shape[-1:], at[f"{name}.weight"], at[f"{name}.bias"])

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(x, at[f"{name}.weight"], at[f"{name}.bias"])

    normalised = ((pixels / 255 - vision.MEAN) / vision.STD).astype(np.float32).transpose(0, 3, 1, 2).copy()
    x = functional.conv2d(torch.from_numpy(normalised), at["conv1.weight"], stride=SHAPE.patch).flatten(2).transpose(1, 2)
    x = norm(torch.cat([at["cls"].expand(len(x), 1, -1), x], 1) + at["pos"], "ln_pre")
    for i in range(SHAPE.layers):
        own = f"blocks.{i}."
        n, tokens, width = x.shape
        query, key, value = linear(norm(x, own + "ln_1"), own + "qkv").reshape(n, tokens, 3, SHAPE.heads, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value)
        x = x + linear(attended.transpose(1, 2).reshape(n, tokens, width), own + "out")
        wide = linear(norm(x, own + "ln_2"), own + "fc")
        x = x + linear(wide * torch.sigmoid(1.702 * wide), own + "proj")
    return (norm(x[:, 0], "ln_post") @ at["proj"]).numpy()


def run(model, pixels: np.ndarray, batch: int, threads: int = 1) -> np.ndarray:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"pixels": pixels[i : i + batch]})[0] for i in range(0, len(pixels), batch)])


def test_fp32_is_what_torch_computes(weights, pixels):
    assert np.abs(run(vision.network(weights, SHAPE), pixels, 4) - in_torch(weights, pixels)).max() < 1e-4


def test_int8_is_near_and_needs_its_ranges(weights, pixels):
    ranges = vision.measure(weights, pixels, SHAPE)
    wanted, found = in_torch(weights, pixels), run(vision.network(weights, SHAPE, ranges), pixels, 1)
    cosine = (wanted * found).sum(1) / np.linalg.norm(wanted, axis=1) / np.linalg.norm(found, axis=1)
    assert cosine.min() > 0.999
    with pytest.raises(KeyError):
        vision.network(weights, SHAPE, {})


@pytest.mark.parametrize("threads", [1, 2])
def test_neighbours_change_nothing(weights, pixels, threads):
    for ranges in (None, vision.measure(weights, pixels, SHAPE)):
        model = vision.network(weights, SHAPE, ranges)
        alone = run(model, pixels, 1, threads)
        order = np.random.default_rng(1).permutation(len(pixels))
        found = run(model, pixels[order], 8, threads)
        # Sums of fp32 may be made in another order where a batch is larger; those of integers are exact.
        tolerance = 1e-5 if ranges is None else 0
        assert np.abs(found - alone[order]).max() <= tolerance


def test_a_head_gives_one_number(weights, pixels):
    head = np.linspace(-1, 1, EMBEDDING)
    found = run(vision.network(weights, SHAPE, head=head), pixels, 9)
    assert np.abs(found[:, 0] - in_torch(weights, pixels) @ head).max() < 1e-3
