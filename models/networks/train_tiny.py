#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the two tiny networks of trained/ and writes them as ONNX with their test data, so that tests need no PyTorch.

    /usr/bin/python3 models/networks/train_tiny.py [cnn] [lstm]      (Debian: python3-torch; about two minutes)

Seeded and single-threaded: the same PyTorch on the same kind of processor gives the same files. The tasks are drawn here, and hard
enough that a loss of precision shows: drawn shapes under noise, and telling apart random walks by their habits.
"""

import pathlib
import sys

import numpy
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent / "trained"
TEST_SAMPLES = 500
CALIBRATION_SAMPLES = 64


# ---- tiny_cnn: which of twelve shapes is drawn in a noisy 16 x 16 image?

SIZE = 16
SHAPES = {  # name: is the point inside? u, v: coordinates in units of the shape's radius; t: thickness of lines
    "disc": lambda u, v, t: u * u + v * v < 1,
    "ring": lambda u, v, t: abs(numpy.hypot(u, v) - 0.85) < t,
    "square": lambda u, v, t: numpy.maximum(abs(u), abs(v)) < 0.9,
    "frame": lambda u, v, t: abs(numpy.maximum(abs(u), abs(v)) - 0.8) < t,
    "diamond": lambda u, v, t: abs(u) + abs(v) < 1.15,
    "triangle": lambda u, v, t: (v < 0.8) & (abs(u) < (v + 1) * 0.6),
    "plus": lambda u, v, t: (numpy.minimum(abs(u), abs(v)) < t) & (numpy.maximum(abs(u), abs(v)) < 1),
    "cross": lambda u, v, t: (abs(abs(u) - abs(v)) < 1.3 * t) & (numpy.maximum(abs(u), abs(v)) < 0.9),
    "bar": lambda u, v, t: (abs(v) < 1.3 * t) & (abs(u) < 1),
    "post": lambda u, v, t: (abs(u) < 1.3 * t) & (abs(v) < 1),
    "corner": lambda u, v, t: (numpy.minimum(u + 0.8, v + 0.8) < 2 * t) & (numpy.minimum(u, v) > -0.9) & (numpy.maximum(u, v) < 0.9),
    "tee": lambda u, v, t: ((abs(v + 0.8) < 1.2 * t) & (abs(u) < 1)) | ((abs(u) < t) & (abs(v) < 0.95)),
}


def draw_shapes(count, seed):
    """Images uint8 [count, 1, 16, 16] and labels int8 [count]: random place, size, line, contrast and noise."""
    random = numpy.random.default_rng(seed)
    rows, cols = numpy.mgrid[0:SIZE, 0:SIZE]
    images = numpy.empty((count, 1, SIZE, SIZE), numpy.uint8)
    labels = random.integers(0, len(SHAPES), count).astype(numpy.int8)
    inside = list(SHAPES.values())
    for image, label in zip(images, labels):
        radius = random.uniform(3.5, 6.0)
        center = random.uniform(radius, SIZE - 1 - radius, 2)
        shape = inside[label]((cols - center[0]) / radius, (rows - center[1]) / radius, random.uniform(0.2, 0.3))
        contrast = random.uniform(50, 110) * random.choice([-1, 1])
        noisy = 128 + contrast * (shape - 0.5) + random.normal(0, 32, (SIZE, SIZE))
        image[0] = numpy.clip(noisy, 0, 255)
    return images, labels


class TinyCnn(nn.Module):
    """conv, pool, residual block, pool, conv, global average, FC: every operator of a ResNet once."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(16)
        self.conv4 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.bn4 = nn.BatchNorm2d(32)
        self.pool = nn.MaxPool2d(2)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(32, len(SHAPES))

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        y = torch.relu(self.bn2(self.conv2(x)))
        x = self.pool(torch.relu(x + self.bn3(self.conv3(y))))
        x = torch.relu(self.bn4(self.conv4(x)))
        return self.fc(torch.flatten(self.average(x), 1))


def train_cnn():
    torch.manual_seed(1)
    images, labels = draw_shapes(16000, seed=1)
    net = TinyCnn()
    inputs = torch.from_numpy(images).float() / 255
    fit(net, lambda chosen: (net(inputs[chosen]), torch.from_numpy(labels[chosen]).long()), len(images), epochs=10)
    with torch.no_grad():
        net.conv1.weight /= 255  # from here on the network takes the bytes as they are: 0 to 255
    images, labels = draw_shapes(TEST_SAMPLES, seed=2)
    calibration, _ = draw_shapes(CALIBRATION_SAMPLES, seed=3)
    logits = infer(net, torch.from_numpy(images).float())
    export(net, torch.zeros(2, 1, SIZE, SIZE), "tiny_cnn", "images", {"images": {0: "batch"}, "logits": {0: "batch"}},
           keep_batch_norm=True)
    return save("tiny_cnn", images, labels, calibration, logits)


