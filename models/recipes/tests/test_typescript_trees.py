"""The product's own trees, written as text, against LightGBM: what it reads, and how well it separates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from cataract import evaluate
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import GroupKFold

HERE = Path(__file__).resolve().parent
TREES = Path(os.environ.get("FOVEA_TREES_DIST", HERE.parents[2] / "dist" / "training" / "trees"))
SETTINGS = {"leaves": 7, "trees": 40, "rate": 0.1, "columns": 0.5, "rows": 0.7, "smallestLeaf": 10, "l2": 1.0, "extra": False, "seed": 3}
NAMES = {
    "leaves": "num_leaves",
    "trees": "num_iterations",
    "rate": "learning_rate",
    "columns": "feature_fraction",
    "rows": "bagging_fraction",
    "smallestLeaf": "min_data_in_leaf",
    "l2": "lambda_l2",
    "extra": "extra_trees",
    "seed": "seed",
}


@pytest.fixture(scope="module")
def node() -> str:
    """Path of node; where it or the built code is absent the check is left out, but never in CI."""
    found = shutil.which("node")
    missing = "node" if found is None else None if (TREES / "train.js").exists() else "dist/training/trees (node scripts/build.mjs)"
    if missing and os.environ.get("CI") != "true":
        pytest.skip(f"{missing} is absent")
    assert found and not missing, f"{missing} is absent"
    return found


def ours(node: str, folder: Path, features: np.ndarray, truth: dict, settings: dict, weight: np.ndarray | None = None) -> lgb.Booster:
    """Trees of the product over features float32 [n, width], as LightGBM reads them."""
    np.ascontiguousarray(features, np.float32).tofile(folder / "features.f32")
    job = {"features": str(folder / "features.f32"), "width": features.shape[1], "truth": truth, "settings": settings, "model": str(folder / "trees.txt")}
    if weight is not None:
        job["weight"] = weight.tolist()
    (folder / "job.json").write_text(json.dumps(job))
    subprocess.run([node, HERE / "train_trees.mjs", TREES, folder / "job.json"], check=True, timeout=300, capture_output=True)
    return lgb.Booster(model_file=folder / "trees.txt")


def theirs(features: np.ndarray, truth: np.ndarray, settings: dict, weight: np.ndarray | None = None, **more: object) -> lgb.Booster:
    """Trees of LightGBM with the same settings."""
    parameters = {NAMES[k]: v for k, v in settings.items()}
    parameters |= {"bagging_freq": 1, "max_bin": 63, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1, "objective": "binary"}
    return lgb.train(parameters | more, lgb.Dataset(features, truth, weight=weight))


def by_hand(text: str, features: np.ndarray) -> np.ndarray:
    """Margins [n, outputs] of a text model, walked in Python: float32 features against float64 thresholds."""
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.split("end of trees")[0].split("Tree=")]
    outputs = int(blocks[0]["num_tree_per_iteration"])
    out = np.zeros((len(features), outputs))
    for i, tree in enumerate(blocks[1:]):
        feature, left, right = (np.array(tree[k].split(), int) for k in ("split_feature", "left_child", "right_child"))
        threshold, leaf = (np.array(tree[k].split(), float) for k in ("threshold", "leaf_value"))
        at = np.full(len(features), 0 if len(feature) else -1)
        while (inner := np.flatnonzero(at >= 0)).size:
            node = at[inner]
            at[inner] = np.where(features[inner, feature[node]].astype(float) <= threshold[node], left[node], right[node])
        out[:, i % outputs] += leaf[~at]
    return out


def probabilities(margins: np.ndarray, objective: str) -> np.ndarray:
    if objective != "softmax":
        return 1 / (1 + np.exp(-margins))
    powers = np.exp(margins - margins.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


@pytest.mark.parametrize("extra", [False, True])
@pytest.mark.parametrize("objective", ["binary", "softmax", "outputs"])
def test_lightgbm_reads_the_same_margins_and_probabilities(node, tmp_path, objective, extra):
    features, digit = load_digits(return_X_y=True)
    features, digit = (features + np.random.default_rng(0).normal(0, 0.1, features.shape)).astype(np.float32)[:900], digit[:900]
    truth = {
        "binary": {"labels": (digit > 4).astype(int).tolist()},
        "softmax": {"outputs": 10, "labels": digit.tolist()},
        "outputs": {"outputs": 4, "targets": (digit[:, None] >= [2, 4, 6, 8]).astype(int).ravel().tolist()},
    }[objective]
    booster = ours(node, tmp_path, features, {"objective": objective, **truth}, SETTINGS | {"extra": extra})
    wanted = by_hand((tmp_path / "trees.txt").read_text(), features)
    got = np.asarray(booster.predict(features, raw_score=True)).reshape(wanted.shape)
    assert booster.num_trees() == SETTINGS["trees"] * wanted.shape[1] and booster.num_feature() == 64
    assert np.abs(got - wanted).max() <= 1e-9
    shares = np.asarray(booster.predict(features)).reshape(wanted.shape)
    assert np.abs(shares - probabilities(wanted, objective)).max() <= 1e-6


EXACT = SETTINGS | {"trees": 10, "columns": 1.0, "rows": 1.0, "smallestLeaf": 1, "l2": 0.0}
"""Without chance, and without the two places where LightGBM takes a short cut: it estimates a leaf's rows from its hessian, and with
l2 it drops a feature for good that gained nothing in a larger leaf."""


def test_without_chance_the_trees_are_lightgbms(node, tmp_path):
    """Few distinct values bin alike; start and weights included."""
    rng = np.random.default_rng(1)
    features = rng.integers(0, 12, (600, 6)).astype(np.float32) + 1
    truth = (features[:, 0] + features[:, 1] * features[:, 2] / 6 + rng.normal(0, 2, 600) > 15).astype(int)
    weight = rng.uniform(0.5, 2, 600)
    got = ours(node, tmp_path, features, {"objective": "binary", "labels": truth.tolist()}, EXACT, weight)
    wanted = theirs(features, truth, EXACT, weight)
    assert np.abs(got.predict(features, raw_score=True) - wanted.predict(features, raw_score=True)).max() <= 1e-6


def test_without_chance_softmax_is_lightgbms(node, tmp_path):
    rng = np.random.default_rng(2)
    features = rng.integers(0, 12, (600, 6)).astype(np.float32) + 1
    truth = np.digitize(features[:, 0] + rng.normal(0, 2, 600), [4.5, 8.5])
    got = ours(node, tmp_path, features, {"objective": "softmax", "outputs": 3, "labels": truth.tolist()}, EXACT)
    wanted = theirs(features, truth, EXACT, objective="multiclass", num_class=3)
    assert np.abs(got.predict(features, raw_score=True) - wanted.predict(features, raw_score=True)).max() <= 1e-6


@pytest.mark.parametrize("extra", [False, True])
def test_separates_as_well_as_lightgbm(node, tmp_path, extra):
    """Pooled out-of-fold AUC over the same grouped folds of 569 real biopsies, 3 consecutive rows a group."""
    features, truth = load_breast_cancer(return_X_y=True)
    features, settings = features.astype(np.float32), SETTINGS | {"trees": 150, "rate": 0.05, "extra": extra}
    scores = np.zeros((2, len(truth)))
    for learn, left in GroupKFold(5).split(features, truth, np.arange(len(truth)) // 3):
        labels = {"objective": "binary", "labels": truth[learn].tolist()}
        scores[0, left] = ours(node, tmp_path, features[learn], labels, settings).predict(features[left], raw_score=True)
        scores[1, left] = theirs(features[learn], truth[learn], settings).predict(features[left], raw_score=True)
    own, reference = evaluate.auc(truth, scores[0]), evaluate.auc(truth, scores[1])
    print(f"AUC ours {own:.4f}, LightGBM {reference:.4f}, n = {len(truth)}")
    assert own >= 0.97 and abs(own - reference) <= 0.01
