"""A whole pack from tiny data: files, hashes, labels, figures."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from tokenizers import Tokenizer
from torch import nn

from edgemark_trainer.card import rewrite_card
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.pack import make_pack
from edgemark_trainer.readers import DATASETS, Dataset
from edgemark_trainer.recipe import Recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.text_fit import best_share
from edgemark_trainer.tokenizer import encode


@pytest.fixture
def tiny_data(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    words = ["film", "plot", "cast", "song", "scene", "end", "role", "tale"]
    rows = [
        Row(" ".join([*rng.choice(words, 4), "great" if i % 2 else "awful", str(i)]), label)
        for i, label in ((i, "good" if i % 2 else "bad") for i in range(240))
    ]
    known = Dataset("Tiny", "free", "made here", ("en",), lambda _: {"all": rows})
    monkeypatch.setitem(DATASETS, "tiny", known)


@pytest.fixture
def pack(tiny_data: None, tiny_recipe: Recipe, tmp_path: Path) -> Path:
    make_pack(tiny_recipe, Path(), tmp_path, None, 1)
    return tmp_path


@pytest.mark.usefixtures("tiny_data")
def test_two_networks_ship_in_one_graph_and_tell_the_labels_apart(
    tiny_recipe: Recipe, tmp_path: Path
) -> None:
    recipe = replace(tiny_recipe, members=2, model=tiny_recipe.model | {"bag": 1})
    make_pack(recipe, Path(), tmp_path, None, 1)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    shape = manifest["lineage"]["parameters"]["shape"]
    assert (shape["groups"], shape["embedding"], shape["filters"]) == (2, 16, 8)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    ids = encode(tokenizer, ["a great film", "an awful film"])
    logits = run_graph(tmp_path / manifest["model"]["file"], ids)
    assert logits[0, 1] - logits[0, 0] > logits[1, 1] - logits[1, 0]


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


def test_the_share_that_validates_best_is_taken_and_the_smallest_of_equals() -> None:
    shape = TextClassifierShape(vocabulary=10, classes=2, hashed=20, bag=1)
    model = TextClassifier(shape)
    weights = np.ones(30, np.float32)
    spread = (model.head.weight[1, 0] - model.head.weight[0, 0]).item()
    start = model.table.weight[5, 0].item()

    def nearness(network: nn.Module) -> float:
        added = (cast(TextClassifier, network).table.weight[5, 0].item() - start) * spread
        return -abs(round(added) - 2)

    assert best_share(model, weights, [0, 1, 2, 3], nearness) == 2
    assert best_share(model, weights, [1, 3, 5], nearness) == 1
