"""Checks finished packs: digests, sizes, keys, graphs that load and give finite answers.

    python models/recipes/check_packs.py [MODELS_DIR]
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import onnx
import onnxruntime as ort

PACKS = {
    "encoders/efficientnet-lite0-int8": "encoder",
    "cataract/fast-1": "fast",
    "cataract/fine-1": "fine",
    "cataract/cascade-1": "cascade",
}
COMMON = {"format", "id", "kind", "version", "title", "licence", "files", "trained"}
KEYS = {
    "encoder": COMMON | {"network"},
    "fast": COMMON | {"encoder", "encoderSha256", "trees", "domain", "calibration", "labels", "positive"},
    "fine": COMMON | {"network", "calibration", "labels", "positive"},
    "cascade": COMMON | {"labels", "positive"},
}
FILES = {
    "encoder": {"encoder.onnx", "CARD.md"},
    "fast": {"trees.txt", "domain.onnx", "calibration.json", "evaluation.json", "CARD.md"},
    "fine": {"fine.onnx", "calibration.json", "evaluation.json", "CARD.md"},
    "cascade": {"band.json", "evaluation.json", "out-of-fold.csv", "CARD.md"},
}
# What `add-reference.mjs` adds to a fast pack.
ADDED_KEYS = {"reference"}
ADDED_FILES = {"reference.json", "reference.onnx"}
LIMIT = 8 * 1024 * 1024
LIMITS = {"encoder.onnx": 4_000_000, "domain.onnx": 1_000_000}
ROWS = 3


def need(condition: object, text: str) -> None:
    """Raises with `text` unless the condition holds."""
    if not condition:
        raise ValueError(text)


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def check_manifest(folder: Path, identity: str, kind: str) -> dict:
    """Keys, digests and sizes; every file is listed and every listed file is there."""
    manifest = read(folder / "manifest.json")
    has_reference = kind == "fast" and "reference" in manifest
    keys = KEYS[kind] | (ADDED_KEYS if has_reference else set())
    files = FILES[kind] | (ADDED_FILES if has_reference else set())
    need(set(manifest) == keys, f"{identity}: keys {sorted(set(manifest) ^ keys)}")
    need((manifest["format"], manifest["id"], manifest["kind"]) == (1, identity, kind), f"{identity}: format, id or kind")
    present = {p.name for p in folder.iterdir()} - {"manifest.json"}
    need(present == set(manifest["files"]) == files, f"{identity}: files {sorted(present ^ files)}")
    for name, record in manifest["files"].items():
        content = (folder / name).read_bytes()
        need(len(content) == record["bytes"] <= LIMITS.get(name, LIMIT), f"{identity}/{name}: size")
        need(hashlib.sha256(content).hexdigest() == record["sha256"], f"{identity}/{name}: digest")
    if kind != "encoder":
        need(manifest["positive"] in manifest["labels"], f"{identity}: positive label")
    return manifest


def answers(path: Path, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """All outputs of a graph by name."""
    onnx.checker.check_model(onnx.load(path))
    runner = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [o.name for o in runner.get_outputs()]
    return dict(zip(names, runner.run(names, inputs), strict=True))


def check_network(folder: Path, network: dict) -> dict[str, np.ndarray]:
    """Shapes as the manifest says, finite, and the same for an image alone as among others."""
    pixels = np.random.default_rng(0).integers(0, 256, (ROWS, 224, 224, 3), np.uint8)
    together = answers(folder / network["file"], pixels=pixels)
    alone = answers(folder / network["file"], pixels=pixels[1:2])
    need(set(together) == set(network["outputs"]), f"{folder.name}: outputs {sorted(together)}")
    for name, shape in network["outputs"].items():
        need(together[name].shape == (ROWS, *shape), f"{folder.name}: shape of {name}")
        need(np.isfinite(together[name]).all(), f"{folder.name}: {name} is not finite")
        need((together[name][1] == alone[name][0]).all(), f"{folder.name}: {name} depends on its neighbours")
    return together


def check_fast(folder: Path, manifest: dict, models: Path, embedding: np.ndarray) -> None:
    encoder = models / manifest["encoder"] / "encoder.onnx"
    need(hashlib.sha256(encoder.read_bytes()).hexdigest() == manifest["encoderSha256"], "fast: digest of the encoder")
    trees = lgb.Booster(model_file=folder / manifest["trees"]["file"])
    need(trees.num_feature() == manifest["trees"]["features"], "fast: number of features")
    need(np.isfinite(trees.predict(embedding, raw_score=True)).all(), "fast: margin is not finite")
    similarity = answers(folder / manifest["domain"]["file"], embedding=embedding)["similarity"]
    need(similarity.shape == (len(embedding), 1) and (np.abs(similarity) <= 1.001).all(), "fast: similarity")
    if "reference" in manifest:
        check_reference(folder, manifest["reference"], embedding)
    domain = read(folder / "calibration.json")["domain"]
    need(domain["similarities"] == sorted(domain["similarities"]) and 0 < domain["pValueMin"] < 1, "fast: similarities")
    need(1 / (len(domain["similarities"]) + 1) < domain["pValueMin"] , "fast: too few similarities for pValueMin")


def check_reference(folder: Path, named: dict, embedding: np.ndarray) -> None:
    """What the drift monitor compares live pictures with."""
    record = read(folder / named["file"])
    place = answers(folder / named["projection"], embedding=embedding)["place"]
    need(place.shape == (len(embedding), len(record["heldMean"])) and np.isfinite(place).all(), "reference: place")
    need(record["heldLengths"] == sorted(record["heldLengths"]) and record["fitted"] >= 60, "reference: lengths or images")


def check_calibration(record: dict) -> None:
    need(record["method"] in ("platt", "temperature") and record["slope"] > 0, "calibration: method or slope")
    need(record["method"] == "platt" or record["intercept"] == 0, "calibration: a temperature has no intercept")
    need({"fittedOn", "logLoss", "ece"} <= set(record), "calibration: keys")


def check_evaluation(record: dict) -> None:
    need(record["format"] == 1 and record["measured"], "evaluation: empty")
    for entry in record["measured"]:
        need({"what", "path", "split", "figures"} <= set(entry), "evaluation: keys of an entry")
        need({"set", "name", "images", "positives", "groups", "filesSha256"} <= set(entry["split"]), "evaluation: keys of a split")
        for name, f in entry["figures"].items():
            low, high = f["interval"]
            need(all(map(math.isfinite, (f["value"], low, high))) and low <= high and f["n"] > 0 and f["method"], f"evaluation: {name}")


def check_band(folder: Path) -> None:
    band = read(folder / "band.json")
    need(0 < band["lo"] < band["hi"] < 1 and 0 < band["a"] < band["b"] < 1, "band: order")
    need(set(band["fuse"]) == {"w0", "w1", "w2"}, "band: fuse")
    proof = band["certificate"]
    need(proof["certified"] is False or proof["positives"] >= proof["neededPositives"], "band: certified on too few positives")
    need(0 <= proof["misses"] <= proof["positives"] and 0 <= proof["provableMissRate"] <= 1 and proof["reason"], "band: certificate")
    with (folder / "out-of-fold.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    need(len(rows) == band["chosenOn"]["images"] == len({r["sha256"] for r in rows}), "out-of-fold: rows")


def check_all(models: Path) -> list[str]:
    """Raises at the first fault; returns a line a pack."""
    manifests = {identity: check_manifest(models / identity, identity, kind) for identity, kind in PACKS.items()}
    embedding = np.zeros((0, 1280), np.float32)
    for identity, manifest in manifests.items():
        folder = models / identity
        if "network" in manifest:
            outputs = check_network(folder, manifest["network"])
            embedding = outputs.get("embedding", embedding)
        if manifest["kind"] == "fast":
            check_fast(folder, manifest, models, embedding)
        if "calibration" in manifest:
            check_calibration(read(folder / manifest["calibration"]["file"]))
        if "evaluation.json" in manifest["files"]:
            check_evaluation(read(folder / "evaluation.json"))
        if manifest["kind"] == "cascade":
            check_band(folder)
    return [f"{i}: {sum(f['bytes'] for f in m['files'].values()):,} bytes in {len(m['files'])} files" for i, m in manifests.items()]


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    print("\n".join(check_all(folder)))
    print("packs are valid")
