"""From raw scores to probabilities: Platt scaling or a temperature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from .evaluate import ece, log_loss


@dataclass(frozen=True)
class Calibration:
    """probability = sigmoid(slope * raw + intercept)."""

    method: str
    slope: float
    intercept: float

    def logit(self, raw: np.ndarray) -> np.ndarray:
        return self.slope * np.asarray(raw, np.float64) + self.intercept

    def probability(self, raw: np.ndarray) -> np.ndarray:
        return sigmoid(self.logit(raw))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


def softplus_loss(raw: np.ndarray, truth: np.ndarray, slope: float, intercept: float) -> float:
    z = slope * raw + intercept
    return float(np.mean(np.logaddexp(0, z) - truth * z))


def fit(method: str, raw: np.ndarray, truth: np.ndarray) -> Calibration:
    """Least log loss; the slope stays positive (its logarithm is fitted), so the order of scores is kept."""
    raw = np.asarray(raw, np.float64)
    free = method == "platt"

    def loss(v: np.ndarray) -> float:
        return softplus_loss(raw, truth, float(np.exp(v[0])), float(v[1]) if free else 0.0)

    best = minimize(loss, np.zeros(2 if free else 1), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000}).x
    return Calibration(method, round(float(np.exp(best[0])), 6), round(float(best[1]), 6) if free else 0.0)


def cross_fitted(method: str, raw: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Logits of each fold calibrated on the other folds only."""
    out = np.zeros(len(raw))
    for k in np.unique(fold):
        out[fold == k] = fit(method, raw[fold != k], truth[fold != k]).logit(raw[fold == k])
    return out


def cross_fitted_loss(method: str, raw: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> float:
    return log_loss(truth, sigmoid(cross_fitted(method, raw, truth, fold)))


def choose(raw: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> str:
    """The method with the lower cross-fitted log loss."""
    return min(("temperature", "platt"), key=lambda m: cross_fitted_loss(m, raw, truth, fold))


def record(calibration: Calibration, raw: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> dict[str, object]:
    """calibration.json without the domain part; the figures 'after' are cross-fitted."""
    after = sigmoid(cross_fitted(calibration.method, raw, truth, fold))
    return {
        "method": calibration.method,
        "slope": calibration.slope,
        "intercept": calibration.intercept,
        "fittedOn": {"what": "grouped 5-fold out-of-fold scores of train+val", "images": len(raw), "positives": int(truth.sum())},
        "logLoss": {"before": round(log_loss(truth, sigmoid(np.asarray(raw, np.float64))), 5), "after": round(log_loss(truth, after), 5)},
        "ece": {"value": round(ece(truth, after), 5), "bins": 10, "n": len(raw)},
    }
