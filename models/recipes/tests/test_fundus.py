"""The same golden values as in src/workers/fundus.test.ts: what is trained on is what is served."""

import hashlib

import numpy as np
import pytest
from programmes import fundus


def synthetic(width, height):
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    return np.stack([(x * 5 + y * 3) % 256, (x * y // 7) % 256, ((x * x + y * y) // 11) % 200], -1).astype(np.uint8)


def framed(left, top, right, bottom):
    pixels = np.full((224, 224, 3), 3, np.uint8)
    pixels[top:bottom, left:right] = 120
    return pixels


@pytest.mark.parametrize(
    ("width", "height", "sha256"),
    [
        (224, 224, "558d9c122e99a03ba94766e161999bc80294522608342b7be8039d210b408f9e"),
        (97, 61, "82cc980f728d6a77d49dbe13aa44ca4da41e8bf8eb90dc60754cbf5ce34df441"),
        (16, 9, "d1e4fab070bff5039447ca9c3f1e5fbd20e387de7fb97644f4a84b2ce5b8ca92"),
    ],
)
def test_equalised_is_what_serving_makes(width, height, sha256):
    assert hashlib.sha256(fundus.equalised(synthetic(width, height)).tobytes()).hexdigest() == sha256


@pytest.mark.parametrize("corners", [(0, 0, 0, 0), (80, 80, 147, 147), (4, 4, 220, 220), (0, 0, 224, 224)])
def test_without_a_frame_there_is_no_box(corners):
    assert fundus.disc_box(framed(*corners)) is None


@pytest.mark.parametrize("corners", [(30, 10, 200, 224), (5, 0, 224, 224), (80, 80, 148, 148)])
def test_the_box_is_the_lit_part(corners):
    assert fundus.disc_box(framed(*corners)) == tuple(edge / 224 for edge in corners)


def test_the_box_of_a_disc():
    y, x = np.ogrid[:224, :224]
    light = np.where((x - 100) ** 2 + (y - 118) ** 2 < 80**2, 150, 3).astype(np.uint8)
    assert fundus.disc_box(light[..., None].repeat(3, 2)) == tuple(edge / 224 for edge in (21, 39, 180, 198))
