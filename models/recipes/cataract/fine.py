"""Fine reader: the last blocks of the backbone fine-tuned on cached maps of augmented views."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.nn import functional

from .backbone import FEATURES, tail_modules, tail_of_network
from .fast import class_weights


@dataclass(frozen=True)
class FineSettings:
    """What was chosen by grouped cross-validation on train+val (see README)."""

    epochs: int = 18
    batch: int = 32
    body_rate: float = 5e-4
    head_rate: float = 2e-3
    body_decay: float = 0.05
    head_decay: float = 0.01
    warm_up: float = 0.1
    smoothing: float = 0.05
    dropout: float = 0.3
    clip: float = 5.0
    average: float = 0.97
    balance: float = 0.5
    mixup: float = 0.2


class Reader(nn.Module):
    """Tail of the backbone and a linear layer: middle map [n, 112, 14, 14] to logit [n]."""

    def __init__(self, network: EfficientNet, dropout: float) -> None:
        super().__init__()
        self.network = network
        self.drop = nn.Dropout(dropout)
        self.linear = nn.Linear(FEATURES, 1)
        nn.init.normal_(self.linear.weight, std=0.01)
        nn.init.zeros_(self.linear.bias)

    def last_map(self, middle: torch.Tensor) -> torch.Tensor:
        return tail_of_network(self.network, middle)

    def forward(self, middle: torch.Tensor) -> torch.Tensor:
        return self.linear(self.drop(self.last_map(middle).mean((2, 3))))[:, 0]


def parameter_groups(reader: Reader, settings: FineSettings) -> list[dict[str, object]]:
    """Body and head with their own rates; vectors (norms, biases) are not decayed."""
    body = [p for module in tail_modules(reader.network) for p in module.parameters()]
    return [
        {"params": [p for p in body if p.ndim > 1], "lr": settings.body_rate, "weight_decay": settings.body_decay},
        {"params": [p for p in body if p.ndim == 1], "lr": settings.body_rate, "weight_decay": 0.0},
        {"params": [reader.linear.weight], "lr": settings.head_rate, "weight_decay": settings.head_decay},
        {"params": [reader.linear.bias], "lr": settings.head_rate, "weight_decay": 0.0},
    ]


def rate_at(step: int, steps: int, warm_up: float) -> float:
    """Share of the full rate: linear warm-up, then cosine to zero."""
    warm = max(1, int(steps * warm_up))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + float(np.cos(np.pi * (step - warm) / max(1, steps - warm))))


def loss_of(reader: Reader, middle: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor, settings: FineSettings, rng: np.random.Generator) -> torch.Tensor:
    """Weighted cross-entropy with label smoothing, and mixup of the middle maps where set."""
    target = truth * (1 - settings.smoothing) + settings.smoothing / 2
    if settings.mixup > 0:
        share, order = float(rng.beta(settings.mixup, settings.mixup)), torch.from_numpy(rng.permutation(len(truth)))
        middle = share * middle + (1 - share) * middle[order]
        target, weight = share * target + (1 - share) * target[order], share * weight + (1 - share) * weight[order]
    return functional.binary_cross_entropy_with_logits(reader(middle), target, weight=weight)


def train(base: EfficientNet, middle: np.ndarray, truth: np.ndarray, settings: FineSettings, seed: int) -> Reader:
    """middle fp16 [n, views, 112, 14, 14]; each epoch shows one random view of each image. Returns the averaged weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, len(truth)])
    reader = Reader(copy.deepcopy(base), settings.dropout).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(reader)
    reader.train()
    reader.network.eval()
    optimiser = torch.optim.AdamW(parameter_groups(reader, settings))
    full = [g["lr"] for g in optimiser.param_groups]
    n, views = middle.shape[:2]
    weights = class_weights(truth, settings.balance)
    per_epoch = -(-n // settings.batch)
    step = 0
    for _ in range(settings.epochs):
        for rows in np.array_split(rng.permutation(n), per_epoch):
            x = torch.from_numpy(middle[rows, rng.integers(0, views, len(rows))].astype(np.float32)).contiguous(memory_format=torch.channels_last)
            y, w = (torch.from_numpy(a[rows].astype(np.float32)) for a in (truth, weights))
            for group, rate in zip(optimiser.param_groups, full, strict=True):
                group["lr"] = rate * rate_at(step, settings.epochs * per_epoch, settings.warm_up)
            loss = loss_of(reader, x, y, w, settings, rng)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], settings.clip)
            optimiser.step()
            step += 1
            blend(mean, reader, min(settings.average, step / (step + 10)))
    return mean.eval()


def blend(mean: Reader, reader: Reader, keep: float) -> None:
    """Exponential moving average of the weights."""
    with torch.no_grad():
        for slow, quick in zip(mean.parameters(), reader.parameters(), strict=True):
            slow.mul_(keep).add_(quick, alpha=1 - keep)


@torch.no_grad()
def logits(reader: Reader, middle: np.ndarray, batch: int = 64) -> np.ndarray:
    """Logits [n] of middle maps fp16 [n, 112, 14, 14]."""
    parts = [torch.from_numpy(middle[i : i + batch].astype(np.float32)) for i in range(0, len(middle), batch)]
    return torch.cat([reader(p.contiguous(memory_format=torch.channels_last)) for p in parts]).numpy()
