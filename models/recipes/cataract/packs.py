"""Writes the packs: networks, trees, calibrations, band, figures and cards."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import onnx

from . import calibrate, cards, cascade, data, evaluate, export, fast, write_pack
from .evaluate import Figure, measurement
from .work import Result, Scores, reference

ENCODER = "encoders/efficientnet-lite0-int8"
DATA_LICENCE = "Research only: trained on images of unknown licence; backbone weights Apache-2.0"
CV = "grouped 5-fold cross-validation, train+val"
CV_ALL = "grouped 5-fold cross-validation of the frozen recipe, train+val+test"
TEST = "test split"


class Learned:
    """Calibrations, fusion and band from the out-of-fold scores of train+val."""

    def __init__(self, result: Result) -> None:
        self.result, inputs = result, result.inputs
        self.truth, self.fold, self.group = inputs.truth, inputs.fold, data.groups(inputs.examples)
        self.fine_raw = result.fine[result.settings.fine_precision]
        self.fast_method = calibrate.choose(result.fast, self.truth, self.fold)
        self.fast = calibrate.fit(self.fast_method, result.fast, self.truth)
        self.fine = calibrate.fit("temperature", self.fine_raw, self.truth)
        self.fast_logit, self.fine_logit = self.fast.logit(result.fast), self.fine.logit(self.fine_raw)
        self.fusion = cascade.choose_fusion(self.fast_logit, self.fine_logit, self.truth, self.fold)
        self.band = cascade.choose_band(self.fast_logit, self.fusion.logit(self.fast_logit, self.fine_logit), result.settings.escalated_share)


def write(out: Path, result: Result) -> list[str]:
    """All packs under `out`; returns lines of figures to print."""
    learned = Learned(result)
    folders = {name: fresh(out / path) for name, path in PLACES.items()}
    encoder_digest = write_encoder(folders["encoder"], result)
    fast_entries = write_fast(folders["fast"], result, learned, encoder_digest)
    fine_entries = write_fine(folders["fine"], result, learned)
    cascade_entries = write_cascade(folders["cascade"], result, learned)
    return [line for entries in (fast_entries, fine_entries, cascade_entries) for e in entries for line in cards.lines(e)]


PLACES = {"encoder": ENCODER, "fast": "cataract/fast-1", "fine": "cataract/fine-1", "cascade": "cataract/cascade-1"}


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def origin(result: Result) -> dict[str, object]:
    examples = result.inputs.examples
    return write_pack.trained(["train", "val"], len(examples), len({e.group for e in examples}), result.manifest, result.settings.seed)


def write_encoder(folder: Path, result: Result) -> str:
    """Returns the digest of encoder.onnx."""
    onnx.save(result.encoder.model, folder / "encoder.onnx")
    (folder / "CARD.md").write_text(cards.encoder(result))
    write_pack.finish(
        folder,
        ENCODER,
        "encoder",
        "EfficientNet-Lite0, static int8",
        "Apache-2.0",
        network=write_pack.network("encoder.onnx", {"embedding": [1280]}, "int8-static"),
        trained=origin(result),
    )
    return data.sha256_of(folder / "encoder.onnx")


def reader_entries(learned: Learned, oof: np.ndarray, calibration: calibrate.Calibration, pick: str, extra: dict[str, object] | None = None) -> list[dict[str, object]]:
    """Figures of one reader: cross-validation, its subgroups, then test and the larger cross-validation where measured."""
    result, more = learned.result, extra or {}
    examples = result.inputs.examples
    probability = calibrate.sigmoid(calibrate.cross_fitted(calibration.method, oof, learned.truth, learned.fold))
    entries = [measurement(CV, examples, "train+val", evaluate.reader_figures(learned.truth, probability, learned.group), **more)]
    entries += [e | more for e in evaluate.subgroups(CV, examples, "train+val", learned.truth, probability)]
    if result.test is not None:
        scores = result.test
        p = calibration.probability(raw_of(scores, pick))
        truth, group = data.labels(scores.examples), data.groups(scores.examples)
        entries.append(measurement(TEST, scores.examples, "test", evaluate.reader_figures(truth, p, group), **more))
    if result.everything is not None:
        scores = result.everything
        truth, group = data.labels(scores.examples), data.groups(scores.examples)
        p = calibrate.sigmoid(calibrate.cross_fitted(calibration.method, raw_of(scores, pick), truth, scores.fold))
        entries.append(measurement(CV_ALL, scores.examples, "train+val+test", evaluate.reader_figures(truth, p, group), **more))
        entries += [e | more for e in evaluate.subgroups(CV_ALL, scores.examples, "train+val+test", truth, p)]
    return entries


def raw_of(scores: Scores, pick: str) -> np.ndarray:
    return scores.fast if pick == "fast" else scores.fine[pick]


def write_fast(folder: Path, result: Result, learned: Learned, encoder_digest: str) -> list[dict[str, object]]:
    result.trees.save_model(folder / "trees.txt")
    onnx.save(export.domain_model(reference(result), result.settings.neighbours), folder / "domain.onnx")
    similarities = np.sort(fast.left_out_similarities(result.inputs.embeddings[:, 0], learned.group, result.settings.neighbours))
    record = calibrate.record(learned.fast, result.fast, learned.truth, learned.fold)
    record["domain"] = {"similarities": [round(float(s), 5) for s in similarities], "pValueMin": result.settings.p_value_min}
    write_pack.write_json(folder / "calibration.json", record)
    entries = reader_entries(learned, result.fast, learned.fast, "fast") + domain_entries(result, similarities)
    write_pack.write_json(folder / "evaluation.json", {"format": 1, "measured": entries})
    (folder / "CARD.md").write_text(cards.fast(result, learned, entries))
    write_pack.finish(
        folder,
        "cataract/fast-1",
        "fast",
        "Cataract, fast reader (boosted trees on a frozen embedding)",
        DATA_LICENCE,
        encoder=ENCODER,
        encoderSha256=encoder_digest,
        trees={"file": "trees.txt", "features": 1280},
        domain={"file": "domain.onnx", "neighbours": result.settings.neighbours},
        calibration={"file": "calibration.json"},
        trained=origin(result),
    )
    return entries


def p_values(similarities: np.ndarray, reference_similarities: np.ndarray) -> np.ndarray:
    """Conformal p-value [n]: (1 + number of training similarities at or below) / (training images + 1)."""
    return (1 + np.searchsorted(np.sort(reference_similarities), similarities, side="right")) / (len(reference_similarities) + 1)


def domain_entries(result: Result, reference_similarities: np.ndarray) -> list[dict[str, object]]:
    """How well the domain check tells other images from held-back cataract images, and how often it is wrong on these."""
    if result.test is None or result.test.similarity is None:
        return []
    own, examples = result.test.similarity, result.test.examples
    alarms = int((p_values(own, reference_similarities) < result.settings.p_value_min).sum())
    entries = [measurement("out-of-domain check: false alarms on the test split", examples, "test", {"falseAlarms": evaluate.wilson(alarms, len(own))})]
    for name, other in result.others.items():
        truth = np.concatenate([np.zeros(len(own), int), np.ones(len(other), int)])
        found = int((p_values(other, reference_similarities) < result.settings.p_value_min).sum())
        figures = {"auc": evaluate.delong(truth, -np.concatenate([own, other])), "detected": evaluate.wilson(found, len(other))}
        entries.append(measurement(f"out-of-domain check: {name} (val+test) against the cataract test split", examples, "test", figures, otherSet={"set": name, "images": len(other)}))
    return entries


def write_fine(folder: Path, result: Result, learned: Learned) -> list[dict[str, object]]:
    chosen = result.settings.fine_precision
    onnx.save(result.reader.models[chosen], folder / "fine.onnx")
    write_pack.write_json(folder / "calibration.json", calibrate.record(learned.fine, learned.fine_raw, learned.truth, learned.fold))
    entries = reader_entries(learned, learned.fine_raw, learned.fine, chosen, {"precision": chosen})
    for other, oof in result.fine.items():
        if other != chosen:
            own = calibrate.fit("temperature", oof, learned.truth)
            entries += [e for e in reader_entries(learned, oof, own, other, {"precision": other}) if "subgroup" not in e]
    write_pack.write_json(folder / "evaluation.json", {"format": 1, "measured": entries})
    (folder / "CARD.md").write_text(cards.fine(result, learned, entries))
    write_pack.finish(
        folder,
        "cataract/fine-1",
        "fine",
        "Cataract, fine reader (fine-tuned EfficientNet-Lite0)",
        DATA_LICENCE,
        network=write_pack.network("fine.onnx", {"logit": [1], "cam": [1, 7, 7]}, chosen),
        calibration={"file": "calibration.json"},
        trained=origin(result),
    )
    return entries


def cascade_figures(truth: np.ndarray, label: np.ndarray, escalated: np.ndarray, person: np.ndarray, always_fine: np.ndarray, fused: np.ndarray, group: np.ndarray) -> dict[str, Figure]:
    """Arrays over the images; `person` cases count in `accuracy` with the fused reader's side of .5, not as corrected by a person."""
    right, alone = label == truth, ~person
    misses, alarms = (alone & (truth == 1) & (label == 0)).sum(), (alone & (truth == 0) & (label == 1)).sum()
    return {
        "accuracy": evaluate.wilson(int(right.sum()), len(truth)),
        "alwaysFineAccuracy": evaluate.wilson(int((always_fine == truth).sum()), len(truth)),
        "accuracyMinusAlwaysFine": evaluate.bootstrap(lambda i: float(right[i].mean() - (always_fine == truth)[i].mean()), group, truth),
        "balancedAccuracy": evaluate.bootstrap(lambda i: evaluate.balanced_accuracy(truth[i], label[i]), group, truth),
        "sensitivity": evaluate.wilson(int(label[truth == 1].sum()), int(truth.sum())),
        "specificity": evaluate.wilson(int((1 - label[truth == 0]).sum()), int((1 - truth).sum())),
        "escalated": evaluate.wilson(int(escalated.sum()), len(truth)),
        "person": evaluate.wilson(int(person.sum()), len(truth)),
        "accuracyWithoutPersonCases": evaluate.wilson(int((right & alone).sum()), int(alone.sum())),
        "automaticMisses": evaluate.wilson(int(misses), int(truth.sum())),
        "automaticFalsePositives": evaluate.wilson(int(alarms), int((1 - truth).sum())),
        "meanOfBothAuc": evaluate.delong(truth, fused),
    }


