"""Files of a pack: JSON with two spaces and a fixed key order, digests, manifest."""

from __future__ import annotations

import json
from pathlib import Path

from .data import LABELS, POSITIVE, sha256_of

BIGGEST_FILE = 8 * 1024 * 1024
CREATED = "2026-11-21"
RECIPE = "models/recipes/make-cataract.sh"
PIXELS = {"name": "pixels", "type": "uint8", "layout": "nhwc", "width": 224, "height": 224, "fit": "squash", "kernel": "cubic"}
BATCH_MAX = 8


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def network(file: str, outputs: dict[str, list[int]], precision: str) -> dict[str, object]:
    """The manifest's `network` part."""
    return {"file": file, "input": PIXELS, "outputs": outputs, "precision": precision, "batchMax": BATCH_MAX}


def trained(splits: list[str], images: int, groups: int, manifest: Path, seed: int) -> dict[str, object]:
    """The manifest's `trained` part; `manifest` is the data set's list of images."""
    data = {"set": "cataract_eye", "splits": splits, "images": images, "groups": groups, "manifestSha256": sha256_of(manifest)}
    return {"recipe": RECIPE, "data": data, "seed": seed, "createdAt": CREATED}


def finish(folder: Path, identity: str, kind: str, title: str, licence: str, **parts: object) -> None:
    """Writes manifest.json over every other file of the folder."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.name == "manifest.json":
            continue
        size = path.stat().st_size
        if size > BIGGEST_FILE:
            raise ValueError(f"{path.name} has {size} bytes; at most {BIGGEST_FILE} are allowed")
        files[path.name] = {"sha256": sha256_of(path), "bytes": size}
    manifest: dict[str, object] = {"format": 1, "id": identity, "kind": kind, "version": "1", "title": title, "licence": licence, "files": files}
    order = ("encoder", "encoderSha256", "network", "trees", "domain", "calibration")
    manifest |= {key: parts[key] for key in order if key in parts}
    if kind != "encoder":
        manifest |= {"labels": list(LABELS), "positive": POSITIVE}
    manifest["trained"] = parts["trained"]
    write_json(folder / "manifest.json", manifest)
