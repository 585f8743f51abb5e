"""ONNX graph of a fine reader with several scores; the backbone is exported as the cataract recipe does."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper as build
from onnx import numpy_helper

from cataract.backbone import FEATURES, MAP, Block
from cataract.data import SIDE
from cataract.export import Graph, features, prepared, value, with_pixels


def head_model(blocks: list[Block], start: int, shape: tuple[int, int, int]) -> onnx.ModelProto:
    """pixels uint8 [n, 224, 224, 3] to the frozen blocks' output `middle` float32 [n, *shape] (fp32 weights)."""
    graph = Graph()
    graph.add("Identity", [features(graph, "x", blocks[: start + 1])], "middle")
    core = graph.model([value("x", ["n", 3, SIDE, SIDE])], [value("middle", ["n", *shape])])
    model, feed, nodes = prepared(core, "fp32", None)
    turn = build.make_node("Transpose", ["pixels"], [feed], name="planes", perm=[0, 3, 1, 2])
    return with_pixels(model, [turn, *nodes], [value("middle", ["n", *shape])])


def core_model(blocks: list[Block], weight: np.ndarray) -> onnx.ModelProto:
    """x [m, 3, 224, 224] to class maps [m, outputs, 7, 7] and their means [m, outputs]; weight [outputs, 1280].

    Products and sums instead of a matrix product: their order of additions is the same at every place of a batch.
    """
    outputs = len(weight)
    graph = Graph()
    last = features(graph, "x", blocks)
    graph.constant("class.w", weight.astype(np.float32).reshape(1, outputs, FEATURES, 1, 1))
    graph.constant("class.row", weight.astype(np.float32).reshape(1, outputs, FEATURES))
    graph.constant("first", np.array([1]))
    graph.constant("channel", np.array([2]))
    graph.add("ReduceMean", [last], "pooled", axes=[2, 3], keepdims=0)
    graph.add("Unsqueeze", ["pooled", "first"], "row")
    graph.add("Mul", ["row", "class.row"], "terms")
    graph.add("ReduceSum", ["terms", "channel"], "means", keepdims=0)
    graph.add("Unsqueeze", [last, "first"], "plane")
    graph.add("Mul", ["plane", "class.w"], "weighted")
    graph.add("ReduceSum", ["weighted", "channel"], "map", keepdims=0)
    return graph.model([value("x", ["m", 3, SIDE, SIDE])], [value("map", ["m", outputs, MAP, MAP]), value("means", ["m", outputs])])


def fine_model(blocks: list[Block], weight: np.ndarray, bias: np.ndarray, precision: str, calibration: np.ndarray | None = None) -> onnx.ModelProto:
    """pixels uint8 [n, 224, 224, 3] to logit [n, outputs] (mean of both mirror views) and cam [n, outputs, 7, 7] (view as given)."""
    outputs = len(weight)
    model, feed, nodes = prepared(core_model(blocks, weight), precision, calibration)
    constants = {
        "bias": bias.astype(np.float32).reshape(1, outputs),
        "half": np.float32(0.5),
        "start": np.array([-1]),
        "stop": np.array([-SIDE - 1]),
        "axis": np.array([2]),
        "step": np.array([-1]),
    }
    first = [
        build.make_node("Slice", ["pixels", "start", "stop", "axis", "step"], ["mirrored"], name="mirrored"),
        build.make_node("Concat", ["pixels", "mirrored"], ["both"], name="both", axis=0),
        build.make_node("Transpose", ["both"], [feed], name="planes", perm=[0, 3, 1, 2]),
    ]
    last = [
        build.make_node("Split", ["map"], ["cam", "cam.mirrored"], name="cams", axis=0),
        build.make_node("Split", ["means"], ["mean", "mean.mirrored"], name="split", axis=0),
        build.make_node("Add", ["mean", "mean.mirrored"], ["sum"], name="sum"),
        build.make_node("Mul", ["sum", "half"], ["middle"], name="middle"),
        build.make_node("Add", ["middle", "bias"], ["logit"], name="logit"),
    ]
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items())
    model.graph.node.extend(last)
    return with_pixels(model, [*first, *nodes], [value("logit", ["n", outputs]), value("cam", ["n", outputs, MAP, MAP])])
