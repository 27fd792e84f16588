"""Training throughput of a round beside a plain PyTorch loop of the same model on the same batches.

Both do the same arithmetic (loss, clipping, AdamW, schedule); the round adds watching for a stop
before every step. They take turns, so that a busy machine slows both.

    python peers/training_throughput.py [--rows 2000] [--epochs 40]
"""

import argparse
import time

import numpy as np
import torch
from torch import nn

from edgemark_trainer.families.base import Device
from edgemark_trainer.families.hyperparameters import filled
from edgemark_trainer.families.text_classifier import BAG_CNN, BagCnnLearner, TextClassifierFamily
from edgemark_trainer.fitting.gradient_fit import GradientFit

WORDS = 3000
LABELS = tuple(f"label-{i}" for i in range(20))


class MadeUp:
    """Texts of random words, some of which tell the label."""

    name, version, labels = "made-up", "1", LABELS

    def __init__(self, rows: int) -> None:
        self.count = rows

    def rows(self, split: str) -> list[dict[str, str]]:
        """Give a split."""
        rng = np.random.default_rng(len(split))
        rows = []
        for i in range(self.count if split == "train" else 200):
            words = [f"w{n}" for n in rng.zipf(1.3, 25) % WORDS] + [f"mark{i % len(LABELS)}"]
            rows.append({"text": " ".join(words), "label": LABELS[i % len(LABELS)]})
        return rows


def main() -> None:
    """Measure, taking turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    device = Device("cpu", "", "float32")
    settings = filled(BAG_CNN, {"epochs": 1000, "patience": 0})
    prepared = TextClassifierFamily().prepare(MadeUp(options.rows), settings, 1, device, None)
    data, rows = prepared.data, np.arange(options.rows)
    fit = GradientFit(lambda _: BagCnnLearner(data, rows, settings, device), settings, 1, device)
    plain = BagCnnLearner(data, rows, settings, device)
    optimizer = torch.optim.AdamW(plain.model.parameters(), settings["learningRate"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.005, total_steps=10**6)
    rng = np.random.default_rng(1)
    seconds = np.zeros((options.epochs, 2))
    for epoch in range(options.epochs):
        started = time.process_time()
        steps = 0
        while fit.advance() is None:
            steps += 1
        seconds[epoch, 0] = time.process_time() - started
        started = time.process_time()
        plain.model.train()
        for batch in plain.batches(rng, fit.batch_rows):
            loss = plain.loss(batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(plain.model.parameters(), settings["clipNorm"])
            optimizer.step()
            schedule.step()
        plain.validate(None)
        seconds[epoch, 1] = time.process_time() - started
    ours, theirs = options.rows / np.median(seconds[1:], axis=0)
    ratios = seconds[1:, 1] / seconds[1:, 0]
    print(f"median of {len(ratios)} epochs: round {ours:.0f} rows/s, plain {theirs:.0f} rows/s")
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    print(f"ratio by epoch: median {middle:.3f}, quartiles {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    main()
