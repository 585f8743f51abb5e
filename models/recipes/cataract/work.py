"""The steps of the recipe, each from arrays to arrays."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import lightgbm as lgb
import numpy as np
import onnx
from efficientnet_lite_pytorch import EfficientNet

from . import augment, backbone, data, export, fast, fine
from .settings import Settings

PRECISIONS = ("int8-static", "fp16-weights")
OTHER_SETS = ("ood", "dr_fundus", "chest_xray", "foot_hallux_photo", "foot_flatfoot_xray", "foot_ulcer_patch")


@dataclass(frozen=True)
class Encoder:
    """The network, its int8 graph, and what was measured of it."""

    network: EfficientNet
    model: onnx.ModelProto
    calibration: np.ndarray
    figures: dict[str, float]


@dataclass(frozen=True)
class Inputs:
    """What both readers learn from; `middle` is fp16 [n, views, 112, 14, 14], `embeddings` float32 [n, views, 1280]."""

    examples: list[data.Example]
    truth: np.ndarray
    fold: np.ndarray
    serving: np.ndarray
    embeddings: np.ndarray
    middle: np.ndarray


@dataclass(frozen=True)
class Fine:
    """A fine reader: its graphs by precision and the bias of its linear layer."""

    models: dict[str, onnx.ModelProto]
    bias: float


@dataclass(frozen=True)
class Scores:
    """Raw scores of the same images by both readers."""

    examples: list[data.Example]
    fast: np.ndarray
    fine: dict[str, np.ndarray]
    fold: np.ndarray | None = None
    similarity: np.ndarray | None = None


@dataclass(frozen=True)
class Result:
    """All that the packs are written from."""

    settings: Settings
    manifest: Path
    inputs: Inputs
    encoder: Encoder
    fast: np.ndarray
    fine: dict[str, np.ndarray]
    trees: lgb.Booster
    reader: Fine
    test: Scores | None = None
    everything: Scores | None = None
    others: dict[str, np.ndarray] = field(default_factory=dict)


def make_encoder(examples: list[data.Example], settings: Settings) -> Encoder:
    """Static int8 encoder, its activation ranges from images of the train split."""
    network = backbone.load_network()
    blocks = backbone.description(network)
    train = [e for e in examples if e.split == "train"]
    order = np.random.default_rng(settings.seed).permutation(len(train))[: settings.calibration_images]
    calibration = data.views([train[i] for i in order])
    model = export.encoder_model(blocks, "int8-static", calibration)
    return Encoder(network, model, calibration, compare(model, export.encoder_model(blocks, "fp32"), data.views(examples)))


def compare(model: onnx.ModelProto, reference: onnx.ModelProto, pixels: np.ndarray) -> dict[str, float]:
    """Cosine to fp32, milliseconds an image on one thread, and equality of answers alone and in batches of 8."""
    run, exact = export.Runner(model), export.Runner(reference)
    got, wanted = run("embedding", pixels=pixels), exact("embedding", pixels=pixels)
    cosine = (fast.unit(got) * fast.unit(wanted)).sum(1)
    figures = {"images": len(pixels), "cosineMean": float(cosine.mean()), "cosineLeast": float(cosine.min())}
    figures["milliseconds"], figures["millisecondsFp32"] = milliseconds(run, pixels), milliseconds(exact, pixels)
    figures["batchEqual"] = float((run("embedding", batch=8, pixels=pixels) == got).all())
    return figures


def milliseconds(run: export.Runner, pixels: np.ndarray, rounds: int = 60) -> float:
    """Median time of one image alone."""
    times = []
    for i in range(rounds):
        one = pixels[i % len(pixels)][None]
        started = time.perf_counter()
        run.run(None, {"pixels": one})
        times.append(time.perf_counter() - started)
    return float(np.median(times[rounds // 4 :]) * 1e3)


def prepare(examples: list[data.Example], encoder: Encoder, settings: Settings) -> Inputs:
    """Augmented views of every image, then both networks' frozen parts over them (no parameter is fitted here)."""
    embed = export.Runner(encoder.model, settings.threads)
    head = export.Runner(export.head_model(backbone.description(encoder.network)), settings.threads)
    embeddings, middle = [], []
    for example in examples:
        views = augment.all_views([example], max(settings.fast_views, settings.fine_views), settings.seed)[0]
        embeddings.append(embed("embedding", batch=8, pixels=views[: settings.fast_views]))
        middle.append(head("middle", batch=8, pixels=views[: settings.fine_views]).astype(np.float16))
    fold = data.fold_numbers(examples, settings.folds, settings.fold_seed)
    return Inputs(examples, data.labels(examples), fold, data.views(examples), np.stack(embeddings), np.stack(middle))


