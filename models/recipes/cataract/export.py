"""ONNX graphs, written by hand from the folded description: uint8 NHWC pixels in, static int8 or fp16-stored weights."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, numpy_helper
from onnx import helper as build
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from .backbone import CACHED_BLOCKS, Block, Conv
from .data import SIDE

OPSET = 17
SCALE, ZERO = np.float32(1 / 128), np.uint8(127)
"""The normalisation (x - 127) / 128 is exactly the dequantisation of a uint8 tensor with this scale and zero point."""


class Graph:
    """Nodes and constants under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(build.make_node(op, list(inputs), [output], name=output, **attributes))
        return output

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = build.make_graph(self.nodes, "network", inputs, outputs, self.constants)
        model = build.make_model(graph, opset_imports=[build.make_opsetid("", OPSET)], producer_name="recipe")
        model.ir_version = 8
        return model


def convolution(graph: Graph, x: str, conv: Conv, name: str) -> str:
    """One convolution and, where it has one, its ReLU6 (as Clip)."""
    weight, bias = graph.constant(f"{name}.w", conv.weight), graph.constant(f"{name}.b", conv.bias)
    kernel = conv.weight.shape[2]
    y = graph.add(
        "Conv", [x, weight, bias], f"{name}.conv", kernel_shape=[kernel, kernel], strides=[conv.stride] * 2, group=conv.groups, pads=list(conv.pads)
    )
    return graph.add("Clip", [y, "zero", "six"], f"{name}.relu6") if conv.relu6 else y


def features(graph: Graph, x: str, blocks: list[Block]) -> str:
    """Normalised pixels [n, 3, 224, 224] to the last map [n, 1280, 7, 7]."""
    graph.constant("zero", np.float32(0))
    graph.constant("six", np.float32(6))
    for i, block in enumerate(blocks):
        y = x
        for j, conv in enumerate(block.convs):
            y = convolution(graph, y, conv, f"b{i}.{j}")
        x = graph.add("Add", [y, x], f"b{i}.add") if block.residual else y
    return x


def encoder_core(blocks: list[Block]) -> onnx.ModelProto:
    """Float network: x [n, 3, 224, 224] to embedding [n, 1280]."""
    graph = Graph()
    graph.add("ReduceMean", [features(graph, "x", blocks)], "embedding", axes=[2, 3], keepdims=0)
    return graph.model([value("x", ["n", 3, SIDE, SIDE])], [value("embedding", ["n", 1280])])


def head_model(blocks: list[Block]) -> onnx.ModelProto:
    """pixels uint8 [n, 224, 224, 3] to the frozen part's output `middle` float32 [n, 112, 14, 14] (fp32 weights)."""
    graph = Graph()
    graph.add("Identity", [features(graph, "x", blocks[: CACHED_BLOCKS + 1])], "middle")
    core = graph.model([value("x", ["n", 3, SIDE, SIDE])], [value("middle", ["n", 112, 14, 14])])
    model, feed, nodes = prepared(core, "fp32", None)
    turn = build.make_node("Transpose", ["pixels"], [feed], name="planes", perm=[0, 3, 1, 2])
    return with_pixels(model, [turn, *nodes], [value("middle", ["n", 112, 14, 14])])


def fine_core(blocks: list[Block], weight: np.ndarray) -> onnx.ModelProto:
    """Float network: x [m, 3, 224, 224] to the class map [m, 1, 7, 7] and its mean [m, 1]; weight [1280] of the linear layer.

    Products and sums instead of a convolution, and the mean by way of the 1280 pooled features: the runtime's order of additions
    depends on where a row starts in memory, and only rows of these lengths start alike at every place of a batch.
    """
    graph = Graph()
    last = features(graph, "x", blocks)
    graph.constant("class.w", weight.astype(np.float32).reshape(1, -1, 1, 1))
    graph.constant("class.row", weight.astype(np.float32).reshape(1, -1))
    graph.constant("channel", np.array([1]))
    graph.add("ReduceMean", [last], "pooled", axes=[2, 3], keepdims=0)
    graph.add("Mul", ["pooled", "class.row"], "terms")
    graph.add("ReduceSum", ["terms", "channel"], "means", keepdims=1)
    graph.add("Mul", [last, "class.w"], "weighted")
    graph.add("ReduceSum", ["weighted", "channel"], "map", keepdims=1)
    return graph.model([value("x", ["m", 3, SIDE, SIDE])], [value("map", ["m", 1, 7, 7]), value("means", ["m", 1])])


