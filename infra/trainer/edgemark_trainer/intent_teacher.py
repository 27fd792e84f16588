"""The intent teacher: MiniLM fine-tuned on hard labels, with a faster head than body.

Needs the optional dependencies `teacher`; its weights never enter a pack.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from edgemark_trainer.batches import by_length, pad
from edgemark_trainer.minilm_teacher import Encoder, weights_folder
from edgemark_trainer.tokenizer import encode
from edgemark_trainer.training import seed_everything

BATCH, MAX_TOKENS = 32, 64
BODY_RATE, HEAD_RATE = 1.5e-4, 1e-3


class IntentTeacher:
    """Fine-tunes MiniLM (word embeddings frozen) and labels texts with logits."""

    def __init__(self, classes: int) -> None:
        self.model = Encoder(classes)
        self.classes = classes
        self.tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def fit(
        self, texts: Sequence[str], labels: NDArray[np.int64], *, epochs: int = 6, seed: int = 1
    ) -> "IntentTeacher":
        """Fine-tune with AdamW, a warm-up of 8 % of the steps and a linear decay."""
        rng = seed_everything(seed)
        nn.init.normal_(self.model.head.weight, std=0.02)
        self.model.body.embeddings.word_embeddings.weight.requires_grad_(False)
        body = [p for p in self.model.body.parameters() if p.requires_grad]
        groups = [
            {"params": body, "lr": BODY_RATE},
            {"params": self.model.head.parameters(), "lr": HEAD_RATE},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = epochs * (len(texts) // BATCH + 1)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda i: min(1.0, (i + 1) / (0.08 * steps)) * max(0.0, 1 - i / steps)
        )
        ids = encode(self.tokenizer, texts, MAX_TOKENS)
        for epoch in range(epochs):
            self.model.train()
            started, losses = time.monotonic(), []
            for rows in by_length(ids, BATCH * MAX_TOKENS, BATCH, rng):
                logits = self._logits([ids[i] for i in rows])
                target = torch.from_numpy(labels[rows])
                loss = nn.functional.cross_entropy(logits, target, label_smoothing=0.05)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                losses.append(loss.item())
            seconds = time.monotonic() - started
            print(f"teacher epoch {epoch} loss {np.mean(losses):.3f} {seconds:.0f} s", flush=True)
        return self

    def logits(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Give logits [texts, classes], in the order of the texts."""
        self.model.eval()
        ids = encode(self.tokenizer, texts, MAX_TOKENS)
        result = np.zeros((len(ids), self.classes), dtype=np.float16)
        with torch.inference_mode():
            for rows in by_length(ids, 128 * MAX_TOKENS, 128):
                result[rows] = self._logits([ids[i] for i in rows]).numpy()
        return result

    def save(self, path: Path) -> None:
        """Write the weights."""
        torch.save(self.model.state_dict(), path)

    def load(self, path: Path) -> "IntentTeacher":
        """Read weights that `save` wrote."""
        self.model.load_state_dict(torch.load(path, weights_only=True))
        return self

    def _logits(self, ids: list[list[int]]) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits: Tensor = self.model(*pad(ids))
        return logits.float()