def fast_scores(inputs: Inputs, settings: Settings) -> np.ndarray:
    """Out-of-fold margins [n]."""
    return fast.out_of_fold(inputs.embeddings, inputs.truth, inputs.fold, settings.trees, settings.seed, settings.threads)


def final_fast(inputs: Inputs, settings: Settings) -> lgb.Booster:
    return fast.train(inputs.embeddings, inputs.truth, settings.trees, settings.seed, settings.threads)


def train_fine(middle: np.ndarray, truth: np.ndarray, encoder: Encoder, settings: Settings) -> Fine:
    """One fine reader in every precision."""
    reader = fine.train(encoder.network, middle, truth, settings.fine, settings.seed)
    blocks = backbone.description(reader.network)
    weight, bias = reader.linear.weight.detach().numpy()[0], float(reader.linear.bias.detach())
    models = {p: export.fine_model(blocks, weight, bias, p, encoder.calibration) for p in PRECISIONS}
    return Fine(models, bias)


def fine_logits(reader: Fine, pixels: np.ndarray, settings: Settings) -> dict[str, np.ndarray]:
    """Logits [n] of serving views in every precision."""
    return {p: export.Runner(m, settings.threads)("logit", pixels=pixels)[:, 0] for p, m in reader.models.items()}


def fine_scores(inputs: Inputs, encoder: Encoder, settings: Settings) -> dict[str, np.ndarray]:
    """Out-of-fold logits [n] in every precision."""
    out = {p: np.zeros(len(inputs.truth)) for p in PRECISIONS}
    for k in range(settings.folds):
        started = time.perf_counter()
        learn, left = inputs.fold != k, inputs.fold == k
        reader = train_fine(inputs.middle[learn], inputs.truth[learn], encoder, settings)
        for precision, logits in fine_logits(reader, inputs.serving[left], settings).items():
            out[precision][left] = logits
        print(f"  fold {k + 1}: {time.perf_counter() - started:.1f} s", flush=True)
    return out


def final_fine(inputs: Inputs, encoder: Encoder, settings: Settings) -> Fine:
    return train_fine(inputs.middle, inputs.truth, encoder, settings)


def reference(result: Result) -> np.ndarray:
    """Unit embeddings [n, 1280] of the serving views of the training images, as the domain check stores them."""
    return fast.unit(result.inputs.embeddings[:, 0])


def similarity(result: Result, embeddings: np.ndarray) -> np.ndarray:
    """Output of domain.onnx for embeddings [n, 1280]."""
    model = export.domain_model(reference(result), result.settings.neighbours)
    return export.Runner(model)("similarity", batch=64, embedding=embeddings)[:, 0]


def test_scores(examples: list[data.Example], result: Result) -> Scores:
    """The finished readers on the test split."""
    pixels = data.views(examples)
    embeddings = export.Runner(result.encoder.model)("embedding", pixels=pixels)
    logits = fine_logits(result.reader, pixels, result.settings)
    return Scores(examples, fast.margin(result.trees, embeddings), logits, similarity=similarity(result, embeddings))


def other_sets(folder: Path, result: Result) -> dict[str, np.ndarray]:
    """Similarities of val and test images of other sets, by set; a set that is absent is left out."""
    embed, out = export.Runner(result.encoder.model), {}
    for name in OTHER_SETS:
        if (folder / name / "manifest.csv").exists():
            out[name] = similarity(result, embed("embedding", batch=8, pixels=data.folder_images(folder / name, ("val", "test"))))
    return out


def all_scores(examples: list[data.Example], result: Result) -> Scores:
    """Cross-validation of the frozen recipe over all three splits."""
    examples = data.join_lookalikes(sorted(examples, key=lambda e: e.sha256))
    inputs = prepare(examples, result.encoder, result.settings)
    return Scores(examples, fast_scores(inputs, result.settings), fine_scores(inputs, result.encoder, result.settings), inputs.fold)
