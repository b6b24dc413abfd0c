# SPDX-License-Identifier: Apache-2.0
"""Rung: end to end. Networks exported by PyTorch run on the chip, and their outputs are PyTorch's up to int8's rounding.

    exporters_test.py NNPSIM        skipped (exit code 77) where PyTorch and torchvision are not installed
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
NETWORKS = pathlib.Path(__file__).resolve().parents[3] / "models" / "networks"
try:
    import numpy
    import torchvision  # noqa: F401
except ImportError as missing:
    print(f"SKIPPED: {sys.executable}: {missing}; models/networks/README.md says how to install it")
    sys.exit(SKIPPED)

NNPSIM = sys.argv.pop(1)


def call(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


def exporter(script: str, *words: object) -> subprocess.CompletedProcess:
    return call(sys.executable, NETWORKS / script, *words)


class Exporters(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(folder := tempfile.TemporaryDirectory())
        self.folder = pathlib.Path(folder.name)

    def export(self, script: str, name: str, file: str, *words: object) -> pathlib.Path:
        path = self.folder / file
        result = exporter(script, name, "-o", path, *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"{path}: {name}, ", result.stdout)
        return path

    def signal_to_noise(self, model: pathlib.Path) -> float:
        """dB of PyTorch's output over the chip's difference from it."""
        path = model.with_suffix("")
        words = ["run", model, "--input", f"{path}_input.npy", "--output", f"{path}_run", "--quiet"]
        result = call(NNPSIM, *words)
        self.assertEqual(result.returncode, 0, f"{NNPSIM} {' '.join(map(str, words))}\n{result.stderr}")
        expected = numpy.load(f"{path}_output.npy")
        chip = numpy.load(f"{path}_run/logits.npy")
        self.assertEqual(chip.shape, expected.shape)
        self.assertGreater(expected.std(), 0.2)
        return float(10 * numpy.log10((expected**2).sum() / ((expected - chip) ** 2).sum()))

    def test_resnet18_of_torchvision_gives_the_logits_of_pytorch(self) -> None:
        model = self.export("from_torchvision.py", "resnet18", "net.onnx", "--size", 64, "--batch", 2, "--check")
        self.assertGreater(self.signal_to_noise(model), 20)

    def test_language_model_gives_the_logits_of_pytorch(self) -> None:
        model = self.export("from_torch_rnn.py", "lstm_lm", "net.onnx", "--steps", 4, "--check")
        self.assertGreater(self.signal_to_noise(model), 25)

    def test_same_seed_gives_the_same_bytes_and_another_seed_others(self) -> None:
        files = [self.export("from_torchvision.py", "squeezenet1_1", f"{i}.onnx", "--size", 64, "--seed", seed).read_bytes()
                 for i, seed in enumerate((7, 7, 8))]
        self.assertEqual(files[0], files[1])
        self.assertNotEqual(files[0], files[2])

    def test_names_are_listed_and_an_unknown_one_is_refused(self) -> None:
        for script, name in (("from_torchvision.py", "swin_t"), ("from_torch_rnn.py", "gru_lm")):
            self.assertIn(name, exporter(script, "--list").stdout.split())
            refused = exporter(script, "resnet19")
            self.assertEqual(refused.returncode, 2)
            self.assertIn("resnet19", refused.stderr)
            self.assertIn(name, refused.stderr)


if __name__ == "__main__":
    unittest.main()
