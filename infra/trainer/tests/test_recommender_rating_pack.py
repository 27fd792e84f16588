"""A whole rating pack from made-up ratings in MovieLens' own format, and its answers to lines."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from edgemark_trainer.__main__ import main
from edgemark_trainer.readers import INTERACTION_DATASETS
from edgemark_trainer.recipe import RECIPES, recipe_family, recipe_text
from edgemark_trainer.recommender.rating_figures import FoldErrors, RatingContext
from edgemark_trainer.recommender.rating_graph_runner import GraphRater
from edgemark_trainer.recommender.rating_recipe import parse_rating_recipe

MADE_UP = """
name = "made-up"
version = "1.0.0"
family = "rating"
title = "Made up"
description = "Stars."
licence = "none"
languages = ["en"]
set = "movielens"
scale = [1, 5]
kept_sweeps = 4
folds = 3
[model]
dimensions = 2
sweeps = 20
burn_in = 8
pattern = 2
[serving]
max_history = 50
popularity_half_life_days = 30.0
event_weights = { rating = 1.0 }
[card]
use = "Tests."
limits = "All else."
data_note = "Made up."
"""
USERS, ITEMS = 40, 12


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Even users rate even items higher, odd users odd ones."""
    root = tmp_path_factory.mktemp("data")
    folder = root / "recommend/movielens-100k"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    pairs = zip(*np.nonzero(rng.random((USERS, ITEMS)) < 0.7), strict=True)
    lines = [
        f"{u}\t{i}\t{4 if (u + i) % 2 == 0 else 2}\t{86_400 * n}" for n, (u, i) in enumerate(pairs)
    ]
    (folder / "u.data").write_text("\n".join(lines) + "\n")
    titles = [f"{i}|Film {i}|" for i in range(ITEMS)]
    (folder / "u.item").write_text("\n".join(titles) + "\n", encoding="latin-1")
    return root


@pytest.fixture(scope="module")
def pack(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "recipe.toml").write_text(MADE_UP)
    recipe, out = str(folder / "recipe.toml"), folder / "pack"
    main(["pack", recipe, "--data", str(data), "--out", str(out)])
    return out


def test_a_pack_has_its_files_their_hashes_and_what_serving_reads(pack: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_text())
    assert manifest["task"] == "rating"
    names = [entry["path"] for entry in manifest["files"]]
    assert names == ["README.md", "items.json", "onnx/model_quantized.onnx"]
    for entry in manifest["files"]:
        content = (pack / entry["path"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    section = manifest["recommender"]
    items = json.loads((pack / "items.json").read_text())
    assert section["itemCount"] == len(items["ids"]) == len(items["popularity"]) == ITEMS
    assert section["ratingScale"] == [1, 5]
    assert section["maxHistory"] == 50
    assert [tensor["name"] for tensor in manifest["model"]["inputs"]] == [
        "history_ids",
        "history_ratings",
        "candidate_ids",
    ]


def test_figures_are_of_the_folds_and_say_what_taste_is_worth(pack: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_text())
    found = {(f["name"], f["note"]): f for f in manifest["metrics"]}
    whole = found["rmse", "all training ratings of a user"]
    cold = found["rmse", "at most 0 of a user's training ratings"]
    strangers = found["rmse", "users left out of training, 80 % of their ratings given"]
    assert max(whole["value"], strangers["value"]) < 0.5 < cold["value"]
    assert strangers["rows"] < whole["rows"]
    for figure in manifest["metrics"]:
        assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert manifest["precisionCheck"]["int8"] == whole["value"]
    assert manifest["precisionCheck"]["fp32"] == pytest.approx(whole["value"], abs=0.02)
    assert f"{whole['value']:.4f}" in (pack / "README.md").read_text()


def test_lines_are_rated_by_ids_and_unknown_items_left_out(
    pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"history": {"0": 5, "sofa": 1}, "itemIds": ["2", "lamp", "1"]},
        {"history": {"0": 5}, "itemIds": ["2", "1"]},
        {"history": {}, "itemIds": ["3"]},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    main(["rate", str(pack)])
    first, second, cold = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first[1] is None
    assert [first[0], first[2]] == second
    assert second[0] > second[1]
    items = json.loads((pack / "items.json").read_text())["ids"]
    nobody = np.zeros(0, dtype=np.int64)
    graph = GraphRater(pack / "onnx/model_quantized.onnx")
    right = graph.rate(nobody, np.zeros(0), np.array([items.index("3")]))
    assert cold == pytest.approx(right.tolist())


def test_a_card_is_rewritten_with_its_hash(pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(MADE_UP.replace('use = "Tests."', 'use = "Other words."'))
    main(["card", str(path), "--out", str(pack)])
    text = (pack / "README.md").read_bytes()
    assert b"Other words." in text
    manifest = json.loads((pack / "manifest.json").read_text())
    assert manifest["files"][0]["sha256"] == hashlib.sha256(text).hexdigest()


def test_figures_are_means_over_folds_worked_out_by_hand() -> None:
    folds = [
        FoldErrors(np.array([0, 1]), np.array([3.0, 4.0])),
        FoldErrors(np.array([0, 1]), np.array([-1.0, 1.0])),
    ]
    found = RatingContext("made up", "2 folds", 2, 0).figures(folds[:1], "")
    assert [figure.value for figure in found] == pytest.approx([np.sqrt(12.5), 3.5])
    # A user at a time is drawn: both errors of 3, both of 4, or one of each.
    assert found[0].interval == pytest.approx((3.0, 4.0))
    with_second = RatingContext("made up", "2 folds", 2, 0)
    assert with_second.figures(folds, "")[1].value == pytest.approx((3.5 + 1) / 2)


def test_unknown_keys_of_a_recipe_are_errors() -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_rating_recipe('colour = "red"\n' + MADE_UP)


def test_all_rating_recipes_parse_and_name_a_known_set() -> None:
    texts = [recipe_text(path.stem) for path in RECIPES.glob("*.toml")]
    found = [parse_rating_recipe(text) for text in texts if recipe_family(text) == "rating"]
    assert found
    assert all(recipe.set in INTERACTION_DATASETS for recipe in found)
