"""Views of an image for training: geometry as the programme allows, the rest as in the cataract recipe, then what serving does."""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from cataract import augment
from cataract.data import SIDE, Example, squash

from . import fundus
from .programme import Programme


def all_views(example: Example, programme: Programme, count: int, seed: int) -> np.ndarray:
    """uint8 [count, SIDE, SIDE, 3]; view 0 is the serving view."""
    if programme.prepare != "none":
        example = dataclasses.replace(example, pixels=fundus.cropped(example.pixels))
    views = [squash(example.pixels), *(one_view(example, programme, k, seed) for k in range(1, count))]
    return np.stack([fundus.equalised(v) for v in views] if programme.prepare == "fundus" else views)


def one_view(example: Example, programme: Programme, view: int, seed: int) -> np.ndarray:
    rng = augment.view_seed(seed, example.sha256, view)
    image = geometry(Image.fromarray(example.pixels), rng, programme)
    image = augment.resolution(image, rng).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(augment.jpeg(augment.colour(augment.blur(image, rng), rng), rng))


def geometry(image: Image.Image, rng: np.random.Generator, programme: Programme) -> Image.Image:
    """Mirror, turn, crop and aspect within the programme's limits: a foot's arch is an angle, an eye has none."""
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    border = tuple(int(v) for v in np.asarray(image).reshape(-1, 3).mean(0))
    image = image.rotate(rng.uniform(-programme.turn, programme.turn), Image.Resampling.BILINEAR, fillcolor=border)
    area, aspect = rng.uniform(programme.area, 1), np.exp(rng.uniform(-programme.aspect, programme.aspect))
    width = image.width * min(1.0, np.sqrt(area * aspect))
    height = image.height * min(1.0, np.sqrt(area / aspect))
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    size = max(8, round(width)), max(8, round(height))
    return image.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
