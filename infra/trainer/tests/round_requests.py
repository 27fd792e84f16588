"""Requests of rounds over tiny datasets that are made here."""

import copy
import gzip
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from object_store import ObjectStore

from edgemark_trainer.endpoint.control import RoundStoppedError
from edgemark_trainer.endpoint.request import parse_round
from edgemark_trainer.endpoint.round_worker import RoundWorker

JOB = "0123456789abcdef0123456789abcdef"
PACK_FILES = (
    "manifest.json",
    "README.md",
    "config.json",
    "tokenizer.json",
    "preprocessor_config.json",
    "items.json",
    "onnx/model_quantized.onnx",
)
WORDS = ("film", "plot", "cast", "song", "scene", "end", "role", "tale")
MARKS = {"bad": "awful", "good": "great", "mid": "plain"}
Rows = list[dict[str, Any]]


def text_rows(count: int, seed: int, noise: float = 0.1) -> Rows:
    """Give texts whose label is told by one word, but in a share of them."""
    rng = np.random.default_rng(seed)
    labels = list(MARKS)
    rows = []
    for i in range(count):
        label = labels[i % 3]
        mark = MARKS[label] if rng.random() >= noise else "some"
        words = [*rng.choice(WORDS, 4), mark]
        rows.append({"id": str(i), "text": " ".join(rng.permutation(words)), "label": label})
    return rows


def put_part(store: ObjectStore, name: str, rows: Rows) -> dict[str, Any]:
    """Store rows as a dataset's part and describe it as a request does."""
    body = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    store.objects[f"/data/{name}"] = body
    return {
        "url": f"{store.address}/data/{name}",
        "sha256": hashlib.sha256(body).hexdigest(),
        "sizeBytes": len(body),
        "rows": len(rows),
    }


def round_request(
    store: ObjectStore, splits: dict[str, Rows] | None = None, **more: Any
) -> dict[str, Any]:
    """Give a request for a text classifier; `more` replaces members."""
    found = splits or {
        "train": text_rows(150, 1),
        "validation": text_rows(60, 2),
        "test": text_rows(60, 3),
    }
    request: dict[str, Any] = {
        "schemaVersion": 1,
        "job": JOB,
        "round": 1,
        "fence": 7,
        "family": "text-classifier",
        "algorithm": "bag-cnn",
        "hyperparameters": {"epochs": 3, "hashed": 500, "vocabulary": 200, "filters": 8},
        "seed": 1,
        "pack": {"name": "own", "version": "1.0.0", "languages": ["en"]},
        "dataset": {
            "name": "feedback",
            "version": "20261124T195900Z-1f0c55a9be",
            "kind": "text-classification",
            "labels": sorted(MARKS),
            "splits": {
                split: [put_part(store, f"{split}.ndjson.gz", rows)]
                for split, rows in found.items()
            },
        },
        "limits": {"roundSeconds": 600, "jobSeconds": 3600, "spentSeconds": 0, "pollSeconds": 0.1},
    }
    return for_round(store, request | more, 1, 7)


def for_round(
    store: ObjectStore, request: dict[str, Any], number: int, fence: int, get: str | None = None
) -> dict[str, Any]:
    """Give the same job's request for another round, with keys that no other round writes."""
    at = f"{store.address}/jobs/{fence}"
    return copy.deepcopy(request) | {
        "round": number,
        "fence": fence,
        "checkpoint": {"get": get, "put": f"{at}/checkpoint"},
        "progress": [f"{at}/progress-{i}" for i in range(8)],
        "cancel": f"{store.address}/jobs/cancel",
        "packFiles": {path: f"{at}/pack/{path}" for path in PACK_FILES},
    }


def run_round(request: dict[str, Any], folder: Path, *, steps: int | None = None) -> dict[str, Any]:
    """Run a round in this process; its time is over after so many steps."""
    folder.mkdir(parents=True)
    worker = RoundWorker(parse_round(json.dumps(request).encode()), folder, time.time())
    if steps is not None:
        check, left = worker.control.check, [steps]

        def counted() -> None:
            check()
            left[0] -= 1
            if left[0] < 0:
                raise RoundStoppedError("unfinished", "round-over", "The steps are over.")

        worker.control.check = counted  # type: ignore[method-assign]
    return worker.run()


def pack_hashes(answer: dict[str, Any]) -> dict[str, str]:
    """Give a pack's digests, but of the manifest, which holds the time."""
    files = answer["pack"]["files"]
    return {file["path"]: file["sha256"] for file in files if file["path"] != "manifest.json"}
