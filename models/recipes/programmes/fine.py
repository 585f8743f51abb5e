"""Fine-tuning of the last blocks for any task, on cached maps of the frozen ones."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.nn import functional

from cataract import fine as shared
from cataract.backbone import FEATURES

from .programme import Programme


@dataclass(frozen=True)
class FineSettings:
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
    mixup: float = 0.2


class Reader(nn.Module):
    """Blocks from `start` on and a linear layer: middle map [n, c, s, s] to raw scores [n, outputs]."""

    def __init__(self, network: EfficientNet, start: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.network, self.start = network, start
        self.drop = nn.Dropout(dropout)
        self.linear = nn.Linear(FEATURES, outputs)
        nn.init.normal_(self.linear.weight, std=0.01)
        nn.init.zeros_(self.linear.bias)

    def modules_that_learn(self) -> list[nn.Module]:
        return [*self.network._blocks[self.start :], self.network._conv_head, self.network._bn1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.network._blocks[self.start :]:
            x = block(x)
        x = self.network._swish(self.network._bn1(self.network._conv_head(x)))
        return self.linear(self.drop(x.mean((2, 3))))


def loss_of(task: str, scores: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Cross-entropy for classes; for all other tasks the mean of each score's own logistic loss."""
    if task == "classes":
        return (-(target * functional.log_softmax(scores, 1)).sum(1) * weight).mean()
    return (functional.binary_cross_entropy_with_logits(scores, target, reduction="none").mean(1) * weight).mean()


def smoothed(task: str, target: torch.Tensor, smoothing: float) -> torch.Tensor:
    rest = 1 / target.shape[1] if task == "classes" else 0.5
    return target * (1 - smoothing) + smoothing * rest


def train(base: EfficientNet, middle: np.ndarray, target: np.ndarray, weight: np.ndarray, programme: Programme, settings: FineSettings, seed: int) -> Reader:
    """middle fp16 [n, views, c, s, s]; each epoch shows one random view of each image. Returns the averaged weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, len(target)])
    reader = Reader(copy.deepcopy(base), programme.start, programme.outputs, settings.dropout).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(reader)
    reader.train()
    reader.network.eval()
    body = [p for module in reader.modules_that_learn() for p in module.parameters()]
    groups = [
        {"params": [p for p in body if p.ndim > 1], "lr": settings.body_rate, "weight_decay": settings.body_decay},
        {"params": [p for p in body if p.ndim == 1], "lr": settings.body_rate, "weight_decay": 0.0},
        {"params": [reader.linear.weight], "lr": settings.head_rate, "weight_decay": settings.head_decay},
        {"params": [reader.linear.bias], "lr": settings.head_rate, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups)
    full = [g["lr"] for g in optimiser.param_groups]
    n, views = middle.shape[:2]
    per_epoch = -(-n // settings.batch)
    step = 0
    for _ in range(programme.epochs):
        for rows in np.array_split(rng.permutation(n), per_epoch):
            x = as_tensor(middle[rows, rng.integers(0, views, len(rows))])
            t, w = smoothed(programme.task, torch.from_numpy(target[rows]), settings.smoothing), torch.from_numpy(weight[rows])
            share, order = float(rng.beta(settings.mixup, settings.mixup)), torch.from_numpy(rng.permutation(len(rows)))
            x, t, w = (share * v + (1 - share) * v[order] for v in (x, t, w))
            for group, rate in zip(optimiser.param_groups, full, strict=True):
                group["lr"] = rate * shared.rate_at(step, programme.epochs * per_epoch, settings.warm_up)
            loss = loss_of(programme.task, reader(x), t, w)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], settings.clip)
            optimiser.step()
            step += 1
            shared.blend(mean, reader, min(settings.average, step / (step + 10)))
    return mean.eval()


def as_tensor(middle: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(middle.astype(np.float32)).contiguous(memory_format=torch.channels_last)