def decided(band: cascade.Band, fusion: cascade.Fusion, fast_logit: np.ndarray, fine_logit: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Label, escalated, person of each case."""
    fused = fusion.logit(fast_logit, fine_logit)
    return band.label(fast_logit, fused), band.escalated(fast_logit), band.person(fast_logit, fused)


def mean_probability(fast_logit: np.ndarray, fine_logit: np.ndarray) -> np.ndarray:
    return (calibrate.sigmoid(fast_logit) + calibrate.sigmoid(fine_logit)) / 2


def learn_on(mask: np.ndarray, raw: tuple[np.ndarray, np.ndarray], truth: np.ndarray, fold: np.ndarray, method: str, share: float) -> tuple[calibrate.Calibration, calibrate.Calibration, cascade.Fusion, cascade.Band]:
    """Calibrations, fusion and band from the masked cases only."""
    first, second = calibrate.fit(method, raw[0][mask], truth[mask]), calibrate.fit("temperature", raw[1][mask], truth[mask])
    a, b = first.logit(raw[0][mask]), second.logit(raw[1][mask])
    fusion = cascade.choose_fusion(a, b, truth[mask], fold[mask])
    return first, second, fusion, cascade.choose_band(a, fusion.logit(a, b), share)


def cross_fitted_cascade(raw: tuple[np.ndarray, np.ndarray], truth: np.ndarray, fold: np.ndarray, group: np.ndarray, method: str, share: float) -> dict[str, Figure]:
    """Everything (calibrations, fusion, band) is chosen in the other folds and applied to the fold left out."""
    label, escalated, person, mean = np.zeros(len(truth), int), np.zeros(len(truth), bool), np.zeros(len(truth), bool), np.zeros(len(truth))
    for k in np.unique(fold):
        left = fold == k
        first, second, fusion, band = learn_on(~left, raw, truth, fold, method, share)
        a, b = first.logit(raw[0][left]), second.logit(raw[1][left])
        label[left], escalated[left], person[left] = decided(band, fusion, a, b)
        mean[left] = mean_probability(a, b)
    return cascade_figures(truth, label, escalated, person, (raw[1] >= 0).astype(int), mean, group)


def certificate(learned: Learned) -> dict[str, object]:
    """The same rule on the train split's scores alone, checked on the val split: what these few cases can prove."""
    examples, share = learned.result.inputs.examples, learned.result.settings.escalated_share
    held = np.array([e.split == "val" for e in examples])
    raw = (learned.result.fast, learned.fine_raw)
    first, second, fusion, band = learn_on(~held, raw, learned.truth, learned.fold, learned.fast_method, share)
    a, b = first.logit(raw[0][held]), second.logit(raw[1][held])
    proof = cascade.certificate(band, a, fusion.logit(a, b), learned.truth[held])
    reason = (
        f"{proof['positives']} positives are fewer than the {proof['neededPositives']} that a miss rate of 5 % needs even without a single miss. "
        "The counts come from the val split with calibration, fusion and band chosen on the train split alone; scores are out of fold. "
        "The deployed band is the same rule on train+val."
    )
    return proof | {"reason": reason}


def write_cascade(folder: Path, result: Result, learned: Learned) -> list[dict[str, object]]:
    band, fusion, examples = learned.band, learned.fusion, result.inputs.examples
    write_pack.write_json(
        folder / "band.json",
        {
            "format": 1,
            "lo": band.lo,
            "hi": band.hi,
            "fuse": {"w0": fusion.w0, "w1": fusion.w1, "w2": fusion.w2},
            "a": band.a,
            "b": band.b,
            "target": {"missRate": cascade.MISS_TARGET, "falsePositiveRate": cascade.FALSE_POSITIVE_TARGET, "confidence": cascade.CONFIDENCE},
            "certificate": certificate(learned),
            "chosenOn": {"what": "calibrated grouped 5-fold out-of-fold scores of train+val", "images": len(examples), "positives": int(learned.truth.sum())},
        },
    )
    write_out_of_fold(folder / "out-of-fold.csv", learned)
    entries = cascade_entries(result, learned)
    write_pack.write_json(folder / "evaluation.json", {"format": 1, "measured": entries})
    (folder / "CARD.md").write_text(cards.cascade(result, learned, entries))
    write_pack.finish(folder, "cataract/cascade-1", "cascade", "Cataract, cascade of the fast and the fine reader", DATA_LICENCE, trained=origin(result))
    return entries


def cascade_entries(result: Result, learned: Learned) -> list[dict[str, object]]:
    share, raw = result.settings.escalated_share, (result.fast, learned.fine_raw)
    figures = cross_fitted_cascade(raw, learned.truth, learned.fold, learned.group, learned.fast_method, share)
    note = "calibrations, fusion and band chosen in the other folds; cases for a person count with the fused reader's side of .5"
    entries = [measurement(CV, result.inputs.examples, "train+val", figures, note=note)]
    if result.test is not None:
        scores, truth = result.test, data.labels(result.test.examples)
        a, b = learned.fast.logit(scores.fast), learned.fine.logit(scores.fine[result.settings.fine_precision])
        label, escalated, person = decided(learned.band, learned.fusion, a, b)
        figures = cascade_figures(truth, label, escalated, person, (b >= 0).astype(int), mean_probability(a, b), data.groups(scores.examples))
        entries.append(measurement(TEST, scores.examples, "test", figures, note="cases for a person count with the fused reader's side of .5"))
    if result.everything is not None and result.everything.fold is not None:
        scores, truth = result.everything, data.labels(result.everything.examples)
        raw = (scores.fast, scores.fine[result.settings.fine_precision])
        figures = cross_fitted_cascade(raw, truth, scores.fold, data.groups(scores.examples), learned.fast_method, share)
        entries.append(measurement(CV_ALL, scores.examples, "train+val+test", figures, note=note))
    return entries


def write_out_of_fold(path: Path, learned: Learned) -> None:
    """One row an image: digest, fold, label, raw scores by readers that did not see it."""
    examples = learned.result.inputs.examples
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["sha256", "fold", "label", "fast_raw", "fine_raw"])
        for e, k, y, a, b in zip(examples, learned.fold, learned.truth, learned.result.fast, learned.fine_raw, strict=True):
            rows.writerow([e.sha256, int(k), data.LABELS[y], f"{a:.6f}", f"{b:.6f}"])