# ---- tiny_lstm: which of eight random walkers wrote these symbols?

WALKERS = 8
SYMBOLS = 10
STEPS = 20
HABIT = 0.42  # how often a walker follows its own permutation of the symbols; else any symbol is as likely


def walk(count, seed):
    """Symbols int8 [STEPS, count] and labels int8 [count]. Single symbols tell nothing: only who follows whom does."""
    habits = numpy.random.default_rng(0)
    successor = numpy.stack([habits.permutation(SYMBOLS) for _ in range(WALKERS)])
    random = numpy.random.default_rng(seed)
    labels = random.integers(0, WALKERS, count).astype(numpy.int8)
    symbols = numpy.empty((STEPS, count), numpy.int8)
    symbols[0] = random.integers(0, SYMBOLS, count)
    for step in range(1, STEPS):
        free = random.integers(0, SYMBOLS, count)
        symbols[step] = numpy.where(random.random(count) < HABIT, successor[labels, symbols[step - 1]], free)
    return symbols, labels


class TinyLstm(nn.Module):
    """Embedding, one LSTM layer, FC at every step; the answer is the last step's."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, 16)
        self.lstm = nn.LSTM(16, 32)
        self.fc = nn.Linear(32, WALKERS)

    def forward(self, symbols):
        return self.fc(self.lstm(self.embedding(symbols))[0])


def train_lstm():
    torch.manual_seed(1)
    symbols, labels = walk(20000, seed=1)
    net = TinyLstm()
    inputs = torch.from_numpy(symbols).long()
    answers = torch.from_numpy(labels).long().expand(STEPS, -1)

    def second_half(chosen):  # asked for the answer at many steps, it learns faster
        logits = net(inputs[:, chosen])[STEPS // 2 :]
        return logits.flatten(0, 1), answers[STEPS // 2 :, chosen].flatten()

    fit(net, second_half, len(labels), epochs=12)
    symbols, labels = walk(TEST_SAMPLES, seed=2)
    calibration, _ = walk(CALIBRATION_SAMPLES, seed=3)
    logits = infer(net, torch.from_numpy(symbols).long())[-1]
    axes = {0: "steps", 1: "batch"}
    export(net, torch.zeros(STEPS, 2, dtype=torch.long), "tiny_lstm", "symbols", {"symbols": axes, "logits": axes})
    return save("tiny_lstm", symbols, labels, calibration, logits)


# ---- both


def fit(net, forward, count, epochs, batch=128):
    """Adam, one cycle of the learning rate, cross entropy. forward(indices) -> (logits, labels)."""
    net.train()
    steps = epochs * (count // batch)
    optimizer = torch.optim.Adam(net.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=steps)
    order = numpy.random.default_rng(4)
    for epoch in range(epochs):
        total = 0.0
        shuffled = order.permutation(count)
        for chosen in shuffled[: count // batch * batch].reshape(-1, batch):
            loss = nn.functional.cross_entropy(*forward(chosen))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (count // batch):.3f}", file=sys.stderr)
    net.eval()


def infer(net, inputs):
    with torch.no_grad():
        return net(inputs).numpy()


def export(net, example, name, input_name, axes, keep_batch_norm=False):
    # PRESERVE with a network in eval mode keeps BatchNormalization as nodes: folding them is the compiler's work.
    mode = torch.onnx.TrainingMode.PRESERVE if keep_batch_norm else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(net, example, FOLDER / f"{name}.onnx", opset_version=13, input_names=[input_name], output_names=["logits"],
                      dynamic_axes=axes, training=mode)


def save(name, inputs, labels, calibration, logits):
    numpy.save(FOLDER / f"{name}_inputs.npy", inputs)
    numpy.save(FOLDER / f"{name}_labels.npy", labels)
    numpy.save(FOLDER / f"{name}_calibration.npy", calibration)
    numpy.save(FOLDER / f"{name}_logits.npy", logits.astype(numpy.float32))
    return f"{name}: {(logits.argmax(1) == labels).sum()} of {len(labels)} right"


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    FOLDER.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or ["cnn", "lstm"]
    for name, train in {"cnn": train_cnn, "lstm": train_lstm}.items():
        if name in wanted:
            print(train())


if __name__ == "__main__":
    main()
