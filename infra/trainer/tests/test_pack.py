"""A whole pack from tiny data: files, hashes, labels, figures."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from edgemark_trainer.card import rewrite_card
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.pack import make_pack
from edgemark_trainer.readers import DATASETS, Dataset
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.tokenizer import encode


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch, tiny_recipe: Recipe, tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    words = ["film", "plot", "cast", "song", "scene", "end", "role", "tale"]
    rows = [
        Row(" ".join([*rng.choice(words, 4), "great" if i % 2 else "awful", str(i)]), label)
        for i, label in ((i, "good" if i % 2 else "bad") for i in range(240))
    ]
    known = Dataset("Tiny", "free", "made here", ("en",), lambda _: {"all": rows})
    monkeypatch.setitem(DATASETS, "tiny", known)
    make_pack(tiny_recipe, Path(), tmp_path, None, 1)
    return tmp_path


def test_card_is_rewritten_and_listed_with_its_new_hash(pack: Path, tiny_recipe: Recipe) -> None:
    rewrite_card(replace(tiny_recipe, card={"use": "Nothing.", "limits": "All."}), pack)
    text = (pack / "README.md").read_bytes()
    assert b"Nothing." in text
    files = json.loads((pack / "manifest.json").read_text())["files"]
    assert files[0]["sha256"] == hashlib.sha256(text).hexdigest()


def test_pack_describes_its_files_and_answers(pack: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_text())
    names = [entry["path"] for entry in manifest["files"]]
    assert names == ["README.md", "config.json", "onnx/model_quantized.onnx", "tokenizer.json"]
    for entry in manifest["files"]:
        content = (pack / entry["path"]).read_bytes()
        assert entry["sizeBytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    figure = manifest["metrics"][0]
    assert figure["rows"] == 48
    assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    tokenizer = Tokenizer.from_file(str(pack / "tokenizer.json"))
    ids = encode(tokenizer, ["a great film", "an awful film"])
    logits = run_graph(pack / manifest["model"]["file"], ids)
    assert logits.shape == (2, 2) and logits[0, 1] - logits[0, 0] > logits[1, 1] - logits[1, 0]
    assert "Tiny" in (pack / "README.md").read_text()
