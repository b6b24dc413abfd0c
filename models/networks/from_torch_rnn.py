#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Exports a recurrent network made of PyTorch's modules as ONNX (opset 13) with seeded random weights.

    /usr/bin/python3 models/networks/from_torch_rnn.py NAME -o FILE.onnx [--seed N] [--batch N] [--steps N] [--check]

Inputs are [steps, batch] tokens, or [steps, batch, features]. lstm_lm and bilstm_speech have the dimensions of the zoo's networks of
these names (README.md says whose they are); gru_lm and rnn_lm are lstm_lm with another cell.
"""

import torch_export
from torch_export import nn, torch


class LanguageModel(nn.Module):
    """Embedding, two recurrent layers, a linear layer to words."""

    WORDS, HIDDEN, STEPS = 10000, 650, 35

    def __init__(self, cell: type[nn.RNNBase]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(self.WORDS, self.HIDDEN)
        self.cells = cell(self.HIDDEN, self.HIDDEN, num_layers=2)
        self.decoder = nn.Linear(self.HIDDEN, self.WORDS)

    def forward(self, tokens: "torch.Tensor") -> "torch.Tensor":
        return self.decoder(self.cells(self.embedding(tokens))[0])

    def example(self, steps: int, batch: int) -> "torch.Tensor":
        return torch.randint(self.WORDS, (steps, batch))


class Speech(nn.Module):
    """Five bidirectional LSTM layers, a linear layer to labels."""

    FEATURES, HIDDEN, LABELS, STEPS = 123, 250, 62, 100

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.LSTM(self.FEATURES, self.HIDDEN, num_layers=5, bidirectional=True)
        self.decoder = nn.Linear(2 * self.HIDDEN, self.LABELS)

    def forward(self, frames: "torch.Tensor") -> "torch.Tensor":
        return self.decoder(self.cells(frames)[0])

    def example(self, steps: int, batch: int) -> "torch.Tensor":
        return torch.randn(steps, batch, self.FEATURES)


NETWORKS = {
    "lstm_lm": lambda: LanguageModel(nn.LSTM),
    "gru_lm": lambda: LanguageModel(nn.GRU),
    "rnn_lm": lambda: LanguageModel(nn.RNN),
    "bilstm_speech": Speech,
}
GATE_DEVIATION = 1.5  # of the gates' sums from each of x and h, were those of deviation 1


def draw_recurrent_weights(net: nn.Module) -> None:
    """PyTorch's own are so small that h hardly depends on x."""
    for layer in net.modules():
        if isinstance(layer, nn.RNNBase):
            for weight in layer.parameters():
                nn.init.normal_(weight, std=GATE_DEVIATION / weight.shape[1] ** 0.5 if weight.dim() == 2 else 0.1)


def main() -> None:
    names = list(NETWORKS)
    options = torch_export.parser("Exports a recurrent network of PyTorch's modules as ONNX with seeded random weights.", names)
    options.add_argument("--steps", type=int, help="length of the sequence, fixed in the file (default 35; bilstm_speech 100)")
    chosen = torch_export.parse(options, names)
    net = NETWORKS[chosen.name]()
    steps = chosen.steps or net.STEPS
    draw_recurrent_weights(net)
    torch_export.scale_weights(net, net.example(steps, 8))
    torch_export.export(net, net.example(steps, chosen.batch), chosen, ("input", "logits"))


if __name__ == "__main__":
    main()
