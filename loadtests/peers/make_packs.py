"""Packs of the workloads that model servers are compared by, from the models of their benchmark.

    python make_packs.py MODELS IMAGES OUT      MODELS, IMAGES: made by make_models.py of the benchmark

OUT/fp32 and OUT/int8 are models folders (MODELS_DIR) with the programmes
    w1    CLIP ViT-B/32 and 200 trees (strategy fast)
    w2    EfficientNet-Lite0 and 200 trees (strategy fast)
    w3    w1, and for 0.3 < p < 0.7 a second ViT with a head
Weights of the ViT are random: these packs measure time and answer nothing about eyes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image

RECIPES = Path(__file__).resolve().parents[2] / "models" / "recipes"
sys.path.insert(0, str(RECIPES))
sys.dont_write_bytecode = True
from cataract import backbone, export  # noqa: E402
from clip import vision  # noqa: E402

SIDE = 224
LABELS = {"labels": ["normal", "cataract"], "positive": "cataract"}
TRAINED = {"recipe": "loadtests/peers/make_packs.py", "createdAt": "2026-11-21"}
NOTHING = {"what": "nothing: made for measuring time", "images": 0, "positives": 0}
PLAIN = {"method": "platt", "slope": 1, "intercept": 0, "fittedOn": NOTHING}
ANYTHING = {"luminanceMin": 0, "luminanceMax": 255, "contrastMin": 0, "sharpnessMin": 0}


def prepared(path: Path) -> np.ndarray:
    """uint8 [224, 224, 3] as the servers prepare it: shortest side to 224, the middle cut out."""
    image = Image.open(path).convert("RGB")
    scale = SIDE / min(image.size)
    image = image.resize([max(SIDE, round(side * scale)) for side in image.size], Image.BICUBIC)
    left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
    return np.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


def pack(folder: Path, kind: str, files: dict[str, bytes | Path], **parts: object) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        if isinstance(content, Path):
            shutil.copyfile(content, folder / name)
        else:
            (folder / name).write_bytes(content)
    listed = {name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(), "bytes": (folder / name).stat().st_size} for name in files}
    identity = f"{folder.parent.name}/{folder.name}"
    manifest = {"format": 1, "id": identity, "kind": kind, "version": "1", "title": identity, "licence": "none", "files": listed, "trained": TRAINED, **parts}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2))


def network(outputs: dict[str, list[int]], precision: str, batch_max: int) -> dict[str, object]:
    pixels = {"name": "pixels", "type": "uint8", "layout": "nhwc", "width": SIDE, "height": SIDE, "fit": "cover", "kernel": "cubic"}
    return {"file": "network.onnx", "input": pixels, "outputs": outputs, "precision": precision, "batchMax": batch_max}


def text(content: object) -> bytes:
    return json.dumps(content).encode()


def fast(out: Path, name: str, encoder: str, trees: Path, features: int) -> None:
    digest = hashlib.sha256((out / encoder / "network.onnx").read_bytes()).hexdigest()
    parts = {"encoder": encoder, "encoderSha256": digest, "trees": {"file": "trees.txt", "features": features}, "calibration": {"file": "calibration.json"}}
    pack(out / name / "fast-1", "fast", {"trees.txt": trees, "calibration.json": text(PLAIN)}, **LABELS, **parts)


def programme(out: Path, name: str, fine: str, band: tuple[float, float]) -> None:
    counts = {"positives": 0, "misses": 0, "negatives": 0, "falsePositives": 0, "neededPositives": 59, "provableMissRate": 1, "provableFalsePositiveRate": 1}
    certificate = {"certified": False, "method": "none", **counts, "reason": "made for measuring time"}
    target = {"missRate": 0.05, "falsePositiveRate": 0.05, "confidence": 0.95}
    low, high = band
    limits = {"format": 1, "lo": low, "hi": high, "a": 0.5, "b": 0.5, "fuse": {"w0": 0, "w1": 0, "w2": 1}, "target": target, "certificate": certificate}
    pack(out / name / "cascade-1", "cascade", {"band.json": text(limits)}, **LABELS)
    declared = {"format": 1, "id": name, "title": name, "description": "Made for measuring time.", **LABELS, "views": ["any"]}
    declared |= {"readers": {"fast": f"{name}/fast-1", "fine": fine}, "cascade": f"{name}/cascade-1", "quality": {"ungradable": ANYTHING, "usable": ANYTHING}}
    (out / name / "programme.json").write_text(json.dumps(declared, indent=2))


def make(models: Path, out: Path, precision: str, vit: dict[str, np.ndarray], ranges: vision.Ranges | None, pixels: np.ndarray) -> None:
    head = np.random.default_rng(3).normal(size=512).astype(np.float32) / 20
    encoder = vision.network(vit, ranges=ranges).SerializeToString()
    pack(out / "encoders" / "vit", "encoder", {"network.onnx": encoder}, network=network({"embedding": [512]}, precision, 8))
    small = export.encoder_model(backbone.description(backbone.load_network()), "int8-static" if ranges else "fp32", pixels)
    pack(out / "encoders" / "lite", "encoder", {"network.onnx": small.SerializeToString()}, network=network({"embedding": [1280]}, precision, 8))
    for name in ("w1", "w3"):
        fast(out, name, "encoders/vit", models / "lgbm.txt", 512)
    fast(out, "w2", "encoders/lite", models / "lgbm_w2.txt", 1280)
    fine = vision.network(vit, ranges=ranges, head=head).SerializeToString()
    parts = {"network": network({"logit": [1]}, precision, 8), "calibration": {"file": "calibration.json"}}
    pack(out / "w3" / "fine-1", "fine", {"network.onnx": fine, "calibration.json": text(PLAIN)}, **LABELS, **parts)
    for name, band in (("w1", (0.5, 0.5)), ("w2", (0.5, 0.5)), ("w3", (0.3, 0.7))):
        programme(out, name, "w3/fine-1", band)


def main() -> None:
    models, images, out = (Path(each) for each in sys.argv[1:4])
    vit = {name: value.numpy() for name, value in torch.load(models / "vit_b32.pt").items()}
    pixels = np.stack([prepared(path) for path in sorted(images.glob("*.jpg"))])
    for precision, ranges in (("fp32", None), ("int8", vision.measure(vit, pixels))):
        shutil.rmtree(out / precision, ignore_errors=True)
        make(models, out / precision, precision, vit, ranges, pixels)
        print(f"{out / precision}: w1, w2, w3")


main() if __name__ == "__main__" else None