def value(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return build.make_tensor_value_info(name, kind, shape)


class Batches(CalibrationDataReader):
    """Calibration images, one at a time; pixels uint8 [n, 224, 224, 3]."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.left = iter(pixels)

    def get_next(self) -> dict[str, np.ndarray] | None:
        pixels = next(self.left, None)
        return None if pixels is None else {"x": ((pixels.transpose(2, 0, 1)[None].astype(np.float32) - 127) / 128)}


def int8_core(core: onnx.ModelProto, calibration: np.ndarray) -> onnx.ModelProto:
    """Static int8 QDQ: int8 weights per channel, uint8 MinMax activations from calibration pixels [n, 224, 224, 3]."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "int8.onnx"
        quantize_static(
            core,
            str(out),
            Batches(calibration),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            op_types_to_quantize=["Conv", "Clip", "Add"],
        )
        return onnx.load(str(out))


def take_uint8(model: onnx.ModelProto) -> str:
    """Makes the uint8 pixels the first quantised activation: drops the first QuantizeLinear. Returns the tensor to feed."""
    graph = model.graph
    first = next(n for n in graph.node if n.op_type == "QuantizeLinear" and n.input[0] == "x")
    tensor, scale, zero = first.output[0], first.input[1], first.input[2]
    graph.node.remove(first)
    for name, exact in ((scale, SCALE), (zero, ZERO)):
        old = next(t for t in graph.initializer if t.name == name)
        old.CopyFrom(numpy_helper.from_array(np.array(exact).reshape(tuple(old.dims)), name))
    return tensor


def take_float(model: onnx.ModelProto) -> tuple[str, list[onnx.NodeProto]]:
    """For float weights: a DequantizeLinear gives the normalised pixels. Returns the tensor to feed and that node."""
    model.graph.initializer.extend([numpy_helper.from_array(np.array(SCALE), "pixel.scale"), numpy_helper.from_array(np.array(ZERO), "pixel.zero")])
    return "x.uint8", [build.make_node("DequantizeLinear", ["x.uint8", "pixel.scale", "pixel.zero"], ["x"], name="x")]


def half_weights(model: onnx.ModelProto) -> None:
    """Stores every large constant as fp16 followed by a Cast; the runtime folds the Cast and computes in fp32."""
    casts = []
    for tensor in list(model.graph.initializer):
        array = numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.size >= 64:
            name = tensor.name
            model.graph.initializer.remove(tensor)
            model.graph.initializer.append(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            casts.append(build.make_node("Cast", [f"{name}.half"], [name], name=f"{name}.cast", to=TensorProto.FLOAT))
    put_first(model, casts)


def put_first(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + rest)


def prepared(core: onnx.ModelProto, precision: str, calibration: np.ndarray | None) -> tuple[onnx.ModelProto, str, list[onnx.NodeProto]]:
    """A copy of the core in the wanted precision, the uint8 NCHW tensor it wants, and nodes to put before it."""
    if precision == "int8-static":
        assert calibration is not None
        model = int8_core(core, calibration)
        return model, take_uint8(model), []
    model = onnx.ModelProto()
    model.CopyFrom(core)
    feed, nodes = take_float(model)
    if precision == "fp16-weights":
        half_weights(model)
    return model, feed, nodes


def with_pixels(model: onnx.ModelProto, first: list[onnx.NodeProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
    """The finished model: input `pixels`, given outputs, checked."""
    put_first(model, first)
    del model.graph.input[:]
    model.graph.input.append(value("pixels", ["n", SIDE, SIDE, 3], TensorProto.UINT8))
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    del model.graph.value_info[:]
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def encoder_model(blocks: list[Block], precision: str, calibration: np.ndarray | None = None) -> onnx.ModelProto:
    """pixels uint8 [n, 224, 224, 3] to embedding float32 [n, 1280]."""
    model, feed, nodes = prepared(encoder_core(blocks), precision, calibration)
    turn = build.make_node("Transpose", ["pixels"], [feed], name="planes", perm=[0, 3, 1, 2])
    return with_pixels(model, [turn, *nodes], [value("embedding", ["n", 1280])])


def fine_model(blocks: list[Block], weight: np.ndarray, bias: float, precision: str, calibration: np.ndarray | None = None, flip: bool = True) -> onnx.ModelProto:
    """pixels uint8 [n, 224, 224, 3] to logit float32 [n, 1] (mean of both mirror views) and cam float32 [n, 1, 7, 7] (view as given).

    The mean of cam over 7 x 7 plus the constant `bias` is the logit of the view as given. Every sum runs inside one image,
    so that the neighbours in a batch change nothing.
    """
    model, feed, nodes = prepared(fine_core(blocks, weight), precision, calibration)
    constants = {"bias": np.float32(bias), "half": np.float32(0.5)}
    if flip:
        constants |= {"start": np.array([-1]), "stop": np.array([-SIDE - 1]), "axis": np.array([2]), "step": np.array([-1])}
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
    else:
        first = [build.make_node("Transpose", ["pixels"], [feed], name="planes", perm=[0, 3, 1, 2])]
        last = [
            build.make_node("Identity", ["map"], ["cam"], name="cam"),
            build.make_node("Add", ["means", "bias"], ["logit"], name="logit"),
        ]
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items())
    model.graph.node.extend(last)
    return with_pixels(model, [*first, *nodes], [value("logit", ["n", 1]), value("cam", ["n", 1, 7, 7])])


def domain_model(reference: np.ndarray, neighbours: int) -> onnx.ModelProto:
    """embedding float32 [n, 1280] to similarity float32 [n, 1]: mean cosine to the nearest of reference [m, 1280] (unit rows, stored fp16)."""
    graph = Graph()
    graph.constant("reference.half", np.ascontiguousarray(reference.T).astype(np.float16))
    graph.constant("neighbours", np.array([neighbours]))
    graph.constant("tiny", np.float32(1e-12))
    graph.add("Cast", ["reference.half"], "reference", to=TensorProto.FLOAT)
    graph.add("ReduceL2", ["embedding"], "length", axes=[1], keepdims=1)
    graph.add("Max", ["length", "tiny"], "divisor")
    graph.add("Div", ["embedding", "divisor"], "unit")
    graph.add("MatMul", ["unit", "reference"], "cosine")
    graph.nodes.append(build.make_node("TopK", ["cosine", "neighbours"], ["nearest", "which"], name="nearest", axis=1))
    graph.add("ReduceMean", ["nearest"], "similarity", axes=[1], keepdims=1)
    model = graph.model([value("embedding", ["n", 1280])], [value("similarity", ["n", 1])])
    onnx.checker.check_model(model)
    return model


class Runner:
    """A model on the CPU with one thread."""

    def __init__(self, model: onnx.ModelProto | Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        source = str(model) if isinstance(model, Path) else model.SerializeToString()
        self.run = ort.InferenceSession(source, options, providers=["CPUExecutionProvider"]).run

    def __call__(self, output: str, batch: int = 1, **inputs: np.ndarray) -> np.ndarray:
        """One output over all rows of the inputs, `batch` rows at a time."""
        (name, x), = inputs.items()
        return np.concatenate([self.run([output], {name: x[i : i + batch]})[0] for i in range(0, len(x), batch)])
