"""Command line of the recipe: makes the encoder, both readers and the cascade, and measures them."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from . import data, packs, work
from .settings import Settings, smoke


@contextmanager
def step(name: str) -> Iterator[None]:
    """Prints the name of a step and the seconds it took."""
    print(f"{name} ...", flush=True)
    started = time.perf_counter()
    yield
    print(f"{name}: {time.perf_counter() - started:.1f} s", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--ood", type=Path)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--test-figures", action="store_true")
    parser.add_argument("--all-figures", action="store_true")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", "2")))
    chosen = parser.parse_args()
    if chosen.smoke and chosen.out is None:
        parser.error("--smoke needs --out: its packs are not for use")
    return chosen


def few(examples: list[data.Example], per_class: int | None) -> list[data.Example]:
    """The first examples of each class, all of them where `per_class` is None."""
    if per_class is None:
        return examples
    return sorted((e for label in (0, 1) for e in [x for x in examples if x.label == label][:per_class]), key=lambda e: e.sha256)


def main() -> None:
    chosen = arguments()
    settings = smoke(chosen.threads) if chosen.smoke else Settings(threads=chosen.threads)
    out = chosen.out or Path(__file__).resolve().parents[2]
    other_sets = chosen.ood or chosen.dataset.parent
    torch.set_num_threads(settings.threads)
    torch.use_deterministic_algorithms(True)
    started = time.perf_counter()
    with step("load"):
        learning = few(data.load(chosen.dataset, ("train", "val")), settings.images_per_class)
        testing = few(data.load(chosen.dataset, ("test",)), settings.images_per_class)
    with step("encoder"):
        encoder = work.make_encoder(learning, settings)
    with step("augmented views, embeddings and middle maps"):
        inputs = work.prepare(learning, encoder, settings)
    with step(f"fast reader, {settings.folds} folds"):
        fast = work.fast_scores(inputs, settings)
    with step(f"fine reader, {settings.folds} folds"):
        fine = work.fine_scores(inputs, encoder, settings)
    with step("fast reader"):
        trees = work.final_fast(inputs, settings)
    with step("fine reader"):
        reader = work.final_fine(inputs, encoder, settings)
    result = work.Result(settings, chosen.dataset / "manifest.csv", inputs, encoder, fast, fine, trees, reader)
    if chosen.test_figures or chosen.smoke:
        with step("test split"):
            result = replace(result, test=work.test_scores(testing, result))
    if not chosen.smoke:
        with step("other sets"):
            result = replace(result, others=work.other_sets(other_sets, result))
    if chosen.all_figures:
        with step("cross-validation over train+val+test"):
            result = replace(result, everything=work.all_scores(learning + testing, result))
    with step("packs"):
        for line in packs.write(out, result):
            print(line)
    print(f"done in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
