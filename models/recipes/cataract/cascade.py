"""Cascade: fusion of both readers, the band that escalates, and an honest certificate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import beta as beta_distribution
from scipy.stats import binom

from .calibrate import sigmoid

MISS_TARGET = 0.05
FALSE_POSITIVE_TARGET = 0.05
CONFIDENCE = 0.95
ESCALATION_LIMIT = 0.20
FUSION_RIDGES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class Fusion:
    """logit p12 = w0 + w1 * logit p_fast + w2 * logit p_fine."""

    w0: float
    w1: float
    w2: float

    def logit(self, fast: np.ndarray, fine: np.ndarray) -> np.ndarray:
        return self.w0 + self.w1 * fast + self.w2 * fine


@dataclass(frozen=True)
class Band:
    """Probabilities: fast exit at or below `lo` and at or above `hi`; after the second look negative at or below `a`, positive at or above `b`."""

    lo: float
    hi: float
    a: float
    b: float

    def escalated(self, fast: np.ndarray) -> np.ndarray:
        p = sigmoid(fast)
        return (p > self.lo) & (p < self.hi)

    def person(self, fast: np.ndarray, fused: np.ndarray) -> np.ndarray:
        p = sigmoid(fused)
        return self.escalated(fast) & (p > self.a) & (p < self.b)

    def label(self, fast: np.ndarray, fused: np.ndarray) -> np.ndarray:
        """Automatic label, for a person's case the side of .5 of the fused probability."""
        return np.where(self.escalated(fast), fused >= 0, fast >= 0).astype(int)


def fit_fusion(fast: np.ndarray, fine: np.ndarray, truth: np.ndarray, ridge: float) -> Fusion:
    """Least log loss per image plus ridge * distance to fine alone (0, 0, 1); neither reader may count against itself."""

    def loss(w: np.ndarray) -> float:
        z = w[0] + w[1] * fast + w[2] * fine
        return float(np.mean(np.logaddexp(0, z) - truth * z) + ridge * (w[0] ** 2 + w[1] ** 2 + (w[2] - 1) ** 2))

    best = minimize(loss, np.array([0.0, 0.0, 1.0]), method="L-BFGS-B", bounds=[(None, None), (0, None), (0, None)]).x
    return Fusion(*(round(float(v), 5) for v in best))


def fusion_loss(fast: np.ndarray, fine: np.ndarray, truth: np.ndarray, fold: np.ndarray, ridge: float) -> float:
    """Cross-fitted log loss per image of the fused probability."""
    total = 0.0
    for k in np.unique(fold):
        rest, left = fold != k, fold == k
        z = fit_fusion(fast[rest], fine[rest], truth[rest], ridge).logit(fast[left], fine[left])
        total += float(np.sum(np.logaddexp(0, z) - truth[left] * z))
    return total / len(truth)


def choose_fusion(fast: np.ndarray, fine: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> Fusion:
    """Ridge by cross-fitted log loss; on a tie the stronger pull towards fine alone."""
    ridge = min(sorted(FUSION_RIDGES, reverse=True), key=lambda r: round(fusion_loss(fast, fine, truth, fold, r), 6))
    return fit_fusion(fast, fine, truth, ridge)


def band_of_share(fast: np.ndarray, share: float, centre: float) -> tuple[float, float]:
    """The band lo, hi, symmetric in log-odds around `centre` (log-odds), that holds this share of the cases."""
    width = float(np.quantile(np.abs(fast - centre), share))
    return float(sigmoid(np.array(centre - width))), float(sigmoid(np.array(centre + width)))


def choose_band(fast: np.ndarray, fused: np.ndarray, share: float, centre: float = 0.0) -> Band:
    """Spends the escalation share around even odds, then gives to people all second looks but the clear ones.

    A second look is clear when the fused probability is at least as far from .5 as the band's own edges.
    """
    lo, hi = band_of_share(fast, share, centre)
    lo, hi = min(lo, 0.49), max(hi, 0.51)
    return Band(round(lo, 4), round(hi, 4), round(min(lo, 0.2), 4), round(max(hi, 0.8), 4))


def upper_bound(hits: int, n: int, confidence: float = CONFIDENCE) -> float:
    """One-sided Clopper-Pearson bound of a share."""
    return 1.0 if n == 0 or hits >= n else float(beta_distribution.ppf(confidence, hits + 1, n - hits))


def needed(target: float, confidence: float = CONFIDENCE) -> int:
    """Fewest cases that can prove a share of at most `target` with no event at all."""
    return int(np.ceil(np.log(1 - confidence) / np.log(1 - target)))


def automatic_errors(band: Band, fast: np.ndarray, fused: np.ndarray, truth: np.ndarray) -> tuple[int, int]:
    """Positives decided negative and negatives decided positive without a person."""
    label, alone = band.label(fast, fused), ~band.person(fast, fused)
    return int((alone & (truth == 1) & (label == 0)).sum()), int((alone & (truth == 0) & (label == 1)).sum())


def certificate(band: Band, fast: np.ndarray, fused: np.ndarray, truth: np.ndarray) -> dict[str, object]:
    """What independent cases (here: the val split) can prove about this band; never more than they can."""
    misses, alarms = automatic_errors(band, fast, fused, truth)
    positives, negatives = int(truth.sum()), int((1 - truth).sum())
    level = max(binom.cdf(misses, positives, MISS_TARGET), binom.cdf(alarms, negatives, FALSE_POSITIVE_TARGET))
    return {
        "certified": bool(level <= 1 - CONFIDENCE),
        "method": "fixed-sequence learn-then-test",
        "positives": positives,
        "misses": misses,
        "negatives": negatives,
        "falsePositives": alarms,
        "neededPositives": needed(MISS_TARGET),
        "provableMissRate": round(upper_bound(misses, positives), 5),
        "provableFalsePositiveRate": round(upper_bound(alarms, negatives), 5),
    }
