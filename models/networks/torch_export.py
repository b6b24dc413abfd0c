# SPDX-License-Identifier: Apache-2.0
"""What the exporters share: seeded weights that keep activations in scale, ONNX as PyTorch users get it, and a check.

PyTorch is optional. Debian 12: apt-get install --no-install-recommends python3-torch python3-torchvision, then /usr/bin/python3.
"""

import argparse
import collections
import pathlib
import sys
from typing import Iterator

INSTALL = "apt-get install --no-install-recommends python3-torch python3-torchvision (Debian 12; then run with /usr/bin/python3)"
try:
    import numpy
    import torch
    from torch import nn
except ImportError as missing:
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {missing}. To install: {INSTALL}")

OPSET = 13


def parser(about: str, names: list[str]) -> argparse.ArgumentParser:
    """The options that all exporters have."""
    result = argparse.ArgumentParser(description=about)
    result.add_argument("name", nargs="?", choices=names, metavar="NAME", help="one of --list")
    result.add_argument("--list", action="store_true", help="list the names and end")
    result.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE.onnx", help="NAME.onnx when absent")
    result.add_argument("--seed", type=int, default=1, help="of weights and data (default 1)")
    result.add_argument("--batch", type=int, default=1, help="samples, fixed in the file (default 1)")
    result.add_argument("--check", action="store_true",
                        help="write FILE_input.npy and FILE_output.npy too: an input, and what PyTorch makes of it")
    return result


def parse(options: argparse.ArgumentParser, names: list[str]) -> argparse.Namespace:
    """The command line; answers --list itself."""
    chosen = options.parse_args()
    if chosen.list:
        print("\n".join(names))
        sys.exit(0)
    if chosen.name is None:
        options.error("NAME is missing; --list shows them")
    if chosen.batch < 1:
        options.error(f"--batch {chosen.batch}: at least 1")
    chosen.output = chosen.output or pathlib.Path(f"{chosen.name}.onnx")
    if not chosen.output.parent.is_dir():
        options.error(f"--output {chosen.output}: no folder {chosen.output.parent}")
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(1)
    return chosen


def scale_weights(net: nn.Module, data: "torch.Tensor") -> None:
    """Draws the weights of convolutions and linear layers and divides each by what its output deviates on `data`
    (D. Mishkin, J. Matas, "All you need is a good init", 2015), so that no layer's values die or explode."""

    def rescale(layer: nn.Module, _: tuple, output: "torch.Tensor") -> "torch.Tensor":
        deviation = output.std().clamp(min=1e-3)
        layer.weight.div_(deviation)
        if layer.bias is not None:
            layer.bias.div_(deviation)
        return output / deviation

    hooks = []
    for layer in net.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.normal_(layer.bias, std=0.1)
            hooks.append(layer.register_forward_hook(rescale))
        elif isinstance(layer, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.normal_(layer.weight, mean=1.0, std=0.1)
            nn.init.normal_(layer.bias, std=0.1)
    with torch.no_grad():
        in_training(net)(data)
    for hook in hooks:
        hook.remove()


def measure_batch_norm(net: nn.Module, batches: Iterator["torch.Tensor"]) -> None:
    """Running statistics of every BatchNormalization: the mean over the batches. Leaves `net` ready for inference."""
    layers = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain mean
    with torch.no_grad():
        for data in batches if layers else ():
            in_training(net)(data)
    net.eval()


def in_training(net: nn.Module) -> nn.Module:
    """Batch statistics are used and recorded; nothing is dropped."""
    net.train()
    for layer in net.modules():
        if "Drop" in type(layer).__name__ or "StochasticDepth" in type(layer).__name__:
            layer.eval()
    return net


def export(net: nn.Module, data: "torch.Tensor", options: argparse.Namespace, names: tuple[str, str]) -> None:
    """Writes the model, the check if asked for, and says on stdout what it wrote. `names`: of input and output."""
    path: pathlib.Path = options.output
    net.eval()
    outputs = []  # of the run that the exporter records, which saves one
    hook = net.register_forward_hook(lambda _, inputs, output: outputs.append(output))
    torch.onnx.export(net, data, path, opset_version=OPSET, input_names=[names[0]], output_names=[names[1]])
    hook.remove()
    output = outputs[0].detach()
    if options.check:
        numpy.save(path.with_name(f"{path.stem}_input.npy"), data.numpy())
        numpy.save(path.with_name(f"{path.stem}_output.npy"), output.numpy())
    parameters = sum(each.numel() for each in net.parameters())
    count = operators(path.read_bytes())
    print(f"{path}: {options.name}, {sum(count.values())} nodes, {parameters} parameters, output deviation {output.std():.3g}; "
          + " ".join(f"{name}:{times}" for name, times in sorted(count.items())))


def fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Length-delimited fields of a protobuf message: (number, contents)."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        number, kind = divmod(varint(), 8)
        if kind == 2:
            length = varint()
            yield number, message[at : at + length]
            at += length
        elif kind == 0:
            varint()
        else:
            at += {1: 8, 5: 4}[kind]


def operators(model: bytes) -> collections.Counter:
    """How often each operator occurs. onnx.proto: ModelProto.graph is field 7, GraphProto.node 1, NodeProto.op_type 4."""
    count: collections.Counter = collections.Counter()
    for graph in (contents for number, contents in fields(memoryview(model)) if number == 7):
        for node in (contents for number, contents in fields(graph) if number == 1):
            count.update(bytes(contents).decode() for number, contents in fields(node) if number == 4)
    return count


