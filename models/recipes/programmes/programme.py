"""The programmes whose fine readers this recipe makes: which sets, which labels, which task."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cataract import data

from . import lookalikes


@dataclass(frozen=True)
class Programme:
    """`task` is binary, classes, grades or findings, as in src/contracts/pack.ts; `sets` maps a set's labels to ours."""

    name: str
    task: str
    labels: tuple[str, ...]
    sets: dict[str, dict[str, str]]
    prepare: str = "none"
    """What serving does to the pixels: none, disc (crop) or fundus (crop and CLAHE); see src/workers/decode.ts."""
    balance: float = 1.0
    """Exponent of the class weight: 0 = as counted, 1 = all classes weigh the same."""
    epochs: int = 14
    start: int = 5
    """First block that is fine-tuned."""
    views: int = 10
    turn: float = 20.0
    """Degrees that a view may be turned."""
    area: float = 0.72
    """Least share of the area that a view keeps."""
    aspect: float = 0.15
    """Largest change of the aspect, as a natural logarithm."""
    findings: str | None = None

    @property
    def outputs(self) -> int:
        return {"binary": 1, "grades": len(self.labels) - 1}.get(self.task, len(self.labels))


GRADES = {str(g): str(g) for g in range(5)}
FINDINGS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
    "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia",
)

PROGRAMMES = {
    p.name: p
    for p in (
        Programme(
            "ophthalmology",
            "classes",
            ("normal", "cataract", "glaucoma", "diabetic-retinopathy"),
            {
                "fundus_disease": {"normal": "normal", "cataract": "cataract", "glaucoma": "glaucoma"},
                "dr_fundus": {"2": "diabetic-retinopathy", "3": "diabetic-retinopathy", "4": "diabetic-retinopathy"},
            },
            prepare="fundus",
            balance=0.0,
            epochs=16,
        ),
        Programme("diabetic-retinopathy", "grades", ("0", "1", "2", "3", "4"), {"dr_fundus": GRADES, "dr_fundus_equalised": GRADES}, prepare="disc", balance=0.5, epochs=12),
        Programme(
            "hallux-valgus",
            "classes",
            ("normal", "flatfoot", "foot-ulcer", "hallux-valgus"),
            {
                "foot_hallux_photo": {"normal": "normal", "hallux_valgus": "hallux-valgus"},
                "foot_flatfoot_xray": {"normal": "normal", "flatfoot": "flatfoot"},
                "foot_ulcer_patch": {"healthy_skin": "normal", "ulcer": "foot-ulcer"},
            },
            turn=6.0,
            area=0.85,
            aspect=0.05,
        ),
        Programme("chest-xray", "findings", ("No Finding", *FINDINGS), {"chest_xray": {"no_finding": "No Finding", "pneumonia": "Pneumonia"}}, findings="findings.csv", turn=8.0, area=0.85, aspect=0.06),
    )
}


@dataclass(frozen=True)
class Examples:
    """Images of a programme. `target` float32 [n, outputs], `stratum` int [n] for the folds."""

    examples: list[data.Example]
    sets: list[str]
    target: np.ndarray
    stratum: np.ndarray


def load(programme: Programme, datasets: Path, splits: tuple[str, ...]) -> Examples:
    """In the order of the digests; byte-equal files once; look-alikes share a group."""
    found: dict[str, tuple[data.Example, str, tuple[int, ...]]] = {}
    for name, mapping in programme.sets.items():
        folder = datasets / name
        findings = read_findings(folder / programme.findings) if programme.findings else {}
        with (folder / "manifest.csv").open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] in splits and row["label"] in mapping]
        for row in rows:
            path = folder / row["file"]
            labels = findings.get(row["file"], (programme.labels.index(mapping[row["label"]]),))
            sha256 = data.sha256_of(path)
            example = data.Example(sha256, labels[0], row["split"], row["group"], data.read_pixels(path))
            found.setdefault(sha256, (example, name, labels))
    ordered = sorted(found.values(), key=lambda f: f[0].sha256)
    examples = lookalikes.join([e for e, _, _ in ordered])
    target = np.stack([target_of(programme, labels) for _, _, labels in ordered])
    return Examples(examples, [s for _, s, _ in ordered], target, np.array([labels[-1] for _, _, labels in ordered]))


def read_findings(path: Path) -> dict[str, tuple[int, ...]]:
    """Label indices of each file; 0, the absence of all, where none is set."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["file"]: tuple(i + 1 for i, f in enumerate(FINDINGS) if row[f] == "1") or (0,) for row in rows}


def target_of(programme: Programme, labels: tuple[int, ...]) -> np.ndarray:
    if programme.task == "grades":
        return (labels[0] >= np.arange(1, len(programme.labels))).astype(np.float32)
    if programme.task == "binary":
        return np.array([labels[0]], np.float32)
    out = np.zeros(len(programme.labels), np.float32)
    out[list(labels)] = 1
    return out


def weights(programme: Programme, stratum: np.ndarray) -> np.ndarray:
    """float32 [n]: (mean class size / own class size) ** balance; findings are not weighted."""
    if programme.task == "findings":
        return np.ones(len(stratum), np.float32)
    counts = np.bincount(stratum, minlength=len(programme.labels)).astype(float)
    return ((counts[counts > 0].mean() / np.maximum(counts, 1)) ** programme.balance)[stratum].astype(np.float32)

