"""Fast reader: boosted trees on the frozen embedding, trained on augmented views."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np


@dataclass(frozen=True)
class TreeSettings:
    """What was chosen by grouped cross-validation on train+val (see README)."""

    leaves: int = 7
    trees: int = 4000
    """Many small steps at random thresholds: a few grey levels more or less move the margin half as much as 1000 trees
    of rate .03 at best thresholds do, at the same out-of-fold log loss."""
    rate: float = 0.0075
    columns: float = 0.02
    rows: float = 0.3
    smallest_leaf: int = 20
    l2: float = 1.0
    balance: float = 0.5
    """Exponent of the class weight: 0 = as counted, 1 = both classes weigh the same."""


def class_weights(truth: np.ndarray, balance: float) -> np.ndarray:
    """Weight of each row [n]: (mean class size / own class size) ** balance."""
    counts = np.bincount(truth, minlength=2)
    return (counts.mean() / counts[truth]) ** balance


def train(embeddings: np.ndarray, truth: np.ndarray, settings: TreeSettings, seed: int, threads: int) -> lgb.Booster:
    """embeddings float32 [n, views, 1280], truth int [n]; raw margin = sum of the leaves."""
    n, views, width = embeddings.shape
    parameters = {
        "objective": "binary",
        "num_leaves": settings.leaves,
        "learning_rate": settings.rate,
        "feature_fraction": settings.columns,
        "bagging_fraction": settings.rows,
        "bagging_freq": 1,
        "min_data_in_leaf": settings.smallest_leaf,
        "lambda_l2": settings.l2,
        "max_bin": 63,
        "extra_trees": True,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "seed": seed,
        "verbose": -1,
    }
    weight = np.repeat(class_weights(truth, settings.balance), views)
    rows = lgb.Dataset(embeddings.reshape(n * views, width), np.repeat(truth, views), weight=weight, free_raw_data=True)
    return lgb.train(parameters, rows, settings.trees)


def margin(trees: lgb.Booster, embeddings: np.ndarray) -> np.ndarray:
    """Raw margin [n] of serving-view embeddings [n, 1280]."""
    return np.asarray(trees.predict(embeddings, raw_score=True))


def out_of_fold(embeddings: np.ndarray, truth: np.ndarray, fold: np.ndarray, settings: TreeSettings, seed: int, threads: int) -> np.ndarray:
    """Margins [n] of the serving views by trees that never saw their fold."""
    out = np.zeros(len(truth))
    for k in np.unique(fold):
        trees = train(embeddings[fold != k], truth[fold != k], settings, seed, threads)
        out[fold == k] = margin(trees, embeddings[fold == k, 0])
    return out


def unit(embeddings: np.ndarray) -> np.ndarray:
    """Rows of length one."""
    return embeddings / np.maximum(np.linalg.norm(embeddings, axis=-1, keepdims=True), 1e-12)


def left_out_similarities(reference: np.ndarray, group: np.ndarray, neighbours: int) -> np.ndarray:
    """Mean cosine [n] of each reference row [n, 1280] to its nearest rows of other groups."""
    stored = unit(reference).astype(np.float16).astype(np.float32)
    cosine = unit(reference) @ stored.T
    cosine[group[:, None] == group[None, :]] = -np.inf
    return np.sort(cosine, axis=1)[:, -neighbours:].mean(1)
