"""Command line: makes the fine network of a programme and its out-of-fold scores, the input of `fovea train --network`."""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.model_selection import StratifiedGroupKFold

from cataract import backbone, data
from cataract.export import Runner

from . import export, fine, programme, views

SHAPES = {0: (32, 112, 112), 3: (24, 56, 56), 5: (40, 28, 28), 8: (80, 14, 14), 11: (112, 14, 14)}
PRECISION = "int8-static"
CALIBRATION_IMAGES = 64


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programme", choices=sorted(programme.PROGRAMMES))
    parser.add_argument("--datasets", type=Path, required=True, help="folder with the sets, each with manifest.csv and images/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="a few images and one epoch: proves that the recipe runs")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", "2")))
    return parser.parse_args()


def say(started: float, text: str) -> None:
    print(f"{time.perf_counter() - started:7.1f} s  {text}", flush=True)


def network_of(reader: fine.Reader, calibration: np.ndarray) -> onnx.ModelProto:
    weight, bias = reader.linear.weight.detach().numpy(), reader.linear.bias.detach().numpy()
    return export.fine_model(backbone.description(reader.network), weight, bias, PRECISION, calibration)


def main() -> None:
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    torch.use_deterministic_algorithms(True)
    started = time.perf_counter()
    what = programme.PROGRAMMES[chosen.programme]
    learning = programme.load(what, chosen.datasets, ("train", "val"))
    if chosen.smoke:
        keep = np.random.default_rng(0).permutation(len(learning.examples))[:48]
        learning = programme.Examples([learning.examples[i] for i in keep], [learning.sets[i] for i in keep], learning.target[keep], learning.stratum[keep])
        what = programme.Programme(**{**what.__dict__, "epochs": 1, "views": 2})
    examples = learning.examples
    say(started, f"{len(examples)} images, {len(set(data.groups(examples)))} groups")
    base = backbone.load_network()
    head = Runner(export.head_model(backbone.description(base), what.start, SHAPES[what.start]), chosen.threads)
    middle = np.empty((len(examples), what.views, *SHAPES[what.start]), np.float16)
    serving = np.empty((len(examples), data.SIDE, data.SIDE, 3), np.uint8)
    for i, example in enumerate(examples):
        seen = views.all_views(example, what, what.views, chosen.seed)
        serving[i], middle[i] = seen[0], head("middle", batch=8, pixels=seen)
    say(started, f"{what.views} views of each")
    order = np.random.default_rng(chosen.seed).permutation(len(examples))
    calibration = serving[[i for i in order if examples[i].split == "train"][:CALIBRATION_IMAGES]]
    weight = programme.weights(what, learning.stratum)
    settings = fine.FineSettings()
    fold = np.zeros(len(examples), int)
    scores = np.zeros_like(learning.target)
    splitter = StratifiedGroupKFold(chosen.folds, shuffle=True, random_state=0)
    for k, (learn, left) in enumerate(splitter.split(fold, learning.stratum, data.groups(examples))):
        fold[left] = k
        reader = fine.train(base, middle[learn], learning.target[learn], weight[learn], what, settings, chosen.seed)
        scores[left] = Runner(network_of(reader, calibration), chosen.threads)("logit", pixels=serving[left])
        say(started, f"fold {k + 1} of {chosen.folds}")
    reader = fine.train(base, middle, learning.target, weight, what, settings, chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    onnx.save(network_of(reader, calibration), str(chosen.out / "fine.onnx"))
    write_scores(chosen.out / "out-of-fold.csv", examples, learning.sets, fold, scores)
    facts = {
        "programme": what.name, "task": what.task, "labels": what.labels, "precision": PRECISION, "prepare": what.prepare,
        "recipe": "models/recipes/make-programme.sh", "seed": chosen.seed, "folds": chosen.folds, "epochs": what.epochs, "views": what.views,
        "firstBlockTrained": what.start, "images": len(examples), "groups": len(set(data.groups(examples))), "filesSha256": data.files_digest(examples),
    }
    (chosen.out / "network.json").write_text(json.dumps(facts, indent=2) + "\n")
    say(started, f"wrote {chosen.out}")


def write_scores(path: Path, examples: list[data.Example], sets: list[str], fold: np.ndarray, scores: np.ndarray) -> None:
    """One row an image: digest, set, fold, raw scores by a network that did not see its group."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["sha256", "set", "fold", *(f"score_{k}" for k in range(scores.shape[1]))])
        for example, name, k, row in zip(examples, sets, fold, scores, strict=True):
            rows.writerow([example.sha256, name, int(k), *(f"{v:.6f}" for v in row)])


if __name__ == "__main__":
    main()
