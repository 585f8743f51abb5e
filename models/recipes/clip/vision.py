"""CLIP's vision transformer as one ONNX graph that does no more than its embedding needs.

uint8 NHWC pixels in, embedding out. Against the usual export, for the same answer:

- CLIP's normalisation is folded into the patch layer, which is a product of the uint8 pixels themselves;
- of the last layer, only the class token goes on: the others are read by nobody;
- a bias is added where its product is made, and attention is one node.

int8 is static: each linear layer's input has one scale, measured on calibration images, so that neighbours in a batch
change nothing. Attention, norms and sums stay in fp32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, numpy_helper
from onnx import helper as build

MEAN = np.array([0.48145466, 0.4578275, 0.40821073])
STD = np.array([0.26862954, 0.26130258, 0.27577711])
OPSET = 17
MICROSOFT = "com.microsoft"
EPSILON = 1e-5
Weights = Mapping[str, np.ndarray]
Ranges = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Shape:
    """Sizes of a transformer; the default is ViT-B/32."""

    side: int = 224
    patch: int = 32
    width: int = 768
    layers: int = 12
    heads: int = 12

    @property
    def patches(self) -> int:
        return (self.side // self.patch) ** 2


class _Network:
    """A graph under construction. With `ranges` its linear layers are int8, else fp32."""

    def __init__(self, shape: Shape, ranges: Ranges | None) -> None:
        self.shape = shape
        self.ranges = ranges
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.quantised: set[str] = set()
        self.linear_inputs: list[str] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(build.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def norm(self, x: str, gain: np.ndarray, shift: np.ndarray, output: str) -> str:
        parts = [x, self.constant(f"{output}.gain", gain), self.constant(f"{output}.shift", shift)]
        return self.add("LayerNormalization", parts, output, axis=-1, epsilon=EPSILON)

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray, output: str) -> str:
        """weight [in, out]"""
        shift = self.constant(f"{output}.bias", bias.astype(np.float32))
        if self.ranges is None:
            self.linear_inputs.append(x)
            product = self.add("MatMul", [x, self.constant(f"{output}.weight", weight.astype(np.float32))], f"{output}.product")
            return self.add("Add", [product, shift], output)
        low, high = self.ranges[x]
        low, high = min(low, 0.0), max(high, 0.0)
        scale = (high - low) / 255
        names = [self.constant(f"{x}.scale", np.float32(scale)), self.constant(f"{x}.zero", np.uint8(round(-low / scale)))]
        if x not in self.quantised:
            self.quantised.add(x)
            self.add("QuantizeLinear", [x, *names], f"{x}.uint8")
        return self.product_of_integers(f"{x}.uint8", names, weight, shift, output)

    def product_of_integers(self, x: str, scale_and_zero: list[str], weight: np.ndarray, shift: str, output: str) -> str:
        scales = np.abs(weight).max(0) / 127
        quantised = np.clip(np.round(weight / scales), -127, 127).astype(np.int8)
        of_weight = [self.constant(f"{output}.scales", scales.astype(np.float32)), self.constant(f"{output}.zeros", np.zeros(weight.shape[1], np.int8))]
        scale, zero = scale_and_zero
        inputs = [x, self.constant(f"{output}.weight", quantised), scale, of_weight[0], zero, of_weight[1], shift]
        return self.add("MatMulIntegerToFloat", inputs, output, MICROSOFT)

    def embedded_patches(self, kernel: np.ndarray) -> str:
        """kernel [width, 3, patch, patch], of normalised pixels."""
        shape = self.shape
        across, cells = shape.side // shape.patch, shape.patch * shape.patch * 3
        rows = self.constant("rows", np.array([0, across, shape.patch, across, shape.patch * 3], np.int64))
        self.add("Reshape", ["pixels", rows], "stripes")
        self.add("Transpose", ["stripes"], "squares", perm=[0, 1, 3, 2, 4])
        self.add("Reshape", ["squares", self.constant("flat", np.array([0, shape.patches, cells], np.int64))], "patches")
        kernel = kernel.astype(np.float64)
        weight = (kernel / (255 * STD)[None, :, None, None]).transpose(2, 3, 1, 0).reshape(cells, shape.width)
        bias = -(kernel * (MEAN / STD)[None, :, None, None]).sum((1, 2, 3))
        shift = self.constant("patch.bias", bias.astype(np.float32))
        if self.ranges is not None:
            exact = [self.constant("pixel.scale", np.float32(1)), self.constant("pixel.zero", np.uint8(0))]
            return self.product_of_integers("patches", exact, weight, shift, "patch")
        self.add("Cast", ["patches"], "patches.float", to=TensorProto.FLOAT)
        self.add("MatMul", ["patches.float", self.constant("patch.weight", weight.astype(np.float32))], "patch.product")
        return self.add("Add", ["patch.product", shift], "patch")

    def tokens(self, weights: Weights) -> str:
        width = self.shape.width
        patches = self.embedded_patches(weights["conv1.weight"])
        position = weights["pos"].astype(np.float32)
        placed = self.add("Add", [patches, self.constant("position", position[None, 1:])], "placed")
        self.add("Shape", ["pixels"], "batch", start=0, end=1)
        self.add("Concat", ["batch", self.constant("one.row", np.array([1, width], np.int64))], "class.shape", axis=0)
        first = (weights["cls"] + position[0]).reshape(1, 1, width).astype(np.float32)
        self.add("Expand", [self.constant("class", first), "class.shape"], "class.token")
        return self.add("Concat", ["class.token", placed], "tokens", axis=1)

    def layer(self, i: int, weights: Weights, stream: str, normed: str) -> str:
        """@returns the stream after attention and the two-layer network"""
        width, own = self.shape.width, f"blocks.{i}."
        into, bias = weights[own + "qkv.weight"].T, weights[own + "qkv.bias"]
        asking = normed
        if i == self.shape.layers - 1:
            first = self.constant("first", np.array([0], np.int64))
            asking = self.add("Gather", [normed, first], own + "asking", axis=1)
            stream = self.add("Gather", [stream, first], own + "class", axis=1)
            if self.ranges is not None:
                self.ranges.setdefault(asking, self.ranges[normed])
        thirds = [slice(k * width, (k + 1) * width) for k in range(3)]
        names = (("query", asking), ("key", normed), ("value", normed))
        parts = [self.linear(x, into[:, third], bias[third], own + name) for (name, x), third in zip(names, thirds, strict=True)]
        attended = self.add("MultiHeadAttention", parts, own + "attended", MICROSOFT, num_heads=self.shape.heads)
        out = self.linear(attended, weights[own + "out.weight"].T, weights[own + "out.bias"], own + "out")
        middle = self.add("Add", [stream, out], own + "middle")
        ready = self.norm(middle, weights[own + "ln_2.weight"], weights[own + "ln_2.bias"], own + "ln_2")
        wide = self.linear(ready, weights[own + "fc.weight"].T, weights[own + "fc.bias"], own + "fc")
        gelu = self.add("QuickGelu", [wide], own + "gelu", MICROSOFT, alpha=1.702)
        narrow = self.linear(gelu, weights[own + "proj.weight"].T, weights[own + "proj.bias"], own + "proj")
        return self.add("Add", [middle, narrow], own + "end")


def network(weights: Weights, shape: Shape = Shape(), ranges: Ranges | None = None, head: np.ndarray | None = None) -> onnx.ModelProto:
    """Named as CLIP's own state: conv1, cls, pos, ln_pre, blocks.N.(ln_1, qkv, out, ln_2, fc, proj), ln_post, proj.

    `ranges`: of the inputs of linear layers, from `measure`; without them the network is fp32.
    `head`: [embedding], for one `logit` in place of the `embedding`.
    """
    model, _ = _build(weights, shape, ranges, head)
    return model


def _build(weights: Weights, shape: Shape, ranges: Ranges | None, head: np.ndarray | None) -> tuple[onnx.ModelProto, list[str]]:
    net = _Network(shape, None if ranges is None else dict(ranges))
    stream = net.norm(net.tokens(weights), weights["ln_pre.weight"], weights["ln_pre.bias"], "ln_pre")
    for i in range(shape.layers):
        own = f"blocks.{i}.ln_1"
        normed = net.norm(stream, weights[f"{own}.weight"], weights[f"{own}.bias"], own)
        stream = net.layer(i, weights, stream, normed)
    last = net.norm(stream, weights["ln_post.weight"], weights["ln_post.bias"], "ln_post")
    net.add("Reshape", [last, net.constant("row", np.array([-1, shape.width], np.int64))], "class.end")
    projection = weights["proj"].astype(np.float32)
    name, columns = "embedding", projection.shape[1]
    net.add("MatMul", ["class.end", net.constant("projection", projection)], name)
    if head is not None:
        name, columns = "logit", 1
        net.add("MatMul", ["embedding", net.constant("head", head.astype(np.float32).reshape(-1, 1))], name)
    pixels = build.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", shape.side, shape.side, 3])
    output = build.make_tensor_value_info(name, TensorProto.FLOAT, ["n", columns])
    graph = build.make_graph(net.nodes, "vision", [pixels], [output], list(net.constants.values()))
    opsets = [build.make_opsetid("", OPSET), build.make_opsetid(MICROSOFT, 1)]
    model = build.make_model(graph, opset_imports=opsets, producer_name="recipe")
    model.ir_version = 8
    return model, net.linear_inputs


def measure(weights: Weights, pixels: np.ndarray, shape: Shape = Shape()) -> Ranges:
    """Lowest and highest value of each linear layer's input over uint8 pixels [n, side, side, 3]."""
    model, inputs = _build(weights, shape, None, None)
    names = sorted(set(inputs))
    for name in names:
        model.graph.output.append(build.make_tensor_value_info(name, TensorProto.FLOAT, None))
    options = ort.SessionOptions()
    # A fused node would not give the names that are asked for.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    ranges: Ranges = {}
    for one in pixels:
        for name, found in zip(names, session.run(names, {"pixels": one[None]}), strict=True):
            low, high = ranges.get(name, (np.inf, -np.inf))
            ranges[name] = (min(low, float(found.min())), max(high, float(found.max())))
    return ranges
