"""Figures with their number of cases and 95 % interval: Wilson, DeLong, or a bootstrap over groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from .data import SMALL_SIDE, Example, files_digest, groups, labels

Figure = dict[str, object]
Z = NormalDist().inv_cdf(0.975)
FEWEST_POSITIVES = 30
"""A subgroup with fewer positives is not assessed."""


def figure(value: float, low: float, high: float, n: int, method: str) -> Figure:
    return {"value": round(float(value), 5), "interval": [round(float(low), 5), round(float(high), 5)], "n": int(n), "method": method}


def wilson(hits: int, n: int) -> Figure:
    """A share with Wilson's score interval."""
    if n == 0:
        return figure(0, 0, 1, 0, "wilson")
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return figure(share, max(0.0, middle - half), min(1.0, middle + half), n, "wilson")


def placements(truth: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each positive the share of negatives below it, and for each negative the share of positives above it (ties: half)."""
    above = np.sign(score[truth == 1][:, None] - score[truth == 0][None, :]) / 2 + 0.5
    return above.mean(1), above.mean(0)


def auc(truth: np.ndarray, score: np.ndarray) -> float:
    return float(placements(truth, score)[0].mean())


def delong(truth: np.ndarray, score: np.ndarray) -> Figure:
    """Area under the ROC curve with DeLong's variance on the logit scale (keeps the interval within 0 to 1)."""
    positive, negative = placements(truth, score)
    area = float(positive.mean())
    variance = positive.var(ddof=1) / len(positive) + negative.var(ddof=1) / len(negative)
    if not 0 < area < 1 or variance == 0:
        return figure(area, area, area, len(truth), "delong")
    centre, half = np.log(area / (1 - area)), Z * np.sqrt(variance) / (area * (1 - area))
    low, high = (1 / (1 + np.exp(-(centre + side * half))) for side in (-1, 1))
    return figure(area, low, high, len(truth), "delong, logit scale")


def bootstrap(statistic: Callable[[np.ndarray], float], group: np.ndarray, truth: np.ndarray, rounds: int = 1000, seed: int = 0) -> Figure:
    """`statistic` of an index array; whole groups are drawn with replacement."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(group == g) for g in np.unique(group)]
    values = []
    while len(values) < rounds:
        drawn = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        if 0 < truth[drawn].sum() < len(drawn):
            values.append(statistic(drawn))
    low, high = np.quantile(values, [0.025, 0.975])
    return figure(statistic(np.arange(len(truth))), low, high, len(truth), "group bootstrap, 1000 draws")


def log_loss(truth: np.ndarray, probability: np.ndarray) -> float:
    p = np.clip(probability, 1e-7, 1 - 1e-7)
    return float(-np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p)))


def ece(truth: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean gap of probability and share of positives over equal-width bins."""
    where = np.minimum((probability * bins).astype(int), bins - 1)
    return float(sum(abs((probability - truth)[where == b].sum()) for b in range(bins)) / len(truth))


def balanced_accuracy(truth: np.ndarray, decided: np.ndarray) -> float:
    return float((decided[truth == 1].mean() + (1 - decided[truth == 0]).mean()) / 2)


def reader_figures(truth: np.ndarray, probability: np.ndarray, group: np.ndarray) -> dict[str, Figure]:
    """All figures of one reader; decisions at probability .5."""
    decided = (probability >= 0.5).astype(int)
    return {
        "accuracy": wilson(int((decided == truth).sum()), len(truth)),
        "auc": delong(truth, probability),
        "sensitivity": wilson(int(decided[truth == 1].sum()), int(truth.sum())),
        "specificity": wilson(int((1 - decided[truth == 0]).sum()), int((1 - truth).sum())),
        "balancedAccuracy": bootstrap(lambda i: balanced_accuracy(truth[i], decided[i]), group, truth),
        "logLoss": bootstrap(lambda i: log_loss(truth[i], probability[i]), group, truth),
        "ece": bootstrap(lambda i: ece(truth[i], probability[i]), group, truth),
    }


def split_of(examples: Sequence[Example], name: str) -> dict[str, object]:
    """What the figures were measured on."""
    examples = list(examples)
    return {
        "set": "cataract_eye",
        "name": name,
        "images": len(examples),
        "positives": int(labels(examples).sum()),
        "groups": len(set(groups(examples))),
        "filesSha256": files_digest(examples),
    }


def measurement(what: str, examples: Sequence[Example], name: str, figures: dict[str, Figure], **more: object) -> dict[str, object]:
    """One entry of evaluation.json."""
    return {"what": what, "path": "python recipe", "split": split_of(examples, name), "figures": figures, **more}


def subgroups(what: str, examples: list[Example], name: str, truth: np.ndarray, probability: np.ndarray) -> list[dict[str, object]]:
    """The same figures for small and for larger images; a subgroup with too few positives is named but not assessed."""
    small = np.array([e.longest_side < SMALL_SIDE for e in examples])
    entries = []
    for title, mask in ((f"longest side below {SMALL_SIDE} px", small), (f"longest side {SMALL_SIDE} px or more", ~small)):
        index = np.flatnonzero(mask)
        part = [examples[i] for i in index]
        entry: dict[str, object]
        if truth[index].sum() < FEWEST_POSITIVES or (1 - truth[index]).sum() < FEWEST_POSITIVES:
            entry = measurement(what, part, name, {}, subgroup=title, assessed=False, reason=f"not assessed: fewer than {FEWEST_POSITIVES} positives or negatives")
        else:
            figures = reader_figures(truth[index], probability[index], groups(part))
            entry = measurement(what, part, name, figures, subgroup=title, assessed=True)
        entries.append(entry)
    return entries
