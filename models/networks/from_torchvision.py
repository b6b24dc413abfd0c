#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Exports a network of torchvision as ONNX (opset 13) with seeded random weights; nothing is downloaded.

    /usr/bin/python3 models/networks/from_torchvision.py NAME -o FILE.onnx [--seed N] [--batch N] [--size N] [--check]

Weights are scaled layer by layer on random images, batch normalization's statistics measured on more of them, so that activations
stay in range as they do in a trained network.
"""

import sys

import torch_export
from torch_export import nn, torch

try:
    import torchvision
except ImportError as missing:
    sys.exit(f"from_torchvision.py: {missing}. To install: {torch_export.INSTALL}")

SIZES = {  # of the square image
    "alexnet": 224, "vgg16": 224, "resnet18": 224, "resnet50": 224, "resnext50_32x4d": 224, "wide_resnet50_2": 224,
    "mobilenet_v2": 224, "mobilenet_v3_small": 224, "googlenet": 224, "inception_v3": 299, "squeezenet1_1": 224,
    "densenet121": 224, "shufflenet_v2_x1_0": 224, "efficientnet_b0": 224, "mnasnet1_0": 224, "regnet_y_400mf": 224,
    "convnext_tiny": 224, "vit_b_16": 224, "swin_t": 224,
}
SAMPLES, BATCHES = 2, 4  # that statistics are measured on: a sample has thousands of values a layer, and Debian's BLAS makes one G MAC/s
LAYER_SCALE = 0.3  # torchvision starts ConvNeXt's at 1e-6, which would leave its blocks without effect


def build(name: str) -> nn.Module:
    """The network without auxiliary classifiers, which have no part in inference."""
    auxiliary = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    net = getattr(torchvision.models, name)(weights=None, **auxiliary)
    for key, parameter in net.named_parameters():
        if key.endswith("layer_scale"):
            nn.init.constant_(parameter, LAYER_SCALE)
    return net


def main() -> None:
    names = list(SIZES)
    options = torch_export.parser("Exports a network of torchvision as ONNX with seeded random weights.", names)
    options.add_argument("--size", type=int, help="of the image, where the network takes any (default 224; inception_v3 299)")
    chosen = torch_export.parse(options, names)
    size = chosen.size or SIZES[chosen.name]
    images = lambda count: torch.randn(count, 3, size, size)
    net = build(chosen.name)
    torch_export.scale_weights(net, images(SAMPLES))
    torch_export.measure_batch_norm(net, (images(SAMPLES) for _ in range(BATCHES)))
    torch_export.export(net, images(chosen.batch), chosen, ("images", "logits"))


if __name__ == "__main__":
    main()
