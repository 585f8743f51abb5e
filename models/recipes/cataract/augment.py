"""Augmented views: geometry, blur, resolution, light, colour and JPEG, all from a seed per image and view."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from .data import SIDE, Example, squash


def view_seed(seed: int, sha256: str, view: int) -> np.random.Generator:
    """A generator that depends on nothing but the recipe's seed, the image and the view's number."""
    return np.random.default_rng([seed, int(sha256[:12], 16), view])


def augmented(example: Example, view: int, seed: int) -> np.ndarray:
    """View 0 is the serving view, the others are random; uint8 [224, 224, 3]."""
    if view == 0:
        return squash(example.pixels)
    rng = view_seed(seed, example.sha256, view)
    image = geometry(Image.fromarray(example.pixels), rng)
    image = resolution(image, rng)
    image = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    image = blur(image, rng)
    image = colour(image, rng)
    return np.asarray(jpeg(image, rng))


def geometry(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Rotation within 20 degrees, a crop of 72 to 100 % of the area, aspect within 15 %, mirror."""
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    border = tuple(int(v) for v in np.asarray(image).reshape(-1, 3).mean(0))
    image = image.rotate(rng.uniform(-20, 20), Image.Resampling.BILINEAR, fillcolor=border)
    area, aspect = rng.uniform(0.72, 1), np.exp(rng.uniform(-0.15, 0.15))
    width = image.width * min(1.0, np.sqrt(area * aspect))
    height = image.height * min(1.0, np.sqrt(area / aspect))
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    return image.resize((SIDE * 2, SIDE * 2) if min(image.size) > SIDE * 2 else (max(8, round(width)), max(8, round(height))),
                        Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))


def resolution(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Half of the views lose resolution to a side of 48 to 224 px, so that sharpness says nothing of the class."""
    if rng.random() < 0.5:
        side = int(np.exp(rng.uniform(np.log(48), np.log(SIDE))))
        kernel = Image.Resampling(int(rng.choice([Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX])))
        image = image.resize((min(side, image.width), min(side, image.height)), kernel)
    return image


def blur(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Gaussian blur (p .2) and horizontal or vertical motion blur (p .15)."""
    if rng.random() < 0.2:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2)))
    if rng.random() < 0.15:
        line = np.zeros((5, 5))
        line[2, :] = 1
        kernel = line if rng.random() < 0.5 else line.T
        image = image.filter(ImageFilter.Kernel((5, 5), kernel.ravel().tolist(), 5))
    return image


def colour(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Brightness and contrast within 30 %, saturation within 40 %, each channel within 8 %; grey at p .1."""
    x = np.asarray(image, np.float32)
    x = x * rng.uniform(0.7, 1.3)
    x = (x - x.mean()) * rng.uniform(0.7, 1.3) + x.mean()
    grey = x.mean(-1, keepdims=True)
    x = grey + (x - grey) * (0.0 if rng.random() < 0.1 else rng.uniform(0.6, 1.4))
    x = x * rng.uniform(0.92, 1.08, 3).astype(np.float32)
    return Image.fromarray(np.clip(np.rint(x), 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """JPEG of quality 25 to 80 (p .2)."""
    if rng.random() >= 0.2:
        return image
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(rng.integers(25, 81)))
    return Image.open(buffer).convert("RGB")


def all_views(examples: list[Example], count: int, seed: int) -> np.ndarray:
    """uint8 [n, count, 224, 224, 3]; view 0 of each image is the serving view."""
    out = np.empty((len(examples), count, SIDE, SIDE, 3), np.uint8)
    for i, example in enumerate(examples):
        for view in range(count):
            out[i, view] = augmented(example, view, seed)
    return out
